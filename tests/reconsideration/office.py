"""A clerk's hands on the API, and a look into the books behind it."""

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from httpx2 import Response
from sqlalchemy import Table, func, select
from starlette.testclient import TestClient

from services.reconsideration.models import EVENTS, IDEMPOTENCY, JOURNAL, METADATA
from shared.contracts.identity import OfficeKind, Role
from shared.kit.database import Database
from shared.kit.outbox import LoggedEvent
from tests.reconsideration.builders import HANGJIN
from tests.reconsideration.walking import ACCEPT, MEDIATED, to_decision
from tests.support.callers import KnownCallers, a_caller, an_office, bearer

CASES = "/reconsideration/cases"
IMPORTS = "/reconsideration/imports/cases"
Json = dict[str, Any]


def an_application(**what_matters: Any) -> Json:
    """What a clerk types in when an application arrives."""
    return {
        "case_number": "杭政复〔2024〕1号",
        "organ_region": HANGJIN,
        "received_on": "2024-03-01",
        **what_matters,
    }


def refused(answer: Response, status: int, code: str) -> Json:
    """The problem document of a refusal, checked for its shape."""
    assert (answer.status_code, answer.json().get("code")) == (status, code), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body: Json = answer.json()
    assert body["status"] == status
    assert body["type"] == f"urn:dingfen:problem:{code}"
    assert body["title"]
    assert body["detail"].endswith(("。", "？"))
    return body


HERE = f"reconsideration-{HANGJIN}"
_HEADS = "heads"
# Somebody who may do all of it: the operator of the machine keeps no parties.
HEADS = KnownCallers(
    {
        _HEADS: a_caller(
            _HEADS, (Role.RECONSIDERATION_OFFICE_HEAD, HERE), (Role.RECONSIDERATION_ORGAN_HEAD, HERE)
        )
    },
    [an_office(HERE, OfficeKind.RECONSIDERATION, HANGJIN)],
)


class Office:
    """Every call is one request; what is expected to succeed says so if it does not."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def send(self, application: Json, *, key: str | None = None) -> Response:
        headers = {} if key is None else {"Idempotency-Key": key}
        return self.client.post(CASES, json=application, headers=headers)

    def file(self, **what_matters: Any) -> Json:
        return _done(self.send(an_application(**what_matters)), 201)

    def try_step(
        self, case: Json, step: str, body: Json, *, if_match: str | None = None, key: str | None = None
    ) -> Response:
        headers = {"If-Match": if_match, "Idempotency-Key": key}
        given = {name: value for name, value in headers.items() if value is not None}
        return self.client.post(f"{CASES}/{case['id']}/steps/{step}", json=body, headers=given)

    def step(self, case: Json, step: str, **body: Any) -> Json:
        return _done(self.try_step(case, step, body), 200)

    def accepted(self, **what_matters: Any) -> Json:
        return self.step(self.file(**what_matters), "accept", **ACCEPT)

    def closed(self, **what_matters: Any) -> Json:
        """Closed by a mediation statement: the shortest lawful way, in three versions."""
        return self.step(self.accepted(**what_matters), "sign_mediation", **MEDIATED)

    def decided(self, accepted: Json, outcome: str, *, on: str = "2024-04-10") -> Json:
        """An accepted case brought to its decision by lawful steps."""
        return self.walk(accepted, to_decision(outcome, on=on))

    def walk(self, case: Json, steps: Iterable[tuple[str, Mapping[str, Any]]]) -> Json:
        for step, body in steps:
            case = self.step(case, step, **body)
        return case

    def try_correct(self, case: Json, changes: Json, *, if_match: str | None = None) -> Response:
        headers = {} if if_match is None else {"If-Match": if_match}
        body = {"changes": changes, "reason": "录入有误"}
        return self.client.post(f"{CASES}/{case['id']}/corrections", json=body, headers=headers)

    def correct(self, case: Json, **changes: Any) -> Json:
        return _done(self.try_correct(case, changes), 200)

    def cancel(self, case: Json) -> Json:
        return self.step(case, "cancel", reason="重复录入")

    def one(self, case: Json) -> Json:
        return _done(self.client.get(f"{CASES}/{case['id']}"), 200)

    def listed(self, **query: Any) -> list[Json]:
        """All pages of the list."""
        found: list[Json] = []
        while True:
            answer = _done(self.client.get(CASES, params=query), 200)
            found += answer["items"]
            if answer["next"] is None:
                return found
            query["after"] = answer["next"]

    def party(self, case: Json, role: str, name: str = "李四") -> str:
        """The id of a party that is registered for the case; as `heads`."""
        body = {"role": role, "kind": "natural", "name": name}
        answer = _done(self.client.post(f"{CASES}/{case['id']}/parties", json=body), 201)
        return str(answer["id"])

    def bring(
        self, content: bytes, *, filename: str = "台账.csv", accept: str | None = None, **flags: bool
    ) -> Response:
        """Import a ledger."""
        query = urlencode(
            {"filename": filename} | {name: str(value).lower() for name, value in flags.items()}
        )
        headers = {} if accept is None else {"Accept": accept}
        return self.client.post(f"{IMPORTS}?{query}", content=content, headers=headers)


def heads_of(client: TestClient) -> Office:
    """The heads before a service whose directory is `HEADS`."""
    client.headers.update(bearer(_HEADS))
    return Office(client)


def _done(answer: Response, status: int) -> Json:
    assert answer.status_code == status, answer.text
    body: Json = answer.json()
    return body


class Books:
    """What the database holds."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def count(self, table: Table) -> int:
        with self.database.reading() as session:
            return int(session.execute(select(func.count()).select_from(table)).scalar_one())

    def counts(self) -> Mapping[str, int]:
        tables = {"case": METADATA.tables["case_file"], "journal": JOURNAL.table, "event": EVENTS.event}
        return {name: self.count(table) for name, table in tables.items()} | {
            "outbox": self.count(EVENTS.outbox),
            "key": self.count(IDEMPOTENCY.table),
        }

    def versions(self, case: Json) -> list[int]:
        """The versions of a case for which there is an event, in the order of the log."""
        with self.database.reading() as session:
            query = select(EVENTS.event.c.case_id, EVENTS.event.c.case_version).order_by(EVENTS.event.c.id)
            return [row.case_version for row in session.execute(query) if str(row.case_id) == case["id"]]

    def number(self) -> list[LoggedEvent]:
        """Number what waits, as the relay does before it publishes; the whole log."""
        with self.database.writing() as session:
            EVENTS.number(session, published_seq=0, limit=100_000)
        with self.database.reading() as session:
            return EVENTS.read(session, after=0, limit=100_000)


NOTHING = {"case": 0, "journal": 0, "event": 0, "outbox": 0, "key": 0}


def of(**counts: int) -> Mapping[str, int]:
    """Expected counts; one case, journal entry and event each unless named."""
    return {"case": 1, "journal": 1, "event": 1, "outbox": 1, "key": 0} | counts
