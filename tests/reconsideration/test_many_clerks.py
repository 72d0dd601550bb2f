"""Many clerks at once: nobody's work is lost, nothing is done twice, and a failed commit is never a success."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from services.reconsideration import main
from services.reconsideration.models import METADATA
from shared.kit.app import compose
from shared.kit.database import Database
from tests.kit.crowd import at_once
from tests.reconsideration.builders import NOW
from tests.reconsideration.office import (
    CASES,
    NOTHING,
    Books,
    Office,
    an_application,
    of,
    refused,
)
from tests.reconsideration.walking import ACCEPT
from tests.support.callers import OPERATOR_TOKEN, bearer
from tests.support.suites import HERE, NOWHERE, ONLY_OPERATOR, settings

CLERKS = 20


def test_of_twenty_clerks_who_accept_a_case_one_does(office: Office, books: Books) -> None:
    case = office.file()

    answers = at_once(
        CLERKS,
        lambda place: office.try_step(case, "accept", ACCEPT, if_match='"1"' if place % 2 else None),
    )

    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] == 1
    assert statuses[409] + statuses[412] == CLERKS - 1
    assert office.one(case)["version"] == 2
    assert books.versions(case) == [1, 2]
    assert books.counts() == of(journal=2, event=2, outbox=2)


def test_twenty_corrections_at_once_all_count(office: Office, books: Books) -> None:
    case = office.file()

    answers = at_once(CLERKS, lambda place: office.try_correct(case, {"matter": f"第 {place} 次"}))

    assert {answer.status_code for answer in answers} == {200}
    assert sorted(answer.json()["version"] for answer in answers) == list(range(2, CLERKS + 2))
    assert books.versions(case) == list(range(1, CLERKS + 2))
    assert [entry["case_version"] for entry in office.one(case)["history"]] == books.versions(case)


def test_of_twenty_corrections_of_one_version_one_is_taken(office: Office, books: Books) -> None:
    case = office.file()

    answers = at_once(
        CLERKS, lambda place: office.try_correct(case, {"matter": f"第 {place} 次"}, if_match='"1"')
    )

    assert Counter(answer.status_code for answer in answers) == {200: 1, 412: CLERKS - 1}
    assert books.versions(case) == [1, 2]


def test_twenty_equal_requests_under_one_key_file_one_case(office: Office, books: Books) -> None:
    answers = at_once(CLERKS, lambda _: office.send(an_application(), key="one"))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert books.counts() == of(key=1)


def test_of_twenty_cases_with_one_number_one_is_filed(office: Office, books: Books) -> None:
    answers = at_once(CLERKS, lambda _: office.send(an_application()))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: CLERKS - 1}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "reconsideration.number_taken"
    }
    assert books.counts() == of()


def test_two_imports_of_one_ledger_at_once_record_it_once(office: Office, books: Books) -> None:
    rows = "".join(f"{number},150625,2024-03-01\n" for number in range(1, 51))
    ledger = f"案号,复议机关所在地,收到日期\n{rows}".encode()

    answers = at_once(4, lambda _: office.bring(ledger))

    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] >= 1
    assert statuses[200] + statuses[409] == 4
    assert books.counts() == of(case=50, journal=50, event=50, outbox=50)


# Failed commits


@contextmanager
def commits_that_fail(failure: Exception) -> Iterator[None]:
    def fail(_connection: object) -> None:
        raise failure

    event.listen(Engine, "commit", fail)
    try:
        yield
    finally:
        event.remove(Engine, "commit", fail)


@pytest.fixture
def unforgiving(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """A client that gets the answer of a failure instead of the failure itself."""
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    with TestClient(
        compose([service], title="test"),
        base_url=HERE,
        raise_server_exceptions=False,
        headers=bearer(OPERATOR_TOKEN),
    ) as client:
        yield client


LEDGER = "案号,复议机关所在地,收到日期\n9,150625,2024-03-01\n".encode()
FAILURES = [
    (OperationalError("COMMIT", {}, Exception("disk I/O error")), 503, "database.away"),
    (RuntimeError("power"), 500, "internal"),
]


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_what_could_not_be_committed_is_never_answered_as_done(
    unforgiving: TestClient, database_url: str, failure: Exception, status: int, code: str
) -> None:
    office = Office(unforgiving)
    books = Books(Database(database_url, METADATA))
    case = office.file()

    with commits_that_fail(failure):
        filed = office.send(an_application(case_number="2"), key="k")
        stepped = office.try_step(case, "accept", ACCEPT)
        imported = office.bring(LEDGER)

    for answer in (filed, stepped, imported):
        refused(answer, status, code)
        assert answer.headers.get("Retry-After") == ("2" if status == 503 else None)
        assert "ETag" not in answer.headers
    assert books.counts() == of()
    assert office.one(case)["version"] == 1
    books.database.dispose()


@pytest.mark.parametrize(("failure", "status", "code"), FAILURES)
def test_an_import_that_could_not_be_committed_says_so_in_its_last_line(
    unforgiving: TestClient, database_url: str, failure: Exception, status: int, code: str
) -> None:
    books = Books(Database(database_url, METADATA))

    with commits_that_fail(failure):
        answer = Office(unforgiving).bring(LEDGER, accept="application/x-ndjson")

    last = answer.text.splitlines()[-1]
    assert f'"code":"{code}"' in last
    assert f'"status":{status}' in last
    assert books.counts() == NOTHING
    books.database.dispose()


def test_the_key_of_a_request_that_was_not_committed_is_free(unforgiving: TestClient) -> None:
    office = Office(unforgiving)
    with commits_that_fail(RuntimeError("power")):
        assert office.send(an_application(), key="k").status_code == 500

    answer = office.send(an_application(), key="k")

    assert answer.status_code == 201
    assert unforgiving.get(f"{CASES}/{answer.json()['id']}").status_code == 200
