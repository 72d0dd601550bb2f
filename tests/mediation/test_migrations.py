"""The migrations build exactly the tables that the models describe, and the database keeps the rules."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from services.mediation import repository
from services.mediation.main import MIGRATIONS
from services.mediation.models import METADATA
from services.mediation.terms import Status
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.mediation.examples import NOW, a_case, an_organisation
from tests.mediation.test_domain import BROKEN
from tests.mediation.test_organisations import BROKEN as BROKEN_ENTRIES

# A CHECK that both databases understand can neither look for a digit nor need to: the columns bound the lengths.
BEYOND_THE_DATABASE = {"mediation.case_number_unreadable", "mediation.committee_too_long"}

AUDIT_TABLES = {"audit", "audit_chain", "audit_checkpoint", "audit_waiting", "witnessed"}


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url, METADATA)
    migrate(opened, MIGRATIONS)
    yield opened
    opened.dispose()


def test_migrating_gives_the_schema_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert not migrate(database, MIGRATIONS)


def test_the_constraints_of_the_models_are_in_the_database(database: Database) -> None:
    inspector = inspect(database.engine)

    # The audit tables are the kit's, and checked there.
    own = [table for table in METADATA.sorted_tables if table.name not in AUDIT_TABLES]
    for table in own:
        declared = {
            constraint.name: str(constraint.sqltext)
            for constraint in table.constraints
            if isinstance(constraint, CheckConstraint)
        }
        found = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table.name)}
        assert set(found) == set(declared)
        if database.is_sqlite:  # PostgreSQL rewrites what it is told
            assert found == declared


@pytest.mark.parametrize("status", Status)
def test_the_database_keeps_a_case_of_every_status(database: Database, status: Status) -> None:
    case, id_ = a_case(status), uuid4()

    with database.writing() as session:
        repository.add(session, [(id_, case)], now=NOW)

    with database.reading() as session:
        assert repository.to_domain(repository.load(session, id_)) == case


def test_the_database_refuses_what_the_rules_refuse(database: Database) -> None:
    def refuses(write: Callable[[Session], None]) -> bool:
        try:
            with database.writing() as session:
                write(session)
        except IntegrityError:
            return True
        return False

    for code in BROKEN.keys() - BEYOND_THE_DATABASE:
        assert refuses(partial(repository.add, cases=[(uuid4(), BROKEN[code])], now=NOW)), code
    for code, entry in BROKEN_ENTRIES.items():
        assert refuses(partial(repository.add_organisations, entries=[(uuid4(), entry)], now=NOW)), code


def test_the_database_keeps_an_entry_of_the_register(database: Database) -> None:
    entry, id_ = an_organisation(is_industry=True), uuid4()

    with database.writing() as session:
        repository.add_organisations(session, [(id_, entry)], now=NOW)

    with database.reading() as session:
        assert repository.to_organisation(repository.load_organisation(session, id_)) == entry


def test_ledgers_are_looked_up_by_index(tmp_path: Path) -> None:
    # Only SQLite tells: the planner of PostgreSQL rightly scans an empty table.
    database = Database(f"sqlite:///{tmp_path / 'books.db'}", METADATA)
    migrate(database, MIGRATIONS)

    def plan_of(query: str) -> str:
        with database.reading() as session:
            return str(session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all())

    cases = plan_of("SELECT id FROM case_file WHERE case_number IN ('a', 'b') AND cancelled = 0")
    entries = plan_of("SELECT id FROM organisation WHERE name IN ('a', 'b') AND cancelled = 0")
    database.dispose()

    assert "one_live_case_per_number" in cases
    assert "one_live_organisation_per_name" in entries
