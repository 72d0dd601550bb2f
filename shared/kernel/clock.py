"""Instants and legal dates. An instant is UTC; a legal date is the civil date in Beijing (CAL-10)."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta, timezone

Clock = Callable[[], datetime]

# A fixed offset: China has had no summer time since 1991, and many Windows machines have no tzdata.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def system_clock() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def legal_date(instant: datetime) -> date:
    """The civil date in Beijing, where a UTC evening is tomorrow. A naive datetime is refused."""
    if instant.utcoffset() is None:
        raise ValueError(f"legal_date needs an aware datetime, not {instant!r}.")
    return instant.astimezone(SHANGHAI).date()
