"""Outbox → relay → JetStream → intake, on both databases and a real broker."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from uuid import uuid4

import orjson
import pytest
from sqlalchemy import MetaData, update
from sqlalchemy.exc import DBAPIError

from shared.kit.broker import STREAM, connect
from shared.kit.database import Database
from shared.kit.migrations import create_event_log
from shared.kit.outbox import EventLog
from shared.kit.relay import Relay
from shared.kit.subscription import Message, Position, Subscription
from tests.support.broker import NatsServer
from tests.support.databases import only_postgresql
from tests.support.events import NOW, an_event
from tests.support.waiting import until


class Books:
    """A publishing service without anything but its event log."""

    def __init__(self, url: str) -> None:
        self.metadata = MetaData()
        self.events = EventLog(self.metadata)
        self.database = Database(url, self.metadata)
        self.metadata.create_all(self.database.engine)
        with self.database.writing() as session:
            self.events.begin_life(session)

    def record(self, count: int) -> list[str]:
        made = [an_event() for _ in range(count)]
        with self.database.writing() as session:
            self.events.record(session, made, NOW)
        return [str(event.id) for _, event in made]

    def relay(self, server: NatsServer) -> Relay:
        return Relay(self.database, self.events, service="litigation", nats_url=server.url)

    def waiting(self) -> int:
        with self.database.reading() as session:
            return self.events.backlog(session).count


class Collector:
    """An intake that keeps what it is given in memory, position included."""

    def __init__(self) -> None:
        self.ids: list[str] = []
        self.numbers: list[int] = []
        self.place: Position | None = None

    def position(self) -> Position | None:
        return self.place

    def apply(self, messages: Sequence[Message], *, stream: str) -> None:
        for message in messages:
            self.ids.append(orjson.loads(message.payload)["id"])
            self.numbers.append(message.pub_seq)
        self.place = Position(stream, messages[-1].sequence)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    made = Books(database_url)
    yield made
    made.database.dispose()


@asynccontextmanager
async def at_work(*workers: Relay | Subscription) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(worker.run()) for worker in workers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def test_every_event_arrives_once_in_the_order_of_recording(books: Books, nats_server: NatsServer) -> None:
    expected = [*books.record(1), *books.record(2_500), *books.record(3)]
    intake = Collector()
    subscription = Subscription(books.database, intake, durable="reporting", nats_url=nats_server.url)

    async def story() -> None:
        async with at_work(books.relay(nats_server), subscription):
            await until(lambda: len(intake.ids) >= len(expected), what="all events taken in")
            await until(lambda: books.waiting() == 0, what="all events marked as published")

    asyncio.run(story())

    assert intake.ids == expected
    assert intake.numbers == list(range(1, len(expected) + 1))


def test_events_recorded_while_the_broker_is_away_are_published_when_it_is_back(
    books: Books, nats_server: NatsServer
) -> None:
    nats_server.kill()
    expected = books.record(20)
    intake = Collector()
    subscription = Subscription(books.database, intake, durable="reporting", nats_url=nats_server.url)

    async def story() -> None:
        async with at_work(books.relay(nats_server), subscription):
            expected.extend(await asyncio.to_thread(books.record, 5))
            assert books.waiting() == 25
            await asyncio.to_thread(nats_server.start)
            await until(lambda: len(intake.ids) >= 25, what="events taken in after the broker came back")

    asyncio.run(story())

    assert intake.ids == expected


def test_a_relay_that_died_before_marking_does_not_publish_twice(
    books: Books, nats_server: NatsServer
) -> None:
    expected = books.record(30)

    async def publish_all() -> None:
        async with at_work(books.relay(nats_server)):
            await until(lambda: books.waiting() == 0, what="all published")

    asyncio.run(publish_all())
    with books.database.writing() as session:  # as if the process had died before the mark was committed
        session.execute(update(books.events.source).values(published_seq=0))
    expected += books.record(1)
    intake = Collector()
    subscription = Subscription(books.database, intake, durable="reporting", nats_url=nats_server.url)

    async def take_in() -> None:
        async with at_work(books.relay(nats_server), subscription):
            await until(lambda: len(intake.ids) >= len(expected), what="all taken in")

    asyncio.run(take_in())

    assert intake.ids == expected


def test_a_stream_that_lost_everything_is_filled_again_from_the_log(
    books: Books, nats_server: NatsServer
) -> None:
    expected = books.record(30)

    async def story(intake: Collector, *, lose: bool) -> None:
        subscription = Subscription(books.database, intake, durable="reporting", nats_url=nats_server.url)
        async with at_work(books.relay(nats_server), subscription):
            await until(lambda: len(intake.ids) >= 30, what="all taken in")
        if lose:
            client = await connect(nats_server.url, name="destroyer")
            await client.jetstream().delete_stream(STREAM)
            await client.close()

    first = Collector()
    asyncio.run(story(first, lose=True))
    second = Collector()
    second.place = first.place
    asyncio.run(story(second, lose=False))

    assert first.ids == second.ids == expected


def test_only_one_relay_of_a_database_leads(books: Books, nats_server: NatsServer) -> None:
    expected = books.record(300)
    intake = Collector()
    subscription = Subscription(books.database, intake, durable="reporting", nats_url=nats_server.url)

    async def story() -> None:
        async with at_work(books.relay(nats_server), books.relay(nats_server), subscription):
            for _ in range(20):
                expected.extend(await asyncio.to_thread(books.record, 7))
            await until(lambda: len(intake.ids) >= len(expected), what="all taken in")

    asyncio.run(story())

    assert intake.ids == expected


@only_postgresql  # SQLite has one writer at a time: the situation cannot arise
def test_a_slow_transaction_is_neither_skipped_nor_overtaken_by_its_own_case(books: Books) -> None:
    case_id = uuid4()
    with books.database.writing() as slow:
        books.events.record(slow, [an_event(case_id)], NOW)
        with books.database.writing() as quick:
            books.events.record(quick, [an_event()], NOW + timedelta(seconds=1))
        with books.database.writing() as session:
            books.events.number(session, published_seq=0, limit=10)
    with books.database.writing() as session:
        books.events.number(session, published_seq=0, limit=10)

    with books.database.reading() as session:
        numbered = books.events.read(session, after=0, limit=10)
    assert [event.pub_seq for event in numbered] == [1, 2]
    assert str(case_id).encode() in numbered[1].payload


def test_the_event_log_refuses_change_and_removal(database_url: str) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    metadata = MetaData()
    events = EventLog(metadata)
    database = Database(database_url, metadata)
    with database.engine.begin() as connection:
        create_event_log(Operations(MigrationContext.configure(connection)))
    with database.writing() as session:
        events.begin_life(session)
        events.record(session, [an_event()], NOW)

    for statement in (update(events.event).values(type="x"), events.event.delete()):
        with pytest.raises(DBAPIError, match="event rows are never"), database.writing() as session:
            session.execute(statement)
    database.dispose()
