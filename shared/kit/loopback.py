"""Until accounts exist the machine itself is the door: only programs and pages of this machine are answered.

Listening on loopback alone does not keep out a web page in the clerk's own browser: it may post without asking,
and a name that its owner points at 127.0.0.1 may even read. Hence the Host must be this machine's, and a change
that names an Origin must come from our own pages.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.kit import problems

HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


class LoopbackOnly:
    """Pure ASGI: answers 403 to a foreign Host, and to a change from a foreign Origin."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        host, origin = headers.get("host", ""), headers.get("origin")
        if urlsplit(f"//{host}").hostname not in HOSTS:
            refusal = problems.problem(403, "request.foreign_host", "只接受来自本机地址的请求。")
        elif scope["method"] not in SAFE_METHODS and origin not in (None, f"http://{host}"):
            refusal = problems.problem(
                403, "request.foreign_origin", "这个请求来自别的网页，什么也没有改动。"
            )
        else:
            await self._app(scope, receive, send)
            return
        await refusal(scope, receive, send)
