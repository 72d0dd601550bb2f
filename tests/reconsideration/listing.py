"""Books for tests of lists: cases written as rows, with their words and clocks, and a list by plain Python."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update

from services.reconsideration.domain.proceeding import Link
from services.reconsideration.models import METADATA
from services.reconsideration.repository import CaseQuery, Cursor, Order, handler_rows, link_rows, listed
from services.reconsideration.repository.text_index import Indexed, index_text
from services.reconsideration.repository.words import Searchable
from shared.kit.acting import Acting, Scope
from shared.kit.database import Database
from tests.reconsideration.builders import NOW

CASES, CLOCKS = METADATA.tables["case_file"], METADATA.tables["clock"]
OFFICES = tuple(f"reconsideration-15062{place}" for place in range(4))
DAY = date(2026, 11, 20)


@dataclass(frozen=True, slots=True)
class Kept:
    """One case as a list may ask for it."""

    place: int
    office: str = OFFICES[0]
    region: str = "150625"
    status: str = "received"
    due_on: date | None = None
    number: str = "政复1号"
    respondent: str | None = None
    field: str | None = None
    links: tuple[Link, ...] = ()
    handlers: tuple[str, ...] = ()

    @property
    def id(self) -> UUID:
        return case_id(self.place)

    @property
    def row(self) -> dict[str, Any]:
        unknown = {column.name: None for column in CASES.columns}
        return unknown | {
            "id": self.id,
            "version": 1,
            "case_number": f"{self.number}{self.place}",
            "office": self.office,
            "authority_region": self.region,
            "authority_level": "county",
            "received_on": DAY,
            "respondent": self.respondent,
            "field": self.field,
            "status": self.status,
            "next_due_on": self.due_on,
            "is_group": False,
            "due_provisional": False,
            "recorded_at": NOW,
            "changed_at": NOW,
            "proceeding": {},
            "opinion_letters_on": [],
            "recommendation_letters_on": [],
            "cancelled": False,
        }

    @property
    def indexed(self) -> Indexed:
        words = Searchable.of(f"{self.number}{self.place}", self.respondent, self.field)
        return Indexed(self.id, self.office, words)


def case_id(place: int) -> UUID:
    """In order of the places, as UUIDv7 are; two of them are made in each millisecond."""
    return UUID(int=(0x0199_0000_0000 + place // 2) << 80 | 0x7 << 76 | 0x2 << 62 | place)


def keep(database: Database, cases: Iterable[Kept]) -> None:
    cases = list(cases)
    if not cases:
        return
    with database.writing() as session:
        session.execute(insert(CASES), [case.row for case in cases])
        index_text(session, [case.indexed for case in cases], new=True)
        link_rows.add(session, [(case.id, case.office, case.links) for case in cases])
        handler_rows.add(session, [(case.id, case.office, case.handlers) for case in cases])


def change(database: Database, case: Kept) -> None:
    """The row becomes this case, with its words, as a save does it."""
    with database.writing() as session:
        session.execute(update(CASES).where(CASES.c.id == case.id).values(case.row))
        index_text(session, [case.indexed])


def empty(database: Database) -> None:
    with database.engine.begin() as connection:
        for table in (
            CASES,
            CLOCKS,
            *(METADATA.tables[f"case_{kept}"] for kept in ("text", "link", "handler")),
        ):
            connection.execute(table.delete())
        if database.is_sqlite:
            connection.exec_driver_sql("INSERT INTO case_pairs (case_pairs) VALUES ('delete-all')")


def acting(*offices: str) -> Acting:
    scope = Scope(frozenset(offices) if offices else None)
    return Acting("somebody", "token", "clerk", "office", scope)


def read(database: Database, by: Acting, query: CaseQuery, *, limit: int = 3) -> list[UUID]:
    """All pages of a list, one after the other."""
    found: list[UUID] = []
    after: Cursor | None = None
    while True:
        rows = page(database, by, query, after=after, limit=limit)
        shown = [row.id for row in rows[:limit]]
        assert not {*shown} & {*found}, "a page begins where one before it did"  # it would go on for ever
        found += shown
        if len(rows) <= limit:
            return found
        after = ended(rows[limit - 1], query)


def page(
    database: Database, by: Acting, query: CaseQuery, *, after: Cursor | None = None, limit: int
) -> Sequence[Any]:
    with database.reading(by) as session:
        return listed(session, query=query, after=after, limit=limit)


def ended(row: Any, query: CaseQuery) -> Cursor:
    return Cursor(row.id, row.next_due_on if query.order is Order.DUE else None)


def expected(cases: Iterable[Kept], by: Acting, query: CaseQuery) -> list[UUID]:
    """The same list, by looking at each case."""
    found = [case for case in cases if by.scope.covers(case.office) and _is_asked_for(case, query)]
    if query.order is Order.DUE:
        return [case.id for case in sorted(found, key=lambda case: (case.due_on or DAY, case.place))]
    return [case.id for case in sorted(found, key=lambda case: case.place)]


def _is_asked_for(case: Kept, query: CaseQuery) -> bool:
    by_due_date = query.order is Order.DUE or query.by_due_date
    text = query.text
    texts = [f"{case.number}{case.place}"]
    if text is not None and not text.numbers_only:
        texts += [case.respondent or "", case.field or ""]
    return all(
        (
            query.offices is None or case.office in query.offices,
            not query.statuses or case.status in query.statuses,
            query.regions is None or case.region in query.regions,
            not by_due_date or case.due_on is not None,
            query.linked_to is None or query.linked_to in case.links,
            query.handler is None or query.handler in case.handlers,
            query.due_from is None or (case.due_on is not None and case.due_on >= query.due_from),
            query.due_to is None or (case.due_on is not None and case.due_on <= query.due_to),
            text is None or all(any(word in _as_searched(one) for one in texts) for word in text.words),
        )
    )


def _as_searched(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
