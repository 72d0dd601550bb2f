"""Refusals in a clerk's words: expected answers, not faults, each with a stable code and a sentence."""


class RuleViolation(Exception):
    """违反规则: what was asked for is not allowed, and `message` says why in a sentence for a clerk.

    `code` is stable and snake-dotted ("reconsideration.already_closed"): programs rely on it.
    `field` names the input that caused the refusal, when one did.
    """

    code: str
    message: str
    field: str | None

    def __init__(self, code: str, message: str, *, field: str | None = None) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message
        self.field = field

    def __str__(self) -> str:
        return self.message


class NotFound(RuleViolation):
    """没有找到: what the request names does not exist, or not for this reader."""


class Conflict(RuleViolation):
    """冲突: somebody else was faster; the version is stale or the state has changed meanwhile."""


class CalendarNotLoaded(RuleViolation):
    """日历未载入: a date needs the holiday notice of a year that has not been loaded (CAL-11)."""

    year: int

    def __init__(self, year: int, *, field: str | None = None) -> None:
        super().__init__(
            "calendar.not_loaded",
            f"{year} 年的放假安排尚未载入，无法确定工作日；请先载入国务院办公厅当年的放假通知。",
            field=field,
        )
        self.year = year
        # Pickling calls the class with `args`: a refusal must be able to leave a worker process.
        self.args = (year,)


class Unauthenticated(RuleViolation):
    """没有登录: nobody known makes this request, or what proves it has ended."""


class Forbidden(RuleViolation):
    """没有权限: the caller is known, but may not do this."""


class TooMany(RuleViolation):
    """过于频繁: the caller has to wait `retry_after` seconds."""

    retry_after: int

    def __init__(self, code: str, message: str, *, retry_after: int) -> None:
        super().__init__(code, message)
        self.retry_after = retry_after
        self.args = (code, message)
