"""The order of legal dates within one step, and last days that are too uncertain to take a right away."""

from datetime import date

from services.reconsideration.deadlines import Deadline
from shared.kernel.errors import RuleViolation


def require_order(earlier: date, later: date | None, *, field: str, today: date) -> None:
    """A date told beside the step's own: not before what it follows, not in the future."""
    if later is not None and not earlier <= later <= today:
        raise RuleViolation(
            "reconsideration.date_out_of_order", f"这一日期应在 {earlier} 和今天之间。", field=field
        )


def require_certain(last: Deadline) -> None:
    """Nobody loses a right by a last day that is only expected, its holiday notice not being loaded (CAL-11)."""
    if last.provisional:
        raise RuleViolation(
            "reconsideration.day_provisional",
            f"{last.name}的末日 {last.due_on} 只是推算，当年的放假安排尚未载入；请先载入，再按期限届满办理。",
        )
