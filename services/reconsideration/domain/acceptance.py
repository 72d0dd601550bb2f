"""From receipt to acceptance or refusal (ARL 30-32, AR-3.1 to AR-3.9)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from services.reconsideration.deadlines import Deadline, deadline
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.checks import MOST_WITHOUT_REPRESENTATIVES
from services.reconsideration.domain.dates import require_certain, require_order
from services.reconsideration.domain.jurisdiction import competent_organ
from services.reconsideration.domain.proceeding import Gap, Supplement
from services.reconsideration.domain.summary import require_summary
from services.reconsideration.domain.time_limit import require_in_time
from services.reconsideration.terms import (
    AcceptMode,
    Channel,
    Condition,
    LawVersion,
    Procedure,
    ReceiptDay,
    Refusal,
    SummaryBasis,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

Conditions = Mapping[Condition, bool]


def review_deadline(case: Case, calendar: WorkCalendar) -> Deadline:
    """受理审查期限 (ARL 30(1)): five working days from receipt, anew from receipt of the supplement (AR-3.4)."""
    return deadline("ar.acceptance_review", case.review_starts_on, calendar, law=case.law_version)


def supplement_deadline(case: Case, calendar: WorkCalendar) -> Deadline | None:
    """补正期限 (ARL 31): ten working days from the notice's receipt; None while nobody knows when it arrived."""
    supplement = case.acceptance.supplement
    if supplement is None or supplement.delivered_on is None:
        return None
    return deadline("ar.supplement", supplement.delivered_on, calendar, law=case.law_version)


def forward(case: Case, *, on: date, moment: Moment) -> Case:
    """转送 (ARL 32): the office receives; its review clock starts, by a local rule from the day of filing."""
    forwarded = case.changed("application", is_draft=False)
    return replace(forwarded, received_on=received_elsewhere_on(case) or on)


def received_elsewhere_on(case: Case) -> date | None:
    """收到之日, where a local rule takes the day of the agent point or the organ for it (DOMAIN 2.3)."""
    answers = {
        Channel.AGENT_POINT: case.local.agent_point_receipt,
        Channel.VIA_ORGAN: case.local.organ_receipt,
    }
    is_elsewhere = case.channel is not None and answers.get(case.channel) is ReceiptDay.ELSEWHERE
    return case.application.filed_on if is_elsewhere else None


def self_correct(case: Case, *, on: date, moment: Moment) -> Case:
    """作出处罚的机关自行纠正 and the applicant withdraws (ARL 32): never received, counts nowhere."""
    if case.channel is not Channel.VIA_ORGAN:
        raise RuleViolation(
            "reconsideration.self_correction_elsewhere",
            "只有通过作出处罚决定的行政机关提交的申请，才由该机关自行纠正（第三十二条）。",
        )
    corrected = case.changed("application", self_corrected_on=on)
    return replace(corrected, refused_on=on, refusal=Refusal.WITHDRAWN_BEFORE_ACCEPTANCE)


def accept(
    case: Case,
    *,
    on: date,
    conditions: Conditions,
    procedure: Procedure = Procedure.ORDINARY,
    summary_basis: SummaryBasis | None = None,
    is_clear: bool = False,
    amount_fen: int | None = None,
    withdrawal_not_voluntary: bool = False,
    moment: Moment,
) -> Case:
    """受理 (ARL 30): all seven conditions hold, within five working days."""
    _require_all(case, conditions, moment.calendar)
    _require_within_review(case, on, moment.calendar)
    if procedure is Procedure.SUMMARY:
        require_summary(case, basis=summary_basis, is_clear=is_clear, amount_fen=amount_fen)
    basis = summary_basis if procedure is Procedure.SUMMARY else None
    accepted = case.changed(
        "handling", chosen_on=on, summary_basis=basis, is_clear=is_clear, amount_fen=amount_fen
    )
    accepted = accepted.changed("acceptance", is_withdrawal_not_voluntary=withdrawal_not_voluntary)
    return _accepted(accepted, on=on, mode=AcceptMode.DECISION, conditions=conditions, procedure=procedure)


