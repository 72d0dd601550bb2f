"""A small OpenID Connect issuer on this machine: real keys, real signatures, real HTTP."""

import base64
import hashlib
import hmac
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, OKPKey, RSAKey
from joserfc.jws import JWSRegistry

AUDIENCE = "dingfen-test"
CLIENT = "dingfen-client"
SECRET = "the client's own secret"
SUBJECT = "employee-42"


class AnyAlgorithm(JWSRegistry):
    """An issuer signs as it likes; what is accepted is for the other side to say."""

    def get_alg(self, name: str) -> Any:
        return self.algorithms[name]

    def check_header(self, header: Mapping[str, Any]) -> None:
        pass


@dataclass
class Grant:
    """A code that waits to be redeemed."""

    nonce: str
    challenge: str
    redirect_uri: str


class Issuer:
    def __init__(self, url: str) -> None:
        self.url = url
        self.rsa = RSAKey.generate_key(2048, {"kid": "rsa"})
        self.keys: dict[str, RSAKey | ECKey | OKPKey] = {
            "rsa": self.rsa,
            "ec": ECKey.generate_key("P-256", {"kid": "ec"}),
            "ed": OKPKey.generate_key("Ed25519", {"kid": "ed"}),
        }
        self.asked: list[str] = []
        self.status = 200
        self.grants: dict[str, Grant] = {}
        self.claims: dict[str, Any] = {}  # what its next id token says otherwise than it should
        self.says: dict[str, Any] = {}  # and what its discovery says otherwise
        self.now = datetime.fromtimestamp(0, UTC)
        self.elsewhere: str | None = None

    def jwks(self) -> dict[str, Any]:
        return {"keys": [key.as_dict(private=False) for key in self.keys.values()]}

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            **self.says,
        }

    def token(
        self,
        claims: Mapping[str, Any],
        *,
        header: Mapping[str, Any] = {},
        alg: str = "RS256",
        key: Any = None,
    ) -> str:
        named = {"RS256": "rsa", "ES256": "ec", "EdDSA": "ed", "Ed25519": "ed"}
        signing = key or self.keys[named.get(alg, "rsa")]
        head = {"alg": alg, "typ": "at+jwt", "kid": named.get(alg, "rsa"), **header}
        registry = AnyAlgorithm(strict_check_header=False)
        return jwt.encode(
            {k: v for k, v in head.items() if v is not None}, dict(claims), signing, registry=registry
        )

    def authorize(self, address: str) -> dict[str, str]:
        """What the browser brings back from the issuer's page when somebody has signed in there."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        code = f"code-{len(self.grants)}"
        self.grants[code] = Grant(query["nonce"], query["code_challenge"], query["redirect_uri"])
        return {"code": code, "state": query["state"]}

    def redeem(self, form: Mapping[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        expected = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {expected}":
            return 401, {"error": "invalid_client"}
        grant = self.grants.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if grant is None or (challenge, form["redirect_uri"]) != (grant.challenge, grant.redirect_uri):
            return 400, {"error": "invalid_grant"}
        issued = int(self.now.timestamp())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": SUBJECT,
            "nonce": grant.nonce,
            "iat": issued,
            "exp": issued + 300,
            **self.claims,
        }
        id_token = self.token(claims, header={"typ": "JWT"})
        return 200, {
            "access_token": "unused",
            "token_type": "Bearer",
            "expires_in": 300,
            "id_token": id_token,
        }


@contextmanager
def running() -> Iterator[Issuer]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
    server.RequestHandlerClass = _handler(issuer)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield issuer
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(issuer: Issuer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            issuer.asked.append(self.path)
            if issuer.elsewhere is not None:
                self.send_response(302)
                self.send_header("Location", issuer.elsewhere)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            pages = {"/jwks": issuer.jwks, "/.well-known/openid-configuration": issuer.discovery}
            page = pages.get(self.path)
            self._answer(issuer.status if page else 404, page() if page else {})

        def do_POST(self) -> None:
            issuer.asked.append(self.path)
            content = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(content).items()}
            self._answer(*issuer.redeem(form, self.headers.get("Authorization", "")))

        def _answer(self, status: int, body: Mapping[str, Any]) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler


def signed_with_the_public_key(public: RSAKey, claims: Mapping[str, Any]) -> str:
    """The public key taken for a shared secret, by hand: the library would not do it.

    A verifier that believes the algorithm of the token would accept it.
    """
    signed = ".".join(_part({"alg": "HS256", "typ": "at+jwt", "kid": "rsa"}, claims))
    digest = hmac.new(public.as_pem(private=False), signed.encode(), hashlib.sha256).digest()
    return f"{signed}.{base64.urlsafe_b64encode(digest).rstrip(b'=').decode()}"


def unsigned(claims: Mapping[str, Any]) -> str:
    return ".".join(_part({"alg": "none", "typ": "at+jwt", "kid": "rsa"}, claims)) + "."


def _part(*values: Mapping[str, Any]) -> Iterator[str]:
    for value in values:
        yield base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
