"""Refusals as problem details (RFC 9457): a Chinese sentence and a stable code, never the value that was sent."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, TimeoutError
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import RedirectResponse

from shared.kernel.errors import Conflict, Forbidden, NotFound, RuleViolation, TooMany, Unauthenticated
from shared.kit.access import Access, Rule
from shared.kit.paths import told_path

SIGN_IN = "/identity/sign-in"
MEDIA_TYPE = "application/problem+json"

# What a code begins with decides the status where the class does not: these speak of the request, not of a case.
_MALFORMED = (
    "request.",
    "region.",
    "period.",
    "ledger.",
    "indicator.",
    "calendar.",
    "party.",
    "reconsideration.text_",
)
_TITLES = {
    400: "请求无法理解",
    401: "需要登录",
    403: "不能这样访问",
    404: "没有找到",
    405: "不支持的方法",
    408: "没有传完",
    409: "现在不能这样办",
    412: "内容已被他人更新",
    413: "内容过大",
    422: "填写有误",
    429: "过于频繁",
    500: "系统出错",
    503: "暂时无法办理",
}
_SHAPE_SENTENCES = {
    "missing": "缺少这一项。",
    "extra_forbidden": "没有这一项。",
    "date_from_datetime_parsing": "日期应写成 2024-01-31 的样子。",
    "date_parsing": "日期应写成 2024-01-31 的样子。",
    "date_type": "日期应写成 2024-01-31 的样子。",
    "enum": "不是允许的取值。",
    "literal_error": "不是允许的取值。",
    "string_type": "应为文字。",
    "string_too_long": "文字过长。",
    "string_too_short": "不能为空。",
    "bool_parsing": "应为 true 或 false。",
    "int_parsing": "应为整数。",
    "int_type": "应为整数。",
    "uuid_parsing": "编号的格式不对。",
    "text_unprintable": "有看不见或不能保存的字符，请删去后重新填写。",
    "number_without_digit": "文号里应有数字。",
    "json_invalid": "不是有效的 JSON。",
}

_HEADERS = {503: {"Retry-After": "2"}, 401: {"WWW-Authenticate": 'Bearer realm="dingfen"'}}

log = structlog.get_logger()


_WORDS = {"type": "string"}
_PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457, with a stable code and, where one field is to blame, its name.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        **dict.fromkeys(("type", "title", "detail", "code", "field"), _WORDS),
        "status": {"type": "integer"},
        "errors": {
            "type": "array",
            "items": {"type": "object", "properties": dict.fromkeys(("field", "code", "detail"), _WORDS)},
        },
    },
}
# What every route may answer besides its own: told in the interface's description.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"description": _TITLES[status], "content": {MEDIA_TYPE: {"schema": _PROBLEM}}}
    for status in (401, 403, 404, 405, 408, 409, 412, 413, 422, 429, 503)
}


class StaleVersion(Conflict):
    """The If-Match of the request names a version that is no longer the newest."""


class Unavailable(RuleViolation):
    """Something that must be asked first does not answer; nothing was done."""


def problem(
    status: int, code: str, detail: str, *, field: str | None = None, errors: Sequence[dict[str, Any]] = ()
) -> Response:
    body: dict[str, Any] = {
        "type": f"urn:dingfen:problem:{code}",
        "title": _TITLES.get(status, "请求被拒绝"),
        "status": status,
        "detail": detail,
        "code": code,
    }
    if field is not None:
        body["field"] = field
    if errors:
        body["errors"] = list(errors)
    return Response(
        orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE, headers=_HEADERS.get(status)
    )


def status_of(refusal: RuleViolation) -> int:
    match refusal:
        case Unauthenticated():
            return 401
        case Forbidden():
            return 403
        case TooMany():
            return 429
        case Unavailable():
            return 503
        case NotFound() if not refusal.code.startswith(
            "region."
        ):  # a region is named in a request, not asked for
            return 404
        case StaleVersion():
            return 412
        case Conflict():
            return 409
        case _:
            return 422 if refusal.code.startswith(_MALFORMED) else 409


def answer_to(failure: Exception, *, path: str) -> Response:
    """The problem that a refusal or failure is answered with; a failure's own words may hold personal data."""
    path = told_path(path)
    match failure:
        case RuleViolation():
            answer = problem(status_of(failure), failure.code, failure.message, field=failure.field)
            if isinstance(failure, TooMany):
                answer.headers["Retry-After"] = str(failure.retry_after)
            return answer
        case IntegrityError() if _is_taken(failure):
            # Two requests looked, found the place free and filled it: the second one is told so by the database.
            return problem(409, "request.recorded_meanwhile", "同一件刚由他人录入，请重新打开后核对。")
        case DataError():
            return problem(
                422, "request.unstorable", "填写的内容里有数据库不能保存的字符或数字，请改正后再提交。"
            )
        case OperationalError() | TimeoutError():
            reason = getattr(failure, "orig", None) or failure
            log.error("database.away", path=path, reason=type(reason).__name__)
            return problem(503, "database.away", "数据库暂时没有响应，什么也没有保存；请稍后再提交一次。")
        case _:
            log.error("request.failed", path=path, reason=type(failure).__name__)
            return problem(500, "internal", "系统出错，什么也没有保存；请把出错时间告诉管理员。")


