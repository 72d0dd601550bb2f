"""Signing in at an outside issuer: the whole way of the browser, and everybody who steps into it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2 as httpx
import pytest

from services.identity.settings import IdentitySettings
from tests.identity import desk as desks
from tests.identity import issuer as issuers
from tests.identity.desk import IdentityDesk
from tests.identity.issuer import CLIENT, SECRET, SUBJECT, Issuer

START = "/identity/openid/start"
CALLBACK = "/identity/openid/callback"
REFUSED = "统一身份认证没有成功"


@pytest.fixture
def issuer() -> Iterator[Issuer]:
    with issuers.running() as running:
        yield running


@pytest.fixture
def desk(database_url: str, tmp_path: Path, issuer: Issuer) -> Iterator[IdentityDesk]:
    secret = tmp_path / "client.secret"
    secret.write_text(f"{SECRET}\n", encoding="utf-8")
    outside = IdentitySettings(issuer=issuer.url, client_id=CLIENT, client_secret_file=secret)
    with desks.opened(database_url, tmp_path, outside=outside) as opened:
        issuer.now = opened.clock.now
        yield opened


def a_linked_account(desk: IdentityDesk, issuer: Issuer) -> Any:
    account = desk.an_account("zhangsan")
    body = {"issuer": issuer.url, "subject": SUBJECT}
    desk.ok("POST", f"/accounts/{account}/external-identities", body, by=desk.operator)
    return account


def sent_away(desk: IdentityDesk, wanted: str = "/reporting/") -> str:
    """The address at the issuer that the browser is sent to."""
    answer = desk.client.get(START, params={"next": wanted})
    assert answer.status_code == 303, answer.text
    address: str = answer.headers["location"]
    return address


def come_back(desk: IdentityDesk, query: dict[str, str]) -> httpx.Response:
    return desk.client.get(CALLBACK, params=query)


def test_whoever_is_known_at_the_issuer_is_signed_in(desk: IdentityDesk, issuer: Issuer) -> None:
    account = a_linked_account(desk, issuer)

    address = sent_away(desk, "/reporting/cases?region=150625")
    answer = come_back(desk, issuer.authorize(address))

    assert address.startswith(f"{issuer.url}/authorize?")
    assert (answer.status_code, answer.headers["location"]) == (303, "/reporting/cases")
    me = desk.ok("GET", "/me")
    assert (me["account"], me["standing"]) == (str(account), "full")
    assert me["csrf"]
    assert ("identity.signed_in_outside", str(account), "done", None) in desk.audited()


def test_the_sign_in_page_shows_the_way(desk: IdentityDesk) -> None:
    assert f'href="{START}?next=' in desk.client.get("/identity/sign-in").text


def test_each_sign_in_has_its_own_state_nonce_and_challenge(desk: IdentityDesk) -> None:
    queries = [parse_qs(urlsplit(sent_away(desk)).query) for _ in range(3)]

    for name in ("state", "nonce", "code_challenge"):
        assert len({query[name][0] for query in queries}) == 3
        assert all(len(query[name][0]) == 43 for query in queries)


def test_the_waiting_cookie_hides_what_it_holds(desk: IdentityDesk) -> None:
    answer = desk.client.get(START)
    query = parse_qs(urlsplit(answer.headers["location"]).query)
    cookie = answer.headers["set-cookie"]

    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert query["state"][0] not in cookie


def test_somebody_who_is_not_linked_is_told_so(desk: IdentityDesk, issuer: Issuer) -> None:
    answer = come_back(desk, issuer.authorize(sent_away(desk)))

    assert answer.status_code == 403
    assert "没有关联可用的账户" in answer.text
    assert "dingfen-session" not in answer.headers.get("set-cookie", "")
    assert desk.audited()[-1] == ("identity.signed_in_outside", "unknown", "refused", "identity.not_linked")


def test_a_disabled_account_is_refused_like_an_unknown_one(desk: IdentityDesk, issuer: Issuer) -> None:
    account = a_linked_account(desk, issuer)
    desk.ok("POST", f"/accounts/{account}/disable", by=desk.operator)

    assert come_back(desk, issuer.authorize(sent_away(desk))).status_code == 403


@pytest.mark.parametrize(("amr", "status"), [(None, 403), (["pwd"], 403), (["pwd", "mfa"], 303)])
def test_who_needs_a_second_factor_needs_it_at_the_issuer(
    desk: IdentityDesk, issuer: Issuer, amr: list[str] | None, status: int
) -> None:
    desk.found_offices()
    account = a_linked_account(desk, issuer)
    desk.give(account, "bureau_statistician", "bureau-150625")
    issuer.now = desk.clock.now
    issuer.claims = {} if amr is None else {"amr": amr}

    assert come_back(desk, issuer.authorize(sent_away(desk))).status_code == status


def test_an_answer_to_another_browser_is_refused(desk: IdentityDesk, issuer: Issuer) -> None:
    """Somebody sends a victim the end of his own sign-in, so that the victim works under his account."""
    a_linked_account(desk, issuer)
    answer = issuer.authorize(sent_away(desk))
    desk.client.cookies.clear()

    without = come_back(desk, answer)
    sent_away(desk)
    other_cookie = come_back(desk, answer)

    for refused in (without, other_cookie):
        assert refused.status_code == 401
        assert REFUSED in refused.text
    assert desk.refused("GET", "/me")[0] == 401


@pytest.mark.parametrize(
    "change",
    [{"state": "guessed"}, {"state": None}, {"code": None}, {"code": "guessed"}],
    ids=str,
)
def test_an_answer_that_was_tampered_with_is_refused(
    desk: IdentityDesk, issuer: Issuer, change: dict[str, str | None]
) -> None:
    a_linked_account(desk, issuer)
    answer = {**issuer.authorize(sent_away(desk)), **change}

    refused = come_back(desk, {name: value for name, value in answer.items() if value is not None})

    assert refused.status_code == 401
    assert desk.refused("GET", "/me")[0] == 401


def test_an_answer_counts_once(desk: IdentityDesk, issuer: Issuer) -> None:
    a_linked_account(desk, issuer)
    address = sent_away(desk)
    cookie = desk.client.cookies["dingfen-openid"]
    answer = issuer.authorize(address)
    assert come_back(desk, answer).status_code == 303

    desk.client.cookies.clear()
    desk.client.cookies.set("dingfen-openid", cookie)

    assert come_back(desk, answer).status_code == 401  # the issuer redeems no code twice


def test_an_answer_that_comes_late_is_refused(desk: IdentityDesk, issuer: Issuer) -> None:
    a_linked_account(desk, issuer)
    answer = issuer.authorize(sent_away(desk))
    desk.clock.forward(minutes=10)
    issuer.now = desk.clock.now

    assert come_back(desk, answer).status_code == 401


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"nonce": "another"},
        {"nonce": None},
        {"sub": None},
        {"exp": 1},
        {"aud": [CLIENT, "another"], "azp": "another"},
    ],
    ids=str,
)
def test_an_id_token_that_is_not_for_this_sign_in_is_refused(
    desk: IdentityDesk, issuer: Issuer, claims: dict[str, Any]
) -> None:
    a_linked_account(desk, issuer)
    issuer.claims = claims

    refused = come_back(desk, issuer.authorize(sent_away(desk)))

    assert refused.status_code == 401
    assert desk.refused("GET", "/me")[0] == 401


@pytest.mark.parametrize("wanted", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_elsewhere_afterwards(desk: IdentityDesk, issuer: Issuer, wanted: str) -> None:
    a_linked_account(desk, issuer)

    answer = come_back(desk, issuer.authorize(sent_away(desk, wanted)))

    assert answer.headers["location"] == "/"


@pytest.mark.parametrize(
    "says",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://issuer.example/token"},
        {"jwks_uri": "file:///etc/passwd"},
    ],
    ids=str,
)
def test_what_an_issuer_says_of_itself_must_fit(
    desk: IdentityDesk, issuer: Issuer, says: dict[str, str]
) -> None:
    issuer.says = says

    assert desk.client.get(START).status_code == 503


def test_discovery_follows_no_redirect(desk: IdentityDesk, issuer: Issuer) -> None:
    issuer.elsewhere = "http://127.0.0.1:1/"

    answer = desk.client.get(START)

    assert answer.status_code == 503
    assert "暂时没有响应" in answer.text
    assert issuer.asked == ["/.well-known/openid-configuration"]


def test_discovery_is_asked_for_once_in_ten_minutes(desk: IdentityDesk, issuer: Issuer) -> None:
    for _ in range(3):
        sent_away(desk)
    assert len(issuer.asked) == 1

    issuer.status = 503  # then what it said before still counts
    desk.clock.forward(minutes=10)
    sent_away(desk)
    assert len(issuer.asked) == 2
