from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, Connection, inspect

from services.reporting.main import MIGRATIONS
from services.reporting.models import CELLS, METADATA
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.support.databases import NewDatabases


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """Migrated here and now, and no copy."""
    database = Database(empty_url, METADATA)
    migrate(database, MIGRATIONS)
    yield database
    database.dispose()


@pytest.fixture
def created(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[Database]:
    """The same kind of database, its tables made from the metadata."""
    folder = tmp_path / "created"
    folder.mkdir()
    with new_databases.empty(database_kind, folder) as url:
        other = Database(url, METADATA)
        METADATA.create_all(other.engine)
        yield other
        other.dispose()


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
