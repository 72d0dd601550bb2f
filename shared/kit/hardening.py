"""What every answer carries and what no request may do, whatever the route: pure ASGI around the whole application.

`harden` puts all of it around an application, outermost first: `SecurityHeaders`, `Doorway`, `BodyRules`.
"""

from collections.abc import Mapping
from uuid import uuid4

import structlog
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kit.bodies import FIELDS_LIMIT, FILE_LIMIT, BodyLimit, BodyRules
from shared.kit.doorway import Doorway

_OURS_ONLY = (
    "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
    " frame-ancestors 'none'"
)
STRICT_POLICY = f"{_OURS_ONLY}; script-src 'self'; style-src 'self'"
# The framework writes scripts and styles into its pages of help; no page with case data is allowed that.
HELP_POLICY = (
    f"{_OURS_ONLY}; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; worker-src blob:"
)
OWN_POLICIES: Mapping[str, str] = dict.fromkeys(("/docs", "/docs/oauth2-redirect", "/redoc"), HELP_POLICY)
_PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("camera", "display-capture", "geolocation", "microphone", "payment", "serial", "usb")
)
_ON_EVERY_ANSWER = {
    "X-Content-Type-Options": "nosniff",
    # "no-referrer" would make a browser send the Origin of our own forms as "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": _PERMISSIONS,
}
_HSTS = "max-age=31536000; includeSubDomains"
_RawHeaders = list[tuple[bytes, bytes]]


def harden(
    app: FastAPI,
    *,
    public_url: str | None = None,
    fields: BodyLimit = FIELDS_LIMIT,
    file: BodyLimit = FILE_LIMIT,
) -> None:
    """Put the doors around `app`; the last thing to do with it, because its other middleware is then fixed.

    Raises:
        ValueError: `public_url` is no https address
    """
    app.add_middleware(BodyRules, fields=fields, file=file)
    app.add_middleware(Doorway, public_url=public_url)
    # Around the framework's own last resort too: it would answer a failure outside of any middleware of ours.
    app.middleware_stack = SecurityHeaders(app.build_middleware_stack(), public_url=public_url)


class SecurityHeaders:
    """Gives each request an id and each answer its headers.

    The id stands in `scope["state"]["request_id"]`, in every log line of the request, and in `X-Request-ID`. One
    that the client sends is not taken over: two requests never share an id.
    """

    def __init__(self, app: ASGIApp, *, public_url: str | None = None) -> None:
        self._app = app
        fixed = _ON_EVERY_ANSWER | ({"Strict-Transport-Security": _HSTS} if public_url is not None else {})
        self._strict = _raw(fixed | {"Content-Security-Policy": STRICT_POLICY})
        self._own = {
            path: _raw(fixed | {"Content-Security-Policy": policy}) for path, policy in OWN_POLICIES.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid4().hex
        scope.setdefault("state", {})["request_id"] = request_id
        added = [*self._own.get(scope["path"], self._strict), (b"x-request-id", request_id.encode())]

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers: _RawHeaders = list(message.get("headers", ()))
                if not any(name.lower() == b"cache-control" for name, _ in headers):
                    headers.append((b"cache-control", b"no-store"))
                message["headers"] = headers + added
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_headers)


def _raw(headers: Mapping[str, str]) -> _RawHeaders:
    return [(name.lower().encode(), value.encode()) for name, value in headers.items()]
