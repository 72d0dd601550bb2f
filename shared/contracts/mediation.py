"""What the mediation service 人民调解 publishes: its cases and its register of organisations.

Owned by services/mediation.
"""

from datetime import date
from typing import Literal

from pydantic import Field

from shared.contracts.envelope import Code, Envelope, Facts, OfficialNumber, RegionCode

SERVICE = "mediation"
KIND_CASE: Literal["mediation_case"] = "mediation_case"
KIND_ORGANISATION: Literal["mediation_organisation"] = "mediation_organisation"

Scope = Literal["people", "legal_service", "all_disputes"]
Referral = Literal["before_filing", "after_filing"]
Outcome = Literal["agreed_written", "agreed_oral", "failed", "terminated"]
TerminationReason = Literal["refused", "unreachable", "withdrawn", "settled_suit_dropped", "other"]
OrganisationType = Literal[
    "village",
    "resident",
    "town",
    "street",
    "enterprise",
    "social",
    "unspecified",
    "station",
    "personal_studio",
    "labour_mediation",
    "legal_service_centre",
    "legal_service_station",
    "legal_service_room",
    "community_service_room",
]


class MediationFacts(Facts):
    """Dates are legal dates; `amount_fen` is in fen 分; see the rules PM-* and indicators IND-PM-*."""

    case_number: OfficialNumber
    region: RegionCode
    scope: Scope = "people"
    source: Code | None = None
    referral: Referral | None = None
    dispute_type: Code | None = None
    registered_on: date
    accepted_on: date | None = None
    declined_on: date | None = None
    due_on: date | None = None
    closed_on: date | None = None
    outcome: Outcome | None = None
    termination_reason: TerminationReason | None = None
    effective_on: date | None = None
    confirmed_on: date | None = None
    amount_fen: int = Field(default=0, ge=0, le=2**53)


class OrganisationFacts(Facts):
    """One entry of the register: a people's mediation committee 调委会 or another body that reports count."""

    region: RegionCode
    org_type: OrganisationType
    is_industry: bool = False
    is_agent_point: bool = False
    established_on: date | None = None
    dissolved_on: date | None = None


CaseEventType = Literal[
    "dingfen.mediation.registered.v1",
    "dingfen.mediation.accepted.v1",
    "dingfen.mediation.declined.v1",
    "dingfen.mediation.agreed.v1",
    "dingfen.mediation.failed.v1",
    "dingfen.mediation.terminated.v1",
    "dingfen.mediation.confirmed.v1",
    "dingfen.mediation.ledger_recorded.v1",
    "dingfen.mediation.corrected.v1",
    "dingfen.mediation.recalculated.v1",
    "dingfen.mediation.cancelled.v1",
]
OrganisationEventType = Literal[
    "dingfen.mediation.organisation_registered.v1",
    "dingfen.mediation.organisation_dissolved.v1",
    "dingfen.mediation.organisation_corrected.v1",
    "dingfen.mediation.organisation_cancelled.v1",
]


class MediationEvent(Envelope[MediationFacts]):
    source: Literal["/mediation"] = "/mediation"
    type: CaseEventType


class OrganisationEvent(Envelope[OrganisationFacts]):
    source: Literal["/mediation"] = "/mediation"
    type: OrganisationEventType
