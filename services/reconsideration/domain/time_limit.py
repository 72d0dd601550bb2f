"""Whether an application came within the time limit to apply (ARL 20, 21; AR-2.1 to AR-2.6)."""

from services.reconsideration.deadlines import Deadline, apply_limits
from services.reconsideration.domain.case import Case
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation


def limits(case: Case, calendar: WorkCalendar) -> tuple[Deadline, ...]:
    """Every limit that what is recorded tells of, the earliest first."""
    application = case.application
    if application.knew_on is None and application.act_made_on is None:
        return ()
    return apply_limits(
        application.knew_on,
        calendar,
        informed_of_rights_on=application.informed_on,
        never_informed=application.is_never_informed,
        act_made_on=application.act_made_on,
        real_estate=application.real_estate,
        longer_days=application.period_days,
        obstacles=application.obstacles,
    )


def require_in_time(case: Case, calendar: WorkCalendar) -> None:
    """Refuse to call in time what the recorded days say is late; the postmark counts, not the arrival (CAL-6)."""
    filed_on = case.application.filed_on or case.received_on
    for limit in limits(case, calendar):
        if limit.due_on is not None and filed_on > limit.due_on:
            raise RuleViolation(
                "reconsideration.out_of_time",
                f"{filed_on} 提出的申请超过{limit.name}：{limit.explanation}"
                "有不可抗力等正当理由的，请先登记障碍期间。",
                field="conditions",
            )
