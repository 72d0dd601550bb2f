"""The doors of a service's calendar: which years it knows, and a new year's notice for it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from shared.kernel.clock import legal_date
from shared.kernel.errors import RuleViolation
from shared.kernel.holidays import HolidayYear
from shared.kernel.holidays.notice import checked
from shared.kernel.personal import holds_identity_number
from shared.kit.access import Access
from shared.kit.calendar_keeping import Imported
from shared.kit.calendars import LONGEST_SOURCE, Origin
from shared.kit.edge import Edge
from shared.kit.routing import routes_of
from shared.kit.text import Line

MOST_NAMED = 100


class NoticeBody(BaseModel):
    """放假安排: the days that the State Council's notice of a year gives off, and the weekend days that are worked."""

    model_config = ConfigDict(extra="forbid")

    year: int = Field(ge=1, le=9999)
    off: list[date] = Field(max_length=MOST_NAMED)
    on: list[date] = Field(max_length=MOST_NAMED)
    source: Annotated[str, Line(LONGEST_SOURCE, least=0)] = ""


class YearOut(BaseModel):
    """One year that is loaded. `complete` is false while cases are still being recomputed by its notice."""

    year: int
    origin: Origin
    source: str
    off: list[date]
    on: list[date]
    imported_at: AwareDatetime | None
    complete: bool
    recalculated: int


class CalendarOut(BaseModel):
    years: list[YearOut]


class ImportOut(BaseModel):
    """What the notice did, or with `dry_run` would do."""

    year: int
    dry_run: bool
    changed: bool
    recalculated: int
    moved: int
    complete: bool
    message: str


def calendar_routes(edge: Edge, action: StrEnum) -> APIRouter:
    """`GET /calendar` and `POST /calendar`."""
    router = routes_of(edge.service)

    @router.get("/calendar", response_model=CalendarOut, summary="已载入哪些年份的放假安排")
    def years(access: Access = edge.may(action)) -> CalendarOut:
        return CalendarOut(
            years=[
                YearOut(
                    year=notice.arranged.year,
                    origin=notice.origin,
                    source=notice.source,
                    off=sorted(notice.arranged.off),
                    on=sorted(notice.arranged.on),
                    imported_at=notice.imported_at,
                    complete=notice.recomputed_at is not None,
                    recalculated=notice.recalculated,
                )
                for notice in edge.calendars.standing()
            ]
        )

    @router.post("/calendar", response_model=ImportOut, summary="载入一年的放假安排，并重算期限")
    def load(body: NoticeBody, dry_run: bool = False, access: Access = edge.may(action)) -> ImportOut:
        if holds_identity_number(body.source):
            raise RuleViolation(
                "request.identity_number_in_plain", "文号里不能写身份证号码。", field="source"
            )
        arranged = checked(body.year, body.off, body.on, today=legal_date(edge.clock()))
        if dry_run:
            found = edge.calendars.would_take_in(arranged)
        else:
            found = edge.calendars.take_in(
                arranged, source=body.source, action=access.action, acting=access.acting
            )
            edge.relay.wake()
        return ImportOut(
            year=body.year,
            dry_run=dry_run,
            changed=found.changed,
            recalculated=found.recalculated,
            moved=found.moved,
            complete=found.complete,
            message=_told(arranged, found, dry_run=dry_run),
        )

    return router


def _told(arranged: HolidayYear, found: Imported, *, dry_run: bool) -> str:
    """What happened, in a sentence."""
    counted = f"{found.recalculated} 件案件的期限，其中 {found.moved} 件的届满日有变化"
    if dry_run and found.changed:
        return f"载入后将重算 {counted}。"
    if found.changed:
        return f"已载入 {arranged.year} 年的放假安排，重算了 {counted}。"
    told = f"{arranged.year} 年的放假安排与已载入的相同，什么也没有改变"
    return f"{told}；上次没有算完的已补算：{counted}。" if found.recalculated else f"{told}。"
