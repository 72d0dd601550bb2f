"""Who did what, to what, and whether it was allowed: rows in the same transaction as the act itself.

Tables in the service's own database: `audit` and `audit_chain` (never changed, never deleted), `audit_waiting` (rows
that have no place in the chain yet), `audit_checkpoint` (signed states of the chain) and `witnessed` (checkpoints of
the other services, kept for them). No free text and nothing personal: codes of closed sets, opaque ids and digests.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    ForeignKey,
    Index,
    Insert,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    TableValuedAlias,
    Text,
    Uuid,
    bindparam,
    cast,
    func,
    insert,
    inspect,
    select,
)
from sqlalchemy.dialects import postgresql
from sqlmodel import Session
from uuid_utils.compat import uuid7

from shared.kit.acting import acting_in
from shared.kit.database import UtcDateTime

if TYPE_CHECKING:
    from alembic.operations import Operations

Outcome = Literal["done", "refused", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("done", "refused", "failed")
# Characters. PostgreSQL and the length check refuse more; `record` cuts before that, so that no act fails on it.
LENGTHS = {
    "actor": 64,
    "via": 16,
    "role": 40,
    "office": 64,
    "action": 80,
    "object_kind": 40,
    "object_id": 200,
    "digest": 64,
    "purpose": 40,
    "code": 80,
    "request_id": 64,
}
_BIG = BigInteger().with_variant(Integer, "sqlite")
_MANY = 100  # rows from which arrays pay
_CHUNK = 5_000  # entry ids in one statement: well below SQLite's 32,766 parameters


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One act or refusal. `action`, `object_kind`, `purpose` and `code` come from closed sets; `object_id` is opaque.

    `version` and `digest` (SHA-256, hex) say which state of the object came out of it.
    """

    action: str
    object_kind: str
    object_id: str
    version: int | None = None
    digest: str | None = None
    outcome: Outcome = "done"
    purpose: str | None = None
    code: str | None = None


class AuditTrail:
    """The audit tables of one service, made in that service's own metadata."""

    def __init__(self, metadata: MetaData) -> None:
        self.audit = _audit(metadata)
        self.waiting = _waiting(metadata)
        self.chain = _chain(metadata)
        self.checkpoint = _checkpoint(metadata)
        self.witnessed = _witnessed(metadata)

    def record(self, session: Session, entries: Sequence[AuditEntry], now: datetime) -> None:
        """Write what whoever acts in this session did, into the same transaction.

        Raises:
            LookupError: nobody was bound to the session
        """
        rows = self.rows(session, entries, now)
        for start in range(0, len(rows), _CHUNK):
            self._append(session, rows[start : start + _CHUNK])

    def rows(self, session: Session, entries: Sequence[AuditEntry], now: datetime) -> list[dict[str, Any]]:
        """The rows that tell of these entries, for whoever writes them together with what they tell of.

        Raises:
            LookupError: nobody was bound to the session
        """
        acting = acting_in(session)
        who = {
            "at": now,
            "actor": _plain(acting.actor, "actor"),
            "via": _plain(acting.via, "via"),
            "role": _plain(acting.role, "role"),
            "office": _plain(acting.office, "office"),
            "request_id": _plain(acting.request_id, "request_id"),
        }
        return [
            {
                **who,
                "entry_id": uuid7(),
                "action": _plain(entry.action, "action"),
                "object_kind": _plain(entry.object_kind, "object_kind"),
                "object_id": _plain(entry.object_id, "object_id"),
                "version": entry.version,
                "digest": _plain(entry.digest, "digest"),
                "outcome": entry.outcome,
                "purpose": _plain(entry.purpose, "purpose"),
                "code": _plain(entry.code, "code"),
            }
            for entry in entries
        ]

    def _append(self, session: Session, rows: list[dict[str, Any]]) -> None:
        """Write rows and queue them for the chain, in the way that is quick on each database."""
        is_postgresql = session.get_bind().dialect.name == "postgresql"
        if len(rows) >= _MANY and is_postgresql:
            self._append_arrays(session, rows)
            return
        if len(rows) == 1:
            if is_postgresql:
                session.connection().execute(
                    writing_one(self.audit, self.waiting), values_named(rows[0], "audit")
                )
            else:
                self.append_one(session, rows[0])
            return
        session.execute(insert(self.audit), rows)
        # Asking for the ids afterwards lets the database insert in bulk; RETURNING would go row by row on SQLite.
        ids = select(self.audit.c.id).where(self.audit.c.entry_id.in_([row["entry_id"] for row in rows]))
        session.execute(insert(self.waiting).from_select(["id"], ids))

    def append_one(self, session: Session, row: dict[str, Any]) -> None:
        """Write and queue one row on SQLite, which tells the id of what it has just inserted."""
        written = session.connection().execute(insert(self.audit), row)
        session.connection().execute(insert(self.waiting), {"id": written.lastrowid})

    def _append_arrays(self, session: Session, rows: list[dict[str, Any]]) -> None:
        """One array a column in one statement: PostgreSQL takes several times as long for a statement a row."""
        columns = [self.audit.c[name] for name in rows[0]]
        arrays = [
            cast([row[column.name] for row in rows], postgresql.ARRAY(column.type)) for column in columns
        ]
        told = func.unnest(*arrays).table_valued(
            *(Column(column.name, column.type) for column in columns), with_ordinality="place"
        )
        written = (
            insert(self.audit)
            .from_select([column.name for column in columns], _in_order(told, columns))
            .returning(self.audit.c.id)
            .cte("written")
        )
        session.execute(insert(self.waiting).from_select(["id"], select(written.c.id)))


