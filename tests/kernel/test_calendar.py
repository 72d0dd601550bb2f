import json
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.calendar import (
    MAX_LENGTH,
    Unit,
    WorkCalendar,
    add_working_days,
    due,
    roll,
    shift_by_suspensions,
)
from shared.kernel.errors import CalendarNotLoaded, RuleViolation
from shared.kernel.holidays import HolidayYear

CALENDAR = WorkCalendar.builtin()
VECTORS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "deadline_vectors.json").read_text(encoding="utf-8")
)

# Periods from these dates stay within the loaded years: 300 working days are some 14 months.
loaded_dates = st.dates(date(2021, 6, 1), date(2025, 6, 1))
lengths = st.integers(0, 300)
units = st.sampled_from(Unit)


def every_day(first: date, last: date) -> list[date]:
    return [first + timedelta(days=passed) for passed in range((last - first).days + 1)]


def a_year_without_holidays(year: int) -> HolidayYear:
    return HolidayYear(year, off=frozenset(), on=frozenset())


# --- Which days are worked


@pytest.mark.parametrize(
    ("year", "working_days"),
    [(2020, 249), (2021, 250), (2022, 249), (2023, 249), (2024, 251), (2025, 248), (2026, 248)],
)
def test_a_year_has_as_many_working_days_as_its_notice_leaves(year: int, working_days: int) -> None:
    days = every_day(date(year, 1, 1), date(year, 12, 31))

    assert sum(CALENDAR.is_working_day(day) for day in days) == working_days


@pytest.mark.parametrize(
    ("day", "works", "why"),
    [
        (date(2024, 2, 9), True, "New Year's Eve became a holiday only in 2025"),
        (date(2025, 1, 28), False, "New Year's Eve is a holiday since 2025"),
        (date(2024, 2, 18), True, "a make-up Sunday"),
        (date(2020, 1, 31), False, "the holiday was extended because of the epidemic"),
        (date(2020, 2, 3), True, "the extension ended on 2 February"),
        (date(2022, 12, 31), False, "given off by the notice of 2023"),
        (date(2023, 1, 3), True, "the first working day of 2023"),
    ],
)
def test_known_traps_are_avoided(day: date, works: bool, why: str) -> None:
    assert CALENDAR.is_working_day(day) is works, why


def test_every_day_agrees_with_an_independent_table() -> None:
    days = every_day(date(2020, 1, 1), date(2026, 12, 31))

    assert [day for day in days if CALENDAR.is_working_day(day) != chinese_calendar.is_workday(day)] == []


def test_a_year_that_is_not_loaded_is_refused() -> None:
    with pytest.raises(CalendarNotLoaded) as refusal:
        CALENDAR.is_working_day(date(2027, 1, 4))

    assert refusal.value.year == 2027


def test_a_loaded_year_is_known_and_the_old_calendar_is_unchanged() -> None:
    holiday = date(2027, 1, 1)

    extended = CALENDAR.with_year(HolidayYear(2027, off=frozenset({holiday}), on=frozenset()))

    assert extended.is_loaded(2027)
    assert extended.loaded_years == (2020, 2021, 2022, 2023, 2024, 2025, 2026, 2027)
    assert not extended.is_working_day(holiday)
    assert not CALENDAR.is_loaded(2027)


def test_an_amended_notice_replaces_the_one_before() -> None:
    day = date(2024, 5, 1)

    amended = CALENDAR.with_year(a_year_without_holidays(2024))

    assert amended.is_working_day(day)
    assert amended.loaded_years == CALENDAR.loaded_years


def test_two_notices_of_one_year_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="2024"):
        WorkCalendar([a_year_without_holidays(2024), a_year_without_holidays(2024)])


def test_the_later_notice_has_the_last_word_about_new_year() -> None:
    day = date(2024, 12, 28)
    older = HolidayYear(2024, off=frozenset({day}), on=frozenset())
    newer = HolidayYear(2025, off=frozenset(), on=frozenset({day}))

    assert WorkCalendar([newer, older]).is_working_day(day)


def test_calendars_of_the_same_notices_are_equal() -> None:
    assert WorkCalendar(CALENDAR.years) == CALENDAR
    assert hash(WorkCalendar(CALENDAR.years)) == hash(CALENDAR)
    assert CALENDAR.with_year(a_year_without_holidays(2027)) != CALENDAR
    assert WorkCalendar.builtin() is CALENDAR


