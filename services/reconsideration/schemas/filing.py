"""What a clerk enters when an application arrives, and what is corrected later. Shape only."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import (
    ActHead,
    ActKind,
    Channel,
    Inaction,
    OrganLevel,
    Outcome,
    Procedure,
    Reached,
    Refusal,
    RespondentType,
    TerminationGround,
    WithdrawReason,
)
from shared.kit import text

Number = Annotated[str, text.Number(64)]
Line = Annotated[str, text.Line(500)]
Words = Annotated[str, text.Words(500)]
Place = Annotated[str, text.Line(64)]
OFFICE_PATTERN = r"^[a-z0-9][a-z0-9_-]*$"
RULE_PATTERN = r"^[a-z][a-z0-9_.]*$"
Office = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=OFFICE_PATTERN)]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
Count = Annotated[int, Field(ge=1, le=100_000)]
Days = Annotated[int, Field(ge=1, le=36_500)]


# Declarations, which the domain calls "is …".
_DECLARED = frozenset({"never_informed", "oral_record_signed"})


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Obstacle(Body):
    """不可抗力或者其他正当理由 (ARL 20(2)): the limit stands still from the first to the second day."""

    begun_on: date
    ended_on: date


class AppliedFacts(Body):
    """What may be learned of an application at its filing or later: how it came and what it challenges."""

    filed_on: date | None = None  # 邮戳、代办点、机关收到之日
    agent_point: Code | None = None
    oral_record_signed: bool = False  # 口头申请的笔录已当场制作，经申请人核对并签字
    act_kind: ActKind = ActKind.OTHER
    act_head: ActHead | None = None
    act_number: Number | None = None
    prerequisite: bool | None = None  # 复议前置; follows from the act unless it is stated
    is_enterprise: bool = False
    applicant_count: Count | None = None
    representative_count: Count | None = None
    act_made_on: date | None = None
    knew_on: date | None = None  # follows from `reached`; entered where nothing more is known
    reached: Reached | None = None
    reached_on: date | None = None  # 作出、签收、公告期满、收到补充告知之日
    inaction: Inaction | None = None
    inaction_on: date | None = None  # 履行期限届满之日，没有期限的为行政机关收到申请之日
    informed_on: date | None = None
    never_informed: bool = False
    real_estate: bool = False
    period_days: Days | None = None
    asks_document_review: bool = False  # 一并申请对规范性文件的附带审查
    is_own_review: bool = False
    obstacles: Annotated[list[Obstacle], Field(max_length=20)] = []

    def named(self) -> dict[str, Any]:
        """The facts that were named, in the domain's words."""
        facts = {name: getattr(self, name) for name in self.model_fields_set & set(AppliedFacts.model_fields)}
        for name in _DECLARED & set(facts):
            facts[f"is_{name}"] = facts.pop(name)
        if "obstacles" in facts:
            facts["obstacles"] = tuple((each.begun_on, each.ended_on) for each in self.obstacles)
        return facts


class Applied(AppliedFacts):
    """The application as it arrives (DOMAIN 2.1-2.4)."""

    at_agent_point: bool = False  # still there: not received yet

    def application(self) -> Application:
        return Application(is_draft=self.at_agent_point, **self.named())


class ReceiveCase(Applied):
    """收到申请: what is known when the application reaches the office."""

    case_number: Number | None = None  # the next of the office's own series unless entered
    organ_region: Place
    organ_level: OrganLevel | None = None
    respondent: Words | None = None
    respondent_type: RespondentType | None = None
    matter: Words | None = None
    field: Words | None = None
    channel: Channel | None = None
    is_group: bool = False
    received_on: date
    office: Office | None = None  # the caller's own unless named


class Changes(Body):
    """Only the fields that are named are corrected; naming one as null empties it."""

    case_number: Number | None = None
    organ_region: Place | None = None
    organ_level: OrganLevel | None = None
    respondent: Words | None = None
    respondent_type: RespondentType | None = None
    matter: Words | None = None
    field: Words | None = None
    channel: Channel | None = None
    is_group: bool | None = None
    received_on: date | None = None
    accepted_on: date | None = None
    refused_on: date | None = None
    refusal: Refusal | None = None
    procedure: Procedure | None = None
    closed_on: date | None = None
    outcome: Outcome | None = None
    termination_ground: TerminationGround | None = None
    withdraw_reason: WithdrawReason | None = None
    opinion_letters_on: list[date] | None = None
    recommendation_letters_on: list[date] | None = None
    # Parts of the proceeding by name, and in each the fields by name; what is not named stays as it is.
    proceeding: dict[str, Any] | None = None


class CorrectCase(Body):
    """更正: the facts as they should have been recorded, and why."""

    changes: Changes
    reason: Words
