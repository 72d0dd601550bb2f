from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from shared.kernel.clock import SHANGHAI, Clock, legal_date, system_clock


def test_the_system_clock_tells_an_aware_utc_instant() -> None:
    clock: Clock = system_clock

    assert clock().utcoffset() == timedelta(0)


@pytest.mark.parametrize(
    ("instant", "expected"),
    [
        (datetime(2024, 2, 29, 15, 59, 59, tzinfo=UTC), date(2024, 2, 29)),
        (datetime(2024, 2, 29, 16, 0, tzinfo=UTC), date(2024, 3, 1)),
        (datetime(2023, 12, 31, 16, 0, tzinfo=UTC), date(2024, 1, 1)),
        (datetime(2024, 1, 1, 0, 0, tzinfo=SHANGHAI), date(2024, 1, 1)),
        (datetime(2023, 12, 31, 10, 0, tzinfo=timezone(timedelta(hours=-7))), date(2024, 1, 1)),
    ],
)
def test_a_utc_evening_is_tomorrow_in_beijing(instant: datetime, expected: date) -> None:
    assert legal_date(instant) == expected


def test_a_naive_datetime_has_no_legal_date() -> None:
    with pytest.raises(ValueError, match="aware"):
        legal_date(datetime(2024, 1, 1, 12, 0))  # noqa: DTZ001
