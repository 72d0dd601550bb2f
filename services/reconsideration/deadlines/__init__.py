"""Periods 期限 of reconsideration: the table of rules, the day each ends on and why, the time limit to apply."""

from datetime import date

from services.reconsideration.deadlines.acts import is_known, rule_of, rules_of
from services.reconsideration.deadlines.applying import (
    StartDay,
    apply_limit,
    apply_limits,
    inaction_from,
    known_from,
)
from services.reconsideration.deadlines.counting import (
    EXCLUSION,
    OBSTACLE,
    SUPPLEMENTING,
    SUSPENSION,
    Deadline,
    Excluded,
    deadline,
)
from services.reconsideration.deadlines.old_act import OLD_ACT
from services.reconsideration.deadlines.rules import RIGHTS, RULES, DeadlineRule, OtherLength
from services.reconsideration.terms import LawVersion, Procedure
from shared.kernel.calendar import Due, WorkCalendar, due

__all__ = [
    "EXCLUSION",
    "OBSTACLE",
    "OLD_ACT",
    "RIGHTS",
    "RULES",
    "SUPPLEMENTING",
    "SUSPENSION",
    "Deadline",
    "DeadlineRule",
    "Excluded",
    "OtherLength",
    "StartDay",
    "acceptance_review_due",
    "apply_limit",
    "apply_limits",
    "deadline",
    "decision_due",
    "inaction_from",
    "is_known",
    "known_from",
    "rule_of",
    "rules_of",
]


def acceptance_review_due(
    received_on: date, calendar: WorkCalendar, *, law: LawVersion = LawVersion.ACT2023
) -> Due:
    """受理审查期限 (AR-3.1), as the kernel tells it."""
    rule = rule_of("ar.acceptance_review", law)
    return due(received_on, rule.lengths[Procedure.ORDINARY], rule.unit, calendar)


def decision_due(
    accepted_on: date,
    procedure: Procedure,
    calendar: WorkCalendar,
    *,
    law: LawVersion = LawVersion.ACT2023,
) -> Due:
    """审理期限 (AR-6.2) without extension or suspension, as the kernel tells it."""
    rule = rule_of("ar.decision", law)
    return due(accepted_on, rule.lengths[procedure], rule.unit, calendar)
