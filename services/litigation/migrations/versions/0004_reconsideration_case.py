"""A suit may name the reconsideration case that it followed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.add_column("case_file", sa.Column("reconsideration_case", sa.Uuid))
    named = sa.text("reconsideration_case IS NOT NULL")
    op.create_index(
        "cases_by_reconsideration",
        "case_file",
        ["reconsideration_case", "id"],
        sqlite_where=named,
        postgresql_where=named,
    )
