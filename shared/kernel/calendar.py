"""Legal periods: when one that starts here ends, and the sentence that says why (CAL-1 to CAL-7, CAL-11).

It counts; it knows no statute. Which period applies to which act stands in each service's `deadlines`.
"""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import assert_never

from shared.kernel.errors import CalendarNotLoaded, RuleViolation
from shared.kernel.holidays import HolidayYear, load_builtin

_DAY = timedelta(days=1)
_SATURDAY = 5
_WEEKDAYS = "一二三四五六日"

# Some 200 years: longer than any statutory period, and short enough that counting day by day stays cheap.
MAX_LENGTH = 73_000

# More runs of holidays than this are counted in the explanation, not listed.
_LISTED = 4


class Unit(StrEnum):
    """期间单位: what a period is counted in. One statute mixes them (CAL-1)."""

    WORKING_DAY = "working_day"  # 工作日
    CALENDAR_DAY = "calendar_day"  # 日
    MONTH = "month"  # 月


@dataclass(frozen=True, slots=True)
class Due:
    """期间届满: the last day of a period, and why it is that day."""

    on: date
    provisional: bool  # 待核: a holiday notice that could move the day has not been loaded.
    explanation: str
    start: date
    length: int
    unit: Unit
    raw_on: date  # The last day before it rolled; extensions and suspensions start from it (AR-5.3, AR-6.3).


class WorkCalendar:
    """工作日历: the working days of the years whose holiday notices are loaded. Immutable."""

    __slots__ = ("_off", "_on", "_years")

    def __init__(self, years: Iterable[HolidayYear]) -> None:
        self._years: dict[int, HolidayYear] = {}
        for holiday_year in sorted(years, key=lambda each: each.year):
            if holiday_year.year in self._years:
                raise ValueError(
                    f"Two holiday notices for {holiday_year.year}; use with_year to replace one."
                )
            self._years[holiday_year.year] = holiday_year
        off: set[date] = set()
        on: set[date] = set()
        # Oldest first: where two notices name one day around New Year, the later notice has the last word.
        for holiday_year in self._years.values():
            off = (off - holiday_year.on) | holiday_year.off
            on = (on - holiday_year.off) | holiday_year.on
        self._off = frozenset(off)
        self._on = frozenset(on)

    @classmethod
    def builtin(cls) -> "WorkCalendar":
        """The calendar shipped with the program."""
        return _builtin()

    def with_year(self, holiday_year: HolidayYear) -> "WorkCalendar":
        """A calendar that also knows this year, or knows it anew: notices are amended within their year."""
        return WorkCalendar({**self._years, holiday_year.year: holiday_year}.values())

    @property
    def years(self) -> tuple[HolidayYear, ...]:
        return tuple(self._years.values())

    def notice_of(self, year: int) -> HolidayYear | None:
        """The notice by which this calendar counts that year."""
        return self._years.get(year)

    @property
    def loaded_years(self) -> tuple[int, ...]:
        return tuple(self._years)

    def is_loaded(self, year: int) -> bool:
        return year in self._years

    def is_working_day(self, day: date) -> bool:
        """Whether people work on that day; refused for a year not loaded, never guessed (CAL-11)."""
        if day.year not in self._years:
            raise CalendarNotLoaded(day.year)
        return self.is_expected_working_day(day)

    def is_expected_working_day(self, day: date) -> bool:
        """As is_working_day, but Monday to Friday where no notice is loaded. Whoever uses it must say so."""
        return day in self._on or (day.weekday() < _SATURDAY and day not in self._off)

    def is_day_off(self, day: date) -> bool:
        """Whether a loaded notice gives the day off (放假)."""
        return day in self._off

    def is_make_up_day(self, day: date) -> bool:
        """Whether a loaded notice makes the day a working day (调休上班)."""
        return day in self._on

    def missing_notice(self, day: date) -> int | None:
        """The year of the notice that could still change this day, if it has not been loaded.

        A notice arranges the New Year holiday from its own side: that of 2019 moved 29 to 31 December 2018.
        """
        if day.year not in self._years:
            return day.year
        if day.month == 12 and day.day >= 29 and day.year + 1 not in self._years:
            return day.year + 1
        return None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, WorkCalendar) and self.years == other.years

    def __hash__(self) -> int:
        return hash(self.years)

    def __repr__(self) -> str:
        return f"WorkCalendar(loaded_years={self.loaded_years})"


@cache
def _builtin() -> WorkCalendar:
    return WorkCalendar(load_builtin())


