"""Domain event → published contract. What leaves this service is the statistical row, never a name or a text."""

from datetime import datetime
from typing import assert_never
from uuid import UUID

from uuid_utils.compat import uuid7

from services.litigation import domain
from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.terms import Appearance
from shared.contracts.envelope import CaseChanged, subject
from shared.contracts.litigation import (
    SERVICE,
    EventType,
    HearingFacts,
    LitigationEvent,
    LitigationFacts,
    Officer,
)


def to_contract(
    event: domain.Event, case: Case, *, case_id: UUID, case_version: int, now: datetime
) -> tuple[str, LitigationEvent]:
    """(subject, event) as the outbox wants it."""
    type_ = _type(event)
    published = LitigationEvent(
        id=uuid7(),
        type=type_,
        subject=str(case_id),
        time=now,
        data=CaseChanged(
            case_id=case_id, case_version=case_version, on=event.on, office=case.office, facts=facts_of(case)
        ),
    )
    return subject(SERVICE, case_id, type_.split(".")[2]), published


def facts_of(case: Case) -> LitigationFacts:
    """The statistical row of a unit (all but court, organ and everything that could name a person)."""
    duty = case.duty
    return LitigationFacts(
        void=case.cancelled,
        case_number=case.case_number,
        region=case.region,
        instance=case.instance.value,
        notified_on=case.notified_on,
        first_heard_on=case.first_heard_on,
        hearings=tuple(HearingFacts(on=hearing.on, officer=_officer(hearing)) for hearing in case.hearings),
        duty=duty.exists,
        court_notified=duty.court_notified or case.appearance_notified,
        met=duty.met,
        met_by_principal=duty.met_by_principal,
        excused=duty.excused,
        closed_on=case.closed_on,
        result=case.result.value if case.result else None,
        lost=case.lost,
        by_judgment=case.by_judgment,
        reconsideration_case=case.reconsideration_case,
        performed_on=case.performed_on,
        performed_fen=case.performed_fen,
    )


def _officer(hearing: Hearing) -> Officer | None:
    """Who attended in law: without a proven identity, or having walked out, nobody did (APP 6, 12)."""
    if not hearing.counts:
        return None
    match hearing.appearance:
        case Appearance.PRINCIPAL:
            return "principal"
        case Appearance.DEPUTY:
            return "deputy"
        case Appearance.DEPUTY_LEVEL:
            return "deputy_level"
        case Appearance.OTHER_IN_CHARGE:
            return "other_in_charge"
        case Appearance.STAFF_ONLY | Appearance.NONE:
            return None
        case _:
            assert_never(hearing.appearance)


def _type(event: domain.Event) -> EventType:
    match event:
        case domain.Notified():
            return "dingfen.litigation.notified.v1"
        case domain.Heard():
            return "dingfen.litigation.heard.v1"
        case domain.Judged():
            return "dingfen.litigation.judged.v1"
        case domain.Performed():
            return "dingfen.litigation.performed.v1"
        case domain.LedgerRecorded():
            return "dingfen.litigation.ledger_recorded.v1"
        case domain.Corrected():
            return "dingfen.litigation.corrected.v1"
        case domain.Cancelled():
            return "dingfen.litigation.cancelled.v1"
        case _:
            assert_never(event)
