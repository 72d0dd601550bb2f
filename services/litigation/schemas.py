"""Shapes of requests and answers. Shape only: what is lawful is decided in domain.py."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.litigation import labels
from services.litigation.appearance import Hearing
from services.litigation.domain import LONGEST_NAME, LONGEST_NUMBER, MOST_FEN, MOST_HEARINGS, Case
from services.litigation.terms import Appearance, Instance, Result, Status
from shared.kernel.calendar import Due
from shared.kit import text

Number = Annotated[str, text.Number(LONGEST_NUMBER)]
Name = Annotated[str, text.Line(LONGEST_NAME)]
Words = Annotated[str, text.Words(500)]
Place = Annotated[str, text.Line(64)]
Fen = Annotated[int, Field(ge=0, le=MOST_FEN, strict=True)]


Office = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[a-z0-9][a-z0-9_-]*$")]


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RegisterCase(Body):
    """收到应诉通知: what is known when the court's notice reaches the organ."""

    case_number: Number
    court: Name | None = None
    region: Place
    instance: Instance = Instance.FIRST
    organ: Name | None = None
    notified_on: date
    appearance_notified: bool = False
    reconsideration_case: UUID | None = None  # 经复议的：复议案件的编号
    office: Office | None = None  # the caller's own unless named


class HoldHearing(Body):
    """开庭: one held hearing, as the court recorded it."""

    on: date
    appearance: Appearance
    court_notified: bool = False
    renotified: bool = False
    excused: bool = False
    left_early: bool = False
    identity_accepted: bool = True

    def hearing(self) -> Hearing:
        return Hearing(**{name: getattr(self, name) for name in HoldHearing.model_fields})


class JudgeCase(Body):
    on: date
    result: Result
    delivered_on: date | None = None


class PerformCase(Body):
    on: date
    performed_fen: Fen = 0


class CancelCase(Body):
    reason: Words


class Changes(Body):
    """Only the fields that are named are corrected; naming one as null empties it."""

    case_number: Number | None = None
    court: Name | None = None
    region: Place | None = None
    instance: Instance | None = None
    organ: Name | None = None
    notified_on: date | None = None
    appearance_notified: bool | None = None
    hearings: Annotated[list[HoldHearing], Field(max_length=MOST_HEARINGS)] | None = None
    closed_on: date | None = None
    result: Result | None = None
    delivered_on: date | None = None
    performed_on: date | None = None
    performed_fen: Fen | None = None
    reconsideration_case: UUID | None = None


class CorrectCase(Body):
    """更正: the facts as they should have been recorded, and why. Hearings are replaced as a whole list."""

    changes: Changes
    reason: Words


class HearingView(BaseModel):
    on: date
    appearance: Appearance
    appearance_label: str
    court_notified: bool
    renotified: bool
    excused: bool
    left_early: bool
    identity_accepted: bool
    counts: bool


class CaseView(BaseModel):
    """One unit as this service shows it, with what the law makes of it."""

    id: UUID
    version: int
    office: str
    status: Status
    status_label: str
    case_number: str
    court: str | None
    region: str
    instance: Instance
    instance_label: str
    organ: str | None
    notified_on: date
    answer_due_on: date
    answer_due_provisional: bool
    appearance_notified: bool
    hearings: list[HearingView]
    first_heard_on: date | None
    duty: bool
    court_notified: bool
    met: bool
    met_by_principal: bool
    excused: bool
    in_default: bool
    closed_on: date | None
    result: Result | None
    result_label: str | None
    lost: bool
    by_judgment: bool
    delivered_on: date | None
    appeal_due_on: date | None
    appeal_due_provisional: bool
    performed_on: date | None
    performed_fen: int
    reconsideration_case: UUID | None


def view(case_id: UUID, version: int, case: Case, *, answer_due: Due, appeal_due: Due | None) -> CaseView:
    shown = set(CaseView.model_fields) & set(case.__slots__) - {"hearings"}
    values: dict[str, Any] = {name: getattr(case, name) for name in shown}
    duty = case.duty
    return CaseView(
        id=case_id,
        version=version,
        status=case.status,
        status_label=labels.STATUS[case.status],
        instance_label=labels.INSTANCES.labels[case.instance],
        answer_due_on=answer_due.on,
        answer_due_provisional=answer_due.provisional,
        hearings=[_hearing_view(hearing) for hearing in case.hearings],
        first_heard_on=case.first_heard_on,
        duty=duty.exists,
        court_notified=duty.court_notified or case.appearance_notified,
        met=duty.met,
        met_by_principal=duty.met_by_principal,
        excused=duty.excused,
        in_default=duty.in_default,
        result_label=labels.result_label(case.instance, case.result) if case.result else None,
        lost=case.lost,
        by_judgment=case.by_judgment,
        appeal_due_on=appeal_due.on if appeal_due else None,
        appeal_due_provisional=appeal_due.provisional if appeal_due else False,
        **values,
    )


def _hearing_view(hearing: Hearing) -> HearingView:
    values = {name: getattr(hearing, name) for name in hearing.__slots__}
    return HearingView(
        appearance_label=labels.APPEARANCES.labels[hearing.appearance], counts=hearing.counts, **values
    )


def without_words(shown: CaseView) -> CaseView:
    """The same case for whoever may see its facts only: nothing that was written freely."""
    return shown.model_copy(update={"court": None, "organ": None})


class JournalEntry(BaseModel):
    case_version: int
    step: str
    step_label: str
    on: date
    reason: str | None
    recorded_at: str


class CaseDetail(CaseView):
    history: list[JournalEntry]
