"""HTTP routes of the litigation service. The body is checked for shape; the rest is decided below."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from services.litigation import deadlines, labels, repository, schemas, use_cases
from services.litigation.access import ACTION_OF, OFFICE_KINDS, Action
from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.events import facts_of
from services.litigation.ledger import region_of
from services.litigation.terms import Instance, Status, Step
from shared.contracts.envelope import digest
from shared.contracts.litigation import KIND
from shared.kernel.errors import RuleViolation
from shared.kit.access import Access, Fields
from shared.kit.concurrency import IfMatch, etag
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey
from shared.kit.pagination import After, BooksLimit, Limit, Page, page
from shared.kit.routing import routes_of
from shared.kit.text import LINE_PATTERN

_NEVER_EMPTY = ("case_number", "region", "instance", "notified_on", "appearance_notified", "performed_fen")


def create_router(edge: Edge) -> APIRouter:
    router = routes_of(edge.service)
    _add_filing(router, edge)
    _add_steps(router, edge)
    _add_reading(router, edge)
    return router


def _add_filing(router: APIRouter, edge: Edge) -> None:
    @router.post("/cases", status_code=201, response_model=schemas.CaseView, summary="收到应诉通知")
    def register(
        body: schemas.RegisterCase,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = edge.may(Action.FILE),
    ) -> Response:
        region = region_of(edge.tree, body.region, on=body.notified_on)
        office = access.place(OFFICE_KINDS, region, edge.tree, named=body.office)
        case = Case(region=region, office=office, **body.model_dump(exclude={"region", "office"}))
        return edge.act(
            request,
            body,
            lambda session, now: _answer(
                edge, access, use_cases.register(session, case, now=now), status=201
            ),
            access=access,
            key=key,
        )

    @router.post("/cases/{case_id}/corrections", response_model=schemas.CaseView, summary="更正")
    def correct(
        case_id: UUID,
        body: schemas.CorrectCase,
        request: Request,
        key: IdempotencyKey = None,
        if_match: IfMatch = None,
        access: Access = edge.may(Action.CORRECT),
    ) -> Response:
        changes = _changes(edge, body.changes)

        def work(session: Session, now: datetime) -> Answer:
            filed = use_cases.correct(
                session, case_id, changes=changes, reason=body.reason, if_match=if_match, now=now
            )
            access.require_place(filed[2].office, filed[2].region, edge.tree)
            return _answer(edge, access, filed)

        return edge.act(request, body, work, access=access, key=key)


def _add_steps(router: APIRouter, edge: Edge) -> None:
    def step(
        name: Step, shape: type[schemas.Body], summary: str, act: Callable[..., use_cases.Filed]
    ) -> None:
        def take_step(
            case_id: UUID,
            body: Any,
            request: Request,
            key: IdempotencyKey = None,
            if_match: IfMatch = None,
            access: Access = edge.may(ACTION_OF.get(name, Action.STEP)),
        ) -> Response:
            entered = {field: getattr(body, field) for field in shape.model_fields}

            def work(session: Session, now: datetime) -> Answer:
                return _answer(edge, access, act(session, case_id, **entered, if_match=if_match, now=now))

            return edge.act(request, body, work, access=access, key=key)

        # The closure is one for all steps; the shape of its body is what tells them apart.
        take_step.__annotations__["body"] = shape
        router.post(
            f"/cases/{{case_id}}/steps/{name.value}",
            response_model=schemas.CaseView,
            summary=summary,
            name=f"litigation_{name.value}",
        )(take_step)

    def hold_hearing(
        session: Session, case_id: UUID, *, if_match: str | None, now: datetime, **entered: Any
    ) -> use_cases.Filed:
        hearing = Hearing(**entered)
        return use_cases.hold_hearing(session, case_id, hearing=hearing, if_match=if_match, now=now)

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
        views = [_view(edge, access, (row.id, row.version, repository.to_domain(row))) for row in rows]
        return page(views, ids=[row.id for row in rows], limit=limit)

    @router.get("/cases/{case_id}", response_model=schemas.CaseDetail, summary="一件案件及其经过")
    def one(case_id: UUID, response: Response, access: Access = edge.may(Action.READ)) -> schemas.CaseDetail:
        with edge.database.reading(access.acting) as session:
            row = repository.load(session, case_id)
            history = repository.history(session, case_id)
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        shown = _view(edge, access, (row.id, row.version, repository.to_domain(row)))
        return schemas.CaseDetail(
            **shown.model_dump(),
            history=[
                schemas.JournalEntry(
                    case_version=entry.case_version,
                    step=entry.step,
                    step_label=labels.STEP[Step(entry.step)],
                    on=entry.on_date,
                    reason=entry.reason if whole else None,
                    recorded_at=entry.recorded_at.isoformat(),
                )
                for entry in history
            ],
        )

    @router.get("/books", summary="账册核对：每件案件的版本与统计事实摘要")
    def books(
        kind: Literal["litigation_case"] = KIND,
        after: After = None,
        limit: BooksLimit = 1000,
        access: Access = edge.may(Action.BOOKS),
    ) -> Response:
        with edge.database.reading(access.acting) as session:
            rows = repository.listed(session, after=after, limit=limit)
        items = [
            {
                "kind": kind,
                "case_id": row.id,
                "version": row.version,
                "digest": digest(facts_of(repository.to_domain(row))),
            }
            for row in rows[:limit]
        ]
        following = rows[limit - 1].id if len(rows) > limit else None
        return Response(orjson.dumps({"items": items, "next": following}), media_type="application/json")


def _changes(edge: Edge, named: schemas.Changes) -> dict[str, Any]:
    """The corrections in the domain's words."""
    changes: dict[str, Any] = {name: getattr(named, name) for name in named.model_fields_set}
    for name in _NEVER_EMPTY:
        if name in changes and changes[name] is None:
            raise RuleViolation("request.field_required", "这一项不能为空。", field=name)
    if "region" in changes:
        changes["region"] = region_of(edge.tree, changes["region"])
    if "hearings" in changes:
        changes["hearings"] = tuple(held.hearing() for held in changes["hearings"] or ())
    return changes


def _view(edge: Edge, access: Access, filed: use_cases.Filed) -> schemas.CaseView:
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


def _answer(edge: Edge, access: Access, filed: use_cases.Filed, *, status: int = 200) -> Answer:
    case_id, version, _ = filed
    headers = {"ETag": etag(version)}
    if status == 201:
        headers["Location"] = f"/litigation/cases/{case_id}"
    body = _view(edge, access, filed).model_dump(mode="json")
    return Answer(status, body, headers, case_id)
