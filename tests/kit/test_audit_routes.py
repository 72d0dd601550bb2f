"""The doors of the audit trail: for whom they open, what they show, and that looking is itself written down."""

import json
from collections.abc import Iterator
from datetime import timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from shared.contracts.identity import EVERY_OFFICE, OfficeKind, Role
from shared.kit import problems
from shared.kit.access import Fields, Gate, require_rules
from shared.kit.audit_notes import instant
from shared.kit.audit_routes import audit_routes
from tests.support.callers import KnownCallers, a_caller, an_office, bearer
from tests.verify.audited import START, Audited


class Act(StrEnum):
    AUDIT = "litigation.audit"


POLICY = {
    Act.AUDIT: {Role.AUDIT_ADMIN: Fields.FACTS, Role.OPERATOR: Fields.FACTS, Role.BUREAU_VIEWER: Fields.FACTS}
}
BUREAU = an_office("bureau-150600", OfficeKind.BUREAU, "150600")
OFFICE = an_office("litigation-150625", OfficeKind.LITIGATION, "150625", parent=BUREAU.code)
FOREIGN = an_office("bureau-140500", OfficeKind.BUREAU, "140500")
CALLERS = KnownCallers(
    {
        "auditor": a_caller("auditor", (Role.AUDIT_ADMIN, EVERY_OFFICE)),
        "clerk": a_caller("clerk", (Role.LITIGATION_CLERK, OFFICE.code)),
        "bureau": a_caller("bureau", (Role.BUREAU_VIEWER, BUREAU.code)),
        "foreign": a_caller("foreign", (Role.BUREAU_VIEWER, FOREIGN.code)),
    },
    [BUREAU, OFFICE, FOREIGN],
)


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(database_url, tmp_path)
    for _ in range(2):
        made.happen(10)
        made.sign()
    yield made
    made.database.dispose()


@pytest.fixture
def client(audited: Audited) -> Iterator[TestClient]:
    app = FastAPI()
    problems.install(app)
    gate = Gate(CALLERS, POLICY, audited.clock)
    app.include_router(
        audit_routes("books", audited.database, audited.trail, gate, Act.AUDIT, audited.clock, audited.events)
    )
    require_rules(app)
    with TestClient(app) as opened:
        yield opened


def get(client: TestClient, path: str, token: str = "auditor", **query: Any) -> Response:
    return client.get(
        f"/books{path}", headers=bearer(token), params={name: str(value) for name, value in query.items()}
    )


@pytest.mark.parametrize("path", ["/audit", "/audit/export", "/audit/checkpoints"])
def test_only_whom_the_rule_admits_may_look(client: TestClient, path: str) -> None:
    assert client.get(f"/books{path}").status_code == 401
    assert get(client, path, "clerk").status_code == 403
    assert get(client, path).status_code == 200


def test_pages_go_by_the_number_in_the_chain(client: TestClient) -> None:
    seen: list[int] = []
    after: int | None = 0
    while after is not None:
        page = get(client, "/audit", after=after, limit=7).json()
        seen += [item["seq"] for item in page["items"]]
        after = page["next"]

    assert seen == list(range(1, 25))


def test_what_is_asked_for_is_shown(audited: Audited, client: TestClient) -> None:
    (case, *_) = audited.rows("SELECT object_id FROM audit WHERE object_kind = 'case' ORDER BY id")[0]
    refused = get(client, "/audit", outcome="refused").json()["items"]
    of_case = get(client, "/audit", object_id=case).json()["items"]
    first_second: dict[str, Any] = {"from": START.isoformat(), "to": START + timedelta(seconds=1)}
    early = get(client, "/audit", **first_second).json()["items"]

    assert [item["code"] for item in refused] == ["access.forbidden"] * 4
    assert {item["object_id"] for item in of_case} == {case}
    assert 0 < len(early) < 10
    assert get(client, "/audit", actor="nobody").json() == {"items": [], "next": None}
    assert len(get(client, "/audit", action="litigation.read").json()["items"]) == 4


@pytest.mark.parametrize(
    "wrong", [{"from": "2026-11-22T01:00:00"}, {"after": -1}, {"after": 2**63}, {"limit": 0}]
)
def test_a_question_of_the_wrong_shape_is_refused(client: TestClient, wrong: dict[str, Any]) -> None:
    assert get(client, "/audit", **wrong).status_code == 422


def test_a_bureau_sees_the_acts_of_its_own_offices_and_cannot_take_the_whole_trail(
    client: TestClient,
) -> None:
    assert len(get(client, "/audit", "bureau").json()["items"]) == 24
    assert get(client, "/audit", "foreign").json()["items"] == []
    refusal = get(client, "/audit/export", "bureau")
    assert (refusal.status_code, refusal.json()["code"]) == (403, "audit.whole_only")


def test_looking_is_written_down(audited: Audited, client: TestClient) -> None:
    get(client, "/audit")
    get(client, "/audit/export")

    rows = audited.rows(
        "SELECT actor, role, action, object_kind, object_id FROM audit WHERE id > 24 ORDER BY id"
    )
    assert rows == [
        ("auditor", "audit_admin", "litigation.audit", "audit", "entries"),
        ("auditor", "audit_admin", "litigation.audit", "audit", "export"),
    ]


def test_the_export_holds_everything_and_says_how_much_that_is(audited: Audited, client: TestClient) -> None:
    lines = [json.loads(line) for line in get(client, "/audit/export").text.splitlines()]

    assert lines[0] == {"export": {"of": "audit", "at": instant(audited.now)}}
    assert lines[-1] == {"end": {"audit": 24, "waiting": 1, "event": 20, "checkpoint": 2, "witnessed": 0}}
    assert [line["seq"] for line in lines if "audit" in line] == list(range(1, 25))


def test_checkpoints_are_shown_as_they_were_signed(audited: Audited, client: TestClient) -> None:
    first = get(client, "/audit/checkpoints", limit=1).json()
    second = get(client, "/audit/checkpoints", after=first["next"]).json()

    assert [item["note"] for item in first["items"] + second["items"]] == audited.notes()
    assert second["next"] is None
