"""A new year's holiday notice makes the mediation service's provisional periods exact."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.mediation import main, use_cases
from tests.support.holidays import a_notice
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings

CASES = "/mediation/cases"
NOW = datetime(2026, 12, 31, 1, 0, tzinfo=UTC)


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    with client_of(service) as opened:
        yield opened


def accepted(client: TestClient, on: str, number: int) -> dict[str, Any]:
    body = {"case_number": f"调字〔2026〕{number}号", "region": "150625", "registered_on": on}
    case = client.post(CASES, json=body).json()
    answer = client.post(f"{CASES}/{case['id']}/steps/accept", json={"on": on})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def due(case: dict[str, Any]) -> tuple[str, bool, int]:
    return case["due_on"], case["due_provisional"], case["version"]


def test_a_period_that_ends_in_the_year_to_come_is_provisional_until_its_notice_is_there(
    client: TestClient,
) -> None:
    moved, untouched = accepted(client, "2026-12-02", 1), accepted(client, "2026-11-02", 2)
    before = [due(moved), due(untouched)]

    told = client.post("/mediation/calendar", json=a_notice()).json()

    found = [client.get(f"{CASES}/{case['id']}").json() for case in (moved, untouched)]
    assert before == [("2027-01-04", True, 2), ("2026-12-02", False, 2)]
    assert (told["recalculated"], told["moved"]) == (1, 0)
    assert [due(case) for case in found] == [("2027-01-04", False, 3), ("2026-12-02", False, 2)]
    last = found[0]["history"][-1]
    assert (last["step"], last["step_label"], last["reason"]) == (
        "recalculated",
        "重算期限",
        "载入 2027 年放假安排",
    )


def test_a_corrected_notice_moves_the_period_again(client: TestClient) -> None:
    case = accepted(client, "2026-12-02", 1)
    client.post("/mediation/calendar", json=a_notice())

    told = client.post("/mediation/calendar", json=a_notice(off=[*a_notice()["off"], "2027-01-04"])).json()

    assert (told["recalculated"], told["moved"]) == (1, 1)
    assert due(client.get(f"{CASES}/{case['id']}").json()) == ("2027-01-05", False, 4)


def test_more_cases_than_one_batch_holds_are_all_recomputed(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cases of one due date that moves on: the next batch begins behind where they were, not where they went."""
    monkeypatch.setattr(use_cases, "RECALCULATED_AT_ONCE", 2)
    for number in range(1, 6):
        accepted(client, "2026-12-02", number)

    told = client.post("/mediation/calendar", json=a_notice(off=[*a_notice()["off"], "2027-01-04"])).json()

    cases = client.get(CASES).json()["items"]
    assert (told["recalculated"], told["moved"]) == (5, 5)
    assert {due(case) for case in cases} == {("2027-01-05", False, 3)}
