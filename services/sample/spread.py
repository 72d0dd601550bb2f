"""Plain arithmetic that spreads rows over days, places and endings. Nothing is drawn by lot: the sample repeats."""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import gcd
from typing import TypeVar

T = TypeVar("T")

# Spring Festival moves, and so do the two feasts of 2020-2024; the other holidays stand in FIXED_HOLIDAYS.
MOVING_HOLIDAYS = (
    ("2014-01-31", "2014-02-06"),
    ("2015-02-18", "2015-02-24"),
    ("2016-02-07", "2016-02-13"),
    ("2017-01-27", "2017-02-02"),
    ("2018-02-15", "2018-02-21"),
    ("2019-02-04", "2019-02-10"),
    ("2020-01-24", "2020-02-02"),
    ("2020-06-25", "2020-06-27"),
    ("2021-02-11", "2021-02-17"),
    ("2021-06-12", "2021-06-14"),
    ("2021-09-19", "2021-09-21"),
    ("2022-01-31", "2022-02-06"),
    ("2022-06-03", "2022-06-05"),
    ("2022-09-10", "2022-09-12"),
    ("2024-02-10", "2024-02-17"),
    ("2024-06-10", "2024-06-10"),
    ("2024-09-15", "2024-09-17"),
)
# A little wider than the yearly notices. A day too many off costs nothing here: only the dates move.
FIXED_HOLIDAYS = (((1, 1), (1, 3)), ((4, 4), (4, 6)), ((4, 30), (5, 5)), ((10, 1), (10, 8)))
FIRST_DAY, LAST_DAY = date(2014, 1, 1), date(2025, 12, 31)
SATURDAY = 5


def _is_office_day(day: date, moving: frozenset[date]) -> bool:
    fixed = any(first <= (day.month, day.day) <= last for first, last in FIXED_HOLIDAYS)
    return day.weekday() < SATURDAY and not fixed and day not in moving


@cache
def _office_days() -> tuple[date, ...]:
    every_day = [FIRST_DAY + timedelta(n) for n in range((LAST_DAY - FIRST_DAY).days + 1)]
    spans = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in MOVING_HOLIDAYS]
    moving = frozenset(day for day in every_day if any(first <= day <= last for first, last in spans))
    return tuple(day for day in every_day if _is_office_day(day, moving))


def latest_office_day(day: date) -> date:
    """The day itself or, when offices are closed, the last one before it."""
    return _office_days()[bisect_right(_office_days(), day) - 1]


def office_day_after(day: date, count: int) -> date:
    """The count-th office day after an office day."""
    return _office_days()[bisect_left(_office_days(), day) + count]


def dated_evenly(count: int, first: date, last: date) -> list[date]:
    """As many office days as asked, in order and evenly apart; some repeat when there are more rows than days."""
    days = _office_days()[bisect_left(_office_days(), first) : bisect_right(_office_days(), last)]
    return [days[(2 * n + 1) * len(days) // (2 * count)] for n in range(count)]


def picked_evenly(count: int, among: int) -> frozenset[int]:
    """Positions of `count` rows evenly apart among `among`."""
    return frozenset(n * among // count for n in range(count))


def shares(total: int, weights: Sequence[int]) -> list[int]:
    """Whole parts of a total in proportion to the weights; they always add up to it."""
    marks = [total * sum(weights[:n]) // sum(weights) for n in range(len(weights) + 1)]
    return [after - before for before, after in pairwise(marks)]


def mixed(budget: Mapping[T, int]) -> list[T]:
    """Every item as often as its budget says, well mixed: steps of about 0.618 of the length, coprime to it."""
    sorted_out = [item for item, count in budget.items() for _ in range(count)]
    length = len(sorted_out)
    step = next((n for n in range(length * 618 // 1000 + 1, 2 * length) if gcd(n, length) == 1), 1)
    return [sorted_out[n * step % length] for n in range(length)]