@cache
def writing_one(audit: Table, waiting: Table) -> Insert:
    """Writes one row and queues it, in one statement of PostgreSQL. Built once: nearly every request writes one."""
    audited = named(audit, "audit").returning(audit.c.id).cte("audited")
    return insert(waiting).from_select(["id"], select(audited.c.id))


def named(table: Table, prefix: str) -> Insert:
    """An insert of all columns but the id, under names that do not meet those of another table's."""
    columns = [column for column in table.columns if column.name != "id"]
    return insert(table).values(
        {column.name: bindparam(f"{prefix}_{column.name}", type_=column.type) for column in columns}
    )


def values_named(row: dict[str, Any], prefix: str) -> dict[str, Any]:
    return {f"{prefix}_{name}": value for name, value in row.items()}


def _in_order(told: TableValuedAlias, columns: Sequence[Column[Any]]) -> Select[Any]:
    rows = told.render_derived()
    return select(*(rows.c[column.name] for column in columns)).order_by(rows.c.place)


def _plain(value: str | None, column: str) -> str | None:
    """Printable ASCII, not longer than the column: a path or header of a stranger must neither forge a line nor
    make the refusal itself fail."""
    if value is None or (len(value) <= LENGTHS[column] and value.isascii() and value.isprintable()):
        return value
    shown = value[: LENGTHS[column]]
    return "".join(each if each.isascii() and each.isprintable() else "?" for each in shown)


def _audit(metadata: MetaData) -> Table:
    return Table(
        "audit",
        metadata,
        Column("id", _BIG, primary_key=True, autoincrement=True),
        Column("entry_id", Uuid, nullable=False, unique=True),
        Column("at", UtcDateTime, nullable=False),
        Column("actor", String(64), nullable=False),
        Column("via", String(16), nullable=False),
        Column("role", String(40), nullable=False),
        Column("office", String(64), nullable=False),
        Column("action", String(80), nullable=False),
        Column("object_kind", String(40), nullable=False),
        Column("object_id", String(200), nullable=False),
        Column("version", Integer),
        Column("digest", String(64)),
        Column("outcome", String(8), nullable=False),
        Column("purpose", String(40)),
        Column("code", String(80)),
        Column("request_id", String(64), nullable=False),
        CheckConstraint("outcome IN ('done', 'refused', 'failed')", name="audit_outcome_is_known"),
        # SQLite does not hold to the lengths of its types; PostgreSQL does.
        *(
            CheckConstraint(f"length({column}) <= {length}", name=f"audit_{column}_is_short").ddl_if("sqlite")
            for column, length in LENGTHS.items()
        ),
        CheckConstraint("version IS NULL OR version >= 1", name="audit_version_counts_from_one"),
        Index("audit_by_object", "object_id"),
        sqlite_autoincrement=True,
    )


def _waiting(metadata: MetaData) -> Table:
    return Table(
        "audit_waiting",
        metadata,
        Column("id", _BIG, ForeignKey("audit.id"), primary_key=True, autoincrement=False),
    )


