"""Brings a service's database to its newest schema with Alembic, without an ini file.

Alembic is imported only when there is something to migrate: it would cost every start half a second.
"""

from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from shared.kit.database import Database, UtcDateTime

if TYPE_CHECKING:
    from alembic.operations import Operations

_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
_IMMUTABLE = {
    "sqlite": (
        "CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event"
        " BEGIN SELECT RAISE(ABORT, 'event rows are never changed'); END",
        "CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event"
        " BEGIN SELECT RAISE(ABORT, 'event rows are never deleted'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'event rows are never changed or deleted'; END $$",
        "CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event"
        " FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON event EXECUTE FUNCTION refuse_change()",
    ),
}


def migrate(database: Database, folder: Path) -> bool:
    """Upgrade to the newest revision in `folder` (a service's `migrations/`); True when something changed.

    The folder's env.py is one call: `shared.kit.migrations.run()`.
    """
    with database.engine.connect() as connection:
        if _revision(connection) == head(folder):
            return False
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with database.engine.begin() as connection:
        if not database.is_sqlite:
            # Replicas start together; the second waits here and then finds nothing to do.
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtextextended('migrate', 0))")
        config.attributes["connection"] = connection
        config.attributes["metadata"] = database.metadata
        command.upgrade(config, "head")
    return True


def head(folder: Path) -> str:
    """The newest revision: files are named by their revision, `0001_first_books.py` is 0001."""
    return max(path.name.partition("_")[0] for path in (folder / "versions").glob("[0-9]*.py"))


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()


def run() -> None:
    """The body of every env.py: run the chosen revisions inside the caller's transaction."""
    from alembic import context  # importable only while Alembic runs

    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=context.config.attributes["metadata"],
        transactional_ddl=True,
    )
    with context.begin_transaction():
        context.run_migrations()


def create_event_log(op: "Operations | ModuleType") -> None:
    """The tables of shared.kit.outbox as of their first release; the event table refuses every change."""
    op.create_table(
        "event",
        sa.Column("id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("event_id", sa.Uuid, nullable=False, unique=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("case_version", sa.Integer, nullable=False),
        sa.Column("type", sa.String(80), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("case_id", "case_version", name="one_event_per_case_version"),
        sa.CheckConstraint("case_version >= 1", name="case_version_counts_from_one"),
        sa.CheckConstraint("length(payload) <= 65536", name="event_is_at_most_64_kib"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "outbox",
        sa.Column("id", _BIG, sa.ForeignKey("event.id"), primary_key=True, autoincrement=False),
    )
    op.create_table(
        "publication",
        sa.Column("pub_seq", _BIG, primary_key=True, autoincrement=False),
        sa.Column("event_id", _BIG, sa.ForeignKey("event.id"), nullable=False, unique=True),
    )
    op.create_table(
        "source",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("epoch", sa.String(32), nullable=False),
        sa.Column("published_seq", _BIG, nullable=False),
        sa.CheckConstraint("id = 1", name="one_source_per_database"),
    )
    for statement in _IMMUTABLE[op.get_bind().dialect.name]:
        op.execute(statement)


def create_idempotency(op: "Operations | ModuleType") -> None:
    """The table of shared.kit.idempotency as of its first release."""
    op.create_table(
        "idempotency",
        sa.Column("key", sa.String(200), primary_key=True),
        sa.Column("request_digest", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
    )


def create_journal(op: "Operations | ModuleType") -> None:
    """The table of shared.kit.journal as of its first release."""
    op.create_table(
        "journal",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("case_version", sa.Integer, primary_key=True),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("on_date", sa.Date, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("detail", sa.Text, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("case_version >= 1", name="journal_version_counts_from_one"),
    )
