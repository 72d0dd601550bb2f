"""HTTP routes of the mediation service. The body is checked for shape; the rest is decided below."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from services.mediation import deadlines, labels, repository, schemas, use_cases
from services.mediation.access import ACTION_OF, OFFICE_KINDS, REGISTER_KINDS, Action
from services.mediation.case import Case
from services.mediation.events import facts_of, organisation_facts_of
from services.mediation.ledger import region_of
from services.mediation.models import JOURNAL
from services.mediation.organisations import Organisation
from services.mediation.terms import (
    OrganisationStatus,
    OrganisationStep,
    OrganisationType,
    Outcome,
    Status,
    Step,
)
from shared.contracts.mediation import KIND_CASE, KIND_ORGANISATION
from shared.kit.access import Access, Fields
from shared.kit.case_routes import Act, Acts, Asked, Counted, add_books, require_given
from shared.kit.concurrency import etag
from shared.kit.edge import Edge
from shared.kit.pagination import After, Limit, Page, page
from shared.kit.routing import routes_of
from shared.kit.text import LINE_PATTERN

Subtree = Annotated[str | None, Query(description="含下级")]
Exactly = Annotated[str | None, Query(max_length=200, pattern=LINE_PATTERN)]


def create_router(edge: Edge) -> APIRouter:
    router = routes_of(edge.service)
    _add_case_acts(router, edge)
    _add_case_reading(router, edge)
    _add_organisation_acts(router, edge)
    _add_organisation_reading(router, edge)
    add_books(
        router,
        edge,
        Action.BOOKS,
        "账册核对：每件案件（每个组织）的版本与统计事实摘要",
        {KIND_CASE: _counted, KIND_ORGANISATION: _counted_organisations},
    )
    return router


def _add_case_acts(router: APIRouter, edge: Edge) -> None:
    acts = Acts(
        router, edge, at="/cases", id_name="case_id", view=schemas.CaseView, show=partial(_view, edge)
    )

    def register(body: schemas.RegisterCase, access: Access) -> Act[Case]:
        values = body.model_dump(exclude={"region", "committee", "office"})
        region = region_of(edge.tree, body.region, on=body.registered_on)
        office = access.place(OFFICE_KINDS, region, edge.tree, named=body.office)
        dispute = Case(region=region, committee=body.committee or "", office=office, **values)
        return lambda session, now: use_cases.register(session, dispute, now=now)

    def correct(asked: Asked[schemas.CorrectCase]) -> Act[Case]:
        changes = _case_changes(edge, asked.body.changes)

        def act(session: Session, now: datetime) -> use_cases.Filed:
            filed = use_cases.correct(
                session,
                asked.id,
                changes=changes,
                reason=asked.body.reason,
                calendar=edge.calendar,
                if_match=asked.if_match,
                now=now,
            )
            asked.access.require_place(filed[2].office, filed[2].region, edge.tree)
            return filed

        return act

    def accept(session: Session, case_id: UUID, **entered: Any) -> use_cases.Filed:
        return use_cases.accept(session, case_id, calendar=edge.calendar, **entered)

    def confirm(session: Session, case_id: UUID, **entered: Any) -> use_cases.Filed:
        return use_cases.confirm(session, case_id, calendar=edge.calendar, **entered)

    def step(
        name: Step, shape: type[schemas.Body], summary: str, take: Callable[..., use_cases.Filed]
    ) -> None:
        action = ACTION_OF.get(name, Action.STEP)
        acts.step(f"steps/{name.value}", shape, action, summary, take, name=f"mediation_{name.value}")

    acts.filing(schemas.RegisterCase, Action.FILE, "登记", register)
    acts.change("corrections", schemas.CorrectCase, Action.CORRECT, "更正", correct)
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


def _add_organisation_acts(router: APIRouter, edge: Edge) -> None:
    acts: Acts[Organisation] = Acts(
        router,
        edge,
        at="/organisations",
        id_name="organisation_id",
        view=schemas.OrganisationView,
        show=lambda session, access, entered: schemas.organisation_view(*entered),
    )

    def register(body: schemas.RegisterOrganisation, access: Access) -> Act[Organisation]:
        region = region_of(edge.tree, body.region, on=body.established_on)
        office = access.place(REGISTER_KINDS, region, edge.tree, named=body.office)
        values = body.model_dump(exclude={"region", "office"})
        organisation = Organisation(region=region, office=office, **values)
        return lambda session, now: use_cases.register_organisation(session, organisation, now=now)

    def step(
        path: str, shape: type[schemas.Body], summary: str, take: Callable[..., use_cases.Entered]
    ) -> None:
        def decide(asked: Asked[schemas.Body]) -> Act[Organisation]:
            def act(session: Session, now: datetime) -> use_cases.Entered:
                changed = take(session, asked.id, **asked.fields(), if_match=asked.if_match, now=now)
                asked.access.require_place(changed[2].office, changed[2].region, edge.tree)
                return changed

            return act

        name = f"mediation_organisation_{path.rpartition('/')[2]}"
        acts.change(path, shape, Action.KEEP_REGISTER, summary, decide, name=name)

    def correct(
        session: Session, id_: UUID, *, changes: schemas.OrganisationChanges, **entered: Any
    ) -> use_cases.Entered:
        named = _organisation_changes(edge, changes)
        return use_cases.correct_organisation(session, id_, changes=named, **entered)

    acts.filing(schemas.RegisterOrganisation, Action.KEEP_REGISTER, "调解组织登记入册", register)
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
            history = JOURNAL.history(session, organisation_id)
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        shown = schemas.organisation_view(row.id, row.version, repository.to_organisation(row))
        return schemas.OrganisationDetail(
            **shown.model_dump(),
            history=[
                schemas.JournalEntry(
                    step_label=labels.ORGANISATION_STEP[OrganisationStep(entry.step)],
                    **entry.told(whole=whole),
                )
                for entry in history
            ],
        )


def _counted(session: Session, after: UUID | None, limit: int) -> list[Counted]:
    rows = repository.listed(session, after=after, limit=limit)
    return [(row.id, row.version, facts_of(repository.to_domain(row))) for row in rows]


def _counted_organisations(session: Session, after: UUID | None, limit: int) -> list[Counted]:
    rows = repository.organisations_listed(session, after=after, limit=limit)
    return [(row.id, row.version, organisation_facts_of(repository.to_organisation(row))) for row in rows]


def _subtree(edge: Edge, region: str | None) -> frozenset[str] | None:
    return edge.tree.subtree(edge.tree.find(region).code) if region else None


def _case_changes(edge: Edge, named: schemas.Changes) -> dict[str, Any]:
    """The corrections in the domain's words."""
    changes = named.model_dump(include=named.model_fields_set)
    require_given(changes, ("case_number", "region", "scope", "registered_on", "amount_fen"))
    if "region" in changes:
        changes["region"] = region_of(edge.tree, changes["region"], on=None)
    if "committee" in changes:
        changes["committee"] = changes["committee"] or ""
    return changes


def _organisation_changes(edge: Edge, named: schemas.OrganisationChanges) -> dict[str, Any]:
    changes = named.model_dump(include=named.model_fields_set)
    require_given(changes, ("name", "region", "org_type", "is_industry", "is_agent_point"))
    if "region" in changes:
        changes["region"] = region_of(edge.tree, changes["region"], on=None)
    return changes


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


def _view(edge: Edge, session: Session, access: Access, filed: use_cases.Filed) -> schemas.CaseView:
    (view,) = _views(edge, access, session, [filed])
    return view


def _confirmation_due_on(edge: Edge, case: Case) -> date | None:
    """Only a written agreement can be confirmed (PM-2.9)."""
    if case.outcome is not Outcome.AGREED_WRITTEN or case.effective_on is None:
        return None
    return deadlines.confirmation_due(case.effective_on, edge.calendar).on
