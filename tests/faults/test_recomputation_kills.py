"""Kill -9 while due dates are recomputed after a holiday notice: each is recomputed once, with its event and its audit.

The child says each statement and each commit; the test lets it say a random number of lines and kills it there. The
next child goes on, and after the last kill the service itself, started again, does what is left.
"""

import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, select

from services.reconsideration import main
from services.reconsideration.models import AUDIT, CALENDARS, EVENTS, JOURNAL, METADATA, CaseRow, ClockRow
from shared.kit.calendars import Notice
from shared.kit.database import Database
from tests.reconsideration.office import Office
from tests.support.databases import NewDatabases
from tests.support.holidays import december
from tests.support.processes import ROOT
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings
from tests.support.waiting import until_now

CASES = 40
KILLS = 3
# A batch of five cases says about eighty lines.
LINES = (60, 150)
SEED = 20261220
BEFORE, AFTER = (1, date(2027, 2, 5), True), (2, date(2027, 2, 15), False)
# What holds each version of a case once: (case, version).
TRAILS: Mapping[Table, tuple[Column[Any], Column[Any]]] = {
    JOURNAL.table: (JOURNAL.table.c.case_id, JOURNAL.table.c.case_version),
    EVENTS.event: (EVENTS.event.c.case_id, EVENTS.event.c.case_version),
    AUDIT.audit: (AUDIT.audit.c.object_id, AUDIT.audit.c.version),
}


@pytest.fixture
def database_url(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    with new_databases.migrated(database_kind, tmp_path, "reconsideration") as url:
        yield url


@pytest.fixture
def books(database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    yield database
    database.dispose()


@contextmanager
def serving(url: str, folder: Path) -> Iterator[Office]:
    service = main.create(settings(url, folder), nats_url=NOWHERE, clock=december, directory=ONLY_OPERATOR)
    with client_of(service) as client:
        yield Office(client)


def test_kills_while_due_dates_are_recomputed_leave_each_recomputed_once(
    database_url: str, books: Database, tmp_path: Path
) -> None:
    print(f"seed {SEED}")
    dice = random.Random(SEED)
    rows = "".join(f"{number},150625,2026-12-07,2026-12-07\n" for number in range(1, CASES + 1))
    with serving(database_url, tmp_path) as office:
        ledger = f"案号,复议机关所在地,收到日期,受理日期\n{rows}".encode()
        assert office.bring(ledger).status_code == 200
    assert recomputed(books) == 0

    inside = 0
    for _ in range(KILLS):
        run_and_kill(database_url, tmp_path, dice)
        inside += 0 < recomputed(books) < CASES
    with serving(database_url, tmp_path):
        until_now(lambda: is_complete(books), what="the rest is recomputed")

    print(f"{inside} of {KILLS} kills found the recomputation begun and unfinished")
    assert inside >= KILLS / 2
    assert recomputed(books) == CASES


def run_and_kill(url: str, folder: Path, dice: random.Random) -> None:
    """Let a child work until it has said a random number of lines, and kill it in the middle of whatever follows."""
    child = subprocess.Popen(
        [sys.executable, "-m", "tests.support.recomputation_child", url, str(folder)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    assert child.stdout is not None
    for _ in range(dice.randint(*LINES)):
        assert child.stdout.readline(), f"the child ended by itself: {child.wait()}"
    child.kill()
    child.stdout.close()
    child.wait()


def notice(books: Database) -> Notice | None:
    with books.reading() as session:
        return next((each for each in CALENDARS.standing(session) if each.arranged.year == 2027), None)


def is_complete(books: Database) -> bool:
    found = notice(books)
    return found is not None and found.recomputed_at is not None


def recomputed(books: Database) -> int:
    """How many cases are recomputed: wholly and once each, or else as if nothing had begun; and the notice says so."""
    with books.reading() as session:
        cases = {
            str(row.id): (row.version, row.decision_due_on, row.due_provisional)
            for row in session.execute(select(CaseRow)).scalars()
        }
        clocks = {
            str(row.case_id): (row.due_on, row.provisional)
            for row in session.execute(select(ClockRow)).scalars()
            if row.kind == "decision"
        }
        trails = {
            table.name: Counter(
                (str(row[0]), row[1]) for row in session.execute(select(*asked)) if str(row[0]) in cases
            )
            for table, asked in TRAILS.items()
        }
    assert len(cases) == CASES
    done = {case for case, found in cases.items() if found == AFTER}
    assert {found for case, found in cases.items() if case not in done} <= {BEFORE}
    assert clocks == {case: found[1:] for case, found in cases.items()}
    once = Counter([(case, 1) for case in cases] + [(case, 2) for case in done])
    assert trails == dict.fromkeys(trails, once)
    known = notice(books)
    assert (known.recalculated, known.moved) == (len(done),) * 2 if known else not done
    return len(done)
