"""The list of cases: by office, state, due date, region, number, words, links and handlers, page after page.

Every page is read from indexes that go on in the list's order, one branch for each office and state, or from few
candidates that one index names. What no index can tell is tried on those rows only.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Table, and_, func, or_, select, tuple_
from sqlmodel import Session

from services.reconsideration.domain.proceeding import Link
from services.reconsideration.models import METADATA, CaseRow
from services.reconsideration.repository.branches import Branch, among, is_sqlite, merged, tested
from services.reconsideration.repository.handler_rows import handled_by
from services.reconsideration.repository.link_rows import naming
from services.reconsideration.repository.reaching import offices_of, regions_of
from services.reconsideration.repository.text_index import MOST_OFFICES, found
from services.reconsideration.repository.words import Searchable, Sought
from shared.kit.acting import visible

_CASES: Table = METADATA.tables["case_file"]
FEW = 3_000  # so many candidates are sorted sooner than an order is walked for them
_STRETCH = 1_500  # rows of the list in which common words are looked for before the index of words is asked
_LEAST = 60  # of them, of each branch
_COMMON = 10_000  # cases with a word: above, walking the list soon meets it
_SORTED = 30_000  # so many entries of an index are sorted for a page, since no other order holds them
_MOST_BRANCHES = 400
_TEXTS = ("case_number", "respondent", "field")


class Order(StrEnum):
    FILED = "filed"  # 收案先后
    DUE = "due"  # 最近期限先后: cases with an open clock only


_ORDERED_BY = {Order.FILED: ("id",), Order.DUE: ("next_due_on", "id")}


@dataclass(frozen=True, slots=True)
class CaseQuery:
    """What is asked for; None and () ask for nothing in particular. Offices outside the reach show nothing."""

    offices: frozenset[str] | None = None
    statuses: tuple[str, ...] = ()
    due_from: date | None = None
    due_to: date | None = None
    regions: frozenset[str] | None = None
    received_from: date | None = None
    received_to: date | None = None
    number: str | None = None
    text: Sought | None = None
    linked_to: Link | None = None
    handler: str | None = None  # an account
    order: Order = Order.FILED

    @property
    def by_due_date(self) -> bool:
        return self.due_from is not None or self.due_to is not None


@dataclass(frozen=True, slots=True)
class Cursor:
    """The case that a page ended with; `due_on` in the order of due dates only."""

    id: UUID
    due_on: date | None = None

    def values(self, order: Order) -> tuple[Any, ...]:
        return (self.id,) if order is Order.FILED else (self.due_on, self.id)


EVERY_CASE = CaseQuery()


def listed(
    session: Session, *, query: CaseQuery = EVERY_CASE, after: Cursor | None = None, limit: int
) -> Sequence[CaseRow]:
    """Up to `limit + 1` cases after `after` in the order asked for; the extra one tells that there is more."""
    plan = _planned(session, query, None if after is None else after.values(query.order))
    if plan is None:
        return []
    if query == CaseQuery(query.offices, due_from=query.due_from, due_to=query.due_to) and query.by_due_date:
        page = _sorted_at_once(session, plan, limit + 1)
        if page is not None:
            return _rows(session, page)
    plan = plan.narrowed(session)
    if query.text is not None:
        ids = _searched(session, plan, query.text, limit + 1)
    elif len(plan.branches) <= 1 and plan.sorted_from is None:
        conditions = plan.conditions(session, _CASES)
        ordered = [_CASES.c[name] for name in plan.order]
        rows = select(CaseRow).where(*conditions).order_by(*ordered).limit(limit + 1)
        return session.execute(rows).scalars().all()
    else:
        ids = [row.id for row in _first(session, plan, ("id",), limit + 1)]
    return _rows(session, ids)


@dataclass(frozen=True, slots=True)
class _Plan:
    """Where a list is read. `branches` name the columns that stand before the order's own in an index."""

    query: CaseQuery
    reach: Sequence[str] | None  # None: everything
    branches: tuple[Branch, ...]
    after: tuple[Any, ...] | None
    candidates: tuple[UUID, ...] | None = None
    # Where the branches have another order than the list: that order, and how many rows of each are sorted at most.
    sorted_from: tuple[tuple[str, ...], int] | None = None

    @property
    def order(self) -> tuple[str, ...]:
        return _ORDERED_BY[self.query.order]

    def where(self, session: Session, part: FromClause, owner: FromClause) -> list[ColumnElement[bool]]:
        """All that the branches do not say; `owner` has the office that tells whether a row may be seen."""
        query = self.query
        by_office = self.candidates is None and query.number is None
        office = owner.c.office if by_office else tested(session, owner.c.office)
        rules: list[ColumnElement[bool]] = [visible(session, office)]
        if self.candidates is not None:
            rules.append(among(session, part.c.id, self.candidates))
        said = frozenset(self.branches[0]) if self.branches else frozenset()
        if query.offices is not None and "office" not in said:
            rules.append(tested(session, part.c.office).in_(sorted(query.offices)))
        if query.statuses and "status" not in said:
            rules.append(part.c.status.in_(query.statuses))
        if query.regions is not None and "authority_region" not in said:
            rules.append(tested(session, part.c.authority_region).in_(sorted(query.regions)))
        if query.by_due_date or query.order is Order.DUE:
            rules.append(part.c.next_due_on.is_not(None))
        if query.number is not None:
            same = part.c.case_number == query.number  # twice, since there is an index for each
            rules.append(or_(and_(same, ~part.c.cancelled), and_(same, part.c.cancelled)))
        for name, least, most in (
            ("next_due_on", query.due_from, query.due_to),
            ("received_on", query.received_from, query.received_to),
        ):
            rules += [part.c[name] >= least] if least else []
            rules += [part.c[name] <= most] if most else []
        if self.after is not None:
            ordered = tuple(part.c[name] for name in self.order)
            rules.append(
                ordered[0] > self.after[0] if len(ordered) == 1 else tuple_(*ordered) > tuple_(*self.after)
            )
        return rules

    def conditions(self, session: Session, part: FromClause) -> list[ColumnElement[bool]]:
        """Everything, where there is one branch at most."""
        own = [part.c[name] == value for branch in self.branches for name, value in branch.items()]
        return [*own, *self.where(session, part, part)]

    def narrowed(self, session: Session) -> "_Plan":
        """With the candidates that another index names, where they are few; else the list's order is walked."""
        query = self.query
        if self.candidates is not None:
            return self
        if query.order is Order.DUE and query.statuses:
            facet = replace(query, order=Order.FILED, text=None, due_from=None, due_to=None)
        elif query.order is Order.FILED and query.by_due_date:
            facet = replace(query, order=Order.DUE, text=None, statuses=())
        else:
            return self
        plan = _planned(session, facet, None)
        most = FEW if facet.order is Order.FILED or query.text is not None else _SORTED
        if plan is None or not _are_at_most(session, plan, most):
            return self
        if query.text is None:
            return replace(self, branches=plan.branches or ({},), sorted_from=(plan.order, most))
        return replace(
            self, branches=(), candidates=tuple(row.id for row in _first(session, plan, ("id",), most))
        )


