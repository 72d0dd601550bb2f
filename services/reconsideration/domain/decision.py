"""Deciding: what is proposed, who approves it, and how a case ends otherwise (ARL 33, 41, 61-74)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.reconsideration.deadlines import deadline
from services.reconsideration.domain.acceptance import Conditions
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_order
from services.reconsideration.domain.handling import require_heard
from services.reconsideration.domain.proceeding import DecisionItem, Submission
from services.reconsideration.domain.stops import require_sixty_days
from services.reconsideration.terms import (
    AccessoryItem,
    ActHead,
    ActKind,
    ApprovalManner,
    Outcome,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.errors import RuleViolation

# What may be decided of an act that is deemed without evidence (ARL 70).
WITHOUT_EVIDENCE = frozenset(
    {
        Outcome.REVOKED,
        Outcome.PARTLY_REVOKED,
        Outcome.CONFIRMED_UNLAWFUL,
        Outcome.CONFIRMED_VOID,
        Outcome.PERFORMANCE_ORDERED,
    }
)
REDO_BESIDE = frozenset({Outcome.REVOKED, Outcome.PARTLY_REVOKED})  # ARL 64(1)
DEFAULT_REDO_DAYS = 60  # 实施条例 49
# Heads of ARL 11 under which a detention or another taking of liberty may stand; nothing recorded rules out nothing.
# What was done on the spot or seen by a camera was none: 行政处罚法 51 allows warnings and small fines on the spot.
MAY_TAKE_LIBERTY = frozenset({None, ActHead.PENALTY, ActHead.COERCION, ActHead.OTHER})
# Ways of ending that are no decision and have steps of their own.
ENDED_OTHERWISE: Mapping[Outcome, str] = {
    Outcome.TERMINATED: "终止请用“终止”或“撤回申请”这一步，并写明事由。",
    Outcome.MEDIATED: "调解结案请用“调解书生效”这一步。",
    Outcome.APPLICATION_REJECTED: "驳回复议申请请用“驳回复议申请”这一步，并写明不符合的受理条件。",
}


def submit_decision(
    case: Case,
    *,
    on: date,
    items: Sequence[DecisionItem],
    primary: Outcome | None = None,
    main_text: str,
    not_worse: bool = False,
    third_party_request: bool = False,
    performance_due_on: date | None = None,
    moment: Moment,
) -> Case:
    """报批 (ARL 61): the handler proposes the items; the case waits for the head of the organ."""
    require_heard(case)
    main = [item.outcome for item in items if isinstance(item.outcome, Outcome)]
    require_items(items, main)
    for item in items:
        if item.redo_days is not None:
            deadline("ar.redo", on, moment.calendar, length=item.redo_days)  # refuses what is no period
    require_evidence(case, main)
    if Outcome.VARIED in main and not (not_worse or third_party_request):
        raise RuleViolation(
            "reconsideration.worse_for_applicant",
            "不得作出对申请人更为不利的变更决定，请声明；第三人提出相反请求的除外（第六十三条第二款）。",
            field="not_worse",
        )
    first = primary or next(outcome for outcome in case.local.primary_order if outcome in main)
    if first not in main:
        raise RuleViolation(
            "reconsideration.primary_not_among_items", "主要结果须是决定事项之一。", field="primary"
        )
    submitted = case.changed(
        "closing", submission=Submission(on, first, tuple(items)), performance_due_on=performance_due_on
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
    approved = case.changed("closing", submission=None, items=submission.items, approval=manner)
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
    signed = case.changed("closing", performance_due_on=performance_due_on)
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


def require_items(items: Sequence[DecisionItem], main: Sequence[Outcome]) -> None:
    for outcome in main:
        if outcome in ENDED_OTHERWISE:
            raise RuleViolation("reconsideration.not_a_decision", ENDED_OTHERWISE[outcome], field="items")
    if not main:
        raise RuleViolation(
            "reconsideration.accessory_alone",
            "行政赔偿事项附随其他决定事项作出，不能单独作为决定（第七十二条）。",
            field="items",
        )
    for item in items:
        if item.redo_days is not None and item.outcome not in REDO_BESIDE:
            raise RuleViolation(
                "reconsideration.redo_without_revocation",
                "责令重新作出行政行为只与撤销、部分撤销一并决定（第六十四条）。",
                field="items",
            )
        if item.outcome is AccessoryItem.COMPENSATED and (item.amount_fen is None or item.amount_fen < 1):
            raise RuleViolation("reconsideration.amount_missing", "责令赔偿须写明金额。", field="items")


def require_evidence(case: Case, main: Sequence[Outcome]) -> None:
    """ARL 70: without a reply the act has no evidence; a third party's own evidence is the exception."""
    handling = case.handling
    if not handling.has_no_evidence or handling.third_party_evidence:
        return
    if not WITHOUT_EVIDENCE.issuperset(main):
        raise RuleViolation(
            "reconsideration.no_evidence",
            "被申请人未按规定答复、举证，视为没有证据、依据，只能撤销、部分撤销、确认违法、确认无效"
            "或者责令履行；第三人提供证据的除外（第七十条）。",
            field="items",
        )
