"""机构、账户、授权: who may change them, that a change acts at once, and what services are told."""

from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest

from services.identity import use_cases
from services.identity.access import POLICY, Action
from shared.contracts.identity import ADMINISTRATORS, Role
from shared.kernel.errors import Conflict
from shared.kit.access import Credential
from tests.identity.desk import GOOD, IdentityDesk, bearer, first_administrator
from tests.support.databases import only_postgresql
from tests.support.waiting import until_now

BUREAU = "bureau-150625"


def test_every_action_says_who_may() -> None:
    assert set(POLICY) == set(Action)
    staff = set(Role) - ADMINISTRATORS - {Role.OPERATOR, Role.SERVICE}
    assert not any(staff & set(roles) for roles in POLICY.values())
    # Nobody who keeps accounts gives roles.
    assert not set(POLICY[Action.KEEP_ACCOUNTS]) & set(POLICY[Action.KEEP_GRANTS])


def test_roles_are_given_by_the_security_administrator_alone(desk: IdentityDesk) -> None:
    desk.found_offices()
    account = desk.an_account("zhangsan")
    body = {"role": "bureau_viewer", "office": BUREAU}
    path = f"/accounts/{account}/grants"

    for by in (desk.operator, desk.service, desk.administrator("system"), desk.administrator("audit")):
        assert desk.refused("POST", path, body, by=by) == (403, "access.forbidden")
    assert desk.refused("POST", path, body)[0] == 401
    assert desk.send("POST", path, body, by=desk.administrator("security")).status_code == 201


def test_a_role_that_is_taken_is_gone_at_the_next_request(desk: IdentityDesk) -> None:
    desk.found_offices()
    account = desk.an_account("zhangsan")
    grant = desk.give(account, "mediator", "mediation-150625")
    admin = desk.administrator("security")
    token = desk.token("zhangsan")
    assert desk.directory.caller(Credential("bearer", token)).grants

    desk.ok("DELETE", f"/accounts/{account}/grants/{grant}", by=admin)

    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401  # the session ended with the role
    assert desk.directory.caller(Credential("bearer", desk.token("zhangsan"))).grants == ()


def test_a_grant_that_vanishes_from_the_books_is_gone_at_the_next_request(desk: IdentityDesk) -> None:
    """Nothing is remembered: not even when the session itself lives on."""
    desk.found_offices()
    desk.member("zhangsan", "mediator", "mediation-150625")
    token = desk.token("zhangsan")
    assert desk.ok("GET", "/me", by=bearer(token))["grants"]

    with desk.database.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM granted WHERE role = 'mediator'")

    assert desk.ok("GET", "/me", by=bearer(token))["grants"] == []


