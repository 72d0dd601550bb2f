"""Cases as the rules see them: made by the lawful steps that lead to them, naming only what matters to a test."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache, partial
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import Case, Clock, Moment
from services.reconsideration.domain.proceeding import Application, DecisionItem, Link, Proceeding
from services.reconsideration.terms import (
    ActKind,
    ApprovalManner,
    Channel,
    CommitteeBasis,
    Condition,
    DeliveryManner,
    DocumentPower,
    EvidenceBy,
    ExclusionKind,
    FollowUp,
    HearingBasis,
    LetterKind,
    LinkedService,
    NoticeOf,
    OpinionManner,
    OpinionOf,
    OrganLevel,
    Outcome,
    Procedure,
    ReopenedBy,
    Status,
    StayGround,
    Step,
    SummaryBasis,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import legal_date
from shared.kernel.errors import RuleViolation

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = legal_date(NOW)
CALENDAR = WorkCalendar.builtin()
HANGJIN, DALAD, ORDOS = "150625", "150621", "150600"

RECEIVED_ON = date(2024, 3, 1)
ACCEPTED_ON = date(2024, 3, 5)
SUPPLEMENT_NOTICED_ON = date(2024, 3, 6)  # ten working days from here end on 2024-03-20
COPY_RECEIVED_ON = date(2024, 3, 7)
REPLIED_ON = date(2024, 3, 13)
SUSPENDED_ON = date(2024, 3, 18)
SUBMITTED_ON = date(2024, 3, 28)
CLOSED_ON = date(2024, 4, 10)
LATER_ON = date(2024, 4, 22)

A_SUIT = Link(LinkedService.LITIGATION, UUID("019aa000-0000-7000-8000-000000000009"))

ALL_MET: Mapping[Condition, bool] = dict.fromkeys(Condition, True)
Entered = Mapping[str, Any]
Taken = tuple[Step, date, Entered]


def failing(*conditions: Condition) -> Mapping[Condition, bool]:
    """The seven conditions of acceptance, with these not met."""
    return {**ALL_MET, **dict.fromkeys(conditions, False)}


def a_case(**what_matters: Any) -> Case:
    """An application of 杭锦旗, received on a Friday of March 2024."""
    given: dict[str, Any] = {
        "case_number": "杭政复〔2024〕1号",
        "authority_region": HANGJIN,
        "authority_level": OrganLevel.COUNTY,
        "received_on": RECEIVED_ON,
    }
    return Case(**given | what_matters)


def applied(application: Application, **what_matters: Any) -> Case:
    """A case that tells this of its application."""
    return a_case(proceeding=Proceeding(application=application), **what_matters)


def a_draft(channel: Channel = Channel.VIA_ORGAN) -> Case:
    """Filed with the organ that did the act, or at an agent point, and not forwarded yet."""
    point = "p01" if channel is Channel.AGENT_POINT else None
    told = Application(is_draft=True, act_kind=ActKind.CAMERA_PENALTY, agent_point=point)
    return applied(told, channel=channel)


def received(case: Case | None = None, *, today: date = TODAY) -> Case:
    begun, _ = domain.receive(a_case() if case is None else case, moment=Moment(today, CALENDAR))
    return begun


def took(case: Case, step: Step, on: date, **entered: Any) -> Case:
    """The case after one step; `today` and `calendar` say when and by what it is judged, not what is entered."""
    moment = Moment(entered.pop("today", TODAY), entered.pop("calendar", CALENDAR))
    changed, _ = domain.take(case, step, on=on, entered=entered, moment=moment)
    return changed


def why_refused(case: Case, step: Step, on: date, **entered: Any) -> str:
    """The code of the refusal, without the name of the service; it says why in a sentence."""
    with pytest.raises(RuleViolation) as refusal:
        took(case, step, on, **entered)
    assert refusal.value.message.endswith("。")
    return refusal.value.code.removeprefix("reconsideration.")


def running(
    case: Case, *, today: date = TODAY, calendar: WorkCalendar = CALENDAR
) -> dict[tuple[str, int], Clock]:
    """All clocks of the case by kind and ordinal, open and stopped."""
    found = domain.clocks(case, calendar, today=today)
    clocks = {(clock.kind, clock.ordinal): clock for clock in found}
    assert len(clocks) == len(found)
    return clocks


def lived(*steps: Taken, of: Case | None = None) -> Case:
    """The case after these steps, one after the other; `of` an application as it arrives."""
    case = received(of)
    for step, on, entered in steps:
        case = took(case, step, on, **entered)
    return case


# What an item is not decided without, where the test is not about that.
OWED: Mapping[Any, Entered] = {Outcome.PERFORMANCE_ORDERED: {"performance_days": 30}}


def decided(*outcomes: Any, **of_each: Any) -> Entered:
    """What is proposed for decision."""
    items = [DecisionItem(outcome, **{**OWED.get(outcome, {}), **of_each}) for outcome in outcomes]
    return {"items": items, "main_text": "决定如下。", "void_requested": Outcome.CONFIRMED_VOID in outcomes}


# What a clerk enters for each step; each succeeds from `suited(status, step)` on `when(step)`.
TAKE: Mapping[Step, Entered] = {
    Step.FORWARD: {},
    Step.SELF_CORRECT: {},
    Step.ACCEPT: {"conditions": ALL_MET},
    Step.ACCEPT_WITH_GAPS: {"conditions": ALL_MET, "missing": [("授权委托书", date(2024, 3, 20))]},
    Step.DECLINE: {"conditions": failing(Condition.SCOPE), "reasons": "不属于行政复议范围。"},
    Step.REQUEST_SUPPLEMENT: {"papers": "身份证明", "delivered_on": SUPPLEMENT_NOTICED_ON},
    Step.DEEM_ACCEPTED: {},
    Step.DELIVER_SUPPLEMENT: {},
    Step.RECEIVE_SUPPLEMENT: {},
    Step.EXTEND_SUPPLEMENT: {"until": date(2024, 3, 29), "reason": "正在外地就医"},
    Step.LAPSE_SUPPLEMENT: {},
    Step.WITHDRAW_BEFORE_ACCEPTANCE: {},
    Step.FILL_GAP: {"gap": 0},
    Step.ASSIGN_HANDLERS: {"handlers": ("li-si", "wang-wu")},
    Step.CHANGE_RESPONDENT: {"respondent": "杭锦旗林业和草原局", "reason": "错列被申请人"},
    Step.COMPLETE_APPLICATION: {"changes": {"is_enterprise": True}},
    Step.CHOOSE_PROCEDURE: {"procedure": Procedure.SUMMARY, "summary_basis": SummaryBasis.CONSENT},
    Step.SEND_COPY: {"received_on": COPY_RECEIVED_ON},
    Step.RECORD_REPLY: {},
    Step.LAPSE_REPLY: {},
    Step.RECORD_EVIDENCE: {"by": EvidenceBy.THIRD_PARTY},
    Step.CONVERT: {"reason": "案情比受理时复杂"},
    Step.HEAR_OPINION: {
        "of": OpinionOf.APPLICANT,
        "manner": OpinionManner.PHONE,
        "record": "坚持申请书的意见",
    },
    Step.NOTIFY_HEARING: {"set_for": date(2024, 5, 10), "basis": HearingBasis.OFFICE, "place": "听证室"},
    Step.HOLD_HEARING: {"attended_by_head": True, "listeners": 2},
    Step.CONSULT_COMMITTEE: {"basis": CommitteeBasis.OFFICE, "opinion": "建议撤销"},
    Step.DECIDE_STAY: {"ground": StayGround.REQUEST, "is_granted": False},
    Step.LIFT_STAY: {"reason": "已提供担保"},
    Step.SUSPEND: {"ground": SuspensionGround.S1, "reason": "申请人死亡，近亲属尚未确定是否参加"},
    Step.RESUME: {"reason": "近亲属决定参加"},
    Step.RECORD_NOTICE: {"of": NoticeOf.SUSPENSION},
    Step.EXCLUDE_TIME: {"kind": ExclusionKind.EXPERT_OPINION, "begun_on": date(2024, 4, 15)},
    Step.BEGIN_EXCLUSION: {"kind": ExclusionKind.EXPERT_OPINION},
    Step.END_EXCLUSION: {"kind": ExclusionKind.EXPERT_OPINION},
    Step.REVIEW_DOCUMENT: {"what": "asked_on"},
    Step.EXTEND: {"days": 30, "reason": "情况复杂"},
    Step.WITHDRAW: {"withdraw_reason": WithdrawReason.SETTLED},
    Step.TERMINATE: {"ground": TerminationGround.T2},
    Step.SIGN_MEDIATION: {"agreement": "双方同意", "signed_by_all": True, "sealed": True},
    Step.REJECT_APPLICATION: {"conditions": {Condition.INTEREST: False}, "reasons": "没有利害关系。"},
    Step.SUBMIT_DECISION: decided(Outcome.UPHELD),
    Step.ENDORSE_DECISION: {},
    Step.RETURN_DECISION: {"reason": "说理不够"},
    Step.APPROVE_DECISION: {"manner": ApprovalManner.HEAD},
    Step.DELIVER: {"manner": DeliveryManner.DIRECT},
    Step.ISSUE_LETTER: {"kind": LetterKind.OPINION},
    Step.RECORD_FEEDBACK: {"letter": 0, "adopted": True},
    Step.RECORD_PERFORMANCE: {},
    Step.FOLLOW_UP: {"kind": FollowUp.ORDERED, "letter": 0, "due_on": date(2024, 5, 20)},
    Step.COPY_TO_SUPERIOR: {},
    Step.RECORD_SUIT: {},
    Step.RECORD_PETITION: {},
    Step.PUBLISH: {},
    Step.REOPEN: {"by": ReopenedBy.SUPERIOR, "reason": "上级责令"},
    Step.LINK: {"reference": A_SUIT},
}
_WHEN: Mapping[Step, date] = {
    Step.FORWARD: date(2024, 3, 4),
    Step.ACCEPT: ACCEPTED_ON,
    Step.ACCEPT_WITH_GAPS: ACCEPTED_ON,
    Step.DECLINE: ACCEPTED_ON,
    Step.REQUEST_SUPPLEMENT: ACCEPTED_ON,
    Step.DEEM_ACCEPTED: date(2024, 3, 8),
    Step.DELIVER_SUPPLEMENT: SUPPLEMENT_NOTICED_ON,
    Step.RECEIVE_SUPPLEMENT: date(2024, 3, 15),
    Step.EXTEND_SUPPLEMENT: date(2024, 3, 18),
    Step.LAPSE_SUPPLEMENT: date(2024, 3, 21),
    Step.SEND_COPY: date(2024, 3, 6),
    Step.RECORD_REPLY: REPLIED_ON,
    Step.LAPSE_REPLY: date(2024, 3, 22),
    Step.HOLD_HEARING: date(2024, 5, 10),
    Step.REVIEW_DOCUMENT: date(2024, 3, 20),
    Step.RECORD_SUIT: date(2024, 5, 8),  # the period expires on 2024-05-06
}


def when(step: Step) -> date:
    return _WHEN.get(step, LATER_ON)


def plainly(step: Step, on: date | None = None, **entered: Any) -> Taken:
    """A step with what `TAKE` enters for it, changed where a test says so."""
    return step, when(step) if on is None else on, {**TAKE[step], **entered}


SUMMARILY: Entered = {"procedure": Procedure.SUMMARY, "summary_basis": SummaryBasis.CONSENT}
ACCEPT, WITH_GAPS = plainly(Step.ACCEPT), plainly(Step.ACCEPT_WITH_GAPS)
SUMMARY = plainly(Step.ACCEPT, **SUMMARILY)
ANSWERED = (plainly(Step.SEND_COPY), plainly(Step.RECORD_REPLY))
SUSPEND = plainly(Step.SUSPEND, SUSPENDED_ON)
HEARD = plainly(Step.HEAR_OPINION, date(2024, 3, 20))
SUBMIT = plainly(Step.SUBMIT_DECISION, SUBMITTED_ON)
APPROVED = (
    plainly(Step.ENDORSE_DECISION, date(2024, 4, 1)),
    plainly(Step.APPROVE_DECISION, CLOSED_ON),
)
# The shortest lawful life that stands in each state.
PATHS: Mapping[Status, tuple[Taken, ...]] = {
    Status.RECEIVED: (),
    Status.SUPPLEMENT_WAIT: (plainly(Step.REQUEST_SUPPLEMENT),),
    Status.ACCEPTED: (ACCEPT,),
    Status.UNDER_REVIEW: (ACCEPT, *ANSWERED),
    Status.SUSPENDED: (ACCEPT, *ANSWERED, SUSPEND),
    Status.DECISION_PENDING: (ACCEPT, *ANSWERED, HEARD, SUBMIT),
    Status.CLOSED: (ACCEPT, *ANSWERED, HEARD, SUBMIT, *APPROVED),
    Status.NOT_ACCEPTED: (plainly(Step.DECLINE),),
}
REVIEWED = PATHS[Status.UNDER_REVIEW]
DECIDED = PATHS[Status.CLOSED]


def an_accepted_case(**what_matters: Any) -> Case:
    return replace(lived(ACCEPT), **what_matters)


def a_closed_case(**what_matters: Any) -> Case:
    return an_accepted_case(**{"closed_on": CLOSED_ON, "outcome": Outcome.UPHELD, **what_matters})


@cache
def _standing_in(status: Status) -> Case:
    match status:
        case Status.DRAFT:
            return received(a_draft())
        case Status.CANCELLED:
            return domain.cancel(received(), today=TODAY)[0]
        case _:
            return lived(*PATHS[status])


IN_STATUS: Mapping[Status, Callable[[], Case]] = {status: partial(_standing_in, status) for status in Status}


def _with_document(status: Status) -> Case:
    stopped = plainly(
        Step.SUSPEND, SUSPENDED_ON, ground=SuspensionGround.S9, document_power=DocumentPower.OWN
    )
    before = (ACCEPT,) if status is Status.ACCEPTED else REVIEWED
    concluded = plainly(Step.REVIEW_DOCUMENT, date(2024, 4, 8), what="concluded_on")
    after = () if status is Status.SUSPENDED else (concluded, plainly(Step.RESUME, date(2024, 4, 8)))
    return lived(*before, stopped, *after)


def _stopped_untold(status: Status) -> Case:
    match status:
        case Status.ACCEPTED:
            return lived(ACCEPT, SUSPEND, plainly(Step.RESUME, date(2024, 3, 25)))
        case Status.SUSPENDED:
            return lived(*REVIEWED, SUSPEND)
        case _:
            later = (
                plainly(step, max(on, date(2024, 4, 8)), **entered) for step, on, entered in PATHS[status][3:]
            )
            return lived(*REVIEWED, SUSPEND, plainly(Step.RESUME, date(2024, 4, 1)), *later)


def _excluding(status: Status) -> Case:
    begun = plainly(Step.BEGIN_EXCLUSION, date(2024, 3, 14))
    before = min(3, len(PATHS[status]))
    return lived(*PATHS[status][:before], begun, *PATHS[status][before:])


def _stayed(status: Status) -> Case:
    granted = plainly(Step.DECIDE_STAY, date(2024, 3, 14), is_granted=True)
    before = min(3, len(PATHS[status]))
    return lived(*PATHS[status][:before], granted, *PATHS[status][before:])


def _with_letter(status: Status) -> Case:
    return lived(*PATHS[status], plainly(Step.ISSUE_LETTER, CLOSED_ON))


def _silent(status: Status) -> Case:
    """Suspended only after its period had expired."""
    if status is Status.SUSPENDED:
        return lived(*REVIEWED, plainly(Step.SUSPEND, date(2024, 5, 7)))
    return IN_STATUS[status]()


# A case on which the step of `TAKE` succeeds, where the shortest life in that state does not do.
_SUITED: Mapping[Step, Callable[[Status], Case]] = {
    Step.DELIVER_SUPPLEMENT: lambda _: lived(plainly(Step.REQUEST_SUPPLEMENT, delivered_on=None)),
    Step.FILL_GAP: lambda status: lived(WITH_GAPS, *PATHS[status][1:]),
    Step.RECORD_REPLY: lambda _: lived(ACCEPT, ANSWERED[0]),
    Step.LAPSE_REPLY: lambda _: lived(ACCEPT, ANSWERED[0]),
    Step.CONVERT: lambda status: lived(SUMMARY, *PATHS[status][1:]),
    Step.HOLD_HEARING: lambda status: lived(*PATHS[status], plainly(Step.NOTIFY_HEARING)),
    Step.RECORD_NOTICE: _stopped_untold,
    Step.END_EXCLUSION: _excluding,
    Step.LIFT_STAY: _stayed,
    Step.REVIEW_DOCUMENT: _with_document,
    Step.RECORD_SUIT: _silent,
    Step.SUBMIT_DECISION: lambda _: lived(*REVIEWED, HEARD),
    Step.APPROVE_DECISION: lambda _: lived(*DECIDED[:-1]),
    Step.RECORD_FEEDBACK: _with_letter,
    Step.FOLLOW_UP: _with_letter,
    Step.COPY_TO_SUPERIOR: _with_letter,
}


def suited(status: Status, step: Step) -> Case:
    """A case in this state on which the step succeeds with what `TAKE` enters for it."""
    return _SUITED[step](status) if step in _SUITED else IN_STATUS[status]()
