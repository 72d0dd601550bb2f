"""The state table 状态表 (DOMAIN 2.11): which act is possible in which state, and where it leads.

Keyed by the act, not by the state it leads to: several acts may lead to one state, each under its own rule.
`row` is the row's number in the table of the specification. What is not listed is refused.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from services.reconsideration.domain import (
    acceptance,
    afterwards,
    decision,
    exclusions,
    handling,
    hearing,
    intake,
    notices,
    stays,
    stops,
)
from services.reconsideration.domain.case import Case
from services.reconsideration.terms import Status, Step

DRAFT, RECEIVED, WAIT = Status.DRAFT, Status.RECEIVED, Status.SUPPLEMENT_WAIT
ACCEPTED, REVIEW, SUSPENDED = Status.ACCEPTED, Status.UNDER_REVIEW, Status.SUSPENDED
PENDING, CLOSED, REFUSED = Status.DECISION_PENDING, Status.CLOSED, Status.NOT_ACCEPTED
HANDLED = frozenset({ACCEPTED, REVIEW})
OPEN = frozenset({ACCEPTED, REVIEW, SUSPENDED})
ENDED = frozenset({CLOSED, REFUSED})


@dataclass(frozen=True, slots=True)
class Act:
    """One line: `moves` says that the case goes on by it, so that its date follows the act before it.

    `leads_to` empty: the case stays in its state.
    """

    row: str
    allowed_from: frozenset[Status]
    leads_to: frozenset[Status]
    rule: Callable[..., Case]
    article: str
    moves: bool = False


def _stays(row: str, allowed_from: frozenset[Status], rule: Callable[..., Case], article: str) -> Act:
    return Act(row, allowed_from, frozenset(), rule, article)


def _moves(
    row: str,
    allowed_from: frozenset[Status],
    leads_to: frozenset[Status],
    rule: Callable[..., Case],
    article: str,
) -> Act:
    return Act(row, allowed_from, leads_to, rule, article, moves=True)


def _only(*states: Status) -> frozenset[Status]:
    return frozenset(states)


ACTS: Mapping[Step, Act] = MappingProxyType(
    {
        # 收到与受理
        Step.FORWARD: _moves("2", _only(DRAFT), _only(RECEIVED), acceptance.forward, "第三十二条"),
        Step.SELF_CORRECT: _moves("3", _only(DRAFT), _only(REFUSED), acceptance.self_correct, "第三十二条"),
        Step.ACCEPT: _moves("4", _only(RECEIVED), _only(ACCEPTED), acceptance.accept, "第三十条第一款"),
        Step.ACCEPT_WITH_GAPS: _moves(
            "5", _only(RECEIVED), _only(ACCEPTED), acceptance.accept_with_gaps, "第三十条第一款"
        ),
        Step.DECLINE: _moves("6", _only(RECEIVED), _only(REFUSED), acceptance.decline, "第三十条第二款"),
        Step.REQUEST_SUPPLEMENT: _moves(
            "7", _only(RECEIVED), _only(WAIT), acceptance.request_supplement, "第三十一条"
        ),
        Step.DEEM_ACCEPTED: _moves(
            "8", _only(RECEIVED), _only(ACCEPTED), acceptance.deem_accepted, "第三十条第三款"
        ),
        Step.DELIVER_SUPPLEMENT: _stays("7", _only(WAIT), acceptance.deliver_supplement, "第三十一条"),
        Step.RECEIVE_SUPPLEMENT: _moves(
            "9", _only(WAIT), _only(RECEIVED), acceptance.receive_supplement, "第三十一条"
        ),
        Step.EXTEND_SUPPLEMENT: _stays("10", _only(WAIT), acceptance.extend_supplement, "第三十一条"),
        Step.LAPSE_SUPPLEMENT: _moves(
            "11", _only(WAIT), _only(REFUSED), acceptance.lapse_supplement, "第三十一条"
        ),
        Step.WITHDRAW_BEFORE_ACCEPTANCE: _moves(
            "12",
            _only(RECEIVED, WAIT),
            _only(REFUSED),
            acceptance.withdraw_before_acceptance,
            "第四十一条、第七十四条",
        ),
        Step.FILL_GAP: _stays("5", OPEN | _only(PENDING, CLOSED), acceptance.fill_gap, "第三十条"),
        Step.ASSIGN_HANDLERS: _stays(
            "ARL 36",
            OPEN | _only(RECEIVED, WAIT, PENDING),
            intake.assign_handlers,
            "第三十六条，实施条例第三十二条",
        ),
        Step.CHANGE_RESPONDENT: _stays(
            "AR-3.7", OPEN | _only(RECEIVED, WAIT), intake.change_respondent, "实施条例第二十二条"
        ),
        Step.COMPLETE_APPLICATION: _stays(
            "2.1-2.4",
            OPEN | _only(DRAFT, RECEIVED, WAIT, PENDING),
            intake.complete_application,
            "第十四条至第二十三条",
        ),
        # 审理
        Step.CHOOSE_PROCEDURE: _stays("13", _only(ACCEPTED), handling.choose_procedure, "第五十三条"),
        Step.SEND_COPY: _stays("14", _only(ACCEPTED), handling.send_copy, "第四十八条、第五十四条"),
        Step.RECORD_REPLY: _moves(
            "15", _only(ACCEPTED), _only(REVIEW), handling.record_reply, "第四十八条、第五十四条"
        ),
        Step.LAPSE_REPLY: _moves("15", _only(ACCEPTED), _only(REVIEW), handling.lapse_reply, "第七十条"),
        Step.RECORD_EVIDENCE: _stays("15", OPEN | _only(PENDING), handling.record_evidence, "第七十条"),
        Step.CONVERT: _stays("16", HANDLED, handling.convert, "第五十五条"),
        Step.LIFT_STAY: _stays(
            "AR-4.8",
            _only(ACCEPTED, REVIEW, SUSPENDED, PENDING),
            stays.lift_stay,
            "第四十二条",
        ),
        Step.SUSPEND: _moves("17", HANDLED, _only(SUSPENDED), stops.suspend, "第三十九条"),
        Step.RESUME: _moves("18", _only(SUSPENDED), HANDLED, stops.resume, "第三十九条"),
        Step.EXTEND: _stays("20", _only(REVIEW), handling.extend, "第六十二条"),
        Step.NOTIFY_HEARING: _stays("21", HANDLED, hearing.notify_hearing, "第五十一条"),
        Step.HOLD_HEARING: _stays("21", _only(REVIEW), hearing.hold_hearing, "第五十条、第五十一条"),
        Step.CONSULT_COMMITTEE: _stays("22", _only(REVIEW), handling.consult_committee, "第五十二条"),
        Step.HEAR_OPINION: _stays("27", HANDLED, handling.hear_opinion, "第四十九条"),
        Step.DECIDE_STAY: _stays("AR-4.8", OPEN | _only(PENDING), stays.decide_stay, "第四十二条"),
        Step.RECORD_NOTICE: _stays(
            "AR-5.1",
            _only(ACCEPTED, REVIEW, SUSPENDED, PENDING, CLOSED),
            notices.record_notice,
            "第三十九条、第六十二条",
        ),
        Step.EXCLUDE_TIME: _stays(
            "AR-5.2", HANDLED, exclusions.exclude_time, "实施条例第三十四条、第三十七条"
        ),
        Step.BEGIN_EXCLUSION: _stays(
            "AR-5.2",
            _only(ACCEPTED, REVIEW),
            exclusions.begin_exclusion,
            "实施条例第三十四条",
        ),
        Step.END_EXCLUSION: _stays(
            "AR-5.2",
            _only(ACCEPTED, REVIEW, SUSPENDED, PENDING),
            exclusions.end_exclusion,
            "实施条例第三十七条",
        ),
        Step.REVIEW_DOCUMENT: _stays("AR-4.9", OPEN, stops.review_document, "第五十六条至第六十条"),
        # 结案
        Step.WITHDRAW: _moves(
            "23", OPEN | _only(PENDING), _only(CLOSED), decision.withdraw, "第四十一条、第七十四条"
        ),
        Step.TERMINATE: _moves("19, 24", OPEN, _only(CLOSED), decision.terminate, "第四十一条"),
        Step.SIGN_MEDIATION: _moves("25", HANDLED, _only(CLOSED), decision.sign_mediation, "第七十三条"),
        Step.REJECT_APPLICATION: _moves(
            "26", HANDLED, _only(CLOSED), decision.reject_application, "第三十三条"
        ),
        Step.SUBMIT_DECISION: _moves(
            "27", _only(REVIEW), _only(PENDING), decision.submit_decision, "第六十一条"
        ),
        Step.ENDORSE_DECISION: _stays("28", _only(PENDING), decision.endorse_decision, "第六十一条"),
        Step.RETURN_DECISION: _moves(
            "28", _only(PENDING), _only(REVIEW), decision.return_decision, "第六十一条"
        ),
        Step.APPROVE_DECISION: _moves(
            "28", _only(PENDING), _only(CLOSED), decision.approve_decision, "第六十一条"
        ),
        # 结案以后
        Step.DELIVER: _stays("29", ENDED, afterwards.deliver, "第七十五条"),
        Step.ISSUE_LETTER: _stays(
            "30", OPEN | _only(PENDING, CLOSED), afterwards.issue_letter, "第七十六条，实施条例第五十七条"
        ),
        Step.RECORD_FEEDBACK: _stays(
            "30", OPEN | _only(PENDING, CLOSED), afterwards.record_feedback, "第七十六条"
        ),
        Step.RECORD_PERFORMANCE: _stays("30", _only(CLOSED), afterwards.record_performance, "第七十七条"),
        Step.FOLLOW_UP: _stays(
            "30", OPEN | _only(PENDING, CLOSED), afterwards.follow_up, "第七十七条、第七十八条"
        ),
        Step.COPY_TO_SUPERIOR: _stays("30", _only(CLOSED), afterwards.copy_to_superior, "第七十九条"),
        Step.RECORD_SUIT: _stays(
            "30",
            ENDED | OPEN | _only(RECEIVED, WAIT, PENDING),
            afterwards.record_suit,
            "第二十九条、第三十四条，行政诉讼法第四十五条",
        ),
        Step.RECORD_PETITION: _stays("30", ENDED, afterwards.record_petition, "IND-AR-9"),
        Step.PUBLISH: _stays("30", _only(CLOSED), afterwards.publish, "第七十九条"),
        Step.REOPEN: _moves(
            "31", ENDED, _only(RECEIVED, REVIEW, ACCEPTED), afterwards.reopen, "第三十五条、第四十条"
        ),
        Step.LINK: _stays("AR-0.7", frozenset(Status) - {Status.CANCELLED}, afterwards.link, "第二十二条"),
    }
)
# Acts that are no step of law but of keeping the books: possible wherever there is something to mend.
KEPT = frozenset(Status) - {Status.CANCELLED}
BOOK_KEEPING: Mapping[Step, frozenset[Status]] = MappingProxyType(
    {Step.CORRECT: KEPT, Step.CANCEL: KEPT, Step.UNDO: KEPT, Step.RECALCULATE: KEPT}
)
ALLOWED_FROM: Mapping[Step, frozenset[Status]] = MappingProxyType(
    {step: act.allowed_from for step, act in ACTS.items()} | dict(BOOK_KEEPING)
)

REFUSED_STEP: Mapping[Status, str] = MappingProxyType(
    {
        Status.DRAFT: "此案还在代办点或者作出处罚的机关，尚未转到复议机构，不能办理这一步。",
        Status.RECEIVED: "此案尚未受理，不能办理这一步。",
        Status.SUPPLEMENT_WAIT: "此案正在等待申请人补正，不能办理这一步。",
        Status.ACCEPTED: "此案已经受理，正在等待被申请人答复，不能办理这一步。",
        Status.UNDER_REVIEW: "此案已受理，正在审理，不能再办理这一步。",
        Status.SUSPENDED: "此案已经中止，恢复以前不能办理这一步。",
        Status.DECISION_PENDING: "此案的决定正在报批，不能办理这一步；需要修改的请先退回。",
        Status.CLOSED: "此案已经审结，不能再办理这一步；如有错误请用更正。",
        Status.NOT_ACCEPTED: "此案已作未受理办结，不能再办理这一步；如有错误请用更正。",
        Status.CANCELLED: "此案已作为误录注销，不能再办理。",
    }
)
