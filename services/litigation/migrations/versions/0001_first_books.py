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
        sa.Column("court", sa.String(200), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("instance", sa.String(16), nullable=False),
        sa.Column("organ", sa.String(200), nullable=False),
        sa.Column("notified_on", sa.Date, nullable=False),
        sa.Column("appearance_notified", sa.Boolean, nullable=False),
        sa.Column("hearings", sa.JSON, nullable=False),
        sa.Column("first_heard_on", sa.Date),
        sa.Column("closed_on", sa.Date),
        sa.Column("result", sa.String(32)),
        sa.Column("delivered_on", sa.Date),
        sa.Column("performed_on", sa.Date),
        sa.Column("performed_fen", sa.BigInteger, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("version >= 1", name="version_counts_from_one"),
        sa.CheckConstraint(
            "first_heard_on IS NULL OR first_heard_on >= notified_on", name="heard_after_notice"
        ),
        sa.CheckConstraint("closed_on IS NULL OR closed_on >= notified_on", name="closed_after_notice"),
        sa.CheckConstraint(
            "closed_on IS NULL OR first_heard_on IS NULL OR closed_on >= first_heard_on",
            name="closed_after_hearing",
        ),
        sa.CheckConstraint("(closed_on IS NULL) = (result IS NULL)", name="closing_has_date_and_result"),
        sa.CheckConstraint(
            "delivered_on IS NULL OR (closed_on IS NOT NULL AND delivered_on >= closed_on)",
            name="delivered_after_closing",
        ),
        sa.CheckConstraint(
            "performed_on IS NULL OR (closed_on IS NOT NULL AND performed_on >= closed_on)",
            name="performed_after_closing",
        ),
        sa.CheckConstraint(
            "performed_fen = 0 OR (performed_fen > 0 AND performed_on IS NOT NULL)",
            name="amount_needs_performance",
        ),
        sa.CheckConstraint(
            "result NOT IN ('upheld', 'reversed', 'remanded') OR instance <> 'first'",
            name="result_fits_instance",
        ),
        sa.CheckConstraint(
            "NOT (appearance_notified AND first_heard_on IS NOT NULL)", name="notice_is_settled"
        ),
    )
    op.create_index(
        "one_live_unit",
        "case_file",
        ["case_number", "instance", "court", "organ"],
        unique=True,
        sqlite_where=sa.text("NOT cancelled"),
        postgresql_where=sa.text("NOT cancelled"),
    )
    op.create_index("cases_by_hearing", "case_file", ["region", "first_heard_on"])
    op.create_index("cases_by_closing", "case_file", ["region", "closed_on"])
    create_journal(op)
    create_event_log(op)
    create_idempotency(op)
