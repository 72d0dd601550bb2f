"""Every statement that writes: one batch changes facts, cells, history, watermarks and position in one transaction.

Statements take whole columns of values at once, on PostgreSQL as arrays and on SQLite as rows of one prepared
statement: row by row would cost a hundred times more.
"""

# ruff: noqa: S608 - names in these statements come from our own tables; every value is a parameter.

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Table, bindparam, delete, insert, select, update
from sqlmodel import Session

from services.reporting.cells import Amounts, CellKey
from services.reporting.facts import FactVersion
from services.reporting.models import (
    CELLS,
    PROJECTIONS,
    counted_by,
    fact,
    fact_history,
    quarantine,
    source_gap,
    source_watermark,
    stream_position,
)
from services.reporting.repository.reading import Span
from services.reporting.watermarks import Watermark
from shared.kit.subscription import Position

Key = tuple[str, str]  # kind and case

MAX_QUARANTINED = 65_536
ARRAYS = {
    "String": "text[]",
    "Text": "text[]",
    "Integer": "integer[]",
    "BigInteger": "bigint[]",
    "Boolean": "boolean[]",
    "Date": "date[]",
    "UtcDateTime": "timestamptz[]",
}


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def lock(session: Session) -> None:
    """Let one batch in at a time: two would read the same old facts and both subtract them."""
    if not is_sqlite(session):  # SQLite's writers say BEGIN IMMEDIATE
        session.connection().exec_driver_sql(
            "SELECT pg_advisory_xact_lock(hashtextextended('reporting.intake', 0))"
        )


def _write(session: Session, table: Table, columns: Sequence[str], rows: list[Any], conflict: str) -> None:
    """`INSERT … ON CONFLICT …` of all rows in one statement."""
    if rows:
        _write_columns(session, table, columns, list(zip(*rows, strict=True)), conflict)


def _write_columns(
    session: Session, table: Table, columns: Sequence[str], values: Sequence[Sequence[Any]], conflict: str
) -> None:
    """The same from whole columns of values, which is how PostgreSQL takes them."""
    connection = session.connection()
    dialect = connection.dialect
    types = [table.c[column].type for column in columns]
    processors = [kind.dialect_impl(dialect).bind_processor(dialect) for kind in types]
    bound: list[Any] = [
        column if processor is None else [processor(value) for value in column]
        for column, processor in zip(values, processors, strict=True)
    ]
    head = f"INSERT INTO {table.name} ({', '.join(columns)})"
    if is_sqlite(session):
        places = ", ".join("?" * len(columns))
        connection.exec_driver_sql(f"{head} VALUES ({places}) {conflict}", list(zip(*bound, strict=True)))
        return
    arrays = ", ".join(f"%s::{ARRAYS[type(kind).__name__]}" for kind in types)
    connection.exec_driver_sql(
        f"{head} SELECT * FROM unnest({arrays}) {conflict}",
        tuple(_array(column) for column in bound),
    )


def _array(values: Sequence[Any]) -> str:
    """An array literal of PostgreSQL. The driver's own, made element by element, takes six times as long."""
    if isinstance(values[0], int) and not isinstance(values[0], bool):
        return "{" + str(list(values))[1:-1] + "}"
    if None not in values:
        plain = '","'.join(values if isinstance(values[0], str) else map(str, values))
        if plain.count('"') == 2 * (len(values) - 1) and "\\" not in plain:
            return '{"' + plain + '"}'
    return "{" + ",".join(map(_element, values)) + "}"


def _element(value: object) -> str:
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _select(
    session: Session, table: Table, columns: Sequence[str], kind: str, ids: list[str]
) -> tuple[str, Any]:
    """These cases of one kind, as one statement and its parameters, however many they are.

    PostgreSQL looks each of them up by the primary key. Left to itself it reads the whole kind while it has no
    statistics yet, which is during a rebuild, when it hurts.
    """
    listed = ", ".join(columns)
    if is_sqlite(session):
        chosen = f"SELECT {listed} FROM {table.name} WHERE kind = ? AND case_id IN (SELECT value FROM json_each(?))"
        return chosen, (kind, json.dumps(ids))
    looked_up = f"SELECT {listed} FROM {table.name} WHERE kind = %s AND case_id = wanted.id OFFSET 0"
    return (
        f"SELECT found.* FROM unnest(%s::text[]) AS wanted(id) CROSS JOIN LATERAL ({looked_up}) AS found",
        (_array(ids), kind),
    )


