"""履行期限 (ARL 66, 77): the terms that decisions, 调解书 and orders to perform have written, as dated periods."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from services.reconsideration.deadlines import Deadline, deadline
from services.reconsideration.domain.afterwards import effective_on
from services.reconsideration.domain.case import Case
from services.reconsideration.terms import FollowUp
from shared.kernel.calendar import WorkCalendar


def performance_deadlines(case: Case, calendar: WorkCalendar) -> Iterator[tuple[int, Deadline]]:
    """履行期限 with the number of its item: days from the day of effect; a term that is a day has the number after."""
    closing, in_force_on = case.closing, effective_on(case)
    if in_force_on is None:
        return
    for number, item in enumerate(closing.items, start=1):
        if item.performance_days is not None:
            yield (
                number,
                deadline(
                    "ar.performance",
                    in_force_on,
                    calendar,
                    length=item.performance_days,
                    law=case.law_version,
                ),
            )
    if closing.performance_due_on is not None and not _is_in_days(case):
        yield (
            len(closing.items) + 1,
            _by_day(case, "ar.performance", in_force_on, closing.performance_due_on, calendar),
        )


def ordered_deadlines(case: Case, calendar: WorkCalendar) -> Iterator[tuple[int, Deadline, date | None]]:
    """责令限期履行 (ARL 77(2)) with the number of the act that ordered it, and the day on which it was met."""
    closing = case.closing
    for number, pressed in enumerate(closing.follow_ups, start=1):
        if pressed.kind is FollowUp.ORDERED and pressed.due_on is not None:
            answered = (
                each.feedback_on for place, each in enumerate(closing.letters) if place == pressed.letter
            )
            met_on = closing.performed_on if pressed.letter is None else next(answered, None)
            yield (
                number,
                _by_day(case, "ar.ordered_performance", pressed.on, pressed.due_on, calendar),
                met_on,
            )


def dated_performance(case: Case, calendar: WorkCalendar) -> Case:
    """Where the decision counts in days, the day to perform by follows from its effect: the last of several."""
    if not _is_in_days(case):
        return case
    last = max(
        (found.due_on for _, found in performance_deadlines(case, calendar) if found.due_on is not None),
        default=None,
    )
    return (
        case if last == case.closing.performance_due_on else case.changed("closing", performance_due_on=last)
    )


def _is_in_days(case: Case) -> bool:
    return any(item.performance_days is not None for item in case.closing.items)


def _by_day(case: Case, rule: str, start: date, until: date, calendar: WorkCalendar) -> Deadline:
    """A day that is written is that day: nothing moves it off a holiday."""
    days = (until - start).days
    found = deadline(rule, start, calendar, length=max(days, 1), law=case.law_version)
    return replace(
        found,
        length=days,
        raw_on=until,
        due_on=until,
        provisional=False,
        explanation=f"{found.name}写明为 {until}。",
    )
