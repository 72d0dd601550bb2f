"""Loads very many facts, with the cells that the intake would have made of them, in the time of a bulk copy.

So many shapes are made with the real rules; every further case repeats a shape under a number of its own.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import psycopg

from services.reporting import facts, repository
from services.reporting.cells import CellSums
from services.reporting.measures import Measured, measures
from services.reporting.models import METADATA, fact
from shared.contracts.envelope import canonical
from shared.contracts.identity import OfficeKind
from shared.contracts.reconsideration import KIND
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.offices import code_of
from tests.bench import cases
from tests.bench.rig import plain

COLUMNS = tuple(column.name for column in fact.columns)
INTO = f"fact ({', '.join(COLUMNS)})"
MOMENT = cases.NOW.replace(tzinfo=None).isoformat(" ", "microseconds")
Row = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Shape:
    region: str
    scope: str
    number: str
    text: str
    measured: tuple[Measured, ...]


def shape(case: int) -> Shape:
    told = cases.closed(case)
    return Shape(
        region=told.authority_region,
        scope=facts.scope_of(KIND, facts.DEFAULT_SCOPE),
        number=told.case_number,
        text=canonical(told).decode(),
        measured=measures(KIND, told),
    )


def load(database: Database, *, count: int, shapes: int) -> None:
    """Fill an empty, migrated reporting database with `count` cases."""
    made = [shape(case) for case in range(shapes)]
    _save_facts(database, _rows(made, count))
    sums = CellSums()
    for each in made:
        sums.add(KIND, each.region, each.scope, each.measured, sign=count // shapes)
    with database.writing() as session:
        for kind, cells in sums.cells(RegionTree.builtin().ancestors).items():
            repository.add_to_cells(session, kind, cells)
    settle(database)


def settle(database: Database) -> None:
    """What a database does by itself in its first quiet minutes: nobody asks about a million cases before."""
    if database.is_sqlite:
        with database.engine.connect() as connection:
            connection.exec_driver_sql("ANALYZE")
        return
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in METADATA.sorted_tables:
            connection.exec_driver_sql(f"VACUUM ANALYZE {table.name}")


def _rows(made: list[Shape], count: int) -> Iterator[Row]:
    for case in range(count):
        like = made[case % len(made)]
        text = like.text.replace(like.number, cases.number_of(case))
        days = [day.isoformat() for _, day, _ in like.measured]
        yield (
            KIND,
            str(cases.identity(case)),
            1,
            like.region,
            like.scope,
            code_of(OfficeKind.RECONSIDERATION, like.region),
            min(days),
            max(days),
            str(cases.identity(case, 1)),
            text,
            hashlib.sha256(text.encode()).hexdigest(),
            MOMENT,
            MOMENT,
        )


def _save_facts(database: Database, rows: Iterator[Row]) -> None:
    assert COLUMNS[:8] == ("kind", "case_id", "version", "region", "scope", "office", "first_on", "last_on")
    if database.is_sqlite:
        places = ", ".join("?" * len(COLUMNS))
        with database.engine.begin() as connection:
            driver = connection.connection.driver_connection
            assert driver is not None
            driver.executemany(f"INSERT INTO {INTO} VALUES ({places})", rows)
        return
    url = plain(database.url.render_as_string(hide_password=False))
    with psycopg.connect(url) as direct, direct.cursor() as cursor:
        cursor.execute("SET TIME ZONE 'UTC'")
        with cursor.copy(f"COPY {INTO} FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
