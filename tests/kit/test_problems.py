"""Every refusal and every failure is answered as a problem, and none repeats what was sent or stored."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from shared.kernel.errors import CalendarNotLoaded, Conflict, NotFound, RuleViolation
from shared.kit import problems
from shared.kit.problems import StaleVersion

CANARY = "金丝雀"


class Sent(BaseModel):
    name: str
    count: int


class Unique(Exception):
    sqlstate = "23505"


class UniqueInSqlite(Exception):
    sqlite_errorname = "SQLITE_CONSTRAINT_UNIQUE"


class Check(Exception):
    sqlstate = "23514"
    sqlite_errorname = "SQLITE_CONSTRAINT_CHECK"


RAISED: dict[str, Callable[[], Exception]] = {
    "rule": lambda: RuleViolation("cases.closed_before_accepted", "结案早于受理。", field="closed_on"),
    "conflict": lambda: Conflict("cases.taken", "已有此案。"),
    "stale": lambda: StaleVersion("request.stale_version", "已有更新的内容。"),
    "missing": lambda: NotFound("cases.not_found", "没有这件。"),
    "region": lambda: NotFound("region.unknown", "没有这个地方。", field="organ_region"),
    "malformed": lambda: RuleViolation("ledger.unreadable", "读不了。"),
    "calendar": lambda: CalendarNotLoaded(2031),
    "away": lambda: OperationalError(CANARY, {}, ConnectionError(CANARY)),
    "waiting": lambda: TimeoutError(CANARY),
    "taken": lambda: IntegrityError(CANARY, {}, Unique(CANARY)),
    "taken-sqlite": lambda: IntegrityError(CANARY, {}, UniqueInSqlite(CANARY)),
    "check": lambda: IntegrityError(CANARY, {}, Check(CANARY)),
    "unstorable": lambda: DataError(CANARY, {}, ValueError(CANARY)),
    "unexpected": lambda: RuntimeError(CANARY),
    "teapot": lambda: HTTPException(418, CANARY),
    "http": lambda: HTTPException(404, CANARY),
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    app = FastAPI()
    problems.install(app)

    @app.get("/raise/{name}")
    def fail(name: str) -> None:
        raise RAISED[name]()

    @app.post("/sent")
    def sent(body: Sent) -> None: ...

    with TestClient(app, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("rule", 409, "cases.closed_before_accepted"),
        ("conflict", 409, "cases.taken"),
        ("stale", 412, "request.stale_version"),
        ("missing", 404, "cases.not_found"),
        ("region", 422, "region.unknown"),
        ("malformed", 422, "ledger.unreadable"),
        ("calendar", 422, "calendar.not_loaded"),
        ("away", 503, "database.away"),
        ("waiting", 503, "database.away"),
        ("taken", 409, "request.recorded_meanwhile"),
        ("taken-sqlite", 409, "request.recorded_meanwhile"),
        ("check", 500, "internal"),
        ("unstorable", 422, "request.unstorable"),
        ("unexpected", 500, "internal"),
        ("teapot", 418, "http.418"),
        ("http", 404, "http.404"),
    ],
)
def test_every_refusal_and_failure_has_its_status_and_code(
    client: TestClient, name: str, status: int, code: str
) -> None:
    with capture_logs() as logs:
        answer = client.get(f"/raise/{name}")

    body: dict[str, Any] = answer.json()
    assert answer.status_code == body["status"] == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert body["code"] == code
    assert body["type"] == f"urn:dingfen:problem:{code}"
    assert body["detail"]
    assert answer.headers.get("Retry-After") == ("2" if status == 503 else None)
    assert CANARY not in answer.text
    assert CANARY not in str(logs)
    assert bool(logs) == (status >= 500)  # an expected refusal is no event for an operator


def test_a_refusal_names_the_field_to_mend(client: TestClient) -> None:
    assert client.get("/raise/rule").json()["field"] == "closed_on"
    assert "field" not in client.get("/raise/conflict").json()


@pytest.mark.parametrize(
    "body", [{"name": [CANARY], "count": CANARY}, {"name": {CANARY: CANARY}}, CANARY, [CANARY]]
)
def test_a_malformed_body_is_never_repeated(client: TestClient, body: Any) -> None:
    answer = client.post("/sent", json=body)

    assert answer.status_code == 422
    assert answer.json()["code"] == "request.malformed"
    assert all(set(error) == {"field", "code", "detail"} for error in answer.json()["errors"])
    assert CANARY not in answer.text


def test_a_malformed_body_is_explained_in_chinese(client: TestClient) -> None:
    answer = client.post("/sent", json={"count": "x"})

    assert answer.json()["detail"] == "name：缺少这一项；count：应为整数。"