# --- When a period ends


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: str(vector["id"]))
def test_a_period_ends_when_the_vector_says(vector: dict[str, Any]) -> None:
    name = vector["unit"].removesuffix("_noroll")
    rolls = name == vector["unit"]

    result = due(
        date.fromisoformat(vector["start"]), vector["n"], Unit(name), CALENDAR, roll=rolls, strict=True
    )
    on = result.on
    if "suspensions" in vector:
        intervals = [(date.fromisoformat(a), date.fromisoformat(b)) for a, b in vector["suspensions"]]
        on = roll(shift_by_suspensions(result.raw_on, intervals), CALENDAR)

    assert on == date.fromisoformat(vector["due"])
    assert not result.provisional


def test_an_extension_is_counted_from_the_day_before_it_rolled() -> None:
    first = due(date(2024, 8, 2), 60, Unit.CALENDAR_DAY, CALENDAR)

    extended = due(first.raw_on, 30, Unit.CALENDAR_DAY, CALENDAR)

    assert (first.raw_on, first.on) == (date(2024, 10, 1), date(2024, 10, 8))
    assert extended.on == due(date(2024, 8, 2), 90, Unit.CALENDAR_DAY, CALENDAR).on == date(2024, 10, 31)


def test_a_period_ending_on_a_make_up_sunday_does_not_roll() -> None:
    result = due(date(2024, 1, 19), 30, Unit.CALENDAR_DAY, CALENDAR)

    assert result.on == result.raw_on == date(2024, 2, 18)
    assert "调休上班日，不顺延" in result.explanation


@pytest.mark.parametrize(
    ("start", "months", "raw_on"),
    [
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2023, 1, 31), 1, date(2023, 2, 28)),
        (date(2024, 2, 29), 12, date(2025, 2, 28)),
        (date(2024, 8, 31), 6, date(2025, 2, 28)),
        (date(2024, 11, 30), 3, date(2025, 2, 28)),
        (date(2024, 12, 15), 1, date(2025, 1, 15)),
        (date(2024, 3, 31), -1, date(2024, 2, 29)),
        (date(2024, 1, 31), -2, date(2023, 11, 30)),
        (date(2024, 5, 20), 0, date(2024, 5, 20)),
    ],
)
def test_months_end_on_the_same_day_or_at_the_end_of_the_month(
    start: date, months: int, raw_on: date
) -> None:
    assert due(start, months, Unit.MONTH, CALENDAR).raw_on == raw_on


def test_working_days_count_back_over_holidays_and_make_up_days() -> None:
    assert add_working_days(date(2024, 2, 20), -5, CALENDAR) == date(2024, 2, 7)


def test_calendar_days_and_months_counted_back_do_not_roll() -> None:
    hearing_on = date(2024, 6, 11)

    assert due(hearing_on, -3, Unit.CALENDAR_DAY, CALENDAR).on == date(2024, 6, 8)
    assert due(date(2024, 7, 8), -1, Unit.MONTH, CALENDAR).on == date(2024, 6, 8)


@pytest.mark.parametrize("unit", Unit)
def test_nothing_to_count_ends_on_the_day_itself_or_the_next_working_day(unit: Unit) -> None:
    assert due(date(2024, 6, 21), 0, unit, CALENDAR).on == date(2024, 6, 21)
    assert due(date(2024, 6, 22), 0, unit, CALENDAR).on == date(2024, 6, 24)


def test_overlapping_suspensions_are_added_once() -> None:
    intervals = [
        (date(2024, 3, 21), date(2024, 5, 10)),
        (date(2024, 4, 1), date(2024, 4, 5)),
        (date(2024, 5, 1), date(2024, 5, 20)),
        (date(2024, 6, 1), date(2024, 6, 1)),
    ]

    assert shift_by_suspensions(date(2024, 4, 30), intervals) == date(2024, 4, 30) + timedelta(days=60)
    assert shift_by_suspensions(date(2024, 4, 30), reversed(intervals)) == date(2024, 6, 29)
    assert shift_by_suspensions(date(2024, 4, 30), []) == date(2024, 4, 30)


def test_a_suspension_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        shift_by_suspensions(date(2024, 4, 30), [(date(2024, 3, 2), date(2024, 3, 1))])

    assert refusal.value.code == "calendar.interval_reversed"


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 60)), max_size=8),
)
def test_suspensions_shift_by_the_number_of_days_they_cover(spans: list[tuple[int, int]]) -> None:
    epoch = date(2024, 1, 1)
    intervals = [(epoch + timedelta(first), epoch + timedelta(first + days)) for first, days in spans]
    covered = {first + passed for first, days in spans for passed in range(days)}

    assert shift_by_suspensions(epoch, intervals) == epoch + timedelta(days=len(covered))


