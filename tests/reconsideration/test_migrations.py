"""The schema that migrations make is the schema that the models describe, on both databases."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import CheckConstraint, inspect, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.reconsideration import domain, repository
from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import EVENTS, METADATA, VAULT, CaseRow
from services.reconsideration.terms import Status
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.reconsideration.builders import CALENDAR, IN_STATUS, NOW, TODAY, a_closed_case
from tests.support.events import an_event
from tests.support.sealed import unlocked

AUDIT_TABLES = {"audit", "audit_chain", "audit_checkpoint", "audit_waiting", "witnessed"}
# Made by hand, and so unknown to the models: the tables of FTS5, and the index that only PostgreSQL has.
BY_HAND = ("case_pairs", "case_text_by_pairs")


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url, METADATA)
    yield opened
    opened.dispose()


def test_migrations_make_what_the_models_describe(database: Database) -> None:
    migrate(database, MIGRATIONS)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "compare_server_default": True,
                "include_name": lambda name, kind, _: not str(name).startswith(BY_HAND),
            },
        )
        assert compare_metadata(context, METADATA) == []


def test_migrations_make_every_check_of_the_models(database: Database) -> None:
    """Alembic compares no CHECK constraints."""
    migrate(database, MIGRATIONS)
    inspector = inspect(database.engine)

    # The audit tables are the kit's, and checked there.
    own = [table for table in METADATA.tables.values() if table.name not in AUDIT_TABLES]
    for table in own:
        described = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
        assert {rule["name"] for rule in inspector.get_check_constraints(table.name)} == described, table.name


def test_every_sealed_column_can_be_emptied_by_an_erasure() -> None:
    for sealed in VAULT.sealed_tables:
        for name in (*sealed.sealed, *sealed.blinds):
            assert sealed.table.c[name].nullable, f"{sealed.table.name}.{name}"


def test_migrating_twice_does_nothing(database: Database) -> None:
    assert migrate(database, MIGRATIONS) is True
    assert migrate(database, MIGRATIONS) is False


def test_after_migration_the_event_log_refuses_change_and_removal(database: Database) -> None:
    migrate(database, MIGRATIONS)
    with database.writing() as session:
        EVENTS.begin_life(session)
        EVENTS.record(session, [an_event()], NOW)

    for statement in (update(EVENTS.event).values(type="x"), EVENTS.event.delete()):
        with (
            pytest.raises(DBAPIError, match=r"event rows are never|permission denied"),
            database.writing() as session,
        ):
            session.execute(statement)

    with database.reading() as session:
        assert EVENTS.backlog(session).count == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"version": 0},
        {"accepted_on": "2024-02-01"},
        {"closed_on": "2024-03-04"},
        {"closed_on": None},
        {"outcome": None},
        {"decision_due_on": None},
        {"refused_on": "2024-03-06", "refusal": "not_accepted"},
        {"refusal": "not_accepted"},
        {"withdraw_reason": "settled"},
        {"accepted_on": None, "decision_due_on": None},
    ],
)
def test_the_database_refuses_what_the_rules_refuse(database: Database, broken: dict[str, object]) -> None:
    migrate(database, MIGRATIONS)
    unlocked(VAULT, database, NOW)
    case_id = an_event()[1].data.case_id
    with database.writing() as session:
        repository.add(session, [(case_id, a_closed_case(), ())], now=NOW)
    assignments = ", ".join(
        f"{name} = {'NULL' if value is None else repr(value)}" for name, value in broken.items()
    )

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {CaseRow.__tablename__} SET {assignments}")


@pytest.mark.parametrize("status", Status)
def test_a_case_comes_back_from_the_database_as_it_went_in(database: Database, status: Status) -> None:
    migrate(database, MIGRATIONS)
    unlocked(VAULT, database, NOW)
    case = replace(IN_STATUS[status](), respondent="甲局\n乙科", matter="乙事", texts={"x": "甲\n乙"})
    running = domain.clocks(case, CALENDAR, today=TODAY)
    case_id = an_event()[1].data.case_id
    with database.writing() as session:
        repository.add(session, [(case_id, case, running)], now=NOW)

    with database.reading() as session:
        assert repository.opened(session, [repository.load(session, case_id)]) == [case]
        kept = repository.clock_rows.of(session, case_id)
    assert sorted((row.kind, row.ordinal, row.due_on, row.state) for row in kept) == sorted(
        (clock.kind, clock.ordinal, clock.deadline.due_on, clock.state.value) for clock in running
    )
