"""How long a reader waits for the figures of a region and a year, and for the cases behind one, by number of facts."""

import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, closing
from statistics import median

from services.reporting import figures
from services.reporting.facts import DEFAULT_SCOPE
from services.reporting.figures import FIRST
from services.reporting.indicators import find
from services.reporting.main import MIGRATIONS
from services.reporting.models import METADATA
from shared.kernel.regions import NATION, RegionTree
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.bench import bulk, cases
from tests.bench.rig import Json, Rig
from tests.bench.sizes import Sizes
from tests.bench.taking_in import Reporting

YEAR = "2022"
PAGE = 100
COMMON = "IND-AR-4"  # 维持率: every second case
RARE = "IND-AR-7"  # 调解结案率: one in a hundred
Question = Callable[[Database], None]


def _places() -> Mapping[str, str]:
    county = cases.counties()[len(cases.counties()) // 2]
    _, prefecture, province, nation = RegionTree.builtin().ancestors(county)
    assert nation == NATION
    return {"county": county, "prefecture": prefecture, "province": province, "nation": nation}


def _figures_of(region: str) -> Question:
    """All figures that the page of a region shows."""
    tree = RegionTree.builtin()

    def ask(database: Database) -> None:
        asked = figures.question(tree, region=region, period=YEAR, own=False, scope=DEFAULT_SCOPE)
        with database.reading() as session:
            report = figures.report(session, asked, figures.chosen(None, None), compare=False, now=cases.NOW)
        assert report.counts["ar.received"] or region != NATION

    return ask


def _cases_of(region: str, indicator: str) -> Question:
    """The first page of the cases behind a rate."""
    tree = RegionTree.builtin()

    def ask(database: Database) -> None:
        asked = figures.question(tree, region=region, period=YEAR, own=False, scope=DEFAULT_SCOPE)
        expression = figures.part_of(find(indicator).definition(None), "numerator")
        with database.reading() as session:
            page = figures.counted_cases(session, tree, asked, expression, after=FIRST, limit=PAGE)
        assert len(page.items) == min(page.total, PAGE)

    return ask


def questions() -> Mapping[str, Question]:
    places = _places()
    return {
        **{f"figures_{name}": _figures_of(region) for name, region in places.items()},
        "cases_county": _cases_of(places["county"], COMMON),
        "cases_nation": _cases_of(places["nation"], COMMON),
        "cases_nation_rare": _cases_of(places["nation"], RARE),
    }


def measure(rig: Rig, sizes: Sizes) -> Json:
    asked = questions()
    taken: dict[tuple[str, int, str], list[float]] = {}
    with ExitStack() as stack:
        filled: dict[tuple[str, int], Database] = {}
        for kind in rig.kinds:
            filled[kind, sizes.few_facts] = _few(rig, kind, sizes.few_facts, stack)
            filled[kind, sizes.many_facts] = _many(rig, kind, sizes, stack)
        for _ in sizes.rounds():
            rig.told("query: asking")
            for (kind, count), database in filled.items():
                for name, ask in asked.items():
                    taken.setdefault((kind, count, name), []).append(_milliseconds(ask, database))
    told = {place: median(times) for place, times in taken.items()}
    rounds = min(map(len, taken.values()))
    return {kind: {"rounds": rounds, **_table(kind, sizes, list(asked), told)} for kind in rig.kinds}


def _milliseconds(ask: Question, database: Database) -> float:
    began = time.perf_counter()
    ask(database)
    return (time.perf_counter() - began) * 1000


def _table(kind: str, sizes: Sizes, names: list[str], told: Mapping[tuple[str, int, str], float]) -> Json:
    """Milliseconds by number of facts; `ratio` is how they grow with that number."""
    few, many = sizes.few_facts, sizes.many_facts
    return {
        **{
            f"{count}_facts_ms": {name: round(told[kind, count, name], 2) for name in names}
            for count in (few, many)
        },
        "ratio": {name: round(told[kind, many, name] / told[kind, few, name], 2) for name in names},
    }


def _few(rig: Rig, kind: str, count: int, stack: ExitStack) -> Database:
    """Through the intake."""
    rig.told(f"query: taking in {count:,} facts, {kind}")
    reporting = stack.enter_context(closing(Reporting(rig.database_url(kind))))
    reporting.apply_all(cases.messages(count))
    reporting.check(facts=count)
    bulk.settle(reporting.database)
    return reporting.database


def _many(rig: Rig, kind: str, sizes: Sizes, stack: ExitStack) -> Database:
    rig.told(f"query: loading {sizes.many_facts:,} facts, {kind}")
    database = Database(rig.database_url(kind), METADATA)
    stack.callback(database.dispose)
    migrate(database, MIGRATIONS)
    bulk.load(database, count=sizes.many_facts, shapes=sizes.shapes)
    return database