def due(
    start: date,
    length: int,
    unit: Unit,
    calendar: WorkCalendar,
    *,
    roll: bool = True,
    strict: bool = False,
    longer: int = 0,
    because: Sequence[str] = (),
) -> Due:
    """期间届满 (民事诉讼法 Art. 85): the start day is not counted, and a last day off work rolls forward.

    Negative lengths count back (CAL-7). `roll=False` is for thresholds, which end on the day they end.
    `strict` refuses a year whose holiday notice is not loaded; otherwise the result is provisional and its
    explanation says so (CAL-11). `longer` puts the unrolled last day off (in days, or in working days where
    the period is counted in them) before it rolls, once; `because` says why, in words (AR-5.3, AR-6.3).
    """
    if isinstance(start, datetime):
        # A datetime is a date to the type checker, but never equal to the dates of a notice.
        raise TypeError("A period starts on a legal date; take legal_date(instant) first.")
    if longer < 0 or (longer and length < 0):
        raise ValueError("Only a period that runs forward is put off, and only to a later day.")
    if abs(length) + longer > MAX_LENGTH:
        raise _out_of_range(start, length, unit)
    try:
        match unit:
            case Unit.WORKING_DAY:
                passed = tuple(_count_working_days(start, length + longer, calendar))
                unmoved_on = raw_on = on = passed[-1]
                consulted = passed
            case Unit.CALENDAR_DAY | Unit.MONTH:
                unmoved_on = (
                    start + timedelta(days=length)
                    if unit is Unit.CALENDAR_DAY
                    else _add_months(start, length)
                )
                raw_on = unmoved_on + timedelta(days=longer)
                rolls = roll and length >= 0
                consulted = tuple(_until_working_day(raw_on, calendar)) if rolls else ()
                on = consulted[-1] if rolls else raw_on
            case _:
                assert_never(unit)
    except OverflowError as error:
        raise _out_of_range(start, length, unit) from error
    missing = sorted({year for day in consulted if (year := calendar.missing_notice(day)) is not None})
    # A loaded year is certain enough to compute with even where the next notice may still move its last days.
    if strict and (unloaded := [year for year in missing if any(day.year == year for day in consulted)]):
        raise CalendarNotLoaded(unloaded[0])
    if unit is Unit.WORKING_DAY:
        reasons = _explain_working_days(start, length, passed, calendar)
    else:
        reasons = _explain_calendar(length, raw_on, consulted, calendar)
        if unit is Unit.MONTH and unmoved_on.day != start.day:
            because = (
                f"{unmoved_on.year} 年 {unmoved_on.month} 月没有 {start.day} 日，以月末为末日",
                *because,
            )
    explanation = "，".join((name_period(start, length, unit), *because, reasons)) + "。"
    if missing:
        listed = "、".join(str(year) for year in missing[:_LISTED])
        years = f"{listed} 等 {len(missing)} 个年份的" if len(missing) > _LISTED else f"{listed} 年"
        explanation += f"{years}放假安排尚未载入，相关日期暂按周一至周五上班推算，载入后可能变动。"
    return Due(
        on=on,
        provisional=bool(missing),
        explanation=explanation,
        start=start,
        length=length,
        unit=unit,
        raw_on=raw_on,
    )


def roll(day: date, calendar: WorkCalendar) -> date:
    """The day itself if it is a working day, else the next that is one (CAL-4). Refuses years not loaded."""
    try:
        while not calendar.is_working_day(day):
            day += _DAY
    except OverflowError as error:
        raise _beyond_calendar() from error
    return day


def add_working_days(day: date, n: int, calendar: WorkCalendar) -> date:
    """The n-th working day after that day, or before it for negative n. Refuses years not loaded."""
    return due(day, n, Unit.WORKING_DAY, calendar, strict=True).on


def shift_by_suspensions(raw_on: date, intervals: Iterable[tuple[date, date]]) -> date:
    """中止顺延 (AR-5.3): the day moves by the whole days of suspension, (suspended_on, resumed_on) each.

    The day of resumption counts again. Overlapping intervals are merged, never added twice. Takes and returns
    an unrolled day; roll it once, at the end.
    """
    suspended = timedelta()
    covered_until = date.min
    for suspended_on, resumed_on in sorted(intervals):
        if resumed_on < suspended_on:
            raise RuleViolation(
                "calendar.interval_reversed", f"恢复日期 {resumed_on} 早于中止日期 {suspended_on}。"
            )
        if resumed_on > covered_until:
            suspended += resumed_on - max(suspended_on, covered_until)
            covered_until = resumed_on
    try:
        return raw_on + suspended
    except OverflowError as error:
        raise _beyond_calendar() from error


