"""The tables that every service's first migration makes are the tables that the kit works with."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint, Column, MetaData, Uuid, bindparam, inspect, text
from sqlalchemy.exc import DBAPIError

from shared.kit import vault
from shared.kit.database import Database, UtcDateTime
from shared.kit.idempotency import Idempotency
from shared.kit.journal import Journal
from shared.kit.migrations import (
    create_event_log,
    create_idempotency,
    create_journal,
    head,
    seal_journal,
)
from shared.kit.outbox import EventLog
from shared.kit.vault import Vault
from tests.support.databases import only_postgresql
from tests.support.events import NOW, an_event
from tests.support.sealed import unlocked

METADATA = MetaData()
EVENTS = EventLog(METADATA)
VAULT = Vault(METADATA, service="litigation")
Idempotency(METADATA, VAULT)
JOURNAL = Journal(METADATA, VAULT)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    with opened.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        create_event_log(operations)
        create_idempotency(operations)
        create_journal(operations)
        seal_journal(operations)
        operations.add_column("idempotency", Column("case_id", Uuid))
        vault.create_tables(operations)
    yield opened
    opened.dispose()


def test_the_shared_tables_are_made_as_they_are_described(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []

    inspector = inspect(database.engine)
    for table in METADATA.tables.values():
        described = {str(rule.name) for rule in table.constraints if isinstance(rule, CheckConstraint)}
        assert {rule["name"] for rule in inspector.get_check_constraints(table.name)} == described, table.name


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET type = 'x'",
        "UPDATE event SET payload = payload",
        "DELETE FROM event",
        "INSERT INTO event SELECT id + 1, event_id, case_id, 2, type, subject, payload, recorded_at FROM event",
        "INSERT INTO source VALUES (2, 'other', 0)",
    ],
)
def test_the_log_refuses_what_would_change_history(database: Database, statement: str) -> None:
    with database.writing() as session:
        EVENTS.begin_life(session)
        EVENTS.record(session, [an_event()], NOW)

    with pytest.raises(DBAPIError), database.engine.begin() as connection:
        connection.exec_driver_sql(statement)


@only_postgresql
def test_the_log_cannot_be_emptied_at_once(database: Database) -> None:
    with pytest.raises(DBAPIError, match="never"), database.engine.begin() as connection:
        connection.exec_driver_sql("TRUNCATE event CASCADE")


def test_an_event_has_one_version_and_at_most_64_kib(database: Database) -> None:
    subject, event = an_event()
    with database.writing() as session:
        EVENTS.begin_life(session)
        EVENTS.record(session, [(subject, event)], NOW)

    _, same_version = an_event(event.data.case_id)
    too_large = an_event()[1].model_copy(update={"source": "/" * 65_536})
    for refused in (same_version, too_large):
        with pytest.raises(DBAPIError), database.writing() as session:
            EVENTS.record(session, [(subject, refused)], NOW)

    with database.reading() as session:
        assert EVENTS.backlog(session).count == 1


@pytest.mark.parametrize("service", ["reconsideration", "mediation", "litigation", "reporting"])
def test_a_revision_is_named_by_its_file(service: str) -> None:
    folder = Path(__file__).resolve().parents[2] / "services" / service / "migrations"
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.set_main_option("path_separator", "os")

    assert ScriptDirectory.from_config(config).get_current_head() == head(folder)


def test_words_of_an_earlier_release_are_sealed_at_the_first_start(database: Database) -> None:
    case_id = uuid4()
    with database.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO journal_unsealed (case_id, case_version, step, on_date, reason, detail, recorded_at)"
                " VALUES (:case_id, 1, 'correct', '2024-01-02', '张三笔误', '{\"name\": \"张三\"}', :now)"
            ).bindparams(bindparam("case_id", type_=Uuid), bindparam("now", type_=UtcDateTime)),
            {"case_id": case_id, "now": NOW},
        )
    unlocked(VAULT, database, NOW)

    with database.writing() as session:
        JOURNAL.seal_earlier(session)

    with database.reading() as session:
        (entry,) = JOURNAL.history(session, case_id)
        stored = session.execute(text("SELECT * FROM journal")).all()
        left = session.execute(text("SELECT count(*) FROM journal_unsealed")).scalar_one()
    assert (entry.reason, left) == ("张三笔误", 0)
    assert "张三" not in str(stored)
