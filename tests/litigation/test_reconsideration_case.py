"""经复议: a suit names the reconsideration case that it followed, and keeps it through corrections and ledgers."""

from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from starlette.testclient import TestClient

from services.litigation import events
from services.litigation.main import MIGRATIONS
from services.litigation.models import METADATA
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.litigation.builders import a_case
from tests.litigation.test_api import corrected, registered
from tests.litigation.test_ledger import ROW, imported, the_case

CASE, OTHER = (f"019aa000-0000-7000-8000-00000000000{n}" for n in (1, 2))


def test_a_suit_names_the_case_that_it_followed(client: TestClient) -> None:
    case = registered(client, reconsideration_case=CASE)

    assert case["reconsideration_case"] == CASE
    assert client.get(f"/litigation/cases/{case['id']}").json()["reconsideration_case"] == CASE
    assert registered(client, instance="second")["reconsideration_case"] is None


def test_the_facts_tell_it() -> None:
    assert events.facts_of(a_case(reconsideration_case=UUID(CASE))).reconsideration_case == UUID(CASE)
    assert events.facts_of(a_case()).reconsideration_case is None


def test_a_correction_names_it_changes_it_and_empties_it(client: TestClient) -> None:
    case = registered(client)

    for named in (CASE, OTHER, None):
        changed = corrected(client, case, reconsideration_case=named)
        assert changed.status_code == 200, changed.text
        assert changed.json()["reconsideration_case"] == named
    again = corrected(client, case, reconsideration_case=None)
    assert again.json()["code"] == "litigation.nothing_to_correct"


@pytest.mark.parametrize("named", ["1", "杭政复〔2024〕1号", f"reconsideration/{CASE}", 7])
def test_what_is_no_case_is_refused(client: TestClient, named: Any) -> None:
    case = registered(client)

    assert corrected(client, case, reconsideration_case=named).json()["code"] == "request.malformed"
    assert client.get(f"/litigation/cases/{case['id']}").json()["version"] == 1


def test_the_suits_after_one_case_are_found(client: TestClient) -> None:
    first = registered(client, reconsideration_case=CASE)
    second = registered(client, instance="second", reconsideration_case=CASE)
    registered(client, instance="retrial", reconsideration_case=OTHER)
    registered(client, court=None)

    def found(named: str, **query: str) -> list[str]:
        answer = client.get("/litigation/cases", params={"reconsideration_case": named, **query})
        return [case["id"] for case in answer.json()["items"]]

    assert found(CASE) == [first["id"], second["id"]]
    assert found(CASE, instance="second") == [second["id"]]
    assert found("019aa000-0000-7000-8000-000000000003") == []
    refused = client.get("/litigation/cases", params={"reconsideration_case": "1"})
    assert refused.json()["code"] == "request.malformed"


def test_a_ledger_that_is_silent_of_it_neither_differs_nor_empties_it(client: TestClient) -> None:
    imported(client, ROW)
    corrected(client, the_case(client), reconsideration_case=CASE)

    assert imported(client, ROW)["unchanged"] == 1
    assert imported(client, {**ROW, "result": "revoked"}, update="true")["updated"] == 1

    case = the_case(client)
    assert (case["result"], case["reconsideration_case"]) == ("revoked", CASE)


def test_suits_are_looked_up_by_index(tmp_path: Path) -> None:
    # Only SQLite tells: the planner of PostgreSQL rightly scans an empty table.
    database = Database(f"sqlite:///{tmp_path / 'books.db'}", METADATA)
    migrate(database, MIGRATIONS)
    with database.reading() as session:
        plan = (
            session.connection()
            .exec_driver_sql(
                "EXPLAIN QUERY PLAN SELECT * FROM case_file WHERE reconsideration_case = 'a' ORDER BY id LIMIT 1"
            )
            .all()
        )
    database.dispose()

    assert "cases_by_reconsideration" in str(plan)
