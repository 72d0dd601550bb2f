"""The audit trail: in the same transaction, without free text, never changed, one row for every event."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy import MetaData, text
from sqlalchemy.exc import DBAPIError

from shared.contracts.envelope import encode
from shared.kit import audit
from shared.kit.audit import AuditEntry, AuditTrail
from shared.kit.database import Database
from shared.kit.migrations import create_event_log
from shared.kit.outbox import EventLog
from tests.support.events import NOW, an_event
from tests.verify.audited import CLERK, Audited


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(database_url, tmp_path)
    yield made
    made.database.dispose()


def test_an_act_is_written_down_with_who_did_it_and_for_which_office(audited: Audited) -> None:
    entry = AuditEntry("party.revealed", "party", "77", version=3, digest="0" * 64, purpose="contact")

    with audited.database.writing(CLERK) as session:
        audited.trail.record(session, [entry], NOW)

    (row,) = audited.ask(lambda session: session.execute(audited.trail.audit.select()).mappings().all())
    assert {key: row[key] for key in ("actor", "via", "role", "office", "request_id")} == {
        "actor": "8c1f",
        "via": "session",
        "role": "litigation_clerk",
        "office": "litigation-150625",
        "request_id": "0f9a",
    }
    assert (row["action"], row["object_id"], row["version"], row["purpose"]) == (
        "party.revealed",
        "77",
        3,
        "contact",
    )
    assert (row["at"], row["outcome"], row["code"]) == (NOW, "done", None)
    assert row["entry_id"].version == 7


def test_an_act_that_is_rolled_back_leaves_no_row(audited: Audited) -> None:
    class Undone(Exception):
        pass

    def act() -> None:
        with audited.database.writing(CLERK) as session:
            audited.trail.record(session, [AuditEntry("a.b", "case", "1")], NOW)
            raise Undone

    with pytest.raises(Undone):
        act()

    assert audited.rows("SELECT id FROM audit") == audited.rows("SELECT id FROM audit_waiting") == []


def test_what_a_stranger_sent_can_neither_forge_a_line_nor_make_the_refusal_fail(audited: Audited) -> None:
    entry = AuditEntry("x", "route", "GET /张三\x00\n2026 ok" + "é" * 300, outcome="refused", code="c" * 500)

    with audited.database.writing(CLERK) as session:
        audited.trail.record(session, [entry], NOW)

    ((object_id, code),) = audited.rows("SELECT object_id, code FROM audit")
    assert object_id == ("GET /????2026 ok" + "?" * 300)[:200]
    assert code == "c" * 80


@pytest.mark.parametrize("table", ["audit", "audit_chain", "audit_checkpoint", "witnessed"])
@pytest.mark.parametrize("change", ["UPDATE {table} SET {column} = {column}", "DELETE FROM {table}"])
def test_the_database_refuses_every_change(audited: Audited, table: str, change: str) -> None:
    audited.happen(3)
    audited.sign()
    audited.witness().keep("mediation", "no checkpoint")
    column = {"audit": "actor", "audit_chain": "hash"}.get(table, "note")

    with pytest.raises(DBAPIError, match="never"), audited.database.engine.begin() as connection:
        connection.execute(text(change.format(table=table, column=column)))


def test_no_event_exists_without_its_audit_row(audited: Audited) -> None:
    recorded = [an_event() for _ in range(3)]

    with audited.database.writing(CLERK) as session:
        audited.events.record(session, recorded, NOW)

    assert audited.rows(
        "SELECT action, object_kind, object_id, version, digest, actor FROM audit ORDER BY id"
    ) == [
        (
            event.type,
            "case",
            str(event.data.case_id),
            1,
            hashlib.sha256(encode(event)).hexdigest(),
            "8c1f",
        )
        for _, event in recorded
    ]


def test_events_from_before_the_trail_are_adopted_by_the_migration(database_url: str, tmp_path: Path) -> None:
    metadata = MetaData()
    events = EventLog(metadata)
    database = Database(database_url, metadata)
    with database.engine.begin() as connection:
        create_event_log(Operations(MigrationContext.configure(connection)))
    recorded = [an_event() for _ in range(3)]
    with database.writing() as session:
        events.record(session, recorded, NOW)

    with database.engine.begin() as connection:
        audit.create_tables(Operations(MigrationContext.configure(connection)))

    trail = AuditTrail(MetaData())
    with database.reading() as session:
        rows = session.execute(trail.audit.select().order_by(trail.audit.c.id)).all()
        waiting = session.execute(trail.waiting.select()).all()
    assert [(row.object_id, row.digest, row.at, row.code) for row in rows] == [
        (str(event.data.case_id), hashlib.sha256(encode(event)).hexdigest(), NOW, "audit.adopted")
        for _, event in recorded
    ]
    assert len(waiting) == 3
    database.dispose()


@pytest.mark.parametrize("count", [99, 100, 5_001])
def test_many_entries_are_written_in_their_order_and_queued_once(audited: Audited, count: int) -> None:
    entries = [AuditEntry("act", "case", str(number), digest=None) for number in range(count)]

    with audited.database.writing(CLERK) as session:
        audited.trail.record(session, entries, NOW)

    assert audited.rows("SELECT object_id FROM audit ORDER BY id") == [
        (str(number),) for number in range(count)
    ]
    assert audited.rows("SELECT id FROM audit_waiting ORDER BY id") == audited.rows(
        "SELECT id FROM audit ORDER BY id"
    )
