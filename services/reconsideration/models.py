"""The books of this service. The database refuses what the rules refuse: code is rewritten, constraints stay."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.reconsideration.terms import ROLES_THAT_ACT, LinkedService, Status
from shared.contracts.reconsideration import SERVICE
from shared.kit.case_tables import CaseTables
from shared.kit.database import UtcDateTime
from shared.kit.vault import SealedTable

STATUSES = ", ".join(f"'{status.value}'" for status in Status)
LINKED_SERVICES = ", ".join(f"'{service.value}'" for service in LinkedService)


class ReconsiderationModel(SQLModel, registry=registry()):
    """Its own registry: another service's table of the same name can never collide with one of these."""

    metadata = MetaData()


_HAS_DUE_DATE = "next_due_on IS NOT NULL"
_IS_OPEN = "state = 'open'"


def _partial(name: str, *columns: str, where: str) -> Index:
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


# A cancelled case frees its number for the right one.
ONE_CASE_PER_NUMBER = Index(
    "one_live_case_per_number",
    "case_number",  # first: ledgers are looked up by number
    "authority_region",
    "office",
    unique=True,
    sqlite_where=text("cancelled = 0"),
    postgresql_where=text("NOT cancelled"),
)


class CaseRow(ReconsiderationModel, table=True):
    """One application 复议申请. SQLModel tables do not validate: rows are written from a checked Case only."""

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        CheckConstraint("accepted_on IS NULL OR accepted_on >= received_on", name="accepted_after_receipt"),
        CheckConstraint("refused_on IS NULL OR refused_on >= received_on", name="refused_after_receipt"),
        CheckConstraint("closed_on IS NULL OR closed_on >= accepted_on", name="closed_after_acceptance"),
        CheckConstraint("accepted_on IS NULL OR refused_on IS NULL", name="not_accepted_and_refused"),
        CheckConstraint("(refused_on IS NULL) = (refusal IS NULL)", name="refusal_has_date_and_kind"),
        CheckConstraint("(closed_on IS NULL) = (outcome IS NULL)", name="closing_has_date_and_outcome"),
        CheckConstraint("outcome IS NULL OR accepted_on IS NOT NULL", name="outcome_needs_acceptance"),
        CheckConstraint(
            # While a suspension or an expertise lasts there is no due date (AR-5.2, AR-5.3).
            "(accepted_on IS NOT NULL OR decision_due_on IS NULL)"
            " AND (closed_on IS NULL OR decision_due_on IS NOT NULL)",
            name="acceptance_starts_the_period",
        ),
        CheckConstraint(f"status IN ({STATUSES})", name="status_is_known"),
        CheckConstraint(
            "withdraw_reason IS NULL OR coalesce(termination_ground, '') = 'T1'",
            name="reason_belongs_to_withdrawal",
        ),
        ONE_CASE_PER_NUMBER,
        Index("cases_by_office", "office", "id"),
        Index("cases_by_due", "decision_due_on", "id"),
        Index("cases_by_closing", "authority_region", "closed_on"),
        Index("cases_by_act", "act_number"),
        # Lists: each goes on in its index where the page before it ended.
        Index("cases_by_office_and_state", "office", "status", "id"),
        Index("cases_by_state", "status", "id"),
        Index("cases_by_office_and_region", "office", "authority_region", "id"),
        _partial("cases_by_office_and_due_date", "office", "next_due_on", "id", where=_HAS_DUE_DATE),
        _partial("cases_by_due_date", "next_due_on", "id", where=_HAS_DUE_DATE),
        Index(
            "cancelled_cases_by_number",
            "case_number",
            sqlite_where=text("cancelled = 1"),
            postgresql_where=text("cancelled"),
        ),
    )

    id: UUID = Field(primary_key=True)
    version: int
    case_number: str = Field(sa_column=Column(String(64), nullable=False))
    authority_region: str = Field(sa_column=Column(String(12), nullable=False))
    authority_level: str = Field(sa_column=Column(String(16), nullable=False))
    respondent: str | None = Field(sa_column=Column(Text))
    respondent_type: str | None = Field(sa_column=Column(String(32)))
    matter: str | None = Field(sa_column=Column(Text))
    field: str | None = Field(sa_column=Column(Text))
    channel: str | None = Field(sa_column=Column(String(32)))
    is_group: bool
    received_on: date
    accepted_on: date | None
    refused_on: date | None
    refusal: str | None = Field(sa_column=Column(String(32)))
    procedure: str | None = Field(sa_column=Column(String(16)))
    decision_due_on: date | None
    due_provisional: bool
    closed_on: date | None
    outcome: str | None = Field(sa_column=Column(String(32)))
    termination_ground: str | None = Field(sa_column=Column(String(2)))
    withdraw_reason: str | None = Field(sa_column=Column(String(32)))
    opinion_letters_on: list[str] = Field(sa_column=Column(JSON, nullable=False))
    recommendation_letters_on: list[str] = Field(sa_column=Column(JSON, nullable=False))
    office: str = Field(sa_column=Column(String(64), nullable=False, server_default=text("''")))
    cancelled: bool
    status: str = Field(sa_column=Column(String(24), nullable=False, server_default=text("'received'")))
    next_due_on: date | None  # 最近期限: the earliest open clock
    act_number: str | None = Field(sa_column=Column(String(64)))  # 文号 of the act challenged
    proceeding: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    texts: str | None = Field(sa_column=Column(Text))
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class ClockRow(ReconsiderationModel, table=True):
    """One period 期限 of a case, as it was last computed."""

    __tablename__ = "clock"
    __table_args__ = (
        CheckConstraint("state IN ('open', 'met', 'missed', 'ended')", name="clock_state_is_known"),
        _partial("open_clocks_by_office", "office", "due_on", "case_id", "kind", "ordinal", where=_IS_OPEN),
        _partial(
            "open_clocks_by_office_and_rule",
            *("office", "rule", "due_on", "case_id", "kind", "ordinal"),
            where=_IS_OPEN,
        ),
        _partial("open_clocks", "due_on", "case_id", "kind", "ordinal", where=_IS_OPEN),
        _partial("open_clocks_by_rule", "rule", "due_on", "case_id", "kind", "ordinal", where=_IS_OPEN),
    )

    case_id: UUID = Field(primary_key=True)
    office: str = Field(sa_column=Column(String(64), nullable=False))
    kind: str = Field(sa_column=Column(String(40), primary_key=True))
    ordinal: int = Field(sa_column=Column(Integer, primary_key=True, autoincrement=False))
    rule: str = Field(sa_column=Column(String(40), nullable=False))
    article: str = Field(sa_column=Column(Text, nullable=False))
    started_on: date
    length: int
    unit: str = Field(sa_column=Column(String(16), nullable=False))
    extension_days: int
    excluded_days: int
    due_on: date | None
    provisional: bool
    explanation: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(sa_column=Column(String(8), nullable=False))
    met_on: date | None


