"""Whether an application came in time, as its acceptance judges it (ARL 20, 21; AR-2, CAL-6)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import (
    Channel,
    Status,
    Step,
)
from shared.kernel.calendar import WorkCalendar
from tests.reconsideration.builders import (
    ALL_MET,
    CALENDAR,
    applied,
    received,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)


def _filed(on: date, **application: Any) -> Case:
    told = Application(filed_on=on, **application)
    return received(replace(applied(told), received_on=on))


SIXTIETH_ON = date(2024, 10, 8)  # V17: knew on 2024-08-05, 60 days end within National Day


@pytest.mark.parametrize(
    ("application", "last_on"),
    [
        ({"knew_on": date(2024, 8, 5)}, SIXTIETH_ON),
        ({"knew_on": date(2024, 8, 5), "period_days": 90}, date(2024, 11, 4)),
        ({"knew_on": date(2024, 8, 5), "informed_on": date(2024, 9, 2)}, date(2024, 11, 1)),
        ({"knew_on": date(2024, 8, 5), "is_never_informed": True}, date(2025, 8, 5)),
        ({"act_made_on": date(2019, 6, 3)}, date(2024, 6, 3)),
        ({"act_made_on": date(2004, 6, 3), "real_estate": True}, date(2024, 6, 3)),
        (
            {"knew_on": date(2024, 8, 5), "obstacles": ((date(2024, 8, 10), date(2024, 8, 20)),)},
            date(2024, 10, 14),
        ),
    ],
)
def test_an_application_is_in_time_until_the_last_day_of_its_limit(
    application: dict[str, Any], last_on: date
) -> None:
    took(_filed(last_on, **application), Step.ACCEPT, last_on, conditions=ALL_MET)

    late = _filed(last_on + DAY, **application)
    assert why_refused(late, Step.ACCEPT, last_on + DAY, conditions=ALL_MET) == "out_of_time"


def test_the_postmark_counts_not_the_arrival() -> None:
    posted = applied(Application(filed_on=SIXTIETH_ON, knew_on=date(2024, 8, 5)), channel=Channel.POST)
    arrived = received(replace(posted, received_on=date(2024, 10, 11)))

    assert took(arrived, Step.ACCEPT, date(2024, 10, 14), conditions=ALL_MET).status is Status.ACCEPTED


def test_the_day_at_the_agent_point_counts_not_the_day_it_is_forwarded() -> None:
    told = Application(is_draft=True, agent_point="p01", knew_on=date(2024, 8, 5))
    draft = received(replace(applied(told, channel=Channel.AGENT_POINT), received_on=SIXTIETH_ON))

    forwarded = took(draft, Step.FORWARD, date(2024, 10, 10))

    assert took(forwarded, Step.ACCEPT, date(2024, 10, 14), conditions=ALL_MET).status is Status.ACCEPTED


def test_the_review_of_a_known_calendar_is_not_provisional() -> None:
    assert not running(received())["review", 1].deadline.provisional
    assert running(received(), calendar=WorkCalendar(()))["review", 1].deadline.provisional
    assert CALENDAR.is_loaded(2024)
