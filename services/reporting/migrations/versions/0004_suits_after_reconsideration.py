"""Suits that followed a reconsideration case are counted by themselves."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Written out, not taken from the code of the day: this is what this release began to count.
MEASURES = ("concluded_after_reconsideration", "lost_after_reconsideration")


def upgrade() -> None:
    """The new sums are zero for now: the service counts all cases anew, because its measures have changed."""
    for measure in MEASURES:
        op.add_column("litigation_cell", sa.Column(measure, BIG, nullable=False, server_default="0"))


def downgrade() -> None:
    """Nothing is lost: the sums can be made again from the facts."""
    for measure in MEASURES:
        op.drop_column("litigation_cell", measure)
