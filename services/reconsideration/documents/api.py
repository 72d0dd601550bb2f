"""Routes by which an office fetches the templates of its papers and puts its own in their place."""

import hashlib
from datetime import datetime
from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel

from services.reconsideration.access import Action
from services.reconsideration.documents import repository
from services.reconsideration.documents.citations import RESTS_ON
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.kinds import DERIVED, FIELDS, PAPERS, PaperKind, Shape
from services.reconsideration.documents.template_check import check_template
from services.reconsideration.documents.template_child import MAX_FILE_BYTES, too_large
from services.reconsideration.numbering.api import OfficeNamed
from services.reconsideration.numbering.offices import office_meant
from services.reconsideration.terms import LawVersion
from shared.kit.access import Access
from shared.kit.audit import AuditEntry
from shared.kit.edge import Edge
from shared.kit.routing import routes_of

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


class TemplateField(BaseModel):
    name: str
    label: str
    required: bool
    repeated: bool  # a template may print it paragraph by paragraph


class TemplateView(BaseModel):
    kind: PaperKind
    title: str
    article: str  # by the Act in force, which an office's own template is for
    article_before_2024: str | None  # of cases under the old Act, which are told in our words
    version: int | None  # of the office's own; none: the built-in template is in force
    uploaded_at: datetime | None
    fields: list[TemplateField]


class TemplateList(BaseModel):
    office: str
    items: list[TemplateView]


def template_routes(edge: Edge) -> APIRouter:
    router = routes_of(edge.service)
    _add_reading(router, edge)
    _add_changing(router, edge)
    return router


def _add_reading(router: APIRouter, edge: Edge) -> None:
    @router.get("/templates", response_model=TemplateList, summary="文书模板及其可用字段")
    def listing(office: OfficeNamed = None, access: Access = edge.may(Action.TEMPLATES)) -> TemplateList:
        meant = office_meant(access, office)
        with edge.database.reading(access.acting) as session:
            own = {kind: repository.template_in_force(session, meant, kind) for kind in PaperKind}
        return TemplateList(office=meant, items=[_view(kind, own[kind]) for kind in PaperKind])

    @router.get("/templates/{kind}", response_class=Response, summary="下载文书模板（DOCX）")
    def fetch(
        kind: PaperKind,
        office: OfficeNamed = None,
        source: Annotated[
            Literal["in_force", "builtin"], Query(description="现用模板，或系统自带模板")
        ] = "in_force",
        access: Access = edge.may(Action.TEMPLATES),
    ) -> Response:
        meant = office_meant(access, office)
        with edge.database.reading(access.acting) as session:
            own = repository.template_in_force(session, meant, kind)
        content = built_template(kind) if own is None or source == "builtin" else own.content
        filename = quote(f"{PAPERS[kind].title}模板.docx")
        return Response(
            content,
            media_type=DOCX,
            headers={"Content-Disposition": f"attachment; filename*=UTF-8''{filename}"},
        )


def _add_changing(router: APIRouter, edge: Edge) -> None:
    @router.put("/templates/{kind}", response_model=TemplateView, summary="换上本机构的模板（DOCX）")
    async def replace(
        request: Request,
        kind: PaperKind,
        office: OfficeNamed = None,
        access: Access = edge.may(Action.TEMPLATES),
    ) -> TemplateView:
        meant = office_meant(access, office)
        content = await _content(request)
        return await run_in_threadpool(_replace, edge, access, meant, kind, content)

    @router.delete("/templates/{kind}", status_code=204, summary="恢复系统自带模板")
    def remove(
        kind: PaperKind, office: OfficeNamed = None, access: Access = edge.may(Action.TEMPLATES)
    ) -> None:
        meant = office_meant(access, office)
        now = edge.clock()
        with edge.database.writing(access.acting) as session:
            if repository.template_in_force(session, meant, kind) is None:
                return  # the built-in one is in force: as was asked for
            repository.remove_template(session, meant, kind, now=now)
            edge.audit.record(session, [_entry(meant, kind)], now)


def _replace(edge: Edge, access: Access, office: str, kind: PaperKind, content: bytes) -> TemplateView:
    # Before the transaction: trying a template takes seconds, and SQLite has one writer.
    check_template(kind, content)
    now = edge.clock()
    with edge.database.writing(access.acting) as session:
        edge.database.alone(session, f"template/{office}/{kind.value}")
        own = repository.replace_template(session, office, kind, content, now=now)
        digest = hashlib.sha256(content).hexdigest()
        edge.audit.record(session, [_entry(office, kind, version=own.version, digest=digest)], now)
    return _view(kind, own)


async def _content(request: Request) -> bytes:
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > MAX_FILE_BYTES:
            raise too_large()
    return bytes(received)


def _entry(
    office: str, kind: PaperKind, *, version: int | None = None, digest: str | None = None
) -> AuditEntry:
    return AuditEntry(
        Action.TEMPLATES.value, "paper_template", f"{office}/{kind.value}", version=version, digest=digest
    )


def _view(kind: PaperKind, own: repository.OwnTemplate | None) -> TemplateView:
    paper = PAPERS[kind]
    fields = [
        TemplateField(
            name=name,
            label=field.label,
            required=name in paper.required,
            repeated=field.shape in {Shape.WORDS, Shape.ITEMS},
        )
        for name, field in FIELDS.items()
        if name in paper.fields
    ]
    fields += [
        TemplateField(name=name, label=label, required=False, repeated=False)
        for name, label in DERIVED.items()
    ]
    return TemplateView(
        kind=kind,
        title=paper.title,
        article=RESTS_ON[kind][LawVersion.ACT2023],
        article_before_2024=RESTS_ON[kind].get(LawVersion.PRE2024),
        version=None if own is None else own.version,
        uploaded_at=None if own is None else own.uploaded_at,
        fields=fields,
    )
