"""Parties of a case: what may be entered, what is kept, what is shown, what is found again."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from shared.kernel.errors import NotFound, RuleViolation
from shared.kit.parties import Parties
from shared.kit.party_entries import PartyEntry, PartyKind, checked, normalised_number
from shared.kit.problems import StaleVersion
from tests.support.vaults import NOW, Books, a_person, identity_number, opened

TODAY = date(2026, 11, 22)
CARD = "11010119900307109X"
COMPANY = "91110000600037341L"


@pytest.fixture
def books(database_url: str) -> Iterator[Books]:
    found = opened(database_url)
    found.begin()
    yield found
    found.database.dispose()


def enter(**values: Any) -> PartyEntry:
    entered = {
        "role": "applicant",
        "kind": PartyKind.NATURAL,
        "name": "张三丰",
        "id_number": None,
        "phone": None,
        "address": None,
    }
    return checked(**(entered | values), on=TODAY)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (CARD, CARD),
        (CARD.lower(), CARD),
        ("１１０１０１１９９００３０７１０９Ｘ", CARD),
        (" 110101 19900307 109x ", CARD),
        (identity_number(3), identity_number(3)),
    ],
)
def test_an_identity_number_is_kept_in_one_form(written: str, kept: str) -> None:
    assert enter(id_number=written).id_number == kept


def _card(stem: str) -> str:
    from stdnum.cn import ric

    return stem + str(ric.calc_check_digit(f"{stem}0"))


def test_a_card_of_a_region_that_no_list_knows_is_accepted() -> None:
    # 830000: residents from Taiwan; 9…: foreigners' permanent residence.
    assert enter(id_number=_card("83000019900101001")).id_number
    assert enter(id_number=_card("91112319900101001")).id_number


@pytest.mark.parametrize(
    "number",
    [
        "110101199003071090",  # check character
        "11010119900307109",  # a digit short
        "110101900307109",  # fifteen digits: void since 2013
        _card("11010119901301001"),  # thirteenth month
        _card("11010120270101001"),  # not yet born
        _card("11010118990101001"),  # too old to live
        "abcdefghijklmnopqr",
        "张三",
        "",
        "1" * 5000,
    ],
)
def test_a_wrong_identity_number_is_refused_without_being_repeated(number: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        enter(id_number=number)

    assert refusal.value.code == "party.identity_number_wrong"
    assert refusal.value.field == "id_number"
    assert not number or number not in str(refusal.value)
    assert refusal.value.__cause__ is None


@pytest.mark.parametrize("code", [COMPANY, COMPANY.lower(), "9111 0000-6000 37341l", "N2150625MF1234567G"])
def test_an_organisation_has_a_credit_code(code: str) -> None:
    # N2…: a rural collective, as they are registered since 2018.
    from stdnum.cn import uscc

    compact = normalised_number(code)
    code = code if compact[0] != "N" else compact[:-1] + uscc.calc_check_digit(compact)
    entry = enter(kind=PartyKind.ORGANISATION, name="乌兰木伦嘎查股份经济合作社", id_number=code)

    assert entry.id_number is not None
    assert len(entry.id_number) == 18


@pytest.mark.parametrize("code", ["91110000600037341M", "9111000060003734", CARD.replace("1", "I"), ""])
def test_a_wrong_credit_code_is_refused(code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        enter(kind=PartyKind.ORGANISATION, name="某公司", id_number=code)

    assert refusal.value.code == "party.organisation_code_wrong"


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("13812345678", "13812345678"),
        ("+86 138-1234-5678", "13812345678"),
        ("１３８１２３４５６７８", "13812345678"),
        ("0477-8123456", "0477-8123456"),
        ("(010) 62345678", "01062345678"),
        ("+86 10 62345678", "01062345678"),
        ("0477-8123456转801", "0477-8123456-801"),
    ],
)
def test_a_phone_is_kept_in_one_form(written: str, kept: str) -> None:
    assert enter(phone=written).phone == kept


@pytest.mark.parametrize("phone", ["12812345678", "1381234567", "8123456", "打电话给我", "", CARD, "1" * 999])
def test_a_wrong_phone_is_refused(phone: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        enter(phone=phone)

    assert refusal.value.code == "party.phone_wrong"


@pytest.mark.parametrize(
    "name", ["", "  ", "张" * 101, "张\x00三", "张\n三", "\ud800", CARD, "李四13812345678"]
)
def test_a_wrong_name_is_refused_without_being_repeated(name: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        enter(name=name)

    assert refusal.value.code == "party.name_wrong"
    assert refusal.value.__context__ is None
    assert not name.strip() or name not in str(refusal.value)


@pytest.mark.parametrize("name", ["张", "𠮷田茂", "阿卜杜拉·买买提", "张" * 100, "John Smith", "\ue000"])
def test_names_of_all_kinds_are_kept(name: str) -> None:
    assert enter(name=name).name == name


@pytest.mark.parametrize("address", ["", "某" * 301, "某\x1b街"])
def test_a_wrong_address_is_refused(address: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        enter(address=address)

    assert refusal.value.code == "party.address_wrong"
    assert refusal.value.__context__ is None


@given(number=st.text(max_size=30))
def test_normalising_a_number_twice_changes_nothing(number: str) -> None:
    once = normalised_number(number)

    # Upper case can be longer than what it was made from; what is compared must be stable where it matters.
    assert not once.isascii() or normalised_number(once) == once


def test_an_entry_does_not_show_itself() -> None:
    shown = repr(a_person(7))

    assert all(value not in shown for value in ("张三丰", identity_number(7), "138", "内蒙古"))


def test_a_party_is_shown_masked_and_revealed_in_full(books: Books) -> None:
    case_id = books.with_case(a_person(7))

    with books.database.reading() as session:
        (shown,) = books.parties.listed(session, case_id)
        plain = books.parties.reveal(session, case_id, shown.id)

    number = identity_number(7)
    assert (shown.name, shown.id_number) == ("张***", f"11{'*' * 14}{number[-2:]}")
    assert (shown.phone, shown.address) == ("138******07", "内蒙古自治区****")
    assert (plain.name, plain.id_number) == ("张三丰7", number)
    assert (plain.phone, plain.address) == ("13800000007", "内蒙古自治区鄂尔多斯市东胜区7号")
    assert "张三丰" not in repr(plain)


def test_what_is_shown_on_entry_is_what_the_list_shows(books: Books) -> None:
    case_id = uuid4()
    with books.database.writing() as session:
        added = books.parties.add(session, case_id, a_person(7, phone=None), NOW)
        changed = books.parties.replace(session, case_id, added.id, a_person(8), if_match='"1"')
        (shown,) = books.parties.listed(session, case_id)

    assert changed == shown
    assert (added.version, changed.version) == (1, 2)


def test_an_organisation_is_shown_by_its_whole_name(books: Books) -> None:
    case_id = uuid4()
    entry = enter(kind=PartyKind.ORGANISATION, name="鄂尔多斯市某某建筑有限公司", id_number=COMPANY)
    with books.database.writing() as session:
        added = books.parties.add(session, case_id, entry, NOW)

    assert added.name == "鄂尔多斯市某某建筑有限公司"
    assert added.id_number == f"91{'*' * 14}1L"


def test_nothing_plain_lies_in_the_table(books: Books) -> None:
    books.with_case(a_person(7))

    with books.database.reading() as session:
        row = str(session.execute(select(books.parties.table)).one())

    for value in ("张三丰", identity_number(7), "19900101", "13800000007", "鄂尔多斯"):
        assert value not in row


def test_a_number_is_found_in_every_way_of_writing_it(books: Books) -> None:
    first, second = books.with_case(a_person(7)), books.with_case(a_person(7, name="另一人"), a_person(9))
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in identity_number(7))

    with books.database.reading() as session:
        for written in (identity_number(7), f" {identity_number(7).lower()} ", wide):
            found = books.parties.find_by_id_number(session, written)
            assert {each.case_id for each in found} == {first, second}
        assert books.parties.find_by_id_number(session, identity_number(8)) == []
        assert books.parties.find_by_id_number(session, identity_number(7)[:17]) == []


def test_a_corrected_number_is_found_under_the_new_one_only(books: Books) -> None:
    case_id = books.with_case(a_person(7))
    with books.database.writing() as session:
        (party,) = books.parties.listed(session, case_id)
        books.parties.replace(session, case_id, party.id, a_person(8), if_match=None)

    with books.database.reading() as session:
        assert books.parties.find_by_id_number(session, identity_number(7)) == []
        assert len(books.parties.find_by_id_number(session, identity_number(8))) == 1


def test_a_removed_party_leaves_nothing_but_that_it_was(books: Books) -> None:
    case_id = books.with_case(a_person(7))
    with books.database.writing() as session:
        (party,) = books.parties.listed(session, case_id)
        books.parties.remove(session, case_id, party.id, if_match='"1"', now=NOW)

    with books.database.reading() as session:
        assert books.parties.listed(session, case_id) == []
        assert books.parties.find_by_id_number(session, identity_number(7)) == []
        row = session.execute(select(books.parties.table)).one()
    assert (row.role, row.removed_at, row.name, row.id_blind) == ("applicant", NOW, None, None)
    with pytest.raises(NotFound), books.database.writing() as session:
        books.parties.reveal(session, case_id, party.id)


def test_a_party_of_another_case_is_not_found(books: Books) -> None:
    ours, theirs = books.with_case(a_person(1)), books.with_case(a_person(2))
    with books.database.reading() as session:
        (party,) = books.parties.listed(session, theirs)

    def tries(act: str) -> None:
        with books.database.writing() as session:
            if act == "reveal":
                books.parties.reveal(session, ours, party.id)
            elif act == "replace":
                books.parties.replace(session, ours, party.id, a_person(3), if_match=None)
            else:
                books.parties.remove(session, ours, party.id, if_match=None, now=NOW)

    for act in ("reveal", "replace", "remove"):
        with pytest.raises(NotFound):
            tries(act)


def test_two_clerks_cannot_both_correct_one_version(books: Books) -> None:
    case_id = books.with_case(a_person(1))
    with books.database.writing() as session:
        (party,) = books.parties.listed(session, case_id)
        books.parties.replace(session, case_id, party.id, a_person(2), if_match='"1"')

    with pytest.raises(StaleVersion), books.database.writing() as session:
        books.parties.replace(session, case_id, party.id, a_person(3), if_match='"1"')
    with pytest.raises(StaleVersion), books.database.writing() as session:
        books.parties.remove(session, case_id, party.id, if_match='"1"', now=NOW)


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": "张三丰"},
        {"id_number": CARD},
        {"phone": "13812345678"},
        {"address": "某街"},
        {"kind": "machine"},
        {"version": 0},
        {"removed_at": NOW, "name": "v1.intl.AA.AA"},
    ],
    ids=lambda wrong: "+".join(wrong),
)
def test_the_database_refuses_a_plain_value_and_half_a_removal(books: Books, wrong: dict[str, Any]) -> None:
    right: dict[str, Any] = {
        "id": uuid4(),
        "case_id": uuid4(),
        "version": 1,
        "role": "applicant",
        "kind": "natural",
        "recorded_at": NOW,
    }
    table = books.parties.table
    with books.database.writing() as session:
        session.execute(insert(table).values(**right))

    with pytest.raises(IntegrityError), books.database.writing() as session:
        session.execute(update(table).where(table.c.id == right["id"]).values(**wrong))


def test_a_value_moved_to_another_party_is_refused_by_lists(books: Books) -> None:
    from shared.kit.cipher_suites import SealBroken

    case_id = books.with_case(a_person(1), a_person(2))
    table = books.parties.table
    with books.database.writing() as session:
        first, second = session.execute(select(table.c.id, table.c.name).order_by(table.c.id)).all()
        session.execute(update(table).where(table.c.id == second.id).values(name=first.name))

    with pytest.raises(SealBroken), books.database.reading() as session:
        books.parties.listed(session, case_id)


def test_a_case_without_parties_has_none(books: Books) -> None:
    with books.database.reading() as session:
        assert books.parties.listed(session, UUID(int=5)) == []


def test_parties_know_their_vault(books: Books) -> None:
    registered = [each.table.name for each in books.vault.sealed_tables]

    assert registered == ["party"]
    assert isinstance(books.parties, Parties)
