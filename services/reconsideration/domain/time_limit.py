"""Whether an application came within the time limit to apply (ARL 20, 21; AR-2.1 to AR-2.6)."""

from dataclasses import replace
from datetime import date

from services.reconsideration.deadlines import Deadline, StartDay, apply_limits, inaction_from, known_from
from services.reconsideration.domain.case import Case
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import Channel, Reached
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation


def filed_on(case: Case) -> date:
    """提出申请之日: timeliness goes by it; the postmark counts, not the arrival (CAL-6)."""
    return case.application.filed_on or case.received_on


_FROM_KNOWING = frozenset({"ar.apply", "ar.apply_cap"})
NO_POSTMARK = "邮寄的申请没有登记邮戳日期，按收到之日判断是否逾期；知道邮戳日期的，请先补充"


def lacks_postmark(case: Case) -> bool:
    """Posted before the last day is in time (CAL-6): without the postmark nobody can tell."""
    return case.channel is Channel.POST and case.application.filed_on is None


def start_day(application: Application) -> StartDay | None:
    """起算日 with its reason (实施条例 15, 16); None where it is not told how the act reached the person.

    It follows from what was entered and is kept nowhere: correcting the day of signature moves it.
    """
    if application.reached is not None:
        return known_from(application.reached, application.reached_on)
    if application.inaction is not None:
        return inaction_from(application.inaction, application.inaction_on)
    return None


def limits(case: Case, calendar: WorkCalendar) -> tuple[Deadline, ...]:
    """Every limit that what is recorded tells of, the earliest first."""
    application = case.application
    start = start_day(application)
    knew_on = application.knew_on if start is None else start.on
    if knew_on is None and application.act_made_on is None:
        return ()
    return apply_limits(
        knew_on,
        calendar,
        informed_of_rights_on=application.informed_on,
        never_informed=application.is_never_informed,
        act_made_on=application.act_made_on,
        real_estate=application.real_estate,
        longer_days=application.period_days,
        obstacles=application.obstacles,
        law=case.law_version,
    )


def told_limits(case: Case, calendar: WorkCalendar) -> tuple[Deadline, ...]:
    """The limits as rows of the case, each with what its first day and the day of filing rest on.

    None where the days contradict each other: an earlier release took them in, and the case must open all the same.
    """
    try:
        start, found = start_day(case.application), limits(case, calendar)
    except RuleViolation:
        return ()
    because = "" if start is None or start.on is None else start.explanation
    unmarked = f"{NO_POSTMARK}。" if lacks_postmark(case) else ""
    return tuple(
        replace(
            limit,
            explanation=f"{because if limit.rule in _FROM_KNOWING else ''}{limit.explanation}{unmarked}",
        )
        for limit in found
    )


def require_start_day(case: Case, calendar: WorkCalendar) -> None:
    """Refuse days of an application from which no limit could be counted, or two that contradict each other.

    Asked where an application is entered or changed, not of every case: what an earlier release took in unjudged
    must stay open to further steps.
    """
    application = case.application
    _require_one_manner(application)
    start = start_day(application)
    if start is not None and application.knew_on not in (None, start.on):
        raise _contradicted("knew_on", f"另填的知道之日 {application.knew_on} 与此不符：{start.explanation}")
    is_made_elsewhen = application.act_made_on not in (None, application.reached_on)
    if application.reached is Reached.ON_THE_SPOT and is_made_elsewhen:
        raise _contradicted("act_made_on", "当场作出的行政行为，知道之日就是作出之日，两个日期应当相同。")
    for name in ("act_made_on", "knew_on", "reached_on", "informed_on"):
        day: date | None = getattr(application, name)
        if day is not None and day > filed_on(case):
            raise RuleViolation(
                "reconsideration.known_after_filing",
                f"{day} 晚于提出申请之日 {filed_on(case)}，请核对。",
                field=name,
            )
    limits(case, calendar)


def require_in_time(case: Case, calendar: WorkCalendar) -> None:
    """Refuse to call in time what the recorded days say is late, or has not begun."""
    filed = filed_on(case)
    start = start_day(case.application)
    if case.application.inaction is not None and start is not None and start.on and filed < start.on:
        raise RuleViolation(
            "reconsideration.inaction_premature",
            f"{filed} 提出申请时，行政机关的履行期限尚未届满：{start.explanation}",
            field="conditions",
        )
    for limit in limits(case, calendar):
        if limit.due_on is not None and filed > limit.due_on:
            raise RuleViolation(
                "reconsideration.out_of_time",
                f"{filed} 提出的申请超过{limit.name}：{limit.explanation}"
                f"{NO_POSTMARK + '。' if lacks_postmark(case) else ''}"
                "有不可抗力等正当理由的，请先登记障碍期间。",
                field="conditions",
            )


def _require_one_manner(application: Application) -> None:
    if application.reached is not None and application.inaction is not None:
        raise RuleViolation(
            "reconsideration.act_and_inaction",
            "行政行为的送达方式和不履行职责的情形只能填写一项。",
            field="inaction",
        )
    for manner, day in (("reached", application.reached_on), ("inaction", application.inaction_on)):
        if day is not None and getattr(application, manner) is None:
            raise RuleViolation(
                "reconsideration.start_day_without_manner",
                "填写了日期的，请同时写明送达方式或者不履行职责的情形，起算日由此确定。",
                field=manner,
            )


def _contradicted(field: str, sentence: str) -> RuleViolation:
    return RuleViolation("reconsideration.start_day_contradicted", sentence, field=field)
