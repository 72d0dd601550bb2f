"""The outermost door: only requests under our own name come in, and only our own pages may change anything.

Listening on loopback alone does not keep out a web page in the clerk's own browser: it may post without asking,
and a name that its owner points at 127.0.0.1 may even read. Hence the Host must be ours, and a change that names
where it comes from must come from our own pages. Who the caller is, is asked further inside.
"""

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.kit import problems

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
FOREIGN_SITES = frozenset({"cross-site", "same-site"})
POLICY_VIOLATION = 1008  # RFC 6455 section 7.4.1

_NO_ADDRESS = (
    "DINGFEN_PUBLIC_URL 应写成 https://dingfen.example.gov.cn 的样子：以 https 开头，不带账户、路径和参数。"
)


def public_host(public_url: str) -> str:
    """The Host that requests to a public address carry, in lower case and without the port of https.

    Raises:
        ValueError: not https, or more than a name and a port; a sentence for the operator
    """
    try:
        parts = urlsplit(public_url)
        name, port = parts.hostname, parts.port
    except ValueError as unreadable:
        raise ValueError(_NO_ADDRESS) from unreadable
    extra = (parts.username, parts.password, parts.path.strip("/"), parts.query, parts.fragment)
    if parts.scheme != "https" or not name or any(extra):
        raise ValueError(_NO_ADDRESS)
    return _joined(name, port)


def _joined(name: str, port: int | None) -> str:
    host = f"[{name}]" if ":" in name else name
    return host if port in (None, 443) else f"{host}:{port}"


class Doorway:
    """Pure ASGI: answers 403 to a foreign Host, and to a change from a foreign page.

    Without `public_url` only this machine is answered; with it only requests to that address, whose pages have
    that origin. A gateway in front must therefore pass the Host on as it came.

    Raises:
        ValueError: `public_url` is no https address
    """

    def __init__(self, app: ASGIApp, *, public_url: str | None = None) -> None:
        self._app = app
        self._own_origin: Callable[[str], str | None] = _of_this_machine
        if public_url is not None:
            expected = public_host(public_url)
            self._own_origin = lambda host: f"https://{expected}" if _host(host) == expected else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if (
            scope["type"] == "websocket"
        ):  # nothing here speaks it, and it would not be asked where it comes from
            await send({"type": "websocket.close", "code": POLICY_VIOLATION})
            return
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        own = self._own_origin(hosts[0]) if len(hosts) == 1 else None
        if own is None:
            return problems.problem(403, "request.foreign_host", "只接受发往本系统地址的请求。")
        if scope["method"] in SAFE_METHODS:
            return None
        foreign = headers.get("sec-fetch-site") in FOREIGN_SITES
        if foreign or headers.get("origin") not in (None, own):
            return problems.problem(403, "request.foreign_origin", "这个请求来自别的网页，什么也没有改动。")
        return None


def _of_this_machine(host: str) -> str | None:
    """The origin of our own pages under a Host of this machine; None for any other Host."""
    try:
        return f"http://{host}" if urlsplit(f"//{host}").hostname in HOSTS else None
    except ValueError:  # brackets that hold no address
        return None


def _host(host: str) -> str:
    """A Host as `public_host` writes it; empty when it cannot be read."""
    try:
        parts = urlsplit(f"//{host}")
        if parts.hostname is None or parts.username is not None or parts.path:
            return ""
        return _joined(parts.hostname, parts.port)
    except ValueError:
        return ""
