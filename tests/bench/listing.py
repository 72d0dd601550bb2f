"""How long a page of a list takes among very many cases, and by which plan each database finds it."""

import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from statistics import median
from typing import Any

from sqlmodel import Session

from services.reconsideration.domain.proceeding import Link
from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import METADATA
from services.reconsideration.repository import (
    CaseQuery,
    ClockCursor,
    ClockQuery,
    Cursor,
    Order,
    listed,
    listed_clocks,
    sought,
)
from services.reconsideration.terms import LinkedService
from shared.kit.acting import EVERYTHING, Acting, Scope
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.bench import books
from tests.bench.plans import plans_of
from tests.bench.rig import Json, Rig
from tests.bench.sizes import Sizes

PAGE = 50
DEEP = 99 * PAGE  # cases before the hundredth page
TURNS = 15


@dataclass(frozen=True, slots=True)
class Listing:
    """One list; `ask` gives its rows, and where a row stands in it."""

    scope: Scope
    query: CaseQuery | ClockQuery
    pages: dict[str, Any] = field(default_factory=lambda: {"first_page": None})

    @property
    def acting(self) -> Acting:
        return Acting("bench", "token", "clerk", "bench", self.scope)

    def rows(self, session: Session, after: Any, limit: int) -> Sequence[Any]:
        if isinstance(self.query, ClockQuery):
            return listed_clocks(session, query=self.query, after=after, limit=limit)
        return listed(session, query=self.query, after=after, limit=limit)

    def place_of(self, row: Any) -> Any:
        if isinstance(self.query, ClockQuery):
            return ClockCursor(row["due_on"], row["case_id"], row["kind"], row["ordinal"])
        return Cursor(row.id, row.next_due_on if self.query.order is Order.DUE else None)


def listings() -> Mapping[str, Listing]:
    codes = [office for office, _, _ in books.offices()]
    regions = [region for _, region, _ in books.offices()]
    one, small = Scope(frozenset({codes[books.AN_OFFICE]})), Scope(frozenset({codes[books.A_SMALL_OFFICE]}))
    bureau = Scope(frozenset(codes[place] for place in books.BUREAU))
    province = Scope(frozenset(codes) | {f"reconsideration-9{number:05}" for number in range(100)})
    soon = CaseQuery(due_from=books.TODAY, due_to=books.TODAY + timedelta(days=7), order=Order.DUE)
    linked = CaseQuery(linked_to=Link(LinkedService.LITIGATION, books.suit(0)))
    handled = CaseQuery(handler=books.handler(codes[books.AN_OFFICE], 1))
    overdue = ClockQuery(due_to=books.TODAY - timedelta(days=1))
    scopes = {"office": one, "bureau": bureau, "hundred_offices": province, "everything": EVERYTHING}
    asked: dict[str, Listing] = {}
    for name, scope in scopes.items():
        asked |= {
            name: Listing(scope, CaseQuery()),
            f"{name}_state": Listing(scope, CaseQuery(statuses=("under_review",))),
            f"{name}_rare_state": Listing(scope, CaseQuery(statuses=("supplement_wait",))),
            f"{name}_due": Listing(scope, soon),
            f"{name}_due_rare_state": Listing(scope, replace(soon, statuses=("supplement_wait",))),
            f"{name}_due_by_filing": Listing(scope, replace(soon, order=Order.FILED)),
            f"{name}_overdue": Listing(scope, overdue),
            f"{name}_overdue_rule": Listing(scope, replace(overdue, rule="ar.supplement")),
            f"{name}_linked": Listing(scope, linked),
            f"{name}_linked_state": Listing(scope, replace(linked, statuses=("under_review", "closed"))),
            f"{name}_linked_due": Listing(scope, replace(linked, order=Order.DUE)),
            f"{name}_linked_text": Listing(scope, replace(linked, text=sought("公安局"))),
            f"{name}_handled": Listing(scope, handled),
            f"{name}_handled_state": Listing(scope, replace(handled, statuses=("under_review",))),
            f"{name}_handled_due": Listing(scope, replace(handled, order=Order.DUE)),
            f"{name}_text_common": Listing(scope, CaseQuery(text=sought("公安局"))),
            f"{name}_text_common_state": Listing(
                scope, CaseQuery(text=sought("公安局"), statuses=("supplement_wait",))
            ),
            f"{name}_text_common_due": Listing(scope, replace(soon, text=sought("公安局"))),
            f"{name}_text_none": Listing(scope, CaseQuery(text=sought("渔政海事处"))),
            f"{name}_text_foreign": Listing(scope, CaseQuery(text=sought(books.offices()[2][2]))),
            f"{name}_text_rare": Listing(
                small if name == "office" else scope, CaseQuery(text=sought(books.RARE))
            ),
        }
    for name, scope in (("bureau", bureau), ("everything", EVERYTHING)):
        region = CaseQuery(regions=frozenset(regions[4:6]))
        asked[f"{name}_region"] = Listing(scope, region)
        asked[f"{name}_region_state"] = Listing(scope, replace(region, statuses=("supplement_wait",)))
    asked["everything_number"] = Listing(EVERYTHING, CaseQuery(number="没有"))
    return asked


def measure(rig: Rig, sizes: Sizes) -> Json:
    return {kind: _measured(rig, kind, sizes) for kind in rig.kinds}


def _measured(rig: Rig, kind: str, sizes: Sizes) -> Json:
    rig.told(f"listing: loading {sizes.listed_cases:,} cases, {kind}")
    told: Json = {"cases": sizes.listed_cases, "turns": sizes.listing_turns, "ms": {}, "plans": {}}
    with ExitStack() as stack:
        database = Database(rig.database_url(kind), METADATA)
        stack.callback(database.dispose)
        migrate(database, MIGRATIONS)
        books.load(database, count=sizes.listed_cases)
        asked = listings()
        for name, listing in asked.items():
            rig.told(f"listing: {name}, {kind}")
            pages = _pages(database, listing)
            told["ms"][name] = {
                page: round(_median(database, listing, after, sizes.listing_turns), 2)
                for page, after in pages.items()
            }
            told["plans"][name] = plans_of(
                database, listing.acting, partial(listing.rows, after=None, limit=PAGE)
            )
    return told


def _pages(database: Database, listing: Listing) -> dict[str, Any]:
    with database.reading(listing.acting) as session:
        rows = listing.rows(session, None, DEEP)
    pages = {"first_page": None}
    if len(rows) > DEEP:
        pages["hundredth_page"] = listing.place_of(rows[DEEP - 1])
    return pages


def _median(database: Database, listing: Listing, after: Any, turns: int) -> float:
    taken = []
    for _ in range(turns):
        began = time.perf_counter()
        with database.reading(listing.acting) as session:
            listing.rows(session, after, PAGE)
        taken.append((time.perf_counter() - began) * 1000)
    return median(taken)
