"""A process that takes in a holiday notice and recomputes due dates until it is killed.

`python -m tests.support.recomputation_child URL FOLDER`. It goes on with what it finds, as a service does at its start.
Every statement and every commit is one line on its output, so that whoever kills it can choose any place, also in the
middle of a transaction.
"""

import sys
from pathlib import Path
from typing import Any

from sqlalchemy import event

from services.reconsideration import main, use_cases
from services.reconsideration.models import AUDIT, CALENDARS, METADATA
from shared.kit.acting import OWN_WORK
from shared.kit.calendar_keeping import CalendarKeeping
from shared.kit.database import Database
from tests.support.holidays import SOURCE, YEAR_2027, december
from tests.support.suites import NOWHERE, settings

BATCH = 5


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _tell_every_statement(database: Database) -> None:
    def statement(*call: Any) -> None:
        _say(str(call[2]).split(maxsplit=1)[0])

    def commit(*_call: Any) -> None:
        _say("commit")

    event.listen(database._writer, "before_cursor_execute", statement)
    event.listen(database._writer, "commit", commit)


def recompute(url: str, folder: str) -> None:
    use_cases.RECALCULATED_AT_ONCE = BATCH
    # What unlocks the keys of these books is the start of their service.
    main.create(settings(url, Path(folder)), nats_url=NOWHERE, clock=december).migrate()
    database = Database(url, METADATA)
    keeping = CalendarKeeping(database, CALENDARS, AUDIT, december, recompute=use_cases.recalculate)
    _tell_every_statement(database)
    keeping.recompute()
    keeping.take_in(YEAR_2027, source=SOURCE, action="calendar.import", acting=OWN_WORK)


if __name__ == "__main__":
    recompute(*sys.argv[1:])
