"""The holiday notices that one service has been given, and the calendar that it counts by (CAL-4, CAL-11).

A notice is a row that is never changed or deleted: one that is corrected within its year is superseded. Beside it
stands how far the due dates of the cases have been recomputed by it.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import ModuleType
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from shared.kernel.calendar import WorkCalendar
from shared.kernel.holidays import HolidayYear
from shared.kit.database import Database, UtcDateTime

if TYPE_CHECKING:
    from alembic.operations import Operations

Origin = Literal["builtin", "imported"]
LONGEST_SOURCE = 300
LONGEST_CURSOR = 100
_BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")
# The notices that every release before this table counted by: books of that time need no recomputation by them.
_ALWAYS_SHIPPED = 2026
_FIXED = ("year", "off_days", "on_days", "source", "origin", "imported_at")
_GUARDS = {
    "sqlite": (
        f"CREATE TRIGGER holiday_notice_is_never_changed BEFORE UPDATE OF {', '.join(_FIXED)} ON holiday_notice"
        " BEGIN SELECT RAISE(ABORT, 'holiday notices are never changed'); END",
        "CREATE TRIGGER holiday_notice_is_never_deleted BEFORE DELETE ON holiday_notice"
        " BEGIN SELECT RAISE(ABORT, 'holiday notices are never deleted'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_notice_change() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'holiday notices are never changed or deleted'; END $$",
        f"CREATE TRIGGER holiday_notice_is_never_changed BEFORE UPDATE OF {', '.join(_FIXED)} ON holiday_notice"
        " FOR EACH ROW EXECUTE FUNCTION refuse_notice_change()",
        "CREATE TRIGGER holiday_notice_is_never_deleted BEFORE DELETE ON holiday_notice"
        " FOR EACH ROW EXECUTE FUNCTION refuse_notice_change()",
    ),
}


def _parts() -> tuple[Any, ...]:
    return (
        sa.Column("id", _BIG, primary_key=True, autoincrement=True),
        sa.Column("year", sa.Integer, nullable=False),
        sa.Column("off_days", sa.JSON, nullable=False),
        sa.Column("on_days", sa.JSON, nullable=False),
        sa.Column("source", sa.String(LONGEST_SOURCE), nullable=False),
        sa.Column("origin", sa.String(8), nullable=False),
        sa.Column("imported_at", UtcDateTime, nullable=False),
        sa.Column("superseded_at", UtcDateTime),
        sa.Column("recomputed_to", sa.String(LONGEST_CURSOR), nullable=False),
        sa.Column("recalculated", sa.Integer, nullable=False),
        sa.Column("moved", sa.Integer, nullable=False),
        sa.Column("recomputed_at", UtcDateTime),
        sa.CheckConstraint("origin IN ('builtin', 'imported')", name="holiday_notice_origin_is_known"),
        sa.CheckConstraint("moved BETWEEN 0 AND recalculated", name="holiday_notice_counts_what_it_moved"),
        sa.CheckConstraint("superseded_at >= imported_at", name="holiday_notice_superseded_after_import"),
        sa.CheckConstraint("recomputed_at >= imported_at", name="holiday_notice_recomputed_after_import"),
    )


def create_tables(op: "Operations | ModuleType") -> None:
    """The table of this module as of its first release; it refuses changes of what a notice says, and removal."""
    op.create_table("holiday_notice", *_parts(), sqlite_autoincrement=True)
    op.create_index(
        "one_standing_notice_per_year",
        "holiday_notice",
        ["year"],
        unique=True,
        sqlite_where=sa.text("superseded_at IS NULL"),
        postgresql_where=sa.text("superseded_at IS NULL"),
    )
    for statement in _GUARDS[op.get_bind().dialect.name]:
        op.execute(statement)


@dataclass(frozen=True, slots=True)
class Stretch:
    """The due dates that one notice may move, and how far along them a recomputation has come.

    `after` is a bookmark, "" at the beginning. With `dry_run` it only counts.
    """

    year: int
    after: str = ""
    dry_run: bool = False

    @property
    def reason(self) -> str:
        """Why a due date was recomputed, for the journal of its case."""
        return f"载入 {self.year} 年放假安排"

    @property
    def place(self) -> tuple[date, UUID] | None:
        """After which due date and case the next batch begins."""
        due_on, _, case_id = self.after.partition("/")
        return (date.fromisoformat(due_on), UUID(case_id)) if self.after else None

    @staticmethod
    def mark(due_on: date, case_id: UUID) -> str:
        """The bookmark behind this case."""
        return f"{due_on}/{case_id}"

    # Beside the year and what its notice may arrange around it: a period of working days that crosses a holiday
    # can end some weeks after it.
    @property
    def first(self) -> date:
        return date(self.year - 1, 10, 1)

    @property
    def last(self) -> date:
        return date(self.year + 1, 4, 1)


@dataclass(frozen=True, slots=True)
class Batch:
    """What one batch of a recomputation did: new versions of cases, how many of them with another date.

    `after` is where the next batch begins; None when there is nothing more.
    """

    recalculated: int = 0
    moved: int = 0
    after: str | None = None


# Recomputes one batch of due dates by this calendar, in the session's transaction.
Recompute = Callable[[Session, WorkCalendar, Stretch, datetime], Batch]


def without_due_dates(session: Session, calendar: WorkCalendar, stretch: Stretch, now: datetime) -> Batch:
    """For a service that keeps no due dates: it computes them whenever it is asked."""
    return Batch()


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice as it stands in the table."""

    id: int
    arranged: HolidayYear
    source: str
    origin: Origin
    imported_at: datetime
    superseded_at: datetime | None
    recomputed_to: str
    recalculated: int
    moved: int
    recomputed_at: datetime | None


