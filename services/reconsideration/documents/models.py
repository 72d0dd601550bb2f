"""The tables of papers: those that were issued, as they were issued, and the templates that offices have put in."""

from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    Uuid,
    text,
)

from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.models import METADATA, VAULT
from shared.kit.database import UtcDateTime
from shared.kit.vault import SealedTable

_KINDS = ", ".join(f"'{kind.value}'" for kind in PaperKind)
SEALED = ("content", "fields", "digest", "void_reason")

# Also of void ones: a number is given out once.
ONE_PAPER_PER_NUMBER = Index("one_paper_per_number", "office", "number", unique=True)

PAPERS_ISSUED = Table(
    "paper",
    METADATA,
    Column("id", Uuid, primary_key=True),
    Column("case_id", Uuid, nullable=False),
    Column("office", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("number", String(64)),
    Column("case_version", Integer, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("template_version", Integer),  # of the office's own; none: the built-in one
    Column("template_digest", String(64), nullable=False),
    *(Column(name, Text) for name in SEALED),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("voided_at", UtcDateTime),
    CheckConstraint(f"kind IN ({_KINDS})", name="paper_has_a_kind"),
    CheckConstraint("case_version >= 1", name="paper_is_of_a_case_version"),
    CheckConstraint(
        f"number IS NOT NULL OR kind = '{PaperKind.DELIVERY_RECEIPT.value}'", name="paper_bears_a_number"
    ),
    CheckConstraint("void_reason IS NULL OR voided_at IS NOT NULL", name="reason_belongs_to_a_void_paper"),
    # A plain value in a sealed column is a fault of ours that the database can see.
    *(
        CheckConstraint(f"{name} IS NULL OR {name} LIKE 'v1.%'", name=f"paper_{name}_is_sealed")
        for name in SEALED
    ),
    Index("papers_by_case", "case_id", "id"),
    ONE_PAPER_PER_NUMBER,
)
VAULT.register(SealedTable(PAPERS_ISSUED, SEALED))

_IN_FORCE = text("removed_at IS NULL")
TEMPLATES = Table(
    "paper_template",
    METADATA,
    Column("office", String(64), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("content", LargeBinary, nullable=False),
    Column("uploaded_at", UtcDateTime, nullable=False),
    Column("removed_at", UtcDateTime),
    CheckConstraint(f"kind IN ({_KINDS})", name="template_has_a_kind"),
    CheckConstraint("version >= 1", name="template_version_counts_from_one"),
    Index(
        "one_template_in_force",
        "office",
        "kind",
        unique=True,
        sqlite_where=_IN_FORCE,
        postgresql_where=_IN_FORCE,
    ),
)
