from datetime import date

import pytest

from shared.kernel.errors import RuleViolation
from shared.kernel.holidays import HolidayYear, load_builtin


def test_the_shipped_notices_are_those_of_2020_to_2026_in_order() -> None:
    assert [notice.year for notice in load_builtin()] == list(range(2020, 2027))


def test_the_days_off_and_the_make_up_days_are_as_many_as_in_the_notices() -> None:
    counts = {notice.year: (len(notice.off), len(notice.on)) for notice in load_builtin()}

    assert counts == {
        2020: (30, 6),
        2021: (31, 7),
        2022: (31, 7),
        2023: (27, 7),
        2024: (28, 8),
        2025: (28, 5),
        2026: (33, 6),
    }


def test_the_notice_of_2023_begins_in_2022() -> None:
    notice = next(notice for notice in load_builtin() if notice.year == 2023)

    assert date(2022, 12, 31) in notice.off


def test_a_make_up_day_is_a_weekend_day() -> None:
    assert all(day.weekday() >= 5 for notice in load_builtin() for day in notice.on)


def test_a_notice_that_contradicts_itself_is_refused() -> None:
    day = date(2027, 2, 6)

    with pytest.raises(RuleViolation) as refusal:
        HolidayYear(2027, off=frozenset({day}), on=frozenset({day}))

    assert refusal.value.code == "calendar.contradictory_notice"
    assert "2027-02-06" in refusal.value.message


def test_a_notice_with_a_date_of_a_distant_year_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        HolidayYear(2027, off=frozenset({date(2072, 1, 1)}), on=frozenset())

    assert refusal.value.code == "calendar.foreign_date"
