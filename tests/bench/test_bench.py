"""The measurements work: every number that the document promises is there and positive. None is judged."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.reporting.main import MIGRATIONS
from services.reporting.models import METADATA
from services.reporting.recount import recount
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.bench import bulk
from tests.bench.listing import listings
from tests.bench.measuring import measured
from tests.bench.plans import WHOLE_TABLE
from tests.bench.rig import Rig
from tests.bench.sizes import QUICK, TINY, WHOLE

DECLARED = {
    "filing": {
        f"concurrency_{connections}.{key}"
        for connections in (1, 8)
        for key in ("ours.cases_per_s", "bare.cases_per_s", "ours.p50_ms", "ours.p99_ms", "ratio")
    },
    "security_cost": {
        f"concurrency_{connections}.{key}"
        for connections in (1, 8)
        for key in (
            *(f"{who}.p50_ms" for who in ("clerk", "operator", "unsecured")),
            *("ratio", "ratio_operator", "cpu_ratio"),
        )
    },
    "import": {"rows", "rounds", "rows_per_s"},
    "relay": {"events", "rounds", "events_per_s", "cpu_us_per_event"},
    "intake": {"events", "events_per_s", "apply_alone.events_per_s", "ratio_to_apply_alone"},
    "query": {
        f"{table}.{question}"
        for table in (f"{TINY.few_facts}_facts_ms", f"{TINY.many_facts}_facts_ms", "ratio")
        for question in (
            *(f"figures_{place}" for place in ("county", "prefecture", "province", "nation")),
            *("cases_county", "cases_nation", "cases_nation_rare"),
        )
    },
}
DECLARED["listing"] = {"cases", "turns", *(f"ms.{name}.first_page" for name in listings())}
SERVED = frozenset({"filing", "security_cost", "import"})


@pytest.mark.parametrize("name", sorted(DECLARED))
def test_a_measurement_gives_the_numbers_it_declares(name: str, tmp_path: Path, postgres_server: str) -> None:
    # Servers take seconds to start; the statements they share with the other measurements are tried on both there.
    rig = Rig(tmp_path, None if name in SERVED else postgres_server)

    document = measured(rig, TINY, [name])

    assert set(document) == {"machine", "taken_at", "seconds", "load_average", "results"}
    assert set(document["machine"]) == {"cpus", "python", "sqlite", "postgresql", "nats"}
    assert list(document["results"]) == [name]
    for kind in rig.kinds:
        numbers = dict(_leaves(document["results"][name][kind]))
        assert DECLARED[name] <= set(numbers), kind
        assert [key for key in DECLARED[name] if numbers[key] <= 0] == [], kind


def test_no_list_reads_a_whole_table(tmp_path: Path, postgres_server: str) -> None:
    # Of a few hundred rows PostgreSQL rightly reads all: the plans are told of as many as it takes to be worth it.
    rig = Rig(tmp_path, postgres_server)

    document = measured(rig, replace(TINY, listed_cases=20_000), ["listing"])

    for kind in rig.kinds:
        plans = document["results"]["listing"][kind]["plans"]
        assert [name for name, told in plans.items() if not told] == [], kind
        assert [
            (name, plan) for name, told in plans.items() for plan in told if WHOLE_TABLE.search(plan)
        ] == [], kind


def test_cells_loaded_in_bulk_equal_a_recount_of_the_facts(database_url: str) -> None:
    database = Database(database_url, METADATA)
    migrate(database, MIGRATIONS)

    bulk.load(database, count=300, shapes=100)

    with database.reading() as session:
        counted = recount(session, RegionTree.builtin())
    database.dispose()
    assert (counted.facts, counted.ok) == (300, True)
    assert counted.cells > 1000


def test_a_slow_machine_gets_fewer_rounds_but_never_less_than_the_least() -> None:
    assert list(replace(TINY, most_rounds=3, patience=60.0).rounds()) == [0, 1, 2]
    assert list(replace(TINY, most_rounds=3, patience=0.0).rounds()) == [0]
    assert list(replace(TINY, least_rounds=2, most_rounds=3, patience=0.0).rounds()) == [0, 1]


@pytest.mark.parametrize("sizes", [WHOLE, QUICK, TINY])
def test_many_facts_are_more_than_few(sizes: Any) -> None:
    assert sizes.few_facts < sizes.many_facts
    assert sizes.many_facts % sizes.shapes == 0


def _leaves(table: dict[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{above}{key}.")
        elif not isinstance(value, list):
            yield f"{above}{key}", value
