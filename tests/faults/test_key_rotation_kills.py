"""Kill -9 while keys are changed and cases are erased: every value keeps exactly one key, what is erased stays erased.

The child says each statement and each commit; the test lets it say a random number of lines and kills it there. The
next child goes on with what it finds.
"""

import random
import subprocess
import sys
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlmodel import Session

from shared.kit.cipher_suites import INTL, NONCE_BYTES, Sealer
from shared.kit.vault_erasure import destroyed
from shared.kit.vault_rotation import rotate_index_key, rotate_service_key
from shared.kit.vault_tables import ACTIVE, DATA, INDEX, RETIRED, RETIRING
from tests.support.processes import ROOT
from tests.support.vaults import NOW, Books, a_person, identity_number, opened

CASES = 300
KILLS = 20
ERASED_A_KILL = 3
SEARCHED = 20  # cases whose number is looked for after each kill
# A whole turn (all keys of cases, then all indexes) says about 250 lines.
MOST_LINES = 200
SEED = 20261122


@dataclass
class Account:
    """What must hold: which case has which number, and which were erased and said to be."""

    cases: dict[UUID, int]
    erased: set[UUID] = field(default_factory=set)
    asked: set[UUID] = field(default_factory=set)  # erased or not: the child died before it could say
    rotations: int = 0


def test_kills_while_keys_are_changed_lose_nothing_and_bring_nothing_back(database_url: str) -> None:
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    books = opened(database_url)
    books.begin()
    account = Account({books.with_case(a_person(place)): place for place in range(CASES)})
    first = _keys(books)

    inside = 0
    for _ in range(KILLS):
        _run_and_kill(database_url, account, dice)
        inside += _is_unfinished(books)
        _check(books, account)

    rotate_service_key(books.database, books.vault, NOW)
    rotate_index_key(books.database, books.vault, NOW)
    _check(books, account)
    print(
        f"{inside} of {KILLS} kills found a rotation unfinished;"
        f" {account.rotations} were finished meanwhile; {len(account.erased)} cases erased"
    )
    _check_only_the_newest_keys_are_left(books, first)
    assert inside >= KILLS / 2
    assert len(account.erased) > KILLS
    assert account.rotations > 0
    books.database.dispose()


def _run_and_kill(url: str, account: Account, dice: random.Random) -> None:
    """Let a child work until it has said a random number of lines, and kill it in the middle of whatever follows."""
    alive = [case_id for case_id in account.cases if case_id not in account.erased | account.asked]
    to_erase = dice.sample(alive, ERASED_A_KILL)
    account.asked.update(to_erase)
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.key_rotation_child", url, *map(str, to_erase)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert child.stdout is not None
    for _ in range(dice.randint(1, MOST_LINES)):
        line = child.stdout.readline()
        assert line, f"the child ended by itself: {child.wait()}"
        _hear(account, line)
    child.kill()
    for line in child.stdout.read().splitlines(keepends=True):
        _hear(account, line)  # said before it died
    child.stdout.close()
    child.wait()


def _hear(account: Account, line: str) -> None:
    word, _, case_id = line.partition(" ")
    if word == "erased" and line.endswith("\n"):
        account.erased.add(UUID(case_id.strip()))
    account.rotations += word in {"rotated", "reindexed"}


def _is_unfinished(books: Books) -> bool:
    table = books.vault.tables.service_key
    with books.database.reading() as session:
        return session.execute(select(table.c.kid).where(table.c.state == RETIRING)).first() is not None


def _keys(books: Books) -> set[str]:
    table = books.vault.tables.service_key
    with books.database.reading() as session:
        return set(session.execute(select(table.c.kid)).scalars())


def _check(books: Books, account: Account) -> None:
    """Every case: erased for good, or with one key that exactly one service key opens and that opens its values."""
    fresh = opened(books.database.url.render_as_string(hide_password=False))
    fresh.begin()
    with fresh.database.reading() as session:
        gone = {each.case_id for each in destroyed(session, fresh.vault)}
        assert account.erased <= gone <= account.erased | account.asked
        _check_wrapping(fresh, session, account, gone)
        _check_values(fresh, session, account, gone)
        for case_id in sorted(account.cases)[:: CASES // SEARCHED]:
            number = identity_number(account.cases[case_id])
            found = [each.case_id for each in fresh.parties.find_by_id_number(session, number)]
            assert found == ([] if case_id in gone else [case_id])
    account.erased |= gone  # found erased once, it must stay so
    fresh.database.dispose()


def _check_wrapping(books: Books, session: Session, account: Account, gone: set[UUID]) -> None:
    table = books.vault.tables.service_key
    live = session.execute(
        select(table.c.kid, table.c.state).where(table.c.purpose == DATA, table.c.state != RETIRED)
    ).all()
    assert [row.state for row in live].count(ACTIVE) == 1
    sealers = {row.kid: books.vault.service_key(session, row.kid).sealer for row in live}
    rows = session.execute(select(books.vault.tables.case_key)).all()
    assert {row.case_id for row in rows} == set(account.cases)
    for row in rows:
        if row.case_id in gone:
            assert (row.wrapped, row.kid) == (None, None)
        else:
            place = books.vault.place_of_case_key(row.case_id, INTL.name)
            assert [kid for kid in sealers if _opens(sealers[kid], row.wrapped, place)] == [row.kid]


def _check_values(books: Books, session: Session, account: Account, gone: set[UUID]) -> None:
    keys = books.vault.open_keys(session, account.cases)
    rows = session.execute(select(books.parties.table)).all()
    read = {
        row.case_id: keys[row.case_id].unseal(
            table="party", column="id_number", row=row.id, sealed=row.id_number
        )
        for row in rows
    }
    assert read == {
        case_id: None if case_id in gone else identity_number(place)
        for case_id, place in account.cases.items()
    }
    left = {
        row.case_id for row in rows if any((row.name, row.id_number, row.id_blind, row.phone, row.address))
    }
    assert left == set(account.cases) - gone


def _opens(sealer: Sealer | None, wrapped: bytes, place: bytes) -> bool:
    assert sealer is not None
    try:
        sealer.decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], place)
    except InvalidTag:
        return False
    return True


def _check_only_the_newest_keys_are_left(books: Books, first: set[str]) -> None:
    table, keys = books.vault.tables.service_key, books.vault.tables.case_key
    with books.database.reading() as session:
        rows = session.execute(select(table)).all()
        used = set(session.execute(select(keys.c.kid).where(keys.c.kid.is_not(None))).scalars())
    assert first <= {row.kid for row in rows if row.wrapped is None}
    assert sorted((row.purpose, row.state) for row in rows if row.wrapped is not None) == [
        (DATA, ACTIVE),
        (INDEX, ACTIVE),
    ]
    assert used == {row.kid for row in rows if row.purpose == DATA and row.state == ACTIVE}
