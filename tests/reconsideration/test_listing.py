"""The list of cases finds what looking at each case would find, page after page, on both databases."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.reconsideration.domain.proceeding import Link
from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import METADATA
from services.reconsideration.repository import CaseQuery, Order, listing, sought
from services.reconsideration.terms import LinkedService
from shared.kit.acting import Acting, Scope
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.reconsideration.listing import (
    DAY,
    OFFICES,
    Kept,
    acting,
    change,
    empty,
    ended,
    expected,
    keep,
    page,
    read,
)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    migrate(opened, MIGRATIONS)
    yield opened
    opened.dispose()


STATUSES = ("received", "under_review", "suspended", "closed")
REGIONS = ("150621", "150625")
WORDS = ("公安局", "公安分局", "安局", "政复", "局公", "Ab甲", "ａＢ")
# Two cases of one id, which are two cases, and another one.
LINKS = (
    *(Link(service, UUID(int=1)) for service in (LinkedService.LITIGATION, LinkedService.RECONSIDERATION)),
    Link(LinkedService.LITIGATION, UUID(int=2)),
)
HANDLERS = ("li-si", "wang-wu", "zhao-liu")
_days = st.integers(-3, 3).map(lambda days: DAY + timedelta(days=days))
_names = st.lists(st.sampled_from((*WORDS, "公", "甲 乙", "x")), max_size=3).map("".join)
_cases = st.lists(
    st.builds(
        Kept,
        place=st.just(0),
        office=st.sampled_from(OFFICES),
        region=st.sampled_from(REGIONS),
        status=st.sampled_from(STATUSES),
        due_on=st.none() | _days,
        number=st.sampled_from(("政复", "杭政复〔2026〕")),
        respondent=st.none() | _names,
        field=st.none() | _names,
        links=st.sampled_from([(), LINKS[:1], LINKS[1:2], LINKS[2:], LINKS[:2], LINKS]),
        handlers=st.sampled_from([(), HANDLERS[:2], HANDLERS[1:], HANDLERS]),
    ),
    max_size=24,
).map(lambda cases: [replace(case, place=place) for place, case in enumerate(cases)])
_queries = st.builds(
    CaseQuery,
    offices=st.none() | st.frozensets(st.sampled_from((*OFFICES, "reconsideration-999999")), max_size=2),
    statuses=st.lists(st.sampled_from(STATUSES), max_size=2, unique=True).map(tuple),
    due_from=st.none() | _days,
    due_to=st.none() | _days,
    regions=st.none() | st.frozensets(st.sampled_from((*REGIONS, "110000")), max_size=2),
    text=st.builds(sought, st.none() | st.sampled_from((*WORDS, "公安 政复")), numbers_only=st.booleans()),
    order=st.sampled_from(Order),
)
# With at most one other condition, or hardly any case would be found at all.
_others: st.SearchStrategy[dict[str, Any]] = st.sampled_from(
    [
        {},
        {"offices": frozenset(OFFICES[:2])},
        {"statuses": STATUSES[:2]},
        {"due_to": DAY},
        {"regions": frozenset(REGIONS[:1])},
        {"text": sought("政复")},
        {"handler": HANDLERS[0]},
    ]
)
_linked_queries = st.builds(
    lambda linked_to, order, other: replace(CaseQuery(linked_to=linked_to, order=order), **other),
    st.sampled_from(LINKS),
    st.sampled_from(Order),
    _others,
)
_handled_queries = st.builds(
    lambda handler, order, other: replace(CaseQuery(order=order), **{**other, "handler": handler}),
    st.sampled_from((*HANDLERS, "nobody")),
    st.sampled_from(Order),
    _others,
)
# What the index of due dates holds whole.
_due_queries = st.builds(
    CaseQuery,
    offices=st.none() | st.frozensets(st.sampled_from((*OFFICES, "reconsideration-999999")), max_size=2),
    due_from=st.none() | _days,
    due_to=_days,
)
_scopes = st.just(acting()) | st.lists(st.sampled_from(OFFICES), min_size=1, max_size=3).map(
    lambda offices: acting(*offices)
)


@pytest.fixture(params=["whole", "stretches"])
def stretched(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once as it is, once with bounds so low that the few cases of a test walk every way."""
    if request.param == "stretches":
        monkeypatch.setattr(listing, "FEW", 2)
        monkeypatch.setattr(listing, "_STRETCH", 2)
        monkeypatch.setattr(listing, "_LEAST", 2)
        monkeypatch.setattr(listing, "_COMMON", 1)
        monkeypatch.setattr(listing, "_SORTED", 2)


