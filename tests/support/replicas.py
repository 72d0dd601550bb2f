"""Replicas of the reconsideration service on one database, and what its books hold of one case."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Table, func, select
from starlette.testclient import TestClient

from services.reconsideration import main
from services.reconsideration.models import AUDIT, EVENTS, IDEMPOTENCY, JOURNAL, METADATA
from shared.kit.database import Database
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
CASES = "/reconsideration/cases"
HANGJIN = "150625"
# What one request adds to, whatever it does; `key` only where the request bears one.
GROWING: dict[str, Table] = {
    "case": METADATA.tables["case_file"],
    "case_key": METADATA.tables["case_key"],
    "journal": JOURNAL.table,
    "event": EVENTS.event,
    "outbox": EVENTS.outbox,
    "audit": AUDIT.audit,
    "key": IDEMPOTENCY.table,
}
# The audit rows leave their queue when they are chained, the events theirs when a broker is there: here it is not.
_VERSIONED: dict[str, tuple[Column[Any], Column[Any]]] = {
    "journal": (JOURNAL.table.c.case_id, JOURNAL.table.c.case_version),
    "event": (EVENTS.event.c.case_id, EVENTS.event.c.case_version),
    "audit": (AUDIT.audit.c.object_id, AUDIT.audit.c.version),
}


@dataclass(frozen=True, slots=True)
class Replicas:
    """Whoever stands at an even place goes to the first replica, the others to the second, where there are two."""

    clients: tuple[TestClient, ...]
    database: Database

    def post(
        self,
        place: int,
        path: str,
        body: dict[str, Any],
        *,
        key: str | None = None,
        if_match: str | None = None,
    ) -> Any:
        headers = {"Idempotency-Key": key, "If-Match": if_match}
        given = {name: value for name, value in headers.items() if value is not None}
        return self.clients[place % len(self.clients)].post(path, json=body, headers=given)

    def counts(self) -> dict[str, int]:
        """Rows by table."""
        with self.database.reading() as session:
            return {
                name: session.execute(select(func.count()).select_from(table)).scalar_one()
                for name, table in GROWING.items()
            }

    def versions(self, case_id: str) -> dict[str, list[int]]:
        """Which versions of a case stand in the journal, in the log and in the audit trail, and which is its own."""
        found: dict[str, list[int]] = {}
        row = GROWING["case"].c
        with self.database.reading() as session:
            for name, (case, version) in (*_VERSIONED.items(), ("case", (row.id, row.version))):
                rows = session.execute(select(case, version).order_by(version)).all()
                found[name] = [row[1] for row in rows if str(row[0]) == case_id]
        return found


@contextmanager
def running(database_url: str, folder: Path) -> Iterator[Replicas]:
    """Two replicas on PostgreSQL, one on SQLite as in production; one installation's keys, the broker away."""
    database = Database(database_url, METADATA)
    services = [
        main.create(
            settings(database_url, folder), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
        )
        for _ in range(replicas_on(database))
    ]
    with ExitStack() as stack:
        stack.callback(database.dispose)
        yield Replicas(tuple(stack.enter_context(client_of(service)) for service in services), database)


def replicas_on(database: Database) -> int:
    """SQLite is the database of one process; many connections of two of them would mostly wait for each other."""
    return 1 if database.is_sqlite else 2
