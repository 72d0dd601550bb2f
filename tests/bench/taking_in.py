"""Events a second from the stream into facts and cells, and the same without a broker."""

import asyncio
import contextlib
from collections.abc import Callable, Sequence

from services.reporting import repository
from services.reporting.intake import ReportingIntake
from services.reporting.main import MIGRATIONS
from services.reporting.models import METADATA
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.migrations import migrate
from shared.kit.subscription import BATCH, Message, Position, Subscription
from tests.bench import cases
from tests.bench.relaying import Backlog
from tests.bench.rig import (
    SQLITE,
    Json,
    Rig,
    Spent,
    per_event,
    ratio,
    run_as_a_service_does,
    spending,
)
from tests.bench.sizes import Sizes
from tests.support import broker
from tests.support.broker import NatsServer
from tests.support.waiting import until

FLOOR_EVENTS_PER_S = 5_000  # what the project asks of PostgreSQL
READ_SECONDS = 180


class Reporting:
    """An empty reporting database and its intake, which notes where it stands."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, METADATA)
        migrate(self.database, MIGRATIONS)
        self._intake = ReportingIntake(self.database, RegionTree.builtin(), lambda: cases.NOW)
        self.reached = 0

    def position(self) -> Position | None:
        return self._intake.position()

    def apply(self, messages: Sequence[Message], *, stream: str) -> None:
        self._intake.apply(messages, stream=stream)
        self.reached = messages[-1].sequence

    def apply_all(self, messages: Sequence[Message]) -> None:
        for start in range(0, len(messages), BATCH):
            self.apply(messages[start : start + BATCH], stream="bench")

    def read_all(self, server: NatsServer, count: int) -> None:
        run_as_a_service_does(self._read(server, count))

    async def _read(self, server: NatsServer, count: int) -> None:
        subscription = Subscription(self.database, self, durable="bench", nats_url=server.url)
        reader = asyncio.create_task(subscription.run())
        try:
            await until(lambda: self.reached >= count, what="the stream is read", seconds=READ_SECONDS)
        finally:
            reader.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await reader

    def check(self, *, facts: int) -> None:
        """A measurement of something that went wrong would be worth nothing."""
        with self.database.reading() as session:
            assert repository.fact_count(session) == facts
            assert repository.quarantined(session) == 0
            assert repository.missing_events(session) == 0

    def close(self) -> None:
        self.database.dispose()


def measure(rig: Rig, sizes: Sizes) -> Json:
    messages = cases.messages(sizes.backlog_cases)
    count = len(messages)
    streamed: dict[str, list[Spent]] = {kind: [] for kind in rig.kinds}
    applied: dict[str, list[Spent]] = {kind: [] for kind in rig.kinds}
    with broker.running(rig.folder()) as server:
        _fill(rig, sizes, server)
        for _ in sizes.rounds():
            for kind in rig.kinds:
                rig.told(f"intake from the stream, {kind}")
                streamed[kind].append(_turn(rig, sizes, kind, lambda empty: empty.read_all(server, count)))
                rig.told(f"intake, apply alone, {kind}")
                applied[kind].append(_turn(rig, sizes, kind, lambda empty: empty.apply_all(messages)))
    return {"floor_events_per_s": FLOOR_EVENTS_PER_S} | {
        kind: {
            "cases": sizes.backlog_cases,
            **per_event(count, streamed[kind]),
            "apply_alone": per_event(count, applied[kind]),
            "ratio_to_apply_alone": ratio(applied[kind], streamed[kind]),
        }
        for kind in rig.kinds
    }


def _fill(rig: Rig, sizes: Sizes, server: NatsServer) -> None:
    """Publish the backlog as its service would."""
    rig.told("intake: filling the stream")
    events = cases.backlog(sizes.backlog_cases)
    with contextlib.closing(Backlog(rig.database_url(SQLITE), events)) as backlog:
        backlog.queue()
        backlog.drain(server)


def _turn(rig: Rig, sizes: Sizes, kind: str, work: Callable[[Reporting], None]) -> Spent:
    with contextlib.closing(Reporting(rig.database_url(kind))) as empty:
        with spending() as spent:
            work(empty)
        empty.check(facts=sizes.backlog_cases)
    return spent
