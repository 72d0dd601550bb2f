"""First books: cases, register of organisations, journal, event log, idempotency."""

import sqlalchemy as sa
from alembic import op

from shared.kit.database import UtcDateTime
from shared.kit.migrations import create_event_log, create_idempotency, create_journal

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_cases()
    _create_organisations()
    create_journal(op)
    create_event_log(op)
    create_idempotency(op)


def _create_cases() -> None:
    op.create_table(
        "case_file",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("case_number", sa.String(64), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("committee", sa.String(200), nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("source", sa.String(32)),
        sa.Column("referral", sa.String(16)),
        sa.Column("dispute_type", sa.String(32)),
        sa.Column("registered_on", sa.Date, nullable=False),
        sa.Column("accepted_on", sa.Date),
        sa.Column("declined_on", sa.Date),
        sa.Column("due_on", sa.Date),
        sa.Column("due_provisional", sa.Boolean, nullable=False),
        sa.Column("closed_on", sa.Date),
        sa.Column("outcome", sa.String(16)),
        sa.Column("termination_reason", sa.String(32)),
        sa.Column("effective_on", sa.Date),
        sa.Column("confirmed_on", sa.Date),
        sa.Column("amount_fen", sa.BigInteger, nullable=False),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        *_case_rules(),
    )
    op.create_index(
        "one_live_case_per_number",
        "case_file",
        ["case_number", "region", "committee"],
        unique=True,
        sqlite_where=sa.text("cancelled = 0"),
        postgresql_where=sa.text("NOT cancelled"),
    )
    op.create_index("cases_by_closing", "case_file", ["region", "closed_on"])


def _case_rules() -> tuple[sa.CheckConstraint, ...]:
    agreed = "outcome IS NOT NULL AND outcome IN ('agreed_written', 'agreed_oral')"
    return (
        sa.CheckConstraint("version >= 1", name="version_counts_from_one"),
        sa.CheckConstraint("accepted_on >= registered_on", name="accepted_after_registration"),
        sa.CheckConstraint("declined_on >= registered_on", name="declined_after_registration"),
        sa.CheckConstraint("accepted_on IS NULL OR declined_on IS NULL", name="not_accepted_and_declined"),
        sa.CheckConstraint("(accepted_on IS NULL) = (due_on IS NULL)", name="acceptance_starts_the_period"),
        sa.CheckConstraint("(closed_on IS NULL) = (outcome IS NULL)", name="closing_has_date_and_outcome"),
        sa.CheckConstraint("outcome IS NULL OR accepted_on IS NOT NULL", name="outcome_needs_acceptance"),
        sa.CheckConstraint("closed_on >= accepted_on", name="closed_after_acceptance"),
        sa.CheckConstraint(
            "(termination_reason IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'terminated')",
            name="termination_has_a_reason",
        ),
        sa.CheckConstraint(f"(effective_on IS NOT NULL) = ({agreed})", name="agreement_takes_effect"),
        sa.CheckConstraint("effective_on >= accepted_on", name="effective_after_acceptance"),
        sa.CheckConstraint("effective_on <= closed_on", name="effective_when_closed"),
        sa.CheckConstraint(
            "confirmed_on IS NULL OR (outcome IS NOT NULL AND outcome = 'agreed_written')",
            name="confirmation_needs_written_agreement",
        ),
        sa.CheckConstraint("confirmed_on >= effective_on", name="confirmed_after_effect"),
        sa.CheckConstraint("amount_fen BETWEEN 0 AND 999999999999999", name="amount_is_readable"),
        sa.CheckConstraint("amount_fen = 0 OR effective_on IS NOT NULL", name="amount_needs_agreement"),
    )


def _create_organisations() -> None:
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("org_type", sa.String(32), nullable=False),
        sa.Column("is_industry", sa.Boolean, nullable=False),
        sa.Column("is_agent_point", sa.Boolean, nullable=False),
        sa.Column("established_on", sa.Date),
        sa.Column("dissolved_on", sa.Date),
        sa.Column("cancelled", sa.Boolean, nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("version >= 1", name="organisation_version_counts_from_one"),
        sa.CheckConstraint("length(name) > 0", name="organisation_has_a_name"),
        sa.CheckConstraint(
            "NOT is_industry OR org_type IN"
            " ('village', 'resident', 'town', 'street', 'enterprise', 'social', 'unspecified')",
            name="industry_is_a_kind_of_committee",
        ),
        sa.CheckConstraint("dissolved_on >= established_on", name="dissolved_after_establishment"),
    )
    op.create_index(
        "one_live_organisation_per_name",
        "organisation",
        ["name", "region"],
        unique=True,
        sqlite_where=sa.text("cancelled = 0"),
        postgresql_where=sa.text("NOT cancelled"),
    )
    op.create_index("organisations_by_type", "organisation", ["region", "org_type"])