@pytest.mark.parametrize("unit", Unit)
@pytest.mark.parametrize(
    ("start", "length"),
    [
        (date(9999, 12, 31), 1),
        (date(1, 1, 1), -1),
        (date(2024, 1, 1), MAX_LENGTH + 1),
        (date(2024, 1, 1), -(10**12)),
        (date(2024, 1, 1), 10**12),
    ],
)
def test_an_absurd_period_is_refused_in_words(unit: Unit, start: date, length: int) -> None:
    with pytest.raises(RuleViolation) as refusal:
        due(start, length, unit, CALENDAR)

    assert refusal.value.code == "calendar.out_of_range"


def test_a_period_does_not_start_at_an_instant() -> None:
    with pytest.raises(TypeError, match="legal_date"):
        due(datetime(2024, 2, 7, 9, 30), 5, Unit.WORKING_DAY, CALENDAR)  # noqa: DTZ001


@given(loaded_dates, lengths, st.integers(0, 60), units)
def test_a_longer_period_never_ends_earlier(start: date, length: int, more: int, unit: Unit) -> None:
    length, more = (length % 12, more % 4) if unit is Unit.MONTH else (length, more)

    shorter = due(start, length, unit, CALENDAR)
    longer = due(start, length + more, unit, CALENDAR)

    assert shorter.on <= longer.on


@given(loaded_dates, lengths, units)
def test_a_period_ends_on_a_working_day(start: date, length: int, unit: Unit) -> None:
    length = length % 13 if unit is Unit.MONTH else length

    result = due(start, length, unit, CALENDAR, strict=True)

    assert CALENDAR.is_working_day(result.on)
    assert not any(CALENDAR.is_working_day(day) for day in every_day(result.raw_on, result.on)[:-1])


@given(loaded_dates, st.integers(1, 300))
def test_a_working_day_period_holds_exactly_its_working_days(start: date, length: int) -> None:
    on = due(start, length, Unit.WORKING_DAY, CALENDAR).on

    assert sum(CALENDAR.is_working_day(day) for day in every_day(start, on)[1:]) == length


@given(loaded_dates, st.integers(1, 250))
def test_counting_on_and_back_returns_to_the_start_or_the_working_day_before(
    start: date, length: int
) -> None:
    on = add_working_days(start, length, CALENDAR)

    back = add_working_days(on, -length, CALENDAR)

    assert back <= start
    assert not any(CALENDAR.is_working_day(day) for day in every_day(back, start)[1:])
    assert add_working_days(back, length, CALENDAR) == on


@given(st.dates(date(1950, 1, 1), date(2150, 1, 1)), st.integers(-400, 400), units, st.booleans())
def test_every_period_is_explained_in_a_well_formed_sentence(
    start: date, length: int, unit: Unit, rolls: bool
) -> None:
    result = due(start, length, unit, CALENDAR, roll=rolls)

    assert str(result.on) in result.explanation
    assert str(start) in result.explanation
    assert result.explanation.endswith("。")
    assert result.provisional == ("尚未载入" in result.explanation)
    for malformed in ("  ", "，，", "，。", "。。", "、，", "、、", "，、", " ，", " 。", "None", "跳过，"):
        assert malformed not in result.explanation


# --- How it is explained