def accept_with_gaps(
    case: Case,
    *,
    on: date,
    conditions: Conditions,
    missing: Sequence[tuple[str, date]],
    procedure: Procedure = Procedure.ORDINARY,
    summary_basis: SummaryBasis | None = None,
    is_clear: bool = False,
    amount_fen: int | None = None,
    withdrawal_not_voluntary: bool = False,
    moment: Moment,
) -> Case:
    """容缺受理 (AR-3.6): `missing` are the papers (name, promised on) without which the conditions can be judged.

    It stops, restarts and extends no clock.
    """
    if not missing:
        raise RuleViolation(
            "reconsideration.gap_list_empty", "容缺受理须列明缺少的材料和承诺补齐的日期。", field="missing"
        )
    accepted = accept(
        case,
        on=on,
        conditions=conditions,
        procedure=procedure,
        summary_basis=summary_basis,
        is_clear=is_clear,
        amount_fen=amount_fen,
        withdrawal_not_voluntary=withdrawal_not_voluntary,
        moment=moment,
    )
    for _, promised_on in missing:
        if promised_on < on:
            raise RuleViolation(
                "reconsideration.gap_promised_in_past", "承诺补齐的日期不能早于受理日期。", field="missing"
            )
    gaps = tuple(Gap(promised_on) for _, promised_on in missing)
    told = accepted.changed("acceptance", mode=AcceptMode.GAP, gaps=gaps)
    return told.told(key="gaps", words="\n".join(name for name, _ in missing))


def fill_gap(case: Case, *, on: date, gap: int, moment: Moment) -> Case:
    """补齐容缺材料: changes no clock."""
    gaps = case.acceptance.gaps
    if not 0 <= gap < len(gaps) or gaps[gap].received_on is not None:
        raise RuleViolation(
            "reconsideration.no_such_gap", "没有这一项待补齐的容缺材料，或已经补齐。", field="gap"
        )
    filled = (*gaps[:gap], replace(gaps[gap], received_on=on), *gaps[gap + 1 :])
    return case.changed("acceptance", gaps=filled)


def deem_accepted(case: Case, *, on: date, moment: Moment) -> Case:
    """视为受理 (ARL 30(3), AR-3.3): the review period ended without a refusal; accepted on its last day."""
    if case.law_version is LawVersion.PRE2024:
        raise RuleViolation(
            "reconsideration.no_deemed_acceptance",
            "2024 年以前收到的申请自收到之日起即为受理，没有视为受理。",
        )
    due = review_deadline(case, moment.calendar)
    if due.due_on is None or moment.today <= due.due_on:
        raise RuleViolation(
            "reconsideration.review_not_expired", f"审查期限到 {due.due_on} 才届满，现在不能视为受理。"
        )
    require_certain(due)
    if on != due.due_on:
        raise RuleViolation(
            "reconsideration.deemed_on_last_day",
            f"视为受理的日期是审查期限届满之日 {due.due_on}，不能是别的日期。",
            field="on",
        )
    return _accepted(case, on=on, mode=AcceptMode.DEEMED, conditions={}, procedure=Procedure.ORDINARY)


def decline(
    case: Case,
    *,
    on: date,
    conditions: Conditions,
    reasons: str,
    competent: str | None = None,
    moment: Moment,
) -> Case:
    """不予受理 (ARL 30(2)): at least one condition fails; the competent organ is named when it is the sixth."""
    _require_complete(conditions)
    if all(conditions.values()):
        raise RuleViolation(
            "reconsideration.no_condition_fails",
            "七项受理条件都符合，不能不予受理；请写明哪一项不符合。",
            field="conditions",
        )
    _require_within_review(case, on, moment.calendar)
    organ = competent or competent_organ(case)
    is_elsewhere = not conditions[Condition.JURISDICTION]
    if is_elsewhere and organ is None:
        raise RuleViolation(
            "reconsideration.competent_organ_missing",
            "因不属于本机关管辖而不予受理的，须告知申请人有管辖权的行政复议机关（第三十条第二款）。",
            field="competent",
        )
    declined = case.changed("acceptance", conditions=_recorded(conditions), is_told_other_organ=is_elsewhere)
    declined = declined.told(key="decline.reasons", words=reasons)
    declined = declined.told(key="decline.competent", words=organ if is_elsewhere else None)
    return replace(declined, refused_on=on, refusal=Refusal.NOT_ACCEPTED)