def _planned(session: Session, query: CaseQuery, after: tuple[Any, ...] | None) -> _Plan | None:
    """None when nothing can be found."""
    reach = offices_of(session, query.offices)
    if reach == [] or query.regions == frozenset():
        return None
    candidates = _candidates(session, query)
    if candidates is not None:
        return _Plan(query, reach, (), after, candidates=tuple(candidates)) if candidates else None
    if query.number is not None:
        return _Plan(query, reach, (), after)
    branches: list[dict[str, str]]
    if query.regions is not None:
        kept = regions_of(session, reach, query.regions)
        if not kept:
            return None
        if query.order is Order.FILED and not query.statuses:
            branches = [{"office": office, "authority_region": region} for office, region in kept]
        else:  # an office serves few regions: its due dates and its states narrow down more
            branches = [{"office": office} for office in sorted({office for office, _ in kept})]
    else:
        branches = [{"office": office} for office in reach or ()]
    if len(branches) > (_MOST_BRANCHES if query.text is None else MOST_OFFICES):
        branches = []
    if query.order is Order.FILED and query.statuses:
        states = [{"status": status} for status in query.statuses]
        branches = [{**branch, **state} for branch in branches for state in states] or states
    return _Plan(query, reach, tuple(branches), after)


def _candidates(session: Session, query: CaseQuery) -> frozenset[UUID] | None:
    """The cases that what they name and who handles them leave over; None where neither is asked for."""
    found = [
        *([] if query.linked_to is None else [frozenset(naming(session, query.linked_to))]),
        *([] if query.handler is None else [frozenset(handled_by(session, query.handler))]),
    ]
    return frozenset.intersection(*found) if found else None


def _first(session: Session, plan: _Plan, shown: Sequence[str], most: int) -> Sequence[Any]:
    """The first rows of the list."""
    if not plan.branches:
        ordered = [_CASES.c[name] for name in plan.order]
        query = select(*(_CASES.c[name] for name in shown)).where(*plan.where(session, _CASES, _CASES))
        return session.execute(query.order_by(*ordered).limit(most)).all()
    each = most if plan.sorted_from is None else plan.sorted_from[1]
    rows = _merged(session, plan, (*plan.order, *shown), each).subquery("branch_rows")
    chosen = select(*(rows.c[name] for name in shown)).order_by(*(rows.c[name] for name in plan.order))
    return session.execute(chosen.limit(most)).all()


