"""Deciding: what is proposed, who approves it, and how a case ends otherwise (ARL 33, 41, 61-74)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from services.reconsideration.deadlines import deadline
from services.reconsideration.domain.acceptance import Conditions
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_order
from services.reconsideration.domain.handling import require_heard
from services.reconsideration.domain.items import Proposed, require_items
from services.reconsideration.domain.proceeding import DecisionItem, Submission
from services.reconsideration.domain.stops import require_sixty_days
from services.reconsideration.terms import (
    ActHead,
    ActKind,
    ApprovalManner,
    Declaration,
    Outcome,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.errors import RuleViolation

DEFAULT_REDO_DAYS = 60  # 实施条例 49
# Heads of ARL 11 under which a detention or another taking of liberty may stand; nothing recorded rules out nothing.
# What was done on the spot or seen by a camera was none: 行政处罚法 51 allows warnings and small fines on the spot.
MAY_TAKE_LIBERTY = frozenset({None, ActHead.PENALTY, ActHead.COERCION, ActHead.OTHER})


def submit_decision(
    case: Case,
    *,
    on: date,
    items: Sequence[DecisionItem],
    primary: Outcome | None = None,
    main_text: str,
    not_worse: bool = False,
    third_party_request: bool = False,
    void_requested: bool = False,
    performance_due_on: date | None = None,
    moment: Moment,
) -> Case:
    """报批 (ARL 61): the handler proposes the items; the case waits for the head of the organ."""
    require_heard(case)
    told = {
        Declaration.NOT_WORSE: not_worse,
        Declaration.THIRD_PARTY_REQUEST: third_party_request,
        Declaration.VOID_REQUESTED: void_requested,
    }
    declared = tuple(each for each, is_declared in told.items() if is_declared)
    proposed = Proposed(case, tuple(items), frozenset(declared), performance_due_on)
    require_items(proposed)
    for item in items:
        if item.redo_days is not None:
            deadline(  # refuses what is no period
                "ar.redo", on, moment.calendar, length=item.redo_days, law=case.law_version
            )
        if item.performance_days is not None:
            deadline(
                "ar.performance", on, moment.calendar, length=item.performance_days, law=case.law_version
            )
    main = proposed.main
    first = primary or next(outcome for outcome in case.local.primary_order if outcome in main)
    if first not in main:
        raise RuleViolation(
            "reconsideration.primary_not_among_items", "主要结果须是决定事项之一。", field="primary"
        )
    submitted = case.changed(
        "closing",
        submission=Submission(on, first, proposed.items, declared=declared),
        performance_due_on=performance_due_on,
    )
    return submitted.told(key="decision.main", words=main_text)


def endorse_decision(case: Case, *, on: date, opinion: str | None = None, moment: Moment) -> Case:
    """机构负责人审核: the second of the three hands (承办人, 机构负责人, 机关负责人)."""
    submission = _submission(case)
    if submission.endorsed_on is not None:
        raise RuleViolation("reconsideration.already_endorsed", "机构负责人已经审核同意。")
    require_order(submission.on, on, field="on", today=moment.today)
    endorsed = case.changed("closing", submission=replace(submission, endorsed_on=on))
    return endorsed.told(key="decision.endorsement", words=opinion)


def return_decision(case: Case, *, on: date, reason: str, moment: Moment) -> Case:
    """退回重拟: the case goes back to the handler."""
    returned = case.changed("closing", submission=None, performance_due_on=None)
    return returned.told(key="decision.returned", words=reason)


def approve_decision(case: Case, *, on: date, manner: ApprovalManner, moment: Moment) -> Case:
    """批准 (ARL 61): the organ's head agrees or it is discussed collectively; the decision bears this date."""
    submission = _submission(case)
    if submission.endorsed_on is None:
        raise RuleViolation(
            "reconsideration.not_endorsed", "机构负责人尚未审核，不能由机关负责人批准（第六十一条）。"
        )
    require_order(submission.endorsed_on, on, field="on", today=moment.today)
    approved = case.changed(
        "closing", submission=None, items=submission.items, declared=submission.declared, approval=manner
    )
    return replace(approved, closed_on=on, outcome=submission.primary)


