"""Periods that an extension or a suspension puts off: the unrolled last day moves, and rolls once."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.calendar import Unit, WorkCalendar, due

CALENDAR = WorkCalendar.builtin()

# Periods from these dates stay within the loaded years.
loaded_dates = st.dates(date(2021, 6, 1), date(2025, 6, 1))


def test_a_last_day_that_is_put_off_rolls_once_from_where_it_was_put() -> None:
    # Given a 60th day on National Day, which alone would roll to 8 October.
    put_off = due(date(2024, 8, 2), 60, Unit.CALENDAR_DAY, CALENDAR, longer=30, because=["延长 30 日"])

    assert (put_off.raw_on, put_off.on) == (date(2024, 10, 31), date(2024, 10, 31))
    assert put_off.length == 60
    assert put_off.explanation == "60 日，自 2024-08-02 次日起算，延长 30 日，2024-10-31 届满。"


def test_a_month_that_is_put_off_still_tells_that_it_was_too_short() -> None:
    put_off = due(date(2024, 8, 31), 6, Unit.MONTH, CALENDAR, longer=3, because=["扣除 3 日"])

    assert put_off.on == date(2025, 3, 3)
    assert "2025 年 2 月没有 31 日，以月末为末日，扣除 3 日，2025-03-03 届满" in put_off.explanation


@given(loaded_dates, st.integers(0, 100), st.integers(0, 100))
def test_working_days_that_put_a_period_off_are_counted_like_its_own(
    start: date, length: int, longer: int
) -> None:
    put_off = due(start, length, Unit.WORKING_DAY, CALENDAR, longer=longer)

    assert put_off.on == due(start, length + longer, Unit.WORKING_DAY, CALENDAR).on


@pytest.mark.parametrize(("length", "longer"), [(-5, 1), (5, -1)])
def test_a_period_is_put_off_only_forward(length: int, longer: int) -> None:
    with pytest.raises(ValueError, match="runs forward"):
        due(date(2024, 8, 2), length, Unit.WORKING_DAY, CALENDAR, longer=longer)