def request_supplement(
    case: Case, *, on: date, papers: str, delivered_on: date | None = None, moment: Moment
) -> Case:
    """补正通知 (ARL 31): within five working days, once, everything at once; `papers` is the list."""
    earlier = (each.acceptance.supplement for each in case.proceeding.cycles)
    if any(each is not None for each in (case.acceptance.supplement, *earlier)):
        raise RuleViolation(
            "reconsideration.supplement_twice", "补正只能一次性通知，本案已经发过补正通知（第三十一条）。"
        )
    _require_within_review(case, on, moment.calendar)
    require_order(on, delivered_on, field="delivered_on", today=moment.today)
    asked = case.changed("acceptance", supplement=Supplement(sent_on=on, delivered_on=delivered_on))
    return asked.told(key="supplement.papers", words=papers)


def deliver_supplement(case: Case, *, on: date, moment: Moment) -> Case:
    """补正通知送达: the applicant's ten working days run from here."""
    supplement = _supplement(case)
    if supplement.delivered_on is not None:
        raise RuleViolation(
            "reconsideration.supplement_already_delivered", "补正通知的送达已经登记，如有错误请用更正。"
        )
    require_order(supplement.sent_on, on, field="on", today=moment.today)
    return case.changed("acceptance", supplement=replace(supplement, delivered_on=on))


def receive_supplement(case: Case, *, on: date, late_reason: str | None = None, moment: Moment) -> Case:
    """收到补正材料: a fresh five working days run from this day (AR-3.4)."""
    supplement = _supplement(case)
    require_order(supplement.delivered_on or supplement.sent_on, on, field="on", today=moment.today)
    last = _supplement_last_day(case, moment.calendar)
    is_late = last is not None and on > last
    if is_late and late_reason is None:
        raise RuleViolation(
            "reconsideration.supplement_late",
            f"补正期限已于 {last} 届满；有正当理由的请写明理由，没有的按逾期不补正办理（第三十一条）。",
            field="late_reason",
        )
    delivered_on = supplement.delivered_on or on  # what was answered has arrived
    received = case.changed(
        "acceptance",
        supplement=replace(
            supplement, delivered_on=delivered_on, submitted_on=on, is_late_excused=bool(is_late)
        ),
    )
    return received.told(key="supplement.late_reason", words=late_reason)


def extend_supplement(case: Case, *, on: date, until: date, reason: str, moment: Moment) -> Case:
    """延长补正期限 (ARL 31): for a good reason of the applicant's."""
    supplement = _supplement(case)
    last = _supplement_last_day(case, moment.calendar)
    if last is None or until <= last:
        raise RuleViolation(
            "reconsideration.supplement_extension_short",
            "延长后的补正期限须晚于现在的期限；请先登记补正通知的送达日期。",
            field="until",
        )
    extended = case.changed("acceptance", supplement=replace(supplement, extended_to=until))
    return extended.told(key="supplement.extension_reason", words=reason)


def lapse_supplement(case: Case, *, on: date, moment: Moment) -> Case:
    """逾期不补正，视为放弃 (ARL 31): neither 不予受理 nor 受理 (AR-3.4)."""
    supplement = _supplement(case)
    last = _supplement_last_day(case, moment.calendar)
    if last is None:
        raise RuleViolation(
            "reconsideration.supplement_not_delivered",
            "尚未登记补正通知的送达日期，补正期限还没有起算。",
        )
    if on <= last:
        raise RuleViolation(
            "reconsideration.supplement_not_expired", f"补正期限到 {last} 才届满。", field="on"
        )
    due = supplement_deadline(case, moment.calendar)
    if due is not None and supplement.extended_to is None:
        require_certain(due)
    return replace(case, refused_on=on, refusal=Refusal.ABANDONED)


