"""The list of open clocks 期限: due and overdue, by office and rule, earliest first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, or_, select, tuple_
from sqlmodel import Session

from services.reconsideration.deadlines import RIGHTS
from services.reconsideration.domain import SILENCE
from services.reconsideration.models import METADATA
from services.reconsideration.repository.branches import among, merged, tested
from services.reconsideration.repository.reaching import offices_of
from shared.kit.acting import visible

_CLOCKS: Table = METADATA.tables["clock"]
_CASES: Table = METADATA.tables["case_file"]
_ORDER = ("due_on", "case_id", "kind", "ordinal")
_SHOWN = tuple(column.name for column in _CLOCKS.columns)
_MOST_BRANCHES = 400


@dataclass(frozen=True, slots=True)
class ClockQuery:
    """What is asked for; both days count. A clock that a suspension has stopped has no due date and is not listed.

    Rights, which nobody owes, are listed while they can be used on the day `rights_on`, else not at all.
    """

    offices: frozenset[str] | None = None
    rule: str | None = None
    kind: str | None = None
    due_from: date | None = None
    due_to: date | None = None
    rights_on: date | None = None


@dataclass(frozen=True, slots=True)
class ClockCursor:
    """The clock that a page ended with."""

    due_on: date
    case_id: UUID
    kind: str
    ordinal: int

    def values(self) -> tuple[Any, ...]:
        return self.due_on, self.case_id, self.kind, self.ordinal


def listed_clocks(
    session: Session, *, query: ClockQuery, after: ClockCursor | None = None, limit: int
) -> Sequence[Any]:
    """Up to `limit + 1` rows of `clock`, each with its `case_number`; the extra one tells that there is more."""
    reach = offices_of(session, query.offices)
    if reach == []:
        return []
    branches = [{"office": office} for office in reach or ()]
    if len(branches) > _MOST_BRANCHES:
        branches = []

    def where(part: FromClause, owner: FromClause) -> list[ColumnElement[bool]]:
        rules: list[ColumnElement[bool]] = [
            part.c.state == "open",
            part.c.due_on.is_not(None),
            visible(session, owner.c.office),
        ]
        if query.offices is not None and not branches:
            rules.append(part.c.office.in_(sorted(query.offices)))
        rules += [part.c.rule == query.rule] if query.rule else []
        rules += [part.c.kind == query.kind] if query.kind else []
        rules += [part.c.due_on >= query.due_from] if query.due_from else []
        rules += [part.c.due_on <= query.due_to] if query.due_to else []
        rules.append(_is_owed_or_usable(part, query.rights_on))
        if after is not None:
            rules.append(tuple_(*(part.c[name] for name in _ORDER)) > tuple_(*after.values()))
        return rules

    if branches:
        rows = merged(session, _CLOCKS, branches, where, order=_ORDER, shown=_SHOWN, each=limit + 1)
        found = rows.subquery("branch_rows")
    else:
        found = select(_CLOCKS).where(*where(_CLOCKS, _CLOCKS)).subquery("branch_rows")
    clocks = session.execute(
        select(found).order_by(*(found.c[name] for name in _ORDER)).limit(limit + 1)
    ).all()
    numbers = _numbers(session, {row.case_id for row in clocks})
    return [{**row._mapping, "case_number": numbers[row.case_id]} for row in clocks if row.case_id in numbers]


def _is_owed_or_usable(part: FromClause, day: date | None) -> ColumnElement[bool]:
    """By its days, whenever the row was written. Who got a decision may sue that day; nobody is silent on the last."""
    is_owed = part.c.rule.not_in(sorted(RIGHTS))
    if day is None:
        return is_owed
    begun = or_(part.c.started_on < day, and_(part.c.started_on == day, part.c.kind != SILENCE))
    return or_(is_owed, and_(begun, part.c.due_on >= day))


def _numbers(session: Session, ids: set[UUID]) -> dict[UUID, str]:
    """The numbers of these cases."""
    rows = select(_CASES.c.id, _CASES.c.case_number).where(
        among(session, _CASES.c.id, ids), visible(session, tested(session, _CASES.c.office))
    )
    return {row.id: row.case_number for row in session.execute(rows)}
