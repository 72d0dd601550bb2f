"""A mediation case 调解案件 and what it may not contradict. Plain Python: no clock, no database.

`check` holds however a case came in: by steps, from a ledger or through a correction.
"""

import re
from dataclasses import dataclass
from datetime import date

from services.mediation.terms import (
    DisputeType,
    Outcome,
    Referral,
    Scope,
    Source,
    Status,
    TerminationReason,
)
from shared.kernel.consistency import Rule, plain_rules, precedes, refuse_broken, refuse_future

AGREED = frozenset({Outcome.AGREED_WRITTEN, Outcome.AGREED_ORAL})  # 调解成功, PM-3.3
LONGEST_NUMBER = 64
LONGEST_NAME = 200
LARGEST_AMOUNT_FEN = 10**15 - 1  # 15 digits: exact in every spreadsheet


@dataclass(frozen=True, slots=True)
class Case:
    """All that this service knows of one dispute, in its present state."""

    case_number: str
    region: str
    registered_on: date
    committee: str = ""
    scope: Scope = Scope.PEOPLE
    source: Source | None = None
    referral: Referral | None = None
    dispute_type: DisputeType | None = None
    accepted_on: date | None = None
    declined_on: date | None = None
    due_on: date | None = None
    due_provisional: bool = False
    closed_on: date | None = None
    outcome: Outcome | None = None
    termination_reason: TerminationReason | None = None
    effective_on: date | None = None
    confirmed_on: date | None = None
    amount_fen: int = 0
    office: str = ""  # whose books it stands in; empty until it is placed
    cancelled: bool = False

    @property
    def status(self) -> Status:
        if self.cancelled:
            return Status.CANCELLED
        if self.declined_on is not None:
            return Status.DECLINED
        if self.closed_on is None:
            return Status.REGISTERED if self.accepted_on is None else Status.IN_MEDIATION
        if self.outcome not in AGREED:
            return Status.NOT_AGREED
        return Status.AGREED if self.confirmed_on is None else Status.CONFIRMED


def check(case: Case, *, today: date) -> None:
    """Refuse a case that contradicts itself, the law or the calendar.

    Raises:
        RuleViolation: with the code and field of the first rule that is broken
    """
    refuse_broken(case, (*PLAIN_RULES, *RULES))
    for name in DATE_FIELDS:
        refuse_future("mediation", name, getattr(case, name), today)


DATE_FIELDS = ("registered_on", "accepted_on", "declined_on", "closed_on", "effective_on", "confirmed_on")


# Kept in plain and published or searched: what names a person has its own sealed place.
PLAIN_WORDS = ("case_number", "committee")
PLAIN_RULES: tuple[Rule[Case], ...] = plain_rules(PLAIN_WORDS)
RULES: tuple[Rule[Case], ...] = (
    Rule(
        "mediation.case_number_unreadable",
        "case_number",
        lambda c: len(c.case_number) > LONGEST_NUMBER or re.search(r"\d", c.case_number) is None,
        f"案号应含有数字，并且不超过 {LONGEST_NUMBER} 个字。",
    ),
    Rule(
        "mediation.committee_too_long",
        "committee",
        lambda c: len(c.committee) > LONGEST_NAME,
        f"调解组织的名称不超过 {LONGEST_NAME} 个字。",
    ),
    Rule(
        "mediation.accepted_before_registered",
        "accepted_on",
        lambda c: precedes(c.accepted_on, c.registered_on),
        "受理日期早于登记日期。",
    ),
    Rule(
        "mediation.declined_before_registered",
        "declined_on",
        lambda c: precedes(c.declined_on, c.registered_on),
        "不予受理的日期早于登记日期。",
    ),
    Rule(
        "mediation.accepted_and_declined",
        "declined_on",
        lambda c: c.accepted_on is not None and c.declined_on is not None,
        "同一案件不能既受理又不予受理。",
    ),
    Rule(
        "mediation.closed_without_acceptance",
        "accepted_on",
        lambda c: c.accepted_on is None and (c.closed_on is not None or c.outcome is not None),
        "没有受理日期，不能有结案日期或调解结果。",
    ),
    Rule(
        "mediation.closed_before_accepted",
        "closed_on",
        lambda c: precedes(c.closed_on, c.accepted_on),
        "结案日期早于受理日期。",
    ),
    Rule(
        "mediation.outcome_without_closing",
        "closed_on",
        lambda c: c.outcome is not None and c.closed_on is None,
        "有调解结果，却没有结案日期。",
    ),
    Rule(
        "mediation.closing_without_outcome",
        "outcome",
        lambda c: c.closed_on is not None and c.outcome is None,
        "有结案日期，却没有调解结果。",
    ),
    Rule(
        "mediation.reason_without_termination",
        "termination_reason",
        lambda c: c.termination_reason is not None and c.outcome is not Outcome.TERMINATED,
        "只有终止调解的案件才有终止原因。",
    ),
    Rule(
        "mediation.termination_without_reason",
        "termination_reason",
        lambda c: c.termination_reason is None and c.outcome is Outcome.TERMINATED,
        "终止调解须写明原因；不清楚的写“其他”。",
    ),
    Rule(
        "mediation.effect_without_agreement",
        "effective_on",
        lambda c: c.effective_on is not None and c.outcome not in AGREED,
        "没有达成协议，不能有协议生效日期。",
    ),
    Rule(
        "mediation.agreement_without_effect",
        "effective_on",
        lambda c: c.effective_on is None and c.outcome in AGREED,
        "达成协议的，须写明协议生效日期（人民调解法第二十九条、第三十条）。",
    ),
    Rule(
        "mediation.effective_before_accepted",
        "effective_on",
        lambda c: precedes(c.effective_on, c.accepted_on),
        "协议生效日期早于受理日期。",
    ),
    Rule(
        "mediation.effective_after_closed",
        "effective_on",
        lambda c: precedes(c.closed_on, c.effective_on),
        "协议生效日期晚于结案日期。",
    ),
    Rule(
        "mediation.confirmation_needs_written_agreement",
        "confirmed_on",
        lambda c: c.confirmed_on is not None and c.outcome is not Outcome.AGREED_WRITTEN,
        "只有书面调解协议才能申请司法确认。",  # PM-2.9
    ),
    Rule(
        "mediation.confirmed_before_effect",
        "confirmed_on",
        lambda c: precedes(c.confirmed_on, c.effective_on),
        "司法确认的日期早于协议生效日期（人民调解法第三十三条）。",
    ),
    Rule(
        "mediation.amount_unreadable",
        "amount_fen",
        lambda c: not 0 <= c.amount_fen <= LARGEST_AMOUNT_FEN,
        "协议涉及金额不能是负数，也不能超过十万亿元。",
    ),
    Rule(
        "mediation.amount_without_agreement",
        "amount_fen",
        lambda c: c.amount_fen != 0 and c.outcome not in AGREED,
        "没有达成协议，不能有协议涉及金额。",
    ),
)
