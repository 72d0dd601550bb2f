"""What an application must tell, what is learned of it after it was filed, and who handles it (DOMAIN 2.1-2.4)."""

from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.proceeding import NO_APPLICATION, Application
from services.reconsideration.domain.taking_part import Registered, missing_parties
from services.reconsideration.domain.time_limit import NO_POSTMARK, lacks_postmark, require_start_day
from services.reconsideration.terms import ActHead, ActKind, Channel, RespondentType
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

# What the seven conditions are judged on (ARL 30(1)): time, scope, jurisdiction, and which act it is.
JUDGED_FACTS = frozenset(
    {
        *(
            "filed_on",
            "act_kind",
            "act_head",
            "act_number",
            "act_made_on",
            "knew_on",
            "reached",
            "reached_on",
        ),
        *("inaction", "inaction_on", "informed_on", "is_never_informed", "real_estate", "period_days"),
        *("is_own_review", "obstacles"),
    }
)


FEWEST_HANDLERS = 2  # 实施条例 32
# Who comes in person files on the day of receipt.
_ON_THE_DAY = frozenset({Channel.IN_PERSON, Channel.ORAL})


# Without exception (ARL 23(1)(一), (三)); of these heads unless the clerk states otherwise (ARL 23(1)(二), (四)): not
# every decision on resources infringes a right already held, and not every act on disclosure refuses it.
_PREREQUISITE_BY_LAW = frozenset({ActHead.INACTION})
_PREREQUISITE_UNLESS_STATED = frozenset({ActHead.NATURAL_RESOURCES, ActHead.INFORMATION_DISCLOSURE})


def with_prerequisite(
    case: Case, before: Application = NO_APPLICATION, *, named: Container[str] = ()
) -> Case:
    """复议前置 as it follows from the act where nobody stated it; with a head that changed goes what followed from it.

    It is kept, not computed when asked: what was told of a case before this rule must not change by itself.
    """
    application, known = case.application, case.application.prerequisite
    if "prerequisite" not in named and _follows(before) and not _follows(application):
        known = None
    if known is None and _follows(application):
        known = True
    return case.changed("application", prerequisite=known)


def _follows(application: Application) -> bool:
    return _is_by_law(application) or application.act_head in _PREREQUISITE_UNLESS_STATED


def _is_by_law(application: Application) -> bool:
    is_on_the_spot = application.act_kind is ActKind.ON_THE_SPOT_PENALTY
    return is_on_the_spot or application.act_head in _PREREQUISITE_BY_LAW


def require_application(case: Case, calendar: WorkCalendar) -> None:
    """What an application must tell when it is entered, completed or corrected.

    Not asked of every case: what an earlier release or a ledger took in unjudged must stay open to further steps.
    """
    if not case.proceeding.from_ledger:
        _require_channel(case)
    if case.application.prerequisite is False and _is_by_law(case.application):
        raise RuleViolation(
            "reconsideration.prerequisite_by_law",
            "当场作出的行政处罚、未履行法定职责的，应当先申请行政复议（第二十三条第一款第一项、第三项）。",
            field="prerequisite",
        )
    require_start_day(case, calendar)


def _require_channel(case: Case) -> None:
    """What each way to apply needs (ARL 22, 实施条例 20, DOMAIN 2.3)."""
    application, channel = case.application, case.channel
    if channel in _ON_THE_DAY and application.filed_on not in (None, case.received_on):
        raise RuleViolation(
            "reconsideration.filed_elsewhen",
            f"当面提交、口头申请的，提出申请之日就是收到之日 {case.received_on}。",
            field="filed_on",
        )
    if channel is Channel.ORAL and not application.is_oral_record_signed:
        raise RuleViolation(
            "reconsideration.oral_record_missing",
            "口头申请的，应当场制作笔录，经申请人核对并签字确认（第二十二条第三款，实施条例第二十条）。",
            field="is_oral_record_signed",
        )
    if channel is Channel.AGENT_POINT and application.agent_point is None:
        raise RuleViolation(
            "reconsideration.agent_point_missing",
            "通过代办点提交的，请写明是哪个代办点。",
            field="agent_point",
        )
    if channel is not Channel.AGENT_POINT and application.agent_point is not None:
        raise RuleViolation(
            "reconsideration.agent_point_elsewhere",
            "只有通过代办点提交的申请才写代办点，请核对申请渠道。",
            field="agent_point",
        )