class Calendars:
    """The table of holiday notices of one service, made in that service's metadata."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self.table = sa.Table("holiday_notice", metadata, *_parts(), sqlite_autoincrement=True)
        sa.Index(
            "one_standing_notice_per_year",
            self.table.c.year,
            unique=True,
            sqlite_where=sa.text("superseded_at IS NULL"),
            postgresql_where=sa.text("superseded_at IS NULL"),
        )

    def imported(self, session: Session, arranged: HolidayYear, now: datetime, *, source: str = "") -> bool:
        """载入放假安排: False, and nothing is written, when it is what the service already counts by."""
        if self.calendar(session).notice_of(arranged.year) == arranged:
            return False
        self._add(session, arranged, now, source=source, origin="imported", complete=False)
        return True

    def ship(self, session: Session, now: datetime, *, builtin: WorkCalendar | None = None) -> None:
        """Write down the notices that this release brings, at its start: a new one has cases to recompute.

        What was imported stays, and so does what a newer release brought before this one was started again.
        """
        known = self.history(session)
        first_start = not known
        for arranged in (builtin or WorkCalendar.builtin()).years:
            of_year = [notice for notice in known if notice.arranged.year == arranged.year]
            standing = next((notice for notice in of_year if notice.superseded_at is None), None)
            seen = any(notice.arranged == arranged for notice in of_year)
            if seen or (standing is not None and standing.origin == "imported"):
                continue
            complete = first_start and arranged.year <= _ALWAYS_SHIPPED
            self._add(session, arranged, now, source="随程序发布", origin="builtin", complete=complete)

    def _add(
        self,
        session: Session,
        arranged: HolidayYear,
        now: datetime,
        *,
        source: str,
        origin: Origin,
        complete: bool,
    ) -> None:
        table = self.table
        standing = (table.c.year == arranged.year, table.c.superseded_at.is_(None))
        ended = sa.case((table.c.imported_at > now, table.c.imported_at), else_=now)  # a clock may run behind
        session.execute(sa.update(table).where(*standing).values(superseded_at=ended))
        session.execute(
            sa.insert(table).values(
                year=arranged.year,
                off_days=[day.isoformat() for day in sorted(arranged.off)],
                on_days=[day.isoformat() for day in sorted(arranged.on)],
                source=source,
                origin=origin,
                imported_at=now,
                recomputed_to="",
                recalculated=0,
                moved=0,
                recomputed_at=now if complete else None,
            )
        )

    def history(self, session: Session) -> list[Notice]:
        """All notices that this service ever had, oldest first."""
        return [_notice(row) for row in session.execute(sa.select(self.table).order_by(self.table.c.id))]

    def standing(self, session: Session) -> list[Notice]:
        """The notices that count, by year."""
        query = sa.select(self.table).where(self.table.c.superseded_at.is_(None))
        return [_notice(row) for row in session.execute(query.order_by(self.table.c.year))]

    def version(self, session: Session) -> int:
        """Grows with every import."""
        return int(session.execute(sa.select(sa.func.max(self.table.c.id))).scalar_one() or 0)

    def calendar(self, session: Session) -> WorkCalendar:
        """What is shipped, and over it what stands in the table."""
        calendar = WorkCalendar.builtin()
        for notice in self.standing(session):
            calendar = calendar.with_year(notice.arranged)
        return calendar

    def pending(self, session: Session) -> Notice | None:
        """The first notice by which cases are still to be recomputed."""
        unfinished = (self.table.c.superseded_at.is_(None), self.table.c.recomputed_at.is_(None))
        row = session.execute(
            sa.select(self.table).where(*unfinished).order_by(self.table.c.id).limit(1)
        ).first()
        return None if row is None else _notice(row)

    def advance(self, session: Session, notice: Notice, batch: Batch, now: datetime) -> None:
        """Remember, in the batch's own transaction, how far the recomputation by a notice has come."""
        done = {"recomputed_at": max(now, notice.imported_at)} if batch.after is None else {}
        session.execute(
            sa.update(self.table)
            .where(self.table.c.id == notice.id)
            .values(
                recomputed_to=batch.after or notice.recomputed_to,
                recalculated=self.table.c.recalculated + batch.recalculated,
                moved=self.table.c.moved + batch.moved,
                **done,
            )
        )


