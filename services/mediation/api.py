"""HTTP routes of the mediation service. The body is checked for shape; the rest is decided below."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from sqlmodel import Session

from services.mediation import deadlines, labels, repository, schemas, use_cases
from services.mediation.access import ACTION_OF, OFFICE_KINDS, REGISTER_KINDS, Action
from services.mediation.case import Case
from services.mediation.events import facts_of, organisation_facts_of
from services.mediation.ledger import region_of
from services.mediation.organisations import Organisation
from services.mediation.terms import (
    OrganisationStatus,
    OrganisationType,
    Outcome,
    Status,
    Step,
)
from shared.contracts.envelope import digest
from shared.contracts.mediation import KIND_CASE, KIND_ORGANISATION
from shared.kernel.errors import RuleViolation
from shared.kit.access import Access, Fields
from shared.kit.concurrency import IfMatch, etag
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey
from shared.kit.pagination import After, BooksLimit, Limit, Page, page
from shared.kit.routing import routes_of
from shared.kit.text import LINE_PATTERN

Kind = Literal["mediation_case", "mediation_organisation"]
Subtree = Annotated[str | None, Query(description="含下级")]
Exactly = Annotated[str | None, Query(max_length=200, pattern=LINE_PATTERN)]


def create_router(edge: Edge) -> APIRouter:
    router = routes_of(edge.service)
    _add_case_filing(router, edge)
    _add_case_steps(router, edge)
    _add_case_reading(router, edge)
    _add_organisation_acts(router, edge)
    _add_organisation_reading(router, edge)
    _add_books(router, edge)
    return router


def _add_case_filing(router: APIRouter, edge: Edge) -> None:
    @router.post("/cases", status_code=201, response_model=schemas.CaseView, summary="登记")
    def register(
        body: schemas.RegisterCase,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = edge.may(Action.FILE),
    ) -> Response:
        values = body.model_dump(exclude={"region", "committee", "office"})
        region = region_of(edge.tree, body.region, on=body.registered_on)
        office = access.place(OFFICE_KINDS, region, edge.tree, named=body.office)
        dispute = Case(region=region, committee=body.committee or "", office=office, **values)

        def work(session: Session, now: datetime) -> Answer:
            return _answer(edge, access, session, use_cases.register(session, dispute, now=now), status=201)

        return edge.act(request, body, work, access=access, key=key)

    @router.post("/cases/{case_id}/corrections", response_model=schemas.CaseView, summary="更正")
    def correct(
        case_id: UUID,
        body: schemas.CorrectCase,
        request: Request,
        key: IdempotencyKey = None,
        if_match: IfMatch = None,
        access: Access = edge.may(Action.CORRECT),
    ) -> Response:
        changes = _case_changes(edge, body.changes)

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
            access.require_place(filed[2].office, filed[2].region, edge.tree)
            return _answer(edge, access, session, filed)

        return edge.act(request, body, work, access=access, key=key)


def _add_case_steps(router: APIRouter, edge: Edge) -> None:
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
                return _answer(
                    edge, access, session, act(session, case_id, **entered, if_match=if_match, now=now)
                )

            return edge.act(request, body, work, access=access, key=key)

        # The closure is one for all steps; the shape of its body is what tells them apart.
        take_step.__annotations__["body"] = shape
        router.post(
            f"/cases/{{case_id}}/steps/{name.value}",
            response_model=schemas.CaseView,
            summary=summary,
            name=f"mediation_{name.value}",
        )(take_step)

    def accept(session: Session, case_id: UUID, **entered: Any) -> use_cases.Filed:
        return use_cases.accept(session, case_id, calendar=edge.calendar, **entered)

    def confirm(session: Session, case_id: UUID, **entered: Any) -> use_cases.Filed:
        return use_cases.confirm(session, case_id, calendar=edge.calendar, **entered)

    step(Step.ACCEPT, schemas.AcceptCase, "受理", accept)
    step(Step.DECLINE, schemas.DeclineCase, "不予受理", use_cases.decline)
    step(Step.AGREE, schemas.Agree, "达成协议", use_cases.agree)
    step(Step.FAIL, schemas.FailCase, "调解不成", use_cases.fail)
    step(Step.TERMINATE, schemas.TerminateCase, "终止调解", use_cases.terminate)
    step(Step.CONFIRM, schemas.ConfirmAgreement, "司法确认", confirm)
    step(Step.CANCEL, schemas.CancelCase, "注销误录", use_cases.cancel)


def _add_case_reading(router: APIRouter, edge: Edge) -> None:
    @router.get("/cases", response_model=Page[schemas.CaseView], summary="案件列表")
    def listing(
        after: After = None,
        limit: Limit = 50,
        region: Subtree = None,
        status: Status | None = None,
        registered_from: date | None = None,
        registered_to: date | None = None,
        closed_from: date | None = None,
        closed_to: date | None = None,
        case_number: Exactly = None,
        access: Access = edge.may(Action.READ),
    ) -> Page[schemas.CaseView]:
        with edge.database.reading(access.acting) as session:
            rows = repository.listed(
                session,
                after=after,
                limit=limit,
                regions=_subtree(edge, region),
                status=status,
                registered_from=registered_from,
                registered_to=registered_to,
                closed_from=closed_from,
                closed_to=closed_to,
                number=case_number,
            )
            views = _views(
                edge, access, session, [(row.id, row.version, repository.to_domain(row)) for row in rows]
            )
        return page(views, ids=[row.id for row in rows], limit=limit)

    @router.get("/cases/{case_id}", response_model=schemas.CaseDetail, summary="一件案件及其经过")
    def one(case_id: UUID, response: Response, access: Access = edge.may(Action.READ)) -> schemas.CaseDetail:
        with edge.database.reading(access.acting) as session:
            row = repository.load(session, case_id)
            history = repository.history(session, case_id)
            (shown,) = _views(edge, access, session, [(row.id, row.version, repository.to_domain(row))])
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        step_labels = {step.value: label for step, label in labels.STEP.items()}
        return schemas.CaseDetail(**shown.model_dump(), history=_history(history, step_labels, whole=whole))


def _add_organisation_acts(router: APIRouter, edge: Edge) -> None:
    @router.post(
        "/organisations", status_code=201, response_model=schemas.OrganisationView, summary="调解组织登记入册"
    )
    def register(
        body: schemas.RegisterOrganisation,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = edge.may(Action.KEEP_REGISTER),
    ) -> Response:
        region = region_of(edge.tree, body.region, on=body.established_on)
        office = access.place(REGISTER_KINDS, region, edge.tree, named=body.office)
        values = body.model_dump(exclude={"region", "office"})
        organisation = Organisation(region=region, office=office, **values)

        def work(session: Session, now: datetime) -> Answer:
            entered = use_cases.register_organisation(session, organisation, now=now)
            return _organisation_answer(entered, status=201)

        return edge.act(request, body, work, access=access, key=key)

    def step(
        path: str, shape: type[schemas.Body], summary: str, act: Callable[..., use_cases.Entered]
    ) -> None:
        def take_step(
            organisation_id: UUID,
            body: Any,
            request: Request,
            key: IdempotencyKey = None,
            if_match: IfMatch = None,
            access: Access = edge.may(Action.KEEP_REGISTER),
        ) -> Response:
            entered = {field: getattr(body, field) for field in shape.model_fields}

            def work(session: Session, now: datetime) -> Answer:
                changed = act(session, organisation_id, **entered, if_match=if_match, now=now)
                access.require_place(changed[2].office, changed[2].region, edge.tree)
                return _organisation_answer(changed)

            return edge.act(request, body, work, access=access, key=key)

        # As with the steps of a case: the shape of the body tells the closures apart.
        take_step.__annotations__["body"] = shape
        router.post(
            f"/organisations/{{organisation_id}}/{path}",
            response_model=schemas.OrganisationView,
            summary=summary,
            name=f"mediation_organisation_{path.rpartition('/')[2]}",
        )(take_step)

    def correct(
        session: Session, id_: UUID, *, changes: schemas.OrganisationChanges, **entered: Any
    ) -> use_cases.Entered:
        named = _organisation_changes(edge, changes)
        return use_cases.correct_organisation(session, id_, changes=named, **entered)

    step("steps/dissolve", schemas.DissolveOrganisation, "撤销", use_cases.dissolve_organisation)
    step("steps/cancel", schemas.CancelOrganisation, "注销误录", use_cases.cancel_organisation)
    step("corrections", schemas.CorrectOrganisation, "更正", correct)


def _add_organisation_reading(router: APIRouter, edge: Edge) -> None:
    @router.get("/organisations", response_model=Page[schemas.OrganisationView], summary="调解组织名册")
    def listing(
        after: After = None,
        limit: Limit = 50,
        region: Subtree = None,
        status: OrganisationStatus | None = None,
        org_type: OrganisationType | None = None,
        active_on: date | None = None,
        name: Exactly = None,
        access: Access = edge.may(Action.READ_REGISTER),
    ) -> Page[schemas.OrganisationView]:
        with edge.database.reading(access.acting) as session:
            rows = repository.organisations_listed(
                session,
                after=after,
                limit=limit,
                regions=_subtree(edge, region),
                status=status,
                org_type=org_type,
                active_on=active_on,
                name=name,
            )
        views = [
            schemas.organisation_view(row.id, row.version, repository.to_organisation(row)) for row in rows
        ]
        return page(views, ids=[row.id for row in rows], limit=limit)

    @router.get(
        "/organisations/{organisation_id}",
        response_model=schemas.OrganisationDetail,
        summary="一个调解组织及其经过",
    )
    def one(
        organisation_id: UUID, response: Response, access: Access = edge.may(Action.READ_REGISTER)
    ) -> schemas.OrganisationDetail:
        with edge.database.reading(access.acting) as session:
            row = repository.load_organisation(session, organisation_id)
            history = repository.history(session, organisation_id)
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        shown = schemas.organisation_view(row.id, row.version, repository.to_organisation(row))
        step_labels = {step.value: label for step, label in labels.ORGANISATION_STEP.items()}
        return schemas.OrganisationDetail(
            **shown.model_dump(), history=_history(history, step_labels, whole=whole)
        )


def _add_books(router: APIRouter, edge: Edge) -> None:
    @router.get("/books", summary="账册核对：每件案件（每个组织）的版本与统计事实摘要")
    def books(
        kind: Kind = KIND_CASE,
        after: After = None,
        limit: BooksLimit = 1000,
        access: Access = edge.may(Action.BOOKS),
    ) -> Response:
        with edge.database.reading(access.acting) as session:
            rows: Sequence[tuple[UUID, int, str]]
            if kind == KIND_ORGANISATION:
                rows = [
                    (row.id, row.version, digest(organisation_facts_of(repository.to_organisation(row))))
                    for row in repository.organisations_listed(session, after=after, limit=limit)
                ]
            else:
                rows = [
                    (row.id, row.version, digest(facts_of(repository.to_domain(row))))
                    for row in repository.listed(session, after=after, limit=limit)
                ]
        items = [
            {"kind": kind, "case_id": id_, "version": version, "digest": sum_}
            for id_, version, sum_ in rows[:limit]
        ]
        following = rows[limit - 1][0] if len(rows) > limit else None
        return Response(orjson.dumps({"items": items, "next": following}), media_type="application/json")


def _subtree(edge: Edge, region: str | None) -> frozenset[str] | None:
    return edge.tree.subtree(edge.tree.find(region).code) if region else None


def _case_changes(edge: Edge, named: schemas.Changes) -> dict[str, Any]:
    """The corrections in the domain's words."""
    changes = named.model_dump(include=named.model_fields_set)
    _require(changes, ("case_number", "region", "scope", "registered_on", "amount_fen"))
    if "region" in changes:
        changes["region"] = region_of(edge.tree, changes["region"], on=None)
    if "committee" in changes:
        changes["committee"] = changes["committee"] or ""
    return changes


