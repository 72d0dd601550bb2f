"""Offices own cases; whoever acts is written down; on PostgreSQL the database keeps foreign offices out."""

import sqlalchemy as sa
from alembic import op

from shared.kit import audit, parties, throttle, vault
from shared.kit.migrations import seal_journal, wall_in

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    _own("case_file", "region", "mediation", "cases_by_office")
    _own("organisation", "region", "judicial_office", "organisations_by_office")
    op.drop_index("one_live_case_per_number", table_name="case_file")
    op.create_index(
        "one_live_case_per_number",
        "case_file",
        ["case_number", "region", "committee", "office"],
        unique=True,
        sqlite_where=sa.text("cancelled = 0"),
        postgresql_where=sa.text("NOT cancelled"),
    )
    op.drop_index("one_live_organisation_per_name", table_name="organisation")
    op.create_index(
        "one_live_organisation_per_name",
        "organisation",
        ["name", "region", "office"],
        unique=True,
        sqlite_where=sa.text("cancelled = 0"),
        postgresql_where=sa.text("NOT cancelled"),
    )
    audit.create_tables(op)
    vault.create_tables(op)
    parties.create_tables(op)
    throttle.create_tables(op)
    seal_journal(op)
    op.execute("DELETE FROM idempotency")  # answers of an earlier release stand there in plain
    op.add_column("idempotency", sa.Column("case_id", sa.Uuid))
    wall_in(op, by_office=("case_file", "organisation"), by_case=("journal", "case_key", "party"))


def _own(table: str, region: str, kind: str, index: str) -> None:
    """A case from before offices were known belongs to the office that its region's code waits for."""
    op.add_column(table, sa.Column("office", sa.String(64), nullable=False, server_default=sa.text("''")))
    op.execute(f"UPDATE {table} SET office = '{kind}-' || {region}")  # noqa: S608 - names of our own
    op.create_index(index, table, ["office", "id"])