def withdraw_before_acceptance(case: Case, *, on: date, is_resolved: bool = False, moment: Moment) -> Case:
    """受理前撤回; 受理前化解 is told apart (AR-5.10)."""
    withdrawn = case.changed("acceptance", is_resolved_before=is_resolved)
    return replace(withdrawn, refused_on=on, refusal=Refusal.WITHDRAWN_BEFORE_ACCEPTANCE)


def _accepted(
    case: Case, *, on: date, mode: AcceptMode, conditions: Conditions, procedure: Procedure
) -> Case:
    """Old Act: received is accepted (AR-0.5); the Act of 2023: the day of the decision, or the period's end."""
    accepted_on = case.received_on if case.law_version is LawVersion.PRE2024 else on
    accepted = case.changed("acceptance", conditions=_recorded(conditions), mode=mode)
    return replace(accepted, accepted_on=accepted_on, procedure=procedure)


def _recorded(conditions: Conditions) -> tuple[tuple[Condition, bool], ...]:
    return tuple((condition, conditions[condition]) for condition in Condition if condition in conditions)


def _require_complete(conditions: Conditions) -> None:
    if set(conditions) != set(Condition):
        raise RuleViolation(
            "reconsideration.conditions_incomplete",
            "七项受理条件须逐项写明是否符合（第三十条第一款）。",
            field="conditions",
        )


def _require_all(case: Case, conditions: Conditions, calendar: WorkCalendar) -> None:
    """All seven hold, and what the books know does not say otherwise."""
    _require_complete(conditions)
    if not all(conditions.values()):
        raise RuleViolation(
            "reconsideration.condition_fails",
            "有受理条件不符合，不能受理；应在审查期限内决定不予受理并说明理由（第三十条第二款）。",
            field="conditions",
        )
    elsewhere = competent_organ(case)
    if elsewhere is not None:
        raise RuleViolation(
            "reconsideration.outside_jurisdiction",
            f"本案不属于本机关管辖，有管辖权的是{elsewhere}；应不予受理并告知申请人。",
            field="conditions",
        )
    if case.proceeding.suit_pending_on is not None:
        raise RuleViolation(
            "reconsideration.suit_pending",
            "人民法院已经依法受理同一行政行为的诉讼，不得申请行政复议（第二十九条）。",
            field="conditions",
        )
    application = case.application
    if (
        application.applicant_count or 0
    ) > MOST_WITHOUT_REPRESENTATIVES and not application.representative_count:
        raise RuleViolation(
            "reconsideration.representatives_missing",
            "申请人超过五人的，须推选一至五名代表参加行政复议（实施条例第八条）；请先登记代表人数。",
            field="conditions",
        )
    require_in_time(case, calendar)


def _require_within_review(case: Case, on: date, calendar: WorkCalendar) -> None:
    """The same five working days for accepting, refusing and asking for more (ARL 30, 31)."""
    if case.law_version is LawVersion.PRE2024:
        return
    due = review_deadline(case, calendar)
    if due.due_on is not None and on > due.due_on:
        raise RuleViolation(
            "reconsideration.review_expired",
            f"审查期限已于 {due.due_on} 届满，本案自该日起视为受理（第三十条第三款）。",
            field="on",
        )


def _supplement(case: Case) -> Supplement:
    supplement = case.acceptance.supplement
    if supplement is None:  # the state table lets nobody in without one
        raise RuleViolation("reconsideration.no_supplement", "本案没有发过补正通知。")
    return supplement


def _supplement_last_day(case: Case, calendar: WorkCalendar) -> date | None:
    supplement = _supplement(case)
    if supplement.extended_to is not None:
        return supplement.extended_to
    due = supplement_deadline(case, calendar)
    return None if due is None else due.due_on
