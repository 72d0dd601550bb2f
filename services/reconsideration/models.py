"""The books of this service. The database refuses what the rules refuse: code is rewritten, constraints stay."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import JSON, CheckConstraint, Column, Index, MetaData, String, Text, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.contracts.reconsideration import SERVICE
from shared.kit.audit import AuditTrail
from shared.kit.database import UtcDateTime
from shared.kit.idempotency import Idempotency
from shared.kit.journal import Journal
from shared.kit.outbox import EventLog
from shared.kit.parties import Parties
from shared.kit.throttle import Throttle
from shared.kit.vault import SealedTable, Vault


class ReconsiderationModel(SQLModel, registry=registry()):
    """Its own registry: another service's table of the same name can never collide with one of these."""

    metadata = MetaData()


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
            "(accepted_on IS NULL) = (decision_due_on IS NULL)", name="acceptance_starts_the_period"
        ),
        CheckConstraint(
            "withdraw_reason IS NULL OR coalesce(termination_ground, '') = 'T1'",
            name="reason_belongs_to_withdrawal",
        ),
        # A cancelled case frees its number for the right one.
        Index(
            "one_live_case_per_number",
            "case_number",  # first: ledgers are looked up by number
            "authority_region",
            "office",
            unique=True,
            sqlite_where=text("cancelled = 0"),
            postgresql_where=text("NOT cancelled"),
        ),
        Index("cases_by_office", "office", "id"),
        Index("cases_by_closing", "authority_region", "closed_on"),
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
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


METADATA = ReconsiderationModel.metadata
AUDIT = AuditTrail(METADATA)
EVENTS = EventLog(METADATA, AUDIT)
VAULT = Vault(METADATA, service=SERVICE)
IDEMPOTENCY = Idempotency(METADATA, VAULT)
VAULT.register(SealedTable(METADATA.tables["case_file"], ("matter",), case="id"))
JOURNAL = Journal(METADATA, VAULT)
PARTIES = Parties(METADATA, VAULT)
THROTTLE = Throttle(METADATA)
