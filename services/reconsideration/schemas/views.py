"""What this service shows of a case."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from pydantic import BaseModel, TypeAdapter

from services.reconsideration import labels
from services.reconsideration.deadlines import RULES
from services.reconsideration.domain import Case, Clock
from services.reconsideration.domain.notices import notices
from services.reconsideration.domain.proceeding import Link, Proceeding
from services.reconsideration.domain.time_limit import start_day
from services.reconsideration.terms import (
    Channel,
    LawVersion,
    LinkedService,
    NoticeOf,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    Status,
    TerminationGround,
    WithdrawReason,
)

_PROCEEDING = TypeAdapter(Proceeding)


class LinkView(BaseModel):
    """关联案件: which case of which service; what stands in it is asked of that service."""

    service: LinkedService
    service_label: str
    case_id: UUID


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
    filed_on: date | None
    agent_point: str | None
    act_number: str | None
    merged_into: UUID | None
    linked: list[LinkView]


_NOT_LISTED = frozenset({"cancelled", "proceeding", "texts"})


def view(case_id: UUID, version: int, case: Case, *, review_due_on: date | None = None) -> CaseView:
    values: dict[str, Any] = {name: getattr(case, name) for name in case.__slots__ if name not in _NOT_LISTED}
    values["organ_region"] = values.pop("authority_region")
    values["organ_level"] = values.pop("authority_level")
    return CaseView(
        id=case_id,
        version=version,
        status=case.status,
        status_label=labels.STATUS[case.status],
        law_version=case.law_version,
        filed_on=case.application.filed_on,
        agent_point=case.application.agent_point,
        act_number=case.application.act_number,
        merged_into=case.proceeding.merged_into,
        linked=[_link_view(each) for each in case.proceeding.linked],
        acceptance_review_due_on=review_due_on if case.status is Status.RECEIVED else None,
        **values,
    )


def _link_view(link: Link) -> LinkView:
    return LinkView(
        service=link.service, service_label=labels.LINKED_SERVICE[link.service], case_id=link.case_id
    )


def without_words(shown: CaseView) -> CaseView:
    """The same case for whoever may see its facts only: nothing that was written freely."""
    return shown.model_copy(update={"respondent": None, "matter": None, "field": None})


class JournalEntry(BaseModel):
    """经过: which act, on which legal date, entered when and by whom; `backdated_days` lie between the two."""

    case_version: int
    step: str
    step_label: str
    on: date
    reason: str | None
    recorded_at: str
    recorded_by: str | None
    backdated_days: int


class ClockView(BaseModel):
    """期限 as a clerk reads it. `is_right`: a party may use it, nobody owes it."""

    kind: str
    ordinal: int
    rule: str
    name: str
    article: str
    started_on: date
    length: int
    unit: str
    extension_days: int
    excluded_days: int
    due_on: date | None
    provisional: bool
    explanation: str
    state: str
    met_on: date | None
    is_right: bool


def clock_view(clock: Clock) -> ClockView:
    counted = clock.deadline
    return ClockView(
        kind=clock.kind,
        ordinal=clock.ordinal,
        rule=counted.rule,
        name=RULES[counted.rule].name,
        article=counted.article,
        started_on=counted.start,
        length=counted.length,
        unit=counted.unit.value,
        extension_days=counted.extension_days,
        excluded_days=counted.excluded_days,
        due_on=counted.due_on,
        provisional=counted.provisional,
        explanation=counted.explanation,
        state=clock.state.value,
        met_on=clock.met_on,
        is_right=clock.is_right,
    )


class NoticeView(BaseModel):
    """书面告知当事人 whose day nobody has entered: of which act, its number among its kind from 0, and its day."""

    of: NoticeOf
    label: str
    number: int
    on: date


def notices_missing(case: Case) -> list[NoticeView]:
    return [
        NoticeView(of=each.of, label=labels.NOTICE_OF[each.of], number=each.number, on=each.on)
        for each in notices(case)
        if each.notified_on is None
    ]


class StartDayView(BaseModel):
    """申请期限的起算日: `on` is null where no limit runs."""

    on: date | None
    article: str
    explanation: str


def start_day_view(case: Case) -> StartDayView | None:
    start = start_day(case.application)
    return None if start is None else StartDayView(**asdict(start))


class CaseDetail(CaseView):
    """`texts` are the free words of the steps; whoever may see facts only gets none of them."""

    history: list[JournalEntry]
    clocks: list[ClockView]
    notices_missing: list[NoticeView]
    apply_start: StartDayView | None
    proceeding: dict[str, Any]
    texts: dict[str, str]
    open_points: list[str]
    steps: list[str]


class PreviewView(BaseModel):
    """先看后办: what the step would change."""

    status_before: Status
    status_after: Status
    decision_due_before: date | None
    decision_due_after: date | None
    clocks_before: list[ClockView]
    clocks_after: list[ClockView]
    open_points: list[str]


def proceeding_view(case: Case) -> dict[str, Any]:
    shown: dict[str, Any] = _PROCEEDING.dump_python(case.proceeding, mode="json", exclude_defaults=True)
    return shown


def clock_views(clocks: Sequence[Clock]) -> list[ClockView]:
    return [clock_view(clock) for clock in clocks]


class CasePage(BaseModel):
    """`next` is what to send as `after` for the following page; null on the last one."""

    items: list[CaseView]
    next: str | None


class DeadlineView(BaseModel):
    """One open clock of a case. `days_left` is negative when it is overdue; a right (`is_right`) never is."""

    case_id: UUID
    case_number: str
    office: str
    kind: str
    rule: str
    article: str
    name: str
    started_on: date
    length: int
    unit: str
    extension_days: int
    excluded_days: int
    due_on: date
    days_left: int
    provisional: bool
    explanation: str
    is_right: bool


class DeadlinePage(BaseModel):
    items: list[DeadlineView]
    next: str | None
