"""What the reconsideration service 行政复议 publishes about a case. Owned by services/reconsideration."""

from datetime import date
from typing import Literal

from shared.contracts.envelope import Code, Envelope, Facts, OfficialNumber, RegionCode

SERVICE = "reconsideration"
KIND: Literal["reconsideration_case"] = "reconsideration_case"

Outcome = Literal[
    "upheld",
    "varied",
    "revoked",
    "partly_revoked",
    "confirmed_unlawful",
    "confirmed_void",
    "performance_ordered",
    "agreement_liable",
    "claim_rejected",
    "application_rejected",
    "mediated",
    "terminated",
]
# How an application left the books without ever being accepted.
Refusal = Literal["not_accepted", "abandoned", "withdrawn_before_acceptance"]
Termination = Literal["T1", "T2", "T3", "T4", "T5"]
WithdrawReason = Literal["settled", "respondent_changed_act", "voluntary", "other"]


class ReconsiderationFacts(Facts):
    """Dates are legal dates in Asia/Shanghai; counts are pieces; see the rules AR-* and indicators IND-AR-*."""

    case_number: OfficialNumber
    authority_region: RegionCode
    authority_level: Literal["nation", "province", "prefecture", "county"]
    respondent_type: Code | None = None
    channel: Code | None = None
    law_version: Literal["pre2024", "act2023"]
    is_group: bool = False
    received_on: date
    accepted_on: date | None = None
    refused_on: date | None = None
    refusal: Refusal | None = None
    procedure: Literal["ordinary", "summary"] | None = None
    decision_due_on: date | None = None
    due_provisional: bool = False
    closed_on: date | None = None
    outcome: Outcome | None = None
    termination_ground: Termination | None = None
    withdraw_reason: WithdrawReason | None = None
    opinion_letters_on: tuple[date, ...] = ()
    recommendation_letters_on: tuple[date, ...] = ()


EventType = Literal[
    "dingfen.reconsideration.received.v1",
    "dingfen.reconsideration.accepted.v1",
    "dingfen.reconsideration.not_accepted.v1",
    "dingfen.reconsideration.concluded.v1",
    "dingfen.reconsideration.terminated.v1",
    "dingfen.reconsideration.letter_issued.v1",
    "dingfen.reconsideration.ledger_recorded.v1",
    "dingfen.reconsideration.corrected.v1",
    "dingfen.reconsideration.cancelled.v1",
]


class ReconsiderationEvent(Envelope[ReconsiderationFacts]):
    source: Literal["/reconsideration"] = "/reconsideration"
    type: EventType
