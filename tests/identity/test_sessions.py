"""会话: how they end, what their cookie is like, and that no other page can use it."""

from pathlib import Path

import pytest

from shared.kernel.errors import Unauthenticated
from shared.kit.access import Credential
from tests.identity import desk as desks
from tests.identity.desk import GOOD, IdentityDesk, bearer
from tests.support.databases import only_sqlite

HTTPS = "https://dingfen.example.gov.cn"


def test_a_session_that_is_not_used_ends_after_half_an_hour(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")
    for _ in range(3):
        desk.clock.forward(minutes=29)
        assert desk.send("GET", "/me", by=bearer(token)).status_code == 200

    desk.clock.forward(minutes=30)

    assert desk.refused("GET", "/me", by=bearer(token)) == (401, "access.sign_in")


def test_a_session_ends_after_ten_hours_however_busy_it_is(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")
    for _ in range(29):
        desk.clock.forward(minutes=20)
        assert desk.send("GET", "/me", by=bearer(token)).status_code == 200

    desk.clock.forward(minutes=20)

    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401


def test_the_books_note_the_use_of_a_session_once_a_minute(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")

    def seen() -> str:
        with desk.database.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT last_seen_at FROM session ORDER BY created_at, id"
            ).all()
        return str(rows[-1][0])

    first = seen()
    desk.clock.forward(seconds=59)
    desk.ok("GET", "/me", by=bearer(token))
    assert seen() == first
    desk.clock.forward(seconds=1)
    desk.ok("GET", "/me", by=bearer(token))
    assert seen() != first


def test_signing_out_ends_the_session(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    token = desk.token("zhangsan")

    assert desk.send("POST", "/sign-out", by=bearer(token)).status_code == 204

    assert desk.refused("GET", "/me", by=bearer(token))[0] == 401


def test_ones_own_sessions_are_listed_and_ended_and_nobody_elses(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    desk.an_account("lisi")
    here, there, theirs = desk.token("zhangsan"), desk.token("zhangsan"), desk.token("lisi")
    (foreign,) = desk.ok("GET", "/sessions", by=bearer(theirs))["items"]

    listed = desk.ok("GET", "/sessions", by=bearer(here))["items"]
    assert [each["current"] for each in listed] == [True, False]
    assert desk.refused("DELETE", f"/sessions/{foreign['id']}", by=bearer(here)) == (
        404,
        "identity.session_not_found",
    )
    desk.ok("DELETE", f"/sessions/{listed[1]['id']}", by=bearer(here))

    assert desk.refused("GET", "/me", by=bearer(there))[0] == 401
    assert desk.send("GET", "/me", by=bearer(theirs)).status_code == 200
    assert len(desk.ok("GET", "/sessions", by=bearer(here))["items"]) == 1


def test_a_session_that_has_run_out_is_not_listed(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    desk.token("zhangsan")
    desk.clock.forward(minutes=31)

    here = desk.token("zhangsan")

    assert len(desk.ok("GET", "/sessions", by=bearer(here))["items"]) == 1


def test_the_security_administrator_sees_and_ends_any_session(desk: IdentityDesk) -> None:
    account = desk.an_account("zhangsan")
    first, second = desk.token("zhangsan"), desk.token("zhangsan")
    admin = desk.administrator("security")

    listed = desk.ok("GET", f"/accounts/{account}/sessions", by=admin)["items"]
    desk.ok("DELETE", f"/accounts/{account}/sessions/{listed[0]['id']}", by=admin)
    assert [desk.send("GET", "/me", by=bearer(each)).status_code for each in (first, second)] == [401, 200]
    desk.ok("DELETE", f"/accounts/{account}/sessions", by=admin)
    assert desk.refused("GET", "/me", by=bearer(second))[0] == 401
    assert desk.refused("GET", f"/accounts/{account}/sessions", by=desk.administrator("system"))[0] == 403


def test_the_cookie_on_this_machine_is_out_of_reach_of_scripts(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")

    answer = desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD, "cookie": True})

    name, attributes = _cookie(answer.headers["set-cookie"])
    assert name == "dingfen-session"
    assert attributes == {"httponly", "path=/", "samesite=lax", "max-age=36000"}
    assert answer.json()["token"] is None


@only_sqlite
@pytest.mark.parametrize("inside", [HTTPS, HTTPS.replace("https", "http")])
def test_the_cookie_over_tls_is_bound_to_this_host(database_url: str, tmp_path: Path, inside: str) -> None:
    """Whether the gateway speaks TLS with us as well, or only with the browser."""
    with desks.opened(database_url, tmp_path, base_url=inside, public_url=HTTPS) as desk:
        desk.an_account("zhangsan")
        answer = desk.send("POST", "/sign-in", {"login": "zhangsan", "password": GOOD, "cookie": True})
        name, attributes = _cookie(answer.headers["set-cookie"])
        assert name == "__Host-dingfen"
        assert attributes == {"httponly", "path=/", "samesite=lax", "max-age=36000", "secure"}
        token = answer.headers["set-cookie"].partition(";")[0]
        headers = {"Cookie": token, "X-CSRF-Token": answer.json()["csrf"], "Origin": HTTPS}
        out = desk.send("POST", "/sign-out", by=headers)
        name, attributes = _cookie(out.headers["set-cookie"])
        assert name == "__Host-dingfen"
        assert {"secure", "path=/", "max-age=0"} <= attributes


def _cookie(header: str) -> tuple[str, set[str]]:
    pair, *attributes = header.split(";")
    kept = {each.strip().lower() for each in attributes}
    return pair.partition("=")[0], {each for each in kept if not each.startswith("expires=")}


def test_a_change_with_a_cookie_needs_the_token_of_our_own_pages(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    csrf = desk.browser("zhangsan")
    change = {"current": GOOD, "new": "another good passphrase"}
    origin = {"Origin": "http://127.0.0.1"}

    for headers in ({}, origin, {**origin, "X-CSRF-Token": "guessed"}, {"X-CSRF-Token": csrf}):
        assert desk.refused("POST", "/password", change, by=headers) == (403, "access.csrf"), headers
    foreign = {"Origin": "https://evil.example", "X-CSRF-Token": csrf}
    assert desk.refused("POST", "/password", change, by=foreign)[0] == 403

    assert desk.send("POST", "/password", change, by={**origin, "X-CSRF-Token": csrf}).status_code == 200


def test_an_administrators_change_with_a_cookie_needs_the_token_too(desk: IdentityDesk) -> None:
    desk.administrator("system")
    csrf = desk.browser("system-admin")
    body = {"login": "zhangsan", "name": "张"}

    assert desk.refused("POST", "/accounts", body, by={"Origin": "http://127.0.0.1"}) == (403, "access.csrf")
    sent = {"Origin": "http://127.0.0.1", "X-CSRF-Token": csrf}
    assert desk.send("POST", "/accounts", body, by=sent).status_code == 201


def test_a_cookies_value_is_no_bearer_token_and_the_other_way_round(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")
    command = desk.token("zhangsan")
    desk.browser("zhangsan")
    cookie = desk.client.cookies["dingfen-session"]

    for credential in (Credential("bearer", cookie), Credential("cookie", command)):
        with pytest.raises(Unauthenticated):
            desk.directory.caller(credential)
    assert desk.directory.caller(Credential("cookie", cookie)).via == "session"
    assert desk.directory.caller(Credential("bearer", command)).via == "token"


def test_each_session_has_a_token_of_its_own(desk: IdentityDesk) -> None:
    desk.an_account("zhangsan")

    tokens = {desk.token("zhangsan") for _ in range(5)}

    assert len(tokens) == 5
    assert all(len(token) == 43 and "." not in token for token in tokens)  # 256 bits


@pytest.mark.parametrize("value", ["", "x", "a.b.c", "ÿ", "x" * 5000, "..", "{}"])
def test_whatever_is_sent_as_a_token_is_refused_alike(desk: IdentityDesk, value: str) -> None:
    header = (b"Authorization", f"Bearer {value}".encode("latin-1"))
    answer = desk.client.get("/identity/me", headers=[header])

    assert (answer.status_code, answer.json()["code"]) == (401, "access.sign_in")


def test_old_sessions_and_failures_are_forgotten(desk: IdentityDesk) -> None:
    from services.identity.main import tidy

    desk.an_account("zhangsan")
    desk.send("POST", "/sign-in", {"login": "nobody", "password": "x"})
    desk.token("zhangsan")

    def kept(table: str) -> int:
        with desk.database.engine.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    before = kept("session")
    tidy(desk.database, desk.clock)
    assert (kept("session"), kept("attempt")) == (before, 1)
    desk.clock.forward(days=31)
    tidy(desk.database, desk.clock)
    assert (kept("session"), kept("attempt")) == (0, 0)