def test_a_disabled_account_is_out_at_once_and_comes_back_without_its_sessions(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    token = desk.token("zhangsan")
    admin = desk.administrator("system")

    desk.ok("POST", f"/accounts/{account}/disable", by=admin)
    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401
    assert desk.refused("POST", "/sign-in", {"login": "zhangsan", "password": GOOD})[0] == 401

    desk.ok("POST", f"/accounts/{account}/enable", by=admin)
    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401
    assert desk.token("zhangsan")


@pytest.mark.parametrize("act", ["disable", "enable", "reset-password"])
def test_the_system_administrator_does_not_reach_other_administrators(desk: IdentityDesk, act: str) -> None:
    admin = desk.administrator("system")
    desk.administrator("security")
    account = desk.ok("GET", "/accounts", by=admin)["items"][-1]
    assert account["kind"] == "security"

    path = f"/accounts/{account['id']}/{act}"

    assert desk.refused("POST", path, by=admin) == (403, "identity.not_your_account")
    # The host may; that it is the last of its kind is another matter.
    expected = {"disable": 409, "enable": 204, "reset-password": 200}
    assert desk.send("POST", path, by=desk.operator).status_code == expected[act]


def test_an_account_that_is_disabled_in_the_books_is_out_though_its_session_lives(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")

    with desk.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE account SET disabled_at = recorded_at")

    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401


def test_a_reset_password_is_shown_once_and_does_not_pass_the_second_factor(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    desk.enrol("zhangsan", desk.token("zhangsan"))
    token = desk.token("zhangsan")

    made = desk.ok("POST", f"/accounts/{account}/reset-password", by=desk.administrator("system"))
    body = {"login": "zhangsan", "password": made["password"]}

    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401
    assert desk.refused("POST", "/sign-in", {"login": "zhangsan", "password": GOOD})[0] == 401
    assert desk.refused("POST", "/sign-in", body)[0] == 401
    opened = desk.ok("POST", "/sign-in", {**body, "code": desk.code("zhangsan")})
    assert opened["standing"] == "must_change_password"


def test_a_lost_authenticator_is_removed_by_the_security_administrator(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    desk.enrol("zhangsan", desk.token("zhangsan"))
    path = f"/accounts/{account}/second-factor"

    assert desk.refused("DELETE", path, by=desk.administrator("system"))[0] == 403
    desk.ok("DELETE", path, by=desk.administrator("security"))

    assert desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD}).status_code == 200
    assert desk.refused("DELETE", path, by=desk.administrator("security")) == (404, "identity.not_enrolled")


def test_whoever_created_an_administrator_cannot_become_one(desk: IdentityDesk) -> None:
    """The one-time password is known to its maker: the role waits until its owner has set another."""
    desk.administrator("security")
    account = desk.an_account("newcomer", kind="audit", password=None)
    body = {"role": "audit_admin", "office": "*"}

    assert desk.refused("POST", f"/accounts/{account}/grants", body, by=desk.administrator("security")) == (
        409,
        "identity.owner_has_not_signed_in",
    )


@pytest.mark.parametrize(
    ("kind", "role", "office", "code"),
    [
        ("staff", "system_admin", "*", "identity.administrator_excluded"),
        ("audit", "security_admin", "*", "identity.administrator_excluded"),
        ("audit", "mediator", "mediation-150625", "identity.administrator_excluded"),
        ("audit", "audit_admin", BUREAU, "identity.office_not_fitting"),
        ("staff", "mediator", BUREAU, "identity.office_not_fitting"),
        ("staff", "mediator", "*", "identity.office_not_fitting"),
        ("staff", "mediator", "nowhere", "identity.office_not_fitting"),
        ("staff", "operator", "*", "identity.role_not_given"),
        ("staff", "service", "*", "identity.role_not_given"),
    ],
)
def test_a_role_must_fit_the_account_and_the_office(
    desk: IdentityDesk, kind: str, role: str, office: str, code: str
) -> None:
    desk.found_offices()
    account = desk.an_account("zhangsan", kind=kind)

    body = {"role": role, "office": office}

    assert desk.refused("POST", f"/accounts/{account}/grants", body, by=desk.administrator("security")) == (
        409,
        code,
    )


def test_a_role_is_given_once(desk: IdentityDesk) -> None:
    desk.found_offices()
    account = desk.member("zhangsan", "mediator", "mediation-150625")
    body = {"role": "mediator", "office": "mediation-150625"}

    assert desk.refused("POST", f"/accounts/{account}/grants", body, by=desk.administrator("security")) == (
        409,
        "identity.granted_already",
    )


def test_the_last_administrator_stays(desk: IdentityDesk) -> None:
    admin = desk.administrator("security")
    (own,) = [each for each in desk.ok("GET", "/accounts", by=admin)["items"] if each["kind"] == "security"]
    path = f"/accounts/{own['id']}/grants/{own['grants'][0]['id']}"

    assert desk.refused("DELETE", path, by=admin) == (409, "identity.last_administrator")
    assert desk.refused("POST", f"/accounts/{own['id']}/disable", by=desk.operator)[1] == (
        "identity.last_administrator"
    )
    another = desk.an_account("another", kind="security")
    desk.give(another, "security_admin", "*")
    assert desk.send("DELETE", path, by=admin).status_code == 204


def _two_security_administrators(desk: IdentityDesk) -> list[tuple[UUID, UUID]]:
    """(account, grant) of each."""
    admin = desk.administrator("security")
    desk.give(desk.an_account("another", kind="security"), "security_admin", "*")
    listed = desk.ok("GET", "/accounts", by=admin)["items"]
    return [(UUID(each["id"]), UUID(each["grants"][0]["id"])) for each in listed if each["grants"]]


@only_postgresql
def test_two_administrators_who_remove_each_other_at_once_do_not_both_succeed(desk: IdentityDesk) -> None:
    """The second waits until the first is done, and then finds itself the last. SQLite has one writer anyway."""
    first, second = _two_security_administrators(desk)

    def remove_the_second() -> str:
        try:
            with desk.database.writing() as session:
                use_cases.take_role(session, *second, now=desk.clock.now)
        except Conflict as refusal:
            return refusal.code
        return "removed"

    def somebody_waits() -> bool:
        with desk.database.engine.connect() as connection:
            query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
            return bool(connection.exec_driver_sql(query).scalar_one())

    with ThreadPoolExecutor(1) as pool:
        with desk.database.writing() as session:
            use_cases.take_role(session, *first, now=desk.clock.now)
            removing = pool.submit(remove_the_second)
            until_now(lambda: removing.done() or somebody_waits(), what="the second waits for the first")
            assert not removing.done()
        assert removing.result() == "identity.last_administrator"


def test_administrators_who_remove_each_other_get_an_answer(desk: IdentityDesk) -> None:
    pairs = _two_security_administrators(desk)
    admin = desk.administrator("security")

    def remove(pair: tuple[UUID, UUID]) -> int:
        return desk.send("DELETE", f"/accounts/{pair[0]}/grants/{pair[1]}", by=admin).status_code

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(remove, pairs))

    assert answers in ([204, 401], [204, 409])  # 401: its own role went first, and its session with it


def test_the_first_administrator_of_a_kind_is_made_once(desk: IdentityDesk) -> None:
    first_administrator(desk, "system")

    with pytest.raises(Conflict) as refusal:
        first_administrator(desk, "system")
    assert refusal.value.code == "identity.administrator_exists"


@pytest.mark.parametrize("login", ["ab", "-abc", "with space", "张三丰"])
def test_a_login_is_readable(desk: IdentityDesk, login: str) -> None:
    answer = desk.send("POST", "/accounts", {"login": login, "name": "张"}, by=desk.operator)

    assert (answer.status_code, answer.json()["code"]) == (409, "identity.login_unreadable")


def test_a_login_is_taken_once_however_it_is_written(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")

    body = {"login": "ＺｈａｎｇＳａｎ", "name": "张"}

    assert desk.refused("POST", "/accounts", body, by=desk.operator) == (409, "identity.login_taken")


def test_accounts_are_listed_page_by_page(desk: IdentityDesk) -> None:
    for number in range(5):
        desk.an_account(f"clerk-{number}", password=None)

    first = desk.ok("GET", "/accounts?limit=3", by=desk.operator)
    rest = desk.ok("GET", f"/accounts?limit=3&after={first['next']}", by=desk.operator)

    assert [each["login"] for each in first["items"] + rest["items"]] == [f"clerk-{n}" for n in range(5)]
    assert rest["next"] is None


def test_a_service_learns_who_calls(desk: IdentityDesk) -> None:
    desk.found_offices()
    account = desk.member("zhangsan", "mediator", "mediation-150625")
    token = desk.token("zhangsan")

    found = desk.ok("POST", "/introspect", {"kind": "bearer", "value": token}, by=desk.service)

    assert found["caller"]["account"] == str(account)
    assert found["caller"]["grants"] == [{"role": "mediator", "office": "mediation-150625"}]
    assert found["offices_version"] == desk.ok("GET", "/offices", by=desk.service)["version"]
    assert desk.refused("POST", "/introspect", {"kind": "bearer", "value": "x"}, by=desk.service)[0] == 401
    assert desk.refused("POST", "/introspect", {"kind": "cookie", "value": token}, by=desk.service)[0] == 401


def test_nobody_but_services_asks_who_calls(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    body = {"kind": "bearer", "value": desk.token("zhangsan")}

    for by in (desk.operator, desk.administrator("security"), bearer(body["value"])):
        assert desk.refused("POST", "/introspect", body, by=by)[0] == 403
    assert desk.refused("POST", "/introspect", body)[0] == 401


def test_the_operators_token_is_nobodys_to_other_machines(desk: IdentityDesk) -> None:
    body = {"kind": "bearer", "value": desk.settings.keys.operator_token()}

    assert desk.refused("POST", "/introspect", body, by=desk.service)[0] == 401


def test_refusals_are_written_down(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    desk.refused("GET", "/accounts", by=bearer(desk.token("zhangsan")))
    desk.refused("GET", f"/accounts/{uuid4()}", by=desk.operator)

    audited = desk.audited()[-2:]

    assert audited == [
        ("identity.read_accounts", str(account), "refused", "access.forbidden"),
        ("identity.read_accounts", "operator", "refused", "identity.account_not_found"),
    ]


def test_outside_identities_are_linked_to_one_account(desk: IdentityDesk) -> None:
    account, other = desk.an_account("zhangsan"), desk.an_account("lisi")
    body = {"issuer": "https://issuer.example", "subject": "42"}
    admin = desk.administrator("system")

    made = desk.ok("POST", f"/accounts/{account}/external-identities", body, by=admin)
    assert desk.refused("POST", f"/accounts/{other}/external-identities", body, by=admin) == (
        409,
        "identity.subject_linked",
    )
    assert desk.ok("GET", f"/accounts/{account}", by=admin)["external_identities"] == [{**made, **body}]
    foreign = f"/accounts/{other}/external-identities/{made['id']}"
    assert desk.refused("DELETE", foreign, by=admin) == (404, "identity.link_not_found")
    desk.ok("DELETE", f"/accounts/{account}/external-identities/{UUID(made['id'])}", by=admin)
    assert desk.ok("GET", f"/accounts/{account}", by=admin)["external_identities"] == []
