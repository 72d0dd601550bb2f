"""One database per service, on SQLite or PostgreSQL, with transactions that mean the same on both."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import DateTime, Engine, Executable, MetaData, Row, create_engine, event, make_url, text
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session

from shared.kit.acting import OWN_WORK, Acting, bind

# Ten seconds is longer than any of our write transactions; a clerk would rather wait than be refused.
BUSY_TIMEOUT_MS = 10_000
# A big import lets the write-ahead log grow; afterwards the file is cut back to this many bytes.
JOURNAL_SIZE_LIMIT = 16 * 1024 * 1024


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values on the way in and gives aware UTC values on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("An instant needs a time zone.")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


# What a policy of row-level security compares an office with.
SCOPE_SETTING = "dingfen.scope"


class Database:
    """One service's engines: `writing()` commits all or nothing, `reading()` sees one snapshot.

    `engine` is the owner's: migrations and leadership use it. On PostgreSQL sessions work as the application's role,
    which owns nothing, so that row-level security holds even for a query that forgot its condition.
    """

    def __init__(self, url: str, metadata: MetaData, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.metadata = metadata
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        # Parameters stay out of error texts: they are people's data.
        if self.is_sqlite:
            Path(self.url.database or "").parent.mkdir(parents=True, exist_ok=True)
            self.engine = create_engine(self.url, hide_parameters=True)
            self._writer = self.engine
            self._reader = create_engine(self.url, hide_parameters=True)
            _prepare_sqlite(self.engine, begin="BEGIN IMMEDIATE")
            _prepare_sqlite(self._reader, begin="BEGIN", read_only=True)
            self._asker = create_engine(self.url, hide_parameters=True)
            _prepare_sqlite(self._asker, begin=None, read_only=True)
        else:
            self.url = self.url.set(drivername="postgresql+psycopg")
            self.engine = create_engine(self.url, hide_parameters=True, pool_size=2, pool_pre_ping=True)
            self._writer = create_engine(
                self.url,
                hide_parameters=True,
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_pre_ping=True,
            )
            _take_application_role(self._writer)
            _prepare_postgresql(self._writer)
            self._reader = self._writer.execution_options(**{_BEGIN: _BEGIN_READING})
            # Connections of its own, which are never in a transaction: nothing is to be set, tried or rolled back.
            self._asker = create_engine(
                self.url,
                hide_parameters=True,
                pool_size=pool_size,
                max_overflow=pool_size,
                pool_reset_on_return=None,
                isolation_level="AUTOCOMMIT",
            )
            _take_application_role(self._asker)

    @contextmanager
    def writing(self, acting: Acting = OWN_WORK) -> Iterator[Session]:
        """One write transaction: committed when the block ends, rolled back when it raises."""
        with Session(self._writer, expire_on_commit=False, autoflush=False) as session, session.begin():
            self._bind(session, acting)
            yield session

    @contextmanager
    def reading(self, acting: Acting = OWN_WORK) -> Iterator[Session]:
        """One read-only snapshot: every query in the block sees the same state."""
        with Session(self._reader, expire_on_commit=False, autoflush=False) as session:
            self._bind(session, acting)
            try:
                yield session
            finally:
                session.expunge_all()  # rows stay readable; a rollback would empty them

    def ask(
        self, question: Executable, parameters: Mapping[str, Any] | None = None
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        """The rows of one query outside of any transaction, for what every request asks: one round trip, not four.

        Nobody's scope is said, so that on PostgreSQL no row behind row-level security is seen.
        """
        try:
            return self._asked(question, parameters)
        except DBAPIError as failure:
            if not failure.connection_invalidated:
                raise
        # The server went away since the connection was last used. A question changes nothing: it is asked once more.
        return self._asked(question, parameters)

    def _asked(
        self, question: Executable, parameters: Mapping[str, Any] | None
    ) -> Sequence[Row[*tuple[Any, ...]]]:
        with self._asker.connect() as connection:
            return connection.execute(question, parameters).all()

    def _bind(self, session: Session, acting: Acting) -> None:
        """Say in the session, and to PostgreSQL for this one transaction, whose rows may be touched."""
        bind(session, acting)
        if not self.is_sqlite:
            session.connection(execution_options={_SCOPE: acting.scope.setting()})

    def alone(self, session: Session, name: str) -> None:
        """Let no other session that says the same go on until this one ends. SQLite has one writer anyway."""
        if not self.is_sqlite:
            session.execute(_LOCK, {"name": name})

    def together(self, session: Session, name: str) -> None:
        """Go on with all others that say so, and let whoever wants to be `alone` wait until this session ends."""
        if not self.is_sqlite:
            session.execute(_LOCK_SHARED, {"name": name})

    def leadership(self, name: str) -> AbstractContextManager[bool]:
        """Try to be the only holder of `name` on this database; the block gets True when it is.

        The hold ends with the block, with the process, or (PostgreSQL) with its connection.
        """
        return _sqlite_leadership(self, name) if self.is_sqlite else _postgres_leadership(self, name)

    def dispose(self) -> None:
        self.engine.dispose()
        self._writer.dispose()
        self._reader.dispose()
        self._asker.dispose()


_LOCK = text("SELECT pg_advisory_xact_lock(hashtextextended(:name, 0))")
_LOCK_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtextextended(:name, 0))")
# Options of a connection that say how its next transaction begins.
_BEGIN, _SCOPE = "dingfen_begin", "dingfen_scope"
_BEGIN_READING = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"


def application_role(database_name: str) -> str:
    """The role that migrations make for a database's application; PostgreSQL cuts names at 63 bytes."""
    return f"{database_name}_app"


