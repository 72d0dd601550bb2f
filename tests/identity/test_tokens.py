"""Tokens of an outside issuer: every way in which one can be wrong, and what happens when the issuer is away."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from joserfc.jwk import OctKey, RSAKey

from services.identity.settings import IdentitySettings, is_trustworthy
from services.identity.tokens import IssuerKeys, KeysAway, OutsideTokens, fetch_json
from shared.kernel.errors import Unauthenticated
from shared.kit.problems import Unavailable
from tests.identity import desk as desks
from tests.identity import issuer as issuers
from tests.identity.desk import Hand, IdentityDesk, bearer
from tests.identity.issuer import AUDIENCE, SUBJECT, Issuer


@pytest.fixture(scope="module")
def running_issuer() -> Iterator[Issuer]:
    with issuers.running() as running:
        yield running


@pytest.fixture
def issuer(running_issuer: Issuer) -> Issuer:
    """As it should be, with nothing asked of it yet."""
    running_issuer.asked.clear()
    running_issuer.status = 200
    running_issuer.elsewhere = None
    return running_issuer


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def tokens(issuer: Issuer, clock: Hand) -> OutsideTokens:
    keys = IssuerKeys(f"{issuer.url}/jwks", clock)
    return OutsideTokens(issuer=issuer.url, audience=AUDIENCE, keys=keys, clock=clock)


def claims_of(issuer: Issuer, clock: Hand, **other: Any) -> dict[str, Any]:
    """What a good token says; None takes a claim away."""
    now = int(clock.now.timestamp())
    good = {"iss": issuer.url, "aud": AUDIENCE, "sub": SUBJECT, "iat": now, "exp": now + 600}
    return {name: value for name, value in {**good, **other}.items() if value is not None}


@pytest.mark.parametrize("alg", ["RS256", "ES256", "EdDSA", "Ed25519"])
def test_a_token_of_the_issuer_says_who_it_is(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens, alg: str
) -> None:
    found = tokens.verify(issuer.token(claims_of(issuer, clock), alg=alg))

    assert (found.issuer, found.subject, found.strong) == (issuer.url, SUBJECT, False)


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"iss": "ISSUER/"},
        {"aud": "another"},
        {"aud": None},
        {"aud": ["another"]},
        {"aud": 7},
        {"sub": None},
        {"sub": ""},
        {"sub": 42},
        {"exp": None},
        {"exp": "soon"},
        {"exp": -61},
        {"iat": None},
        {"iat": 61},
        {"exp": 901},
        {"exp": float("nan")},
        {"nbf": 61},
    ],
    ids=str,
)
def test_a_token_with_wrong_claims_is_nobodys(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens, change: dict[str, Any]
) -> None:
    now = int(clock.now.timestamp())
    moved = {
        name: now + value if name in ("exp", "iat", "nbf") and isinstance(value, int) else value
        for name, value in change.items()
    }
    if moved.get("iss") == "ISSUER/":
        moved["iss"] = issuer.url + "/"

    with pytest.raises(Unauthenticated):
        tokens.verify(issuer.token(claims_of(issuer, clock, **moved)))


@pytest.mark.parametrize(
    "change", [{"exp": -59}, {"iat": 59}, {"exp": 900}, {"aud": ["x", AUDIENCE]}], ids=str
)
def test_clocks_may_be_a_minute_off_and_a_token_may_have_more_readers(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens, change: dict[str, Any]
) -> None:
    now = int(clock.now.timestamp())
    moved = {name: now + value if isinstance(value, int) else value for name, value in change.items()}

    assert tokens.verify(issuer.token(claims_of(issuer, clock, **moved))).subject == SUBJECT


def _own_key() -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": "rsa"})


FORGERIES: dict[str, Callable[[Issuer, dict[str, Any]], str]] = {
    "alg none": lambda issuer, claims: issuers.unsigned(claims),
    "HS256 with the public key": lambda issuer, claims: issuers.signed_with_the_public_key(
        issuer.rsa, claims
    ),
    "HS256 with a guessed secret": lambda issuer, claims: issuer.token(
        claims, alg="HS256", key=OctKey.import_key("a secret that is long enough for it")
    ),
    "RS512": lambda issuer, claims: issuer.token(claims, alg="RS512"),
    "PS256": lambda issuer, claims: issuer.token(claims, alg="PS256"),
    "another key under the same id": lambda issuer, claims: issuer.token(claims, key=_own_key()),
    "a key of another kind": lambda issuer, claims: issuer.token(claims, header={"kid": "ec"}),
    "no key id": lambda issuer, claims: issuer.token(claims, header={"kid": None}),
    "unknown key id": lambda issuer, claims: issuer.token(claims, header={"kid": "gone"}),
    "jku": lambda issuer, claims: issuer.token(
        claims, key=_own_key(), header={"jku": f"{issuer.url}/evil", "kid": "evil"}
    ),
    "x5u": lambda issuer, claims: issuer.token(claims, key=_own_key(), header={"x5u": f"{issuer.url}/evil"}),
    "jwk": lambda issuer, claims: (
        lambda key: issuer.token(claims, key=key, header={"jwk": key.as_dict(private=False, kid="small")})
    )(_own_key()),
    "typ JWT": lambda issuer, claims: issuer.token(claims, header={"typ": "JWT"}),
    "no typ": lambda issuer, claims: issuer.token(claims, header={"typ": None}),
    "an id token": lambda issuer, claims: issuer.token({**claims, "nonce": "x"}, header={"typ": "JWT"}),
    "crit": lambda issuer, claims: issuer.token(claims, header={"crit": ["exp"], "exp": 1}),
    "cut signature": lambda issuer, claims: issuer.token(claims)[:-8],
    "no signature": lambda issuer, claims: issuer.token(claims).rpartition(".")[0] + ".",
    "swapped claims": lambda issuer, claims: ".".join(
        [
            issuer.token(claims).split(".")[0],
            issuer.token({**claims, "sub": "the director"}).split(".")[1],
            issuer.token(claims).split(".")[2],
        ]
    ),
    "no JSON": lambda issuer, claims: "eyJ.eyJ.eyJ",
    "empty": lambda issuer, claims: "..",
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_nobodys(issuer: Issuer, clock: Hand, tokens: OutsideTokens, forgery: str) -> None:
    with pytest.raises(Unauthenticated):
        tokens.verify(FORGERIES[forgery](issuer, claims_of(issuer, clock)))

    assert "/evil" not in issuer.asked


def test_the_keys_of_a_token_are_asked_of_the_configured_address_only(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens
) -> None:
    good = issuer.token(claims_of(issuer, clock), header={"jku": f"{issuer.url}/evil"})

    assert (
        tokens.verify(good).subject == SUBJECT
    )  # signed with the right key: the address in it is not looked at
    assert issuer.asked == ["/jwks"]


def test_keys_are_kept_for_ten_minutes(issuer: Issuer, clock: Hand, tokens: OutsideTokens) -> None:
    for _ in range(5):
        tokens.verify(issuer.token(claims_of(issuer, clock)))
        clock.forward(seconds=119)
    assert issuer.asked == ["/jwks"]

    clock.forward(seconds=10)
    tokens.verify(issuer.token(claims_of(issuer, clock)))

    assert issuer.asked == ["/jwks"] * 2


def test_an_unknown_key_is_asked_for_at_most_once_in_half_a_minute(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens
) -> None:
    def refused(kid: str) -> None:
        with pytest.raises(Unauthenticated):
            tokens.verify(issuer.token(claims_of(issuer, clock), header={"kid": kid}))

    for number in range(20):
        refused(f"invented-{number}")
        clock.forward(seconds=1)
    assert issuer.asked == ["/jwks"]

    clock.forward(seconds=10)
    refused("invented")
    assert issuer.asked == ["/jwks"] * 2


def test_a_new_key_of_the_issuer_is_found(issuer: Issuer, clock: Hand, tokens: OutsideTokens) -> None:
    tokens.verify(issuer.token(claims_of(issuer, clock)))
    fresh = RSAKey.generate_key(2048, {"kid": "fresh"})
    issuer.keys["fresh"] = fresh
    clock.forward(seconds=31)

    try:
        token = issuer.token(claims_of(issuer, clock), key=fresh, header={"kid": "fresh"})
        assert tokens.verify(token).subject == SUBJECT
    finally:
        del issuer.keys["fresh"]


def test_while_the_issuer_is_away_its_keys_count_for_a_day(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens
) -> None:
    tokens.verify(issuer.token(claims_of(issuer, clock)))
    issuer.status = 503
    clock.forward(hours=23, minutes=59)
    assert tokens.verify(issuer.token(claims_of(issuer, clock))).subject == SUBJECT

    clock.forward(minutes=2)

    with pytest.raises(Unavailable):
        tokens.verify(issuer.token(claims_of(issuer, clock)))
    issuer.status = 200
    clock.forward(seconds=31)
    assert tokens.verify(issuer.token(claims_of(issuer, clock))).subject == SUBJECT


def test_a_key_that_the_issuer_took_back_counts_no_more(
    issuer: Issuer, clock: Hand, tokens: OutsideTokens
) -> None:
    key = RSAKey.generate_key(2048, {"kid": "leaked"})
    issuer.keys["leaked"] = key

    def token() -> str:
        return issuer.token(claims_of(issuer, clock), key=key, header={"kid": "leaked"})

    try:
        assert tokens.verify(token()).subject == SUBJECT
    finally:
        del issuer.keys["leaked"]
    clock.forward(minutes=10)

    with pytest.raises(Unauthenticated):
        tokens.verify(token())


def test_no_redirect_is_followed(issuer: Issuer) -> None:
    issuer.elsewhere = f"{issuer.url}/evil"

    with pytest.raises(KeysAway):
        fetch_json(f"{issuer.url}/jwks")

    assert issuer.asked == ["/jwks"]


@pytest.mark.parametrize(
    ("url", "trusted"),
    [
        ("https://issuer.example/jwks", True),
        ("http://127.0.0.1:8080/jwks", True),
        ("http://issuer.example/jwks", False),
        ("http://127.0.0.1.evil.example/jwks", False),
        ("ftp://issuer.example", False),
        ("file:///etc/passwd", False),
        ("", False),
    ],
)
def test_keys_come_over_tls_or_from_this_machine(url: str, trusted: bool) -> None:
    assert is_trustworthy(url) is trusted
    if not trusted:
        with pytest.raises(ValueError, match="https"):
            IdentitySettings(issuer=url)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, issuer: Issuer, clock: Hand) -> Iterator[IdentityDesk]:
    outside = IdentitySettings(issuer=issuer.url, audience=AUDIENCE, jwks_url=f"{issuer.url}/jwks")
    with desks.opened(database_url, tmp_path, clock=clock, outside=outside) as opened:
        yield opened


def _linked(desk: IdentityDesk, account: object, issuer: Issuer) -> None:
    body = {"issuer": issuer.url, "subject": SUBJECT}
    desk.ok("POST", f"/accounts/{account}/external-identities", body, by=desk.operator)


def test_what_an_outside_caller_may_do_stands_in_our_own_books(desk: IdentityDesk, issuer: Issuer) -> None:
    desk.found_offices()
    account = desk.member("zhangsan", "mediator", "mediation-150625")

    def token() -> dict[str, str]:
        return bearer(issuer.token(claims_of(issuer, desk.clock, roles=["system_admin"], scope="admin")))

    assert desk.refused("GET", "/me", by=token())[0] == 401
    _linked(desk, account, issuer)
    me = desk.ok("GET", "/me", by=token())
    assert [grant["role"] for grant in me["grants"]] == ["mediator"]
    assert me["account"] == str(account)
    assert desk.refused("GET", "/accounts", by=token())[0] == 403
    assert desk.refused("POST", "/password", {"current": "x", "new": "y"}, by=token()) == (
        403,
        "identity.outside_token",
    )
    desk.ok("POST", f"/accounts/{account}/disable", by=desk.operator)
    assert desk.refused("GET", "/me", by=token())[0] == 401


def test_who_needs_a_second_factor_needs_it_at_the_issuer_too(desk: IdentityDesk, issuer: Issuer) -> None:
    desk.found_offices()
    _linked(desk, desk.member("zhangsan", "bureau_statistician", "bureau-150625"), issuer)

    weak = bearer(issuer.token(claims_of(issuer, desk.clock, amr=["pwd"])))
    strong = bearer(issuer.token(claims_of(issuer, desk.clock, amr=["pwd", "otp", "mfa"])))

    assert desk.refused("GET", "/me", by=weak)[0] == 401
    assert desk.ok("GET", "/me", by=strong)["standing"] == "full"
