"""Carries a service's committed events to JetStream, in order, without gap or double, whatever is killed when.

The stream itself remembers how far the relay came: the last message of this source holds its number. Each batch
is atomic and fenced by the sequence of that message, so that a second relay, or one that slept, cannot add to it.
"""

import asyncio
import contextlib
from dataclasses import dataclass
from uuid import uuid4

import nats.errors
import orjson
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import APIError, NotFoundError
from sqlalchemy.exc import DBAPIError

from shared.kit.broker import EPOCH, PUB_SEQ, STREAM, connect, ensure_stream, held
from shared.kit.database import Database
from shared.kit.keys import Keys
from shared.kit.outbox import EventLog, LoggedEvent
from shared.kit.threads import in_thread

BATCH = 1_000  # the server's limit of an atomic batch
IDLE_SECONDS = 0.1
PATIENCE_SECONDS = 5.0
LEADERSHIP_SECONDS = 1.0
LONGEST_BACKOFF_SECONDS = 5.0
FENCE_SUBJECT = "Nats-Expected-Last-Subject-Sequence-Subject"

log = structlog.get_logger()


class Refused(RuntimeError):
    """The stream did not take the batch, or nobody knows whether it did: read the position again."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far the stream holds this source: its last number, and the sequence that fences the next batch."""

    pub_seq: int
    fence: int


class Relay:
    """The relay of one service. Many may run; the one that holds the leadership of the database works."""

    def __init__(
        self, database: Database, events: EventLog, *, service: str, nats_url: str, keys: Keys | None = None
    ) -> None:
        self._database = database
        self._events = events
        self._service = service
        self._url = nats_url
        self._keys = keys
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.connected = False
        self.leading = False

    def wake(self) -> None:
        """Say, from any thread, that something was committed. Only saves waiting; polling finds it too."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Lead whenever possible, for ever."""
        self._loop = asyncio.get_running_loop()
        client = await connect(self._url, name=f"relay-{self._service}", user=self._service, keys=self._keys)
        self.connected = True
        try:
            while True:
                with contextlib.suppress(DBAPIError):  # a database that is away is tried again
                    async with held(self._database, f"relay-{self._service}") as leading:
                        self.leading = leading
                        if leading:
                            await self._lead(client)
                self.leading = False
                await asyncio.sleep(LEADERSHIP_SECONDS)
        finally:
            await client.close()

    async def _lead(self, client: Client) -> None:
        """Publish until cancelled; after any doubt start from what the stream holds."""
        backoff = IDLE_SECONDS
        while True:
            try:
                jetstream = client.jetstream(timeout=PATIENCE_SECONDS)
                await ensure_stream(jetstream)
                epoch = await in_thread(self._epoch)
                reached = await self._reached(jetstream, epoch)
                self.connected, backoff = True, IDLE_SECONDS
                while True:
                    reached = await self._step(client, epoch, reached)
            except (nats.errors.Error, APIError, Refused, DBAPIError, OSError, TimeoutError) as doubt:
                self.connected = client.is_connected
                log.warning("relay.waiting", service=self._service, reason=type(doubt).__name__)
                await asyncio.sleep(backoff)
                backoff = min(backoff * 2, LONGEST_BACKOFF_SECONDS)

    def _epoch(self) -> str:
        with self._database.reading() as session:
            return self._events.epoch(session)

    async def _reached(self, jetstream: JetStreamContext, epoch: str) -> Reached:
        try:
            last = await jetstream.get_last_msg(STREAM, f"disputes.{self._service}.>", direct=True)
        except NotFoundError:
            return Reached(pub_seq=0, fence=0)
        headers = last.headers or {}
        # Another epoch means that the database was restored: all of its log is news again.
        known = int(headers[PUB_SEQ]) if headers.get(EPOCH) == epoch else 0
        return Reached(pub_seq=known, fence=last.seq or 0)

    async def _step(self, client: Client, epoch: str, reached: Reached) -> Reached:
        """Publish the next batch, or wait for something to publish."""
        self._wake.clear()
        batch = await in_thread(self._next, reached)
        if batch:
            fence = await _publish(client, batch, service=self._service, epoch=epoch, fence=reached.fence)
            return Reached(pub_seq=batch[-1].pub_seq, fence=fence)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)
        return reached

    def _next(self, reached: Reached) -> list[LoggedEvent]:
        with self._database.reading() as session:
            batch = self._events.read(session, after=reached.pub_seq, limit=BATCH)
            if len(batch) == BATCH or not self._events.has_news(session, published_seq=reached.pub_seq):
                return batch
        with self._database.writing() as session:
            self._events.number(session, published_seq=reached.pub_seq, limit=BATCH)
        with self._database.reading() as session:
            return self._events.read(session, after=reached.pub_seq, limit=BATCH)


async def _publish(client: Client, batch: list[LoggedEvent], *, service: str, epoch: str, fence: int) -> int:
    """Publish one batch, all or nothing; the stream sequence of its last message.

    One message goes as an ordinary fenced publish, more as an atomic batch: under `sync_interval: always` a
    batch costs one group of syncs instead of one per message.
    """
    fenced = {
        Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: str(fence),
        FENCE_SUBJECT: f"disputes.{service}.>",
        Header.EXPECTED_STREAM.value: STREAM,
    }
    name = uuid4().hex
    for place, event in enumerate(batch, start=1):
        headers = {EPOCH: epoch, PUB_SEQ: str(event.pub_seq)}
        if place == 1:
            headers |= fenced
        if len(batch) > 1:
            headers |= {Header.BATCH_ID.value: name, Header.BATCH_SEQUENCE.value: str(place)}
        if place < len(batch):
            await client.publish(event.subject, event.payload, headers=headers)
            continue
        if len(batch) > 1:
            headers[Header.BATCH_COMMIT.value] = "1"
        reply = await client.request(
            event.subject, event.payload, headers=headers, timeout=PATIENCE_SECONDS, old_style=False
        )
    return _acknowledged(reply.data, count=len(batch))


def _acknowledged(reply: bytes, *, count: int) -> int:
    """The sequence of an acknowledgement, once it is sure that our stream gave it for the whole batch."""
    answer = orjson.loads(reply)
    if "error" in answer:
        raise Refused(str(answer["error"].get("description", answer["error"])))
    if answer.get("stream") != STREAM or answer.get("seq", 0) <= 0 or answer.get("count", 1) != count:
        raise Refused("the acknowledgement is not of our stream or not of this batch")
    return int(answer["seq"])