def withdraw(
    case: Case, *, on: date, withdraw_reason: WithdrawReason, reason: str | None = None, moment: Moment
) -> Case:
    """撤回申请 with the office's leave (ARL 41(1)(一), 74): a settlement 和解 closes so too, with its reason."""
    ended = _terminated(case, on=on, ground=TerminationGround.T1)
    return replace(ended, withdraw_reason=withdraw_reason).told(key="termination.reason", words=reason)


def terminate(
    case: Case, *, on: date, ground: TerminationGround, reason: str | None = None, moment: Moment
) -> Case:
    """终止 (ARL 41, AR-5.4) for what happened to the applicant, or by time (T5)."""
    if ground is TerminationGround.T1:
        raise RuleViolation(
            "reconsideration.use_withdraw", "因撤回申请而终止的请用“撤回申请”这一步。", field="ground"
        )
    if ground is TerminationGround.T4:
        _require_liberty_at_stake(case)
    if ground is TerminationGround.T5:
        require_sixty_days(case, on=on, moment=moment)
    return _terminated(case, on=on, ground=ground).told(key="termination.reason", words=reason)


def _require_liberty_at_stake(case: Case) -> None:
    """T4 (ARL 41(1)(四)): what is recorded of the act must not rule out that it took somebody's liberty."""
    application = case.application
    if application.act_head in MAY_TAKE_LIBERTY and application.act_kind is ActKind.OTHER:
        return
    raise RuleViolation(
        "reconsideration.no_liberty_at_stake",
        "因被采取刑事强制措施而终止的，须是不服行政拘留或者限制人身自由的行政强制措施的案件"
        "（第四十一条第一款第四项）；本案登记的行政行为不是，登记有误的请先更正。",
        field="ground",
    )


def sign_mediation(
    case: Case,
    *,
    on: date,
    agreement: str,
    signed_by_all: bool,
    sealed: bool,
    performance_due_on: date | None = None,
    moment: Moment,
) -> Case:
    """调解书生效 (ARL 73): when all parties have signed and the organ's seal is affixed, not before."""
    if not (signed_by_all and sealed):
        raise RuleViolation(
            "reconsideration.mediation_not_effective",
            "调解书经各方当事人签字或者签章，并加盖行政复议机关印章，才发生效力（第七十三条第二款）。",
            field="signed_by_all",
        )
    signed = case.changed(
        "closing", performance_due_on=performance_due_on, signed_by_all=signed_by_all, sealed=sealed
    )
    return replace(signed, closed_on=on, outcome=Outcome.MEDIATED).told(
        key="mediation.agreement", words=agreement
    )


def reject_application(case: Case, *, on: date, conditions: Conditions, reasons: str, moment: Moment) -> Case:
    """驳回复议申请 (ARL 33): after acceptance a condition is found missing. Not 驳回复议请求 (ARL 69)."""
    if not conditions or all(conditions.values()):
        raise RuleViolation(
            "reconsideration.no_condition_fails",
            "驳回复议申请须写明哪一项受理条件不符合（第三十三条）。",
            field="conditions",
        )
    known = dict(case.acceptance.conditions) | dict(conditions)
    rejected = case.changed("acceptance", conditions=tuple(known.items()))
    return replace(rejected, closed_on=on, outcome=Outcome.APPLICATION_REJECTED).told(
        key="rejection.reasons", words=reasons
    )


def _terminated(case: Case, *, on: date, ground: TerminationGround) -> Case:
    """What was proposed or suspended ends with the case."""
    ended = case.changed("closing", submission=None)
    return replace(ended, closed_on=on, outcome=Outcome.TERMINATED, termination_ground=ground)


def _submission(case: Case) -> Submission:
    submission = case.closing.submission
    if submission is None:  # the state table lets nobody in without one
        raise RuleViolation("reconsideration.nothing_submitted", "本案没有报批的决定。")
    return submission
