"""HTTP routes of the litigation service. The body is checked for shape; the rest is decided below."""

from collections.abc import Callable
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from services.litigation import deadlines, labels, repository, schemas, use_cases
from services.litigation.access import ACTION_OF, OFFICE_KINDS, Action
from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.events import facts_of
from services.litigation.ledger import region_of
from services.litigation.models import JOURNAL
from services.litigation.terms import Instance, Status, Step
from shared.contracts.litigation import KIND
from shared.kit.access import Access, Fields
from shared.kit.case_routes import Act, Acts, Asked, Counted, add_books, require_given
from shared.kit.concurrency import etag
from shared.kit.edge import Edge
from shared.kit.pagination import After, Limit, Page, page
from shared.kit.routing import routes_of
from shared.kit.text import LINE_PATTERN

_NEVER_EMPTY = ("case_number", "region", "instance", "notified_on", "appearance_notified", "performed_fen")


def create_router(edge: Edge) -> APIRouter:
    router = routes_of(edge.service)
    _add_acts(router, edge)
    _add_reading(router, edge)
    add_books(router, edge, Action.BOOKS, "账册核对：每件案件的版本与统计事实摘要", {KIND: _counted})
    return router


def _add_acts(router: APIRouter, edge: Edge) -> None:
    acts = Acts(
        router, edge, at="/cases", id_name="case_id", view=schemas.CaseView, show=partial(_view, edge)
    )

    def register(body: schemas.RegisterCase, access: Access) -> Act[Case]:
        region = region_of(edge.tree, body.region, on=body.notified_on)
        office = access.place(OFFICE_KINDS, region, edge.tree, named=body.office)
        case = Case(region=region, office=office, **body.model_dump(exclude={"region", "office"}))
        return lambda session, now: use_cases.register(session, case, now=now)

    def correct(asked: Asked[schemas.CorrectCase]) -> Act[Case]:
        changes = _changes(edge, asked.body.changes)

        def act(session: Session, now: datetime) -> use_cases.Filed:
            filed = use_cases.correct(
                session, asked.id, changes=changes, reason=asked.body.reason, if_match=asked.if_match, now=now
            )
            asked.access.require_place(filed[2].office, filed[2].region, edge.tree)
            return filed

        return act

    def hold_hearing(
        session: Session, case_id: UUID, *, if_match: str | None, now: datetime, **entered: Any
    ) -> use_cases.Filed:
        hearing = Hearing(**entered)
        return use_cases.hold_hearing(session, case_id, hearing=hearing, if_match=if_match, now=now)

    def step(
        name: Step, shape: type[schemas.Body], summary: str, take: Callable[..., use_cases.Filed]
    ) -> None:
        action = ACTION_OF.get(name, Action.STEP)
        acts.step(f"steps/{name.value}", shape, action, summary, take, name=f"litigation_{name.value}")

    acts.filing(schemas.RegisterCase, Action.FILE, "收到应诉通知", register)
    acts.change("corrections", schemas.CorrectCase, Action.CORRECT, "更正", correct)
    step(Step.HOLD_HEARING, schemas.HoldHearing, "开庭", hold_hearing)
    step(Step.JUDGE, schemas.JudgeCase, "判决、裁定、调解结案", use_cases.judge)
    step(Step.PERFORM, schemas.PerformCase, "履行", use_cases.perform)
    step(Step.CANCEL, schemas.CancelCase, "注销误录", use_cases.cancel)


def _add_reading(router: APIRouter, edge: Edge) -> None:
    @router.get("/cases", response_model=Page[schemas.CaseView], summary="案件列表")
    def listing(
        after: After = None,
        limit: Limit = 50,
        region: Annotated[str | None, Query(description="含下级")] = None,
        status: Status | None = None,
        instance: Instance | None = None,
        heard_from: Annotated[date | None, Query(description="首次开庭日期，自")] = None,
        heard_to: Annotated[date | None, Query(description="首次开庭日期，至")] = None,
        case_number: Annotated[str | None, Query(max_length=64, pattern=LINE_PATTERN)] = None,
        reconsideration_case: Annotated[UUID | None, Query(description="经这件复议案件的")] = None,
        access: Access = edge.may(Action.READ),
    ) -> Page[schemas.CaseView]:
        regions = edge.tree.subtree(edge.tree.find(region).code) if region else None
        with edge.database.reading(access.acting) as session:
            rows = repository.listed(
                session,
                after=after,
                limit=limit,
                regions=regions,
                status=status,
                instance=instance,
                heard_from=heard_from,
                heard_to=heard_to,
                number=case_number,
                reconsideration_case=reconsideration_case,
            )
            views = [
                _view(edge, session, access, (row.id, row.version, repository.to_domain(row))) for row in rows
            ]
        return page(views, ids=[row.id for row in rows], limit=limit)

    @router.get("/cases/{case_id}", response_model=schemas.CaseDetail, summary="一件案件及其经过")
    def one(case_id: UUID, response: Response, access: Access = edge.may(Action.READ)) -> schemas.CaseDetail:
        with edge.database.reading(access.acting) as session:
            row = repository.load(session, case_id)
            history = JOURNAL.history(session, case_id)
            shown = _view(edge, session, access, (row.id, row.version, repository.to_domain(row)))
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        return schemas.CaseDetail(
            **shown.model_dump(),
            history=[
                schemas.JournalEntry(step_label=labels.STEP[Step(entry.step)], **entry.told(whole=whole))
                for entry in history
            ],
        )


def _counted(session: Session, after: UUID | None, limit: int) -> list[Counted]:
    rows = repository.listed(session, after=after, limit=limit)
    return [(row.id, row.version, facts_of(repository.to_domain(row))) for row in rows]


def _changes(edge: Edge, named: schemas.Changes) -> dict[str, Any]:
    """The corrections in the domain's words."""
    changes: dict[str, Any] = {name: getattr(named, name) for name in named.model_fields_set}
    require_given(changes, _NEVER_EMPTY)
    if "region" in changes:
        changes["region"] = region_of(edge.tree, changes["region"])
    if "hearings" in changes:
        changes["hearings"] = tuple(held.hearing() for held in changes["hearings"] or ())
    return changes


def _view(edge: Edge, session: Session, access: Access, filed: use_cases.Filed) -> schemas.CaseView:
    case_id, version, case = filed
    appeal_due = None
    if case.delivered_on is not None and case.open_to_appeal:
        appeal_due = deadlines.appeal_due(case.delivered_on, edge.calendar, by_judgment=case.by_judgment)
    shown = schemas.view(
        case_id,
        version,
        case,
        answer_due=deadlines.answer_due(case.notified_on, edge.calendar),
        appeal_due=appeal_due,
    )
    return shown if access.fields(case.office) is Fields.CASE else schemas.without_words(shown)
