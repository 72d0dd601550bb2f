"""Routes by which an office sees and sets how its numbers are written."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict
from sqlmodel import Session

from services.reconsideration.access import Action
from services.reconsideration.numbering import patterns, repository
from services.reconsideration.numbering.offices import office_meant
from services.reconsideration.numbering.patterns import LONGEST_PATTERN, Series
from shared.kit.access import Access
from shared.kit.audit import AuditEntry
from shared.kit.edge import Edge
from shared.kit.routing import routes_of
from shared.kit.text import LINE_PATTERN, Line

OfficeNamed = Annotated[
    str | None, Query(max_length=64, pattern=LINE_PATTERN, description="机构编码；不填即本机构")
]


class NumberPatterns(BaseModel):
    """What is to be changed; a series that is left out stays as it is."""

    model_config = ConfigDict(extra="forbid")

    case: Annotated[str, Line(LONGEST_PATTERN)] | None = None
    paper: Annotated[str, Line(LONGEST_PATTERN)] | None = None


class PatternView(BaseModel):
    pattern: str
    own: bool  # set by the office; else derived or the default
    example: str


class PatternsView(BaseModel):
    office: str
    case: PatternView
    paper: PatternView


def number_routes(edge: Edge) -> APIRouter:
    router = routes_of(edge.service)

    @router.get("/number-patterns", response_model=PatternsView, summary="案号与文书编号的格式")
    def patterns_in_force(
        office: OfficeNamed = None, access: Access = edge.may(Action.TEMPLATES)
    ) -> PatternsView:
        meant = office_meant(access, office)
        with edge.database.reading(access.acting) as session:
            return _view(session, meant, access.on.year)

    @router.put("/number-patterns", response_model=PatternsView, summary="设定编号格式")
    def set_patterns(
        body: NumberPatterns, office: OfficeNamed = None, access: Access = edge.may(Action.TEMPLATES)
    ) -> PatternsView:
        meant = office_meant(access, office)
        named = {Series.CASE: body.case, Series.PAPER: body.paper}
        changes: Mapping[Series, str] = {
            series: pattern for series, pattern in named.items() if pattern is not None
        }
        now = edge.clock()
        with edge.database.writing(access.acting) as session:
            for series, pattern in changes.items():
                repository.set_pattern(session, office=meant, series=series, pattern=pattern, now=now)
            entries = [
                AuditEntry(Action.TEMPLATES.value, "number_pattern", f"{meant}/{series.value}")
                for series in changes
            ]
            if entries:
                edge.audit.record(session, entries, now)
            return _view(session, meant, access.on.year)

    return router


def _view(session: Session, office: str, year: int) -> PatternsView:
    own = repository.patterns_of(session, office)
    views = {}
    for series in Series:
        pattern = repository.pattern_of(session, office=office, series=series)
        example = patterns.written(pattern, year=year, n=1, word="受")
        views[series] = PatternView(pattern=pattern, own=series in own, example=example)
    return PatternsView(office=office, case=views[Series.CASE], paper=views[Series.PAPER])
