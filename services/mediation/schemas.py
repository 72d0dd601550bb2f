"""Shapes of requests and answers. Shape only: what is lawful is decided in domain.py and organisations.py."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.mediation import labels
from services.mediation.case import LARGEST_AMOUNT_FEN, LONGEST_NAME, LONGEST_NUMBER, Case
from services.mediation.organisations import Organisation
from services.mediation.terms import (
    AgreementForm,
    DisputeType,
    OrganisationStatus,
    OrganisationType,
    Outcome,
    Referral,
    Scope,
    Source,
    Status,
    TerminationReason,
)
from shared.kit import text

Number = Annotated[str, text.Number(LONGEST_NUMBER)]
Name = Annotated[str, text.Line(LONGEST_NAME)]
Words = Annotated[str, text.Words(500)]
Place = Annotated[str, text.Line(64)]
Fen = Annotated[int, Field(ge=0, le=LARGEST_AMOUNT_FEN, description="分")]


Office = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegisterCase(Body):
    """登记: what is known when the dispute comes to the committee."""

    case_number: Number
    region: Place
    committee: Name | None = None
    scope: Scope = Scope.PEOPLE
    source: Source | None = None
    referral: Referral | None = None
    dispute_type: DisputeType | None = None
    registered_on: date
    office: Office | None = None  # the caller's own unless named


class AcceptCase(Body):
    on: date


class DeclineCase(Body):
    on: date


class Agree(Body):
    """达成协议: `effective_on` is the day of the last signature or seal of a written agreement, if later than `on`."""

    on: date
    form: AgreementForm
    effective_on: date | None = None
    amount_fen: Fen = 0


class FailCase(Body):
    on: date


class TerminateCase(Body):
    on: date
    reason: TerminationReason


class ConfirmAgreement(Body):
    """司法确认: `on` is the day of the court's ruling, `applied_on` that of the parties' joint application."""

    on: date
    applied_on: date | None = None


class CancelCase(Body):
    reason: Words


class Changes(Body):
    """Only the fields that are named are corrected; naming one as null empties it."""

    case_number: Number | None = None
    region: Place | None = None
    committee: Name | None = None
    scope: Scope | None = None
    source: Source | None = None
    referral: Referral | None = None
    dispute_type: DisputeType | None = None
    registered_on: date | None = None
    accepted_on: date | None = None
    declined_on: date | None = None
    closed_on: date | None = None
    outcome: Outcome | None = None
    termination_reason: TerminationReason | None = None
    effective_on: date | None = None
    confirmed_on: date | None = None
    amount_fen: Fen | None = None


class CorrectCase(Body):
    """更正: the facts as they should have been recorded, and why."""

    changes: Changes
    reason: Words


class CaseView(BaseModel):
    """One case as this service shows it. `organisation_id`: the registered organisation of that name and region."""

    id: UUID
    version: int
    office: str
    status: Status
    status_label: str
    case_number: str
    region: str
    committee: str | None
    organisation_id: UUID | None
    scope: Scope
    source: Source | None
    referral: Referral | None
    dispute_type: DisputeType | None
    registered_on: date
    accepted_on: date | None
    declined_on: date | None
    due_on: date | None
    due_provisional: bool
    closed_on: date | None
    outcome: Outcome | None
    termination_reason: TerminationReason | None
    effective_on: date | None
    confirmation_due_on: date | None
    confirmed_on: date | None
    amount_fen: int


def view(
    case_id: UUID,
    version: int,
    case: Case,
    *,
    organisation_id: UUID | None,
    confirmation_due_on: date | None,
) -> CaseView:
    values: dict[str, Any] = {name: getattr(case, name) for name in case.__slots__ if name != "cancelled"}
    values["committee"] = case.committee or None
    return CaseView(
        id=case_id,
        version=version,
        status=case.status,
        status_label=labels.STATUS[case.status],
        organisation_id=organisation_id,
        confirmation_due_on=confirmation_due_on,
        **values,
    )


def without_words(shown: CaseView) -> CaseView:
    """The same case for whoever may see its facts only: nothing that was written freely."""
    return shown.model_copy(update={"committee": None})


class JournalEntry(BaseModel):
    case_version: int
    step: str
    step_label: str
    on: date
    reason: str | None
    recorded_at: str


class CaseDetail(CaseView):
    history: list[JournalEntry]


class RegisterOrganisation(Body):
    """登记入册."""

    name: Name
    region: Place
    org_type: OrganisationType = OrganisationType.UNSPECIFIED
    is_industry: bool = False
    is_agent_point: bool = False
    established_on: date | None = None
    dissolved_on: date | None = None
    office: Office | None = None  # the caller's own unless named


class DissolveOrganisation(Body):
    on: date


class CancelOrganisation(Body):
    reason: Words


class OrganisationChanges(Body):
    """Only the fields that are named are corrected; naming one as null empties it."""

    name: Name | None = None
    region: Place | None = None
    org_type: OrganisationType | None = None
    is_industry: bool | None = None
    is_agent_point: bool | None = None
    established_on: date | None = None
    dissolved_on: date | None = None


class CorrectOrganisation(Body):
    changes: OrganisationChanges
    reason: Words


class OrganisationView(BaseModel):
    """One entry of the register as this service shows it."""

    id: UUID
    version: int
    office: str
    status: OrganisationStatus
    status_label: str
    name: str
    region: str
    org_type: OrganisationType
    org_type_label: str
    is_industry: bool
    is_agent_point: bool
    established_on: date | None
    dissolved_on: date | None


def organisation_view(id_: UUID, version: int, organisation: Organisation) -> OrganisationView:
    values = {name: getattr(organisation, name) for name in organisation.__slots__ if name != "cancelled"}
    return OrganisationView(
        id=id_,
        version=version,
        status=organisation.status,
        status_label=labels.ORGANISATION_STATUS[organisation.status],
        org_type_label=labels.ORGANISATION_TYPES.labels[organisation.org_type],
        **values,
    )


class OrganisationDetail(OrganisationView):
    history: list[JournalEntry]