def _organisation_changes(edge: Edge, named: schemas.OrganisationChanges) -> dict[str, Any]:
    changes = named.model_dump(include=named.model_fields_set)
    _require(changes, ("name", "region", "org_type", "is_industry", "is_agent_point"))
    if "region" in changes:
        changes["region"] = region_of(edge.tree, changes["region"], on=None)
    return changes


def _require(changes: Mapping[str, Any], names: Sequence[str]) -> None:
    for name in names:
        if name in changes and changes[name] is None:
            raise RuleViolation("request.field_required", "这一项不能为空。", field=name)


def _views(
    edge: Edge, access: Access, session: Session, filed: Sequence[use_cases.Filed]
) -> list[schemas.CaseView]:
    organisations = repository.organisation_ids(session, [case for _, _, case in filed])
    views = []
    for case_id, version, case in filed:
        shown = schemas.view(
            case_id,
            version,
            case,
            organisation_id=organisations.get((case.region, case.committee)),
            confirmation_due_on=_confirmation_due_on(edge, case),
        )
        whole = access.fields(case.office) is Fields.CASE
        views.append(shown if whole else schemas.without_words(shown))
    return views


def _confirmation_due_on(edge: Edge, case: Case) -> date | None:
    """Only a written agreement can be confirmed (PM-2.9)."""
    if case.outcome is not Outcome.AGREED_WRITTEN or case.effective_on is None:
        return None
    return deadlines.confirmation_due(case.effective_on, edge.calendar).on


def _history(
    entries: Sequence[Any], step_labels: Mapping[str, str], *, whole: bool
) -> list[schemas.JournalEntry]:
    return [
        schemas.JournalEntry(
            case_version=entry.case_version,
            step=entry.step,
            step_label=step_labels[entry.step],
            on=entry.on_date,
            reason=entry.reason if whole else None,
            recorded_at=entry.recorded_at.isoformat(),
        )
        for entry in entries
    ]


def _answer(
    edge: Edge, access: Access, session: Session, filed: use_cases.Filed, *, status: int = 200
) -> Answer:
    case_id, version, _ = filed
    (view,) = _views(edge, access, session, [filed])
    headers = {"ETag": etag(version)}
    if status == 201:
        headers["Location"] = f"/mediation/cases/{case_id}"
    return Answer(status, view.model_dump(mode="json"), headers, case_id)


def _organisation_answer(entered: use_cases.Entered, *, status: int = 200) -> Answer:
    id_, version, organisation = entered
    headers = {"ETag": etag(version)}
    if status == 201:
        headers["Location"] = f"/mediation/organisations/{id_}"
    view = schemas.organisation_view(id_, version, organisation)
    return Answer(status, view.model_dump(mode="json"), headers, id_)
