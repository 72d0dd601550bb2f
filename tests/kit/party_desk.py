"""A small service that has cases, offices and the routes for parties, for their tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2 as httpx
from fastapi import FastAPI
from sqlalchemy import Column, MetaData, String, Table, Uuid, insert, select
from sqlmodel import Session

from shared.contracts.identity import OfficeKind, Role
from shared.kernel.errors import NotFound, TooMany
from shared.kernel.regions import RegionTree
from shared.kernel.representation import Represents, RolesThatAct
from shared.kit import problems
from shared.kit.access import Access, Fields, Gate, require_rules
from shared.kit.acting import visible
from shared.kit.audit import AuditTrail
from shared.kit.calendar_keeping import CalendarKeeping
from shared.kit.calendars import Calendars
from shared.kit.database import Database
from shared.kit.edge import Edge, refusals_of
from shared.kit.idempotency import Idempotency
from shared.kit.outbox import EventLog
from shared.kit.parties import Parties
from shared.kit.party_routes import PartyActions, party_routes
from shared.kit.relay import Relay
from shared.kit.vault import Vault
from shared.kit.vault_erasure import DestroyedList
from shared.kit.vault_keys import FileMaster
from tests.support.callers import KnownCallers, a_caller, an_office, bearer
from tests.support.client import Client
from tests.support.vaults import MASTER, NOW, identity_number

NUMBER = identity_number(7)
PLAIN = {
    "name": "张三丰",
    "id_number": NUMBER,
    "phone": "13812345678",
    "address": "鄂尔多斯市东胜区准格尔南路1号",
}
A_PERSON = {"role": "applicant", "kind": "natural", **PLAIN}


class PartyRole(StrEnum):
    APPLICANT = "applicant"
    THIRD_PARTY = "third_party"
    WITNESS = "witness"
    AGENT = "agent"
    REPRESENTATIVE = "representative"


ROLES_THAT_ACT: RolesThatAct = {
    PartyRole.AGENT: Represents(
        frozenset({"applicant", "third_party"}), by_mandate=True, most=2, too_many="至多二名。"
    ),
    PartyRole.REPRESENTATIVE: Represents(frozenset({"applicant"})),
}


class Action(StrEnum):
    READ = "party.read"
    CHANGE = "party.change"
    REVEAL = "party.reveal"
    SEARCH = "party.search"
    ERASE = "party.erase"


CLERK, HEAD, VIEWER = Role.MEDIATOR, Role.COMMITTEE_CLERK, Role.BUREAU_VIEWER
POLICY = {
    Action.READ: {CLERK: Fields.CASE, HEAD: Fields.CASE, VIEWER: Fields.FACTS},
    Action.CHANGE: {CLERK: Fields.CASE},
    Action.REVEAL: {CLERK: Fields.CASE},
    Action.SEARCH: {CLERK: Fields.CASE, VIEWER: Fields.FACTS},
    Action.ERASE: {HEAD: Fields.CASE},
}
OFFICES = [
    an_office("above", OfficeKind.JUDICIAL_OFFICE, "150600"),
    an_office("ours", OfficeKind.MEDIATION, "150602", parent="above"),
    an_office("theirs", OfficeKind.MEDIATION, "150603", parent="above"),
]
CALLERS = KnownCallers(
    {
        "clerk": a_caller("clerk", (CLERK, "ours")),
        "neighbour": a_caller("neighbour", (CLERK, "theirs")),
        "head": a_caller("head", (HEAD, "ours")),
        "viewer": a_caller("viewer", (VIEWER, "above")),
    },
    OFFICES,
)


@dataclass
class Desk:
    http: Client
    database: Database
    audit: AuditTrail
    idempotency: Idempotency
    cases: Table
    parties: Parties
    destroyed: DestroyedList
    spent: list[tuple[str, str]]
    limit: int = 1000

    def a_case(self, office: str = "ours") -> UUID:
        case_id = uuid4()
        with self.database.writing() as session:
            session.execute(insert(self.cases).values(id=case_id, office=office))
        return case_id

    def send(
        self, method: str, path: str, body: Any = None, *, by: str = "clerk", **headers: str
    ) -> httpx.Response:
        return self.http.request(method, f"/mediation{path}", json=body, headers=bearer(by) | headers)

    def a_party(self, case_id: UUID, *, by: str = "clerk", **values: Any) -> str:
        answer = self.send("POST", f"/cases/{case_id}/parties", A_PERSON | values, by=by)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def audited(self) -> list[tuple[str, str, str, str | None]]:
        """(actor, action, object, purpose) of everything that was done."""
        table = self.audit.audit
        with self.database.reading() as session:
            rows = session.execute(
                select(table.c.actor, table.c.action, table.c.object_id, table.c.purpose).order_by(table.c.id)
            ).all()
        return [(row.actor, row.action, row.object_id, row.purpose) for row in rows]

    def stored(self) -> str:
        """Everything in every table, as text."""
        with self.database.reading() as session:
            return "\n".join(
                str(row)
                for table in self.database.metadata.sorted_tables
                for row in session.execute(select(table)).all()
            )


@contextmanager
def opened_desk(database_url: str, folder: Path) -> Iterator[Desk]:
    """A service with the routes for parties and nothing else, on a new database."""
    metadata = MetaData()
    cases = Table(
        "case_file",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("office", String(64), nullable=False),
    )
    audit = AuditTrail(metadata)
    events = EventLog(metadata, audit)
    vault = Vault(metadata, service="mediation")
    idempotency = Idempotency(metadata, vault)
    idempotency.unlock(b"secret of the test")
    parties = Parties(metadata, vault, roles_that_act=ROLES_THAT_ACT)
    vault.unlock(FileMaster(MASTER))
    database = Database(database_url, metadata)
    metadata.create_all(database.engine)
    with database.writing() as session:
        vault.begin(session, NOW)
    edge = Edge(
        service="mediation",
        database=database,
        gate=Gate(CALLERS, POLICY, lambda: NOW, note=refusals_of(database, audit, lambda: NOW)),
        audit=audit,
        events=events,
        idempotency=idempotency,
        relay=Relay(database, events, service="mediation", nats_url="nats://127.0.0.1:1"),
        clock=lambda: NOW,
        calendars=CalendarKeeping(database, Calendars(MetaData()), audit, lambda: NOW),
        tree=RegionTree(()),
    )
    destroyed = DestroyedList(folder / "keys" / "mediation.destroyed")
    spent: list[tuple[str, str]] = []

    def require_case(session: Session, case_id: UUID) -> str:
        row = session.execute(
            select(cases.c.office).where(cases.c.id == case_id, visible(session, cases.c.office))
        ).one_or_none()
        if row is None:
            raise NotFound("mediation.case_not_found", "没有这件案件。")
        return str(row.office)

    def spend(session: Session, access: Access, action: str, now: datetime) -> None:
        if len(spent) >= found.limit:
            raise TooMany("request.too_many", "查看得过于频繁，请稍后再试。", retry_after=60)
        spent.append((access.caller.account, action))

    app = FastAPI()
    problems.install(app)
    app.include_router(
        party_routes(
            edge,
            parties,
            roles=PartyRole,
            actions=PartyActions(Action.READ, Action.CHANGE, Action.REVEAL, Action.SEARCH, Action.ERASE),
            require_case=require_case,
            destroyed=destroyed,
            spend=spend,
        )
    )
    require_rules(app)
    http = Client(app, raise_server_exceptions=False)
    found = Desk(http, database, audit, idempotency, cases, parties, destroyed, spent)
    yield found
    http.close()
    database.dispose()
