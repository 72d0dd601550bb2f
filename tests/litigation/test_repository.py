"""Rows and cases are one thing on both databases, and the database itself refuses what rules refuse."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import select
from uuid_utils.compat import uuid7

from services.litigation import main, repository
from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.models import JOURNAL, METADATA, TABLES, CaseRow
from services.litigation.terms import Appearance, Instance, Status, Step
from shared.kernel.errors import Conflict, NotFound
from shared.kit.database import Database
from shared.kit.journal import Note
from tests.litigation.builders import HEARD_ON, a_case, a_hearing
from tests.support.sealed import unlocked

NOW = datetime(2022, 12, 31, 2, 0, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    unlocked(TABLES.vault, database, NOW)
    yield database
    database.dispose()


@pytest.mark.parametrize("status", Status)
def test_a_case_comes_back_as_it_was_saved(database: Database, status: Status) -> None:
    case_id, case = uuid7(), a_case(status)

    with database.writing() as session:
        repository.add(session, [(case_id, case)], now=NOW)

    with database.reading() as session:
        row = repository.load(session, case_id)
    assert repository.to_domain(row) == case
    assert (row.version, row.recorded_at) == (1, NOW)


any_hearing = st.builds(
    Hearing,
    on=st.dates(min_value=HEARD_ON, max_value=date(2022, 4, 28)),
    appearance=st.sampled_from(Appearance),
    court_notified=st.booleans(),
    renotified=st.booleans(),
    excused=st.booleans(),
    left_early=st.booleans(),
    identity_accepted=st.booleans(),
)


@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30
)
@given(
    st.lists(any_hearing, max_size=4).map(tuple),
    st.none() | st.text(st.characters(min_codepoint=0x20, codec="utf-8"), min_size=1, max_size=200),
)
def test_hearings_and_names_come_back_as_they_were_saved(
    database: Database, hearings: tuple[Hearing, ...], organ: str | None
) -> None:
    case_id, case = uuid7(), a_case(hearings=hearings, organ=organ, cancelled=True)

    with database.writing() as session:
        repository.add(session, [(case_id, case)], now=NOW)

    with database.reading() as session:
        assert repository.to_domain(repository.load(session, case_id)) == case


def test_a_version_that_somebody_else_wrote_is_not_written_twice(database: Database) -> None:
    case_id = uuid7()
    with database.writing() as session:
        repository.add(session, [(case_id, a_case())], now=NOW)
        repository.save(session, case_id, a_case(Status.HEARD), version=2)

    with database.writing() as session, pytest.raises(Conflict) as refusal:
        repository.save(session, case_id, a_case(Status.CLOSED), version=2)

    assert refusal.value.code == "litigation.changed_meanwhile"


def test_a_unit_that_somebody_else_registered_is_refused(database: Database) -> None:
    with database.writing() as session:
        repository.add(session, [(uuid7(), a_case())], now=NOW)

    with pytest.raises(Conflict) as refusal, database.writing() as session:
        repository.add(session, [(uuid7(), a_case())], now=NOW)

    assert (refusal.value.code, refusal.value.field) == ("litigation.unit_taken", "case_number")


def test_units_without_court_and_organ_collide_too(database: Database) -> None:
    nameless = a_case(court=None, organ=None)

    with pytest.raises(Conflict) as refusal, database.writing() as session:
        repository.add(session, [(uuid7(), nameless), (uuid7(), nameless)], now=NOW)

    assert refusal.value.code == "litigation.unit_taken"


def test_a_cancelled_unit_frees_its_number(database: Database) -> None:
    with database.writing() as session:
        repository.add(session, [(uuid7(), a_case(cancelled=True)), (uuid7(), a_case())], now=NOW)
        repository.add(session, [(uuid7(), a_case(instance=Instance.SECOND))], now=NOW)

    with database.reading() as session:
        assert len(repository.by_numbers(session, [a_case().case_number])) == 2


@pytest.mark.parametrize(
    "values",
    [
        {"version": 0},
        {"first_heard_on": date(2022, 2, 1)},
        {"closed_on": date(2022, 2, 1)},
        {"closed_on": date(2022, 4, 5)},
        {"result": None},
        {"result": "upheld"},
        {"delivered_on": date(2022, 4, 1)},
        {"performed_on": date(2022, 4, 1)},
        {"performed_on": None},
        {"performed_fen": -1},
        {"appearance_notified": True},
    ],
)
def test_the_database_refuses_what_no_case_may_say(database: Database, values: dict[str, Any]) -> None:
    with database.writing() as session:
        repository.add(session, [(uuid7(), a_case(Status.PERFORMED))], now=NOW)

    with pytest.raises(IntegrityError), database.writing() as session:
        session.execute(update(CaseRow).values(**values))


def test_the_journal_keeps_what_was_entered(database: Database) -> None:
    case_id = uuid7()
    entered = {"hearings": (a_hearing(),), "closed_on": None}

    with database.writing() as session:
        JOURNAL.note(session, [Note(case_id, 1, Step.CORRECT, HEARD_ON, "笔误", entered)], now=NOW)

    with database.reading() as session:
        words = session.execute(select(JOURNAL.table.c.words)).scalar_one()
        key = TABLES.vault.open_keys(session, [case_id])[case_id]
        (entry,) = JOURNAL.history(session, case_id)
    assert entry.reason == "笔误"
    assert "笔误" not in words
    told = key.unseal(table="journal", column="words/1", row=case_id, sealed=words)
    assert told is not None
    assert '"on":"2022-04-06","appearance":"deputy"' in told


def test_a_case_that_is_not_there_is_not_found(database: Database) -> None:
    with database.writing() as session, pytest.raises(NotFound, match="没有这件应诉案件"):
        repository.load_for_update(session, uuid7())


def test_every_status_finds_its_own_cases_only(database: Database) -> None:
    filed: dict[Status, Case] = {}
    with database.writing() as session:
        for n, status in enumerate(Status):
            filed[status] = a_case(status, case_number=f"（2022）内0625行初{n}号")
            repository.add(session, [(uuid7(), filed[status])], now=NOW + timedelta(seconds=n))

    with database.reading() as session:
        for status, case in filed.items():
            rows = repository.listed(session, after=None, limit=10, status=status)
            assert [repository.to_domain(row) for row in rows] == [case]


def test_the_path_to_the_migrations_is_that_of_the_service() -> None:
    assert Path(main.__file__).parent == main.MIGRATIONS.parent
