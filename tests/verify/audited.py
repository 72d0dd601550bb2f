"""A real audited database of one service: events, refusals, a chain, checkpoints, and a clock of its own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from alembic.migration import MigrationContext
from alembic.operations import Operations
from nats.aio.client import Client
from sqlalchemy import MetaData, text
from sqlmodel import Session

from shared.kit import audit
from shared.kit.acting import EVERYTHING, Acting
from shared.kit.audit import AuditEntry, AuditTrail
from shared.kit.audit_chain import BATCH, Sequencer
from shared.kit.audit_checkpoints import Checkpoints
from shared.kit.audit_notes import Algorithm
from shared.kit.audit_routes import exported
from shared.kit.audit_witness import Witness
from shared.kit.database import Database
from shared.kit.keys import Keys
from shared.kit.migrations import create_event_log
from shared.kit.outbox import EventLog
from tests.support.events import an_event

START = datetime(2026, 11, 22, 1, 0, 0, 123456, tzinfo=UTC)
CLERK = Acting("8c1f", "session", "litigation_clerk", "litigation-150625", EVERYTHING, "0f9a")
Found = TypeVar("Found")


class Audited:
    """`now` moves only when a test says so."""

    def __init__(
        self,
        url: str,
        folder: Path,
        *,
        service: str = "litigation",
        keys: Keys | None = None,
        algorithm: Algorithm = "sha256",
    ) -> None:
        self.service = service
        self.folder = folder
        self.keys = keys or Keys(folder / "keys")
        self.metadata = MetaData()
        self.trail = AuditTrail(self.metadata)
        self.events = EventLog(self.metadata, self.trail)
        self.database = Database(url, self.metadata)
        with self.database.engine.begin() as connection:
            op = Operations(MigrationContext.configure(connection))
            create_event_log(op)
            audit.create_tables(op)
        with self.database.writing() as session:
            self.events.begin_life(session)
        self.now = START
        self.cases: dict[UUID, int] = {}
        self.checkpoints = Checkpoints(
            self.database,
            self.trail,
            service=service,
            key=self.keys.signing_key(service),
            folder=folder / "checkpoints",
            clock=self.clock,
            algorithm=algorithm,
        )
        self.sequencer = Sequencer(self.database, self.trail, service=service, algorithm=algorithm)

    def clock(self) -> datetime:
        return self.now

    def file(self) -> Path:
        return Path(str(self.database.url.database))

    def public_key(self) -> Path:
        return self.keys.path(f"{self.service}.checkpoint.pub")

    def pass_time(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    def happen(self, count: int = 1) -> None:
        """So many cases are notified or go on, each with its event; now and then somebody is refused."""
        for place in range(count):
            case = uuid4() if place % 3 or not self.cases else next(iter(self.cases))
            self.cases[case] = self.cases.get(case, 0) + 1
            with self.database.writing(CLERK) as session:
                self.events.record(session, [an_event(case, version=self.cases[case])], self.now)
                if place % 5 == 0:
                    refused = AuditEntry(
                        "litigation.read",
                        "route",
                        f"GET /cases/{place}",
                        outcome="refused",
                        code="access.forbidden",
                    )
                    self.trail.record(session, [refused], self.now)
            self.pass_time(0.25)

    def chain(self) -> int:
        """Chain all that waits, and sign when it is due; how many rows."""
        total = 0
        while True:
            chained = self.sequencer.step()
            total += chained
            if chained < BATCH:
                self.checkpoints.keep_up()
                return total

    def sign(self) -> None:
        """A minute passes, and what there is is chained and signed."""
        self.pass_time(61)
        self.chain()

    def witness(self) -> Witness:
        """A witness in this database that is handed its notes, without a broker."""

        async def nobody() -> Client:
            raise AssertionError("this witness is not connected")

        return Witness(self.database, self.trail, service=self.service, connecting=nobody, clock=self.clock)

    def notes(self) -> list[str]:
        return self.ask(
            lambda session: list(
                session.execute(text("SELECT note FROM audit_checkpoint ORDER BY size")).scalars()
            )
        )

    def ask(self, question: Callable[[Session], Found]) -> Found:
        with self.database.reading() as session:
            return question(session)

    def rows(self, sql: str) -> list[tuple[object, ...]]:
        return self.ask(lambda session: [tuple(row) for row in session.execute(text(sql))])

    def export(self, path: Path) -> Path:
        path.write_bytes(b"".join(exported(self.database.reading, self.trail, self.events, self.clock)))
        return path
