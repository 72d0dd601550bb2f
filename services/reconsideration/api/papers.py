"""Papers of a case 文书: made from the case and what the clerk adds, numbered, kept, opened again."""

from datetime import date, datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from services.reconsideration import repository
from services.reconsideration.access import Action
from services.reconsideration.documents import issuing
from services.reconsideration.documents.api import DOCX
from services.reconsideration.documents.filling import Names, fields_for
from services.reconsideration.documents.kinds import FIELDS, PAPERS, PaperKind, Shape
from services.reconsideration.documents.occasions import require_occasion
from services.reconsideration.documents.repository import IssuedPaper
from services.reconsideration.documents.values import Fields, FieldValue
from services.reconsideration.domain import Case
from services.reconsideration.models import PARTIES
from services.reconsideration.schemas.papers import IssuePaper, VoidPaper, WrittenFields
from services.reconsideration.terms import PartyRole
from shared.kernel.clock import legal_date
from shared.kernel.errors import RuleViolation
from shared.kit.access import Access
from shared.kit.audit import AuditEntry
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey

PDF = "application/pdf"


class PaperView(BaseModel):
    id: UUID
    kind: PaperKind
    title: str
    number: str | None
    case_version: int
    issued_on: date
    digest: str | None
    recorded_at: datetime
    voided_at: datetime | None
    void_reason: str | None


class PaperList(BaseModel):
    items: list[PaperView]


def add_routes(router: APIRouter, edge: Edge) -> None:
    _add_issuing(router, edge)
    _add_opening(router, edge)


