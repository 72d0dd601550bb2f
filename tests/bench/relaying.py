"""Events a second from a service's outbox into a real JetStream that syncs before it acknowledges."""

import asyncio
import contextlib
from collections.abc import Sequence
from itertools import islice

from sqlalchemy import delete, insert, select, update
from sqlmodel import Session

from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import EVENTS, METADATA
from shared.contracts.reconsideration import SERVICE
from shared.kit.database import Database
from shared.kit.migrations import migrate
from shared.kit.relay import Relay
from tests.bench import cases
from tests.bench.cases import Event
from tests.bench.rig import Json, Rig, Spent, per_event, run_as_a_service_does, spending
from tests.bench.sizes import Sizes
from tests.support import broker
from tests.support.broker import NatsServer
from tests.support.waiting import until

CHUNK = 5_000
DRAIN_SECONDS = 120


class Backlog:
    """The books of a service whose broker was away for long: every event of its log waits."""

    def __init__(self, url: str, events: Sequence[Event]) -> None:
        self.count = len(events)
        self.database = Database(url, METADATA)
        migrate(self.database, MIGRATIONS)
        remaining = iter(enumerate(events, start=1))
        with self.database.writing() as session:
            EVENTS.begin_life(session)
            while chunk := list(islice(remaining, CHUNK)):
                session.execute(insert(EVENTS.event), [_row(id_, event) for id_, event in chunk])

    def queue(self) -> None:
        """As if nothing had ever been published."""
        with self.database.writing() as session:
            session.execute(delete(EVENTS.publication))
            session.execute(insert(EVENTS.outbox).from_select(["id"], select(EVENTS.event.c.id)))
            session.execute(update(EVENTS.source).values(published_seq=0))

    def drain(self, server: NatsServer) -> None:
        """Publish everything, until the broker's acknowledgement of the last event is noted in the books."""
        run_as_a_service_does(self._drain(server))

    async def _drain(self, server: NatsServer) -> None:
        relay = asyncio.create_task(
            Relay(self.database, EVENTS, service=SERVICE, nats_url=server.url).run(), name="relay"
        )
        try:
            await until(self._published, what="the backlog is published", seconds=DRAIN_SECONDS)
        finally:
            relay.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await relay

    def close(self) -> None:
        self.database.dispose()

    def _published(self) -> bool:
        with self.database.reading() as session:
            return _acknowledged(session) == self.count


def _acknowledged(session: Session) -> int:
    return int(session.execute(select(EVENTS.source.c.published_seq)).scalar_one())


def _row(id_: int, event: Event) -> Json:
    return {
        "id": id_,
        "event_id": event.event_id,
        "case_id": event.case_id,
        "case_version": event.version,
        "type": event.type,
        "subject": event.subject,
        "payload": event.payload,
        "recorded_at": cases.NOW,
    }


def measure(rig: Rig, sizes: Sizes) -> Json:
    events = cases.backlog(sizes.backlog_cases)
    turns: dict[str, list[Spent]] = {kind: [] for kind in rig.kinds}
    with contextlib.ExitStack() as stack:
        backlogs = {
            kind: stack.enter_context(contextlib.closing(Backlog(rig.database_url(kind), events)))
            for kind in rig.kinds
        }
        for _ in sizes.rounds():
            for kind, backlog in backlogs.items():
                rig.told(f"relay, {kind}")
                backlog.queue()
                with broker.running(rig.folder()) as server, spending() as spent:
                    backlog.drain(server)
                turns[kind].append(spent)
    return {kind: per_event(len(events), turns[kind]) for kind in rig.kinds}
