"""The step history of a service's cases: which act, on which legal date, recorded when, and why if corrected."""

from sqlalchemy import CheckConstraint, Column, Date, Integer, MetaData, String, Table, Text, Uuid

from shared.kit.database import UtcDateTime


def journal_table(metadata: MetaData) -> Table:
    """One row per change of a case: `detail` is the JSON of what was entered, kept in this service only."""
    return Table(
        "journal",
        metadata,
        Column("case_id", Uuid, primary_key=True),
        Column("case_version", Integer, primary_key=True),
        Column("step", String(40), nullable=False),
        Column("on_date", Date, nullable=False),
        Column("reason", Text, nullable=True),
        Column("detail", Text, nullable=False),
        Column("recorded_at", UtcDateTime, nullable=False),
        CheckConstraint("case_version >= 1", name="journal_version_counts_from_one"),
    )