def _chain(metadata: MetaData) -> Table:
    return Table(
        "audit_chain",
        metadata,
        Column("seq", _BIG, primary_key=True, autoincrement=False),
        Column("audit_id", _BIG, ForeignKey("audit.id"), nullable=False, unique=True),
        Column("hash", String(64), nullable=False),
        CheckConstraint("seq >= 1", name="audit_chain_counts_from_one"),
    )


def _checkpoint(metadata: MetaData) -> Table:
    return Table(
        "audit_checkpoint",
        metadata,
        Column("size", _BIG, primary_key=True, autoincrement=False),
        Column("head", String(64), nullable=False),
        Column("note", Text, nullable=False),
        Column("made_at", UtcDateTime, nullable=False),
        CheckConstraint("size >= 1", name="audit_checkpoint_covers_something"),
    )


def _witnessed(metadata: MetaData) -> Table:
    """`verdict`: accepted, or why not. What contradicts is evidence and is kept like the rest."""
    return Table(
        "witnessed",
        metadata,
        Column("id", _BIG, primary_key=True, autoincrement=True),
        Column("service", String(32), nullable=False),
        Column("size", _BIG, nullable=False),
        Column("head", String(64), nullable=False),
        Column("note", Text, nullable=False),
        Column(
            "digest", String(64), nullable=False, unique=True
        ),  # of service and note: the same is kept once
        Column("verdict", String(24), nullable=False),
        Column("seen_at", UtcDateTime, nullable=False),
        Index("witnessed_by_service", "service", "size"),
        sqlite_autoincrement=True,
    )


def _immutable(dialect: str) -> list[str]:
    statements = []
    if dialect == "postgresql":
        statements.append(
            "CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RAISE EXCEPTION '% rows are never changed or deleted', TG_TABLE_NAME; END $$"
        )
    for table in ("audit", "audit_chain", "audit_checkpoint", "witnessed"):
        if dialect == "postgresql":
            statements += [
                f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE OR DELETE ON {table}"
                " FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()",
                f"CREATE TRIGGER {table}_is_never_truncated BEFORE TRUNCATE ON {table}"
                " EXECUTE FUNCTION refuse_audit_change()",
            ]
            continue
        statements += [
            f"CREATE TRIGGER {table}_is_never_{done} BEFORE {act} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} rows are never {done}'); END"
            for act, done in (("UPDATE", "changed"), ("DELETE", "deleted"))
        ]
    return statements


def create_tables(op: "Operations | ModuleType") -> None:
    """The audit tables as of their first release; all but the queue refuse every change.

    This is the shape that released migrations create: a later change of the tables above is a revision of its own.
    """
    metadata = MetaData()
    for make in (_audit, _waiting, _chain, _checkpoint, _witnessed):
        make(metadata)
    connection = op.get_bind()
    metadata.create_all(connection, checkfirst=False)
    _adopt_events(connection, metadata.tables["audit"], metadata.tables["audit_waiting"])
    for statement in _immutable(connection.dialect.name):
        op.execute(statement)


def _adopt_events(connection: Connection, audit: Table, waiting: Table) -> None:
    """Events from before the audit trail get their audit row now, marked as such: from here on none is without."""
    if not inspect(connection).has_table("event"):
        return
    event = Table("event", MetaData(), autoload_with=connection).c
    after = 0
    while True:
        found = connection.execute(
            select(event.id, event.type, event.case_id, event.case_version, event.payload, event.recorded_at)
            .where(event.id > after)
            .order_by(event.id)
            .limit(_CHUNK)
        ).all()
        if not found:
            break
        connection.execute(insert(audit), [_adopted(row) for row in found])
        after = found[-1].id
    connection.execute(insert(waiting).from_select(["id"], select(audit.c.id)))


def _adopted(event: Row[*tuple[Any, ...]]) -> dict[str, Any]:
    recorded_at: datetime = event.recorded_at
    return {
        "entry_id": uuid7(),
        "at": recorded_at if recorded_at.tzinfo is not None else recorded_at.replace(tzinfo=UTC),
        "actor": "service",
        "via": "service",
        "role": "service",
        "office": "*",
        "action": event.type,
        "object_kind": "case",
        "object_id": str(UUID(str(event.case_id))),
        "version": event.case_version,
        "digest": hashlib.sha256(event.payload).hexdigest(),
        "outcome": "done",
        "code": "audit.adopted",
        "request_id": "",
    }
