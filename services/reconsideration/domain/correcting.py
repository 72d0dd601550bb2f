"""What a correction 更正 may do: mend what was recorded, never take a step that somebody else has to take.

A case from a ledger came in as it stands and may be mended as it stands. One that was handled here has to remain a case
that lawful steps could have left behind, and what a head has approved is mended by a head.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from services.reconsideration.domain.acceptance import review_deadline
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.handling import require_heard
from services.reconsideration.domain.items import ENDED_OTHERWISE, Proposed, require_items
from services.reconsideration.domain.periods import decision_deadline
from services.reconsideration.domain.stops import require_sixty_days
from services.reconsideration.terms import AcceptMode, LawVersion, Outcome, TerminationGround
from shared.kernel.errors import Forbidden, RuleViolation

# What the heads of office and organ approve, and where a case stands: told as a clerk reads it.
APPROVED_BY_A_HEAD: Mapping[str, Callable[[Case], Any]] = MappingProxyType(
    {
        "状态": lambda case: case.status,
        "结果": lambda case: (case.outcome, case.refusal, case.termination_ground),
        "决定事项": lambda case: (case.closing.items, case.closing.approval),
        "延长": lambda case: case.handling.extension and case.handling.extension.days,
        "程序转换": lambda case: case.handling.converted_on,
        "从前的办结": lambda case: case.proceeding.cycles,
    }
)


def require_rights(present: Case, corrected: Case, *, by_head: bool) -> None:
    """
    Raises:
        Forbidden: `reconsideration.correction_by_head`
    """
    if by_head or present.proceeding.from_ledger:
        return
    changed = [name for name, told in APPROVED_BY_A_HEAD.items() if told(present) != told(corrected)]
    if changed:
        raise Forbidden(
            "reconsideration.correction_by_head",
            f"这项更正会改变案件的{'、'.join(changed)}，须由复议机构负责人更正；应当办理的步骤请按步骤办理。",
        )


def require_standing(case: Case, moment: Moment) -> None:
    """Refuse a case handled here that no lawful steps could have left behind.

    Raises:
        RuleViolation: the refusal of the step that would have led there
    """
    if case.proceeding.from_ledger:
        return
    for demand in _DEMANDS:
        demand(case, moment)


def _accepted(case: Case, moment: Moment) -> None:
    """ARL 30: by decision in time with all conditions met, or by itself on the last day (AR-3.3, AR-0.5)."""
    if case.accepted_on is None:
        return
    mode, conditions = case.acceptance.mode, dict(case.acceptance.conditions)
    if mode is None:
        raise _refused(
            "acceptance_not_recorded", "受理须写明方式：决定受理、容缺受理或者视为受理。", "accepted_on"
        )
    if case.law_version is LawVersion.PRE2024:
        if case.accepted_on != case.received_on:
            raise _refused(
                "accepted_on_receipt", "2024 年以前收到的申请自收到之日起即为受理。", "accepted_on"
            )
        return
    last = review_deadline(case, moment.calendar).due_on
    is_late = last is not None and case.accepted_on > last
    if mode is AcceptMode.DEEMED:
        if case.accepted_on != last:
            raise _refused(
                "deemed_on_last_day",
                f"视为受理的日期是审查期限届满之日 {last}，不能是别的日期。",
                "accepted_on",
            )
        return
    if is_late:
        raise _refused("review_expired", f"审查期限已于 {last} 届满，本案自该日起视为受理。", "accepted_on")
    # What a dismissal found failing stays recorded when the case is taken up again.
    endings = {case.outcome, *(each.outcome for each in case.proceeding.cycles)}
    if Outcome.APPLICATION_REJECTED not in endings and not all(conditions.values()):
        raise _refused("condition_fails", "有受理条件不符合，不能受理（第三十条第二款）。", "conditions")


def _extended(case: Case, moment: Moment) -> None:
    """ARL 62: while the period ran, thirty days at most."""
    extension = case.handling.extension
    if extension is None:
        return
    decision_deadline(case, moment.calendar)  # refuses summary procedure and more than thirty days
    without = replace(case, proceeding=case.changed("handling", extension=None).proceeding)
    due = decision_deadline(without, moment.calendar)
    if due is not None and due.due_on is not None and extension.on > due.due_on:
        raise _refused(
            "extension_late", f"审理期限已于 {due.due_on} 届满，届满以后不能再延长。", "proceeding"
        )


def _decided(case: Case, moment: Moment) -> None:
    """ARL 61-70: approved, with the items it consists of, heard, and not upheld without evidence."""
    if case.outcome is None or case.outcome in ENDED_OTHERWISE:
        return
    closing = case.closing
    proposed = Proposed(case, closing.items, frozenset(closing.declared), closing.performance_due_on)
    if closing.approval is None:
        raise _refused(
            "decision_not_approved", "没有经过批准的决定，不能以这一结果结案（第六十一条）。", "outcome"
        )
    if case.outcome not in proposed.main:
        raise _refused(
            "outcome_not_among_items", "更正后的结果不在决定事项之中，请把决定事项一并更正。", "outcome"
        )
    require_items(proposed, is_made=True)
    require_heard(case)


def _terminated(case: Case, moment: Moment) -> None:
    """ARL 41(1)(五): sixty days of suspension under S1, S2 or S4."""
    if case.termination_ground is TerminationGround.T5 and case.closed_on is not None:
        require_sixty_days(case, on=case.closed_on, moment=moment)


_DEMANDS: tuple[Callable[[Case, Moment], None], ...] = (_accepted, _extended, _decided, _terminated)


def _refused(code: str, sentence: str, field: str) -> RuleViolation:
    return RuleViolation(f"reconsideration.{code}", sentence, field=field)
