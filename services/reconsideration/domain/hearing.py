"""听证 (ARL 50, 51; AR-4.6)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType

from services.reconsideration.deadlines import Deadline, deadline, is_known
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.proceeding import Hearing
from services.reconsideration.domain.summary import require_not_summary
from services.reconsideration.terms import HearingBasis, HearingNotice
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

_NOTICE: Mapping[HearingNotice, str] = MappingProxyType(
    {HearingNotice.FIVE_BACK: "ar.hearing_notice", HearingNotice.FIVE_CLEAR: "ar.hearing_notice_clear"}
)


def hearing_notice(case: Case, set_for: date, calendar: WorkCalendar) -> Deadline | None:
    """听证通知期限 (ARL 51(1)): the last day on which a hearing on that day can be notified; none before 2024."""
    rule = _NOTICE[case.local.hearing_notice]
    if not is_known(rule, case.law_version):
        return None
    return deadline(rule, set_for, calendar, law=case.law_version)


def notify_hearing(
    case: Case, *, on: date, set_for: date, basis: HearingBasis, place: str, moment: Moment
) -> Case:
    """通知听证 (ARL 51(1)): in writing, at least five working days before; else the hearing must be moved."""
    require_not_summary(case, basis)
    notice = hearing_notice(case, set_for, moment.calendar)
    latest = None if notice is None else notice.due_on
    if latest is not None and on > latest:
        raise RuleViolation(
            "reconsideration.hearing_notice_late",
            f"听证须于举行的五个工作日前通知，定于 {set_for} 的最迟应在 {latest} 通知；请改期（第五十一条）。",
            field="set_for",
        )
    hearings = (*case.handling.hearings, Hearing(basis, notified_on=on, set_for=set_for))
    return case.changed("handling", hearings=hearings).told(key=f"hearing.{len(hearings)}.place", words=place)


def hold_hearing(
    case: Case,
    *,
    on: date,
    attended_by_head: bool,
    listeners: int,
    applicant_absent: bool = False,
    head_absence_reason: str | None = None,
    delegated_staff: str | None = None,
    presider: str | None = None,
    listener_names: str | None = None,
    recorder: str | None = None,
    moment: Moment,
) -> Case:
    """举行听证 (ARL 50, 51): one presider, at least two listeners and a recorder; the respondent's head attends,
    or says why not and sends staff. An applicant who stays away waives the hearing, not the case."""
    # A hearing that was moved leaves its first notice behind, never held.
    waiting = next(
        (each for each in case.handling.hearings if each.held_on is None and each.set_for == on), None
    )
    if waiting is None:
        raise RuleViolation(
            "reconsideration.no_hearing_set", "这一天没有通知过听证；改期须重新通知。", field="on"
        )
    if listeners < 2:
        raise RuleViolation(
            "reconsideration.listeners_too_few",
            "听证须有一名主持人和两名以上听证员（第五十条第三款）。",
            field="listeners",
        )
    if not attended_by_head and head_absence_reason is None:
        raise RuleViolation(
            "reconsideration.head_absence_unexplained",
            "被申请人的负责人不能参加听证的，须说明理由并委托相应的工作人员参加（第五十一条第三款）。",
            field="head_absence_reason",
        )
    held = replace(
        waiting,
        held_on=on,
        attended_by_head=attended_by_head,
        applicant_absent=applicant_absent,
        listeners=listeners,
    )
    hearings = tuple(held if each is waiting else each for each in case.handling.hearings)
    known = case.changed("handling", hearings=hearings)
    persons = {
        "head_absence": head_absence_reason,
        "delegated_staff": delegated_staff,
        "presider": presider,
        "listeners": listener_names,
        "recorder": recorder,
    }
    for what, words in persons.items():
        known = known.told(key=f"hearing.{hearings.index(held) + 1}.{what}", words=words)
    return known
