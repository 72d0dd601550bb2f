"""Statutory periods against the vectors of the domain specification; all calendar time."""

from datetime import date

import pytest

from services.litigation import deadlines
from shared.kernel.calendar import WorkCalendar

CALENDAR = WorkCalendar.builtin()


@pytest.mark.parametrize(
    ("notified_on", "due_on"),
    [
        (date(2025, 9, 19), date(2025, 10, 9)),  # V19: the last day falls into the National Day holiday
        (date(2022, 3, 1), date(2022, 3, 16)),
        (date(2022, 3, 4), date(2022, 3, 21)),  # a Saturday rolls to Monday
        (date(2024, 4, 13), date(2024, 4, 28)),  # a Sunday that is worked does not roll
    ],
)
def test_the_answer_is_due_fifteen_days_after_the_notice(notified_on: date, due_on: date) -> None:
    answer = deadlines.answer_due(notified_on, CALENDAR)

    assert answer.on == due_on
    assert not answer.provisional


def test_an_answer_due_in_a_year_without_holiday_notice_is_provisional() -> None:
    assert deadlines.answer_due(date(2031, 3, 3), CALENDAR).provisional


@pytest.mark.parametrize(
    ("hearing_on", "latest_on"),
    [
        (date(2022, 4, 6), date(2022, 4, 3)),
        # CAL-7: counted back in calendar days; a Sunday or a holiday does not move it.
        (date(2024, 10, 8), date(2024, 10, 5)),
    ],
)
def test_the_officer_is_notified_three_days_before_the_hearing(hearing_on: date, latest_on: date) -> None:
    assert deadlines.appearance_notice_latest(hearing_on, CALENDAR).on == latest_on


@pytest.mark.parametrize(
    ("docketed_on", "due_on"),
    [
        (date(2024, 8, 31), date(2025, 2, 28)),  # V21: there is no 31 February
        (date(2024, 4, 1), date(2024, 10, 8)),  # 1 October rolls over the holiday
        (date(2022, 3, 1), date(2022, 9, 1)),
    ],
)
def test_the_first_instance_has_six_months_from_docketing(docketed_on: date, due_on: date) -> None:
    assert deadlines.first_instance_due(docketed_on, CALENDAR).on == due_on


@pytest.mark.parametrize(
    ("by_judgment", "due_on"),
    [(True, date(2022, 5, 16)), (False, date(2022, 5, 9))],  # the fifteenth day is a Saturday
)
def test_an_appeal_has_fifteen_days_against_a_judgment_and_ten_against_a_ruling(
    by_judgment: bool, due_on: date
) -> None:
    appeal = deadlines.appeal_due(date(2022, 4, 29), CALENDAR, by_judgment=by_judgment)

    assert appeal.on == due_on
