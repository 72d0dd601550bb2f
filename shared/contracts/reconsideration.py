"""What the reconsideration service 行政复议 publishes about a case. Owned by services/reconsideration."""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

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
# By decision 决定, by decision with papers still lacking 容缺, or because the five working days passed 视为受理.
AcceptMode = Literal["decision", "gap", "deemed"]
LetterKind = Literal["opinion", "recommendation"]  # 意见书 (art. 76), 建议书 (Regulations art. 57)

# Lists are bounded so that an event stays far below 64 KiB, and whole numbers so that every database holds them.
MAX_LISTED = 99
Days = Annotated[int, Field(ge=0, le=36_500)]


class Hearing(BaseModel):
    """One held hearing 听证 (art. 50, 51). `attended_by_head`: the respondent's responsible officer came himself."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    held_on: date
    attended_by_head: bool


class Letter(BaseModel):
    """One 意见书 or 建议书 and what became of it. Only an opinion falls due: sixty days from its receipt (art. 76).

    `adopted` 落实 is unknown until there is feedback.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    kind: LetterKind
    issued_on: date
    received_on: date | None = None
    due_on: date | None = None
    feedback_on: date | None = None
    adopted: bool | None = None


class Link(BaseModel):
    """Another case that this one is linked to 关联, by reference only: what it tells is told by its own service."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    service: Literal["reconsideration", "mediation", "litigation"]
    case_id: UUID


class ReconsiderationFacts(Facts):
    """Dates are legal dates in Asia/Shanghai; counts are pieces; see the rules AR-* and indicators IND-AR-*.

    `void`: recorded by mistake, or still a draft at the agent point 代办点 or at the organ that did the act
    (art. 32): it counts nowhere yet, and `received_on` then repeats the day of filing. The day it reaches the
    office it is told again, not void any more, with its day of receipt.
    """

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
    # How it came and what it is about.
    filed_on: date | None = None
    agent_point: Code | None = None
    act_head: Annotated[int, Field(ge=1, le=15)] | None = None  # art. 11
    prerequisite: bool = False  # 复议前置 (art. 23)
    is_enterprise: bool = False
    applicant_count: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = None
    merged: bool = False  # 合并审理: handled with others, counted by itself (AR-0.7)
    merged_into: UUID | None = None  # the reconsideration case that it is handled with, where that was told
    linked: Annotated[tuple[Link, ...], Field(max_length=MAX_LISTED)] = ()  # AR-7.8
    # Acceptance.
    accept_mode: AcceptMode | None = None
    supplement_requested_on: date | None = None  # 补正 (art. 31)
    refused_to_other_organ: bool = False  # not accepted and told which organ is competent (art. 30)
    resolved_before_acceptance: bool = False  # 受理前化解 (AR-5.10)
    # Handling. `decision_due_on` already includes extension and suspension.
    converted_on: date | None = None  # summary to ordinary (art. 55)
    extension_days: Days = 0  # art. 62
    suspended_days: Days = 0  # whole days of ended suspensions, overlapping ones merged (AR-5.3)
    suspended_since: date | None = None  # while a suspension is open
    hearings: Annotated[tuple[Hearing, ...], Field(max_length=MAX_LISTED)] = ()
    committee_consulted_on: date | None = None  # art. 52
    no_evidence: bool = False  # no reply in time (art. 70)
    # Decision and after.
    decision_items: Annotated[tuple[Code, ...], Field(max_length=MAX_LISTED)] = ()
    redo_ordered: bool = False  # 责令重作 (art. 64)
    compensation_fen: Annotated[int, Field(ge=0, le=2**53)] | None = None  # 行政赔偿 (art. 72), in fen 分
    letters: Annotated[tuple[Letter, ...], Field(max_length=MAX_LISTED)] = ()
    delivered_on: date | None = None  # 送达: to the last party
    effective_on: date | None = None
    sue_due_on: date | None = None
    sued_on: date | None = None
    suit_reference: OfficialNumber | None = None
    petitioned_on: date | None = None  # 信访
    performance_due_on: date | None = None
    performed_on: date | None = None
    reopened_on: date | None = None  # by a superior or a court; the old closing is kept


EventType = Literal[
    "dingfen.reconsideration.received.v1",
    "dingfen.reconsideration.forwarded.v1",
    "dingfen.reconsideration.self_corrected.v1",
    "dingfen.reconsideration.accepted.v1",
    "dingfen.reconsideration.not_accepted.v1",
    "dingfen.reconsideration.supplement_requested.v1",
    "dingfen.reconsideration.supplemented.v1",
    "dingfen.reconsideration.assigned.v1",
    "dingfen.reconsideration.respondent_changed.v1",
    "dingfen.reconsideration.completed.v1",
    "dingfen.reconsideration.procedure_changed.v1",
    "dingfen.reconsideration.replied.v1",
    "dingfen.reconsideration.heard.v1",
    "dingfen.reconsideration.consulted.v1",
    "dingfen.reconsideration.stay_decided.v1",
    "dingfen.reconsideration.suspended.v1",
    "dingfen.reconsideration.resumed.v1",
    "dingfen.reconsideration.time_excluded.v1",
    "dingfen.reconsideration.document_reviewed.v1",
    "dingfen.reconsideration.extended.v1",
    "dingfen.reconsideration.terminated.v1",
    "dingfen.reconsideration.concluded.v1",
    "dingfen.reconsideration.decision_proposed.v1",
    "dingfen.reconsideration.delivered.v1",
    "dingfen.reconsideration.letter_issued.v1",
    "dingfen.reconsideration.letter_answered.v1",
    "dingfen.reconsideration.performed.v1",
    "dingfen.reconsideration.followed_up.v1",
    "dingfen.reconsideration.sued.v1",
    "dingfen.reconsideration.petitioned.v1",
    "dingfen.reconsideration.reopened.v1",
    "dingfen.reconsideration.linked.v1",
    "dingfen.reconsideration.ledger_recorded.v1",
    "dingfen.reconsideration.corrected.v1",
    "dingfen.reconsideration.recalculated.v1",
    "dingfen.reconsideration.undone.v1",
    "dingfen.reconsideration.cancelled.v1",
]


class ReconsiderationEvent(Envelope[ReconsiderationFacts]):
    source: Literal["/reconsideration"] = "/reconsideration"
    type: EventType
