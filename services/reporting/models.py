"""The tables of the reporting service, in a metadata of its own.

Facts are the newest row of each case; cells are sums of their measures by day, one table a kind and one column a
measure; the rest says what has arrived. Everything here can be built again from the services' event logs.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from services.reporting.measures import MEASURES
from shared.kit.audit import AuditTrail
from shared.kit.database import UtcDateTime

BIG = BigInteger().with_variant(Integer, "sqlite")

METADATA = MetaData()


def _fact_columns() -> list[Column[object]]:
    return [
        Column("region", String(12), nullable=False),
        Column("scope", String(16), nullable=False),
        Column("office", String(64), nullable=False, server_default=text("''")),
        Column("first_on", Date, nullable=True),  # earliest and latest date that the case is counted on
        Column("last_on", Date, nullable=True),
        Column("event_id", String(36), nullable=False),
        Column("payload", Text, nullable=False),  # canonical JSON of the facts
        Column("digest", String(64), nullable=False),
        Column("occurred_at", UtcDateTime, nullable=False),
        Column("applied_at", UtcDateTime, nullable=False),
    ]


fact = Table(
    "fact",
    METADATA,
    Column("kind", String(32), primary_key=True),
    Column("case_id", String(36), primary_key=True),
    Column("version", Integer, nullable=False),
    *_fact_columns(),
    CheckConstraint("version >= 1", name="fact_version_counts_from_one"),
    CheckConstraint("(first_on IS NULL) = (last_on IS NULL)", name="fact_has_both_dates_or_none"),
    CheckConstraint("first_on <= last_on", name="fact_dates_in_order"),
    Index("fact_by_region_and_date", "kind", "region", "last_on"),
    Index("fact_by_office", "kind", "office", "case_id"),
)

# 曾经的版本: never changed, so that a figure can be asked for as of an earlier moment.
fact_history = Table(
    "fact_history",
    METADATA,
    Column("kind", String(32), primary_key=True),
    Column("case_id", String(36), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    *_fact_columns(),
    Column("superseded_at", UtcDateTime, nullable=False),
    CheckConstraint("version >= 1", name="history_version_counts_from_one"),
)


def _cell_table(kind: str) -> Table:
    """Sums by day. Without a CHECK against negative sums: a row proposed by an upsert is a difference."""
    return Table(
        f"{kind.removesuffix('_case')}_cell",
        METADATA,
        Column("region", String(12), primary_key=True),
        Column("own", Boolean(create_constraint=False), primary_key=True),  # only organs of this very region
        Column("scope", String(16), primary_key=True),
        Column("on_date", Date, primary_key=True),
        *(Column(measure, BIG, nullable=False, server_default="0") for measure in MEASURES[kind]),
        sqlite_with_rowid=False,
    )


CELLS = {kind: _cell_table(kind) for kind in MEASURES}

stream_position = Table(
    "stream_position",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("stream", Text, nullable=False),
    Column("sequence", BIG, nullable=False),
    CheckConstraint("id = 1", name="one_position"),
    CheckConstraint("sequence >= 0", name="position_not_negative"),
)

source_watermark = Table(
    "source_watermark",
    METADATA,
    Column("source", String(32), primary_key=True),
    Column(
        "epoch", Text, primary_key=True
    ),  # one life of the source's database; numbers start anew in the next
    Column("contiguous", BIG, nullable=False),
    Column("highest", BIG, nullable=False),
    Column("begun_at", UtcDateTime, nullable=False),
    Column("advanced_at", UtcDateTime, nullable=False),
    CheckConstraint("contiguous >= 0 AND contiguous <= highest", name="watermark_not_above_highest"),
)

source_gap = Table(
    "source_gap",
    METADATA,
    Column("source", String(32), primary_key=True),
    Column("epoch", Text, primary_key=True),
    Column("first_seq", BIG, primary_key=True, autoincrement=False),
    Column("last_seq", BIG, nullable=False),
    CheckConstraint("first_seq >= 1 AND first_seq <= last_seq", name="gap_in_order"),
)

quarantine = Table(
    "quarantine",
    METADATA,
    Column("id", BIG, primary_key=True, autoincrement=True),
    Column("stream", Text, nullable=False),
    Column("sequence", BIG, nullable=False),  # 0 when it was read from a service's log
    Column("subject", Text, nullable=False),
    Column("error", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("digest", String(64), nullable=False),  # of subject and payload: the same message is kept once
    Column("received_at", UtcDateTime, nullable=False),
    UniqueConstraint("digest", name="quarantined_once"),
)

# All of the above can be built again from the services' logs; what follows can not.
PROJECTIONS = tuple(METADATA.tables.values())

# By which measures the cells were summed. It outlives a rebuild, which sums by the same ones again.
counted_by = Table(
    "counted_by",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("measures", String(64), nullable=False),
    CheckConstraint("id = 1", name="one_way_of_counting"),
)
AUDIT = AuditTrail(METADATA)
