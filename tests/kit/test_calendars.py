"""A holiday notice is taken in once, kept for ever, noticed everywhere, and recomputed by to the last case."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from threading import Event, Thread
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from shared.kernel.calendar import Unit, WorkCalendar, due
from shared.kernel.holidays import HolidayYear
from shared.kit import audit
from shared.kit.acting import OWN_WORK
from shared.kit.audit import AuditTrail
from shared.kit.calendar_keeping import CalendarKeeping, Imported, digest_of
from shared.kit.calendars import Batch, Calendars, CurrentCalendar, Stretch, create_tables
from shared.kit.database import Database
from tests.kit.crowd import at_once
from tests.support.databases import only_postgresql
from tests.support.holidays import OFF, ON, SOURCE, YEAR_2027

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
METADATA = sa.MetaData()
AUDIT = AuditTrail(METADATA)
CALENDARS = Calendars(METADATA)
# One period of 60 days each, as a service would keep it; `versions` counts how often it was written.
PERIOD = sa.Table(
    "period",
    METADATA,
    sa.Column("id", sa.Uuid, primary_key=True),
    sa.Column("start_on", sa.Date, nullable=False),
    sa.Column("due_on", sa.Date, nullable=False),
    sa.Column("provisional", sa.Boolean, nullable=False),
    sa.Column("versions", sa.Integer, nullable=False),
)
STARTS = [date(2026, 12, day) for day in range(1, 15)]
CORRECTED = HolidayYear(2027, YEAR_2027.off | {date(2027, 2, 15)}, YEAR_2027.on)


class Stopped(Exception):
    """The process died here."""


@dataclass
class Periods:
    """Recomputes three periods a batch; dies before batch number `dies_at`."""

    dies_at: int | None = None
    batches: list[int] = field(default_factory=list)

    def recompute(self, session: Session, calendar: WorkCalendar, stretch: Stretch, now: datetime) -> Batch:
        if len(self.batches) + 1 == self.dies_at:
            raise Stopped
        query = sa.select(PERIOD).where(PERIOD.c.due_on.between(stretch.first, stretch.last))
        rows = list(session.execute(query.order_by(PERIOD.c.due_on, PERIOD.c.id)))
        rows = [row for row in rows if stretch.place is None or (row.due_on, row.id) > stretch.place][:3]
        changed = moved = 0
        for row in rows:
            found = due(row.start_on, 60, Unit.CALENDAR_DAY, calendar)
            if (found.on, found.provisional) == (row.due_on, row.provisional):
                continue
            changed, moved = changed + 1, moved + (found.on != row.due_on)
            if not stretch.dry_run:
                values = {"due_on": found.on, "provisional": found.provisional}
                session.execute(
                    sa.update(PERIOD)
                    .where(PERIOD.c.id == row.id)
                    .values(versions=PERIOD.c.versions + 1, **values)
                )
        self.batches.append(changed)
        return Batch(changed, moved, Stretch.mark(rows[-1].due_on, rows[-1].id) if len(rows) == 3 else None)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    with opened.engine.begin() as connection:
        op = Operations(MigrationContext.configure(connection))
        create_tables(op)
        audit.create_tables(op)
        PERIOD.create(connection)
    yield opened
    opened.dispose()


def keeping(database: Database, periods: Periods | None = None) -> CalendarKeeping:
    recompute = (periods or Periods()).recompute
    return CalendarKeeping(database, CALENDARS, AUDIT, lambda: NOW, recompute=recompute)


def started(database: Database) -> None:
    """Periods that began in December 2026, counted by what is shipped."""
    with database.writing() as session:
        keeping(database).ship(session)
        for place, start in enumerate(STARTS):
            found = due(start, 60, Unit.CALENDAR_DAY, WorkCalendar.builtin())
            session.execute(
                sa.insert(PERIOD).values(
                    id=UUID(int=place),
                    start_on=start,
                    due_on=found.on,
                    provisional=found.provisional,
                    versions=1,
                )
            )


def take_in(keeper: CalendarKeeping, notice: HolidayYear = YEAR_2027) -> Imported:
    return keeper.take_in(notice, source=SOURCE, action="test.calendar", acting=OWN_WORK)


def versions(database: Database) -> list[int]:
    with database.reading() as session:
        return list(session.execute(sa.select(PERIOD.c.versions).order_by(PERIOD.c.start_on)).scalars())


def dates(database: Database) -> list[tuple[date, bool]]:
    with database.reading() as session:
        rows = session.execute(sa.select(PERIOD.c.due_on, PERIOD.c.provisional).order_by(PERIOD.c.start_on))
        return [(row.due_on, row.provisional) for row in rows]


def expected(calendar: WorkCalendar) -> list[tuple[date, bool]]:
    found = [due(start, 60, Unit.CALENDAR_DAY, calendar) for start in STARTS]
    return [(each.on, each.provisional) for each in found]


LOADED = WorkCalendar.builtin().with_year(YEAR_2027)


def test_migration_and_model_describe_the_same_table(database: Database) -> None:
    inspector = sa.inspect(database.engine)
    described = {
        str(rule.name) for rule in CALENDARS.table.constraints if isinstance(rule, sa.CheckConstraint)
    }

    assert {rule["name"] for rule in inspector.get_check_constraints("holiday_notice")} == described
    assert [index["name"] for index in inspector.get_indexes("holiday_notice")] == [
        "one_standing_notice_per_year"
    ]


def test_what_is_shipped_is_written_down_once_and_counts_as_recomputed(database: Database) -> None:
    for _ in range(2):
        with database.writing() as session:
            keeping(database).ship(session)

    standing = keeping(database).standing()
    assert [notice.arranged.year for notice in standing] == list(WorkCalendar.builtin().loaded_years)
    assert {notice.origin for notice in standing} == {"builtin"}
    assert all(notice.recomputed_at == NOW for notice in standing)


def test_a_notice_makes_provisional_dates_exact_and_moves_those_that_fall_on_a_holiday(
    database: Database,
) -> None:
    started(database)

    found = take_in(keeping(database))

    assert dates(database) == expected(LOADED)
    assert (found.changed, found.recalculated, found.complete) == (True, len(STARTS), True)
    assert 0 < found.moved < len(STARTS)
    assert set(versions(database)) == {2}


def test_importing_the_same_twice_changes_nothing(database: Database) -> None:
    started(database)
    keeper = keeping(database)
    take_in(keeper)

    assert take_in(keeper) == Imported(changed=False, recalculated=0, moved=0, complete=True)
    assert take_in(keeper, WorkCalendar.builtin().years[-1]).changed is False
    assert set(versions(database)) == {2}


def test_a_corrected_notice_replaces_the_earlier_one_which_is_kept(database: Database) -> None:
    started(database)
    keeper = keeping(database)
    take_in(keeper)

    found = take_in(keeper, CORRECTED)

    with database.reading() as session:
        of_year = [each for each in CALENDARS.history(session) if each.arranged.year == 2027]
        (entries,) = [session.execute(sa.select(AUDIT.audit).order_by(AUDIT.audit.c.id)).all()]
    assert [(each.arranged, each.superseded_at) for each in of_year] == [(YEAR_2027, NOW), (CORRECTED, None)]
    assert dates(database) == expected(WorkCalendar.builtin().with_year(CORRECTED))
    assert found.recalculated == found.moved == versions(database).count(3) > 0
    assert [(row.object_kind, row.object_id, row.version, row.digest) for row in entries] == [
        ("holiday_notice", "2027", 1, digest_of(YEAR_2027)),
        ("holiday_notice", "2027", 2, digest_of(CORRECTED)),
    ]


@pytest.mark.parametrize(
    "statement",
    [
        sa.update(CALENDARS.table).values(off_days=[]),
        sa.update(CALENDARS.table).values(source="x"),
        sa.delete(CALENDARS.table),
    ],
)
def test_the_database_refuses_to_change_or_remove_a_notice(
    database: Database, statement: sa.Update | sa.Delete
) -> None:
    started(database)

    with pytest.raises(DBAPIError, match="holiday notices are never"), database.writing() as session:
        session.execute(statement)


def test_a_dry_run_counts_what_would_change_and_writes_nothing(database: Database) -> None:
    started(database)
    keeper = keeping(database)

    counted = keeper.would_take_in(YEAR_2027)

    assert set(versions(database)) == {1}
    assert [notice.arranged.year for notice in keeper.standing()][-1] == 2026
    assert counted == take_in(keeper)
    assert keeper.would_take_in(YEAR_2027) == Imported(False, 0, 0, complete=True)


@pytest.mark.parametrize("dies_at", [1, 2, 5])
def test_a_recomputation_that_died_goes_on_where_it_stopped(database: Database, dies_at: int) -> None:
    started(database)
    with pytest.raises(Stopped):
        take_in(keeping(database, Periods(dies_at=dies_at)))
    half = versions(database)
    assert half.count(2) == 3 * (dies_at - 1)
    assert keeping(database).standing()[-1].recomputed_at is None

    later = Periods()
    keeping(database, later).recompute()

    assert versions(database) == [2] * len(STARTS)
    assert dates(database) == expected(LOADED)
    assert keeping(database).standing()[-1].recalculated == len(STARTS)
    assert sum(later.batches) == len(STARTS) - half.count(2)


def test_the_next_import_completes_what_an_earlier_one_left(database: Database) -> None:
    started(database)
    with pytest.raises(Stopped):
        take_in(keeping(database, Periods(dies_at=3)))

    found = take_in(keeping(database))

    assert (found.changed, found.recalculated, found.complete) == (False, len(STARTS) - 6, True)
    assert versions(database) == [2] * len(STARTS)


def test_several_who_recompute_at_once_write_each_period_once(database: Database) -> None:
    started(database)
    with pytest.raises(Stopped):
        take_in(keeping(database, Periods(dies_at=1)))

    at_once(3, lambda place: keeping(database).recompute())

    assert versions(database) == [2] * len(STARTS)


def test_a_release_that_ships_a_new_year_recomputes_by_it_and_leaves_what_was_imported(
    database: Database,
) -> None:
    started(database)
    keeper = keeping(database)
    newer = WorkCalendar.builtin().with_year(YEAR_2027)

    with database.writing() as session:
        keeper.ship(session, builtin=newer)
    keeper.recompute()
    take_in(keeper, CORRECTED)
    with database.writing() as session:
        keeper.ship(session, builtin=newer)
        keeper.ship(session, builtin=newer.with_year(HolidayYear(2027, frozenset(OFF[1:]), frozenset(ON))))

    last = keeper.standing()[-1]
    assert (last.arranged, last.origin) == (CORRECTED, "imported")
    assert dates(database) == expected(WorkCalendar.builtin().with_year(CORRECTED))


def test_another_replica_notices_an_import_within_two_seconds(database: Database) -> None:
    started(database)
    seconds = [0.0]
    replica = CurrentCalendar(database, CALENDARS, moment=lambda: seconds[0])
    assert replica.calendar() == WorkCalendar.builtin()

    take_in(keeping(database))
    soon = replica.calendar()
    seconds[0] = 2.0

    assert (soon.is_loaded(2027), replica.calendar()) == (False, LOADED)


def test_a_transaction_is_told_the_newest_calendar_and_keeps_it(database: Database) -> None:
    started(database)
    replica = CurrentCalendar(database, CALENDARS, moment=lambda: 0.0)
    before = replica.calendar()
    take_in(keeping(database))

    with database.reading() as session:
        outside = replica.calendar()
        with replica.within(session):
            inside = replica.calendar()

    assert (before, outside, inside) == (WorkCalendar.builtin(), WorkCalendar.builtin(), LOADED)


@only_postgresql
def test_an_import_waits_for_who_still_counts_by_the_old_calendar_and_then_recomputes_it(
    database: Database,
) -> None:
    """Else a case could be written by the old calendar after the recomputation has gone by."""
    started(database)
    asked, late = Event(), UUID(int=999)
    replica = CurrentCalendar(database, CALENDARS)
    importing = Thread(target=lambda: (asked.wait(30), take_in(keeping(database))))
    importing.start()

    with database.writing() as session, replica.within(session):
        found = due(date(2026, 12, 7), 60, Unit.CALENDAR_DAY, replica.calendar())
        asked.set()
        importing.join(timeout=0.3)
        waits = importing.is_alive()
        again = replica.calendar()
        session.execute(
            sa.insert(PERIOD).values(
                id=late, start_on=date(2026, 12, 7), due_on=found.on, provisional=True, versions=1
            )
        )
    importing.join(timeout=30)

    with database.reading() as session:
        row = session.execute(sa.select(PERIOD).where(PERIOD.c.id == late)).one()
    assert (waits, again) == (True, WorkCalendar.builtin())
    assert (row.due_on, row.provisional, row.versions) == (date(2027, 2, 15), False, 2)
