"""Between acceptance and decision: procedure, copy and reply, opinions, committee, stay, extension (ARL 42-62)."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import assert_never
from uuid import UUID

from services.reconsideration.deadlines import OLD_ACT, Deadline, rule_of
from services.reconsideration.domain.case import Case, Moment
from services.reconsideration.domain.dates import require_certain, require_order
from services.reconsideration.domain.periods import decision_deadline, reply_deadline
from services.reconsideration.domain.proceeding import (
    Consultation,
    Extension,
    Opinion,
)
from services.reconsideration.domain.summary import require_not_summary, require_summary
from services.reconsideration.terms import (
    CommitteeBasis,
    EvidenceBy,
    ExtensionTimes,
    LawVersion,
    OpinionManner,
    OpinionOf,
    Procedure,
    SummaryBasis,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation

# Without reply or evidence in time the act is deemed to have none.
_UNPROVEN: Mapping[LawVersion, str] = MappingProxyType(
    {LawVersion.ACT2023: "第七十条", LawVersion.PRE2024: f"{OLD_ACT}第二十八条第一款第（四）项"}
)


def dated(case: Case, calendar: WorkCalendar) -> Case:
    """The decision's due date follows from the other dates, and is never typed in."""
    if case.accepted_on is None:
        return replace(case, procedure=None, decision_due_on=None, due_provisional=False)
    known = replace(case, procedure=case.procedure or Procedure.ORDINARY)  # ARL 53: ordinary is the rule
    due = decision_deadline(known, calendar)
    if due is None:
        return known
    return replace(known, decision_due_on=due.due_on, due_provisional=due.provisional)


def choose_procedure(
    case: Case,
    *,
    on: date,
    procedure: Procedure,
    summary_basis: SummaryBasis | None = None,
    is_clear: bool = False,
    amount_fen: int | None = None,
    is_complex: bool = False,
    is_technical: bool = False,
    moment: Moment,
) -> Case:
    """确定审理程序 (ARL 53): the clock runs from acceptance in either (AR-6.2). Complex cases are never summary."""
    if case.handling.converted_on is not None:
        raise RuleViolation("reconsideration.already_converted", "本案已转为普通程序，不能再改为简易程序。")
    if procedure is Procedure.SUMMARY:
        known = case.handling
        if is_complex or is_technical or known.is_known_complex or known.is_known_technical:
            raise RuleViolation(
                "reconsideration.summary_not_allowed",
                "重大、疑难、复杂或者专业性强的案件不适用简易程序。",
                field="procedure",
            )
        if case.procedure is Procedure.ORDINARY and case.handling.copy_sent_on is not None:
            raise RuleViolation(
                "reconsideration.no_reverse_conversion",
                "已按普通程序发送申请书副本，法律没有规定转为简易程序。",
                field="procedure",
            )
        require_summary(case, basis=summary_basis, is_clear=is_clear, amount_fen=amount_fen)
    elif case.procedure is Procedure.SUMMARY and case.handling.copy_sent_on is not None:
        raise RuleViolation(
            "reconsideration.use_convert",
            "简易程序已经开始，改为普通程序请用“转普通程序”。",
            field="procedure",
        )
    basis = summary_basis if procedure is Procedure.SUMMARY else None
    chosen = case.changed(
        "handling",
        chosen_on=on,
        summary_basis=basis,
        is_clear=is_clear,
        amount_fen=amount_fen,
        is_complex=is_complex,
        is_technical=is_technical,
    )
    return replace(chosen, procedure=procedure)


def convert(case: Case, *, on: date, reason: str, is_complex: bool = False, moment: Moment) -> Case:
    """简易程序转普通程序 (ARL 55): approved by the head of the office; the sixty days count from the original
    acceptance (AR-4.3), an open reply period becomes ten days from the same receipt (AR-4.4)."""
    if case.procedure is not Procedure.SUMMARY:
        raise RuleViolation("reconsideration.not_summary", "本案适用普通程序，没有可以转换的。")
    converted = case.changed(
        "handling", converted_on=on, is_complex=is_complex or case.handling.is_complex
    ).told(key="convert.reason", words=reason)
    return replace(converted, procedure=Procedure.ORDINARY)