def _add_issuing(router: APIRouter, edge: Edge) -> None:
    @router.post("/cases/{case_id}/papers", status_code=201, response_model=PaperView, summary="制发文书")
    def issue(
        case_id: UUID,
        body: IssuePaper,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = edge.may(Action.PAPERS),
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            row = repository.load_for_update(session, case_id)
            (case,) = repository.opened(session, [row])
            require_occasion(body.kind, case, issued_on=body.issued_on, today=legal_date(now))
            issued = issuing.issue(
                session,
                case_id,
                office=row.office,
                kind=body.kind,
                law=case.law_version,
                fields=filled_in(edge, access, session, case_id, case, body.kind, body.fields),
                case_version=row.version,
                issued_on=body.issued_on,
                now=now,
                number=body.number,
            )
            edge.audit.record(session, [_entry("reconsideration.paper_issued", issued)], now)
            return Answer(201, _view(issued).model_dump(mode="json"), {}, case_id)

        return edge.act(request, body, work, access=access, key=key)

    @router.post(
        "/cases/{case_id}/papers/{paper_id}/void", response_model=PaperView, summary="文书作废，编号保留"
    )
    def void(
        case_id: UUID,
        paper_id: UUID,
        body: VoidPaper,
        request: Request,
        key: IdempotencyKey = None,
        access: Access = edge.may(Action.PAPERS),
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            repository.load_for_update(session, case_id)
            voided = issuing.void(session, case_id, paper_id, reason=body.reason, now=now)
            edge.audit.record(session, [_entry("reconsideration.paper_voided", voided)], now)
            return Answer(200, _view(voided).model_dump(mode="json"), {}, case_id)

        return edge.act(request, body, work, access=access, key=key)


def _add_opening(router: APIRouter, edge: Edge) -> None:
    @router.get("/cases/{case_id}/papers", response_model=PaperList, summary="一件案件的文书")
    def listing(case_id: UUID, access: Access = edge.may(Action.PAPERS)) -> PaperList:
        with edge.database.reading(access.acting) as session:
            repository.load(session, case_id)
            return PaperList(items=[_view(each) for each in issuing.listed(session, case_id)])

    @router.get(
        "/cases/{case_id}/papers/{paper_id}/docx", response_class=Response, summary="打开文书（DOCX 原件）"
    )
    def docx(case_id: UUID, paper_id: UUID, access: Access = edge.may(Action.PAPERS)) -> Response:
        now = edge.clock()
        with edge.database.writing(access.acting) as session:
            repository.load(session, case_id)
            issued, content = issuing.opened(session, case_id, paper_id)
            edge.audit.record(session, [_entry("reconsideration.paper_opened", issued)], now)
        return _file(issued, content, DOCX, "docx")

    @router.get("/cases/{case_id}/papers/{paper_id}/pdf", response_class=Response, summary="打开文书（PDF）")
    def pdf(case_id: UUID, paper_id: UUID, access: Access = edge.may(Action.PAPERS)) -> Response:
        now = edge.clock()
        with edge.database.reading(access.acting) as session:
            repository.load(session, case_id)
            issued, content = issuing.opened_pdf(session, case_id, paper_id)
        # Setting the page takes a while, and SQLite has one writer.
        with edge.database.writing(access.acting) as session:
            edge.audit.record(session, [_entry("reconsideration.paper_opened", issued)], now)
        return _file(issued, content, PDF, "pdf")


def filled_in(
    edge: Edge,
    access: Access,
    session: Session,
    case_id: UUID,
    case: Case,
    kind: PaperKind,
    written: WrittenFields,
) -> Fields:
    """What the books know for the paper, and over it what was written. With the names of the parties: audit it."""
    names = _names(edge, access, session, case_id, case)
    entered = {name: _value(name, value) for name, value in written.items()}
    fields = fields_for(kind, case, names, entered, calendar=edge.calendar)
    return {name: value for name, value in fields.items() if name in PAPERS[kind].fields}


def _names(edge: Edge, access: Access, session: Session, case_id: UUID, case: Case) -> Names:
    """Who stands on the paper: parties in the plain, as the paper needs them."""
    office = access.offices.get(case.office)
    found: dict[str, list[str]] = {role.value: [] for role in PartyRole}
    for party in PARTIES.listed(session, case_id):
        name = PARTIES.reveal(session, case_id, party.id).name
        if name is not None:
            found[party.role].append(name)
    return Names(
        organ=f"{edge.tree.get(case.authority_region).name}人民政府",
        office="" if office is None else office.name,
        applicants=found[PartyRole.APPLICANT.value],
        third_parties=found[PartyRole.THIRD_PARTY.value],
    )


def _value(name: str, value: Any) -> FieldValue:
    """As the paper takes it: days are written as such in JSON only."""
    field = FIELDS.get(name)
    try:
        if field is not None and field.shape is Shape.DATE and isinstance(value, str):
            return date.fromisoformat(value)
        if field is not None and field.shape is Shape.MOMENT and isinstance(value, str):
            return datetime.fromisoformat(value)
    except ValueError:
        raise RuleViolation(
            "reconsideration.paper_field_wrong",
            "日期应写成 2024-03-05，时间应写成 2024-03-05T09:30。",
            field=name,
        ) from None
    return tuple(value) if isinstance(value, list) else value


def _entry(action: str, issued: IssuedPaper) -> AuditEntry:
    return AuditEntry(action, "paper", str(issued.id), digest=issued.digest)


def _view(issued: IssuedPaper) -> PaperView:
    return PaperView(
        id=issued.id,
        kind=issued.kind,
        title=PAPERS[issued.kind].title,
        number=issued.number,
        case_version=issued.case_version,
        issued_on=issued.issued_on,
        digest=issued.digest,
        recorded_at=issued.recorded_at,
        voided_at=issued.voided_at,
        void_reason=issued.void_reason,
    )


def _file(issued: IssuedPaper, content: bytes, media_type: str, ending: str) -> Response:
    return attached(f"{issued.number or PAPERS[issued.kind].title}.{ending}", content, media_type)


def attached(filename: str, content: bytes, media_type: str) -> Response:
    return Response(
        content,
        media_type=media_type,
        headers={"Content-Disposition": f"attachment; filename*=UTF-8''{quote(filename)}"},
    )
