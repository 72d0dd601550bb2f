"""The one sequencer of a database's audit rows: gives each its place in a hash chain, within a second.

    h_0 = H(0x00 ‖ "dingfen/audit/" ‖ service)
    h_n = H(0x00 ‖ h_{n−1} ‖ canonical_json(row_n)), H = SHA-256, or SM3 in the suite `gm`

The chain bears the service's name and not the epoch of its database: a restored database then shows for what it
is, a shortened one, until whoever restored it has answered for that.
"""

import asyncio
import contextlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import Row, delete, insert, select
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from shared.kit.audit import AuditTrail
from shared.kit.audit_notes import ORIGIN, Algorithm, digest, instant
from shared.kit.broker import held
from shared.kit.database import Database
from shared.kit.threads import in_thread

BATCH = 1_000  # one write transaction; a clerk waits for no longer
IDLE_SECONDS = 0.4
LEADERSHIP_SECONDS = 0.5
LEADERSHIP = "audit"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Head:
    """How long a chain is, and the hash of its last row."""

    size: int
    hash: str


def first_hash(service: str, algorithm: Algorithm) -> str:
    """h_0: what the first row of a service's chain is bound to, so that a row cannot move to another service."""
    return digest(algorithm, b"\x00" + f"{ORIGIN}{service}".encode())


def next_hash(algorithm: Algorithm, before: str, row: Mapping[str, Any]) -> str:
    """h_n, from h_{n−1} and the n-th row."""
    return digest(algorithm, b"\x00" + bytes.fromhex(before) + canonical(row))


def canonical(row: Mapping[str, Any]) -> bytes:
    """The one byte string of an audit row: every column, keys sorted, no spaces, UTF-8."""
    return json.dumps(
        {column: _plain(value) for column, value in row.items()},
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    ).encode()


def _plain(value: object) -> str | int | None:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, UUID):
        return str(value)
    if value is None or isinstance(value, str | int):
        return value
    raise TypeError(f"an audit row holds no {type(value).__name__}")


def head(session: Session, trail: AuditTrail, *, service: str, algorithm: Algorithm) -> Head:
    """The present end of the chain."""
    chain = trail.chain.c
    last = session.execute(select(chain.seq, chain.hash).order_by(chain.seq.desc()).limit(1)).first()
    return Head(0, first_hash(service, algorithm)) if last is None else Head(*last)


class Sequencer:
    """The sequencer of one service. Many may run; the one that holds the leadership of the database works."""

    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        *,
        service: str,
        algorithm: Algorithm = "sha256",
        after: Callable[[], None] = lambda: None,
    ) -> None:
        """`after` is called in a thread whenever rows were chained or nothing waits: checkpoints are made there."""
        self._database = database
        self._trail = trail
        self._service = service
        self._algorithm = algorithm
        self._after = after
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.leading = False

    def wake(self) -> None:
        """Say, from any thread, that something was committed. Only saves waiting; polling finds it too."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        """Lead whenever possible, for ever."""
        self._loop = asyncio.get_running_loop()
        while True:
            try:
                async with held(self._database, LEADERSHIP) as leading:
                    self.leading = leading
                    if leading:
                        await self._lead()
            except (DBAPIError, OSError) as doubt:
                # The database or the disk is away, or another one led meanwhile and took the same place.
                log.warning("audit.waiting", service=self._service, reason=type(doubt).__name__)
            finally:
                self.leading = False
            await asyncio.sleep(LEADERSHIP_SECONDS)

    async def _lead(self) -> None:
        while True:
            self._wake.clear()
            chained = await in_thread(self.step)
            await in_thread(self._after)
            if chained < BATCH:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), IDLE_SECONDS)

    def step(self) -> int:
        """Chain the rows that wait and can be seen, lowest id first; how many there were.

        The queue names what has no place yet: a row that commits late is simply found by the next step, whereas
        going on from "the last id seen" would lose it. Hashes are computed before the write transaction begins;
        a second sequencer would take the same numbers, which the primary key refuses.
        """
        with self._database.reading() as session:
            waiting = self._waiting(session)
            if not waiting:
                return 0
            end = head(session, self._trail, service=self._service, algorithm=self._algorithm)
        links = list(chained(end, waiting, self._algorithm))
        with self._database.writing() as session:
            session.execute(insert(self._trail.chain), links)
            ids = [link["audit_id"] for link in links]
            session.execute(delete(self._trail.waiting).where(self._trail.waiting.c.id.in_(ids)))
        return len(links)

    def _waiting(self, session: Session) -> Sequence[Row[Any]]:
        audit, waiting = self._trail.audit, self._trail.waiting
        return session.execute(
            select(audit)
            .join_from(waiting, audit, waiting.c.id == audit.c.id)
            .order_by(waiting.c.id)
            .limit(BATCH)
        ).all()


def chained(end: Head, rows: Iterable[Row[Any]], algorithm: Algorithm) -> Iterable[dict[str, Any]]:
    """The links that these audit rows get behind `end`, in this order."""
    before = end.hash
    for seq, row in enumerate(rows, start=end.size + 1):
        values = row._asdict()
        before = next_hash(algorithm, before, values)
        yield {"seq": seq, "audit_id": values["id"], "hash": before}