def send_copy(case: Case, *, on: date, received_on: date | None = None, moment: Moment) -> Case:
    """发送申请书副本 (ARL 48, 54): the reply period runs from the respondent's receipt.

    Sent once; called again only to tell when it was received.
    """
    present = case.handling
    sent_on = present.copy_sent_on or on
    require_order(sent_on, received_on, field="received_on", today=moment.today)
    if present.copy_received_on is not None or (present.copy_sent_on is not None and received_on is None):
        raise RuleViolation(
            "reconsideration.copy_already_sent", "申请书副本已经发送；被申请人收到的日期只登记一次。"
        )
    return case.changed("handling", copy_sent_on=sent_on, copy_received_on=received_on)


def record_reply(
    case: Case,
    *,
    on: date,
    with_evidence: bool = True,
    third_party_evidence: bool = False,
    moment: Moment,
) -> Case:
    """被申请人书面答复 (ARL 48, 54), in time; without evidence and basis the act is deemed to have none (ARL 70)."""
    last = _reply_period(case, moment).due_on
    require_order(case.handling.copy_received_on or on, on, field="on", today=moment.today)
    if last is not None and on > last:
        raise RuleViolation(
            "reconsideration.reply_late",
            f"答复期限已于 {last} 届满，逾期提出的视为没有证据、依据，"
            f"请按“逾期未答复”办理（{_UNPROVEN[case.law_version]}）。",
            field="on",
        )
    return case.changed(
        "handling",
        replied_on=on,
        replied_without_evidence=not with_evidence,
        third_party_evidence=third_party_evidence,
    )


def lapse_reply(
    case: Case,
    *,
    on: date,
    replied_on: date | None = None,
    third_party_evidence: bool = False,
    moment: Moment,
) -> Case:
    """逾期未答复 (ARL 70): the act is deemed without evidence, unless a third party proves it.

    `replied_on` is the day of a reply that came too late; it is kept and changes nothing.
    """
    due = _reply_period(case, moment)
    if due.due_on is None or on <= due.due_on:
        raise RuleViolation(
            "reconsideration.reply_not_expired", f"答复期限到 {due.due_on} 才届满。", field="on"
        )
    require_certain(due)
    if replied_on is not None and replied_on <= due.due_on:
        raise RuleViolation(
            "reconsideration.reply_in_time",
            f"{replied_on} 的答复没有逾期，请按“被申请人答复”登记。",
            field="replied_on",
        )
    require_order(due.due_on, replied_on, field="replied_on", today=moment.today)
    return case.changed(
        "handling",
        reply_lapsed_on=on,
        replied_late_on=replied_on,
        third_party_evidence=third_party_evidence,
    )


def record_evidence(case: Case, *, on: date, by: EvidenceBy, moment: Moment) -> Case:
    """当事人提交证据 apart from the reply (ARL 70): the respondent's within its period, a third party's at any time."""
    match by:
        case EvidenceBy.RESPONDENT:
            return _completed_reply(case, on=on, moment=moment)
        case EvidenceBy.THIRD_PARTY:
            if case.handling.third_party_evidence:
                raise RuleViolation(
                    "reconsideration.evidence_recorded", "第三人提供证据已经登记。", field="by"
                )
            return case.changed("handling", third_party_evidence=True, third_party_evidence_on=on)
        case _:
            assert_never(by)


def _completed_reply(case: Case, *, on: date, moment: Moment) -> Case:
    """The evidence that a reply promised, in time."""
    if not case.handling.replied_without_evidence:
        raise RuleViolation(
            "reconsideration.no_reply_to_complete",
            "只有被申请人先行答复、尚未提交证据的，才另行登记其证据；与答复一并提交的请按“被申请人答复”登记。",
            field="by",
        )
    require_order(case.handling.replied_on or on, on, field="on", today=moment.today)
    last = _reply_period(case, moment).due_on
    if last is not None and on > last:
        raise RuleViolation(
            "reconsideration.evidence_late",
            f"答复举证期限已于 {last} 届满，逾期提交的视为没有证据、依据（{_UNPROVEN[case.law_version]}）。",
            field="on",
        )
    return case.changed("handling", replied_without_evidence=False)


def _reply_period(case: Case, moment: Moment) -> Deadline:
    due = reply_deadline(case, moment.calendar)
    if due is None:
        raise RuleViolation(
            "reconsideration.copy_not_received", "尚未登记被申请人收到申请书副本的日期，答复期限还没有起算。"
        )
    return due