@pytest.mark.parametrize(
    ("start", "length", "unit", "explanation"),
    [
        (
            date(2024, 2, 7),
            5,
            Unit.WORKING_DAY,
            "5 个工作日，自 2024-02-07 次日起算，跳过 2024-02-10 至 2024-02-17 放假，"
            "2024-02-18 为调休上班日，2024-02-20 届满。",
        ),
        (
            date(2024, 6, 6),
            3,
            Unit.WORKING_DAY,
            "3 个工作日，自 2024-06-06 次日起算，跳过 2024-06-08 至 2024-06-10 放假，2024-06-12 届满。",
        ),
        (
            date(2024, 3, 7),
            7,
            Unit.WORKING_DAY,
            "7 个工作日，自 2024-03-07 次日起算，跳过周末，2024-03-18 届满。",
        ),
        (
            date(2024, 6, 20),
            -5,
            Unit.WORKING_DAY,
            "倒数 5 个工作日，自 2024-06-20 前一日起算，跳过周末，最迟为 2024-06-13。",
        ),
        (
            date(2024, 3, 1),
            60,
            Unit.CALENDAR_DAY,
            "60 日，自 2024-03-01 次日起算，2024-04-30 届满。",
        ),
        (
            date(2024, 8, 2),
            60,
            Unit.CALENDAR_DAY,
            "60 日，自 2024-08-02 次日起算，末日 2024-10-01（星期二）逢放假，"
            "顺延至其后第一个工作日 2024-10-08 届满。",
        ),
        (
            date(2024, 4, 21),
            90,
            Unit.CALENDAR_DAY,
            "90 日，自 2024-04-21 次日起算，末日 2024-07-20（星期六）逢周末，"
            "顺延至其后第一个工作日 2024-07-22 届满。",
        ),
        (
            date(2024, 8, 31),
            6,
            Unit.MONTH,
            "6 个月，自 2024-08-31 次日起算，2025 年 2 月没有 31 日，以月末为末日，2025-02-28 届满。",
        ),
        (
            date(2026, 12, 28),
            5,
            Unit.WORKING_DAY,
            "5 个工作日，自 2026-12-28 次日起算，跳过周末，2027-01-04 届满。"
            "2027 年放假安排尚未载入，相关日期暂按周一至周五上班推算，载入后可能变动。",
        ),
    ],
)
def test_the_explanation_says_why_this_day(start: date, length: int, unit: Unit, explanation: str) -> None:
    assert due(start, length, unit, CALENDAR).explanation == explanation


def test_a_threshold_says_that_it_does_not_roll() -> None:
    result = due(date(2024, 4, 2), 60, Unit.CALENDAR_DAY, CALENDAR, roll=False)

    assert result.on == date(2024, 6, 1)
    assert result.explanation == "60 日，自 2024-04-02 次日起算，2024-06-01 届满，不因休息日顺延。"


def test_many_holidays_are_counted_instead_of_listed() -> None:
    explanation = due(date(2024, 1, 2), 200, Unit.WORKING_DAY, CALENDAR).explanation

    assert "等 6 段放假" in explanation
    assert "等 8 天为调休上班日" in explanation


# --- Years that are not loaded


def test_without_the_notice_a_strict_period_is_refused() -> None:
    with pytest.raises(CalendarNotLoaded) as refusal:
        due(date(2026, 12, 28), 5, Unit.WORKING_DAY, CALENDAR, strict=True)

    assert refusal.value.year == 2027


def test_without_the_notice_a_period_is_provisional_and_says_so() -> None:
    result = due(date(2026, 11, 21), 60, Unit.CALENDAR_DAY, CALENDAR)

    assert result.on == date(2027, 1, 20)
    assert result.provisional
    assert "2027 年放假安排尚未载入" in result.explanation


def test_the_notice_makes_a_provisional_period_final() -> None:
    calendar = CALENDAR.with_year(HolidayYear(2027, off=frozenset({date(2027, 1, 1)}), on=frozenset()))

    result = due(date(2026, 12, 28), 5, Unit.WORKING_DAY, calendar, strict=True)

    assert result.on == date(2027, 1, 5)
    assert not result.provisional


def test_a_year_that_no_decision_depends_on_need_not_be_loaded() -> None:
    threshold = due(date(2031, 1, 1), 60, Unit.CALENDAR_DAY, CALENDAR, roll=False, strict=True)
    back = due(date(2031, 1, 1), -15, Unit.CALENDAR_DAY, CALENDAR, strict=True)
    over = due(date(2018, 6, 1), 24, Unit.MONTH, CALENDAR, strict=True)

    assert [threshold.provisional, back.provisional, over.provisional] == [False, False, False]


def test_the_last_days_of_december_stay_provisional_until_the_next_notice() -> None:
    # The notice of 2019 gave 31 December 2018, a Monday, off.
    on_the_30th = due(date(2026, 11, 30), 30, Unit.CALENDAR_DAY, CALENDAR, strict=True)
    on_the_28th = due(date(2026, 11, 28), 30, Unit.CALENDAR_DAY, CALENDAR, strict=True)

    assert on_the_30th.on == date(2026, 12, 30)
    assert on_the_30th.provisional
    assert on_the_28th.on == date(2026, 12, 28)
    assert not on_the_28th.provisional


def test_rolling_a_single_day_refuses_a_year_not_loaded() -> None:
    assert roll(date(2024, 10, 1), CALENDAR) == date(2024, 10, 8)
    with pytest.raises(CalendarNotLoaded):
        roll(date(2027, 1, 2), CALENDAR)
