"""A query sees the rows of the offices in reach, few or many, and on PostgreSQL even one that forgot to ask."""

from collections.abc import Iterator

import pytest
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from shared.kit.acting import EVERYTHING, NOTHING, OWN_WORK, Acting, Scope, acting_in, visible
from shared.kit.database import Database
from shared.kit.migrations import wall_in
from tests.support.databases import only_postgresql

METADATA = MetaData()
THING = Table(
    "thing", METADATA, Column("id", Integer, primary_key=True), Column("office", String(64), nullable=False)
)
PART = Table(
    "part", METADATA, Column("id", Integer, primary_key=True), Column("case_id", Integer, nullable=False)
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    with opened.engine.begin() as connection:
        METADATA.create_all(connection)
        wall_in(Operations(MigrationContext.configure(connection)), by_office=("thing",), by_case=("part",))
    with opened.writing() as session:
        session.execute(insert(THING), [{"id": id_, "office": f"office-{id_ % 3}"} for id_ in range(9)])
        session.execute(insert(PART), [{"id": id_, "case_id": id_} for id_ in range(9)])
    yield opened
    opened.dispose()


def acting(*offices: str) -> Acting:
    return Acting("clerk", "token", "role", "office", Scope(frozenset(offices)))


def seen(database: Database, who: Acting) -> list[int]:
    with database.reading(who) as session:
        return list(session.execute(select(THING.c.id).where(visible(session, THING.c.office))).scalars())


def test_only_the_rows_of_the_offices_in_reach_are_seen(database: Database) -> None:
    assert seen(database, acting("office-1")) == [1, 4, 7]
    assert seen(database, acting("office-1", "office-2", "elsewhere")) == [1, 2, 4, 5, 7, 8]
    assert seen(database, acting()) == []
    assert len(seen(database, OWN_WORK)) == 9


def test_thousands_of_offices_are_no_trouble(database: Database) -> None:
    many = [f"office-{number}" for number in range(1, 40_000)]

    assert seen(database, acting(*many)) == [1, 2, 4, 5, 7, 8]


def test_a_session_that_nobody_opened_sees_nothing_it_could_ask_for() -> None:
    with pytest.raises(LookupError):
        acting_in(Session())


@only_postgresql
def test_a_query_that_forgot_its_condition_sees_no_foreign_row(database: Database) -> None:
    with database.reading(acting("office-1")) as session:
        assert set(session.execute(select(THING.c.office)).scalars()) == {"office-1"}
        assert sorted(session.execute(select(PART.c.case_id)).scalars()) == [1, 4, 7]
        assert session.execute(select(func.count()).select_from(THING)).scalar_one() == 3


@only_postgresql
def test_a_change_cannot_reach_a_foreign_row_nor_give_one_away(database: Database) -> None:
    with database.writing(acting("office-1")) as session:
        assert session.execute(update(THING).values(office="office-1")).rowcount == 3  # type: ignore[attr-defined]
    with pytest.raises(DBAPIError), database.writing(acting("office-1")) as session:
        session.execute(insert(THING).values(id=100, office="office-2"))


@only_postgresql
def test_the_scope_ends_with_the_transaction(database: Database) -> None:
    for _ in range(12):  # more often than the pool has connections
        with database.reading(acting("office-1")) as session:
            assert len(session.execute(select(THING.c.id)).all()) == 3
        with database.reading(Acting("x", "token", "", "", NOTHING)) as session:
            assert session.execute(select(THING.c.id)).all() == []


def test_scopes_add_up_and_everything_swallows_the_rest() -> None:
    assert Scope.union([Scope(frozenset("a")), Scope(frozenset("b"))]) == Scope(frozenset("ab"))
    assert Scope.union([Scope(frozenset("a")), EVERYTHING]) == EVERYTHING
    assert Scope.union([]) == NOTHING
    assert Scope(frozenset("ba")).setting() == "a,b"
    assert EVERYTHING.setting() == "*"
    assert EVERYTHING.covers("whatever")
    assert not NOTHING.covers("a")
