"""The books of this service. The database refuses what the rules refuse: code is rewritten, constraints stay."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import JSON, BigInteger, CheckConstraint, Column, Index, MetaData, String, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.litigation.terms import ROLES_THAT_ACT
from shared.contracts.litigation import SERVICE
from shared.kit.case_tables import CaseTables
from shared.kit.database import UtcDateTime


class LitigationModel(SQLModel, registry=registry()):
    """Its own registry: another service's table of the same name can never collide with one of these."""

    metadata = MetaData()


# A cancelled unit frees its number for the right one.
ONE_LIVE_UNIT = Index(
    "one_live_unit",
    "case_number",
    "instance",
    "court",
    "organ",
    "office",
    unique=True,
    sqlite_where=text("NOT cancelled"),
    postgresql_where=text("NOT cancelled"),
)


class CaseRow(LitigationModel, table=True):
    """One unit: case × instance × organ. SQLModel tables do not validate: rows are written from a checked Case only.

    `court` and `organ` are empty, never NULL, where unknown: NULLs would not collide in the unique index.
    `first_heard_on` repeats the earliest of `hearings`, so that the database can compare and find it.
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        CheckConstraint("first_heard_on IS NULL OR first_heard_on >= notified_on", name="heard_after_notice"),
        CheckConstraint("closed_on IS NULL OR closed_on >= notified_on", name="closed_after_notice"),
        CheckConstraint(
            "closed_on IS NULL OR first_heard_on IS NULL OR closed_on >= first_heard_on",
            name="closed_after_hearing",
        ),
        CheckConstraint("(closed_on IS NULL) = (result IS NULL)", name="closing_has_date_and_result"),
        CheckConstraint(
            "delivered_on IS NULL OR (closed_on IS NOT NULL AND delivered_on >= closed_on)",
            name="delivered_after_closing",
        ),
        CheckConstraint(
            "performed_on IS NULL OR (closed_on IS NOT NULL AND performed_on >= closed_on)",
            name="performed_after_closing",
        ),
        CheckConstraint(
            "performed_fen = 0 OR (performed_fen > 0 AND performed_on IS NOT NULL)",
            name="amount_needs_performance",
        ),
        CheckConstraint(
            "result NOT IN ('upheld', 'reversed', 'remanded') OR instance <> 'first'",
            name="result_fits_instance",
        ),
        CheckConstraint("NOT (appearance_notified AND first_heard_on IS NOT NULL)", name="notice_is_settled"),
        ONE_LIVE_UNIT,
        Index("cases_by_hearing", "region", "first_heard_on"),
        Index("cases_by_office", "office", "id"),
        Index("cases_by_closing", "region", "closed_on"),
        Index(
            "cases_by_reconsideration",
            "reconsideration_case",
            "id",
            sqlite_where=text("reconsideration_case IS NOT NULL"),
            postgresql_where=text("reconsideration_case IS NOT NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    version: int
    case_number: str = Field(sa_column=Column(String(64), nullable=False))
    court: str = Field(sa_column=Column(String(200), nullable=False))
    region: str = Field(sa_column=Column(String(12), nullable=False))
    instance: str = Field(sa_column=Column(String(16), nullable=False))
    organ: str = Field(sa_column=Column(String(200), nullable=False))
    notified_on: date
    appearance_notified: bool
    hearings: list[dict[str, Any]] = Field(sa_column=Column(JSON, nullable=False))
    first_heard_on: date | None
    closed_on: date | None
    result: str | None = Field(sa_column=Column(String(32)))
    delivered_on: date | None
    performed_on: date | None
    performed_fen: int = Field(sa_column=Column(BigInteger, nullable=False))
    reconsideration_case: UUID | None
    office: str = Field(sa_column=Column(String(64), nullable=False, server_default=text("''")))
    cancelled: bool
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


METADATA = LitigationModel.metadata
TABLES = CaseTables(METADATA, service=SERVICE, roles_that_act=ROLES_THAT_ACT)
EVENTS, JOURNAL = TABLES.events, TABLES.journal
