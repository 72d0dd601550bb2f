"""Refusals as problem details (RFC 9457): a Chinese sentence and a stable code, never the value that was sent."""

from collections.abc import Sequence
from typing import Any

import orjson
import structlog
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import DataError, IntegrityError, OperationalError, TimeoutError
from starlette.exceptions import HTTPException

from shared.kernel.errors import Conflict, NotFound, RuleViolation

MEDIA_TYPE = "application/problem+json"

# What a code begins with decides the status where the class does not: these speak of the request, not of a case.
_MALFORMED = ("request.", "region.", "period.", "ledger.", "indicator.", "calendar.")
_TITLES = {
    400: "请求无法理解",
    403: "不能这样访问",
    404: "没有找到",
    405: "不支持的方法",
    409: "现在不能这样办",
    412: "内容已被他人更新",
    413: "内容过大",
    422: "填写有误",
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
    "json_invalid": "不是有效的 JSON。",
}

log = structlog.get_logger()


class StaleVersion(Conflict):
    """The If-Match of the request names a version that is no longer the newest."""


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
    headers = {"Retry-After": "2"} if status == 503 else None
    return Response(orjson.dumps(body), status_code=status, media_type=MEDIA_TYPE, headers=headers)


def status_of(refusal: RuleViolation) -> int:
    match refusal:
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
    match failure:
        case RuleViolation():
            return problem(status_of(failure), failure.code, failure.message, field=failure.field)
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


def _is_taken(failure: IntegrityError) -> bool:
    """A unique index refused; every other constraint that refuses is a fault of ours."""
    sqlite = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
    return (
        getattr(failure.orig, "sqlstate", None) == "23505"
        or getattr(failure.orig, "sqlite_errorname", None) in sqlite
    )


def install(app: FastAPI) -> None:
    """Answer every refusal and every failure of `app` as problem details."""

    @app.exception_handler(RequestValidationError)
    async def _malformed(_request: Request, failure: RequestValidationError) -> Response:
        # pydantic's own `input` and `ctx` would repeat what was sent, which may be personal.
        errors = [
            {
                "field": ".".join(str(part) for part in error["loc"][1:]) or str(error["loc"][0]),
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
        return answer_to(failure, path=request.url.path)

    for kind in (RuleViolation, DataError, OperationalError, TimeoutError, Exception):
        app.add_exception_handler(kind, _answered)

    @app.exception_handler(IntegrityError)
    async def _contradicted(request: Request, failure: IntegrityError) -> Response:
        if not _is_taken(failure):
            raise failure  # a fault of the program: to the handler of Exception, and into the log with its place
        return await _answered(request, failure)
