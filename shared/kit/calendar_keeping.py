"""Keeps a service's due dates in step with its calendar: imports a notice, and recomputes batch by batch.

The notice and each batch are transactions of their own. What a kill leaves unfinished stands in the table as
unfinished, and is taken up by the next import, at the next start, and every minute meanwhile.
"""

import asyncio
import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from sqlmodel import Session

from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import Clock
from shared.kernel.holidays import HolidayYear
from shared.kit.acting import OWN_WORK, Acting
from shared.kit.audit import AuditEntry, AuditTrail
from shared.kit.calendars import (
    LOCK,
    Batch,
    Calendars,
    CurrentCalendar,
    Notice,
    Recompute,
    Stretch,
    without_due_dates,
)
from shared.kit.database import Database
from shared.kit.threads import in_thread

_TURN = "calendar.recomputation"
EVERY_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import: with `changed` False the notice was known already.

    `recalculated` cases got a new version, `moved` of them another date; `complete` when no case is left.
    """

    changed: bool
    recalculated: int
    moved: int
    complete: bool


class CalendarKeeping:
    """The calendar of one running service. `run` belongs to its workers, `ship` to its start."""

    def __init__(
        self,
        database: Database,
        calendars: Calendars,
        audit: AuditTrail,
        clock: Clock,
        *,
        recompute: Recompute = without_due_dates,
    ) -> None:
        self.current = CurrentCalendar(database, calendars)
        self._database = database
        self._calendars = calendars
        self._audit = audit
        self._clock = clock
        self._recompute = recompute

    def ship(self, session: Session, *, builtin: WorkCalendar | None = None) -> None:
        """Write down what this release brings along."""
        self._database.alone(session, LOCK)
        self._calendars.ship(session, self._clock(), builtin=builtin)

    def standing(self) -> list[Notice]:
        with self._database.reading() as session:
            return self._calendars.standing(session)

    def take_in(self, arranged: HolidayYear, *, source: str, action: str, acting: Acting) -> Imported:
        """载入放假安排, and recompute every due date that it may move; returns when that is done.

        Raises:
            whatever a batch raises; the notice then counts, and the rest is recomputed later
        """
        with self._database.writing(acting) as session:
            # Whoever has asked for the calendar in a transaction ends it first, and is then recomputed with the rest.
            self._database.alone(session, LOCK)
            before = self._of_year(session, arranged.year)
            changed = self._calendars.imported(session, arranged, self._clock(), source=source)
            if changed:
                entry = AuditEntry(
                    action=action,
                    object_kind="holiday_notice",
                    object_id=str(arranged.year),
                    version=sum(
                        notice.arranged.year == arranged.year for notice in self._calendars.history(session)
                    ),
                    digest=digest_of(arranged),
                )
                self._audit.record(session, [entry], self._clock())
        self.recompute()
        with self._database.reading() as session:
            after = self._of_year(session, arranged.year)
            complete = self._calendars.pending(session) is None
        done = (after.recalculated, after.moved) if after else (0, 0)
        if before is not None and not changed:  # it may have been left unfinished
            done = (done[0] - before.recalculated, done[1] - before.moved)
        return Imported(changed, done[0], done[1], complete)

    def would_take_in(self, arranged: HolidayYear) -> Imported:
        """What `take_in` would do; nothing is written."""
        with self._database.reading() as session:
            known = self._calendars.calendar(session)
            if known.notice_of(arranged.year) == arranged:
                return Imported(changed=False, recalculated=0, moved=0, complete=True)
            calendar = known.with_year(arranged)
            stretch: Stretch | None = Stretch(arranged.year, dry_run=True)
            recalculated = moved = 0
            while stretch is not None:
                batch = self._recompute(session, calendar, stretch, self._clock())
                recalculated, moved = recalculated + batch.recalculated, moved + batch.moved
                stretch = None if batch.after is None else replace(stretch, after=batch.after)
        return Imported(changed=True, recalculated=recalculated, moved=moved, complete=True)

    def recompute(self) -> None:
        """Recompute all that is unfinished, a batch a transaction."""
        while self._next():
            pass

    def _next(self) -> bool:
        """One batch, where one is unfinished; False when nothing is left to do."""
        return self._unfinished() and self._batch()

    def _unfinished(self) -> bool:
        with self._database.reading() as session:
            return self._calendars.pending(session) is not None

    def _batch(self) -> bool:
        """One batch; False when another replica has done the last one meanwhile."""
        now: datetime = self._clock()
        # As the service itself: it concerns the cases of every office, and goes on when whoever began it has left.
        with self._database.writing(OWN_WORK) as session:
            self._database.alone(session, _TURN)
            notice = self._calendars.pending(session)
            if notice is None:
                return False
            with self.current.within(session):
                stretch = Stretch(notice.arranged.year, after=notice.recomputed_to)
                batch: Batch = self._recompute(session, self.current.calendar(), stretch, now)
            self._calendars.advance(session, notice, batch, now)
        return True

    def _of_year(self, session: Session, year: int) -> Notice | None:
        return next((each for each in self._calendars.standing(session) if each.arranged.year == year), None)

    async def run(self) -> None:
        """Take up what was left unfinished, at the start and from time to time."""
        while True:
            while await in_thread(
                self._next
            ):  # batch by batch: whoever stops the service waits for one at most
                pass
            await asyncio.sleep(EVERY_SECONDS)


def digest_of(arranged: HolidayYear) -> str:
    """SHA-256 over the days of a notice, to compare what services were told."""
    told = {
        "year": arranged.year,
        "off": sorted(map(str, arranged.off)),
        "on": sorted(map(str, arranged.on)),
    }
    return hashlib.sha256(orjson.dumps(told, option=orjson.OPT_SORT_KEYS)).hexdigest()
