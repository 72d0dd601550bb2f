"""示例账户: made once, marked, of this installation only, and outside of every administrator's role."""

from secrets import token_bytes

import pytest

from services.identity import sample, second_factor
from services.identity.repository import offices as kept_offices
from services.identity.second_factor import SecondFactors
from services.sample import accounts as data
from services.sample import ledgers
from shared.contracts.identity import ADMINISTRATORS, NOT_GIVEN, Role
from shared.kit.keys import Keys
from tests.identity.desk import IdentityDesk, bearer


def ensure(desk: IdentityDesk) -> int:
    keys = desk.settings.keys
    factors = SecondFactors(keys.master_key(), token_bytes)
    with desk.database.writing() as session:
        return sample.ensure_sample(
            session,
            data.offices(),
            data.accounts(),
            lambda login: sample.password_of(keys, login),
            lambda login: sample.secret_of(keys, login),
            factors.sealed,
            desk.clock.now,
        )


@pytest.fixture
def sampled(desk: IdentityDesk) -> IdentityDesk:
    assert ensure(desk) == len(data.accounts())
    return desk


def test_the_sample_has_an_office_for_every_region_of_its_ledgers() -> None:
    named: set[str] = set()
    for ledger in ledgers.seeds():
        place = next(n for n, column in enumerate(ledger.header) if column in ("region", "organ_region"))
        named |= {row[place] for row in ledger.rows}
    bureaus = {office.region for office in data.offices() if office.code == f"bureau-{office.region}"}

    assert named <= set(data.regions()) <= bureaus


def test_everything_of_the_sample_says_that_it_is_one() -> None:
    assert all(office.name.endswith("（示例）") for office in data.offices())
    assert all(each.login.startswith("sample-") for each in data.accounts())
    assert all(each.name.startswith("示例") for each in data.accounts())


def test_the_sample_has_every_role_of_staff_and_no_administrator() -> None:
    roles = {each.role for each in data.accounts()}

    assert roles == set(Role) - ADMINISTRATORS - NOT_GIVEN


def test_ensuring_twice_makes_nothing_new_and_undoes_nothing(sampled: IdentityDesk) -> None:
    with sampled.database.reading() as session:
        before = kept_offices.version(session), kept_offices.every(session)
    sampled.ok("PATCH", "/offices/bureau-150625", {"name": "改名"}, by=sampled.operator)

    assert ensure(sampled) == 0

    with sampled.database.reading() as session:
        after = kept_offices.every(session)
        assert kept_offices.version(session) == before[0] + 1
    assert after["bureau-150625"].name == "改名"
    assert len(after) == len(before[1]) == len(data.offices())


@pytest.mark.parametrize("account", data.accounts(), ids=lambda each: each.login)
def test_each_sample_account_signs_in_with_its_role(
    sampled: IdentityDesk, account: data.SampleAccount
) -> None:
    keys = sampled.settings.keys
    body = {"login": account.login, "password": sample.password_of(keys, account.login)}
    if sample.needs_code(account):
        body["code"] = second_factor.code_at(sample.secret_of(keys, account.login), sampled.clock.now)

    token = sampled.ok("POST", "/sign-in", body)["token"]

    (grant,) = sampled.ok("GET", "/me", by=bearer(token))["grants"]
    assert (grant["role"], grant["office"]) == (account.role.value, account.office)


def test_passwords_differ_by_account_and_by_installation(sampled: IdentityDesk) -> None:
    keys = sampled.settings.keys
    elsewhere = Keys(keys.folder / "elsewhere")
    logins = [each.login for each in data.accounts()]

    passwords = {sample.password_of(where, login) for where in (keys, elsewhere) for login in logins}

    assert len(passwords) == 2 * len(logins)
    assert all(len(password) == 20 and password.isalnum() for password in passwords)
    assert sample.password_of(keys, logins[0]) == sample.password_of(keys, logins[0])
