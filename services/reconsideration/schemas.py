"""Shapes of requests and answers. Shape only: what is lawful is decided in domain.py."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from services.reconsideration import labels
from services.reconsideration.domain import Case
from services.reconsideration.terms import (
    Channel,
    LawVersion,
    LetterKind,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    Status,
    TerminationGround,
    WithdrawReason,
)
from shared.kit import text

Number = Annotated[str, text.Number(64)]
Line = Annotated[str, text.Line(500)]
Words = Annotated[str, text.Words(500)]
Place = Annotated[str, text.Line(64)]
Office = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ReceiveCase(Body):
    """收到申请: what is known when the application reaches the office."""

    case_number: Number
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


class AcceptCase(Body):
    on: date
    procedure: Procedure = Procedure.ORDINARY


class DeclineCase(Body):
    on: date
    refusal: Refusal = Refusal.NOT_ACCEPTED


class ConcludeCase(Body):
    on: date
    outcome: Outcome


class TerminateCase(Body):
    on: date
    ground: TerminationGround
    withdraw_reason: WithdrawReason | None = None


class IssueLetter(Body):
    on: date
    kind: LetterKind


class CancelCase(Body):
    reason: Words


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


class CorrectCase(Body):
    """更正: the facts as they should have been recorded, and why."""

    changes: Changes
    reason: Words


class CaseView(BaseModel):
    """One case as this service shows it."""

    id: UUID
    version: int
    office: str
    status: Status
    status_label: str
    law_version: LawVersion
    case_number: str
    organ_region: str
    organ_level: OrganLevel
    respondent: str | None
    respondent_type: RespondentType | None
    matter: str | None
    field: str | None
    channel: Channel | None
    is_group: bool
    received_on: date
    acceptance_review_due_on: date | None = None
    accepted_on: date | None
    refused_on: date | None
    refusal: Refusal | None
    procedure: Procedure | None
    decision_due_on: date | None
    due_provisional: bool
    closed_on: date | None
    outcome: Outcome | None
    termination_ground: TerminationGround | None
    withdraw_reason: WithdrawReason | None
    opinion_letters_on: tuple[date, ...]
    recommendation_letters_on: tuple[date, ...]


def view(case_id: UUID, version: int, case: Case, *, review_due_on: date | None = None) -> CaseView:
    values: dict[str, Any] = {name: getattr(case, name) for name in case.__slots__ if name != "cancelled"}
    values["organ_region"] = values.pop("authority_region")
    values["organ_level"] = values.pop("authority_level")
    return CaseView(
        id=case_id,
        version=version,
        status=case.status,
        status_label=labels.STATUS[case.status],
        law_version=case.law_version,
        acceptance_review_due_on=review_due_on if case.status is Status.RECEIVED else None,
        **values,
    )


def without_words(shown: CaseView) -> CaseView:
    """The same case for whoever may see its facts only: nothing that was written freely."""
    return shown.model_copy(update={"respondent": None, "matter": None, "field": None})


class JournalEntry(BaseModel):
    case_version: int
    step: str
    step_label: str
    on: date
    reason: str | None
    recorded_at: str


class CaseDetail(CaseView):
    history: list[JournalEntry]
