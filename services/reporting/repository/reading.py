"""Every query that a figure, a list of cases or a self-check asks. Sums come from cells, lists of cases from facts."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Table, func, select
from sqlmodel import Session

from services.reporting.measures import MEASURES
from services.reporting.models import (
    CELLS,
    fact,
    quarantine,
    source_gap,
    source_watermark,
    stream_position,
)
from services.reporting.models import counted_by as _counted_by
from shared.kit.acting import visible
from shared.kit.subscription import Position

STREAMED_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Totals:
    """Sums of every measure of a kind: of all days before a period, and of the days within it."""

    before: Mapping[str, int]
    within: Mapping[str, int]


def totals(
    session: Session, kind: str, *, region: str, own: bool, scope: str, start: date, end: date
) -> Totals:
    """Reads one region's days, never a case."""
    table, names = CELLS[kind], MEASURES[kind]
    earlier = (table.c.on_date < start).label("earlier")
    rows = session.execute(
        select(earlier, *(func.sum(table.c[name]) for name in names))
        .where(table.c.region == region, table.c.own == own, table.c.scope == scope, table.c.on_date <= end)
        .group_by(earlier)
    )
    sums = {bool(row[0]): dict(zip(names, map(int, row[1:]), strict=True)) for row in rows}
    nothing = dict.fromkeys(names, 0)
    return Totals(before=sums.get(True, nothing), within=sums.get(False, nothing))


@dataclass(frozen=True, slots=True)
class FactRow:
    """One stored case."""

    kind: str
    case_id: str
    version: int
    region: str
    scope: str
    payload: str
    digest: str


_FACT = (
    fact.c.kind,
    fact.c.case_id,
    fact.c.version,
    fact.c.region,
    fact.c.scope,
    fact.c.payload,
    fact.c.digest,
)


def _in_regions(session: Session, regions: Collection[str]) -> ColumnElement[bool]:
    """As one parameter: a province has more regions than SQLite takes parameters."""
    if session.get_bind().dialect.name == "sqlite":
        listed = func.json_each(
            "[" + ",".join(f'"{region}"' for region in sorted(regions)) + "]"
        ).table_valued("value")
        return fact.c.region.in_(select(listed.c.value))
    return fact.c.region == func.any(sorted(regions))


def facts_between(
    session: Session,
    kind: str,
    *,
    regions: Collection[str] | None,
    scope: str,
    start: date | None,
    end: date,
    after: str,
    limit: int,
) -> list[FactRow]:
    """Cases that may count between these days, in id order; without `start`, at any time up to `end`."""
    wanted = (
        select(*_FACT)
        .where(fact.c.kind == kind, fact.c.scope == scope, fact.c.case_id > after, fact.c.first_on <= end)
        .where(visible(session, fact.c.office))
    )
    if start is not None:
        wanted = wanted.where(fact.c.last_on >= start)
    if regions is not None:
        wanted = wanted.where(_in_regions(session, regions))
    return [FactRow(*row) for row in session.execute(wanted.order_by(fact.c.case_id).limit(limit))]


def fact_page(session: Session, kind: str, *, after: str, limit: int) -> list[FactRow]:
    wanted = select(*_FACT).where(
        fact.c.kind == kind, fact.c.case_id > after, visible(session, fact.c.office)
    )
    return [FactRow(*row) for row in session.execute(wanted.order_by(fact.c.case_id).limit(limit))]


def all_facts(session: Session) -> Iterator[FactRow]:
    """Every case, without holding them all."""
    for row in session.execute(select(*_FACT), execution_options={"yield_per": STREAMED_ROWS}):
        yield FactRow(*row)


@dataclass(frozen=True, slots=True)
class Span:
    """A stored case with the first and the last date that it is counted on."""

    row: FactRow
    first_on: date | None
    last_on: date | None


def spans(session: Session) -> Iterator[Span]:
    """Every case with its dates, without holding them all."""
    wanted = select(*_FACT, fact.c.first_on, fact.c.last_on)
    for row in session.execute(wanted, execution_options={"yield_per": STREAMED_ROWS}):
        yield Span(FactRow(*row[:-2]), row.first_on, row.last_on)


def counted_by(session: Session) -> str | None:
    """By which measures the cells were summed."""
    return session.execute(select(_counted_by.c.measures)).scalar()


@dataclass(frozen=True, slots=True)
class CellRow:
    region: str
    own: bool
    scope: str
    on_date: date
    amounts: Mapping[str, int]


def all_cells(session: Session, kind: str) -> Iterator[CellRow]:
    names = MEASURES[kind]
    for row in session.execute(select(CELLS[kind]), execution_options={"yield_per": STREAMED_ROWS}):
        yield CellRow(row[0], bool(row[1]), row[2], row[3], dict(zip(names, row[4:], strict=True)))


def position(session: Session) -> Position | None:
    row = session.execute(select(stream_position.c.stream, stream_position.c.sequence)).first()
    return None if row is None else Position(*row)


@dataclass(frozen=True, slots=True)
class SourceProgress:
    """How much of a source has arrived in one life of its database, and the holes in it."""

    source: str
    epoch: str
    contiguous: int
    highest: int
    begun_at: datetime
    advanced_at: datetime
    gaps: tuple[tuple[int, int], ...]

    @property
    def missing(self) -> int:
        return sum(last - first + 1 for first, last in self.gaps)


def progress(session: Session) -> list[SourceProgress]:
    """The newest life of each source first; an earlier one is history, what it lacks its restore has lost."""
    gaps: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for row in session.execute(select(source_gap).order_by(source_gap.c.first_seq)):
        gaps.setdefault((row.source, row.epoch), []).append((row.first_seq, row.last_seq))
    marks = session.execute(
        select(source_watermark).order_by(
            source_watermark.c.source, source_watermark.c.begun_at.desc(), source_watermark.c.epoch
        )
    )
    return [
        SourceProgress(
            source=mark.source,
            epoch=mark.epoch,
            contiguous=mark.contiguous,
            highest=mark.highest,
            begun_at=mark.begun_at,
            advanced_at=mark.advanced_at,
            gaps=tuple(gaps.get((mark.source, mark.epoch), ())),
        )
        for mark in marks
    ]


def missing_events(session: Session) -> int:
    """How many events of the sources' present lives did not arrive."""
    present: dict[str, SourceProgress] = {}
    for each in progress(session):
        present.setdefault(each.source, each)
    return sum(each.missing for each in present.values())


@dataclass(frozen=True, slots=True)
class QuarantineRow:
    id: int
    stream: str
    sequence: int
    subject: str
    error: str
    payload: str
    received_at: datetime


def quarantine_page(session: Session, *, after: int, limit: int) -> list[QuarantineRow]:
    columns = [quarantine.c[name] for name in QuarantineRow.__dataclass_fields__]
    rows = session.execute(
        select(*columns).where(quarantine.c.id > after).order_by(quarantine.c.id).limit(limit)
    )
    return [QuarantineRow(*row) for row in rows]


def quarantined(session: Session) -> int:
    return _count(session, quarantine)


def fact_count(session: Session) -> int:
    return _count(session, fact)


def _count(session: Session, table: Table) -> int:
    return int(session.execute(select(func.count()).select_from(table)).scalar_one())
