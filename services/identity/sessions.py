"""Tokens of sessions, and the cookie that carries one."""

import base64
import hashlib
from collections.abc import Callable

from fastapi import Response

from services.identity.domain import ABSOLUTE
from shared.kit.access import COOKIES

TOKEN_BYTES = 32


def new_token(chance: Callable[[int], bytes]) -> str:
    """256 bits, without dots: a token with two dots is a JWT."""
    return base64.urlsafe_b64encode(chance(TOKEN_BYTES)).rstrip(b"=").decode()


def digest(token: str) -> str:
    """What the books keep. A plain hash is enough for a value that is chance itself."""
    return hashlib.sha256(token.encode()).hexdigest()


def cookie_name(*, secure: bool) -> str:
    """Over TLS a name that browsers take from our own host only; plain HTTP is for this machine alone."""
    over_tls, on_loopback = COOKIES
    return over_tls if secure else on_loopback


def put_cookie(response: Response, token: str, *, secure: bool) -> None:
    response.set_cookie(
        cookie_name(secure=secure),
        token,
        max_age=int(ABSOLUTE.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def drop_cookie(response: Response, *, secure: bool) -> None:
    response.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax")