def _by_kind(keys: Iterable[Key]) -> Iterable[tuple[str, list[str]]]:
    for kind, group in groupby(sorted(keys), key=lambda key: key[0]):
        yield kind, [case_id for _, case_id in group]


# --- facts ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StoredFact:
    """What is known of a case so far."""

    version: int
    digest: str
    region: str
    scope: str
    payload: str


def stored_facts(session: Session, keys: Iterable[Key]) -> dict[Key, StoredFact]:
    found: dict[Key, StoredFact] = {}
    columns = ("case_id", "version", "digest", "region", "scope", "payload")
    for kind, ids in _by_kind(keys):
        rows = session.connection().exec_driver_sql(*_select(session, fact, columns, kind, ids))
        found.update({(kind, row[0]): StoredFact(*row[1:]) for row in rows})
    return found


def history_digests(session: Session, keys: Iterable[Key]) -> dict[tuple[Key, int], str]:
    """The digests of the superseded versions of these cases."""
    found: dict[tuple[Key, int], str] = {}
    columns = ("case_id", "version", "digest")
    for kind, ids in _by_kind(keys):
        rows = session.connection().exec_driver_sql(*_select(session, fact_history, columns, kind, ids))
        found.update({((kind, row[0]), row[1]): row[2] for row in rows})
    return found


@dataclass(frozen=True, slots=True)
class DatedVersion:
    """A version with the first and the last date it is counted on."""

    version: FactVersion
    first_on: date | None
    last_on: date | None


FACT_COLUMNS = tuple(column.name for column in fact.columns)
HISTORY_COLUMNS = (*FACT_COLUMNS, "superseded_at")
NEWER_WINS = (
    "ON CONFLICT (kind, case_id) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in FACT_COLUMNS if name not in ("kind", "case_id"))
    + " WHERE fact.version < excluded.version"
)


def _fact_row(dated: DatedVersion, now: datetime) -> tuple[Any, ...]:
    version = dated.version
    return (
        version.kind,
        version.case_id,
        version.version,
        version.region,
        version.scope,
        version.office,
        dated.first_on,
        dated.last_on,
        version.event_id,
        version.text,
        version.digest,
        version.occurred_at,
        now,
    )


def save_facts(session: Session, versions: Iterable[DatedVersion], now: datetime) -> None:
    rows = sorted(_fact_row(dated, now) for dated in versions)
    _write(session, fact, FACT_COLUMNS, rows, NEWER_WINS)


def archive_stored(session: Session, keys: Iterable[Key], now: datetime) -> None:
    """Copy what is about to be superseded into the history."""
    moment = (
        f"'{now.replace(tzinfo=None).isoformat(' ', 'microseconds')}{'' if is_sqlite(session) else '+00'}'"
    )
    for kind, ids in _by_kind(keys):
        statement, parameters = _select(session, fact, FACT_COLUMNS, kind, ids)
        session.connection().exec_driver_sql(
            f"INSERT INTO fact_history ({', '.join(HISTORY_COLUMNS)})"
            f" SELECT {', '.join(FACT_COLUMNS)}, {moment} FROM ({statement}) AS old WHERE true"
            " ON CONFLICT DO NOTHING",
            parameters,
        )


def archive_late(session: Session, versions: Iterable[DatedVersion], now: datetime) -> None:
    """Keep versions that a newer one had overtaken before they arrived."""
    rows = sorted((*_fact_row(dated, now), now) for dated in versions)
    _write(session, fact_history, HISTORY_COLUMNS, rows, "ON CONFLICT DO NOTHING")


# --- cells ----------------------------------------------------------------------------------------------------


def add_to_cells(session: Session, kind: str, cells: Mapping[CellKey, Amounts]) -> None:
    """Add to the sums of these cells; in key order, so that no two writers wait for each other."""
    table = CELLS[kind]
    touched = {measure for amounts in cells.values() for measure in amounts}
    measures = [column.name for column in table.columns if column.name in touched]
    keys = sorted(cells)
    if not keys:
        return
    # Most measures of most cells stay as they are: only the others are looked at one by one.
    sums: dict[str, list[int]] = {measure: [0] * len(keys) for measure in measures}
    for place, key in enumerate(keys):
        for measure, amount in cells[key].items():
            sums[measure][place] = amount
    added = ", ".join(f"{measure} = {table.name}.{measure} + excluded.{measure}" for measure in measures)
    _write_columns(
        session,
        table,
        ["region", "own", "scope", "on_date", *measures],
        [*zip(*keys, strict=True), *sums.values()],
        f"ON CONFLICT (region, own, scope, on_date) DO UPDATE SET {added}",
    )