def _count_working_days(start: date, length: int, calendar: WorkCalendar) -> Iterator[date]:
    """The days passed, from the day after the start to the last; zero ends on a working day too."""
    if length == 0:
        yield from _until_working_day(start, calendar)
        return
    step = _DAY if length > 0 else -_DAY
    day = start
    remaining = abs(length)
    while remaining:
        day += step
        if calendar.is_expected_working_day(day):
            remaining -= 1
        yield day


def _until_working_day(day: date, calendar: WorkCalendar) -> Iterator[date]:
    yield day
    while not calendar.is_expected_working_day(day):
        day += _DAY
        yield day


def _add_months(start: date, months: int) -> date:
    """The same day of the month, or the last day of a month that has no such day (CAL-5)."""
    year, month0 = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        raise OverflowError
    return date(year, month0 + 1, min(start.day, monthrange(year, month0 + 1)[1]))


def name_period(start: date, length: int, unit: Unit) -> str:
    """How long a period is and from when, in words: how every explanation of a last day begins."""
    words = {Unit.WORKING_DAY: "个工作日", Unit.CALENDAR_DAY: "日", Unit.MONTH: "个月"}
    if length < 0:
        return f"倒数 {-length} {words[unit]}，自 {start} 前一日起算"
    if length == 0:
        return f"0 {words[unit]}，以 {start} 当日为末日"
    return f"{length} {words[unit]}，自 {start} 次日起算"


def _explain_working_days(start: date, length: int, passed: tuple[date, ...], calendar: WorkCalendar) -> str:
    skipped, made_up = _describe_days(sorted(passed), calendar)
    parts = []
    if skipped:
        parts.append(f"跳过{skipped}")
    if made_up:
        parts.append(f"{made_up}{'' if made_up.endswith('天') else ' '}为调休上班日")
    parts.append(f"最迟为 {passed[-1]}" if length < 0 else f"{passed[-1]} 届满")
    return "，".join(parts)


def _explain_calendar(length: int, raw_on: date, consulted: tuple[date, ...], calendar: WorkCalendar) -> str:
    parts = []
    if length < 0:
        parts.append(f"最迟为 {raw_on}，不因休息日变动")
    elif not consulted:
        parts.append(f"{raw_on} 届满，不因休息日顺延")
    elif len(consulted) == 1:
        if calendar.is_make_up_day(raw_on):
            parts.append(f"末日 {_with_weekday(raw_on)}为调休上班日，不顺延")
        parts.append(f"{raw_on} 届满")
    else:
        holiday = any(calendar.is_day_off(day) for day in consulted[:-1])
        weekend = not all(calendar.is_day_off(day) for day in consulted[:-1])
        occasion = "周末及放假" if holiday and weekend else "放假" if holiday else "周末"
        parts.append(f"末日 {_with_weekday(raw_on)}逢{occasion}")
        parts.append(f"顺延至其后第一个工作日 {consulted[-1]} 届满")
    return "，".join(parts)


def _describe_days(days: Iterable[date], calendar: WorkCalendar) -> tuple[str, str]:
    """What is skipped among these ascending days, and which weekend days are worked, each as words or ''."""
    weekends = False
    holidays: list[str] = []
    made_up: list[str] = []
    run: list[date] = []
    for day in (*days, None):
        if day is not None and not calendar.is_expected_working_day(day):
            run.append(day)
            continue
        if any(calendar.is_day_off(each) for each in run):
            holidays.append(str(run[0]) if len(run) == 1 else f"{run[0]} 至 {run[-1]}")
        elif run:
            weekends = True
        run = []
        if day is not None and calendar.is_make_up_day(day):
            made_up.append(str(day))
    parts = ["周末"] if weekends else []
    if holidays:
        count = f" 等 {len(holidays)} 段" if len(holidays) > _LISTED else " "
        parts.append(f" {'、'.join(holidays[:_LISTED])}{count}放假")
    count = f" 等 {len(made_up)} 天" if len(made_up) > _LISTED else ""
    return "以及".join(parts), "、".join(made_up[:_LISTED]) + count


def _with_weekday(day: date) -> str:
    return f"{day}（星期{_WEEKDAYS[day.weekday()]}）"


def _out_of_range(start: date, length: int, unit: Unit) -> RuleViolation:
    return RuleViolation(
        "calendar.out_of_range",
        f"无法计算：{name_period(start, length, unit)}，超出可计算的日期范围，请核对起算日和期间长度。",
    )


def _beyond_calendar() -> RuleViolation:
    return RuleViolation("calendar.out_of_range", "无法计算：日期超出可计算的范围，请核对日期和期间长度。")
