"""New keys for old: every value stays readable, and what is left behind is gone."""

import itertools
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event, func, select, text
from sqlmodel import Session

from shared.kernel.errors import Conflict
from shared.kit import vault_rotation
from shared.kit.cipher_suites import GM, INTL, Suite
from shared.kit.vault_erasure import erase
from shared.kit.vault_keys import FileMaster, KeyUnusable
from shared.kit.vault_rotation import Rotation, rotate_index_key, rotate_master, rotate_service_key
from shared.kit.vault_tables import ACTIVE, DATA, INDEX, RETIRED, RETIRING
from tests.kit.crowd import at_once
from tests.support.databases import only_postgresql
from tests.support.vaults import MASTER, NOW, Books, a_person, identity_number, opened
from tests.support.waiting import until_now

CASES = 25
CASE = UUID(int=1)
NEW_MASTER = bytes(range(1, 33))


class Stopped(Exception):
    """The process died here."""


@pytest.fixture(params=[INTL, GM], ids=lambda suite: suite.name)
def suite(request: pytest.FixtureRequest) -> Suite:
    chosen: Suite = request.param
    return chosen


@pytest.fixture
def books(database_url: str, suite: Suite) -> Iterator[Books]:
    found = opened(database_url, suite=suite)
    found.begin()
    yield found
    found.database.dispose()


@pytest.fixture
def cases(books: Books) -> dict[UUID, int]:
    return {books.with_case(a_person(place)): place for place in range(CASES)}


def states(books: Books, purpose: str) -> dict[str, str]:
    """kid → state of the keys of one purpose."""
    table = books.vault.tables.service_key
    with books.database.reading() as session:
        rows = session.execute(select(table.c.kid, table.c.state).where(table.c.purpose == purpose)).all()
    return {row.kid: row.state for row in rows}


def numbers(books: Books, cases: dict[UUID, int]) -> dict[UUID, str | None]:
    """case → the identity number of its party, in full."""
    found: dict[UUID, str | None] = {}
    with books.database.reading() as session:
        for case_id in cases:
            (party,) = books.parties.listed(session, case_id)
            found[case_id] = books.parties.reveal(session, case_id, party.id).id_number
    return found


def expected(cases: dict[UUID, int]) -> dict[UUID, str | None]:
    return {case_id: identity_number(place) for case_id, place in cases.items()}


@contextmanager
def dying_at_commit(number: int) -> Iterator[None]:
    """The transaction with this number, counted from one, does not get to its commit."""
    commits = itertools.count(1)

    def bomb(_session: Session) -> None:
        if next(commits) >= number:
            raise Stopped

    event.listen(Session, "before_commit", bomb)
    try:
        yield
    finally:
        event.remove(Session, "before_commit", bomb)


def test_a_new_service_key_keeps_every_value_and_destroys_the_old_key(
    books: Books, cases: dict[UUID, int], database_url: str, suite: Suite
) -> None:
    (old,) = states(books, DATA)

    done = rotate_service_key(books.database, books.vault, NOW, batch=10)

    assert done == Rotation(active=done.active, moved=CASES, retired=(old,))
    assert states(books, DATA) == {old: RETIRED, done.active: ACTIVE}
    replica = opened(database_url, suite=suite)
    assert numbers(replica, cases) == numbers(books, cases) == expected(cases)
    with books.database.reading() as session:
        table = books.vault.tables.service_key
        wrapped = session.execute(select(table.c.wrapped).where(table.c.kid == old)).scalar_one()
    replica.database.dispose()
    assert wrapped is None


def test_each_rotation_is_a_new_key(books: Books, cases: dict[UUID, int]) -> None:
    made = {rotate_service_key(books.database, books.vault, NOW).active for _ in range(3)}

    assert len(made) == 3
    assert sorted(states(books, DATA).values()) == [ACTIVE, RETIRED, RETIRED, RETIRED]
    assert numbers(books, cases) == expected(cases)


def test_a_rotation_moves_to_the_other_suite(books: Books, cases: dict[UUID, int], suite: Suite) -> None:
    other = GM if suite is INTL else INTL
    books.vault.unlock(FileMaster(MASTER, other), suite=other)

    done = rotate_service_key(books.database, books.vault, NOW)

    table = books.vault.tables.service_key
    with books.database.reading() as session:
        now_under = session.execute(select(table.c.suite).where(table.c.kid == done.active)).scalar_one()
    assert now_under == other.name
    assert numbers(books, cases) == expected(cases)