def _sorted_at_once(session: Session, plan: _Plan, most: int) -> list[UUID] | None:
    """A page of what falls due, by filing: one reading of the index of due dates that is counted and sorted at once,
    since all that is asked stands in that index. None when that would be too much."""
    facet = _planned(session, replace(plan.query, order=Order.DUE), None)
    if facet is None:
        return []
    of_index = replace(plan, branches=facet.branches or ({},), sorted_from=(facet.order, _SORTED + 1))
    every = _merged(session, of_index, ("id",), _SORTED + 1).limit(_SORTED + 1).subquery("every")
    rows = session.execute(
        select(every.c.id, func.count().over().label("counted")).order_by(every.c.id).limit(most)
    ).all()
    return None if rows and rows[0].counted > _SORTED else [row.id for row in rows]


def _are_at_most(session: Session, plan: _Plan, most: int) -> bool:
    if plan.branches:
        found = _merged(session, plan, ("id",), most + 1)
    else:
        found = select(_CASES.c.id).where(*plan.where(session, _CASES, _CASES))
    counted = select(func.count()).select_from(found.limit(most + 1).subquery("counted"))
    return int(session.execute(counted).scalar_one()) <= most


def _merged(session: Session, plan: _Plan, shown: Iterable[str], each: int) -> Any:
    return merged(
        session,
        _CASES,
        plan.branches,
        lambda part, owner: plan.where(session, part, owner),
        order=plan.order if plan.sorted_from is None else plan.sorted_from[0],
        shown=tuple(dict.fromkeys(shown)),
        each=each,
    )


def _rows(session: Session, ids: Sequence[UUID]) -> Sequence[CaseRow]:
    """The whole rows, in the order of the ids."""
    office = tested(session, _CASES.c.office)
    rows = session.execute(select(CaseRow).where(among(session, _CASES.c.id, ids), visible(session, office)))
    by_id = {row.id: row for row in rows.scalars()}
    return [by_id[each] for each in ids if each in by_id]


# Words. A common one is met within the first rows of the list; a rare one names few candidates. What is neither,
# such as a common word beside a condition that hardly any case with it fulfils, is walked for.


def _searched(session: Session, plan: _Plan, asked: Sought, most: int) -> list[UUID]:
    alone = plan.query == CaseQuery(offices=plan.query.offices, text=asked) and plan.candidates is None
    if alone and is_sqlite(session):  # FTS5 gives its hits in order, and stops
        return _hits(session, plan, asked, most, in_order=True)
    walk = _walked(session, plan, asked)
    hits, ended = next(walk)
    if ended or len(hits) >= most:
        return hits[:most]
    if alone:
        return _hits(session, plan, asked, most, in_order=True)
    candidates = _hits(session, plan, asked, _COMMON + 1, in_order=False)
    if len(candidates) <= _COMMON:
        if plan.candidates is not None:
            candidates = list(set(candidates) & set(plan.candidates))
        few = replace(plan, branches=(), candidates=tuple(candidates))
        return [row.id for row in _first(session, few, ("id",), most)]
    for more, _ in walk:
        hits += more
        if len(hits) >= most:
            break
    return hits[:most]


def _hits(session: Session, plan: _Plan, asked: Sought, most: int, *, in_order: bool) -> list[UUID]:
    by_id = plan.query.order is Order.FILED and plan.after is not None
    return found(
        session,
        asked,
        offices=plan.reach,
        after=plan.after[0] if by_id and plan.after is not None else None,
        most=most,
        in_order=in_order,
    )


def _walked(session: Session, plan: _Plan, asked: Sought) -> Iterator[tuple[list[UUID], bool]]:
    """Stretch after stretch of the list: the cases with these words, and whether the list has ended."""
    names = tuple(plan.branches[0]) if plan.branches else ()
    shown = tuple(dict.fromkeys((*plan.order, *names, *_TEXTS)))
    stretch = _STRETCH
    while True:
        each = max(_LEAST, stretch // max(1, len(plan.branches)))
        if len(plan.branches) > 1:
            rows = sorted(
                session.execute(_merged(session, plan, (*plan.order, *shown), each)).all(),
                key=lambda row: tuple(getattr(row, name) for name in plan.order),
            )
            rows, ended = _certain(rows, plan, names, each)
        else:
            rows = list(_first(session, plan, shown, each))
            ended = len(rows) < each
        yield [row.id for row in rows if asked.found_in(Searchable.of(*(row[-3:])))], ended
        if ended:
            return
        plan = replace(plan, after=tuple(getattr(rows[-1], name) for name in plan.order))
        stretch = min(stretch * 2, 24_000)


def _certain(rows: list[Any], plan: _Plan, names: Sequence[str], each: int) -> tuple[list[Any], bool]:
    """The rows before which no branch can hold another one, and whether these are all."""
    last: dict[tuple[str, ...], int] = {}
    counted: dict[tuple[str, ...], int] = {}
    for place, row in enumerate(rows):
        branch = tuple(getattr(row, name) for name in names)
        counted[branch] = counted.get(branch, 0) + 1
        last[branch] = place
    unfinished = [last[branch] for branch, count in counted.items() if count == each]
    return (rows, True) if not unfinished else (rows[: min(unfinished) + 1], False)
