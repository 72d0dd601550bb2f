"""Carries a service's checkpoints to the others, and keeps theirs: each service is a witness of every other.

A witness trusts the first key that it sees of a service and then no other. It accepts only what extends what it
accepted before; anything else is logged as an error and kept beside it, as evidence.
"""

import asyncio
import contextlib
import hashlib
import re
from collections.abc import Awaitable, Callable, Sequence

import nats.errors
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext
from nats.js.api import Header
from nats.js.errors import APIError, NotFoundError
from sqlalchemy import insert, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from shared.kernel.clock import Clock
from shared.kit.audit import AuditTrail
from shared.kit.audit_checkpoints import STREAM, SUBJECTS, notes, subject
from shared.kit.audit_notes import Checkpoint, NoteUnreadable, read
from shared.kit.broker import held
from shared.kit.database import Database
from shared.kit.threads import in_thread

LEADERSHIP = "audit-witness"
ROUND_SECONDS = 2.0
AWAY_SECONDS = 2.0
PATIENCE_SECONDS = 5.0
AT_ONCE = 500
LONGEST_NOTE = 4_000  # ours have a tenth of it; what is longer is no checkpoint, and is kept cut
_NAME = re.compile(r"[a-z][a-z_]{0,31}")

# Verdicts. All but the first two are evidence of a fault or of a crime; nothing is ever removed.
ACCEPTED = "accepted"
LATE = "late"  # older and shorter than what was accepted before: told again, as after the loss of a stream
SHRUNK = "shrunk"  # shorter than what was accepted before, and yet signed later
FORKED = "forked"  # two heads for one size
FOREIGN_KEY = "foreign_key"  # signed with another key than the first one
UNREADABLE = "unreadable"

log = structlog.get_logger()


class Witness:
    """The witness of one database. Many may run; the one that holds the leadership works.

    `connecting` gives a client that may publish this service's checkpoints and read those of all.
    """

    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        *,
        service: str,
        connecting: Callable[[], Awaitable[Client]],
        clock: Clock,
    ) -> None:
        self._database = database
        self._trail = trail
        self._service = service
        self._connecting = connecting
        self._clock = clock
        self._seen: dict[str, str] = {}

    async def run(self) -> None:
        """Publish and witness whenever leading, for ever; while the broker is away checkpoints wait in the table."""
        client = await self._connecting()
        try:
            while True:
                with contextlib.suppress(DBAPIError):  # a database that is away is tried again
                    async with held(self._database, LEADERSHIP) as leading:
                        while leading:
                            await self._round_or_wait(client)
                await asyncio.sleep(AWAY_SECONDS)
        finally:
            await client.close()

    async def _round_or_wait(self, client: Client) -> None:
        try:
            jetstream = client.jetstream(timeout=PATIENCE_SECONDS)
            await self.publish(jetstream)
            await self.look(jetstream)
        except (nats.errors.Error, APIError, OSError, TimeoutError) as doubt:
            # Also: the stream is not there yet, or another one published first.
            log.warning("witness.waiting", service=self._service, reason=type(doubt).__name__)
        await asyncio.sleep(ROUND_SECONDS)

    async def publish(self, jetstream: JetStreamContext) -> int:
        """Publish what the stream does not have yet, in order; how many there were.

        The stream itself remembers how far we came. Each message is fenced by the one before, so that a second
        publisher cannot bring an older state after a newer one.
        """
        fence, size = await self._reached(jetstream)
        published = 0
        while True:
            waiting = await in_thread(self._notes_after, size)
            for _, note in waiting:
                acknowledged = await jetstream.publish(
                    subject(self._service),
                    note.encode(),
                    stream=STREAM,
                    timeout=PATIENCE_SECONDS,
                    headers={Header.EXPECTED_LAST_SUBJECT_SEQUENCE.value: str(fence)},
                )
                fence, published = acknowledged.seq, published + 1
            if len(waiting) < AT_ONCE:
                return published
            size = waiting[-1][0]

    async def _reached(self, jetstream: JetStreamContext) -> tuple[int, int]:
        """(sequence of our last message, size that it tells)."""
        try:
            last = await jetstream.get_last_msg(STREAM, subject(self._service), direct=True)
            return last.seq or 0, read((last.data or b"").decode()).size
        except NotFoundError:
            return 0, 0
        except (NoteUnreadable, UnicodeDecodeError):
            # Nobody but us may publish there; say our own again behind it.
            return last.seq or 0, 0

    def _notes_after(self, size: int) -> Sequence[tuple[int, str]]:
        with self._database.reading() as session:
            return notes(session, self._trail, after=size, limit=AT_ONCE)

    async def look(self, jetstream: JetStreamContext) -> None:
        """Read the newest checkpoint of every other service and keep it with a verdict."""
        told = await jetstream.stream_info(STREAM, subjects_filter=SUBJECTS)
        for about in sorted(told.state.subjects or {}):
            other = about.rpartition(".")[2]
            if other == self._service or not _NAME.fullmatch(other):
                continue
            last = await jetstream.get_last_msg(STREAM, about, direct=True)
            note = (last.data or b"").decode(errors="replace").replace("\0", "\ufffd")[:LONGEST_NOTE]
            if self._seen.get(other) != note:
                await in_thread(self.keep, other, note)
                self._seen[other] = note

    def keep(self, service: str, note: str) -> str:
        """Judge a note that is said to be of `service`, keep it, and return the verdict."""
        identity = hashlib.sha256(f"{service}\n{note}".encode()).hexdigest()
        kept = self._trail.witnessed.c
        with self._database.writing() as session:
            known = session.execute(select(kept.verdict).where(kept.digest == identity)).scalar()
            if known is not None:
                return str(known)
            told = _readable(service, note)
            verdict = UNREADABLE if told is None else self._judge(session, told)
            row = {
                "service": service,
                "size": 0 if told is None else told.size,
                "head": "" if told is None else told.head,
                "note": note,
                "digest": identity,
                "verdict": verdict,
                "seen_at": self._clock(),
            }
            session.execute(insert(self._trail.witnessed), [row])
        if verdict not in (ACCEPTED, LATE):
            log.error("witness.contradiction", service=service, size=row["size"], verdict=verdict)
        return verdict

    def _judge(self, session: Session, told: Checkpoint) -> str:
        kept = self._trail.witnessed.c
        believed = (
            select(kept.size, kept.head, kept.note)
            .where(kept.service == told.service, kept.verdict.in_((ACCEPTED, LATE)))
            .limit(1)
        )
        first = session.execute(believed.order_by(kept.id)).first()
        if first is None:
            return ACCEPTED  # trusted on first use
        if read(first.note).key != told.key:
            return FOREIGN_KEY
        same = session.execute(believed.where(kept.size == told.size)).first()
        if same is not None:
            return ACCEPTED if same.head == told.head else FORKED
        largest = read(session.execute(believed.order_by(kept.size.desc())).one().note)
        if told.size > largest.size:
            return ACCEPTED
        return LATE if told.made_at <= largest.made_at else SHRUNK


def _readable(service: str, note: str) -> Checkpoint | None:
    try:
        told = read(note)
    except NoteUnreadable:
        return None
    return told if told.service == service else None
