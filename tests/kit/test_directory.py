"""Who is known by the keys of a machine, and how a service asks identity about everybody else."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey

from shared.contracts.identity import EVERY_OFFICE, Caller, Grant, Office, OfficeKind, Role
from shared.kernel.errors import Unauthenticated
from shared.kit.access import Credential
from shared.kit.directory import HostDirectory, Nobody, RemoteDirectory, service_token
from shared.kit.keys import Keys
from shared.kit.offices import OfficeTree
from shared.kit.problems import Unavailable

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SOMEBODY = Caller(account="somebody", via="token", grants=(Grant(role=Role.MEDIATOR, office="m"),))
BUREAU = Office(code="b", name="b", kind=OfficeKind.BUREAU, region="150625", valid_from=date(2020, 1, 1))


class OneCaller:
    """Knows one token."""

    def __init__(self) -> None:
        self.asked: list[Credential] = []

    def caller(self, credential: Credential) -> Caller:
        self.asked.append(credential)
        if credential.value != "known":
            raise Unauthenticated("access.sign_in", "请先登录。")
        return SOMEBODY

    def offices(self) -> OfficeTree:
        return OfficeTree([BUREAU], version=7)

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        return self.caller(credential), self.offices()


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys")


@pytest.fixture
def inner() -> OneCaller:
    return OneCaller()


@pytest.fixture
def host(keys: Keys, inner: OneCaller) -> HostDirectory:
    return HostDirectory(keys, inner, lambda: NOW)


def test_nobody_knows_anybody() -> None:
    with pytest.raises(Unauthenticated):
        Nobody().caller(Credential("bearer", "x"))
    assert Nobody().offices().all() == ()


def test_the_operators_token_is_the_operators(host: HostDirectory, keys: Keys) -> None:
    found = host.caller(Credential("bearer", keys.operator_token()))

    assert (found.account, found.via) == ("operator", "operator")
    assert found.grants == (Grant(role=Role.OPERATOR, office=EVERY_OFFICE),)


def test_a_key_of_this_machine_is_never_a_cookie(host: HostDirectory, keys: Keys) -> None:
    for value in (keys.operator_token(), service_token(keys, "mediation", NOW)):
        with pytest.raises(Unauthenticated):
            host.caller(Credential("cookie", value))


def test_a_service_is_known_by_its_token(host: HostDirectory, keys: Keys, inner: OneCaller) -> None:
    found = host.caller(Credential("bearer", service_token(keys, "mediation", NOW)))

    assert (found.account, found.via) == ("service:mediation", "service")
    assert found.grants == (Grant(role=Role.SERVICE, office=EVERY_OFFICE),)
    assert inner.asked == []


def test_everybody_else_is_asked_about_further_inside(host: HostDirectory, inner: OneCaller) -> None:
    assert host.caller(Credential("bearer", "known")) is SOMEBODY
    assert host.caller(Credential("cookie", "known")) is SOMEBODY
    for value in ("unknown", "a.b.c", "e30.e30.e30", "ÿ", ".."):
        with pytest.raises(Unauthenticated):
            host.caller(Credential("bearer", value))
    assert len(inner.asked) == 7
    assert host.offices().version == 7


def test_a_header_that_is_nested_for_harm_is_nobodys(host: HostDirectory) -> None:
    import base64

    deep = base64.urlsafe_b64encode(b"[" * 40_000).decode().rstrip("=")

    with pytest.raises(Unauthenticated):
        host.caller(Credential("bearer", f"{deep}.x.x"))


def _token(keys: Keys, claims: dict[str, Any], *, secret: bytes | None = None, alg: str = "HS256") -> str:
    issued = int(NOW.timestamp())
    good = {"iss": "mediation", "aud": "dingfen", "iat": issued, "exp": issued + 300}
    said = {name: value for name, value in {**good, **claims}.items() if value is not None}
    key = OctKey.import_key(secret or keys.service_secret())
    return jwt.encode({"alg": alg, "typ": "service+jwt"}, said, key, algorithms=[alg])


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"aud": None},
        {"iss": None},
        {"iss": ""},
        {"exp": None},
        {"iat": None},
        {"exp": int(NOW.timestamp()) - 61},
        {"exp": int(NOW.timestamp()) + 301},
        {"iat": int(NOW.timestamp()) + 61},
    ],
    ids=str,
)
def test_a_service_token_that_is_not_as_it_must_be_is_refused(
    host: HostDirectory, keys: Keys, inner: OneCaller, claims: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        host.caller(Credential("bearer", _token(keys, claims)))
    assert inner.asked == []


def test_a_service_token_of_another_installation_is_refused(host: HostDirectory, keys: Keys) -> None:
    for token in (_token(keys, {}, secret=b"s" * 43), _token(keys, {}, alg="HS512")):
        with pytest.raises(Unauthenticated):
            host.caller(Credential("bearer", token))
    assert host.caller(Credential("bearer", _token(keys, {})))


def test_a_service_token_lives_five_minutes(keys: Keys, inner: OneCaller) -> None:
    token = Credential("bearer", service_token(keys, "mediation", NOW))

    def after(seconds: int) -> Caller:
        return HostDirectory(keys, inner, lambda: NOW + timedelta(seconds=seconds)).caller(token)

    assert after(300 + 59)
    with pytest.raises(Unauthenticated):
        after(300 + 60)


class Identity:
    """What identity answers over HTTP, and what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.version = 7
        self.status = 200
        self.body: bytes | None = None
        self.asked: list[tuple[str, str, str]] = []

    def answer(self, method: str, path: str, token: str, body: Any) -> tuple[int, bytes]:
        self.asked.append((method, path, token))
        if self.status != 200 or self.body is not None:
            return self.status, self.body or b"{}"
        if path == "/identity/offices":
            offices = [BUREAU.model_dump(mode="json")]
            return 200, json.dumps({"version": self.version, "items": offices}).encode()
        if body != {"kind": "bearer", "value": "known"}:
            return 401, b"{}"
        caller = SOMEBODY.model_dump(mode="json")
        return 200, json.dumps({"caller": caller, "offices_version": self.version}).encode()


