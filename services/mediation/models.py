"""The books of this service. The database refuses what the rules refuse: code is rewritten, constraints stay."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Column, Index, MetaData, String, text
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from services.mediation.terms import ROLES_THAT_ACT
from shared.contracts.mediation import SERVICE
from shared.kit.case_tables import CaseTables
from shared.kit.database import UtcDateTime


class MediationModel(SQLModel, registry=registry()):
    """Its own registry: another service's table of the same name can never collide with one of these."""

    metadata = MetaData()


def _one_live(name: str, *columns: str) -> Index:
    """What is cancelled frees its place for the right one."""
    return Index(
        name,
        *columns,
        unique=True,
        sqlite_where=text("cancelled = 0"),
        postgresql_where=text("NOT cancelled"),
    )


# The number leads: ledgers are looked up by it.
ONE_CASE_PER_NUMBER = _one_live("one_live_case_per_number", "case_number", "region", "committee", "office")
ONE_ORGANISATION_PER_NAME = _one_live("one_live_organisation_per_name", "name", "region", "office")


class CaseRow(MediationModel, table=True):
    """One dispute 调解案件. SQLModel tables do not validate: rows are written from a checked Case only.

    A comparison with an empty outcome is neither true nor false, and a CHECK lets it pass: hence "IS NOT NULL AND".
    """

    __tablename__ = "case_file"
    __table_args__ = (
        CheckConstraint("version >= 1", name="version_counts_from_one"),
        CheckConstraint("accepted_on >= registered_on", name="accepted_after_registration"),
        CheckConstraint("declined_on >= registered_on", name="declined_after_registration"),
        CheckConstraint("accepted_on IS NULL OR declined_on IS NULL", name="not_accepted_and_declined"),
        CheckConstraint("(accepted_on IS NULL) = (due_on IS NULL)", name="acceptance_starts_the_period"),
        CheckConstraint("(closed_on IS NULL) = (outcome IS NULL)", name="closing_has_date_and_outcome"),
        CheckConstraint("outcome IS NULL OR accepted_on IS NOT NULL", name="outcome_needs_acceptance"),
        CheckConstraint("closed_on >= accepted_on", name="closed_after_acceptance"),
        CheckConstraint(
            "(termination_reason IS NOT NULL) = (outcome IS NOT NULL AND outcome = 'terminated')",
            name="termination_has_a_reason",
        ),
        CheckConstraint(
            "(effective_on IS NOT NULL)"
            " = (outcome IS NOT NULL AND outcome IN ('agreed_written', 'agreed_oral'))",
            name="agreement_takes_effect",
        ),
        CheckConstraint("effective_on >= accepted_on", name="effective_after_acceptance"),
        CheckConstraint("effective_on <= closed_on", name="effective_when_closed"),
        CheckConstraint(
            "confirmed_on IS NULL OR (outcome IS NOT NULL AND outcome = 'agreed_written')",
            name="confirmation_needs_written_agreement",
        ),
        CheckConstraint("confirmed_on >= effective_on", name="confirmed_after_effect"),
        CheckConstraint("amount_fen BETWEEN 0 AND 999999999999999", name="amount_is_readable"),
        CheckConstraint("amount_fen = 0 OR effective_on IS NOT NULL", name="amount_needs_agreement"),
        ONE_CASE_PER_NUMBER,
        Index("cases_by_office", "office", "id"),
        Index("cases_by_due", "due_on", "id"),
        Index("cases_by_closing", "region", "closed_on"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    case_number: str = Field(sa_column=Column(String(64), nullable=False))
    region: str = Field(sa_column=Column(String(12), nullable=False))
    committee: str = Field(sa_column=Column(String(200), nullable=False))
    scope: str = Field(sa_column=Column(String(16), nullable=False))
    source: str | None = Field(sa_column=Column(String(32)))
    referral: str | None = Field(sa_column=Column(String(16)))
    dispute_type: str | None = Field(sa_column=Column(String(32)))
    registered_on: date
    accepted_on: date | None
    declined_on: date | None
    due_on: date | None
    due_provisional: bool
    closed_on: date | None
    outcome: str | None = Field(sa_column=Column(String(16)))
    termination_reason: str | None = Field(sa_column=Column(String(32)))
    effective_on: date | None
    confirmed_on: date | None
    amount_fen: int = Field(sa_column=Column(BigInteger, nullable=False))
    office: str = Field(sa_column=Column(String(64), nullable=False, server_default=text("''")))
    cancelled: bool
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class OrganisationRow(MediationModel, table=True):
    """One entry of the register 调解组织名册, written from a checked Organisation only."""

    __tablename__ = "organisation"
    __table_args__ = (
        CheckConstraint("version >= 1", name="organisation_version_counts_from_one"),
        CheckConstraint("length(name) > 0", name="organisation_has_a_name"),
        CheckConstraint(
            "NOT is_industry OR org_type IN"
            " ('village', 'resident', 'town', 'street', 'enterprise', 'social', 'unspecified')",
            name="industry_is_a_kind_of_committee",
        ),
        CheckConstraint("dissolved_on >= established_on", name="dissolved_after_establishment"),
        ONE_ORGANISATION_PER_NAME,
        Index("organisations_by_office", "office", "id"),
        Index("organisations_by_type", "region", "org_type"),
    )

    id: UUID = Field(primary_key=True)
    version: int
    name: str = Field(sa_column=Column(String(200), nullable=False))
    region: str = Field(sa_column=Column(String(12), nullable=False))
    org_type: str = Field(sa_column=Column(String(32), nullable=False))
    is_industry: bool
    is_agent_point: bool
    established_on: date | None
    dissolved_on: date | None
    office: str = Field(sa_column=Column(String(64), nullable=False, server_default=text("''")))
    cancelled: bool
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


METADATA = MediationModel.metadata
TABLES = CaseTables(METADATA, service=SERVICE, roles_that_act=ROLES_THAT_ACT)
EVENTS, JOURNAL = TABLES.events, TABLES.journal
