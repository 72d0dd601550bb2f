"""A service's permanent event log and the small queue of what is still to be numbered and published.

Three tables in the service's own database: `event` (never changed, never deleted), `outbox` (ids of events that
have no publication number yet) and `publication` (the gap-free order in which the relay sends them). `source`
names the present life of this database and how far the broker has acknowledged it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlmodel import Session
from uuid_utils.compat import uuid4

from shared.contracts.envelope import Envelope, encode
from shared.kit.audit import AuditEntry, AuditTrail, named, values_named, writing_one
from shared.kit.database import UtcDateTime

MAX_EVENT_BYTES = 65_536
BIG = BigInteger().with_variant(Integer, "sqlite")


@dataclass(frozen=True, slots=True)
class LoggedEvent:
    """One published or publishable event: its number, where it goes and its bytes, unchanged since recorded."""

    pub_seq: int
    subject: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for the broker: how many events, and when the oldest of them was recorded."""

    count: int
    oldest_at: datetime | None


class EventLog:
    """The event tables of one service, made in that service's own metadata.

    With an audit trail no event exists without its audit row: both are written by `record`.
    """

    def __init__(self, metadata: MetaData, audit: AuditTrail | None = None) -> None:
        self._audit = audit
        self.event = Table(
            "event",
            metadata,
            Column("id", BIG, primary_key=True, autoincrement=True),
            Column("event_id", Uuid, nullable=False, unique=True),
            Column("case_id", Uuid, nullable=False),
            Column("case_version", Integer, nullable=False),
            Column("type", String(80), nullable=False),
            Column("subject", String(120), nullable=False),
            Column("payload", LargeBinary, nullable=False),
            Column("recorded_at", UtcDateTime, nullable=False),
            UniqueConstraint("case_id", "case_version", name="one_event_per_case_version"),
            CheckConstraint("case_version >= 1", name="case_version_counts_from_one"),
            CheckConstraint(f"length(payload) <= {MAX_EVENT_BYTES}", name="event_is_at_most_64_kib"),
            sqlite_autoincrement=True,
        )
        self.outbox = Table(
            "outbox",
            metadata,
            Column("id", BIG, ForeignKey("event.id"), primary_key=True, autoincrement=False),
        )
        self.publication = Table(
            "publication",
            metadata,
            Column("pub_seq", BIG, primary_key=True, autoincrement=False),
            Column("event_id", BIG, ForeignKey("event.id"), nullable=False, unique=True),
        )
        self.source = Table(
            "source",
            metadata,
            Column("id", Integer, primary_key=True, autoincrement=False),
            Column("epoch", String(32), nullable=False),
            Column("published_seq", BIG, nullable=False),
            CheckConstraint("id = 1", name="one_source_per_database"),
        )

        # Built once: nearly every request writes one event. PostgreSQL writes all that belongs to it in one statement.
        self._insert = insert(self.event)
        self._queue = insert(self.outbox)
        recorded = named(self.event, "event").returning(self.event.c.id).cte("recorded")
        self._one = insert(self.outbox).from_select(["id"], select(recorded.c.id))
        if audit is not None:
            self._one_audited = writing_one(audit.audit, audit.waiting).add_cte(self._one.cte("queued"))

    def record(self, session: Session, published: Sequence[tuple[str, Envelope[Any]]], now: datetime) -> None:
        """Append events (subject, envelope) in the order given and queue them for the relay.

        Call it after the case rows are written: a later event of a case is then inserted only after the
        earlier one's commit, so that id order is case order for every reader.
        """
        if not published:
            return
        rows = [
            {
                "event_id": envelope.id,
                "case_id": envelope.data.case_id,
                "case_version": envelope.data.case_version,
                "type": envelope.type,
                "subject": subject,
                "payload": encode(envelope),
                "recorded_at": now,
            }
            for subject, envelope in published
        ]
        if len(rows) == 1:
            self._record_one(session, rows[0], now)
            return
        session.execute(self._insert, rows)
        # Asking for the ids afterwards lets the database insert in bulk; RETURNING would go row by row on SQLite.
        ids = select(self.event.c.id).where(
            self.event.c.event_id.in_([envelope.id for _, envelope in published])
        )
        session.execute(insert(self.outbox).from_select(["id"], ids))
        if self._audit is not None:
            self._audit.record(session, [_entry(row) for row in rows], now)

    def _record_one(self, session: Session, row: dict[str, Any], now: datetime) -> None:
        audit = [] if self._audit is None else self._audit.rows(session, [_entry(row)], now)
        connection = session.connection()
        if session.get_bind().dialect.name == "postgresql":
            values = values_named(row, "event")
            if audit:
                connection.execute(self._one_audited, values | values_named(audit[0], "audit"))
            else:
                connection.execute(self._one, values)
            return
        written = connection.execute(self._insert, row)
        connection.execute(self._queue, {"id": written.lastrowid})
        if self._audit is not None and audit:
            self._audit.append_one(session, audit[0])

    def epoch(self, session: Session) -> str:
        return str(session.execute(select(self.source.c.epoch)).scalar_one())

    def begin_life(self, session: Session) -> None:
        """Name this database's life when it is new."""
        if session.execute(select(self.source.c.id)).first() is None:
            session.execute(insert(self.source).values(id=1, epoch=uuid4().hex, published_seq=0))

    def number(self, session: Session, *, published_seq: int, limit: int) -> int:
        """Give waiting events the next numbers, in id order, and note how far the broker acknowledged.

        Every visible row is taken, oldest id first; a row that commits late is simply found by the next call,
        whereas a reader that goes on from "the last id seen" would lose it.

        Returns:
            how many events were numbered
        """
        session.execute(update(self.source).values(published_seq=published_seq))
        last = self.last_number(session)
        waiting = select(self.outbox.c.id).order_by(self.outbox.c.id).limit(limit).subquery()
        place = func.row_number().over(order_by=waiting.c.id)
        session.execute(
            insert(self.publication).from_select(["pub_seq", "event_id"], select(last + place, waiting.c.id))
        )
        numbered = select(self.publication.c.event_id).where(self.publication.c.pub_seq > last)
        session.execute(delete(self.outbox).where(self.outbox.c.id.in_(numbered)))
        return self.last_number(session) - last

    def last_number(self, session: Session) -> int:
        """The highest number given so far, 0 when there is none."""
        return session.execute(select(func.max(self.publication.c.pub_seq))).scalar_one() or 0

    def has_news(self, session: Session, *, published_seq: int) -> bool:
        """Whether `number` has anything to do."""
        if session.execute(select(self.outbox.c.id).limit(1)).first() is not None:
            return True
        return bool(session.execute(select(self.source.c.published_seq)).scalar_one() != published_seq)

    def read(self, session: Session, *, after: int, limit: int) -> list[LoggedEvent]:
        """Numbered events after `after`, in publication order."""
        rows = session.execute(
            select(self.publication.c.pub_seq, self.event.c.subject, self.event.c.payload)
            .join_from(self.publication, self.event, self.publication.c.event_id == self.event.c.id)
            .where(self.publication.c.pub_seq > after)
            .order_by(self.publication.c.pub_seq)
            .limit(limit)
        )
        return [LoggedEvent(*row) for row in rows]

    def backlog(self, session: Session) -> Backlog:
        """Events the broker has not acknowledged: those without a number and those numbered but not sent."""
        published = session.execute(select(self.source.c.published_seq)).scalar_one()
        unsent = (
            select(self.event.c.recorded_at)
            .join_from(self.publication, self.event, self.publication.c.event_id == self.event.c.id)
            .where(self.publication.c.pub_seq > published)
        )
        unnumbered = select(self.event.c.recorded_at).join_from(
            self.outbox, self.event, self.outbox.c.id == self.event.c.id
        )
        waiting = unsent.union_all(unnumbered).subquery()
        count, oldest = session.execute(
            select(func.count(), func.min(waiting.c.recorded_at)).select_from(waiting)
        ).one()
        return Backlog(count, oldest)


def _entry(row: dict[str, Any]) -> AuditEntry:
    """What the audit trail says of an event: the digest of its very bytes ties the two together."""
    return AuditEntry(
        action=row["type"],
        object_kind="case",
        object_id=str(row["case_id"]),
        version=row["case_version"],
        digest=hashlib.sha256(row["payload"]).hexdigest(),
    )
