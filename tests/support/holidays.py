"""A holiday notice of 2027 that nobody published: for the year after the last one that is shipped."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from shared.kernel.holidays import HolidayYear


def _days(*runs: tuple[str, int]) -> list[date]:
    return [date.fromisoformat(first) + timedelta(days=day) for first, count in runs for day in range(count)]


OFF = _days(
    ("2027-01-01", 3),
    ("2027-02-05", 8),
    ("2027-04-03", 3),
    ("2027-05-01", 5),
    ("2027-06-09", 1),
    ("2027-09-15", 1),
    ("2027-10-01", 7),
)
ON = _days(("2027-02-20", 1), ("2027-10-09", 1))
YEAR_2027 = HolidayYear(2027, frozenset(OFF), frozenset(ON))
SOURCE = "虚构发〔2026〕1号"


def december() -> datetime:
    """A clock: the day on which the notice is loaded."""
    return datetime(2026, 12, 20, 1, 0, tzinfo=UTC)


def a_notice(**what_matters: Any) -> dict[str, Any]:
    """As it is sent to a service."""
    return {
        "year": 2027,
        "off": [day.isoformat() for day in OFF],
        "on": [day.isoformat() for day in ON],
        "source": SOURCE,
        **what_matters,
    }
