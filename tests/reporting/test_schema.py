from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect

from services.reporting.models import CELLS, METADATA
from shared.kit.database import Database


@pytest.fixture
def created(request: pytest.FixtureRequest, database: Database, tmp_path: Path) -> Iterator[Database]:
    """The same kind of database, its tables made from the metadata."""
    url = (
        f"sqlite:///{tmp_path / 'created.db'}"
        if database.is_sqlite
        else request.getfixturevalue("postgres_url_2")
    )
    other = Database(url, METADATA)
    METADATA.create_all(other.engine)
    yield other
    other.dispose()


@pytest.fixture
def postgres_url_2(postgres_server: str) -> str:
    """A second empty database beside the migrated one."""
    import psycopg

    with psycopg.connect(postgres_server.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute("DROP DATABASE IF EXISTS created")
        connection.execute("CREATE DATABASE created")
    head, _, query = postgres_server.partition("?")
    return f"{head.rpartition('/')[0]}/created" + (f"?{query}" if query else "")


def described(connection: Connection) -> dict[str, Any]:
    """Every table with its columns, keys, indexes and checks."""
    inspector = inspect(connection)
    return {
        table: {
            "columns": sorted(
                (column["name"], str(column["type"]), column["nullable"], str(column["default"]))
                for column in inspector.get_columns(table)
            ),
            "key": inspector.get_pk_constraint(table)["constrained_columns"],
            "indexes": sorted(str(index["column_names"]) for index in inspector.get_indexes(table)),
            "unique": sorted(
                str(unique["column_names"]) for unique in inspector.get_unique_constraints(table)
            ),
            "checks": sorted(
                (str(check["name"]), check["sqltext"]) for check in inspector.get_check_constraints(table)
            ),
        }
        for table in inspector.get_table_names()
        if table != "alembic_version"
    }


def test_the_migrations_make_the_tables_of_the_metadata(database: Database, created: Database) -> None:
    with database.engine.connect() as migrated, created.engine.connect() as wanted:
        assert described(migrated) == described(wanted)


def test_alembic_finds_nothing_to_do(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_every_check_has_a_name_that_reads_in_an_error() -> None:
    checks = [
        constraint
        for table in METADATA.tables.values()
        for constraint in table.constraints
        if isinstance(constraint, CheckConstraint)
    ]
    assert checks
    assert all(check.name for check in checks)


def test_there_is_one_table_of_sums_for_each_kind() -> None:
    assert {table.name for table in CELLS.values()} == {
        "reconsideration_cell",
        "mediation_cell",
        "mediation_organisation_cell",
        "litigation_cell",
    }