@pytest.mark.parametrize("purpose", [DATA, INDEX])
def test_a_rotation_that_died_is_finished_and_not_begun_again(
    books: Books, cases: dict[UUID, int], purpose: str
) -> None:
    rotate = rotate_service_key if purpose == DATA else rotate_index_key
    (old,) = states(books, purpose)
    with pytest.raises(Stopped), dying_at_commit(4):
        rotate(books.database, books.vault, NOW, batch=5)

    between = states(books, purpose)
    with books.database.reading() as session:
        found_between = books.parties.find_by_id_number(session, identity_number(CASES - 1))
    readable_between = numbers(books, cases)
    done = rotate(books.database, books.vault, NOW, batch=5)

    assert sorted(between.values()) == [ACTIVE, RETIRING]
    assert between[old] == RETIRING
    assert readable_between == expected(cases)
    assert len(found_between) == 1
    assert done.active in between
    assert 0 < done.moved < CASES
    assert done.retired == (old,)
    assert numbers(books, cases) == expected(cases)


def test_two_rotations_at_once_are_one(books: Books, cases: dict[UUID, int]) -> None:
    with books.database.leadership("vault") as held:
        assert held
        with pytest.raises(Conflict) as refusal:
            rotate_service_key(books.database, books.vault, NOW)

    assert refusal.value.code == "vault.rotation_running"
    assert list(states(books, DATA).values()) == [ACTIVE]


def test_what_other_replicas_write_during_rotations_is_never_lost(
    books: Books, cases: dict[UUID, int], database_url: str, suite: Suite
) -> None:
    writers = [opened(database_url, suite=suite) for _ in range(3)]

    def work(place: int) -> dict[UUID, int]:
        if place == 0:
            for _ in range(4):
                rotate_service_key(books.database, books.vault, NOW, batch=5)
                rotate_index_key(books.database, books.vault, NOW, batch=5)
            return {}
        ours = range(1000 * place, 1000 * place + 15)
        return {writers[place - 1].with_case(a_person(number)): number for number in ours}

    everything = dict(cases)
    for written in at_once(4, work):
        everything |= written

    assert numbers(books, everything) == expected(everything)
    with books.database.reading() as session:
        for case_id, place in everything.items():
            found = books.parties.find_by_id_number(session, identity_number(place))
            assert [each.case_id for each in found] == [case_id]
    for writer in writers:
        writer.database.dispose()


def test_a_new_index_key_finds_everything_and_leaves_no_old_index(
    books: Books, cases: dict[UUID, int]
) -> None:
    (old,) = states(books, INDEX)

    done = rotate_index_key(books.database, books.vault, NOW, batch=10)

    assert done.moved == CASES
    assert states(books, INDEX) == {old: RETIRED, done.active: ACTIVE}
    with books.database.reading() as session:
        for case_id, place in cases.items():
            found = books.parties.find_by_id_number(session, identity_number(place))
            assert [each.case_id for each in found] == [case_id]
        column = books.parties.table.c.id_blind
        left = session.execute(select(func.count()).where(column.startswith(f"{old}."))).scalar_one()
    assert left == 0


def test_another_master_key_wraps_the_keys_and_the_old_one_opens_nothing(
    books: Books, cases: dict[UUID, int], database_url: str, suite: Suite
) -> None:
    old, new = FileMaster(MASTER, suite), FileMaster(NEW_MASTER, suite)

    moved = [rotate_master(books.database, books.vault, old, new) for _ in range(2)]

    assert moved == [2, 0]
    assert numbers(books, cases) == expected(cases)
    with_new = opened(database_url, suite=suite, master=NEW_MASTER)
    with_new.begin()
    assert numbers(with_new, cases) == expected(cases)
    with_old = opened(database_url, suite=suite)
    with pytest.raises(KeyUnusable):
        with_old.begin()
    for each in (with_new, with_old):
        each.database.dispose()


def test_a_master_that_does_not_fit_changes_nothing(
    books: Books, cases: dict[UUID, int], suite: Suite
) -> None:
    wrong, new = FileMaster(bytes(32), suite), FileMaster(NEW_MASTER, suite)

    with pytest.raises(KeyUnusable, match="什么也没有改动"):
        rotate_master(books.database, books.vault, wrong, new)

    assert numbers(books, cases) == expected(cases)


