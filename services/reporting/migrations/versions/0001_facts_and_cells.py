"""Facts, their history, the cells, and what has arrived."""

import sqlalchemy as sa
from alembic import op

from shared.kit.database import UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer, "sqlite")

# Written out, not taken from the code of the day: this is what the first release counted.
CELLS = {
    "reconsideration_cell": (
        "received",
        "internet_received",
        "agent_point_received",
        "accepted",
        "not_accepted",
        "abandoned",
        "withdrawn_before",
        "disposed",
        "concluded",
        "concluded_in_time",
        "concluded_without_due",
        "upheld",
        "varied",
        "revoked",
        "partly_revoked",
        "confirmed_unlawful",
        "confirmed_void",
        "performance_ordered",
        "agreement_liable",
        "claim_rejected",
        "application_rejected",
        "mediated",
        "terminated",
        "withdrawn",
        "withdrawn_settled",
        "withdrawn_changed",
        "withdrawn_voluntary",
        "withdrawn_other",
        "summary_concluded",
        "group_concluded",
        "opinion_letters",
        "recommendation_letters",
    ),
    "mediation_cell": (
        "registered",
        "accepted",
        "declined",
        "concluded",
        "agreed",
        "agreed_written",
        "agreed_oral",
        "failed",
        "terminated",
        "pre_concluded",
        "pre_resolved",
        "amount_fen",
        "confirmed",
    ),
    "mediation_organisation_cell": (
        "organisations",
        "org_village",
        "org_resident",
        "org_town",
        "org_street",
        "org_enterprise",
        "org_social",
        "org_unspecified",
        "org_industry",
        "org_labour_mediation",
        "stations",
        "personal_studios",
        "service_points",
        "agent_points",
    ),
    "litigation_cell": (
        "notified",
        "notified_first",
        "heard",
        "duty",
        "met",
        "principal",
        "excused",
        "required",
        "required_met",
        "hearings",
        "hearings_attended",
        "concluded",
        "lost",
        "concluded_first",
        "lost_first",
        "judged_first",
        "judged_lost_first",
        "suit_withdrawn",
        "mediated",
        "performed",
        "performed_fen",
    ),
}


def _fact_columns() -> list[sa.Column[object]]:
    return [
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("first_on", sa.Date, nullable=True),
        sa.Column("last_on", sa.Date, nullable=True),
        sa.Column("event_id", sa.String(36), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("occurred_at", UtcDateTime, nullable=False),
        sa.Column("applied_at", UtcDateTime, nullable=False),
    ]


def upgrade() -> None:
    op.create_table(
        "fact",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("case_id", sa.String(36), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        *_fact_columns(),
        sa.CheckConstraint("version >= 1", name="fact_version_counts_from_one"),
        sa.CheckConstraint("(first_on IS NULL) = (last_on IS NULL)", name="fact_has_both_dates_or_none"),
        sa.CheckConstraint("first_on <= last_on", name="fact_dates_in_order"),
    )
    op.create_index("fact_by_region_and_date", "fact", ["kind", "region", "last_on"])
    op.create_table(
        "fact_history",
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("case_id", sa.String(36), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        *_fact_columns(),
        sa.Column("superseded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("version >= 1", name="history_version_counts_from_one"),
    )
    for table, measures in CELLS.items():
        op.create_table(
            table,
            sa.Column("region", sa.String(12), primary_key=True),
            sa.Column("own", sa.Boolean(create_constraint=False), primary_key=True),
            sa.Column("scope", sa.String(16), primary_key=True),
            sa.Column("on_date", sa.Date, primary_key=True),
            *(sa.Column(measure, BIG, nullable=False, server_default="0") for measure in measures),
            sqlite_with_rowid=False,
        )
    _create_arrivals()


def _create_arrivals() -> None:
    op.create_table(
        "stream_position",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.CheckConstraint("id = 1", name="one_position"),
        sa.CheckConstraint("sequence >= 0", name="position_not_negative"),
    )
    op.create_table(
        "source_watermark",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("epoch", sa.Text, primary_key=True),
        sa.Column("contiguous", BIG, nullable=False),
        sa.Column("highest", BIG, nullable=False),
        sa.Column("begun_at", UtcDateTime, nullable=False),
        sa.Column("advanced_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("contiguous >= 0 AND contiguous <= highest", name="watermark_not_above_highest"),
    )
    op.create_table(
        "source_gap",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("epoch", sa.Text, primary_key=True),
        sa.Column("first_seq", BIG, primary_key=True, autoincrement=False),
        sa.Column("last_seq", BIG, nullable=False),
        sa.CheckConstraint("first_seq >= 1 AND first_seq <= last_seq", name="gap_in_order"),
    )
    op.create_table(
        "quarantine",
        sa.Column("id", BIG, primary_key=True, autoincrement=True),
        sa.Column("stream", sa.Text, nullable=False),
        sa.Column("sequence", BIG, nullable=False),
        sa.Column("subject", sa.Text, nullable=False),
        sa.Column("error", sa.Text, nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("received_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("digest", name="quarantined_once"),
    )


def downgrade() -> None:
    """Nothing is lost: all of it can be built again from the services' event logs."""
    for table in ("quarantine", "source_gap", "source_watermark", "stream_position", *CELLS):
        op.drop_table(table)
    op.drop_table("fact_history")
    op.drop_table("fact")