@contextmanager
def answering(identity: Identity) -> Iterator[Identity]:
    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            content = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            token = self.headers.get("Authorization", "")
            status, answer = identity.answer(
                self.command, self.path, token, json.loads(content) if content else None
            )
            self.send_response(status)
            self.send_header("Content-Length", str(len(answer)))
            if status == 302:
                self.send_header("Location", "http://127.0.0.1:1/")
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST = _do

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    identity.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield identity
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def identity() -> Iterator[Identity]:
    with answering(Identity()) as running:
        yield running


@pytest.fixture
def remote(identity: Identity) -> Iterator[RemoteDirectory]:
    directory = RemoteDirectory(identity.url, lambda: "token-of-a-service")
    yield directory
    directory.close()


def test_identity_is_asked_at_every_request(remote: RemoteDirectory, identity: Identity) -> None:
    for _ in range(3):
        assert remote.caller(Credential("bearer", "known")) == SOMEBODY

    asked = [entry for entry in identity.asked if entry[1] == "/identity/introspect"]
    assert asked == [("POST", "/identity/introspect", "Bearer token-of-a-service")] * 3


def test_whoever_identity_does_not_know_is_not_let_in(remote: RemoteDirectory) -> None:
    with pytest.raises(Unauthenticated):
        remote.caller(Credential("cookie", "known"))


def test_the_offices_are_fetched_when_their_version_is_new(
    remote: RemoteDirectory, identity: Identity
) -> None:
    for _ in range(3):
        remote.caller(Credential("bearer", "known"))
        assert remote.offices().version == 7
    assert [entry[1] for entry in identity.asked].count("/identity/offices") == 1

    identity.version = 8
    remote.caller(Credential("bearer", "known"))

    assert remote.offices().version == 8
    assert [entry[1] for entry in identity.asked].count("/identity/offices") == 2


def test_the_offices_are_there_before_anybody_called(remote: RemoteDirectory) -> None:
    assert remote.offices().get("b") == BUREAU


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, None),
        (503, None),
        (302, None),
        (403, None),
        (200, b"no JSON"),
        (200, b"{}"),
        (200, b'{"caller": 1}'),
    ],
)
def test_an_identity_that_does_not_answer_properly_lets_nobody_in(
    remote: RemoteDirectory, identity: Identity, status: int, body: bytes | None
) -> None:
    identity.status, identity.body = status, body

    with pytest.raises(Unavailable) as refusal:
        remote.caller(Credential("bearer", "known"))

    assert refusal.value.code == "identity.away"
    with pytest.raises(Unavailable):
        remote.offices()


def test_an_identity_that_is_away_lets_nobody_in() -> None:
    remote = RemoteDirectory("http://127.0.0.1:1", lambda: "token-of-a-service")

    with pytest.raises(Unavailable):
        remote.caller(Credential("bearer", "known"))
    remote.close()
