"""Sign-in at the configured OpenID Connect issuer: authorization code with PKCE, state and nonce.

What was asked waits in a sealed cookie of the browser that asked: an answer that was meant for another browser
finds none, and no worker has to remember anything.
"""

import base64
import hmac
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx2 as httpx
import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.httpx_client import OAuth2Client
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jws import extract_compact

from services.identity.domain import OutsideIdentity
from services.identity.second_factor import Seal, Unsealable
from services.identity.settings import IdentitySettings, is_trustworthy
from services.identity.tokens import (
    ANSWER_SECONDS,
    FRESH,
    LEEWAY_SECONDS,
    IssuerKeys,
    KeysAway,
    OneAlgorithmList,
    fetch_json,
    is_strong,
)
from shared.kernel.clock import Clock
from shared.kernel.errors import Unauthenticated
from shared.kit.problems import Unavailable

DISCOVERY = "/.well-known/openid-configuration"
PATIENCE = timedelta(minutes=10)  # how long somebody may take at the issuer
VALUE_BYTES = 32
_OWNER = b"openid"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Asked:
    """One sign-in on its way; `next` is where the person wanted to go."""

    state: str
    nonce: str
    verifier: str
    next: str
    until: float


@dataclass(frozen=True, slots=True)
class _Endpoints:
    authorization: str
    token: str
    keys: IssuerKeys


class OpenIdSignIn:
    """The relying party of one issuer."""

    def __init__(
        self, settings: IdentitySettings, seal: Seal, clock: Clock, chance: Callable[[int], bytes]
    ) -> None:
        if settings.issuer is None or settings.client_id is None:
            raise ValueError("no issuer is configured")
        self._issuer = settings.issuer
        self._client_id = settings.client_id
        self._client_secret = settings.client_secret()
        self._seal = seal
        self._clock = clock
        self._chance = chance
        self._guard = threading.Lock()
        self._found: _Endpoints | None = None
        self._found_at: datetime | None = None

    def start(self, redirect_uri: str, *, next_path: str) -> tuple[str, str]:
        """The address at the issuer to send the browser to, and the cookie to send it with.

        Raises:
            Unavailable: `identity.issuer_away`
        """
        endpoints = self._endpoints()
        asked = Asked(
            state=self._value(),
            nonce=self._value(),
            verifier=self._value(),
            next=next_path,
            until=(self._clock() + PATIENCE).timestamp(),
        )
        with self._client(redirect_uri) as client:
            address, _ = client.create_authorization_url(
                endpoints.authorization, state=asked.state, nonce=asked.nonce, code_verifier=asked.verifier
            )
        sealed = self._seal.close(json.dumps(asdict(asked)).encode(), owner=_OWNER)
        return str(address), base64.urlsafe_b64encode(sealed).decode()

    def finish(
        self, redirect_uri: str, *, cookie: str | None, state: str | None, code: str | None
    ) -> tuple[OutsideIdentity, str]:
        """Who signed in at the issuer, and where they wanted to go.

        Raises:
            Unauthenticated: `identity.openid_refused`
            Unavailable: `identity.issuer_away`
        """
        asked = self._asked(cookie)
        if asked is None or state is None or code is None or not hmac.compare_digest(state, asked.state):
            raise _refused()
        endpoints = self._endpoints()
        try:
            with self._client(redirect_uri) as client:
                answer = client.fetch_token(
                    endpoints.token,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=asked.verifier,
                )
            return self._verified(str(answer["id_token"]), asked.nonce, endpoints.keys), asked.next
        except httpx.HTTPError as failure:
            raise _away() from failure
        except (OAuthError, JoseError, ValueError, TypeError, KeyError, RecursionError) as failure:
            log.warning("identity.openid_refused", reason=type(failure).__name__)
            raise _refused() from failure

    def _verified(self, token: str, nonce: str, keys: IssuerKeys) -> OutsideIdentity:
        """OpenID Connect Core 1.0, 3.1.3.7."""
        registry = OneAlgorithmList()
        key_id = extract_compact(token.encode(), None, registry).headers().get("kid")
        key = keys.get(key_id) if isinstance(key_id, str) else None
        if key is None:
            raise _refused()
        claims: Mapping[str, Any] = jwt.decode(token, key, registry=registry).claims
        jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            nonce={"essential": True, "value": nonce},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        ).validate(dict(claims))
        if claims.get("azp", self._client_id) != self._client_id:
            raise _refused()
        return OutsideIdentity(self._issuer, claims["sub"], is_strong(claims))

    def _asked(self, cookie: str | None) -> Asked | None:
        try:
            opened = self._seal.open(base64.urlsafe_b64decode(cookie or ""), owner=_OWNER)
            asked = Asked(**json.loads(opened))
        except (ValueError, TypeError, Unsealable):
            return None
        return asked if self._clock().timestamp() < asked.until else None

    def _endpoints(self) -> _Endpoints:
        """What the issuer says of itself; asked of the configured issuer only, and its keys are its own."""
        now = self._clock()
        with self._guard:
            if self._found is None or self._found_at is None or now - self._found_at >= FRESH:
                self._found = self._discovered(self._found)
                self._found_at = now
            return self._found

    def _discovered(self, before: _Endpoints | None) -> _Endpoints:
        try:
            said = fetch_json(self._issuer.rstrip("/") + DISCOVERY)
            if said["issuer"] != self._issuer:
                raise KeysAway("another issuer")
            places = [str(said[name]) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
        except (KeysAway, KeyError) as failure:
            log.warning("identity.issuer_away", reason=type(failure).__name__)
            if before is not None:
                return before
            raise _away() from failure
        if not all(map(is_trustworthy, places)):
            raise _away()
        return _Endpoints(places[0], places[1], IssuerKeys(places[2], self._clock))

    def _client(self, redirect_uri: str) -> OAuth2Client:
        return OAuth2Client(
            client_id=self._client_id,
            client_secret=self._client_secret,
            # A public client has no secret to show; PKCE protects its code.
            token_endpoint_auth_method="client_secret_basic" if self._client_secret else "none",
            scope="openid",
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
            timeout=ANSWER_SECONDS,
            trust_env=False,
            follow_redirects=False,
        )

    def _value(self) -> str:
        return base64.urlsafe_b64encode(self._chance(VALUE_BYTES)).rstrip(b"=").decode()


def _refused() -> Unauthenticated:
    return Unauthenticated("identity.openid_refused", "统一身份认证没有成功，请重新登录。")


def _away() -> Unavailable:
    return Unavailable("identity.issuer_away", "外部身份认证服务暂时没有响应，请稍后再试。")
