"""Where a service of the suite learns who calls: from the keys of this machine, or from identity over HTTP.

Identity has its own directory, on its own books; the two here stand around it. None of them remembers a caller
from one request to the next: what was revoked is revoked at once.
"""

import base64
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from shared.contracts.identity import EVERY_OFFICE, Caller, Grant, Office, Role
from shared.kernel.clock import Clock
from shared.kernel.errors import Unauthenticated
from shared.kit.access import Credential, Directory
from shared.kit.keys import Keys
from shared.kit.offices import NO_OFFICES, OfficeTree
from shared.kit.problems import Unavailable

if TYPE_CHECKING:
    from joserfc.jwk import OctKey

SUITE = "dingfen"  # the audience of every service token
SERVICE_TOKEN_TYPE = "service+jwt"  # noqa: S105 - a media type, not a secret
SERVICE_TOKEN_SECONDS = 300
CLOCK_LEEWAY_SECONDS = 60
ANSWER_SECONDS = 5.0
_ANSWERED, _NOT_KNOWN = 200, 401

Answer = TypeVar("Answer", bound=BaseModel)

_OPERATOR = Caller(
    account="operator", via="operator", grants=(Grant(role=Role.OPERATOR, office=EVERY_OFFICE),)
)


class OfficesAnswer(BaseModel):
    """What identity answers to `GET /identity/offices`: the whole tree, and the version it has."""

    model_config = ConfigDict(frozen=True)

    version: int
    items: tuple[Office, ...]


class Introspection(BaseModel):
    """What identity answers to `POST /identity/introspect`, with the version that its tree of offices has now."""

    model_config = ConfigDict(frozen=True)

    caller: Caller
    offices_version: int


def unknown_caller() -> Unauthenticated:
    """The one sentence for every credential that does not count; which of the reasons it was helps only a thief."""
    return Unauthenticated("access.sign_in", "请先登录。")


class Nobody:
    """Knows nobody: what a service has that was given no directory."""

    def caller(self, credential: Credential) -> Caller:
        """
        Raises:
            Unauthenticated: always
        """
        raise unknown_caller()

    def offices(self) -> OfficeTree:
        return NO_OFFICES

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        """
        Raises:
            Unauthenticated: always
        """
        raise unknown_caller()


class HostDirectory:
    """The operator's command and the suite's services, by the keys of this machine; everybody else by `inner`."""

    def __init__(self, keys: Keys, inner: Directory, clock: Clock) -> None:
        self._keys = keys
        self._inner = inner
        self._clock = clock
        self._operator = keys.operator_token().encode()

    def caller(self, credential: Credential) -> Caller:
        """
        Raises:
            Unauthenticated: a service token that does not count; else what `inner` raises
        """
        return self._by_key(credential) or self._inner.caller(credential)

    def offices(self) -> OfficeTree:
        return self._inner.offices()

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        """
        Raises:
            Unauthenticated: as `caller`
        """
        ours = self._by_key(credential)
        return self._inner.known(credential) if ours is None else (ours, self._inner.offices())

    def _by_key(self, credential: Credential) -> Caller | None:
        """Whom the keys of this machine tell; None when it is for `inner` to say."""
        if credential.kind == "bearer":
            if hmac.compare_digest(credential.value.encode(), self._operator):
                return _OPERATOR
            if is_jwt(credential.value) and _type_of(credential.value) == SERVICE_TOKEN_TYPE:
                return self._service(credential.value)
        return None

    def _service(self, token: str) -> Caller:
        from joserfc import jwt
        from joserfc.errors import JoseError

        now = int(self._clock().timestamp())
        registry = jwt.JWTClaimsRegistry(
            now=now,
            leeway=CLOCK_LEEWAY_SECONDS,
            iss={"essential": True},
            aud={"essential": True, "value": SUITE},
            iat={"essential": True},
            exp={"essential": True},
        )
        try:
            claims = jwt.decode(token, _key(self._keys), algorithms=["HS256"]).claims
            registry.validate(claims)
        except (JoseError, ValueError) as forged:
            raise unknown_caller() from forged
        if claims["exp"] - claims["iat"] > SERVICE_TOKEN_SECONDS:
            raise unknown_caller()
        return Caller(
            account=f"service:{claims['iss']}",
            via="service",
            grants=(Grant(role=Role.SERVICE, office=EVERY_OFFICE),),
        )


