"""Rights in the lists: what a party may do, beside what the office owes (AR-7.1, decision 0019)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.reconsideration import main
from services.reconsideration.deeming import end_lapsed
from services.reconsideration.models import METADATA
from shared.kit.database import Database
from tests.reconsideration.office import CASES, HEADS, Json, Office, heads_of, refused
from tests.reconsideration.unwatched import unwatched
from tests.reconsideration.walking import ACCEPT, to_decision
from tests.support.suites import NOWHERE, client_of, settings

ACCEPTED_AT = datetime(2024, 3, 5, 2, 0, tzinfo=UTC)  # the period expires on 6 May, the right on 21 May
TO_EXPIRY, TO_THE_END = timedelta(days=62), timedelta(days=77)
DAY = timedelta(days=1)


class Time:
    """A clock that a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def time() -> Time:
    return Time(ACCEPTED_AT)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, time: Time) -> Iterator[Office]:
    with unwatched():
        service = main.create(settings(database_url, tmp_path), nats_url=NOWHERE, clock=time, directory=HEADS)
    with client_of(service) as client:
        yield heads_of(client)


@pytest.fixture
def database(desk: Office, database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    yield database
    database.dispose()


def deadlines(desk: Office, **query: Any) -> list[Json]:
    answer = desk.client.get("/reconsideration/deadlines", params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


def kinds(desk: Office, **query: Any) -> list[str]:
    return [item["kind"] for item in deadlines(desk, **query)]


def test_a_right_is_listed_from_the_day_after_the_expiry_to_its_last_day_without_anybody_saving_the_case(
    desk: Office, time: Time
) -> None:
    desk.walk(desk.file(), [("accept", ACCEPT)])
    assert "sue_silence" not in kinds(desk)

    time.now = ACCEPTED_AT + TO_EXPIRY
    assert "sue_silence" not in kinds(desk)
    time.now += DAY
    (right,) = deadlines(desk, kind="sue_silence")
    assert (right["is_right"], right["started_on"], right["due_on"]) == (True, "2024-05-06", "2024-05-21")
    assert (right["days_left"], right["name"]) == (14, "起诉期限")

    time.now = ACCEPTED_AT + TO_THE_END
    assert deadlines(desk, rule="ar.sue")[0]["days_left"] == 0
    time.now += DAY
    assert "sue_silence" not in kinds(desk)


def test_the_office_is_told_what_it_owes_and_no_right_among_it(desk: Office, time: Time) -> None:
    case = desk.walk(desk.file(), [("accept", ACCEPT)])

    time.now = ACCEPTED_AT + TO_EXPIRY + 10 * DAY
    assert kinds(desk, state="overdue") == ["copy", "decision"]
    assert kinds(desk, state="due") == []
    assert kinds(desk, rule="ar.sue", state="due") == []
    assert [item["is_right"] for item in deadlines(desk)] == [False, False, True]
    listed = desk.client.get(CASES, params={"order": "due", "due_from": "2024-05-07"}).json()["items"]
    assert [item["id"] for item in listed] == []
    assert case["id"] in [item["id"] for item in desk.listed(order="due")]


def test_a_case_tells_of_a_right_that_has_not_begun(desk: Office, time: Time) -> None:
    case = desk.walk(desk.file(), [("accept", ACCEPT)])

    states = []
    for passed in (timedelta(), TO_EXPIRY + DAY, TO_THE_END + DAY):
        time.now = ACCEPTED_AT + passed
        (right,) = (clock for clock in desk.one(case)["clocks"] if clock["kind"] == "sue_silence")
        states.append((right["state"], right["is_right"]))

    assert states == [("waiting", True), ("open", True), ("ended", True)]


def test_a_closed_case_whose_decision_may_be_sued_is_overdue_with_nothing(desk: Office, time: Time) -> None:
    time.now = datetime(2024, 4, 15, 2, 0, tzinfo=UTC)
    case = desk.walk(desk.file(), [("accept", ACCEPT), *to_decision("upheld")])
    party = desk.party(case, "applicant")
    desk.step(case, "deliver", on="2024-04-15", manner="direct", party=party)
    assert kinds(desk) == ["sue"]
    assert desk.listed(order="due") == []

    time.now += timedelta(days=30)

    assert (kinds(desk), kinds(desk, state="overdue")) == (["enforcement"], [])
    time.now += timedelta(days=100)
    assert kinds(desk) == kinds(desk, state="overdue") == []


def test_what_lapsed_is_closed_in_the_rows_after_any_downtime_without_a_new_version(
    desk: Office, database: Database, time: Time
) -> None:
    case = desk.walk(desk.file(), [("accept", ACCEPT)])
    assert end_lapsed(database, now=ACCEPTED_AT + TO_THE_END) == 0

    assert end_lapsed(database, now=ACCEPTED_AT + timedelta(days=400)) == 1
    assert end_lapsed(database, now=ACCEPTED_AT + timedelta(days=400)) == 0

    time.now = ACCEPTED_AT + timedelta(days=400)
    assert desk.one(case)["version"] == case["version"]
    assert kinds(desk) == ["copy", "decision"]


def test_a_suit_over_silence_is_refused_before_the_expiry_and_told_after_it(desk: Office, time: Time) -> None:
    case = desk.walk(desk.file(), [("accept", ACCEPT)])
    time.now = ACCEPTED_AT + TO_EXPIRY + DAY
    path = f"{CASES}/{case['id']}/steps/record_suit"

    early = desk.client.post(path, json={"on": "2024-05-06"})
    refused(early, 409, "reconsideration.suit_before_expiry")
    assert "2024-05-06 才届满" in early.json()["detail"]

    sued = desk.step(case, "record_suit", on="2024-05-07", number="（2024）内0625行初1号")
    assert sued["status"] == "accepted"
    assert desk.one(case)["proceeding"]["handling"]["silence_suit"]["on"] == "2024-05-07"
    assert kinds(desk, rule="ar.sue") == []
    assert kinds(desk, state="overdue") == ["copy", "decision"]
