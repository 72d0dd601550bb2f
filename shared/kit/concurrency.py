"""Optimistic concurrency over HTTP: every case answers with its version as ETag, every change may name it."""

from typing import Annotated

from fastapi import Header

from shared.kernel.errors import RuleViolation
from shared.kit.problems import StaleVersion

IfMatch = Annotated[str | None, Header(alias="If-Match")]


def etag(version: int) -> str:
    return f'"{version}"'


def require_version(if_match: str | None, current: int) -> None:
    """Refuse a change that was decided on an older version of the case; without If-Match any version will do.

    Raises:
        StaleVersion: `request.stale_version`
        RuleViolation: `request.if_match_unreadable`
    """
    if if_match is None or if_match.strip() == "*":
        return
    named = if_match.strip().removeprefix("W/").strip('"')
    if not (named.isascii() and named.isdecimal() and len(named) <= 10):
        raise RuleViolation("request.if_match_unreadable", 'If-Match 应写成上次看到的 ETag，例如 "3"。')
    if int(named) != current:
        raise StaleVersion(
            "request.stale_version",
            f"此案已有更新的内容（第 {current} 版，您看到的是第 {named} 版）；请重新打开后再办理。",
        )
