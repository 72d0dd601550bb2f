"""Domain event → published contract. What leaves this service is the statistical row, never anybody's words."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from uuid_utils.compat import uuid7

from services.mediation import domain, organisations
from services.mediation.case import Case
from services.mediation.organisations import Organisation
from shared.contracts.envelope import CaseChanged, subject
from shared.contracts.mediation import (
    SERVICE,
    CaseEventType,
    MediationEvent,
    MediationFacts,
    OrganisationEvent,
    OrganisationEventType,
    OrganisationFacts,
)


def to_contract(
    event: domain.Event, case: Case, *, case_id: UUID, case_version: int, now: datetime
) -> tuple[str, MediationEvent]:
    """(subject, event) as the outbox wants it."""
    type_ = _type(event)
    published = MediationEvent(
        id=uuid7(),
        type=type_,
        subject=str(case_id),
        time=now,
        data=CaseChanged(
            case_id=case_id, case_version=case_version, on=event.on, office=case.office, facts=facts_of(case)
        ),
    )
    return subject(SERVICE, case_id, type_.split(".")[2]), published


def organisation_to_contract(
    event: organisations.Event, organisation: Organisation, *, id_: UUID, version: int, now: datetime
) -> tuple[str, OrganisationEvent]:
    """The same for an entry of the register: its id stands where a case's would."""
    type_ = _organisation_type(event)
    published = OrganisationEvent(
        id=uuid7(),
        type=type_,
        subject=str(id_),
        time=now,
        data=CaseChanged(
            case_id=id_,
            case_version=version,
            on=event.on,
            office=organisation.office,
            facts=organisation_facts_of(organisation),
        ),
    )
    return subject(SERVICE, id_, type_.split(".")[2]), published


def facts_of(case: Case) -> MediationFacts:
    """The statistical row of a case (all but everything that could name a person or a committee)."""
    return MediationFacts(
        void=case.cancelled,
        case_number=case.case_number,
        region=case.region,
        scope=case.scope.value,
        source=case.source.value if case.source else None,
        referral=case.referral.value if case.referral else None,
        dispute_type=case.dispute_type.value if case.dispute_type else None,
        registered_on=case.registered_on,
        accepted_on=case.accepted_on,
        declined_on=case.declined_on,
        due_on=case.due_on,
        closed_on=case.closed_on,
        outcome=case.outcome.value if case.outcome else None,
        termination_reason=case.termination_reason.value if case.termination_reason else None,
        effective_on=case.effective_on,
        confirmed_on=case.confirmed_on,
        amount_fen=case.amount_fen,
    )


def organisation_facts_of(organisation: Organisation) -> OrganisationFacts:
    """The statistical row of an entry: where and what it is, not what it is called."""
    return OrganisationFacts(
        void=organisation.cancelled,
        region=organisation.region,
        org_type=organisation.org_type.value,
        is_industry=organisation.is_industry,
        is_agent_point=organisation.is_agent_point,
        established_on=organisation.established_on,
        dissolved_on=organisation.dissolved_on,
    )


def _type(event: domain.Event) -> CaseEventType:
    match event:
        case domain.Registered():
            return "dingfen.mediation.registered.v1"
        case domain.Accepted():
            return "dingfen.mediation.accepted.v1"
        case domain.Declined():
            return "dingfen.mediation.declined.v1"
        case domain.Agreed():
            return "dingfen.mediation.agreed.v1"
        case domain.Failed():
            return "dingfen.mediation.failed.v1"
        case domain.Terminated():
            return "dingfen.mediation.terminated.v1"
        case domain.Confirmed():
            return "dingfen.mediation.confirmed.v1"
        case domain.LedgerRecorded():
            return "dingfen.mediation.ledger_recorded.v1"
        case domain.Corrected():
            return "dingfen.mediation.corrected.v1"
        case domain.Cancelled():
            return "dingfen.mediation.cancelled.v1"
        case domain.Recalculated():
            return "dingfen.mediation.recalculated.v1"
        case _:
            assert_never(event)


def _organisation_type(event: organisations.Event) -> OrganisationEventType:
    match event:
        case organisations.Registered():
            return "dingfen.mediation.organisation_registered.v1"
        case organisations.Dissolved():
            return "dingfen.mediation.organisation_dissolved.v1"
        case organisations.Corrected():
            return "dingfen.mediation.organisation_corrected.v1"
        case organisations.Cancelled():
            return "dingfen.mediation.organisation_cancelled.v1"
        case _:
            assert_never(event)