class LinkRow(ReconsiderationModel, table=True):
    """Another case that a case names 关联案件, as it may be asked for; cases without links have no row."""

    __tablename__ = "case_link"
    __table_args__ = (
        CheckConstraint(f"service IN ({LINKED_SERVICES})", name="linked_service_is_known"),
        Index("links_by_named_case", "linked_id", "service", "office", "case_id"),
    )

    case_id: UUID = Field(primary_key=True)
    service: str = Field(sa_column=Column(String(16), primary_key=True))
    linked_id: UUID = Field(primary_key=True)
    office: str = Field(sa_column=Column(String(64), nullable=False))


class HandlerRow(ReconsiderationModel, table=True):
    """Who handles a case 承办人, by account, as it may be asked for; cases without handlers have no row."""

    __tablename__ = "case_handler"
    __table_args__ = (Index("cases_by_handler", "account", "office", "case_id"),)

    case_id: UUID = Field(primary_key=True)
    account: str = Field(sa_column=Column(String(64), primary_key=True))
    office: str = Field(sa_column=Column(String(64), nullable=False))


class FormerRow(ReconsiderationModel, table=True):
    """What a case was before its last step, sealed, for whoever takes that step back."""

    __tablename__ = "former"

    case_id: UUID = Field(primary_key=True)
    version: int
    step: str = Field(sa_column=Column(String(40), nullable=False))
    taken_by: str = Field(sa_column=Column(String(64), nullable=False))
    content: str | None = Field(sa_column=Column(Text))  # emptied when the case is erased
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


METADATA = ReconsiderationModel.metadata
_PAIRS = ARRAY(Text).with_variant(JSON, "sqlite")
# The plain words of a case as they are searched, folded; `place` on SQLite only, the pairs on PostgreSQL only.
CASE_TEXT = Table(
    "case_text",
    METADATA,
    Column("case_id", Uuid, primary_key=True),
    Column("office", String(64), nullable=False),
    Column("place", BigInteger().with_variant(Integer, "sqlite")),
    Column("number", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("pairs", _PAIRS),
    Column("number_pairs", _PAIRS),
    Index("case_text_by_place", "place", unique=True),
)
# Cases of an earlier release whose clocks are to be counted: made by a migration, emptied at the first start after it.
UNCOUNTED = Table("clock_uncounted", METADATA, Column("case_id", Uuid, primary_key=True))
TABLES = CaseTables(METADATA, service=SERVICE, roles_that_act=ROLES_THAT_ACT)
AUDIT, EVENTS, VAULT = TABLES.audit, TABLES.events, TABLES.vault
IDEMPOTENCY, JOURNAL, PARTIES = TABLES.idempotency, TABLES.journal, TABLES.parties
CALENDARS = TABLES.calendars
VAULT.register(SealedTable(METADATA.tables["case_file"], ("matter", "texts"), case="id"))
VAULT.register(SealedTable(METADATA.tables["former"], ("content",), row="case_id"))