def service_token(keys: Keys, issuer: str, now: datetime) -> str:
    """What the service `issuer` proves itself to another with, for five minutes."""
    from joserfc import jwt

    issued = int(now.timestamp())
    claims: dict[str, Any] = {
        "iss": issuer,
        "aud": SUITE,
        "iat": issued,
        "exp": issued + SERVICE_TOKEN_SECONDS,
    }
    return jwt.encode({"alg": "HS256", "typ": SERVICE_TOKEN_TYPE}, claims, _key(keys))


def is_jwt(value: str) -> bool:
    """Whether a bearer token has the shape of a JWT; opaque tokens have no dots."""
    return value.count(".") == 2


def _type_of(token: str) -> str | None:
    """The `typ` that a JWT claims to have; read before anything is verified, and only to choose who verifies it."""
    head = token.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    except (ValueError, RecursionError):  # whoever sends it may nest it as deep as they like
        return None
    found = header.get("typ") if isinstance(header, dict) else None
    return found if isinstance(found, str) else None


def _key(keys: Keys) -> "OctKey":
    from joserfc.jwk import OctKey

    return OctKey.import_key(keys.service_secret())


class RemoteDirectory:
    """Asks identity over HTTP: a caller at each request, the offices whenever identity names a new version.

    `token` gives a fresh service token; `url` is identity's, without its prefix.
    """

    def __init__(self, url: str, token: Callable[[], str]) -> None:
        import httpx2 as httpx  # a suite in one process never asks, and need not load it

        self._token = token
        self._http = httpx.Client(
            base_url=url.rstrip("/"), timeout=ANSWER_SECONDS, trust_env=False, follow_redirects=False
        )
        self._failures = httpx.HTTPError
        self._tree = NO_OFFICES
        self._known: int | None = None
        self._guard = threading.Lock()

    def caller(self, credential: Credential) -> Caller:
        """
        Raises:
            Unauthenticated: identity does not know this credential
            Unavailable: `identity.away`
        """
        body = {"kind": credential.kind, "value": credential.value}
        found = self._asked("POST", "/identity/introspect", Introspection, body)
        self._learn(found.offices_version)
        return found.caller

    def offices(self) -> OfficeTree:
        """The tree of the newest version that identity has named; asked for when it has named none yet.

        Raises:
            Unavailable: `identity.away`
        """
        if self._known is None:
            self._learn(None)
        return self._tree

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        """
        Raises:
            Unauthenticated, Unavailable: as `caller`
        """
        return self.caller(credential), self.offices()

    def close(self) -> None:
        self._http.close()

    def _learn(self, version: int | None) -> None:
        """Fetch the tree once, however many requests hear of a new version at the same time."""
        if version is not None and version == self._known:
            return
        with self._guard:
            if self._known is not None and version in (None, self._known):
                return
            answer = self._asked("GET", "/identity/offices", OfficesAnswer, None)
            self._tree = OfficeTree(answer.items, version=answer.version)
            self._known = answer.version

    def _asked(self, method: str, path: str, shape: type[Answer], body: Mapping[str, str] | None) -> Answer:
        try:
            answer = self._http.request(
                method, path, json=body, headers={"Authorization": f"Bearer {self._token()}"}
            )
            if answer.status_code == _NOT_KNOWN:
                raise unknown_caller()
            if answer.status_code != _ANSWERED:
                raise _away()
            return shape.model_validate_json(answer.content)
        except (self._failures, ValidationError) as failure:
            raise _away() from failure


def _away() -> Unavailable:
    return Unavailable("identity.away", "账户服务暂时没有响应，什么也没有做；请稍后再试。")
