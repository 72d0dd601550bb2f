"""A new year's holiday notice reaches a running service: provisional due dates become exact, each as a new version."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from services.reconsideration import main, use_cases
from services.reconsideration.models import AUDIT, EVENTS, METADATA
from shared.contracts.identity import EVERY_OFFICE, Role
from shared.kernel.calendar import WorkCalendar
from shared.kit.calendars import Batch
from shared.kit.database import Database
from tests.reconsideration.office import Json, Office, refused
from tests.reconsideration.walking import ACCEPT, MEDIATED
from tests.support.callers import KnownCallers, a_caller, bearer
from tests.support.holidays import OFF, SOURCE, a_notice
from tests.support.suites import NOWHERE, client_of, settings
from tests.support.waiting import until_now

CALENDAR = "/reconsideration/calendar"
NOW = datetime(2026, 12, 20, 1, 0, tzinfo=UTC)
CALLERS = KnownCallers(
    {
        "system": a_caller("system", (Role.SYSTEM_ADMIN, EVERY_OFFICE)),
        "head": a_caller("head", (Role.RECONSIDERATION_OFFICE_HEAD, "reconsideration-150625")),
    }
)


class Stopped(Exception):
    """The process died here."""


@contextmanager
def serving(database_url: str, folder: Path) -> Iterator[Office]:
    """One replica, on 2026-12-20."""
    service = main.create(
        settings(database_url, folder), nats_url=NOWHERE, clock=lambda: NOW, directory=CALLERS
    )
    with client_of(service) as client:
        yield Office(client)


@pytest.fixture
def december(database_url: str, tmp_path: Path) -> Iterator[Office]:
    with serving(database_url, tmp_path) as office:
        yield office


def accepted(office: Office, on: str, number: int = 1) -> Json:
    case = office.file(case_number=f"杭政复〔2026〕{number}号", received_on=on)
    return office.step(case, "accept", **ACCEPT | {"on": on})


def load(client: TestClient, *, dry_run: bool = False, **what_matters: Any) -> Json:
    path = f"{CALENDAR}?dry_run={str(dry_run).lower()}"
    answer = client.post(path, json=a_notice(**what_matters))
    assert answer.status_code == 200, answer.text
    told: Json = answer.json()
    return told


def due(case: Json) -> tuple[str, bool, int]:
    return case["decision_due_on"], case["due_provisional"], case["version"]


def traces(database_url: str, case: Json) -> Json:
    """What the log and the audit trail hold of the newest version of a case."""
    database = Database(database_url, METADATA)
    with database.reading() as session:
        events = [
            (row.case_version, row.type)
            for row in session.execute(select(EVENTS.event).order_by(EVENTS.event.c.id))
            if str(row.case_id) == case["id"]
        ]
        entries = [
            (row.version, row.action, row.actor)
            for row in session.execute(select(AUDIT.audit).order_by(AUDIT.audit.c.id))
            if row.object_id == case["id"]
        ]
    database.dispose()
    return {"event": events[-1], "audit": entries[-1]}


def test_a_due_date_in_a_year_without_notice_is_provisional_and_becomes_exact_when_it_comes(
    december: Office, database_url: str
) -> None:
    moved, kept = accepted(december, "2026-12-07", 1), accepted(december, "2026-12-01", 2)
    untouched = accepted(december, "2026-10-10", 3)
    assert [due(case) for case in (moved, kept, untouched)] == [
        ("2027-02-05", True, 2),
        ("2027-02-01", True, 2),
        ("2026-12-09", False, 2),
    ]

    told = load(december.client)

    assert (told["changed"], told["recalculated"], told["moved"], told["complete"]) == (True, 2, 1, True)
    assert told["message"] == "已载入 2027 年的放假安排，重算了 2 件案件的期限，其中 1 件的届满日有变化。"
    assert [due(december.one(case)) for case in (moved, kept, untouched)] == [
        ("2027-02-15", False, 3),
        ("2027-02-01", False, 3),
        ("2026-12-09", False, 2),
    ]
    last = december.one(moved)["history"][-1]
    assert (last["step"], last["step_label"], last["on"]) == ("recalculate", "重算期限", "2026-12-20")
    assert last["reason"] == "载入 2027 年放假安排"
    recalculated = "dingfen.reconsideration.recalculated.v1"
    assert traces(database_url, moved) == {
        "event": (3, recalculated),
        "audit": (3, recalculated, "service"),
    }


def test_after_the_notice_new_cases_are_exact_at_once(december: Office) -> None:
    load(december.client)

    assert due(accepted(december, "2026-12-07")) == ("2027-02-15", False, 2)


def test_closed_cases_are_recomputed_and_cancelled_ones_are_not(december: Office) -> None:
    closed, cancelled = accepted(december, "2026-12-07", 1), accepted(december, "2026-12-07", 2)
    december.step(closed, "sign_mediation", **MEDIATED | {"on": "2026-12-18"})
    december.cancel(cancelled)

    load(december.client)

    assert due(december.one(closed)) == ("2027-02-15", False, 4)
    assert due(december.one(cancelled)) == ("2027-02-05", True, 3)


def test_the_same_notice_again_changes_nothing_and_says_so(december: Office) -> None:
    case = accepted(december, "2026-12-07")
    load(december.client)

    again = load(december.client)

    assert (again["changed"], again["recalculated"]) == (False, 0)
    assert again["message"] == "2027 年的放假安排与已载入的相同，什么也没有改变。"
    assert december.one(case)["version"] == 3


def test_a_corrected_notice_moves_the_date_again(december: Office) -> None:
    case = accepted(december, "2026-12-07")
    load(december.client)

    told = load(december.client, off=[*a_notice()["off"], "2027-02-15"])

    assert (told["changed"], told["moved"]) == (True, 1)
    assert due(december.one(case)) == ("2027-02-16", False, 4)


def test_a_dry_run_tells_how_many_cases_would_change_and_changes_none(december: Office) -> None:
    case = accepted(december, "2026-12-07")

    told = load(december.client, dry_run=True)

    assert (told["dry_run"], told["changed"], told["recalculated"], told["moved"]) == (True, True, 1, 1)
    assert told["message"] == "载入后将重算 1 件案件的期限，其中 1 件的届满日有变化。"
    assert december.one(case)["version"] == 2
    assert [year["year"] for year in years(december.client)][-1] == 2026


def years(client: TestClient) -> list[Json]:
    found: list[Json] = client.get(CALENDAR).json()["years"]
    return found


def test_the_years_are_listed_with_where_they_come_from(december: Office) -> None:
    load(december.client)

    listed = years(december.client)

    assert [each["year"] for each in listed] == [*WorkCalendar.builtin().loaded_years, 2027]
    assert {each["origin"] for each in listed[:-1]} == {"builtin"}
    last = listed[-1]
    assert (last["origin"], last["source"], last["complete"]) == ("imported", SOURCE, True)
    assert last["off"] == [day.isoformat() for day in OFF]


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"off": [*a_notice()["off"], "2027-01-01"]}, "calendar.day_twice"),
        ({"on": ["2027-01-02"]}, "calendar.contradictory_notice"),
        ({"on": ["2027-02-17"]}, "calendar.on_not_weekend"),
        ({"off": ["2027-01-01"]}, "calendar.implausible_count"),
        ({"off": [*a_notice()["off"], "2026-10-01"]}, "calendar.foreign_date"),
        ({"year": 2029}, "calendar.year_out_of_range"),
        ({"source": "11010519491231002X"}, "request.identity_number_in_plain"),
    ],
)
def test_a_notice_that_cannot_be_right_is_refused(december: Office, wrong: Json, code: str) -> None:
    refused(december.client.post(CALENDAR, json=a_notice(**wrong)), 422, code)

    assert [year["year"] for year in years(december.client)][-1] == 2026


def test_the_operator_and_system_administrators_load_notices_and_nobody_else(december: Office) -> None:
    by_head = december.client.post(CALENDAR, json=a_notice(), headers=bearer("head"))
    by_system = december.client.post(CALENDAR, json=a_notice(), headers=bearer("system"))

    refused(by_head, 403, "access.forbidden")
    assert (by_system.status_code, by_system.json()["changed"]) == (200, True)


def test_an_import_that_was_cut_off_is_completed_at_the_next_start(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, begun = use_cases.recalculate, []

    def dies_in_the_second_batch(*told: Any) -> Batch:
        begun.append(told)
        if len(begun) > 1:
            raise Stopped
        return real(*told)

    monkeypatch.setattr(use_cases, "RECALCULATED_AT_ONCE", 2)
    monkeypatch.setattr(use_cases, "recalculate", dies_in_the_second_batch)
    with serving(database_url, tmp_path) as office:
        cases = [accepted(office, "2026-12-07", number) for number in range(1, 6)]
        with pytest.raises(Stopped):
            load(office.client)
        half = [office.one(case)["version"] for case in cases]
        complete = years(office.client)[-1]["complete"]
    monkeypatch.setattr(use_cases, "recalculate", real)

    with serving(database_url, tmp_path) as office:
        until_now(lambda: years(office.client)[-1]["complete"], what="the rest is recomputed")
        found = {due(office.one(case)) for case in cases}

    assert (sorted(half), complete) == ([2, 2, 2, 3, 3], False)
    assert found == {("2027-02-15", False, 3)}


def test_a_ledger_that_goes_in_after_the_notice_is_counted_by_it(december: Office) -> None:
    load(december.client)
    ledger = "案号,复议机关所在地,收到日期,受理日期\n杭政复〔2026〕9号,150625,2026-12-07,2026-12-07\n"

    december.bring(ledger.encode())

    (case,) = december.listed()
    assert due(case) == ("2027-02-15", False, 1)


def test_what_is_loaded_at_one_replica_counts_at_the_other(database_url: str, tmp_path: Path) -> None:
    with ExitStack() as stack:
        here, there = (stack.enter_context(serving(database_url, tmp_path)) for _ in range(2))
        load(here.client)

        case = accepted(there, "2026-12-07")

    assert due(case) == ("2027-02-15", False, 2)
