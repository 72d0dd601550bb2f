"""Signs the state of a service's audit chain every 1,000 rows or 60 s, and keeps what it signed: table and files.

Copies leave the service through shared.kit.audit_witness: a chain that only its own keeper has proves nothing to
anybody, for whoever can rewrite the rows can rewrite the hashes too.
"""

import contextlib
import os
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError
from sqlalchemy import Row, insert, select
from sqlmodel import Session

from shared.kernel.clock import Clock
from shared.kit import audit_chain
from shared.kit.audit import AuditTrail
from shared.kit.audit_notes import NOTHING_BEFORE, Algorithm, digest, sign
from shared.kit.database import Database

ROWS = 1_000
EVERY = timedelta(seconds=60)
STREAM = "AUDIT"
SUBJECTS = "audit.checkpoint.>"


def subject(service: str) -> str:
    return f"audit.checkpoint.{service}"


async def ensure_audit_stream(jetstream: JetStreamContext, *, replicas: int = 1) -> None:
    """Create the stream that keeps every published checkpoint; nobody can delete or purge messages of it."""
    try:
        await jetstream.stream_info(STREAM)
    except NotFoundError:
        await jetstream.add_stream(
            api.StreamConfig(
                name=STREAM,
                subjects=[SUBJECTS],
                storage=api.StorageType.FILE,
                retention=api.RetentionPolicy.LIMITS,
                discard=api.DiscardPolicy.NEW,
                num_replicas=replicas,
                deny_delete=True,
                deny_purge=True,
                allow_direct=True,
            )
        )


class Checkpoints:
    """The checkpoints of one service: in its database, and as files `<folder>/<service>/<size>.note`."""

    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        *,
        service: str,
        key: Ed25519PrivateKey,
        folder: Path,
        clock: Clock,
        algorithm: Algorithm = "sha256",
    ) -> None:
        self._database = database
        self._trail = trail
        self._service = service
        self._key = key
        self._folder = folder / service
        self._clock = clock
        self._algorithm = algorithm
        self._filed: int | None = None

    def keep_up(self) -> None:
        """Sign a checkpoint when one is due, and write the files that are not there yet. Only the leader calls it.

        Raises:
            DBAPIError, OSError: try again later; nothing is lost
        """
        made = self._make_when_due(self._clock())
        if made or self._filed is None:
            self._file()

    def _make_when_due(self, now: datetime) -> bool:
        with self._database.reading() as session:
            last = self._last(session)
            end = audit_chain.head(session, self._trail, service=self._service, algorithm=self._algorithm)
        if not _is_due(last, end.size, now):
            return False
        # A clock that was set back must not make honest checkpoints look reordered.
        made_at = now if last is None else max(now, last.made_at)
        note = sign(
            self._key,
            service=self._service,
            size=end.size,
            head=end.hash,
            algorithm=self._algorithm,
            made_at=made_at,
            previous=NOTHING_BEFORE if last is None else digest(self._algorithm, last.note.encode()),
        )
        row = {"size": end.size, "head": end.hash, "note": note, "made_at": made_at}
        with self._database.writing() as session:
            session.execute(insert(self._trail.checkpoint), [row])
        return True

    def _last(self, session: Session) -> Row[tuple[int, str, datetime]] | None:
        kept = self._trail.checkpoint.c
        return session.execute(
            select(kept.size, kept.note, kept.made_at).order_by(kept.size.desc()).limit(1)
        ).first()

    def _file(self) -> None:
        """Write what the table has and the folder has not; a file is whole or not there, and never overwritten."""
        if self._filed is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            sizes = (path.stem for path in self._folder.glob("*.note"))
            # From the first one that is missing: the folder may be new, or a copy of an older one.
            self._filed = self._first_missing({int(size) for size in sizes if size.isdecimal()}) - 1
        with self._database.reading() as session:
            kept = notes(session, self._trail, after=self._filed)
        for size, note in kept:
            _write(self._folder / f"{size}.note", note)
            self._filed = size

    def _first_missing(self, present: set[int]) -> int:
        kept = self._trail.checkpoint.c
        with self._database.reading() as session:
            sizes = session.execute(select(kept.size).order_by(kept.size)).scalars().all()
        return next((size for size in sizes if size not in present), (sizes[-1] if sizes else 0) + 1)


def notes(
    session: Session, trail: AuditTrail, *, after: int, limit: int | None = None
) -> Sequence[tuple[int, str]]:
    """(size, note) of the checkpoints of this service beyond a size, smallest first."""
    kept = trail.checkpoint.c
    rows = session.execute(
        select(kept.size, kept.note).where(kept.size > after).order_by(kept.size).limit(limit)
    )
    return [(size, note) for size, note in rows]


def _is_due(last: Row[tuple[int, str, datetime]] | None, size: int, now: datetime) -> bool:
    if last is None:
        return size > 0
    # A negative age is a clock that was set back: it must not stop the checkpoints.
    return size >= last.size + ROWS or (size > last.size and not timedelta() <= now - last.made_at < EVERY)


def _write(path: Path, note: str) -> None:
    if path.exists():
        return
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with fresh.open("w", encoding="utf-8", newline="") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):  # another process of this service was faster
            os.link(fresh, path)
    finally:
        fresh.unlink(missing_ok=True)
