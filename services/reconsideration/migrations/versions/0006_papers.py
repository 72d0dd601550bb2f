"""Papers as they were issued, the offices' own templates, and the series of their numbers."""

import sqlalchemy as sa
from alembic import op

from shared.kit.database import UtcDateTime
from shared.kit.migrations import wall_in

revision = "0006"
down_revision = "0005"

_KINDS = (
    "acceptance_notice",
    "supplement_notice",
    "non_acceptance_decision",
    "gaps_notice",
    "reply_notice",
    "hearing_notice",
    "suspension_notice",
    "resumption_notice",
    "extension_notice",
    "conversion_notice",
    "dismissal_decision",
    "termination_decision",
    "mediation_statement",
    "decision",
    "opinion",
    "recommendation",
    "performance_order",
    "delivery_receipt",
)
_OF_KIND = f"kind IN ({', '.join(repr(kind) for kind in _KINDS)})"
_OF_SERIES = "series IN ('case', 'paper')"
_SEALED = ("content", "fields", "digest", "void_reason")


def upgrade() -> None:
    _create_numbers()
    op.create_table(
        "paper",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("number", sa.String(64)),
        sa.Column("case_version", sa.Integer, nullable=False),
        sa.Column("issued_on", sa.Date, nullable=False),
        sa.Column("template_version", sa.Integer),
        sa.Column("template_digest", sa.String(64), nullable=False),
        *(sa.Column(name, sa.Text) for name in _SEALED),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.Column("voided_at", UtcDateTime),
        sa.CheckConstraint(_OF_KIND, name="paper_has_a_kind"),
        sa.CheckConstraint("case_version >= 1", name="paper_is_of_a_case_version"),
        sa.CheckConstraint("number IS NOT NULL OR kind = 'delivery_receipt'", name="paper_bears_a_number"),
        sa.CheckConstraint(
            "void_reason IS NULL OR voided_at IS NOT NULL", name="reason_belongs_to_a_void_paper"
        ),
        *(
            sa.CheckConstraint(f"{name} IS NULL OR {name} LIKE 'v1.%'", name=f"paper_{name}_is_sealed")
            for name in _SEALED
        ),
    )
    op.create_index("papers_by_case", "paper", ["case_id", "id"])
    op.create_index("one_paper_per_number", "paper", ["office", "number"], unique=True)
    op.create_table(
        "paper_template",
        sa.Column("office", sa.String(64), primary_key=True),
        sa.Column("kind", sa.String(32), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("content", sa.LargeBinary, nullable=False),
        sa.Column("uploaded_at", UtcDateTime, nullable=False),
        sa.Column("removed_at", UtcDateTime),
        sa.CheckConstraint(_OF_KIND, name="template_has_a_kind"),
        sa.CheckConstraint("version >= 1", name="template_version_counts_from_one"),
    )
    op.create_index(
        "one_template_in_force",
        "paper_template",
        ["office", "kind"],
        unique=True,
        sqlite_where=sa.text("removed_at IS NULL"),
        postgresql_where=sa.text("removed_at IS NULL"),
    )
    wall_in(op, by_office=("paper", "paper_template", "number_pattern", "number_series"))


def _create_numbers() -> None:
    op.create_table(
        "number_pattern",
        sa.Column("office", sa.String(64), primary_key=True),
        sa.Column("series", sa.String(8), primary_key=True),
        sa.Column("pattern", sa.String(40), nullable=False),
        sa.Column("set_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(_OF_SERIES, name="pattern_is_of_a_series"),
        sa.CheckConstraint(
            "pattern LIKE '%{year}%' AND pattern LIKE '%{n}%'", name="pattern_has_year_and_count"
        ),
    )
    op.create_table(
        "number_series",
        sa.Column("office", sa.String(64), primary_key=True),
        sa.Column("series", sa.String(8), primary_key=True),
        sa.Column("word", sa.String(8), primary_key=True),
        sa.Column("year", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("last", sa.Integer, nullable=False),
        sa.CheckConstraint(_OF_SERIES, name="count_is_of_a_series"),
        sa.CheckConstraint("last >= 0", name="count_begins_at_nothing"),
        sa.CheckConstraint("year BETWEEN 1990 AND 9999", name="count_has_a_year"),
    )