@pytest.mark.usefixtures("stretched")
@pytest.mark.parametrize(
    "queries",
    [_queries, _linked_queries | _handled_queries, _due_queries],
    ids=["of_all_kinds", "by_what_the_cases_name_and_who_handles_them", "of_what_falls_due_by_filing"],
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(cases=_cases, drawn=st.data())
def test_a_list_is_what_looking_at_each_case_finds(
    database: Database, queries: st.SearchStrategy[CaseQuery], cases: list[Kept], drawn: st.DataObject
) -> None:
    asked = drawn.draw(st.lists(st.tuples(queries, _scopes), min_size=6, max_size=6))
    empty(database)
    keep(database, cases)

    for query, by in asked:
        assert read(database, by, query) == expected(cases, by, query), (query, by.scope)


QUERIES = {
    "all": CaseQuery(),
    "state": CaseQuery(statuses=("received",)),
    "due": CaseQuery(order=Order.DUE),
    "due_by_filing": CaseQuery(due_to=DAY + timedelta(days=9)),
    "text": CaseQuery(text=sought("公安局")),
    "text_due": CaseQuery(text=sought("公安局"), order=Order.DUE),
    "offices": CaseQuery(offices=frozenset(OFFICES)),
    "linked": CaseQuery(linked_to=LINKS[0]),
    "handled": CaseQuery(handler=HANDLERS[0]),
}
# What a case may lose in these tests, or does not have, does not take it off these lists.
KEPT_ON = (QUERIES["all"], QUERIES["offices"], QUERIES["linked"], QUERIES["handled"])


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_pages_neither_drop_nor_double_a_case_while_others_change(
    database: Database, query: CaseQuery
) -> None:
    kept = [
        Kept(
            place,
            office=OFFICES[place % 3],
            respondent="公安局",
            due_on=DAY + timedelta(days=place // 4),
            links=LINKS[:1],
            handlers=HANDLERS[:2],
        )
        for place in range(12)
    ]
    keep(database, kept)
    by = acting(*OFFICES[:3])

    first = page(database, by, query, limit=4)
    change(database, replace(kept[0], respondent="税务局"))  # shown before, and rewritten
    change(database, replace(kept[11], status="closed", due_on=None, respondent=None))  # leaves the list
    keep(
        database,
        [
            Kept(
                12,
                respondent="公安局",
                due_on=DAY + timedelta(days=9),
                links=LINKS[:1],
                handlers=HANDLERS[:2],
            )
        ],
    )
    rest = page(database, by, query, after=ended(first[3], query), limit=50)

    left = {kept[11].id} if query not in KEPT_ON else set()
    assert [row.id for row in first[:4]] == [case.id for case in kept[:4]]
    assert [row.id for row in rest] == [case.id for case in (*kept[4:], Kept(12)) if case.id not in left]


def test_a_case_that_ended_a_page_may_change_before_the_next_one(database: Database) -> None:
    kept = [Kept(place, respondent="公安局") for place in range(4)]
    keep(database, kept)
    query = CaseQuery(text=sought("公安局"))

    first = page(database, acting(), query, limit=2)
    change(database, replace(kept[1], respondent="税务局"))
    rest = page(database, acting(), query, after=ended(first[1], query), limit=2)

    assert [row.id for row in rest] == [kept[2].id, kept[3].id]


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
@pytest.mark.parametrize("offices", [OFFICES[:1], OFFICES[:2]])
def test_foreign_offices_are_never_seen(
    database: Database, query: CaseQuery, offices: tuple[str, ...]
) -> None:
    kept = [
        Kept(place, office=office, respondent="公安局", due_on=DAY, links=LINKS[:1], handlers=HANDLERS[:2])
        for place, office in enumerate(OFFICES)
    ]
    keep(database, kept)

    found = read(database, acting(*offices), query)

    assert found == [case.id for case in kept if case.office in offices]


def test_whoever_may_see_no_office_sees_no_case(database: Database) -> None:
    keep(database, [Kept(0, respondent="公安局", links=LINKS[:1], handlers=HANDLERS[:2])])
    nobody = Acting("somebody", "token", "clerk", "office", Scope(frozenset()))

    assert [read(database, nobody, query) for query in QUERIES.values()] == [[]] * len(QUERIES)


@pytest.mark.parametrize(
    ("corrected", "found"),
    [
        ({"respondent": "税务局"}, []),
        ({"respondent": None, "number": "公安局"}, [0]),
        ({"office": OFFICES[1]}, [0]),
    ],
)
def test_a_corrected_case_is_found_by_its_new_words_only(
    database: Database, corrected: dict[str, Any], found: list[int]
) -> None:
    keep(database, [Kept(0, respondent="甲公安局")])
    query = CaseQuery(text=sought("公安局"), offices=frozenset({corrected.get("office", OFFICES[0])}))

    change(database, replace(Kept(0, respondent="甲公安局"), **corrected))

    assert read(database, acting(), query) == [Kept(place).id for place in found]


@pytest.mark.parametrize(
    "text",
    [
        '"公安局"', "公安' OR '1'='1", "公安* OR xy", "NEAR(公安 局)", "number:公安", "%%", "__", "公安-局", "{公安}",
        "\\\\", "^公安", "(公安", "公安)", '""', "'';--", "AND OR", "🈚🈚", "é́",
    ],
)  # fmt: skip
def test_hostile_words_are_only_words(database: Database, text: str) -> None:
    kept = [Kept(0, respondent=f"甲{text}乙"), Kept(1, respondent="公安局"), Kept(2)]
    keep(database, kept)

    found = read(database, acting(OFFICES[0]), CaseQuery(text=sought(text)))

    assert kept[0].id in found
    assert kept[2].id not in found
    assert (kept[1].id in found) is all(word in "公安局" for word in text.split())
