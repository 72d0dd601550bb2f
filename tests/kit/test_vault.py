"""What is sealed opens in its own place and nowhere else; keys that do not fit are refused in a clear sentence."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import MetaData, event, func, inspect, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from shared.kernel.errors import Conflict
from shared.kit import vault_tables
from shared.kit.cipher_suites import GM, INTL, SUITES, SealBroken, Suite
from shared.kit.database import Database
from shared.kit.keys import Keys
from shared.kit.vault import Vault
from shared.kit.vault_erasure import erase
from shared.kit.vault_keys import CaseKey, FileMaster, KeyUnusable
from shared.kit.vault_tables import INDEX
from tests.kit.crowd import at_once
from tests.support.vaults import MASTER, NOW, Books, a_person, opened

CASE = UUID(int=1)
ROW = UUID(int=2)
PLACE: dict[str, Any] = {"table": "party", "column": "name", "row": ROW}


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


def _case_key(suite: Suite, *, service: str = "mediation", case_id: UUID = CASE, key: int = 1) -> CaseKey:
    return CaseKey(service, case_id, suite, suite.sealer(bytes([key]) * suite.key_bytes))


@given(value=st.text(st.characters(codec="utf-8"), max_size=50))
@pytest.mark.parametrize("of", SUITES.values(), ids=SUITES)
def test_what_is_sealed_opens_again(of: Suite, value: str) -> None:
    key = _case_key(of)

    sealed = key.seal(value=value, **PLACE)

    assert sealed.isascii()
    assert sealed.startswith(f"v1.{of.name}.")
    assert key.unseal(sealed=sealed, **PLACE) == value


def test_the_same_value_never_looks_the_same_twice(suite: Suite) -> None:
    key = _case_key(suite)

    assert len({key.seal(value="张三", **PLACE) for _ in range(100)}) == 100


@pytest.mark.parametrize(
    "elsewhere",
    [
        {"table": "case_file"},
        {"column": "address"},
        {"row": UUID(int=3)},
    ],
    ids=["table", "column", "row"],
)
def test_a_value_moved_within_its_case_is_refused(suite: Suite, elsewhere: dict[str, Any]) -> None:
    key = _case_key(suite)
    sealed = key.seal(value="张三", **PLACE)

    with pytest.raises(SealBroken):
        key.unseal(sealed=sealed, **(PLACE | elsewhere))


@pytest.mark.parametrize(
    "other", [{"service": "litigation"}, {"case_id": UUID(int=9)}, {"key": 2}], ids=["service", "case", "key"]
)
def test_a_value_moved_to_another_case_or_service_is_refused(suite: Suite, other: dict[str, Any]) -> None:
    # The same key bytes on purpose: the place alone must be enough to refuse.
    sealed = _case_key(suite).seal(value="张三", **PLACE)

    with pytest.raises(SealBroken):
        _case_key(suite, **other).unseal(sealed=sealed, **PLACE)


def test_every_changed_character_is_noticed(suite: Suite) -> None:
    key = _case_key(suite)
    sealed = key.seal(value="张三", **PLACE)

    for place, character in enumerate(sealed):
        if place >= len(sealed) - 1:
            break  # the last character of base64 has bits that mean nothing
        changed = sealed[:place] + ("A" if character != "A" else "B") + sealed[place + 1 :]
        with pytest.raises(SealBroken):
            key.unseal(sealed=changed, **PLACE)


@pytest.mark.parametrize(
    "garbage", ["", "张三", "v1.intl.AAAA", "v1.gm.AAAA.AAAA", "v1.intl..", "v2.intl.AA.AA"]
)
def test_what_was_never_sealed_is_refused_without_being_repeated(suite: Suite, garbage: str) -> None:
    with pytest.raises(SealBroken) as refusal:
        _case_key(suite).unseal(sealed=garbage, **PLACE)

    assert refusal.value.__cause__ is None
    assert refusal.value.__suppress_context__
    assert "张三" not in str(refusal.value)


def test_keys_do_not_show_themselves(books: Books) -> None:
    with books.database.writing() as session:
        key = books.vault.new_key(session, CASE)
        held = books.vault._active(session, INDEX)

    assert held.mac_key.hex() not in repr(held)
    assert str(held.mac_key) not in repr(held)
    assert repr(key).startswith("<shared.kit.vault_keys.CaseKey object")
    assert not hasattr(key, "__dict__")


def test_keys_of_cases_come_back_from_the_books(books: Books, database_url: str, suite: Suite) -> None:
    ids = [uuid4() for _ in range(50)]
    with books.database.writing() as session:
        sealed = {
            case_id: key.seal(value=str(case_id), **PLACE)
            for case_id, key in books.vault.new_keys(session, ids).items()
        }

    replica = opened(database_url, suite=suite)
    with replica.database.reading() as session:
        keys = replica.vault.open_keys(session, [*ids, uuid4()])
    replica.database.dispose()

    assert set(keys) == set(ids)
    assert all(keys[id_].unseal(sealed=sealed[id_], **PLACE) == str(id_) for id_ in ids)


def test_a_list_opens_its_keys_in_one_query(books: Books, database_url: str, suite: Suite) -> None:
    # Also in a process that has not met the service's key yet: between two queries a rotation could retire it.
    ids = [uuid4() for _ in range(20)]
    asked: list[str] = []
    with books.database.writing() as session:
        books.vault.new_keys(session, ids)
    replica = opened(database_url, suite=suite)

    with replica.database.reading() as session:
        event.listen(session.connection(), "before_cursor_execute", lambda *call: asked.append(call[2]))
        keys = replica.vault.open_keys(session, ids)
    replica.database.dispose()

    assert set(keys) == set(ids)
    assert len(asked) == 1


def test_a_case_gets_one_key_however_many_ask_at_once(books: Books) -> None:
    def ask(place: int) -> tuple[str, CaseKey]:
        with books.database.writing() as session:
            key = books.vault.key_for_change(session, CASE)
        return key.seal(value=str(place), **PLACE), key

    answers = at_once(8, ask)

    assert [answers[0][1].unseal(sealed=sealed, **PLACE) for sealed, _ in answers] == list("01234567")


def test_a_second_key_for_a_case_is_refused(books: Books) -> None:
    with books.database.writing() as session:
        books.vault.new_key(session, CASE)

    with pytest.raises(IntegrityError), books.database.writing() as session:
        books.vault.new_key(session, CASE)


def test_replicas_that_start_together_make_one_key_of_each_purpose(database_url: str, suite: Suite) -> None:
    opened(database_url, suite=suite).database.dispose()
    replicas = [opened(database_url, suite=suite) for _ in range(6)]

    at_once(6, lambda place: replicas[place].begin())

    with replicas[0].database.reading() as session:
        table = replicas[0].vault.tables.service_key
        purposes = session.execute(select(table.c.purpose).order_by(table.c.purpose)).scalars().all()
    for replica in replicas:
        replica.database.dispose()
    assert purposes == ["data", "index"]


def test_another_master_key_is_refused_at_the_start(books: Books, database_url: str, suite: Suite) -> None:
    stranger = opened(database_url, suite=suite, master=bytes(32))

    with pytest.raises(KeyUnusable) as refusal:
        stranger.begin()
    stranger.database.dispose()

    assert "请把原来的 master.key 放回密钥文件夹" in str(refusal.value)


def test_a_locked_vault_says_so(database_url: str) -> None:
    metadata = MetaData()
    vault = Vault(metadata, service="mediation")
    database = Database(database_url, metadata)
    metadata.create_all(database.engine)

    with pytest.raises(KeyUnusable, match="密钥库还没有打开"), database.writing() as session:
        vault.begin(session, NOW)
    database.dispose()


def test_a_wrapped_key_moved_to_another_case_is_refused(books: Books) -> None:
    other = UUID(int=8)
    table = books.vault.tables.case_key
    with books.database.writing() as session:
        books.vault.new_keys(session, [CASE, other])
        stolen = session.execute(select(table.c.wrapped).where(table.c.case_id == CASE)).scalar_one()
        session.execute(update(table).where(table.c.case_id == other).values(wrapped=stolen))

    with pytest.raises(KeyUnusable), books.database.reading() as session:
        books.vault.open_keys(session, [other])


def test_a_service_key_moved_to_another_service_is_refused(books: Books, suite: Suite) -> None:
    foreign = Vault(MetaData(), service="litigation")
    foreign.unlock(FileMaster(MASTER, suite), suite=suite)

    with pytest.raises(KeyUnusable), books.database.writing() as session:
        foreign.begin(session, NOW)


def test_both_suites_may_lie_in_one_database(database_url: str) -> None:
    first = opened(database_url, suite=INTL)
    first.begin()
    old = first.with_case(a_person(1))
    first.vault.unlock(FileMaster(MASTER, GM), suite=GM)
    first.begin()
    new = first.with_case(a_person(2))

    with first.database.reading() as session:
        names = [first.parties.listed(session, case_id)[0].name for case_id in (old, new)]
        suites = [
            session.execute(
                select(first.vault.tables.case_key.c.suite).where(
                    first.vault.tables.case_key.c.case_id == case_id
                )
            ).scalar_one()
            for case_id in (old, new)
        ]
    first.database.dispose()

    assert names == ["张***", "张***"]
    assert suites == ["intl", "gm"]


def test_a_blind_is_keyed_and_belongs_to_one_column(books: Books, suite: Suite, tmp_path: Path) -> None:
    with books.database.writing() as session:
        blind = books.vault.blind(session, "party.id_number", "11010119900101007X")
        again = books.vault.blind(session, "party.id_number", "11010119900101007X")
        elsewhere = books.vault.blind(session, "party.phone", "11010119900101007X")
    stranger = opened(f"sqlite:///{tmp_path / 'stranger.db'}", suite=suite)
    stranger.begin()
    with stranger.database.writing() as session:
        foreign = stranger.vault.blind(session, "party.id_number", "11010119900101007X")
    stranger.database.dispose()

    assert blind == again
    assert len({value.partition(".")[2] for value in (blind, elsewhere, foreign)}) == 3
    assert len(blind.partition(".")[2]) == 32


def test_the_master_key_of_this_machine_unlocks(tmp_path: Path) -> None:
    keys = Keys(tmp_path / "keys")

    first, second = FileMaster(keys.master_key()), FileMaster(keys.master_key())

    assert first.fingerprint == second.fingerprint
    assert second.unwrap(first.wrap(b"key", "here"), "here") == b"key"
    with pytest.raises(KeyUnusable):
        second.unwrap(first.wrap(b"key", "here"), "there")
    for damaged in (b"", b"key", first.wrap(b"key", "here")[:-1], b"gm." + first.wrap(b"key", "here")):
        with pytest.raises(KeyUnusable):
            second.unwrap(damaged, "here")
    with pytest.raises(KeyUnusable):
        FileMaster(b"short")


def test_the_migration_makes_the_tables_of_the_vault_and_keeps_destroyed_keys(database_url: str) -> None:
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext
    from alembic.operations import Operations

    from shared.kit import parties, representation

    metadata = MetaData()
    vault = Vault(metadata, service="mediation")
    parties.Parties(metadata, vault)
    database = Database(database_url, metadata)
    with database.engine.begin() as connection:
        operations = Operations(MigrationContext.configure(connection))
        vault_tables.create_tables(operations)
        parties.create_tables(operations)
        representation.create_tables(operations)

    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        made = {
            check["name"]
            for table in metadata.tables
            for check in inspect(connection).get_check_constraints(table)
        }
    declared = {
        constraint.name
        for table in metadata.tables.values()
        for constraint in table.constraints
        if type(constraint).__name__ == "CheckConstraint"
    }
    assert made == declared

    vault.unlock(FileMaster(MASTER))
    with database.writing() as session:
        vault.begin(session, NOW)
        erase(session, vault, CASE, NOW)
    for change in (
        update(vault.tables.destroyed_key).values(case_id=ROW),
        vault.tables.destroyed_key.delete(),
    ):
        with pytest.raises(DBAPIError), database.writing() as session:
            session.execute(change)
    database.dispose()


def test_an_import_of_many_cases_is_one_statement(books: Books) -> None:
    ids = [uuid4() for _ in range(3000)]

    with books.database.writing() as session:
        books.vault.new_keys(session, ids)

    with books.database.reading() as session:
        table = books.vault.tables.case_key
        assert session.execute(select(func.count(func.distinct(table.c.wrapped)))).scalar_one() == 3000


def test_a_case_that_was_erased_gets_no_key_again(books: Books) -> None:
    case_id = books.with_case(a_person())
    with books.database.writing() as session:
        erase(session, books.vault, case_id, NOW)

    with pytest.raises(Conflict) as refusal, books.database.writing() as session:
        books.vault.key_for_change(session, case_id)
    with pytest.raises(IntegrityError), books.database.writing() as session:
        books.vault.new_key(session, case_id)
    with pytest.raises(Conflict), books.database.writing() as session:
        books.parties.add(session, case_id, replace(a_person(), name="李四"), NOW)

    assert refusal.value.code == "party.case_erased"