def open_points(case: Case, registered: Registered | None = None) -> tuple[str, ...]:
    """待补事项: what nothing refuses, but somebody should see to; `registered` are those who take part."""
    if case.proceeding.from_ledger or case.cancelled or case.refused_on is not None:
        return ()
    of_parties = () if registered is None or case.closed_on is not None else missing_parties(case, registered)
    return (*_open_points(case), *of_parties)


def _open_points(case: Case) -> Iterator[str]:
    if case.accepted_on is None and lacks_postmark(case):
        yield f"{NO_POSTMARK}。"
    if case.accepted_on is not None and case.closed_on is None and not case.proceeding.handlers:
        yield "本案受理后尚未确定两名以上承办人（第三十六条，实施条例第三十二条）。"
    if case.application.act_head is None:
        yield "尚未登记被申请行政行为属于第十一条的哪一项。"
    if case.application.asks_document_review and not case.handling.documents and case.closed_on is None:
        yield "申请人一并提出了附带审查申请（第十三条），尚未登记对该规范性文件的处理。"


def assign_handlers(case: Case, *, on: date, handlers: Sequence[str], moment: Moment) -> Case:
    """确定承办人 (ARL 36): two or more, named whole each time; who they were before stands in the history."""
    named = tuple(dict.fromkeys(handlers))
    if len(named) < FEWEST_HANDLERS:
        raise RuleViolation(
            "reconsideration.too_few_handlers",
            "审理行政复议案件，应当由两名以上行政复议人员参加（实施条例第三十二条）。",
            field="handlers",
        )
    return replace(case, proceeding=replace(case.proceeding, handlers=named))


def change_respondent(
    case: Case,
    *,
    on: date,
    respondent: str,
    respondent_type: RespondentType | None = None,
    reason: str | None = None,
    moment: Moment,
) -> Case:
    """变更被申请人 (实施条例 22): the applicant named a wrong one and was told so. Who it was stays with the case.

    The kind of the new one is asked anew: jurisdiction goes by it.
    """
    if respondent == case.respondent:
        raise RuleViolation(
            "reconsideration.same_respondent", "变更后的被申请人与现在登记的相同。", field="respondent"
        )
    changes = (*case.application.respondent_changes, on)
    changed = case.changed("application", respondent_changes=changes)
    changed = changed.told(key=f"respondent.{len(changes)}", words=case.respondent)
    changed = changed.told(key=f"respondent.{len(changes)}.reason", words=reason)
    return replace(changed, respondent=respondent, respondent_type=respondent_type)


def complete_application(case: Case, *, on: date, changes: Mapping[str, Any], moment: Moment) -> Case:
    """补充申请信息: the named facts, each in the place of what was known before; lists are named whole.

    What an acceptance by decision has judged is no longer completed: a slip is corrected with its reason, and a
    condition found to fail is a dismissal (ARL 33). Of a deemed acceptance nothing was judged.
    """
    is_judged = case.accepted_on is not None and case.acceptance.conditions
    if is_judged and not JUDGED_FACTS.isdisjoint(changes):
        raise RuleViolation(
            "reconsideration.judged_already",
            "受理时已据以审查的事实不再补充：录入有误的请用更正，不符合受理条件的请驳回申请（第三十三条）。",
            field=min(JUDGED_FACTS & set(changes)),
        )
    completed = replace(case.application, **changes)
    if completed == case.application:
        raise RuleViolation(
            "reconsideration.nothing_to_complete", "补充的内容与现有记录相同，没有需要补充的。"
        )
    told = with_prerequisite(case.changed("application", **changes), case.application, named=changes)
    require_application(told, moment.calendar)
    return told
