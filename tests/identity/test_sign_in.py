"""登录: what strangers learn, what a lock holds back, and that a one-time code counts once."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from secrets import token_bytes

import pytest

from services.identity import second_factor
from services.identity.models import METADATA
from services.identity.passwords import Passwords
from services.identity.repository import accounts
from services.identity.second_factor import SecondFactors
from services.identity.sign_in import Door, Presented
from services.identity.terms import SessionKind
from shared.kernel.errors import TooMany, Unauthenticated
from shared.kit.database import Database
from tests.identity import desk as desks
from tests.identity.desk import GOOD, QUICK, IdentityDesk, Looks, bearer

WRONG = "the wrong passphrase"


def a_door(desk: IdentityDesk, database: Database, looks: Looks) -> Door:
    """The door as another worker has it: its own connections, the same books."""
    master = desk.settings.keys.master_key()
    hashing = Passwords(QUICK, count=looks)
    factors = SecondFactors(master, token_bytes)
    return Door(database, desk.clock, hashing, factors, master=master, chance=token_bytes)


def shown(login: str = "zhangsan", password: str = WRONG, address: str = "192.0.2.1") -> Presented:
    return Presented(login, password, None, address)


def test_there_is_no_account_that_nobody_made(desk: IdentityDesk) -> None:
    for login, password in [("admin", "admin"), ("admin", ""), ("root", "root"), ("operator", "operator")]:
        assert desk.send("POST", "/sign-in", {"login": login, "password": password or "x"}).status_code == 401


def test_signing_in_gives_a_session_with_the_roles_of_the_account(desk: IdentityDesk) -> None:
    desk.found_offices()
    desk.member("zhangsan", "mediator", "mediation-150625")

    me = desk.ok("GET", "/me", by=bearer(desk.token("ZhangSan")))

    assert [(grant["role"], grant["office"]) for grant in me["grants"]] == [("mediator", "mediation-150625")]
    assert me["standing"] == "full"


def test_a_stranger_does_not_learn_whether_an_account_exists(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    disabled = desk.an_account("lisi")
    desk.ok("POST", f"/accounts/{disabled}/disable", by=desk.operator)
    before = desk.looks.count

    answers = [
        desk.send("POST", "/sign-in", {"login": login, "password": password})
        for login, password in [("zhangsan", WRONG), ("nobody", WRONG), ("lisi", GOOD), ("x" * 100, WRONG)]
    ]

    assert len({(answer.status_code, answer.content) for answer in answers}) == 1
    assert answers[0].status_code == 401
    assert desk.looks.count == before + 4  # the same work for each


def test_every_sign_in_is_written_down_by_account_and_never_by_name(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    desk.send("POST", "/sign-in", {"login": "zhangsan", "password": WRONG})
    desk.send("POST", "/sign-in", {"login": "some-stranger", "password": WRONG})
    desk.token("zhangsan")

    audited = [entry for entry in desk.audited() if entry[0] == "identity.signed_in"][-3:]

    assert audited == [
        ("identity.signed_in", str(account), "refused", "identity.sign_in_refused"),
        ("identity.signed_in", "unknown", "refused", "identity.sign_in_refused"),
        ("identity.signed_in", str(account), "done", None),
    ]
    with desk.database.engine.connect() as connection:
        everything = str(connection.exec_driver_sql("SELECT * FROM audit").all())
    assert "zhangsan" not in everything
    assert "stranger" not in everything


def test_after_five_failures_nothing_is_looked_at_for_a_while(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    before = desk.looks.count
    for _ in range(5):
        assert desk.refused("POST", "/sign-in", {"login": "zhangsan", "password": WRONG})[0] == 401

    locked = desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD})

    assert (locked.status_code, locked.json()["code"]) == (429, "identity.locked")
    assert locked.headers["retry-after"] == "15"
    assert desk.looks.count == before + 5
    desk.clock.forward(seconds=15)
    assert desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD}).status_code == 200


def test_a_success_clears_the_failures(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    for _ in range(3):
        for _ in range(4):
            desk.send("POST", "/sign-in", {"login": "zhangsan", "password": WRONG})
        assert desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD}).status_code == 200


def test_a_lock_doubles_until_a_quarter_of_an_hour_and_a_day_forgets_it(desk: IdentityDesk) -> None:
    door = a_door(desk, desk.database, Looks())

    def fail() -> int:
        """Fail as soon as it is possible; how long that took."""
        waited = 0
        while True:
            try:
                door.sign_in(shown(), SessionKind.COMMAND)
            except TooMany as locked:
                waited += locked.retry_after
                desk.clock.forward(seconds=locked.retry_after)
            except Unauthenticated:
                return waited

    assert [fail() for _ in range(13)] == [0, 0, 0, 0, 0, 15, 30, 60, 120, 240, 480, 900, 900]
    desk.clock.forward(hours=24, seconds=1)
    assert [fail() for _ in range(5)] == [0] * 5


def test_a_lock_is_of_one_account_at_one_address(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    door = a_door(desk, desk.database, Looks())
    for _ in range(5):
        with pytest.raises(Unauthenticated):
            door.sign_in(shown(), SessionKind.COMMAND)

    with pytest.raises(TooMany):
        door.sign_in(shown(password=GOOD), SessionKind.COMMAND)
    with pytest.raises(TooMany):  # as it was typed is not who it is
        door.sign_in(shown(login=" ZHANGSAN ", password=GOOD), SessionKind.COMMAND)
    assert door.sign_in(shown(password=GOOD, address="192.0.2.2"), SessionKind.COMMAND).token


def test_a_lock_holds_across_workers(desk: IdentityDesk, database_url: str) -> None:
    desk.an_account("zhangsan")
    other = Database(database_url, METADATA)
    looks = Looks()
    doors = [a_door(desk, desk.database, looks), a_door(desk, other, looks)]
    for attempt in range(5):
        with pytest.raises(Unauthenticated):
            doors[attempt % 2].sign_in(shown(), SessionKind.COMMAND)

    for door in doors:
        with pytest.raises(TooMany):
            door.sign_in(shown(password=GOOD), SessionKind.COMMAND)

    assert looks.count == 5
    other.dispose()


@pytest.mark.parametrize(("failures", "let_through"), [(0, 5), (4, 1), (5, 1)])
def test_of_fifty_at_once_only_as_many_are_looked_at_as_may(
    desk: IdentityDesk, database_url: str, failures: int, let_through: int
) -> None:
    looks = Looks()
    second = Database(database_url, METADATA)
    doors = [a_door(desk, desk.database, looks), a_door(desk, second, looks)]
    for _ in range(failures):
        with pytest.raises(Unauthenticated):
            doors[0].sign_in(shown(), SessionKind.COMMAND)
    desk.clock.forward(seconds=60)  # a lock that there may be has just run out
    looks.count = 0
    together = threading.Barrier(50)

    def attempt(number: int) -> str:
        together.wait()
        try:
            doors[number % 2].sign_in(shown(), SessionKind.COMMAND)
        except (TooMany, Unauthenticated) as refusal:
            return refusal.code
        return "opened"

    with ThreadPoolExecutor(50) as pool:
        outcomes = list(pool.map(attempt, range(50)))

    assert looks.count == let_through
    assert outcomes.count("identity.sign_in_refused") == let_through
    assert outcomes.count("identity.locked") == 50 - let_through
    second.dispose()


def test_an_attempt_names_neither_the_account_nor_the_address(desk: IdentityDesk) -> None:
    desk.send("POST", "/sign-in", {"login": "zhangsan", "password": WRONG})

    with desk.database.engine.connect() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM attempt").all())

    assert "zhangsan" not in kept
    assert "testclient" not in kept


def test_a_one_time_password_reaches_only_its_own_change(desk: IdentityDesk) -> None:
    desk.found_offices()
    made = desk.ok("POST", "/accounts", {"login": "zhangsan", "name": "张"}, by=desk.operator)
    first = desk.ok("POST", "/sign-in", {"login": "zhangsan", "password": made["password"]})

    assert first["standing"] == "must_change_password"
    assert desk.refused("GET", "/sessions", by=bearer(first["token"])) == (
        403,
        "identity.must_change_password",
    )
    assert desk.refused("POST", "/second-factor", by=bearer(first["token"]))[0] == 403
    changed = desk.ok(
        "POST", "/password", {"current": made["password"], "new": GOOD}, by=bearer(first["token"])
    )

    assert changed["standing"] == "full"
    assert desk.refused("GET", "/me", by=bearer(first["token"]))[0] == 401
    assert desk.refused("POST", "/sign-in", {"login": "zhangsan", "password": made["password"]})[0] == 401


def test_a_one_time_password_expires(desk: IdentityDesk) -> None:
    made = desk.ok("POST", "/accounts", {"login": "zhangsan", "name": "张"}, by=desk.operator)
    desk.clock.forward(hours=made["hours"])

    assert desk.refused("POST", "/sign-in", {"login": "zhangsan", "password": made["password"]})[0] == 401


@pytest.mark.parametrize("password", ["short", "password1234", "zhangsan is my name"])
def test_a_bad_new_password_is_refused(desk: IdentityDesk, password: str) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")

    answer = desk.send("POST", "/password", {"current": GOOD, "new": password}, by=bearer(token))

    assert answer.status_code == 409
    assert answer.json()["code"].startswith("identity.password_")
    assert password not in answer.text


def test_a_password_is_changed_by_whoever_knows_it_and_ends_every_session(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    elsewhere, here = desk.token("zhangsan"), desk.token("zhangsan")
    change = {"current": WRONG, "new": "another good passphrase"}

    assert desk.refused("POST", "/password", change, by=bearer(here)) == (401, "identity.password_wrong")
    assert desk.refused("POST", "/password", {"current": GOOD, "new": GOOD}, by=bearer(here)) == (
        409,
        "identity.password_same",
    )
    opened = desk.ok("POST", "/password", {**change, "current": GOOD}, by=bearer(here))

    assert desk.refused("GET", "/me", by=bearer(elsewhere))[0] == 401
    assert desk.refused("GET", "/me", by=bearer(here))[0] == 401
    assert desk.ok("GET", "/me", by=bearer(opened["token"]))["standing"] == "full"


def test_a_statistician_reaches_nothing_before_enrolling(desk: IdentityDesk) -> None:
    desk.found_offices()
    desk.member("zhangsan", "bureau_statistician", "bureau-150625")
    opened = desk.ok("POST", "/sign-in", {"login": "zhangsan", "password": GOOD})

    me = desk.ok("GET", "/me", by=bearer(opened["token"]))
    assert (opened["standing"], me["standing"], me["grants"]) == ("must_enrol", "must_enrol", [])
    assert desk.refused("GET", "/sessions", by=bearer(opened["token"])) == (403, "identity.must_enrol")

    strong = desk.enrol("zhangsan", opened["token"])
    assert [grant["role"] for grant in desk.ok("GET", "/me", by=bearer(strong["token"]))["grants"]] == [
        "bureau_statistician"
    ]
    assert desk.refused("GET", "/me", by=bearer(opened["token"]))[0] == 401


def test_once_enrolled_a_code_is_asked_for(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    desk.enrol("zhangsan", desk.token("zhangsan"))
    body = {"login": "zhangsan", "password": GOOD}

    missing = desk.send("POST", "/sign-in", body)
    wrong = desk.send("POST", "/sign-in", {**body, "code": "000000"})
    right = desk.send("POST", "/sign-in", {**body, "code": desk.code("zhangsan")})

    assert missing.status_code == wrong.status_code == 401
    assert missing.content == wrong.content
    assert right.status_code == 200


def test_a_code_counts_once(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    desk.enrol("zhangsan", desk.token("zhangsan"))
    body = {"login": "zhangsan", "password": GOOD, "code": desk.code("zhangsan")}

    assert desk.send("POST", "/sign-in", body).status_code == 200
    assert desk.send("POST", "/sign-in", body).status_code == 401
    desk.clock.forward(seconds=second_factor.STEP_SECONDS)  # it would still be within the drift
    assert desk.send("POST", "/sign-in", body).status_code == 401


def test_of_many_who_show_the_same_code_at_once_one_comes_in(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    desk.enrol("zhangsan", desk.token("zhangsan"))
    desk.clock.forward(seconds=60)
    step = second_factor.step_of(desk.clock.now)
    together = threading.Barrier(8)

    def use(_: int) -> bool:
        together.wait()
        with desk.database.writing() as session:
            return accounts.use_step(session, account, step)

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(use, range(8))) == 1


@pytest.mark.parametrize(("drift", "counts"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_clocks_may_be_a_little_off(desk: IdentityDesk, drift: int, counts: bool) -> None:
    desk.an_account("zhangsan")
    desk.enrol("zhangsan", desk.token("zhangsan"))
    desk.clock.forward(minutes=10)
    there = desks.Hand(desk.clock.now)
    there.forward(seconds=drift)
    body = {"login": "zhangsan", "password": GOOD}
    code = second_factor.code_at(desk.secrets["zhangsan"], there.now)

    assert (desk.send("POST", "/sign-in", {**body, "code": code}).status_code == 200) is counts


def test_an_enrolled_factor_is_not_replaced_by_whoever_holds_a_session(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    opened = desk.enrol("zhangsan", desk.token("zhangsan"))

    assert desk.refused("POST", "/second-factor", by=bearer(opened["token"])) == (
        409,
        "identity.already_enrolled",
    )
    assert desk.refused("POST", "/second-factor/confirm", {"code": "000000"}, by=bearer(opened["token"])) == (
        409,
        "identity.nothing_to_confirm",
    )


def test_a_wrong_first_code_confirms_nothing(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")
    desk.ok("POST", "/second-factor", by=bearer(token))

    assert desk.refused("POST", "/second-factor/confirm", {"code": "000000"}, by=bearer(token)) == (
        401,
        "identity.code_wrong",
    )
    assert desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD}).status_code == 200


def test_secrets_lie_sealed_in_the_books(desk: IdentityDesk, tmp_path: Path) -> None:
    account = desk.an_account("zhangsan")
    token = desk.token("zhangsan")
    desk.enrol("zhangsan", token)

    with desk.database.engine.connect() as connection:
        (sealed,) = connection.exec_driver_sql("SELECT secret FROM second_factor").scalars()
        hashed = connection.exec_driver_sql("SELECT password_hash FROM local_credential").scalar_one()
        digests = connection.exec_driver_sql("SELECT token_digest FROM session").scalars().all()

    assert desk.secrets["zhangsan"] not in bytes(sealed)
    assert hashed.startswith("$argon2id$")
    assert token not in digests
    other = SecondFactors(b"k" * 32, token_bytes)
    with pytest.raises(second_factor.Unsealable):
        other.matching_step(bytes(sealed), account, "000000", desk.clock.now)


def test_what_somebody_shows_is_in_no_repr() -> None:
    text = repr(Presented("zhangsan", GOOD, "123456", "192.0.2.1"))

    assert not any(value in text for value in ("zhangsan", GOOD, "123456", "192.0.2.1"))


def test_a_malformed_body_does_not_repeat_the_password(desk: IdentityDesk) -> None:
    answer = desk.send("POST", "/sign-in", {"login": "zhangsan", "password": ["hunter2 hunter2"]})

    assert answer.status_code == 422
    assert "hunter2" not in answer.text
