"""What the litigation service 行政应诉 publishes. Owned by services/litigation.

The unit is case × instance × designated organ. Whether the duty to appear exists, is met or is excused is law
and is decided by the publisher; readers only count.
"""

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.envelope import Envelope, Facts, OfficialNumber, RegionCode

SERVICE = "litigation"
KIND: Literal["litigation_case"] = "litigation_case"

Instance = Literal["first", "second", "retrial_review", "retrial"]
Officer = Literal["principal", "deputy", "deputy_level", "other_in_charge"]
Result = Literal[
    "suit_dismissed",
    "suit_withdrawn",
    "mediated",
    "claims_rejected",
    "revoked",
    "partly_revoked",
    "performance_ordered",
    "payment_ordered",
    "confirmed_unlawful",
    "confirmed_void",
    "remedy_ordered",
    "varied",
    "agreement_liable",
    "upheld",
    "reversed",
    "remanded",
]


class HearingFacts(BaseModel):
    """One held court session 庭次 of the unit. `officer` is the responsible officer who attended, if any."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    on: date
    officer: Officer | None = None


class LitigationFacts(Facts):
    """Dates are legal dates; `performed_fen` is in fen 分; see the rules AL-* and indicators IND-AL-*."""

    case_number: OfficialNumber
    region: RegionCode
    instance: Instance
    notified_on: date
    first_heard_on: date | None = None
    hearings: tuple[HearingFacts, ...] = ()
    duty: bool = False
    court_notified: bool = False
    met: bool = False
    met_by_principal: bool = False
    excused: bool = False
    closed_on: date | None = None
    result: Result | None = None
    lost: bool = False
    by_judgment: bool = False
    reconsideration_case: UUID | None = (
        None  # 经复议的: the reconsideration case that the suit followed (AR-7.8)
    )
    performed_on: date | None = None
    performed_fen: int = Field(default=0, ge=0, le=2**53)


EventType = Literal[
    "dingfen.litigation.notified.v1",
    "dingfen.litigation.heard.v1",
    "dingfen.litigation.judged.v1",
    "dingfen.litigation.performed.v1",
    "dingfen.litigation.ledger_recorded.v1",
    "dingfen.litigation.corrected.v1",
    "dingfen.litigation.cancelled.v1",
]


class LitigationEvent(Envelope[LitigationFacts]):
    source: Literal["/litigation"] = "/litigation"
    type: EventType
