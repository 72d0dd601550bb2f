"""Reconsideration cases are counted by what became of them, and the sums remember by what measures they were made."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Written out, not taken from the code of the day: this is what this release began to count.
MEASURES = (
    "accepted_deemed",
    "accepted_with_gaps",
    "told_other_organ",
    "resolved_before",
    "disposed_settled",
    "suable",
    "suable_sued",
    "suable_without_due",
    "hearing_concluded",
    "concluded_sued",
    "corrected_performed",
    "upheld_unsued",
    "redo_ordered",
    "compensated",
    "compensation_fen",
    "hearings_held",
    "hearings_with_head",
    "letters_due",
    "letters_due_adopted",
    "suing_over",
    "suing_over_sued",
    "suing_over_settled",
    "performance_due",
    "performance_due_met",
)


def upgrade() -> None:
    """The new sums are zero for now: the service finds no mark of its own here and counts all cases anew."""
    for measure in MEASURES:
        op.add_column("reconsideration_cell", sa.Column(measure, BIG, nullable=False, server_default="0"))
    op.create_table(
        "counted_by",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("measures", sa.String(64), nullable=False),
        sa.CheckConstraint("id = 1", name="one_way_of_counting"),
    )


def downgrade() -> None:
    """Nothing is lost: the sums can be made again from the facts."""
    op.drop_table("counted_by")
    for measure in MEASURES:
        op.drop_column("reconsideration_cell", measure)
