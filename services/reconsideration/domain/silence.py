"""Silence 逾期不作决定 (行政诉讼法 45; ARL 29, 34; AR-7.1): the applicant may sue although nothing was decided.

A right of the applicant's, under the old Act as under the new. The office still owes its decision.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from services.reconsideration.deadlines import OLD_ACT, Deadline, deadline
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.periods import decision_deadline, not_counted
from services.reconsideration.domain.proceeding import Interval, Suit
from services.reconsideration.terms import LawVersion
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

# Where reconsideration comes first by law, the Act says again that its silence opens the way to court.
_OBLIGATORY: Mapping[LawVersion, str] = MappingProxyType(
    {LawVersion.ACT2023: "行政复议法第三十四条", LawVersion.PRE2024: f"{OLD_ACT}第十九条"}
)
# While reconsideration lasts there is no suit.
_NO_SUIT_YET: Mapping[LawVersion, str] = MappingProxyType(
    {LawVersion.ACT2023: "第二十九条第一款", LawVersion.PRE2024: f"{OLD_ACT}第十六条第一款"}
)


def expiry(case: Case, calendar: WorkCalendar) -> Deadline | None:
    """审理期限届满: what stopped the clock after the last day revives nothing.

    Without a last day while a suspension holds the period; None before acceptance.
    """
    counted: tuple[Interval, ...] = ()
    found = decision_deadline(case, calendar, stopped=counted)
    for stop in sorted(not_counted(case), key=lambda each: each[0]):
        if found is None or found.due_on is None or stop[0] > found.due_on:
            break
        counted = (*counted, stop)
        found = decision_deadline(case, calendar, stopped=counted)
    return found


def sue_over_silence_deadline(case: Case, calendar: WorkCalendar) -> Deadline | None:
    """起诉期限 from the day the period expires: known as soon as that day is, and running when it has passed."""
    expired = expiry(case, calendar)
    if expired is None or expired.due_on is None:
        return None
    right = deadline("ar.sue", expired.due_on, calendar, law=case.law_version)
    is_first = case.application.prerequisite
    articles = "行政诉讼法第四十五条" + (f"、{_OBLIGATORY[case.law_version]}" if is_first else "")
    because = (
        f"审理期限于 {expired.due_on} 届满，逾期未作决定的，申请人自该日起十五日内可以起诉（{articles}）。"
    )
    return replace(
        right,
        provisional=expired.provisional or right.provisional,
        explanation=because + right.explanation,
    )


def sue_over_silence(case: Case, *, on: date, number: str | None, moment: Moment) -> Case:
    """A suit between acceptance and closing. While the period runs there is none (ARL 29(1), 行政诉讼法 44)."""
    if case.handling.silence_suit is not None:
        raise RuleViolation(
            "reconsideration.already_sued", "申请人就逾期未作决定提起的诉讼已经登记，如有错误请用更正。"
        )
    expired = expiry(case, moment.calendar)
    last = None if expired is None else expired.due_on
    if last is None or on <= last:
        when = "中止期间审理期限不计算，还没有届满" if last is None else f"审理期限到 {last} 才届满"
        raise RuleViolation(
            "reconsideration.suit_before_expiry",
            f"{when}：行政复议期间不得向人民法院提起行政诉讼（{_NO_SUIT_YET[case.law_version]}），"
            "逾期未作决定的，申请人才可以起诉（行政诉讼法第四十五条）。",
            field="on",
        )
    return case.changed("handling", silence_suit=Suit(on, number))


def suit_of(case: Case) -> Suit | None:
    """The suit that the books tell of a case: the one after its closing, else the one over silence."""
    closing = case.closing
    return (
        case.handling.silence_suit if closing.sued_on is None else Suit(closing.sued_on, closing.suit_number)
    )
