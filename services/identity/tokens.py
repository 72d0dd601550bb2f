"""JWT access tokens of the configured outside issuer (RFC 9068): who they speak of, never what he may do.

Algorithms, issuer, audience and the address of the keys come from the configuration; nothing is taken from the token
but what its signature covers, and of that no role.
"""

import threading
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

import httpx2 as httpx
import structlog
from joserfc import jwt
from joserfc.errors import JoseError, UnsupportedAlgorithmError
from joserfc.jwk import ECKey, Key, KeySet, OKPKey, RSAKey
from joserfc.jws import JWSRegistry, extract_compact

from services.identity.domain import OutsideIdentity
from shared.kernel.clock import Clock
from shared.kit.directory import unknown_caller
from shared.kit.problems import Unavailable

ALGORITHMS = ("RS256", "ES256", "EdDSA", "Ed25519")
TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt"})  # RFC 9068 section 2.1
LEEWAY_SECONDS = 60
LONGEST_LIFE_SECONDS = 15 * 60
FRESH = timedelta(minutes=10)
STALE = timedelta(hours=24)
BETWEEN_REFRESHES = timedelta(seconds=30)
ANSWER_SECONDS = 5.0
LARGEST_ANSWER = 256 * 1024
MULTI_FACTOR = "mfa"  # RFC 8176

log = structlog.get_logger()


class OneAlgorithmList(JWSRegistry):
    """The list above and nothing else: neither the library's defaults nor what a token asks for."""

    def __init__(self) -> None:
        # What a header holds besides, such as jku, x5u or jwk, is ignored (RFC 7515 section 4).
        super().__init__(algorithms=ALGORITHMS, strict_check_header=False)

    def get_alg(self, name: str) -> Any:
        if name not in ALGORITHMS:
            raise UnsupportedAlgorithmError(f"Algorithm of '{name}' is not allowed")
        return self.algorithms[name]


class KeysAway(RuntimeError):
    """The issuer's keys could not be fetched."""


Fetch = Callable[[str], Mapping[str, Any]]


def fetch_json(url: str) -> Mapping[str, Any]:
    """A small JSON object from a configured address. No redirect is followed: it could lead anywhere.

    Raises:
        KeysAway: no answer, not 200, too large, or not an object
    """
    try:
        with (
            httpx.Client(timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False) as client,
            client.stream("GET", url, headers={"Accept": "application/json"}) as answer,
        ):
            if answer.status_code != httpx.codes.OK:
                raise KeysAway(f"status {answer.status_code}")
            content = bytearray()
            for chunk in answer.iter_bytes():
                content += chunk
                if len(content) > LARGEST_ANSWER:
                    raise KeysAway("too large")
        found = httpx.Response(200, content=bytes(content)).json()
    except (httpx.HTTPError, ValueError, RecursionError) as failure:
        raise KeysAway(type(failure).__name__) from failure
    if not isinstance(found, dict):
        raise KeysAway("not an object")
    return found


class IssuerKeys:
    """The issuer's public keys, kept ten minutes, and a day when it does not answer."""

    def __init__(self, url: str, clock: Clock, fetch: Fetch = fetch_json) -> None:
        self._url = url
        self._clock = clock
        self._fetch = fetch
        self._guard = threading.Lock()
        self._keys: Mapping[str, Key] = {}
        self._fetched_at: datetime | None = None
        self._tried_at: datetime | None = None

    def get(self, key_id: str) -> Key | None:
        """The key with this id; None when the issuer has none, as far as is known.

        Raises:
            Unavailable: `identity.issuer_away`: its keys are older than a day, or were never fetched
        """
        now = self._clock()
        with self._guard:
            age = None if self._fetched_at is None else now - self._fetched_at
            if age is None or age >= FRESH or key_id not in self._keys:
                self._refresh(now)
            if self._fetched_at is None or now - self._fetched_at > STALE:
                raise Unavailable("identity.issuer_away", "外部身份认证服务暂时没有响应，请稍后再试。")
            return self._keys.get(key_id)

    def _refresh(self, now: datetime) -> None:
        """At most every half minute: tokens with invented key ids must not make us ask for each of them."""
        if self._tried_at is not None and now - self._tried_at < BETWEEN_REFRESHES:
            return
        self._tried_at = now
        try:
            self._keys = public_keys(self._fetch(self._url))
        except (KeysAway, JoseError, ValueError, TypeError, KeyError) as failure:
            log.warning("identity.issuer_keys_away", reason=type(failure).__name__)
            return
        self._fetched_at = now


def public_keys(answer: Mapping[str, Any]) -> Mapping[str, Key]:
    """The asymmetric keys of a JWKS by their ids; keys without an id cannot be named, and secrets are not keys here."""
    found = {}
    for key in KeySet.import_key_set({"keys": list(answer["keys"])}).keys:
        shown = key.as_dict(private=False)
        given = shown.get("kid")
        if isinstance(given, str) and isinstance(key, RSAKey | ECKey | OKPKey) and shown.get("use") != "enc":
            found[given] = key
    return found


class OutsideTokens:
    """Verifies access tokens of the one configured issuer that are meant for us."""

    def __init__(self, *, issuer: str, audience: str, keys: IssuerKeys, clock: Clock) -> None:
        self._issuer = issuer
        self._keys = keys
        self._clock = clock
        self._audience = audience
        self._registry = OneAlgorithmList()

    def verify(self, token: str) -> OutsideIdentity:
        """
        Raises:
            Unauthenticated: anything about it is not as it must be
            Unavailable: `identity.issuer_away`
        """
        try:
            header = extract_compact(token.encode(), None, self._registry).headers()
            if str(header.get("typ", "")).lower() not in TOKEN_TYPES:
                raise unknown_caller()
            key = self._key(header.get("kid"))
            claims = jwt.decode(token, key, registry=self._registry).claims
            self._check(claims)
        except (JoseError, ValueError, TypeError, RecursionError) as forged:
            raise unknown_caller() from forged
        return OutsideIdentity(self._issuer, claims["sub"], is_strong(claims))

    def _key(self, key_id: object) -> Key:
        key = self._keys.get(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise unknown_caller()
        return key

    def _check(self, claims: Mapping[str, Any]) -> None:
        jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._audience},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(dict(claims))
        if claims["exp"] - claims["iat"] > LONGEST_LIFE_SECONDS:
            raise unknown_caller()


def is_strong(claims: Mapping[str, Any]) -> bool:
    methods = claims.get("amr")
    return isinstance(methods, list) and MULTI_FACTOR in methods
