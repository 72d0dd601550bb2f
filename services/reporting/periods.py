"""The periods that reports speak of: a year, half-year, quarter, month or a range of days, both ends included."""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from shared.kernel.errors import RuleViolation

# Fits what a four-digit year can name and leaves room for the year before.
FIRST_YEAR, LAST_YEAR = 1901, 9998


@dataclass(frozen=True, slots=True)
class Period:
    """统计期间: `[start, end]` in legal dates. `text` is how it was asked for."""

    text: str
    start: date
    end: date


def parse(text: str) -> Period:
    """Read `2022`, `2022-H1`, `2022-Q3`, `2022-05` or `2022-01-01..2022-11-30`; refuse anything else in words."""
    wanted = text.strip().upper()
    for form, build in FORMS:
        found = form.fullmatch(wanted)
        if found is None:
            continue
        try:
            period = build(wanted, *found.groups())
        except ValueError:
            break
        if period.start > period.end:
            raise RuleViolation("period.unreadable", "统计期间的开始日期晚于结束日期。", field="period")
        if not FIRST_YEAR <= period.start.year <= period.end.year <= LAST_YEAR:
            break
        return period
    raise RuleViolation(
        "period.unreadable",
        "无法识别统计期间：请写成 2022、2022-H1、2022-Q3、2022-05 或 2022-01-01..2022-11-30。",
        field="period",
    )


def year_earlier(period: Period) -> Period:
    """上年同期: the same period one year before.

    A range that ends on the last day of a month ends there in the earlier year too, so that a leap day neither
    drops out of one side nor adds a day to the other.
    """
    start, end = _back(period.start), _back(period.end)
    if period.end.day == monthrange(period.end.year, period.end.month)[1]:
        end = end.replace(day=monthrange(end.year, end.month)[1])
    if ".." in period.text:
        return Period(f"{start}..{end}", start, end)
    return Period(f"{start.year}{period.text[4:]}", start, end)


def _back(day: date) -> date:
    last = monthrange(day.year - 1, day.month)[1]
    return day.replace(year=day.year - 1, day=min(day.day, last))


def _months(text: str, year: int, first: int, last: int) -> Period:
    return Period(text, date(year, first, 1), date(year, last, monthrange(year, last)[1]))


def _year(text: str, year: str) -> Period:
    return _months(text, int(year), 1, 12)


def _half(text: str, year: str, half: str) -> Period:
    return _months(text, int(year), int(half) * 6 - 5, int(half) * 6)


def _quarter(text: str, year: str, quarter: str) -> Period:
    return _months(text, int(year), int(quarter) * 3 - 2, int(quarter) * 3)


def _month(text: str, year: str, month: str) -> Period:
    return _months(text, int(year), int(month), int(month))


def _range(text: str, start: str, end: str) -> Period:
    return Period(text, date.fromisoformat(start), date.fromisoformat(end))


DAY = r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
FORMS: tuple[tuple[re.Pattern[str], Callable[..., Period]], ...] = (
    (re.compile(r"([0-9]{4})"), _year),
    (re.compile(r"([0-9]{4})-H([12])"), _half),
    (re.compile(r"([0-9]{4})-Q([1-4])"), _quarter),
    (re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), _month),
    (re.compile(rf"{DAY}\.\.{DAY}"), _range),
)
