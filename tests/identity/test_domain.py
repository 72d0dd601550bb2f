"""Who may hold which role, how a lock grows, how long a session lives, what a password must be."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.identity import domain, labels
from services.identity.domain import Account, SessionLife
from services.identity.passwords import common
from services.identity.terms import AccountKind, SessionKind, Standing
from shared.contracts.identity import ADMINISTRATORS, NOT_GIVEN, Office, OfficeKind, Role
from shared.kernel.errors import Conflict, Forbidden, RuleViolation

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)


def an_office(kind: OfficeKind = OfficeKind.BUREAU, code: str = "one", parent: str | None = None) -> Office:
    return Office(
        code=code, name=code, kind=kind, region="150625", parent=parent, valid_from=date(2020, 1, 1)
    )


def an_account(kind: AccountKind = AccountKind.STAFF) -> Account:
    return Account("zhang", kind, "张")


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("kind", AccountKind)
def test_a_role_fits_one_kind_of_account_only(role: Role, kind: AccountKind) -> None:
    fitting = [
        office_kind
        for office_kind in OfficeKind
        if _allowed(an_account(kind), role, an_office(office_kind), named="one")
    ]
    everywhere = _allowed(an_account(kind), role, None, named="*")

    if role in NOT_GIVEN:
        assert not fitting
        assert not everywhere
    elif role in ADMINISTRATORS:
        assert not fitting
        assert everywhere == (kind is domain.ACCOUNT_KIND_OF[role])
    else:
        assert set(fitting) == (domain.OFFICE_KINDS_OF[role] if kind is AccountKind.STAFF else set())
        assert not everywhere


def _allowed(account: Account, role: Role, office: Office | None, *, named: str) -> bool:
    try:
        domain.check_grant(account, role, office, named=named, on=TODAY)
    except RuleViolation:
        return False
    return True


def test_no_role_is_held_at_an_office_that_has_ended() -> None:
    ended = an_office().model_copy(update={"valid_to": date(2026, 11, 22)})

    assert not _allowed(an_account(), Role.BUREAU_VIEWER, ended, named="one")


def test_every_role_and_kind_has_its_place_in_the_tables() -> None:
    assert set(domain.OFFICE_KINDS_OF) == set(Role) - ADMINISTRATORS - NOT_GIVEN
    assert set(domain.ACCOUNT_KIND_OF) == ADMINISTRATORS
    assert set(domain.PARENT_KINDS) == set(OfficeKind) == set(labels.OFFICE_KIND)
    assert set(labels.ROLE) == set(Role)
    assert set(labels.ACCOUNT_KIND) == set(AccountKind)
    assert set(labels.SESSION_KIND) == set(SessionKind)
    assert set(labels.FIRST) == set(Standing)


def test_only_the_host_keeps_the_accounts_of_administrators() -> None:
    domain.check_may_keep(AccountKind.STAFF, [Role.SYSTEM_ADMIN])
    domain.check_may_keep(AccountKind.SECURITY, [Role.OPERATOR])

    for kind in set(AccountKind) - {AccountKind.STAFF}:
        with pytest.raises(Forbidden):
            domain.check_may_keep(kind, [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN])


def test_a_lock_grows_and_ends_at_a_quarter_of_an_hour() -> None:
    waits = [int(domain.wait_after(failures).total_seconds()) for failures in range(1, 15)]

    assert waits == [0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900, 900, 900]


@pytest.mark.parametrize(
    ("created", "seen", "ended", "alive"),
    [
        (0, 0, None, True),
        (30, 29.9, None, True),
        (30, 30, None, False),  # idle
        (599, 0, None, True),
        (600, 0, None, False),  # ten hours, however busy
        (1, 0, 0, False),
    ],
)
def test_a_session_lives_as_long_as_it_is_used_and_ten_hours_at_most(
    created: float, seen: float, ended: float | None, alive: bool
) -> None:
    def ago(minutes: float) -> datetime:
        return NOW - timedelta(minutes=minutes)

    life = SessionLife(ago(created), ago(seen), None if ended is None else ago(ended))

    assert domain.is_alive(life, NOW) is alive


@pytest.mark.parametrize(
    ("roles", "must_change", "strong", "enrolled", "standing"),
    [
        ([Role.MEDIATOR], False, False, False, Standing.FULL),
        ([], False, False, False, Standing.FULL),
        ([Role.MEDIATOR], True, False, False, Standing.MUST_CHANGE_PASSWORD),
        ([Role.BUREAU_STATISTICIAN], False, False, False, Standing.MUST_ENROL),
        ([Role.BUREAU_STATISTICIAN], False, True, True, Standing.FULL),
        # Opened before the role or the factor came: enrolling again would replace the factor without showing it.
        ([Role.BUREAU_STATISTICIAN], False, False, True, None),
        ([Role.SYSTEM_ADMIN], True, True, True, Standing.MUST_CHANGE_PASSWORD),
    ],
)
def test_a_session_reaches_as_far_as_its_standing(
    roles: list[Role], must_change: bool, strong: bool, enrolled: bool, standing: Standing | None
) -> None:
    found = domain.standing_of(roles, must_change_password=must_change, strong=strong, enrolled=enrolled)

    assert found is standing


GOOD = ("correct horse staple", "锡尼镇的春天来得晚一些啊", "T7w-vk2mQ9zr", "x" * 4 + "yz0178 kumquat")
BAD = {
    "short": "identity.password_length",
    "x" * 129: "identity.password_length",
    "tab\tinside a password": "identity.password_unreadable",
    "aaaabbbbaaaabbbb": "identity.password_common",
    "password1234": "identity.password_common",
    "Password1234!!": "identity.password_common",
    "woaini5201314": "identity.password_common",
    "1qaz2wsx3edc4rfv": "identity.password_common",
    "qwertyuiop123456": "identity.password_common",
    "dingfen is the name": "identity.password_names",
    "my login is ZhangSan1": "identity.password_names",
    "定分止争的系统好用得很": "identity.password_length",
    "定分止争的系统的确好用得很": "identity.password_names",
}


@pytest.mark.parametrize("password", GOOD)
def test_a_long_password_that_nobody_guesses_will_do(password: str) -> None:
    domain.check_password(password, login="zhangsan1", common=common())


@pytest.mark.parametrize(("password", "code"), BAD.items())
def test_a_password_that_is_guessed_first_is_refused(password: str, code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check_password(password, login="zhangsan1", common=common())

    assert refusal.value.code == code
    assert password not in refusal.value.message


def test_the_list_of_common_passwords_is_lower_case_and_holds_chinese_favourites() -> None:
    assert len(common()) > 300
    assert all(word == word.casefold() for word in common())
    assert {"woaini1314", "5201314", "司法局", "p@ssw0rd"} <= common()


def test_the_same_password_typed_on_two_machines_is_one_password() -> None:
    assert domain.normal_password("caf\u00e9") == domain.normal_password("cafe\u0301")


@pytest.mark.parametrize("wanted", ["/", "/reporting/cases", "/identity/account"])
def test_a_path_of_our_own_is_gone_to(wanted: str) -> None:
    assert domain.local_path(wanted, "/home") == wanted


@pytest.mark.parametrize(
    "wanted",
    [None, "", "//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.example", "evil", "/a b",
     "/ok\r\nSet-Cookie: x", "\\\\evil.example", "/a\\..\\b"],
)  # fmt: skip
def test_nobody_is_sent_to_another_site(wanted: str | None) -> None:
    assert domain.local_path(wanted, "/home") == "/home"


@pytest.mark.parametrize("wanted", ["/reporting/cases?region=x", "/reporting/cases#x"])
def test_what_stands_behind_a_path_is_left_behind(wanted: str) -> None:
    assert domain.local_path(wanted, "/home") == "/reporting/cases"


@given(st.text())
def test_whatever_is_wanted_the_way_leads_to_this_site(wanted: str) -> None:
    path = domain.local_path(wanted, "/home")

    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()


def test_an_office_stands_below_what_fits_and_never_below_itself() -> None:
    top = an_office(code="top")
    middle = an_office(code="middle", parent="top")
    offices = {"top": top, "middle": middle}

    domain.check_office(an_office(OfficeKind.MEDIATION, "m", parent="middle"), offices)
    with pytest.raises(Conflict, match="隶属于自己"):
        domain.check_office(top.model_copy(update={"parent": "middle"}), offices)
    with pytest.raises(RuleViolation) as refusal:
        domain.check_office(an_office(OfficeKind.MEDIATION, "m"), offices)
    assert refusal.value.code == "identity.parent_not_fitting"
