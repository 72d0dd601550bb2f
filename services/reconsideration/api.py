"""HTTP routes of the reconsideration service. The body is checked for shape; the rest is decided below."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from services.reconsideration import deadlines, labels, repository, schemas, use_cases
from services.reconsideration.access import ACTION_OF, OFFICE_KINDS, Action
from services.reconsideration.domain import Case
from services.reconsideration.events import facts_of
from services.reconsideration.ledger import organ_of
from services.reconsideration.terms import Status, Step
from shared.contracts.envelope import digest
from shared.contracts.reconsideration import KIND
from shared.kernel.errors import RuleViolation
from shared.kit.access import Access, Fields
from shared.kit.concurrency import IfMatch, etag
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey
from shared.kit.pagination import After, BooksLimit, Limit, Page, page
from shared.kit.text import LINE_PATTERN


def create_router(edge: Edge) -> APIRouter:
    router = APIRouter()
    _add_filing(router, edge)
    _add_steps(router, edge)
    _add_reading(router, edge)
    return router


def _add_filing(router: APIRouter, edge: Edge) -> None:
    @router.post("/cases", status_code=201, response_model=schemas.CaseView, summary="收到申请")
    def receive(
        body: schemas.ReceiveCase,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = edge.may(Action.FILE),
    ) -> Response:
        values = body.model_dump(exclude={"organ_region", "organ_level", "office"})
        region, level = organ_of(edge.tree, body.organ_region, body.organ_level, on=body.received_on)
        office = access.place(OFFICE_KINDS, region, edge.tree, named=body.office)
        application = Case(authority_region=region, authority_level=level, office=office, **values)
        return edge.act(
            request,
            body,
            lambda session, now: _answer(
                edge, access, use_cases.receive(session, application, now=now), status=201
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
                session,
                case_id,
                changes=changes,
                reason=body.reason,
                calendar=edge.calendar,
                if_match=if_match,
                now=now,
            )
            access.require_place(filed[2].office, filed[2].authority_region, edge.tree)
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
            name=f"reconsideration_{name.value}",
        )(take_step)

    def accept(session: Session, case_id: UUID, **entered: Any) -> use_cases.Filed:
        return use_cases.accept(session, case_id, calendar=edge.calendar, **entered)

    step(Step.ACCEPT, schemas.AcceptCase, "受理", accept)
    step(Step.DECLINE, schemas.DeclineCase, "不予受理、视为放弃、受理前撤回", use_cases.decline)
    step(Step.CONCLUDE, schemas.ConcludeCase, "审结", use_cases.conclude)
    step(Step.TERMINATE, schemas.TerminateCase, "终止", use_cases.terminate)
    step(Step.ISSUE_LETTER, schemas.IssueLetter, "制发意见书、建议书", use_cases.issue_letter)
    step(Step.CANCEL, schemas.CancelCase, "注销误录", use_cases.cancel)


def _add_reading(router: APIRouter, edge: Edge) -> None:
    @router.get("/cases", response_model=Page[schemas.CaseView], summary="案件列表")
    def listing(
        after: After = None,
        limit: Limit = 50,
        region: Annotated[str | None, Query(description="含下级")] = None,
        status: Status | None = None,
        received_from: date | None = None,
        received_to: date | None = None,
        case_number: Annotated[str | None, Query(max_length=64, pattern=LINE_PATTERN)] = None,
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
                received_from=received_from,
                received_to=received_to,
                number=case_number,
            )
            cases = repository.opened(session, rows)
        views = [
            _view(edge, access, (row.id, row.version, case)) for row, case in zip(rows, cases, strict=True)
        ]
        return page(views, ids=[row.id for row in rows], limit=limit)

    @router.get("/cases/{case_id}", response_model=schemas.CaseDetail, summary="一件案件及其经过")
    def one(case_id: UUID, response: Response, access: Access = edge.may(Action.READ)) -> schemas.CaseDetail:
        with edge.database.reading(access.acting) as session:
            row = repository.load(session, case_id)
            (case,) = repository.opened(session, [row])
            history = repository.history(session, case_id)
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        shown = _view(edge, access, (row.id, row.version, case))
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
        kind: Literal["reconsideration_case"] = KIND,
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
                "digest": digest(facts_of(repository.to_domain(row, None))),
            }
            for row in rows[:limit]
        ]
        following = rows[limit - 1].id if len(rows) > limit else None
        return Response(orjson.dumps({"items": items, "next": following}), media_type="application/json")


def _changes(edge: Edge, named: schemas.Changes) -> dict[str, Any]:
    """The corrections in the domain's words."""
    changes = named.model_dump(include=named.model_fields_set)
    if "organ_region" in changes:
        place = changes.pop("organ_region")
        if place is None:
            raise RuleViolation("request.region_required", "复议机关所在地不能为空。", field="organ_region")
        # With the place goes its level: a county's organ that turns out to be the city's is none of the county.
        region, level = organ_of(edge.tree, place, changes.pop("organ_level", None), on=None)
        changes |= {"authority_region": region, "authority_level": level}
    if "organ_level" in changes:
        changes["authority_level"] = changes.pop("organ_level")
    for name in ("case_number", "received_on", "is_group", "authority_level"):
        if name in changes and changes[name] is None:
            raise RuleViolation("request.field_required", "这一项不能为空。", field=name)
    for name in ("opinion_letters_on", "recommendation_letters_on"):
        if name in changes:
            changes[name] = tuple(changes[name] or ())
    return changes


def _view(edge: Edge, access: Access, filed: use_cases.Filed) -> schemas.CaseView:
    case_id, version, case = filed
    review_due = deadlines.acceptance_review_due(case.received_on, edge.calendar)
    shown = schemas.view(case_id, version, case, review_due_on=review_due.on)
    return shown if access.fields(case.office) is Fields.CASE else schemas.without_words(shown)


def _answer(edge: Edge, access: Access, filed: use_cases.Filed, *, status: int = 200) -> Answer:
    case_id, version, _ = filed
    headers = {"ETag": etag(version)}
    if status == 201:
        headers["Location"] = f"/reconsideration/cases/{case_id}"
    body = _view(edge, access, filed).model_dump(mode="json")
    return Answer(status, body, headers, case_id)
