"""One event of every contract, as its publisher would send it."""

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from shared.contracts.envelope import Envelope, Facts
from shared.contracts.litigation import HearingFacts, LitigationEvent, LitigationFacts
from shared.contracts.mediation import MediationEvent, MediationFacts, OrganisationEvent, OrganisationFacts
from shared.contracts.reconsideration import Hearing, Letter, Link, ReconsiderationEvent, ReconsiderationFacts

CASE_ID = UUID("019aa000-0000-7000-8000-000000000001")
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
DAY = date(2024, 3, 1)

FACTS: tuple[Facts, ...] = (
    ReconsiderationFacts(
        case_number="杭政复〔2024〕1号",
        authority_region="150625",
        authority_level="county",
        law_version="act2023",
        received_on=DAY,
    ),
    ReconsiderationFacts(
        case_number="杭政复〔2024〕2号",
        authority_region="150625",
        authority_level="county",
        law_version="act2023",
        filed_on=DAY,
        agent_point="point_1",
        received_on=DAY,
        accepted_on=DAY,
        accept_mode="deemed",
        extension_days=30,
        hearings=(Hearing(held_on=DAY, attended_by_head=False),),
        decision_items=("revoke",),
        letters=(Letter(kind="opinion", issued_on=DAY, adopted=True),),
        suit_reference="（2024）内0625行初1号",
    ),
    MediationFacts(case_number="2024-1", region="150625", registered_on=DAY, amount_fen=1),
    OrganisationFacts(region="150625", org_type="village"),
    LitigationFacts(
        case_number="（2024）内0625行初1号",
        region="150625",
        instance="first",
        notified_on=DAY,
        hearings=(HearingFacts(on=DAY, officer="principal"),),
    ),
    ReconsiderationFacts(
        case_number="杭政复〔2024〕3号",
        authority_region="150625",
        authority_level="county",
        law_version="act2023",
        received_on=DAY,
        merged=True,
        merged_into=CASE_ID,
        linked=(Link(service="litigation", case_id=CASE_ID),),
    ),
    LitigationFacts(
        case_number="（2024）内0625行初2号",
        region="150625",
        instance="first",
        notified_on=DAY,
        reconsideration_case=CASE_ID,
    ),
)
_PUBLISHED: dict[type[Facts], tuple[type[Envelope[Any]], str]] = {
    ReconsiderationFacts: (ReconsiderationEvent, "dingfen.reconsideration.received.v1"),
    MediationFacts: (MediationEvent, "dingfen.mediation.registered.v1"),
    OrganisationFacts: (OrganisationEvent, "dingfen.mediation.organisation_registered.v1"),
    LitigationFacts: (LitigationEvent, "dingfen.litigation.notified.v1"),
}


def an_event(facts: Facts, *, version: int = 1) -> Envelope[Any]:
    shape, type_ = _PUBLISHED[type(facts)]
    changed = {"case_id": CASE_ID, "case_version": version, "on": DAY, "facts": facts}
    return shape.model_validate(
        {"id": CASE_ID, "type": type_, "subject": str(CASE_ID), "time": NOW, "data": changed}
    )


EVENTS = tuple(an_event(facts) for facts in FACTS)
