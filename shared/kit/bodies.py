"""What no request body may do, whatever the route: be endless, never arrive, mean two things, or hold what no
database can keep. Pure ASGI; `shared.kit.hardening` puts it around the application.
"""

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.kit import problems
from shared.kit.text import MOST_EXACT, is_storable


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """The most bytes of a body, the seconds within which all of it must have arrived, and what to do about it."""

    size: int
    seconds: float
    advice: str = "请减少内容后再试。"


FIELDS_LIMIT = BodyLimit(size=1024 * 1024, seconds=15.0)
# A ledger over a slow line.
FILE_LIMIT = BodyLimit(size=20 * 1024 * 1024, seconds=120.0, advice="请按年份拆开后分别上传。")
# A ledger's body is the file itself, whatever type its sender gives it; its own reader decides what it is.
FILE_PATHS = re.compile(r"/[a-z]+/imports/[a-z_]+")

DEEPEST = 32
_LONG = 64 * 1024  # bytes; checking more than this would keep other requests waiting


class BodyRules:
    """Bodies within their limits of size and time; JSON and forms that mean one thing and can be stored.

    Refusals: 413 `request.too_large`, 408 `request.too_slow`, 422 `request.malformed` and `request.unstorable`.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        fields: BodyLimit = FIELDS_LIMIT,
        file: BodyLimit = FILE_LIMIT,
        file_paths: re.Pattern[str] = FILE_PATHS,
    ) -> None:
        self._app = app
        self._fields = fields
        self._file = file
        self._file_paths = file_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        if b"%00" in scope["query_string"] or "\0" in scope["path"]:
            await _unstorable()(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if "content-length" not in headers and "transfer-encoding" not in headers:
            await self._app(scope, receive, send)  # no body, RFC 9112 section 6.3
            return
        is_file = self._file_paths.fullmatch(scope["path"]) is not None
        limit = self._file if is_file else self._fields
        if _declared(headers) > limit.size:
            await _too_large(limit)(scope, receive, send)
            return
        check = None if is_file else _CHECKS.get(_kind(headers.get("content-type", "")))
        if check is None:
            await _Streamed(self._app, limit)(scope, receive, send)
        else:
            await _checked(self._app, limit, check)(scope, receive, send)


def _declared(headers: Headers) -> int:
    value = headers.get("content-length", "")
    return int(value) if value.isascii() and value.isdecimal() and len(value) < 19 else 0


def _kind(content_type: str) -> str:
    """The kind of body as FastAPI decides it too: whatever it takes for JSON has been checked as JSON."""
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type.startswith("application/") and (
        media_type == "application/json" or media_type.endswith("+json")
    ):
        return "json"
    return "form" if media_type == "application/x-www-form-urlencoded" else ""


class _TooLarge(HTTPException):
    """The body grew beyond its limit while the application was reading it."""


class _TooSlow(HTTPException):
    """The body did not arrive in time."""


def _checked(app: ASGIApp, limit: BodyLimit, check: Callable[[bytes], Response | None]) -> ASGIApp:
    """The application behind a body that is read and checked first; short ones, so keeping them costs nothing."""

    async def read_first(scope: Scope, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.timeout(limit.seconds):
                body = await _whole(receive, limit)
        except ClientDisconnect:
            return
        except TimeoutError:
            await _too_slow()(scope, receive, send)
            return
        except _TooLarge:
            await _too_large(limit)(scope, receive, send)
            return
        refusal = await run_in_threadpool(check, body) if len(body) > _LONG else check(body)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        unread = True

        async def replay() -> Message:
            nonlocal unread
            if unread:
                unread = False
                return {"type": "http.request", "body": body, "more_body": False}
            return await receive()

        await app(scope, replay, send)

    return read_first


async def _whole(receive: Receive, limit: BodyLimit) -> bytes:
    received = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        received += message.get("body", b"")
        if len(received) > limit.size:
            raise _TooLarge(413)
        if not message.get("more_body", False):
            return bytes(received)


class _Streamed:
    """The application reading its body as it comes, until a limit is passed: then the refusal is the answer.

    Whatever the application makes of the interrupted body, and in whichever words, is not sent.
    """

    def __init__(self, app: ASGIApp, limit: BodyLimit) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        deadline = asyncio.get_running_loop().time() + self._limit.seconds
        received = 0
        complete = started = False
        refusal: Response | None = None

        async def receive_within() -> Message:
            nonlocal received, complete, refusal
            if complete:
                return await receive()  # waits for the client to leave
            try:
                async with asyncio.timeout_at(deadline):
                    message = await receive()
            except TimeoutError as slow:
                refusal = _too_slow()
                raise _TooSlow(408) from slow
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if received > self._limit.size:
                refusal = _too_large(self._limit)
                raise _TooLarge(413)
            return message

        async def send_unless_refused(message: Message) -> None:
            nonlocal started
            if started or refusal is None:
                started = True
                await send(message)

        try:
            await self._app(scope, receive_within, send_unless_refused)
        except ClientDisconnect:
            return  # nobody is left to be answered
        except (_TooLarge, _TooSlow):
            if started:
                raise
        if refusal is not None and not started:
            await refusal(scope, receive, send)


def _too_large(limit: BodyLimit) -> Response:
    size = f"{limit.size // 1024 // 1024} MB" if limit.size >= 1024 * 1024 else f"{limit.size:,} 字节"
    return _closing(problems.problem(413, "request.too_large", f"内容超过 {size}，没有接收；{limit.advice}"))


def _too_slow() -> Response:
    return _closing(
        problems.problem(408, "request.too_slow", "内容没有在规定时间内传完，什么也没有保存；请重试。")
    )


def _closing(answer: Response) -> Response:
    """The rest of the body is on its way and would be taken for the next request."""
    answer.headers["Connection"] = "close"
    return answer


def _unstorable() -> Response:
    return problems.problem(
        422, "request.unstorable", "填写的内容里有数据库不能保存的字符或数字，请改正后再提交。"
    )


def _malformed(code: str, detail: str) -> Response:
    errors = [{"field": "body", "code": code, "detail": detail}]
    return problems.problem(422, "request.malformed", detail, errors=errors)


class _Unfit(ValueError):
    """What JSON reading refuses: `answer` says it to the client."""

    def __init__(self, answer: Response) -> None:
        super().__init__()
        self.answer = answer


def refusal_of_json(body: bytes) -> Response | None:
    """Why a JSON body is not handed on, or None.

    Stricter than Python's reader: UTF-8 only, every name once, no NaN or Infinity, at most 32 levels, numbers within
    ±2^53 (beyond, other readers lose digits), no NUL and no half surrogate pair in a text.
    """
    if not body:
        return None  # that a body is missing is the route's to say
    try:
        text = body.decode()
        value = _READER.decode(text)
        # Without an escape there is no NUL and no half pair; without many brackets there is no depth.
        if "\\u" in text or text.count("[") + text.count("{") > DEEPEST:
            _look_into(value, DEEPEST)
    except _Unfit as unfit:
        return unfit.answer
    except RecursionError:
        return _too_deep()
    except ValueError:
        return _malformed("json_invalid", "内容不是有效的 JSON。")
    return None


def _too_deep() -> Response:
    return _malformed("json_too_deep", f"内容嵌套超过 {DEEPEST} 层。")


def _look_into(value: Any, levels: int) -> None:
    if isinstance(value, str):
        if not is_storable(value):
            raise _Unfit(_unstorable())
    elif isinstance(value, dict | list):
        if not levels:
            raise _Unfit(_too_deep())
        for each in value if isinstance(value, list) else (*value, *value.values()):
            _look_into(each, levels - 1)


def _names_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    named = dict(pairs)
    if len(named) < len(pairs):
        raise _Unfit(_malformed("json_name_twice", "内容里同一个名称出现了两次。"))
    return named


def _whole_number(digits: str) -> int:
    # By length first: turning very many digits into a number takes time.
    if len(digits) > len(str(-MOST_EXACT)) or abs(number := int(digits)) > MOST_EXACT:
        raise _Unfit(_unstorable())
    return number


def _fraction(digits: str) -> float:
    number = float(digits)
    if not abs(number) <= MOST_EXACT:
        raise _Unfit(_unstorable())
    return number


def _no_constant(_name: str) -> Any:
    raise _Unfit(_malformed("json_invalid", "内容不是有效的 JSON。"))


_READER = json.JSONDecoder(
    object_pairs_hook=_names_once,
    parse_int=_whole_number,
    parse_float=_fraction,
    parse_constant=_no_constant,
)


def refusal_of_form(body: bytes) -> Response | None:
    """Why a form is not handed on, or None: NUL, plain or escaped, cannot be stored."""
    return _unstorable() if b"\0" in body or b"%00" in body else None


_CHECKS: Mapping[str, Callable[[bytes], Response | None]] = {"json": refusal_of_json, "form": refusal_of_form}
