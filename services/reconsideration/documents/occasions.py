"""What must have happened in a case before a paper can tell of it, and from which day on it can be dated.

A table for a jurist to read: the paper, the step it is for, the day of that step.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from services.reconsideration.documents.citations import RESTS_ON
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.domain import Case
from services.reconsideration.domain.items import ENDED_OTHERWISE
from services.reconsideration.domain.states import OPEN
from services.reconsideration.terms import FollowUp, Outcome, Refusal, Step
from shared.kernel.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Occasion:
    """`since` is the day of the step, None while it is missing; `missing` says so to the clerk."""

    step: Step
    since: Callable[[Case], date | None]
    missing: str


def require_occasion(kind: PaperKind, case: Case, *, issued_on: date, today: date) -> None:
    """
    Raises:
        RuleViolation: `reconsideration.paper_of_cancelled_case`, `reconsideration.paper_unknown_to_old_act`,
            `reconsideration.paper_without_<step>`, `reconsideration.paper_date_wrong`
    """
    title = PAPERS[kind].title
    require_known(kind, case)
    earliest = case.received_on
    for occasion in OCCASIONS[kind]:
        since = occasion.since(case)
        if since is None:
            raise RuleViolation(
                f"reconsideration.paper_without_{occasion.step}",
                f"现在不能制发《{title}》：{occasion.missing}",
                field="kind",
            )
        earliest = max(earliest, since)
    if not earliest <= issued_on <= today:
        raise RuleViolation(
            "reconsideration.paper_date_wrong",
            f"《{title}》的成文日期应在 {earliest} 和今天之间。",
            field="issued_on",
        )


def require_known(kind: PaperKind, case: Case) -> None:
    """
    Raises:
        RuleViolation: `reconsideration.paper_of_cancelled_case`, `reconsideration.paper_unknown_to_old_act`
    """
    title = PAPERS[kind].title
    if case.cancelled:
        raise RuleViolation(
            "reconsideration.paper_of_cancelled_case", f"此案已作为误录注销，不能制发《{title}》。"
        )
    if case.law_version not in RESTS_ON[kind]:
        raise RuleViolation(
            "reconsideration.paper_unknown_to_old_act",
            f"本案适用 2023 年修订前的行政复议法，该法没有《{title}》所依据的制度，不能制发。",
            field="kind",
        )


def _supplement_asked_on(case: Case) -> date | None:
    return None if case.acceptance.supplement is None else case.acceptance.supplement.sent_on


def _refused_on(case: Case) -> date | None:
    """不予受理, not 视为放弃 nor a withdrawal: these are no decisions (ARL 31, AR-5.10)."""
    return case.refused_on if case.refusal is Refusal.NOT_ACCEPTED else None


def _suspended_on(case: Case) -> date | None:
    return max((each.on for each in case.handling.suspensions), default=None)


def _resumed_on(case: Case) -> date | None:
    found = (each.resumed_on for each in case.handling.suspensions)
    return max((day for day in found if day is not None), default=None)


def _hearing_notified_on(case: Case) -> date | None:
    return case.handling.hearings[-1].notified_on if case.handling.hearings else None


def _decided_on(case: Case) -> date | None:
    is_decided = case.outcome is not None and case.outcome not in ENDED_OTHERWISE
    return case.closed_on if is_decided else None


def _ended_by(outcome: Outcome) -> Callable[[Case], date | None]:
    return lambda case: case.closed_on if case.outcome is outcome else None


def _mediable_since(case: Case) -> date | None:
    """The parties sign the paper before it takes effect: it is drawn up while the case is handled (ARL 73(2))."""
    is_mediable = case.status in OPEN or case.outcome is Outcome.MEDIATED
    return case.accepted_on if is_mediable else None


def _ordered_on(case: Case) -> date | None:
    ordered = (each for each in case.closing.follow_ups if each.kind is FollowUp.ORDERED)
    return max((each.on for each in ordered if each.letter is None), default=None)


_ACCEPTED = Occasion(Step.ACCEPT, lambda case: case.accepted_on, "本案尚未受理，也未视为受理。")
OCCASIONS: Mapping[PaperKind, tuple[Occasion, ...]] = {
    # ARL 30(1), (3): accepted by decision or by silence.
    PaperKind.ACCEPTANCE_NOTICE: (_ACCEPTED,),
    # ARL 31(1): once, all at once; the step keeps the list.
    PaperKind.SUPPLEMENT_NOTICE: (
        Occasion(Step.REQUEST_SUPPLEMENT, _supplement_asked_on, "请先登记“通知补正”，写明需要补正的事项。"),
    ),
    # ARL 30(2).
    PaperKind.NON_ACCEPTANCE_DECISION: (Occasion(Step.DECLINE, _refused_on, "本案没有决定不予受理。"),),
    # A practice, not of the Act: accepted although papers are still to come.
    PaperKind.GAPS_NOTICE: (
        Occasion(
            Step.ACCEPT_WITH_GAPS,
            lambda case: case.accepted_on if case.acceptance.gaps else None,
            "本案不是容缺受理的，没有待补交的材料。",
        ),
    ),
    # ARL 48, 54(1): it goes out with the copy, and whoever sends it then enters that it was sent.
    PaperKind.REPLY_NOTICE: (_ACCEPTED,),
    # ARL 51(1).
    PaperKind.HEARING_NOTICE: (
        Occasion(Step.NOTIFY_HEARING, _hearing_notified_on, "请先登记“通知听证”，定下时间和地点。"),
    ),
    # ARL 39(1), (3).
    PaperKind.SUSPENSION_NOTICE: (Occasion(Step.SUSPEND, _suspended_on, "本案没有中止。"),),
    # ARL 39(2), (3).
    PaperKind.RESUMPTION_NOTICE: (Occasion(Step.RESUME, _resumed_on, "本案没有恢复审理。"),),
    # ARL 62(1): approved by the head of the office, who enters it.
    PaperKind.EXTENSION_NOTICE: (
        Occasion(
            Step.EXTEND,
            lambda case: None if case.handling.extension is None else case.handling.extension.on,
            "本案的审理期限没有延长。",
        ),
    ),
    # ARL 55: likewise.
    PaperKind.CONVERSION_NOTICE: (
        Occasion(Step.CONVERT, lambda case: case.handling.converted_on, "本案没有转为普通程序。"),
    ),
    # ARL 33.
    PaperKind.DISMISSAL_DECISION: (
        Occasion(
            Step.REJECT_APPLICATION, _ended_by(Outcome.APPLICATION_REJECTED), "本案没有以驳回复议申请审结。"
        ),
    ),
    # ARL 41, 74(2).
    PaperKind.TERMINATION_DECISION: (
        Occasion(Step.TERMINATE, _ended_by(Outcome.TERMINATED), "本案没有终止，也没有准予撤回申请。"),
    ),
    # ARL 73.
    PaperKind.MEDIATION_STATEMENT: (
        _ACCEPTED,
        Occasion(Step.SIGN_MEDIATION, _mediable_since, "本案已经报批决定或者以其他方式审结，不是调解的。"),
    ),
    # ARL 61(1): the head of the organ agrees, or it is discussed collectively.
    PaperKind.DECISION: (
        Occasion(
            Step.APPROVE_DECISION, _decided_on, "行政复议机关负责人还没有同意这一决定（第六十一条第一款）。"
        ),
    ),
    # ARL 76: while the case is handled or after; the step counts what was issued.
    PaperKind.OPINION: (
        Occasion(
            Step.ISSUE_LETTER,
            lambda case: max(case.opinion_letters_on, default=None),
            "请先登记“制发意见书、建议书”中的意见书。",
        ),
    ),
    # 实施条例 57(2).
    PaperKind.RECOMMENDATION: (
        Occasion(
            Step.ISSUE_LETTER,
            lambda case: max(case.recommendation_letters_on, default=None),
            "请先登记“制发意见书、建议书”中的建议书。",
        ),
    ),
    # ARL 77(2): of what has taken effect and was not performed, which the step looks after.
    PaperKind.PERFORMANCE_ORDER: (
        Occasion(Step.FOLLOW_UP, _ordered_on, "请先登记“责令履行、约谈、通报、强制执行”中的责令履行。"),
    ),
    # ARL 88(1): every paper is delivered, whatever the state of the case.
    PaperKind.DELIVERY_RECEIPT: (),
}