def test_an_erased_case_stays_erased_through_rotations(books: Books, cases: dict[UUID, int]) -> None:
    erased = next(iter(cases))
    with books.database.writing() as session:
        erase(session, books.vault, erased, NOW)

    rotate_service_key(books.database, books.vault, NOW)
    rotate_index_key(books.database, books.vault, NOW)

    assert numbers(books, cases) == expected(cases) | {erased: None}


def _begun(work: Callable[[], object]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def _until_done_or_waiting(books: Books, thread: threading.Thread) -> None:
    """Until `thread` has done its work, or PostgreSQL lets it wait for a lock of ours."""
    asked = text(
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )

    def waits() -> bool:
        with books.database.engine.connect() as connection:
            return bool(connection.execute(asked).scalar_one())

    until_now(lambda: not thread.is_alive() or waits(), what="the other one is done or waits")


@only_postgresql
def test_a_rotation_waits_for_whoever_writes_under_the_old_key(
    books: Books, database_url: str, suite: Suite
) -> None:
    rotator = opened(database_url, suite=suite)
    rotator.begin()

    with books.database.writing() as session:
        added = books.parties.add(session, CASE, a_person(1), NOW)
        rotation = _begun(lambda: rotate_service_key(rotator.database, rotator.vault, NOW))
        _until_done_or_waiting(books, rotation)
    rotation.join(timeout=30)

    replica = opened(database_url, suite=suite)
    with replica.database.reading() as session:
        assert replica.parties.reveal(session, CASE, added.id).id_number == identity_number(1)
    for each in (rotator, replica):
        each.database.dispose()
    assert sorted(states(books, DATA).values()) == [ACTIVE, RETIRED]


@only_postgresql
def test_a_correction_during_a_new_index_is_found_under_its_new_number(
    books: Books, database_url: str, suite: Suite
) -> None:
    case_id = books.with_case(a_person(1))
    clerk = opened(database_url, suite=suite)
    with clerk.database.reading() as session:
        (party,) = clerk.parties.listed(session, case_id)
    corrections: list[threading.Thread] = []

    def correct() -> None:
        with clerk.database.writing() as session:
            clerk.parties.replace(session, case_id, party.id, a_person(2), if_match=None)

    def before(*call: Any) -> None:
        # The indexer has read the row and is about to write its blind.
        if call[2].startswith("UPDATE party") and not corrections:
            corrections.append(_begun(correct))
            _until_done_or_waiting(clerk, corrections[0])

    event.listen(books.database._writer, "before_cursor_execute", before)
    rotate_index_key(books.database, books.vault, NOW)
    corrections[0].join(timeout=30)

    with clerk.database.reading() as session:
        found = [clerk.parties.find_by_id_number(session, identity_number(place)) for place in (1, 2)]
    clerk.database.dispose()
    assert [len(each) for each in found] == [0, 1]


def test_a_case_filed_after_another_process_rotated_stands_under_the_new_key(
    books: Books, database_url: str, suite: Suite
) -> None:
    clerk = opened(database_url, suite=suite)
    clerk.begin()
    vault = clerk.vault

    def filed(number: int) -> UUID:
        case_id = UUID(int=number)
        with clerk.database.writing() as session:
            keys, drawn = vault.draw_keys(session, [case_id])
            sealed[case_id] = keys[case_id].seal(table="t", column="c", row=case_id, value=str(number))
            vault.keep_keys(session, drawn)
        return case_id

    sealed: dict[UUID, str] = {}
    first = filed(901)
    rotated = rotate_service_key(books.database, books.vault, NOW)
    second, third = filed(902), filed(903)

    with clerk.database.reading() as session:
        table = vault.tables.case_key
        kids = {row.case_id: row.kid for row in session.execute(select(table.c.case_id, table.c.kid))}
        found = vault.open_keys(session, sealed)
    clerk.database.dispose()
    assert {kids[each] for each in (first, second, third)} == {rotated.active}
    for case_id, words in sealed.items():
        told = found[case_id].unseal(table="t", column="c", row=case_id, sealed=words)
        assert told == str(case_id.int)


@pytest.mark.parametrize("purpose", [DATA, INDEX])
def test_a_key_that_is_still_needed_is_never_destroyed(
    books: Books, cases: dict[UUID, int], purpose: str, suite: Suite
) -> None:
    with books.database.writing() as session:
        vault_rotation._succeed(session, books.vault, purpose, suite, NOW)

    with books.database.writing() as session:
        gone = vault_rotation._retire(session, books.vault, purpose)

    assert gone == ()
    assert sorted(states(books, purpose).values()) == [ACTIVE, RETIRING]
    assert numbers(books, cases) == expected(cases)
