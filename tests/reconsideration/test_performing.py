"""Until when a decision or an order is to be performed (ARL 66, 77)."""

from datetime import date
from typing import Any

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.terms import DeliveryManner, FollowUp, LetterKind, Outcome, Step
from tests.reconsideration.builders import (
    APPROVED,
    CLOSED_ON,
    HEARD,
    LATER_ON,
    REVIEWED,
    SUBMITTED_ON,
    decided,
    lived,
    plainly,
    running,
    took,
    why_refused,
)

IN_FORCE_ON = date(2024, 4, 15)


def _ordered(**entered: Any) -> Case:
    proposed = {**decided(Outcome.PERFORMANCE_ORDERED), **entered}
    return lived(*REVIEWED, HEARD, plainly(Step.SUBMIT_DECISION, SUBMITTED_ON, **proposed), *APPROVED)


def _in_force(case: Case) -> Case:
    return took(case, Step.DELIVER, IN_FORCE_ON, manner=DeliveryManner.DIRECT)


def test_days_to_perform_run_from_the_day_of_effect_and_say_the_day() -> None:
    before, after = _ordered(), _in_force(_ordered())

    clock = running(after)["performance", 1]

    assert ("performance", 1) not in running(before)
    assert (before.closing.performance_due_on, after.closing.performance_due_on) == (None, date(2024, 5, 15))
    assert (clock.deadline.start, clock.deadline.length) == (IN_FORCE_ON, 30)
    assert (clock.deadline.due_on, clock.state) == (date(2024, 5, 15), ClockState.OPEN)


def test_of_several_terms_the_last_is_the_day_of_the_case() -> None:
    items = [
        *decided(Outcome.PERFORMANCE_ORDERED)["items"],
        *decided(Outcome.CONFIRMED_UNLAWFUL, performance_days=40)["items"],
    ]

    case = _in_force(_ordered(items=items))

    assert [key for key in running(case) if key[0] == "performance"] == [
        ("performance", 1),
        ("performance", 2),
    ]
    assert case.closing.performance_due_on == date(2024, 5, 27)  # 05-25 is a Saturday


def test_a_day_that_is_written_is_that_day_though_it_is_a_holiday() -> None:
    without_days = decided(Outcome.PERFORMANCE_ORDERED, performance_days=None)

    case = _in_force(_ordered(**without_days, performance_due_on=date(2024, 5, 4)))

    assert running(case)["performance", 2].deadline.due_on == date(2024, 5, 4)


def test_performing_stops_the_clock_in_time_or_late() -> None:
    met = took(_in_force(_ordered()), Step.RECORD_PERFORMANCE, LATER_ON)
    missed = took(_in_force(_ordered()), Step.RECORD_PERFORMANCE, date(2024, 5, 16))

    assert running(met)["performance", 1].state is ClockState.MET
    assert running(missed)["performance", 1].state is ClockState.MISSED


@pytest.mark.parametrize("days", [0, -1])
def test_a_term_to_perform_is_a_period(days: int) -> None:
    proposed = decided(Outcome.PERFORMANCE_ORDERED, performance_days=days)

    code = why_refused(lived(*REVIEWED, HEARD), Step.SUBMIT_DECISION, SUBMITTED_ON, **proposed)

    assert code == "length_not_allowed"


def test_an_order_to_perform_has_its_term_and_a_clock_of_its_own() -> None:
    case, until = _in_force(_ordered()), date(2024, 6, 30)

    ordered = took(case, Step.FOLLOW_UP, date(2024, 6, 3), kind=FollowUp.ORDERED, due_on=until)

    clock = running(ordered)["ordered_performance", 1]
    assert (clock.deadline.start, clock.deadline.due_on) == (date(2024, 6, 3), until)


@pytest.mark.parametrize(
    ("kind", "due_on"),
    [(FollowUp.ORDERED, None), (FollowUp.ORDERED, date(2024, 4, 9)), (FollowUp.INTERVIEWED, LATER_ON)],
)
def test_an_order_without_a_term_and_a_term_without_an_order_are_refused(
    kind: FollowUp, due_on: date | None
) -> None:
    code = why_refused(_ordered(), Step.FOLLOW_UP, CLOSED_ON, kind=kind, due_on=due_on)

    assert code == "order_without_term"


def test_an_order_about_a_letter_is_met_by_its_answer() -> None:
    lettered = took(_ordered(), Step.ISSUE_LETTER, CLOSED_ON, kind=LetterKind.OPINION)
    until = date(2024, 5, 20)
    ordered = took(lettered, Step.FOLLOW_UP, LATER_ON, kind=FollowUp.ORDERED, letter=0, due_on=until)

    answered = took(ordered, Step.RECORD_FEEDBACK, until, letter=0, adopted=True)

    assert running(ordered)["ordered_performance", 1].state is ClockState.OPEN
    assert running(answered)["ordered_performance", 1].state is ClockState.MET
