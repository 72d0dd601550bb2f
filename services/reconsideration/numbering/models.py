"""The tables of numbers: which pattern an office has set, and how far each of its series has come."""

from sqlalchemy import CheckConstraint, Column, Integer, String, Table

from services.reconsideration.models import METADATA
from services.reconsideration.numbering.patterns import FIRST_YEAR, LONGEST_PATTERN, Series
from shared.kit.database import UtcDateTime

_SERIES = ", ".join(f"'{series.value}'" for series in Series)

PATTERNS = Table(
    "number_pattern",
    METADATA,
    Column("office", String(64), primary_key=True),
    Column("series", String(8), primary_key=True),
    Column("pattern", String(LONGEST_PATTERN), nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    CheckConstraint(f"series IN ({_SERIES})", name="pattern_is_of_a_series"),
    CheckConstraint("pattern LIKE '%{year}%' AND pattern LIKE '%{n}%'", name="pattern_has_year_and_count"),
)

# One row a count. Whoever draws holds the row until the transaction ends: nobody else draws the same meanwhile, and
# what is rolled back was never drawn.
SERIES = Table(
    "number_series",
    METADATA,
    Column("office", String(64), primary_key=True),
    Column("series", String(8), primary_key=True),
    Column("word", String(8), primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last", Integer, nullable=False),
    CheckConstraint(f"series IN ({_SERIES})", name="count_is_of_a_series"),
    CheckConstraint("last >= 0", name="count_begins_at_nothing"),
    CheckConstraint(f"year BETWEEN {FIRST_YEAR} AND 9999", name="count_has_a_year"),
)
