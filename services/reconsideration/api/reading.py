"""Routes that read: the lists of cases and of deadlines, one case with its history, the check of the books."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response
from sqlmodel import Session

from services.reconsideration import domain, labels, repository, schemas
from services.reconsideration.access import Action
from services.reconsideration.api import cursors
from services.reconsideration.api.answers import shown
from services.reconsideration.api.references import reference
from services.reconsideration.deadlines import RULES
from services.reconsideration.domain.intake import open_points
from services.reconsideration.events import facts_of
from services.reconsideration.models import JOURNAL
from services.reconsideration.repository import CaseQuery, ClockQuery, Order
from services.reconsideration.terms import Status, Step
from shared.contracts.reconsideration import KIND
from shared.kernel.clock import legal_date
from shared.kernel.regions import NATION
from shared.kit.access import Access, Fields
from shared.kit.case_routes import Counted, add_books
from shared.kit.concurrency import etag
from shared.kit.edge import Edge
from shared.kit.journal import Entry
from shared.kit.pagination import Limit
from shared.kit.text import LINE_PATTERN

Office = Annotated[str | None, Query(max_length=64, pattern=schemas.OFFICE_PATTERN, description="机构代码")]
DueFrom = Annotated[date | None, Query(description="最近期限起")]
DueTo = Annotated[date | None, Query(description="最近期限止")]
DUE_WITHIN_DAYS = 7


class Due(StrEnum):
    DUE = "due"  # 临期
    OVERDUE = "overdue"  # 逾期


def add_routes(router: APIRouter, edge: Edge) -> None:
    _add_list(router, edge)
    _add_deadlines(router, edge)
    _add_one(router, edge)
    add_books(router, edge, Action.BOOKS, "账册核对：每件案件的版本与统计事实摘要", {KIND: _counted})


def _add_list(router: APIRouter, edge: Edge) -> None:
    @router.get("/cases", response_model=schemas.CasePage, summary="案件列表")
    def listing(
        after: Annotated[str | None, Query(pattern=cursors.CASE_PATTERN, description="上一页的 next")] = None,
        limit: Limit = 50,
        region: Annotated[str | None, Query(description="含下级")] = None,
        office: Office = None,
        status: Annotated[list[Status] | None, Query(description="可以重复")] = None,
        due_from: DueFrom = None,
        due_to: DueTo = None,
        received_from: date | None = None,
        received_to: date | None = None,
        case_number: Annotated[str | None, Query(max_length=64, pattern=LINE_PATTERN)] = None,
        text: Annotated[
            str | None,
            Query(max_length=64, pattern=LINE_PATTERN, description="案号、被申请人、领域中的词，至少两个字"),
        ] = None,
        linked_to: Annotated[
            str | None,
            Query(
                max_length=64,
                pattern=LINE_PATTERN,
                description="关联、并入这件案件的，例如 litigation/案件编号",
            ),
        ] = None,
        handler: Annotated[Literal["me"] | None, Query(description="me：由本人承办的")] = None,
        order: Annotated[
            Order | None,
            Query(description="filed：按收案先后；due：按最近期限，只列有期限在走的案件。问及期限时默认 due"),
        ] = None,
        access: Access = edge.may(Action.READ),
    ) -> schemas.CasePage:
        code = edge.tree.find(region).code if region else NATION
        order = order or (Order.FILED if due_from is None and due_to is None else Order.DUE)
        query = CaseQuery(
            offices=None if office is None else frozenset({office}),
            statuses=tuple(dict.fromkeys(each.value for each in status or ())),
            due_from=due_from,
            due_to=due_to,
            regions=None if code == NATION else frozenset(edge.tree.subtree(code)),
            received_from=received_from,
            received_to=received_to,
            number=case_number,
            text=repository.sought(text, numbers_only=not _reads_words(access, office)),
            linked_to=None if linked_to is None else reference(linked_to),
            handler=None if handler is None else access.caller.account,
            order=order,
        )
        cursor = None if after is None else cursors.case_cursor(after, order)
        with edge.database.reading(access.acting) as session:
            rows = repository.listed(session, query=query, after=cursor, limit=limit)
            cases = repository.opened(session, rows[:limit])
        views = [
            shown(edge, access, (row.id, row.version, case))
            for row, case in zip(rows[:limit], cases, strict=True)
        ]
        following = cursors.told_case(rows[limit - 1], order) if len(rows) > limit else None
        return schemas.CasePage(items=views, next=following)


def _reads_words(access: Access, office: str | None) -> bool:
    """Whether the caller is shown the words of every case of the list: who is not must not find out by searching."""
    if office is not None:
        return access.scope.covers(office) and access.fields(office) is Fields.CASE
    whole = [each.scope for each in access.reach if each.fields is Fields.CASE]
    offices = access.scope.offices
    if offices is None:
        return any(scope.offices is None for scope in whole)
    return all(any(scope.covers(each) for scope in whole) for each in offices)


def _add_deadlines(router: APIRouter, edge: Edge) -> None:
    @router.get("/deadlines", response_model=schemas.DeadlinePage, summary="期限：临期与逾期")
    def listing(
        after: Annotated[
            str | None, Query(pattern=cursors.CLOCK_PATTERN, description="上一页的 next")
        ] = None,
        limit: Limit = 50,
        office: Office = None,
        rule: Annotated[str | None, Query(max_length=40, pattern=schemas.RULE_PATTERN)] = None,
        kind: Annotated[str | None, Query(max_length=40, pattern=schemas.RULE_PATTERN)] = None,
        state: Annotated[
            Due | None,
            Query(description="due：days 日内到期；overdue：已逾期；不含当事人的权利（如起诉期限）"),
        ] = None,
        days: Annotated[int, Query(ge=0, le=366, description="state=due 时")] = DUE_WITHIN_DAYS,
        due_from: Annotated[date | None, Query(alias="from")] = None,
        due_to: Annotated[date | None, Query(alias="to")] = None,
        access: Access = edge.may(Action.READ),
    ) -> schemas.DeadlinePage:
        today = legal_date(edge.clock())
        first, last = {
            None: (None, None),
            Due.DUE: (today, today + timedelta(days=days)),
            Due.OVERDUE: (None, today - timedelta(days=1)),
        }[state]
        query = ClockQuery(
            offices=None if office is None else frozenset({office}),
            rule=rule,
            kind=kind,
            due_from=max(filter(None, (first, due_from)), default=None),
            due_to=min(filter(None, (last, due_to)), default=None),
            # Due and overdue is what somebody owes; a right lapses.
            rights_on=today if state is None else None,
        )
        cursor = None if after is None else cursors.clock_cursor(after)
        with edge.database.reading(access.acting) as session:
            rows = repository.listed_clocks(session, query=query, after=cursor, limit=limit)
        items = [
            schemas.DeadlineView(
                **row,
                name=RULES[row["rule"]].name,
                is_right=RULES[row["rule"]].is_right,
                days_left=(row["due_on"] - today).days,
            )
            for row in rows[:limit]
        ]
        following = cursors.told_clock(rows[limit - 1]) if len(rows) > limit else None
        return schemas.DeadlinePage(items=items, next=following)


def _add_one(router: APIRouter, edge: Edge) -> None:
    @router.get("/cases/{case_id}", response_model=schemas.CaseDetail, summary="一件案件、它的期限和经过")
    def one(case_id: UUID, response: Response, access: Access = edge.may(Action.READ)) -> schemas.CaseDetail:
        with edge.database.reading(access.acting) as session:
            row = repository.load(session, case_id)
            (case,) = repository.opened(session, [row])
            history = JOURNAL.history(session, case_id)
            taken_by = repository.taken_by(session, case_id)
            registered = repository.registered(session, case_id)
        whole = access.fields(row.office) is Fields.CASE
        response.headers["ETag"] = etag(row.version)
        found = shown(edge, access, (row.id, row.version, case))
        running = domain.clocks(case, edge.calendar, today=legal_date(edge.clock()))
        return schemas.CaseDetail(
            **found.model_dump(),
            history=[_entry(entry, taken_by, whole=whole) for entry in history],
            clocks=schemas.clock_views(running),
            notices_missing=schemas.notices_missing(case),
            apply_start=schemas.start_day_view(case),
            proceeding=schemas.proceeding_view(case),
            texts=dict(case.texts) if whole else {},
            open_points=list(open_points(case, registered)),
            steps=[step.value for step in schemas.BODIES if case.status in domain.ALLOWED_FROM[step]],
        )


def _entry(entry: Entry, taken_by: Mapping[int, str], *, whole: bool) -> schemas.JournalEntry:
    return schemas.JournalEntry(
        **entry.told(whole=whole),
        step_label=labels.STEP.get(Step(entry.step), entry.step),
        recorded_by=taken_by.get(entry.case_version),
        backdated_days=max((legal_date(entry.recorded_at) - entry.on_date).days, 0),
    )


def _counted(session: Session, after: UUID | None, limit: int) -> list[Counted]:
    cursor = None if after is None else repository.Cursor(after)
    rows = repository.listed(session, after=cursor, limit=limit)
    return [(row.id, row.version, facts_of(repository.to_domain(row, None))) for row in rows]
