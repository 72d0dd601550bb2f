"""Reads the stream in batches and hands them to an intake: parse, one transaction, then acknowledge.

The position that counts is the one the intake keeps in its own transaction. The consumer on the broker follows
it: whenever the two disagree, the consumer is made anew where the intake stands.
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import APIError, NotFoundError
from sqlalchemy.exc import DBAPIError

from shared.kernel.clock import Clock, system_clock
from shared.kit.broker import EPOCH, PUB_SEQ, STREAM, connect, ensure_stream, held
from shared.kit.database import Database
from shared.kit.keys import Keys
from shared.kit.threads import in_thread

BATCH = 10_000  # of a backlog; when it is quiet a batch is whatever is there
FETCH_SECONDS = 1.0
IDLE_ROUNDS = 5  # fetches without a message before the consumer is checked
LONGEST_BACKOFF_SECONDS = 5.0

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Message:
    """One stored message. `sequence` is its place in the stream, 0 when it was read from a service's log."""

    sequence: int
    subject: str
    payload: bytes
    epoch: str
    pub_seq: int


@dataclass(frozen=True, slots=True)
class Position:
    """How far an intake has come. `stream` names one life of the stream: the next counts anew."""

    stream: str
    sequence: int


@dataclass(frozen=True, slots=True)
class Freshness:
    """How much an intake still has before it. `waiting` None: it is reading again and nobody has counted yet."""

    connected: bool
    waiting: int | None
    caught_up_at: datetime | None


class Intake(Protocol):
    """What a subscription feeds, in a thread. `apply` is one transaction and keeps the position too."""

    def position(self) -> Position | None: ...

    def apply(self, messages: Sequence[Message], *, stream: str) -> None: ...


class Subscription:
    """One durable consumer of the whole stream. Many may run; the leader of the database takes messages in."""

    def __init__(
        self,
        database: Database,
        intake: Intake,
        *,
        durable: str,
        nats_url: str,
        keys: Keys | None = None,
        clock: Clock = system_clock,
    ) -> None:
        self._database = database
        self._intake = intake
        self._durable = durable
        self._url = nats_url
        self._keys = keys
        self._loop: asyncio.AbstractEventLoop | None = None
        self._between: asyncio.Queue[tuple[Callable[[], None], asyncio.Future[None]]] = asyncio.Queue()
        self._clock = clock
        self._waiting: int | None = None
        self._caught_up_at: datetime | None = None
        self.connected = False
        self.leading = False

    def freshness(self) -> Freshness | None:
        """What this process knows; None while another one takes the messages in."""
        if not self.leading:
            return None
        return Freshness(self.connected, self._waiting, self._caught_up_at)

    def _note(self, waiting: int) -> None:
        self._waiting = waiting
        if waiting == 0:
            self._caught_up_at = self._clock()

    async def run(self) -> None:
        """Take messages in whenever leading, for ever."""
        self._loop = asyncio.get_running_loop()
        client = await connect(self._url, name=self._durable, user=self._durable, keys=self._keys)
        try:
            while True:
                with contextlib.suppress(DBAPIError):  # a database that is away is tried again
                    async with held(self._database, f"intake-{self._durable}") as leading:
                        self.leading = leading
                        if leading:
                            await self._lead(client)
                await asyncio.sleep(1.0)
        finally:
            self.leading = False
            await client.close()

    def between_batches(self, work: Callable[[], None]) -> None:
        """Run `work` while no batch is being applied, then read on from the position it left. From any thread.

        Raises:
            RuntimeError: another process is the one that takes messages in
        """
        if self._loop is None or not self.leading:
            raise RuntimeError("this process does not take messages in")

        async def ask() -> None:
            done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            await self._between.put((work, done))
            await done

        asyncio.run_coroutine_threadsafe(ask(), self._loop).result()

    async def _lead(self, client: Client) -> None:
        backoff = 0.1
        while True:
            try:
                jetstream = client.jetstream(timeout=5.0)
                stream = await ensure_stream(jetstream)
                position = await in_thread(self._intake.position)
                messages = await self._consumer(jetstream, stream, position)
                self.connected, backoff = True, 0.1
                await self._take_in(messages, stream)
                await messages.unsubscribe()
            except (nats.errors.Error, APIError, DBAPIError, OSError, TimeoutError) as doubt:
                self.connected = client.is_connected
                log.warning("intake.waiting", consumer=self._durable, reason=type(doubt).__name__)
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF_SECONDS)

    async def _consumer(
        self, jetstream: JetStreamContext, stream: str, position: Position | None
    ) -> JetStreamContext.PullSubscription:
        """A fresh consumer that begins right after the intake's position."""
        state = (await jetstream.stream_info(STREAM)).state
        start = 1
        # A position beyond the stream's end belongs to a stream that lost its tail: read all of it again.
        if position is not None and position.stream == stream and position.sequence <= state.last_seq:
            start = position.sequence + 1
        with contextlib.suppress(NotFoundError):
            await jetstream.delete_consumer(STREAM, self._durable)
        made = await jetstream.add_consumer(
            STREAM,
            api.ConsumerConfig(
                durable_name=self._durable,
                deliver_policy=api.DeliverPolicy.BY_START_SEQUENCE,
                opt_start_seq=start,
                ack_policy=api.AckPolicy.ALL,
                ack_wait=30,
                max_deliver=-1,
                max_ack_pending=BATCH * 10,
            ),
        )
        self._note(made.num_pending or 0)
        return await jetstream.pull_subscribe_bind(self._durable, STREAM)

    async def _take_in(self, consumer: JetStreamContext.PullSubscription, stream: str) -> None:
        """Batch after batch, until somebody asked for the time between two of them.

        The next batch is fetched while one is applied: the database works in the meantime.
        """
        idle = 0
        coming = asyncio.create_task(_fetch(consumer))
        try:
            while self._between.empty():
                batch = await coming
                coming = asyncio.create_task(_fetch(consumer))
                if batch:
                    idle = 0
                    messages = [_message(each) for each in batch]
                    await in_thread(self._intake.apply, messages, stream=stream)
                    await batch[-1].ack()
                    self._note(batch[-1].metadata.num_pending)
                    continue
                idle += 1
                if idle % IDLE_ROUNDS == 0:
                    # A deleted consumer looks like a quiet one; asking for it raises.
                    self._note((await consumer.consumer_info()).num_pending or 0)
        finally:
            coming.cancel()
            await asyncio.gather(coming, return_exceptions=True)
        await self._work_between()

    async def _work_between(self) -> None:
        work, done = self._between.get_nowait()
        self._waiting = None
        try:
            await in_thread(work)
        except DBAPIError as failure:
            done.set_exception(failure)
            raise
        done.set_result(None)


async def _fetch(consumer: JetStreamContext.PullSubscription) -> list[Msg]:
    """Whatever is there, up to a batch; nothing after a second without a message."""
    try:
        found: list[Msg] = await consumer.fetch(BATCH, timeout=FETCH_SECONDS)
    except TimeoutError:
        return []
    return found


def _message(delivered: Msg) -> Message:
    headers = delivered.headers or {}
    number = headers.get(PUB_SEQ, "")
    return Message(
        sequence=delivered.metadata.sequence.stream,
        subject=delivered.subject,
        payload=delivered.data,
        epoch=headers.get(EPOCH, ""),
        pub_seq=int(number) if number.isdecimal() else 0,
    )
