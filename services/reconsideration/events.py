"""Domain event → published contract. What leaves this service is the statistical row, never a party's words."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from uuid_utils.compat import uuid7

from services.reconsideration import domain
from services.reconsideration.domain import Case
from shared.contracts.envelope import CaseChanged, subject
from shared.contracts.reconsideration import SERVICE, EventType, ReconsiderationEvent, ReconsiderationFacts


def to_contract(
    event: domain.Event, case: Case, *, case_id: UUID, case_version: int, now: datetime
) -> tuple[str, ReconsiderationEvent]:
    """(subject, event) as the outbox wants it."""
    type_ = _type(event)
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
    """The statistical row of a case (all but everything that could name a person)."""
    return ReconsiderationFacts(
        void=case.cancelled,
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
    )


def _type(event: domain.Event) -> EventType:
    match event:
        case domain.Received():
            return "dingfen.reconsideration.received.v1"
        case domain.Accepted():
            return "dingfen.reconsideration.accepted.v1"
        case domain.NotAccepted():
            return "dingfen.reconsideration.not_accepted.v1"
        case domain.Concluded():
            return "dingfen.reconsideration.concluded.v1"
        case domain.Terminated():
            return "dingfen.reconsideration.terminated.v1"
        case domain.LetterIssued():
            return "dingfen.reconsideration.letter_issued.v1"
        case domain.LedgerRecorded():
            return "dingfen.reconsideration.ledger_recorded.v1"
        case domain.Corrected():
            return "dingfen.reconsideration.corrected.v1"
        case domain.Cancelled():
            return "dingfen.reconsideration.cancelled.v1"
        case _:
            assert_never(event)
