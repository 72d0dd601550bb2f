"""Drafts of papers 草稿: a route for each paper that somebody approves first, with the step proposed with it."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Response
from sqlmodel import Session

from services.reconsideration import repository, schemas, use_cases
from services.reconsideration.access import Action
from services.reconsideration.api.papers import attached, filled_in
from services.reconsideration.documents import drafting
from services.reconsideration.documents.api import DOCX
from services.reconsideration.documents.drafting import DRAFTS
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.domain import Case
from services.reconsideration.schemas import papers as shapes
from services.reconsideration.terms import Step
from shared.kernel.clock import legal_date
from shared.kit.access import Access
from shared.kit.audit import AuditEntry
from shared.kit.edge import Edge

SHAPES: Mapping[PaperKind, type[shapes.DraftPaper]] = {
    PaperKind.NON_ACCEPTANCE_DECISION: shapes.DraftNonAcceptance,
    PaperKind.SUSPENSION_NOTICE: shapes.DraftSuspension,
    PaperKind.EXTENSION_NOTICE: shapes.DraftExtension,
    PaperKind.CONVERSION_NOTICE: shapes.DraftConversion,
    PaperKind.DISMISSAL_DECISION: shapes.DraftDismissal,
    PaperKind.TERMINATION_DECISION: shapes.DraftTermination,
    PaperKind.MEDIATION_STATEMENT: shapes.DraftMediation,
    PaperKind.DECISION: shapes.DraftDecision,
}


def add_routes(router: APIRouter, edge: Edge) -> None:
    for kind, shape in SHAPES.items():
        _add_draft(router, edge, kind, shape)


def _add_draft(router: APIRouter, edge: Edge, kind: PaperKind, shape: type[shapes.DraftPaper]) -> None:
    title = PAPERS[kind].title

    def draft(case_id: UUID, body: Any, access: Access = edge.may(Action.PAPERS)) -> Response:
        now = edge.clock()
        with edge.database.reading(access.acting) as session:
            case = _proposed(session, edge, case_id, kind, body.proposal(), now)
            content = drafting.draft(
                session,
                kind,
                office=case.office,
                law=case.law_version,
                fields=filled_in(edge, access, session, case_id, case, kind, body.fields),
                today=legal_date(now),
            )
        # Making it takes a while, and SQLite has one writer. Nobody gets it before it is written down who did.
        entry = AuditEntry(
            "reconsideration.paper_drafted",
            "paper_draft",
            f"{case_id}/{kind.value}",
            digest=hashlib.sha256(content).hexdigest(),
        )
        with edge.database.writing(access.acting) as session:
            edge.audit.record(session, [entry], now)
        return attached(f"{title}（草稿）.docx", content, DOCX)

    # The closure is one for all papers; the shape of its body is what tells them apart.
    draft.__annotations__["body"] = shape
    router.post(
        f"/cases/{{case_id}}/papers/{kind.value}/draft",
        response_class=Response,
        responses={200: {"content": {DOCX: {}}}},
        summary=f"打印草稿：{title}",
        name=f"reconsideration_{kind.value}_draft",
    )(draft)


def _proposed(
    session: Session,
    edge: Edge,
    case_id: UUID,
    kind: PaperKind,
    proposal: schemas.StepBody | None,
    now: datetime,
) -> Case:
    """The case as it lies before its head, or as it would be after the step that is proposed."""
    (case,) = repository.opened(session, [repository.load(session, case_id)])
    drafting.require_ahead(kind, case, is_proposed=proposal is not None)
    if proposal is None:
        return case
    return use_cases.preview(
        session,
        case_id,
        _step_of(kind, proposal),
        on=proposal.on,
        entered=proposal.entered(),
        calendar=edge.calendar,
        now=now,
    ).after


def _step_of(kind: PaperKind, proposal: schemas.StepBody) -> Step:
    return next(step for step in DRAFTS[kind].steps if schemas.BODIES[step] is type(proposal))
