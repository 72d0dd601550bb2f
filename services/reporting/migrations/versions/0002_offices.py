"""Facts know the office that keeps their case; who looks is written down; PostgreSQL keeps foreign offices out."""

import sqlalchemy as sa
from alembic import op

from shared.kit import audit
from shared.kit.migrations import wall_in

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    for table in ("fact", "fact_history"):
        op.add_column(table, sa.Column("office", sa.String(64), nullable=False, server_default=sa.text("''")))
    op.create_index("fact_by_office", "fact", ["kind", "office", "case_id"])
    audit.create_tables(op)
    wall_in(op, by_office=("fact", "fact_history"), may_truncate=True)