def replace_cells(session: Session, counted: Mapping[str, Mapping[CellKey, Amounts]]) -> None:
    """Put these sums in the place of all that were there."""
    for kind, table in CELLS.items():
        session.execute(delete(table))
        add_to_cells(session, kind, counted.get(kind, {}))


def save_spans(session: Session, spans: Sequence[Span]) -> None:
    """The first and last dates of these cases, anew."""
    if not spans:
        return
    of_case = (fact.c.kind == bindparam("of_kind")) & (fact.c.case_id == bindparam("of_case"))
    session.connection().execute(
        update(fact).where(of_case),
        [
            {
                "of_kind": span.row.kind,
                "of_case": span.row.case_id,
                "first_on": span.first_on,
                "last_on": span.last_on,
            }
            for span in spans
        ],
    )


def note_counting(session: Session, measures: str) -> None:
    session.execute(delete(counted_by))
    session.execute(insert(counted_by).values(id=1, measures=measures))


# --- what has arrived -----------------------------------------------------------------------------------------


def advance(session: Session, reached: Position) -> None:
    """Note how far the stream was read, forwards or back.

    Going back costs a second reading of what changes nothing. Never going back would cost events: a stream that
    lost its tail hands out the same numbers again.
    """
    session.execute(delete(stream_position))
    session.execute(insert(stream_position).values(id=1, stream=reached.stream, sequence=reached.sequence))


def arrived(session: Session, source: str, epoch: str, numbers: Iterable[int], now: datetime) -> None:
    """Advance a source's watermark and its gaps by the numbers that came."""
    of_mark = (source_watermark.c.source == source) & (source_watermark.c.epoch == epoch)
    of_gaps = (source_gap.c.source == source) & (source_gap.c.epoch == epoch)
    known = session.execute(
        select(source_watermark.c.highest, source_watermark.c.begun_at).where(of_mark)
    ).first()
    gaps = session.execute(
        select(source_gap.c.first_seq, source_gap.c.last_seq).where(of_gaps).order_by(source_gap.c.first_seq)
    )
    before = Watermark(known.highest if known else 0, tuple((row[0], row[1]) for row in gaps))
    after = before.arrived(numbers)
    if known is not None and after == before:
        return
    session.execute(delete(source_watermark).where(of_mark))
    session.execute(
        insert(source_watermark).values(
            source=source,
            epoch=epoch,
            contiguous=after.contiguous,
            highest=after.highest,
            begun_at=known.begun_at if known else now,
            advanced_at=now,
        )
    )
    if after.gaps != before.gaps:
        session.execute(delete(source_gap).where(of_gaps))
        rows = [(source, epoch, first, last) for first, last in after.gaps]
        _write(session, source_gap, [column.name for column in source_gap.columns], rows, "")


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A message that could not be read, or that contradicts what is known."""

    sequence: int
    subject: str
    payload: bytes
    error: str


def put_aside(session: Session, stream: str, unreadable: Iterable[Quarantined], now: datetime) -> None:
    """Keep these messages for people to look at. The same message is kept once, however often it comes."""
    columns = ["stream", "sequence", "subject", "error", "payload", "digest", "received_at"]
    rows = [
        (
            stream,
            message.sequence,
            message.subject,
            message.error,
            _readable(message.payload),
            hashlib.sha256(message.subject.encode() + b"\n" + message.payload).hexdigest(),
            now,
        )
        for message in unreadable
    ]
    _write(session, quarantine, columns, rows, "ON CONFLICT (digest) DO NOTHING")


def _readable(payload: bytes) -> str:
    """Text where it is text, escapes where it is not; PostgreSQL stores no NUL."""
    return payload[:MAX_QUARANTINED].decode("utf-8", "backslashreplace").replace("\0", "\\x00")


def clear(session: Session) -> None:
    """Forget everything that can be built again from the stream or from the services' logs."""
    if is_sqlite(session):
        for table in PROJECTIONS:
            session.execute(delete(table))
    else:
        session.connection().exec_driver_sql(f"TRUNCATE {', '.join(table.name for table in PROJECTIONS)}")