def _asked_for(request: Request) -> str:
    """Where to go on after the sign-in: the page without its query, which would stay in the browser's history."""
    path = told_path(request.url.path)
    return "/" if "*" in path else path


def note_refusal(request: Request, refusal: RuleViolation) -> None:
    """Write down that a caller who was let in asked for what is not there, or not theirs."""
    access: Access | None = getattr(request.state, "access", None)
    rule: Rule | None = getattr(request.state, "rule", None)
    if access is not None and rule is not None:
        rule.gate.refused(access, refusal, request)


def _is_taken(failure: IntegrityError) -> bool:
    """A unique index refused; every other constraint that refuses is a fault of ours."""
    sqlite = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
    return (
        getattr(failure.orig, "sqlstate", None) == "23505"
        or getattr(failure.orig, "sqlite_errorname", None) in sqlite
    )


def _field_of(error: dict[str, Any]) -> str:
    """Which field is meant; the name of one that does not exist is the sender's own words."""
    place = error["loc"][1:-1] if error["type"] == "extra_forbidden" else error["loc"][1:]
    return ".".join(str(part) for part in place) or str(error["loc"][0])


def install(app: FastAPI) -> None:
    """Answer every refusal and every failure of `app` as problem details."""

    @app.exception_handler(RequestValidationError)
    async def _malformed(_request: Request, failure: RequestValidationError) -> Response:
        # pydantic's own `input` and `ctx` would repeat what was sent, which may be personal.
        errors = [
            {
                "field": _field_of(error),
                "code": error["type"],
                "detail": _SHAPE_SENTENCES.get(error["type"], "这一项的内容不合要求。"),
            }
            for error in failure.errors()
        ]
        sentence = "；".join(f"{error['field']}：{error['detail'].rstrip('。')}" for error in errors) + "。"
        return problem(422, "request.malformed", sentence, errors=errors)

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, failure: HTTPException) -> Response:
        sentence = _TITLES.get(failure.status_code, "请求被拒绝") + "。"
        return problem(failure.status_code, f"http.{failure.status_code}", sentence)

    async def _answered(request: Request, failure: Exception) -> Response:
        if isinstance(failure, NotFound | Forbidden):
            # A foreign case and a missing one are refused alike, and written down alike.
            await run_in_threadpool(note_refusal, request, failure)
        rule = getattr(request.state, "rule", None)
        if isinstance(failure, Unauthenticated) and rule is not None and rule.page:
            return RedirectResponse(f"{SIGN_IN}?next={quote(_asked_for(request))}", status_code=303)
        return answer_to(failure, path=request.url.path)

    for kind in (RuleViolation, DataError, OperationalError, TimeoutError, Exception):
        app.add_exception_handler(kind, _answered)

    @app.exception_handler(IntegrityError)
    async def _contradicted(request: Request, failure: IntegrityError) -> Response:
        if not _is_taken(failure):
            raise failure  # a fault of the program: to the handler of Exception, and into the log with its place
        return await _answered(request, failure)
