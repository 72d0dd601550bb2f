"""Suspension and resumption (ARL 39, 40) and the review of normative documents (ARL 13, 56-60)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

from services.reconsideration.deadlines import Deadline, deadline
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_order
from services.reconsideration.domain.proceeding import DocumentReview, Suspension
from services.reconsideration.terms import DocumentPower, SixtyDays, SuspensionGround
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

# ARL 41(2): only these may end a case after sixty days. A missing applicant (S3) is not among them (AR-5.4).
MAY_END_AFTER_SIXTY_DAYS = frozenset({SuspensionGround.S1, SuspensionGround.S2, SuspensionGround.S4})
_SIXTY_DAYS: Mapping[SixtyDays, str] = MappingProxyType(
    {SixtyDays.UNROLLED: "ar.suspension_limit", SixtyDays.ROLLED: "ar.suspension_limit_rolled"}
)
# What happens to a document under review, in order; each is a date of its own.
DOCUMENT_DATES = (
    "asked_on",
    "ask_received_on",
    "answered_on",
    "forwarded_on",
    "forward_received_on",
    "concluded_on",
)


def suspend(
    case: Case,
    *,
    on: date,
    ground: SuspensionGround,
    reason: str,
    notified_on: date | None = None,
    both_agree: bool = False,
    document_power: DocumentPower | None = None,
    moment: Moment,
) -> Case:
    """中止 (ARL 39): the clock stops; the parties are told in writing. S6 needs the consent of both sides."""
    if ground is SuspensionGround.S6 and not both_agree:
        raise RuleViolation(
            "reconsideration.consent_missing",
            "因调解、和解中止的，须申请人和被申请人都同意（第三十九条第一款第六项）。",
            field="both_agree",
        )
    if (ground is SuspensionGround.S9) != (document_power is not None):
        raise RuleViolation(
            "reconsideration.document_power_missing",
            "因附带审查中止的，须写明本机关是否有权处理（第五十六条、第五十七条）；其他事由不写。",
            field="document_power",
        )
    require_order(on, notified_on, field="notified_on", today=moment.today)
    suspensions = (*case.handling.suspensions, Suspension(ground, on, notified_on, both_agree=both_agree))
    documents = case.handling.documents
    if document_power is not None:
        documents = (*documents, DocumentReview(document_power, began_on=on))
    suspended = case.changed("handling", suspensions=suspensions, documents=documents)
    return suspended.told(key=f"suspension.{len(suspensions)}", words=reason)


def resume(
    case: Case,
    *,
    on: date,
    reason: str,
    notified_on: date | None = None,
    by_superior: bool = False,
    moment: Moment,
) -> Case:
    """恢复 (ARL 39(2), (3)): the day of resumption counts again; the due date moves by whole days (AR-5.3).

    `by_superior`: the suspension had no good reason, and the superior ordered to go on (ARL 40).
    """
    require_order(on, notified_on, field="notified_on", today=moment.today)
    *earlier, last = case.handling.suspensions
    if not by_superior:  # whose order ends a suspension whatever it waited for
        _require_documents_concluded(case, last, on)
    resumed = replace(
        last, resumed_on=on, resumption_notified_on=notified_on, resumed_by_superior=by_superior
    )
    again = case.changed("handling", suspensions=(*earlier, resumed))
    return again.told(key=f"resumption.{len(again.handling.suspensions)}", words=reason)


def _require_documents_concluded(case: Case, suspension: Suspension, on: date) -> None:
    """ARL 39(2): a review of documents is over when the organ has dealt with them (ARL 56, 57, 59) or the organ
    that they were forwarded to has told its opinion (ARL 60). What the issuing organ answered concludes nothing."""
    if suspension.ground is not SuspensionGround.S9:
        return
    for review in case.handling.documents:
        is_open = review.concluded_on is None or review.concluded_on > on
        if review.began_on == suspension.on and is_open:
            raise RuleViolation(
                "reconsideration.document_not_concluded",
                "附带审查还没有处理结论，中止的原因没有消除，不能恢复审理（第三十九条第二款、第五十六条至第六十条）；"
                "申请人撤回附带审查申请的，也请先登记为处理结论。",
                field="on",
            )


def review_document(
    case: Case,
    *,
    on: date,
    what: str,
    document: int = 0,
    conclusion: str | None = None,
    moment: Moment,
) -> Case:
    """附带审查 (ARL 56-60): what became of a document on which day; each has a clock of its own (AR-4.9)."""
    reviews = case.handling.documents
    if not 0 <= document < len(reviews):
        raise RuleViolation(
            "reconsideration.no_such_document", "本案没有这一份附带审查的文件。", field="document"
        )
    review = reviews[document]
    if what not in DOCUMENT_DATES or getattr(review, what) is not None:
        raise RuleViolation(
            "reconsideration.document_step_done", "这一步已经登记过，如有错误请用更正。", field="what"
        )
    if what in ("forwarded_on", "forward_received_on") and review.power is DocumentPower.OWN:
        raise RuleViolation(
            "reconsideration.document_own_power", "本机关有权处理的文件不转送（第五十六条）。", field="what"
        )
    place = DOCUMENT_DATES.index(what)
    if what == "forward_received_on" and review.forwarded_on is None:
        raise RuleViolation(
            "reconsideration.document_not_forwarded", "尚未登记转送的日期，不能登记收到转送。", field="what"
        )
    earlier = (getattr(review, name) for name in DOCUMENT_DATES[:place])
    later = (getattr(review, name) for name in DOCUMENT_DATES[place:])
    first = max([review.began_on, *filter(None, earlier)])
    require_order(first, on, field="on", today=moment.today)
    last = min(filter(None, later), default=on)
    if on > last:
        raise RuleViolation(
            "reconsideration.date_out_of_order", f"这一日期应在 {first} 和 {last} 之间。", field="on"
        )
    changed = (*reviews[:document], _with(review, what, on), *reviews[document + 1 :])
    return case.changed("handling", documents=changed).told(key=f"document.{document + 1}", words=conclusion)


def sixty_days(case: Case, suspension: Suspension, calendar: WorkCalendar) -> Deadline:
    """中止满六十日 (ARL 41(1)(五)): a threshold that does not roll, unless a local rule says so."""
    return deadline(_SIXTY_DAYS[case.local.sixty_days], suspension.on, calendar, law=case.law_version)


def require_sixty_days(case: Case, *, on: date, moment: Moment) -> None:
    """T5 (ARL 41(2)): a suspension under S1, S2 or S4 has lasted sixty days. A threshold: it does not roll."""
    suspension = case.handling.open_suspension
    if suspension is None or suspension.ground not in MAY_END_AFTER_SIXTY_DAYS:
        raise RuleViolation(
            "reconsideration.no_termination_by_time",
            "只有依第三十九条第一款第一项、第二项、第四项中止的案件，满六十日才终止；"
            "申请人下落不明（第三项）不在其内（第四十一条第二款）。",
            field="ground",
        )
    limit = sixty_days(case, suspension, moment.calendar)
    if limit.due_on is None or on < limit.due_on:
        raise RuleViolation(
            "reconsideration.sixty_days_not_over",
            f"中止满六十日为 {limit.due_on}，现在还不能终止。",
            field="on",
        )


def _with(review: DocumentReview, what: str, on: date) -> DocumentReview:
    dates: dict[str, Any] = {what: on}
    return replace(review, **dates)
