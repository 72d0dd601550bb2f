"""A client of an application in this process that crosses to the application's thread once a request.

Starlette's own crosses ten times, for each piece of a body and more, which is half the time of a small request. Whoever
needs the pieces of an answer one by one takes that one.
"""

from typing import Any

import httpx2 as httpx
from starlette.testclient import TestClient

ADDRESS = ("testclient", 50000)


class Client(TestClient):
    """TestClient, whose answers are whole when they arrive."""

    def __init__(self, app: Any, *, raise_server_exceptions: bool = True, **options: Any) -> None:
        super().__init__(app, raise_server_exceptions=raise_server_exceptions, **options)
        self._transport = _InOneCall(self, raise_server_exceptions=raise_server_exceptions)


class _InOneCall(httpx.BaseTransport):
    def __init__(self, client: TestClient, *, raise_server_exceptions: bool) -> None:
        self._portal = client._portal_factory
        self._inner = httpx.ASGITransport(
            client.app, raise_app_exceptions=raise_server_exceptions, client=ADDRESS
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        with self._portal() as portal:
            return portal.call(self._answered, request)

    async def _answered(self, request: httpx.Request) -> httpx.Response:
        answer = await self._inner.handle_async_request(request)
        assert isinstance(answer.stream, httpx.AsyncByteStream)
        content = b"".join([part async for part in answer.stream])
        return httpx.Response(answer.status_code, headers=answer.headers, stream=httpx.ByteStream(content))
