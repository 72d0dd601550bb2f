"""Domain event → published contract. What leaves this service is the statistical row, never a party's words."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from types import MappingProxyType
from uuid import UUID

from pydantic import TypeAdapter
from uuid_utils.compat import uuid7

from services.reconsideration.domain import Case, Happened
from services.reconsideration.domain.afterwards import delivered_on, effective_on
from services.reconsideration.domain.silence import suit_of
from services.reconsideration.terms import AccessoryItem, LetterKind, Step
from shared.contracts.envelope import CaseChanged, subject
from shared.contracts.reconsideration import (
    MAX_LISTED,
    SERVICE,
    EventType,
    Hearing,
    Letter,
    Link,
    ReconsiderationEvent,
    ReconsiderationFacts,
)
from shared.kernel.calendar import shift_by_suspensions


def to_contract(
    event: Happened, case: Case, *, case_id: UUID, case_version: int, now: datetime
) -> tuple[str, ReconsiderationEvent]:
    """(subject, event) as the outbox wants it."""
    type_ = EVENT_TYPE[event.step]
    published = ReconsiderationEvent(
        id=uuid7(),
        type=type_,
        subject=str(case_id),
        time=now,
        data=CaseChanged(
            case_id=case_id, case_version=case_version, on=event.on, office=case.office, facts=facts_of(case)
        ),
    )
    return subject(SERVICE, case_id, type_.split(".")[2]), published


def facts_of(case: Case) -> ReconsiderationFacts:
    """The statistical row of a case (all but everything that could name a person).

    A draft, and what never left the agent point or organ, counts nowhere: it is told as void.
    """
    application, acceptance, handling, closing = (
        case.application,
        case.acceptance,
        case.handling,
        case.closing,
    )
    supplement, suspension = acceptance.supplement, handling.open_suspension
    suit = suit_of(case)
    return ReconsiderationFacts(
        void=case.cancelled or application.is_draft,
        case_number=case.case_number,
        authority_region=case.authority_region,
        authority_level=case.authority_level.value,
        respondent_type=case.respondent_type.value if case.respondent_type else None,
        channel=case.channel.value if case.channel else None,
        law_version=case.law_version.value,
        is_group=case.is_group,
        received_on=case.received_on,
        accepted_on=case.accepted_on,
        refused_on=case.refused_on,
        refusal=case.refusal.value if case.refusal else None,
        procedure=case.procedure.value if case.procedure else None,
        decision_due_on=case.decision_due_on,
        due_provisional=case.due_provisional,
        closed_on=case.closed_on,
        outcome=case.outcome.value if case.outcome else None,
        termination_ground=case.termination_ground.value if case.termination_ground else None,
        withdraw_reason=case.withdraw_reason.value if case.withdraw_reason else None,
        opinion_letters_on=case.opinion_letters_on,
        recommendation_letters_on=case.recommendation_letters_on,
        filed_on=application.filed_on,
        agent_point=application.agent_point,
        act_head=application.act_head.number if application.act_head else None,
        prerequisite=bool(application.prerequisite),
        is_enterprise=application.is_enterprise,
        applicant_count=application.applicant_count,
        merged=case.proceeding.merged_into is not None,
        merged_into=case.proceeding.merged_into,
        linked=tuple(
            Link(service=each.service.value, case_id=each.case_id)
            for each in case.proceeding.linked[:MAX_LISTED]
        ),
        accept_mode=acceptance.mode.value if acceptance.mode else None,
        supplement_requested_on=supplement.sent_on if supplement else None,
        refused_to_other_organ=acceptance.is_told_other_organ,
        resolved_before_acceptance=acceptance.is_resolved_before,
        converted_on=handling.converted_on,
        extension_days=handling.extension.days if handling.extension else 0,
        suspended_days=_suspended_days(case),
        suspended_since=suspension.on if suspension is not None and case.closed_on is None else None,
        hearings=_hearings(case),
        committee_consulted_on=handling.consultations[0].on if handling.consultations else None,
        no_evidence=handling.has_no_evidence,
        decision_items=tuple(item.outcome.value for item in closing.items),
        redo_ordered=any(item.redo_days is not None for item in closing.items),
        compensation_fen=_compensation(case),
        letters=_letters(case),
        delivered_on=delivered_on(case),
        effective_on=effective_on(case),
        sue_due_on=closing.sue_due_on,
        sued_on=suit.on if suit else None,
        suit_reference=suit.number if suit else closing.suit_number,
        petitioned_on=closing.petitioned_on,
        performance_due_on=closing.performance_due_on,
        performed_on=closing.performed_on,
        reopened_on=case.proceeding.cycles[-1].reopened_on if case.proceeding.cycles else None,
    )


def _suspended_days(case: Case) -> int:
    """Whole days of ended suspensions, overlapping ones merged (AR-5.3)."""
    ended = [
        (each.on, each.resumed_on or case.closed_on)
        for each in case.handling.suspensions
        if (each.resumed_on or case.closed_on) is not None
    ]
    day = date(2000, 1, 1)
    shifted = shift_by_suspensions(day, [(begun, over) for begun, over in ended if over is not None])
    return (shifted - day) // timedelta(days=1)


def _hearings(case: Case) -> tuple[Hearing, ...]:
    held = (
        Hearing(held_on=each.held_on, attended_by_head=each.attended_by_head)
        for each in case.handling.hearings
        if each.held_on is not None
    )
    return tuple(held)[:MAX_LISTED]


def _letters(case: Case) -> tuple[Letter, ...]:
    """What is known of each letter; a ledger tells only when they were issued."""
    known = tuple(
        Letter(
            kind=each.kind.value,
            issued_on=each.issued_on,
            received_on=each.received_on,
            due_on=each.due_on,
            feedback_on=each.feedback_on,
            adopted=each.is_adopted,
        )
        for each in case.closing.letters
    )
    counted = [(letter.kind, letter.issued_on) for letter in known]
    told = [
        (kind.value, day)
        for kind, days in (
            (LetterKind.OPINION, case.opinion_letters_on),
            (LetterKind.RECOMMENDATION, case.recommendation_letters_on),
        )
        for day in days
    ]
    for each in counted:
        if each in told:
            told.remove(each)
    rest = tuple(Letter(kind=kind, issued_on=day) for kind, day in told)
    return (*known, *rest)[:MAX_LISTED]


def _compensation(case: Case) -> int | None:
    """行政赔偿 in fen; None where none was ordered."""
    amounts = [
        item.amount_fen or 0 for item in case.closing.items if item.outcome is AccessoryItem.COMPENSATED
    ]
    return sum(amounts) if amounts else None


_V1 = "dingfen.reconsideration.{}.v1"
_TOLD_AS: Mapping[str, tuple[Step, ...]] = {
    "received": (Step.RECEIVE,),
    "forwarded": (Step.FORWARD,),
    "self_corrected": (Step.SELF_CORRECT,),
    "accepted": (Step.ACCEPT, Step.ACCEPT_WITH_GAPS, Step.DEEM_ACCEPTED),
    "not_accepted": (Step.DECLINE, Step.LAPSE_SUPPLEMENT, Step.WITHDRAW_BEFORE_ACCEPTANCE),
    "supplement_requested": (Step.REQUEST_SUPPLEMENT,),
    "supplemented": (
        Step.DELIVER_SUPPLEMENT,
        Step.RECEIVE_SUPPLEMENT,
        Step.EXTEND_SUPPLEMENT,
        Step.FILL_GAP,
    ),
    "assigned": (Step.ASSIGN_HANDLERS,),
    "respondent_changed": (Step.CHANGE_RESPONDENT,),
    "completed": (Step.COMPLETE_APPLICATION,),
    "procedure_changed": (Step.CHOOSE_PROCEDURE, Step.CONVERT),
    "replied": (Step.SEND_COPY, Step.RECORD_REPLY, Step.LAPSE_REPLY, Step.RECORD_EVIDENCE),
    "heard": (Step.HEAR_OPINION, Step.NOTIFY_HEARING, Step.HOLD_HEARING),
    "consulted": (Step.CONSULT_COMMITTEE,),
    "stay_decided": (
        Step.DECIDE_STAY,
        Step.LIFT_STAY,
    ),
    "suspended": (Step.SUSPEND,),
    "resumed": (
        Step.RESUME,
        Step.RECORD_NOTICE,
    ),
    "time_excluded": (
        Step.EXCLUDE_TIME,
        Step.BEGIN_EXCLUSION,
        Step.END_EXCLUSION,
    ),
    "document_reviewed": (Step.REVIEW_DOCUMENT,),
    "extended": (Step.EXTEND,),
    "terminated": (Step.WITHDRAW, Step.TERMINATE),
    "concluded": (Step.SIGN_MEDIATION, Step.REJECT_APPLICATION, Step.APPROVE_DECISION),
    "decision_proposed": (Step.SUBMIT_DECISION, Step.ENDORSE_DECISION, Step.RETURN_DECISION),
    "delivered": (Step.DELIVER,),
    "letter_issued": (Step.ISSUE_LETTER,),
    "letter_answered": (Step.RECORD_FEEDBACK,),
    "performed": (Step.RECORD_PERFORMANCE,),
    "followed_up": (Step.FOLLOW_UP, Step.COPY_TO_SUPERIOR, Step.PUBLISH),
    "sued": (Step.RECORD_SUIT,),
    "petitioned": (Step.RECORD_PETITION,),
    "reopened": (Step.REOPEN,),
    "linked": (Step.LINK,),
    "ledger_recorded": (Step.RECORD,),
    "corrected": (Step.CORRECT,),
    "recalculated": (Step.RECALCULATE,),
    "undone": (Step.UNDO,),
    "cancelled": (Step.CANCEL,),
}
_ADAPTER: TypeAdapter[EventType] = TypeAdapter(EventType)
# Every step is told as one of the contract's events; a step without one fails a test and every import.
EVENT_TYPE: Mapping[Step, EventType] = MappingProxyType(
    {step: _ADAPTER.validate_python(_V1.format(name)) for name, steps in _TOLD_AS.items() for step in steps}
)
