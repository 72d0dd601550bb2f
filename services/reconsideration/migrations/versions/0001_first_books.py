"""First books: cases, journal, event log, idempotency."""

import sqlalchemy as sa
from alembic import op

from shared.kit.database import UtcDateTime
from shared.kit.migrations import create_event_log, create_idempotency, create_journal

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("authority_region", sa.String(12), nullable=False),
        sa.Column("authority_level", sa.String(16), nullable=False),
        sa.Column("respondent", sa.Text),
        sa.Column("respondent_type", sa.String(32)),
        sa.Column("matter", sa.Text),
        sa.Column("field", sa.Text),
        sa.Column("channel", sa.String(32)),
        sa.Column("is_group", sa.Boolean, nullable=False),
        sa.Column("received_on", sa.Date, nullable=False),
        sa.Column("accepted_on", sa.Date),
        sa.Column("refused_on", sa.Date),
        sa.Column("refusal", sa.String(32)),
        sa.Column("procedure", sa.String(16)),
        sa.Column("decision_due_on", sa.Date),
        sa.Column("due_provisional", sa.Boolean, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("outcome", sa.String(32)),
        sa.Column("termination_ground", sa.String(2)),
        sa.Column("withdraw_reason", sa.String(32)),
        sa.Column("opinion_letters_on", sa.JSON, nullable=False),
        sa.Column("recommendation_letters_on", sa.JSON, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("version >= 1", name="version_counts_from_one"),
        sa.CheckConstraint(
            "accepted_on IS NULL OR accepted_on >= received_on", name="accepted_after_receipt"
        ),
        sa.CheckConstraint("refused_on IS NULL OR refused_on >= received_on", name="refused_after_receipt"),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= accepted_on", name="closed_after_acceptance"),
        sa.CheckConstraint("accepted_on IS NULL OR refused_on IS NULL", name="not_accepted_and_refused"),
        sa.CheckConstraint("(refused_on IS NULL) = (refusal IS NULL)", name="refusal_has_date_and_kind"),
        sa.CheckConstraint("(closed_on IS NULL) = (outcome IS NULL)", name="closing_has_date_and_outcome"),
        sa.CheckConstraint("outcome IS NULL OR accepted_on IS NOT NULL", name="outcome_needs_acceptance"),
        sa.CheckConstraint(
            "(accepted_on IS NULL) = (decision_due_on IS NULL)", name="acceptance_starts_the_period"
        ),
        sa.CheckConstraint(
            "withdraw_reason IS NULL OR coalesce(termination_ground, '') = 'T1'",
            name="reason_belongs_to_withdrawal",
        ),
    )
    op.create_index(
        "one_live_case_per_number",
        "case_file",
        ["case_number", "authority_region"],
        unique=True,
        sqlite_where=sa.text("cancelled = 0"),
        postgresql_where=sa.text("NOT cancelled"),
    )
    op.create_index("cases_by_closing", "case_file", ["authority_region", "closed_on"])
    create_journal(op)
    create_event_log(op)
    create_idempotency(op)
