"""Where a page ended, as a text that the next question brings back; what it holds is our own affair."""

from datetime import date
from typing import Any
from uuid import UUID

from services.reconsideration.repository import ClockCursor, Cursor, Order
from shared.kernel.errors import RuleViolation

CASE_PATTERN = r"^(\d{4}-\d\d-\d\d~)?[0-9A-Fa-f]{8}(-?[0-9A-Fa-f]{4}){3}-?[0-9A-Fa-f]{12}$"
CLOCK_PATTERN = r"^\d{4}-\d\d-\d\d~[0-9a-f-]{36}~[a-z][a-z0-9_.]{0,39}~\d{1,9}$"


def case_cursor(text: str, order: Order) -> Cursor:
    """
    Raises:
        RuleViolation: `request.cursor_of_another_list`
    """
    day, _, case_id = text.rpartition("~")
    if bool(day) != (order is Order.DUE):
        raise _foreign()
    return Cursor(UUID(case_id), _day(day) if day else None)


def told_case(row: Any, order: Order) -> str:
    return str(row.id) if order is Order.FILED else f"{row.next_due_on.isoformat()}~{row.id}"


def clock_cursor(text: str) -> ClockCursor:
    """
    Raises:
        RuleViolation: `request.cursor_of_another_list`
    """
    day, case_id, kind, ordinal = text.split("~")
    try:
        return ClockCursor(_day(day), UUID(case_id), kind, int(ordinal))
    except ValueError:
        raise _foreign() from None


def told_clock(row: Any) -> str:
    return f"{row['due_on'].isoformat()}~{row['case_id']}~{row['kind']}~{row['ordinal']}"


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise _foreign() from None


def _foreign() -> RuleViolation:
    return RuleViolation("request.cursor_of_another_list", "这个翻页位置不属于这个列表。", field="after")
