"""Transactions mean the same on both databases: all or nothing, nothing lost, readers see one moment."""

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, Text, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError
from sqlmodel import Session

from shared.kit.database import Database, UtcDateTime
from tests.kit.crowd import at_once
from tests.support.databases import only_sqlite

METADATA = MetaData()
COUNTER = Table(
    "counter",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("value", Integer, nullable=False),
    Column("note", Text),
    Column("changed_at", UtcDateTime),
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    METADATA.create_all(opened.engine)
    with opened.writing() as session:
        session.execute(insert(COUNTER).values(id=1, value=0))
    yield opened
    opened.dispose()


def value(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(select(COUNTER.c.value)).scalar_one())


def add_one(session: Session) -> None:
    """Read, then write: what loses updates when the read stands outside the transaction or takes no lock."""
    now = session.execute(select(COUNTER.c.value).where(COUNTER.c.id == 1).with_for_update()).scalar_one()
    session.execute(update(COUNTER).where(COUNTER.c.id == 1).values(value=now + 1))


def test_twenty_who_read_and_then_write_lose_nothing(database: Database) -> None:
    def ten_times(_place: int) -> None:
        for _ in range(10):
            with database.writing() as session:
                add_one(session)

    at_once(20, ten_times)

    assert value(database) == 200


def test_a_block_that_fails_leaves_nothing_behind(database: Database) -> None:
    def add_and_fail() -> None:
        with database.writing() as session:
            add_one(session)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()

    assert value(database) == 0


def test_a_reader_sees_one_moment_while_others_write(database: Database) -> None:
    with database.reading() as session:
        before = session.execute(select(COUNTER.c.value)).scalar_one()
        with database.writing() as writer:
            add_one(writer)
        after = session.execute(select(COUNTER.c.value)).scalar_one()

    assert (before, after) == (0, 0)
    assert value(database) == 1


def test_a_reader_cannot_write(database: Database) -> None:
    with pytest.raises(DBAPIError), database.reading() as session:
        session.execute(update(COUNTER).values(value=7))

    assert value(database) == 0
    with database.writing() as session:
        add_one(session)
    assert value(database) == 1


def test_a_writer_waits_for_another_one_instead_of_failing(database: Database) -> None:
    entered, finished = threading.Event(), threading.Event()

    def second() -> None:
        entered.set()
        with database.writing() as session:
            add_one(session)
        finished.set()

    thread = threading.Thread(target=second)
    with database.writing() as session:
        add_one(session)
        thread.start()
        assert entered.wait(10)
        assert not finished.is_set()
    thread.join(20)

    assert finished.is_set()
    assert value(database) == 2


def test_an_error_does_not_repeat_the_values_it_is_about(database: Database) -> None:
    with pytest.raises(IntegrityError) as failure, database.writing() as session:
        session.execute(insert(COUNTER).values(id=1, value=0, note="金丝雀"))

    assert "金丝雀" not in str(failure.value)
    assert "金丝雀" not in repr(failure.value)


def test_an_instant_is_stored_in_utc_and_comes_back_aware(database: Database) -> None:
    beijing = datetime(2026, 11, 22, 9, 0, tzinfo=timezone(timedelta(hours=8)))
    with database.writing() as session:
        session.execute(update(COUNTER).values(changed_at=beijing))

    with database.reading() as session:
        found = session.execute(select(COUNTER.c.changed_at)).scalar_one()

    assert found == datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_an_instant_without_a_time_zone_is_refused(database: Database) -> None:
    naive = datetime(2026, 11, 22, 9, 0)  # noqa: DTZ001 - that is the point

    with pytest.raises(StatementError, match="time zone"), database.writing() as session:
        session.execute(update(COUNTER).values(changed_at=naive))


def test_only_one_holds_a_leadership_and_it_ends_with_the_block(database: Database) -> None:
    other = Database(database.url.render_as_string(hide_password=False), METADATA)

    with (
        database.leadership("relay") as first,
        other.leadership("relay") as second,
        other.leadership("import") as another_name,
    ):
        assert (first, second, another_name) == (True, False, True)
    with other.leadership("relay") as third:
        assert third
    other.dispose()


def test_of_many_who_want_the_leadership_one_gets_it(database: Database) -> None:
    everybody_tried = threading.Barrier(8)

    def try_it(_place: int) -> bool:
        with database.leadership("relay") as leading:
            everybody_tried.wait(30)
            return leading

    assert sorted(at_once(8, try_it)) == [False] * 7 + [True]


@only_sqlite
def test_an_embedded_database_survives_a_power_cut_and_waits_for_its_turn(database: Database) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 10_000}

    with database.engine.connect() as connection:
        found = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }

    assert found == wanted