def hear_opinion(
    case: Case,
    *,
    on: date,
    of: OpinionOf,
    manner: OpinionManner,
    record: str | None = None,
    party: UUID | None = None,
    moment: Moment,
) -> Case:
    """听取意见 (ARL 49): in person, by internet or phone, and recorded; only the party's own fault excuses."""
    if manner is OpinionManner.NOT_POSSIBLE and record is None:
        raise RuleViolation(
            "reconsideration.opinion_reason_missing",
            "不能听取意见的，须写明当事人方面的原因（第四十九条）。",
            field="record",
        )
    if record is None:
        raise RuleViolation(
            "reconsideration.opinion_record_missing",
            "听取的意见须记录在案（第四十九条）。",
            field="record",
        )
    opinions = (*case.handling.opinions, Opinion(manner, on, of, party))
    heard = case.changed("handling", opinions=opinions)
    return heard.told(key=f"opinion.{len(opinions)}", words=record)


def consult_committee(case: Case, *, on: date, basis: CommitteeBasis, opinion: str, moment: Moment) -> Case:
    """咨询行政复议委员会 (ARL 52, 61(3)): recorded; an important reference, not binding (AR-4.7)."""
    require_not_summary(case, basis)
    consultations = (*case.handling.consultations, Consultation(basis, on))
    consulted = case.changed("handling", consultations=consultations)
    return consulted.told(key=f"committee.{len(consultations)}", words=opinion)


def extend(
    case: Case, *, on: date, days: int, reason: str, notified_on: date | None = None, moment: Moment
) -> Case:
    """延长审理期限 (ARL 62, AR-6.2): ordinary procedure, complex circumstances, once, at most thirty days,
    approved by the head of the office before the period ends, the parties told in writing."""
    if (case.procedure or Procedure.ORDINARY) not in rule_of("ar.extension", case.law_version).lengths:
        raise RuleViolation(
            "reconsideration.extension_not_allowed",
            "简易程序的审理期限不能延长（第六十二条）。",
            field="days",
        )
    if days < 1:
        raise RuleViolation("reconsideration.extension_not_positive", "延长的日数须为正数。", field="days")
    former = case.handling.extension
    if former is not None and case.local.extension_times is ExtensionTimes.ONCE:
        raise RuleViolation(
            "reconsideration.extended_twice", "审理期限只能延长一次，本案已经延长过。", field="days"
        )
    if case.decision_due_on is None:
        raise RuleViolation(
            "reconsideration.extension_while_excluded",
            "勘验、鉴定等尚未结束，审理期限何时届满还不确定，请在结束后再延长。",
            field="on",
        )
    if on > case.decision_due_on:
        raise RuleViolation(
            "reconsideration.extension_late",
            f"审理期限已于 {case.decision_due_on} 届满，届满以后不能再延长。",
            field="on",
        )
    require_order(on, notified_on, field="notified_on", today=moment.today)
    whole = days if former is None else former.days + days
    extended = case.changed("handling", extension=Extension(on, whole, notified_on))
    extended = extended.told(key="extension.reason", words=reason)
    decision_deadline(extended, moment.calendar)  # refuses more than thirty days
    return extended


def require_heard(case: Case) -> None:
    """Before an ordinary decision the parties are heard (ARL 49), and what is owed has been done (ARL 50, 52)."""
    if case.law_version is LawVersion.PRE2024:
        return  # the duties are the Act's of 2023
    handling = case.handling
    if case.procedure is Procedure.ORDINARY and not _is_applicant_heard(case):
        raise RuleViolation(
            "reconsideration.opinion_not_heard",
            "适用普通程序的案件，作出决定前须当面或者通过互联网、电话听取申请人的意见；申请人没有参加的听证不算（第四十九条）。",
        )
    hearing_done = any(each.held_on or each.applicant_absent for each in handling.hearings)
    if handling.is_known_complex and not hearing_done:
        raise RuleViolation(
            "reconsideration.hearing_owed", "重大、疑难、复杂的案件须组织听证（第五十条第一款）。"
        )
    is_hard = handling.is_known_complex or handling.is_known_technical
    owes_committee = is_hard or case.application.is_own_review
    if owes_committee and not handling.consultations:
        raise RuleViolation(
            "reconsideration.committee_owed", "本案须提请行政复议委员会提出咨询意见（第五十二条）。"
        )


def _is_applicant_heard(case: Case) -> bool:
    """By an opinion or at a hearing that the applicant attended; that of the respondent alone is not enough."""
    handling = case.handling
    is_asked = any(each.of in (None, OpinionOf.APPLICANT) for each in handling.opinions)
    return is_asked or any(each.held_on and not each.applicant_absent for each in handling.hearings)
