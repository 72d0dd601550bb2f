"""Brings a service's database to its newest schema with Alembic, without an ini file.

Alembic is imported only when there is something to migrate: it would cost every start half a second.
"""

from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from shared.kit.database import SCOPE_SETTING, Database, UtcDateTime, application_role

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


def seal_journal(op: "Operations | ModuleType") -> None:
    """The journal as of its second release: words only sealed. What stood in plain waits in `journal_unsealed`."""
    op.rename_table("journal", "journal_unsealed")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER INDEX journal_pkey RENAME TO journal_unsealed_pkey")
    op.create_table(
        "journal",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("case_version", sa.Integer, primary_key=True),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("on_date", sa.Date, nullable=False),
        sa.Column("words", sa.Text),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("case_version >= 1", name="journal_version_counts_from_one"),
    )


# As sub-queries, which are asked once for a statement: a province's list of offices is not split for every row.
_SCOPE = f"(SELECT current_setting('{SCOPE_SETTING}', true))"
_LISTED = f"(SELECT string_to_array(current_setting('{SCOPE_SETTING}', true), ','))::text[]"
_OWNED = f"{_SCOPE} = '*' OR office = ANY ({_LISTED})"


def speed_up_wall(op: "Operations | ModuleType", *, by_office: Sequence[str]) -> None:
    """For walls of earlier releases: ask for the scope once for a statement instead of for every row."""
    for table in by_office:
        op.execute(f"ALTER POLICY own_offices ON {table} USING ({_OWNED})")


def wall_in(
    op: "Operations | ModuleType",
    *,
    by_office: Sequence[str] = (),
    by_case: Sequence[str] = (),
    owners: Sequence[str] = (),
    may_truncate: bool = False,
) -> None:
    """The second wall (PostgreSQL): the application's role, and row-level security by office.

    Rows of `by_office` have a column `office`; rows of `by_case` have a `case_id` and are seen exactly when a row of
    any table of `by_office`, or of `owners`, which an earlier migration has walled in, with that id is seen. The role
    owns nothing and cannot change the logs. Without a scope in the transaction no row is seen.
    """
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return
    role = _application_role(op)
    parents = " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} owner WHERE owner.id = case_id)"  # noqa: S608 - our own names
        for table in (*by_office, *owners)
    )
    for table, condition in [(table, _OWNED) for table in by_office] + [
        (table, f"{_SCOPE} = '*' OR {parents}") for table in by_case
    ]:
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY own_offices ON {table} USING ({condition})")
    if may_truncate:  # projections are forgotten whole and built again
        op.execute(f'GRANT TRUNCATE ON ALL TABLES IN SCHEMA public TO "{role}"')
    for table in ("event", "audit", "audit_chain", "audit_checkpoint", "witnessed"):
        if sa.inspect(connection).has_table(table):
            op.execute(f'REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM "{role}"')


def _application_role(op: "Operations | ModuleType") -> str:
    """Make the role once, and give it the rows of every table of now and later; it owns none of them."""
    role = application_role(str(op.get_bind().exec_driver_sql("SELECT current_database()").scalar_one()))
    op.execute(
        f"DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN"
        f' CREATE ROLE "{role}" NOLOGIN NOSUPERUSER NOBYPASSRLS; GRANT "{role}" TO CURRENT_USER; END IF; END $$'
    )
    op.execute(f'GRANT USAGE ON SCHEMA public TO "{role}"')
    for kind, rights in (("TABLES", "SELECT, INSERT, UPDATE, DELETE"), ("SEQUENCES", "USAGE, SELECT")):
        op.execute(f'GRANT {rights} ON ALL {kind} IN SCHEMA public TO "{role}"')
        op.execute(f'ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT {rights} ON {kind} TO "{role}"')
    return role