def _notice(row: sa.Row[Any]) -> Notice:
    return Notice(
        id=row.id,
        arranged=HolidayYear(row.year, _days(row.off_days), _days(row.on_days)),
        source=row.source,
        origin=row.origin,
        imported_at=row.imported_at,
        superseded_at=row.superseded_at,
        recomputed_to=row.recomputed_to,
        recalculated=row.recalculated,
        moved=row.moved,
        recomputed_at=row.recomputed_at,
    )


def _days(told: Sequence[str]) -> frozenset[date]:
    return frozenset(map(date.fromisoformat, told))


# So long may a replica show due dates by the calendar of before an import that was made at another.
STALE = timedelta(seconds=2)
_KEY = "calendar"
LOCK = "calendar"


class CurrentCalendar:
    """现行工作日历: the calendar that counts now, and throughout one transaction the same.

    Outside a transaction it is looked at every two seconds at most. Inside `within` the version is read in the
    transaction itself; on PostgreSQL an import waits for those who have asked, so that no case is written by an
    old calendar after the recomputation has gone by.
    """

    def __init__(
        self, database: Database, calendars: Calendars, *, moment: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._calendars = calendars
        self._moment = moment
        self._known: tuple[int, WorkCalendar] | None = None
        self._looked_at = 0.0
        self._looking = threading.Lock()
        self._thread = threading.local()

    def calendar(self) -> WorkCalendar:
        session: Session | None = getattr(self._thread, "session", None)
        if session is not None:
            return self._of(session)
        known = self._known
        if known is not None and self._moment() - self._looked_at < STALE.total_seconds():
            return known[1]
        # One looks, the others go on with what they know: they may hold a connection, and must not want another.
        if not self._looking.acquire(blocking=known is None):
            assert known is not None
            return known[1]
        try:
            with self._database.reading() as looking:
                found = self._read(looking)
            self._looked_at = self._moment()
            return found
        finally:
            self._looking.release()

    @contextmanager
    def within(self, session: Session) -> Iterator[None]:
        """Whoever asks in this block is told the calendar of this transaction."""
        before = getattr(self._thread, "session", None)
        self._thread.session = session
        try:
            yield
        finally:
            self._thread.session = before

    def _of(self, session: Session) -> WorkCalendar:
        found = session.info.get(_KEY)
        if not isinstance(found, WorkCalendar):
            self._database.together(session, LOCK)
            found = session.info[_KEY] = self._read(session)
        return found

    def _read(self, session: Session) -> WorkCalendar:
        version = self._calendars.version(session)
        known = self._known
        if known is None or known[0] != version:
            known = self._known = (version, self._calendars.calendar(session))
        return known[1]
