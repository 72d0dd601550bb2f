"""An erased case has no values any more: not in the books, not in a copy that is restored, not in the file."""

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from shared.kit.vault_erasure import (
    Destroyed,
    DestroyedList,
    destroyed,
    erase,
    reconcile,
    replay_destroyed,
    scrub,
)
from tests.kit.crowd import at_once
from tests.support.databases import only_sqlite
from tests.support.vaults import NOW, Books, a_person, identity_number, opened

LATER = NOW + timedelta(days=1)


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    found = opened(database_url)
    found.begin()
    yield found
    found.database.dispose()


def _erase(books: Books, case_id: UUID) -> Destroyed:
    with books.database.writing() as session:
        return erase(session, books.vault, case_id, NOW)


def test_erasing_empties_one_case_and_leaves_the_others(books: Books) -> None:
    gone, kept = books.with_case(a_person(1), a_person(2)), books.with_case(a_person(3))

    _erase(books, gone)

    with books.database.reading() as session:
        shown = books.parties.listed(session, gone)
        found = [books.parties.find_by_id_number(session, identity_number(place)) for place in (1, 2, 3)]
        row = session.execute(
            select(books.parties.table).where(books.parties.table.c.case_id == gone).limit(1)
        ).one()
        still = books.parties.listed(session, kept)
    assert [(party.name, party.id_number, party.erased) for party in shown] == [(None, None, True)] * 2
    assert (row.name, row.id_number, row.id_blind, row.phone, row.address) == (None,) * 5
    assert [len(each) for each in found] == [0, 0, 1]
    assert still[0].name == "张***"


def test_a_copy_of_a_sealed_value_is_worthless_after_the_erasure(books: Books) -> None:
    case_id = books.with_case(a_person())
    table = books.parties.table
    with books.database.reading() as session:
        copied = session.execute(select(table.c.id, table.c.name)).one()

    _erase(books, case_id)

    with books.database.reading() as session:
        key = books.vault.open_keys(session, [case_id])[case_id]
    assert key.erased
    assert key.unseal(table="party", column="name", row=copied.id, sealed=copied.name) is None


def test_erasing_twice_keeps_the_first_date(books: Books) -> None:
    case_id = books.with_case(a_person())
    first = _erase(books, case_id)

    with books.database.writing() as session:
        second = erase(session, books.vault, case_id, LATER)

    assert first == second == Destroyed(case_id, NOW)
    with books.database.reading() as session:
        assert destroyed(session, books.vault) == [first]


def test_a_restored_copy_is_erased_again_from_the_list(books: Books, tmp_path: Path) -> None:
    # An older copy is one in which the erasure never happened; a case from after it is not even known there.
    case_id, unknown = books.with_case(a_person()), uuid4()
    listed = DestroyedList(tmp_path / "keys" / "mediation.destroyed")
    listed.add([Destroyed(case_id, NOW), Destroyed(unknown, NOW)])

    replayed = [reconcile(books.database, books.vault, listed) for _ in range(2)]

    assert replayed == [2, 0]
    with books.database.reading() as session:
        assert books.parties.listed(session, case_id)[0].erased
        assert set(destroyed(session, books.vault)) == {Destroyed(case_id, NOW), Destroyed(unknown, NOW)}


@only_sqlite
def test_a_copy_from_before_the_erasure_forgets_again_when_it_starts(
    books: Books, tmp_path: Path, database_url: str
) -> None:
    case_id = books.with_case(a_person())
    scrub(books.database)
    shutil.copy(tmp_path / "books.db", tmp_path / "backup.db")
    listed = DestroyedList(tmp_path / "mediation.destroyed")
    listed.add([_erase(books, case_id)])

    restored = opened(f"sqlite:///{tmp_path / 'backup.db'}")
    restored.begin()
    with restored.database.reading() as session:
        before = restored.parties.listed(session, case_id)[0]
    reconcile(restored.database, restored.vault, listed)
    with restored.database.reading() as session:
        after = restored.parties.listed(session, case_id)[0]
    restored.database.dispose()

    assert (before.name, before.erased) == ("张***", False)
    assert (after.name, after.erased) == (None, True)


def test_a_replay_over_a_half_restored_copy_destroys_the_key_that_came_back(books: Books) -> None:
    case_id = books.with_case(a_person())
    table = books.vault.tables.case_key
    with books.database.reading() as session:
        row = session.execute(select(table)).one()._asdict()
    gone = _erase(books, case_id)
    with books.database.writing() as session:
        session.execute(table.update().values(**row))

    with books.database.writing() as session:
        replayed = replay_destroyed(session, books.vault, [gone])

    assert replayed == 1
    with books.database.reading() as session:
        assert books.vault.open_keys(session, [case_id])[case_id].erased


def test_a_list_that_was_lost_is_written_again_from_the_books(books: Books, tmp_path: Path) -> None:
    gone = [_erase(books, books.with_case(a_person(place))) for place in range(3)]
    listed = DestroyedList(tmp_path / "mediation.destroyed")
    listed.add(gone[:1])
    with listed.path.open("ab") as file:
        file.write(b'{"case_id": "torn')

    reconcile(books.database, books.vault, listed)

    assert set(listed.read()) == set(gone)
    assert len(listed.read()) == 3
    assert listed.path.stat().st_mode & 0o077 == 0


def test_replicas_may_write_the_list_at_once(tmp_path: Path) -> None:
    listed = DestroyedList(tmp_path / "mediation.destroyed")
    entries = [Destroyed(uuid4(), NOW) for _ in range(20)]

    at_once(20, lambda place: listed.add([entries[place]]))

    assert set(listed.read()) == set(entries)


@only_sqlite
def test_the_files_of_the_database_no_longer_hold_the_key(books: Books, tmp_path: Path) -> None:
    cases = [books.with_case(a_person(place)) for place in range(200)]
    table = books.vault.tables.case_key
    with books.database.reading() as session:
        wrapped = session.execute(select(table.c.wrapped)).scalars().all()
        names = session.execute(select(books.parties.table.c.name)).scalars().all()

    def lying_about() -> tuple[int, int]:
        raw = b"".join(path.read_bytes() for path in tmp_path.glob("books.db*"))
        return sum(key in raw for key in wrapped), sum(name.encode() in raw for name in names)

    before = lying_about()
    for case_id in cases:
        _erase(books, case_id)
    scrub(books.database)

    assert before == (200, 200)
    assert lying_about() == (0, 0)