def _take_application_role(engine: Engine) -> None:
    """Every new connection becomes the application's role, as soon as migrations have made it."""

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        before = connection.autocommit
        connection.autocommit = True  # a role that is set in a transaction goes with its rollback
        connection.execute(
            "SELECT set_config('role', rolname, false) FROM pg_roles WHERE rolname = current_database() || '_app'"
        )
        connection.autocommit = before


def _prepare_postgresql(engine: Engine) -> None:
    """Transactions begin and say their scope in one round trip: the driver's own BEGIN would be one more.

    Hence its own handling is switched off, as for SQLite.
    """
    from psycopg.sql import Literal  # the embedded database needs no driver of PostgreSQL

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.autocommit = True

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        begin = str(options.get(_BEGIN, "BEGIN"))
        scope = options.get(_SCOPE)
        if scope is not None:
            begin += f"; SELECT set_config('{SCOPE_SETTING}', {Literal(scope).as_string()}, true)"
        connection.exec_driver_sql(begin, execution_options={"no_parameters": True})

    @event.listens_for(engine, "do_execute_no_params")
    def _execute(cursor: Any, statement: str, _context: Any) -> bool:
        cursor.execute(statement, prepare=False)  # two statements in one cannot be prepared
        return True


def _prepare_sqlite(engine: Engine, *, begin: str | None, read_only: bool = False) -> None:
    """pysqlite opens transactions too late by itself: a read before a write stands outside, updates get lost.

    Hence its own handling is switched off and writers say BEGIN IMMEDIATE. Without `begin` each statement stands alone.
    """

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")  # NORMAL loses acknowledged rows at a power cut
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute("PRAGMA secure_delete = ON")  # what was erased must not linger in freed pages
        cursor.execute(f"PRAGMA journal_size_limit = {JOURNAL_SIZE_LIMIT}")
        cursor.execute(f"PRAGMA query_only = {int(read_only)}")
        cursor.close()

    if begin is None:
        return

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)


_held_in_this_process: set[tuple[str, str]] = set()
_held_guard = threading.Lock()


@contextmanager
def _sqlite_leadership(database: Database, name: str) -> Iterator[bool]:
    """An advisory lock on a file beside the database: the kernel releases it whatever kills the process."""
    import fcntl  # POSIX only, and only the embedded database needs it

    path = f"{database.url.database}.{name}.lock"
    with _held_guard:
        is_ours_to_try = (path, name) not in _held_in_this_process
        _held_in_this_process.add((path, name))
    if not is_ours_to_try:
        yield False  # outside the guard: the block may last, and its holder must be able to let go meanwhile
        return
    try:
        with Path(path).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                yield False
                return
            yield True
    finally:
        with _held_guard:
            _held_in_this_process.discard((path, name))


@contextmanager
def _postgres_leadership(database: Database, name: str) -> Iterator[bool]:
    """A session-level advisory lock on a connection of its own."""
    with database.engine.connect() as connection:
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        held = connection.exec_driver_sql(
            "SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", (name,)
        ).scalar_one()
        try:
            yield bool(held)
        finally:
            if held and not connection.invalidated:
                connection.exec_driver_sql("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", (name,))
