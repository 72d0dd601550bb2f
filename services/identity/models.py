"""The books of this service. That the three administrators exclude each other is held here, not by code alone."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.orm import registry
from sqlmodel import Field, SQLModel

from shared.kit.audit import AuditTrail
from shared.kit.database import UtcDateTime


class IdentityModel(SQLModel, registry=registry()):
    """Its own registry: another service's table of the same name can never collide with one of these."""

    metadata = MetaData()


class OfficeRow(IdentityModel, table=True):
    """机构: one office in the tree. That the tree has no cycle is decided under the lock of `office_version`."""

    __tablename__ = "office"
    __table_args__ = (
        CheckConstraint("length(code) > 0 AND code <> '*'", name="office_code_is_its_own"),
        CheckConstraint(
            "kind IN ('reconsideration', 'mediation', 'judicial_office', 'litigation', 'bureau')",
            name="office_kind_is_known",
        ),
        CheckConstraint("parent <> code", name="office_is_not_below_itself"),
        CheckConstraint("parent IS NOT NULL OR kind = 'bureau'", name="only_a_bureau_stands_at_the_top"),
        CheckConstraint("valid_to >= valid_from", name="office_ends_after_it_begins"),
    )

    code: str = Field(sa_column=Column(String(64), primary_key=True))
    name: str = Field(sa_column=Column(String(200), nullable=False))
    kind: str = Field(sa_column=Column(String(32), nullable=False))
    region: str = Field(sa_column=Column(String(12), nullable=False))
    parent: str | None = Field(sa_column=Column(String(64), ForeignKey("office.code")))
    valid_from: date
    valid_to: date | None


class OfficeVersionRow(IdentityModel, table=True):
    """One row: how often the offices have changed. Whoever changes them holds it until the change is done."""

    __tablename__ = "office_version"
    __table_args__ = (CheckConstraint("id = 1", name="one_office_version"),)

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    version: int


class AccountRow(IdentityModel, table=True):
    """账户. Accounts are disabled, never deleted: the audit trail names them."""

    __tablename__ = "account"
    __table_args__ = (
        CheckConstraint("kind IN ('staff', 'system', 'security', 'audit')", name="account_kind_is_known"),
        CheckConstraint("length(login) >= 3", name="login_is_long_enough"),
        # What a grant refers to, so that a role cannot stand beside a kind that excludes it.
        UniqueConstraint("id", "kind", name="account_with_its_kind"),
    )

    id: UUID = Field(primary_key=True)
    login: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    name: str = Field(sa_column=Column(String(100), nullable=False))
    disabled_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class GrantRow(IdentityModel, table=True):
    """授权: one role at one office; without an office it holds for the whole suite, as administrators' roles do."""

    __tablename__ = "granted"
    __table_args__ = (
        ForeignKeyConstraint(
            ["account_id", "account_kind"], ["account.id", "account.kind"], name="grant_fits_its_account"
        ),
        # The four implications exclude each other, so an account holds one administrator's role or those of staff.
        CheckConstraint("(account_kind = 'system') = (role = 'system_admin')", name="system_admin_alone"),
        CheckConstraint(
            "(account_kind = 'security') = (role = 'security_admin')", name="security_admin_alone"
        ),
        CheckConstraint("(account_kind = 'audit') = (role = 'audit_admin')", name="audit_admin_alone"),
        CheckConstraint("role NOT IN ('operator', 'service')", name="role_can_be_given"),
        CheckConstraint(
            "(office IS NULL) = (role IN ('system_admin', 'security_admin', 'audit_admin'))",
            name="only_administrators_are_without_office",
        ),
        UniqueConstraint("account_id", "role", "office", name="granted_once"),
        # NULLs are distinct to a unique constraint.
        Index(
            "administrator_once",
            "account_id",
            "role",
            unique=True,
            sqlite_where=text("office IS NULL"),
            postgresql_where=text("office IS NULL"),
        ),
    )

    id: UUID = Field(primary_key=True)
    account_id: UUID
    account_kind: str = Field(sa_column=Column(String(16), nullable=False))
    role: str = Field(sa_column=Column(String(40), nullable=False))
    office: str | None = Field(sa_column=Column(String(64), ForeignKey("office.code")))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class CredentialRow(IdentityModel, table=True):
    """A password, as an argon2id hash. One that somebody else has seen must be changed, and expires."""

    __tablename__ = "local_credential"
    __table_args__ = (
        CheckConstraint("substr(password_hash, 1, 10) = '$argon2id$'", name="password_is_hashed"),
        CheckConstraint("must_change OR expires_at IS NULL", name="an_own_password_does_not_expire"),
    )

    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), primary_key=True))
    password_hash: str = Field(sa_column=Column(String(200), nullable=False))
    must_change: bool
    expires_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    changed_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SecondFactorRow(IdentityModel, table=True):
    """The sealed secret of the one-time codes; `last_step` is the newest time step used, so a code works once."""

    __tablename__ = "second_factor"

    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), primary_key=True))
    secret: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    last_step: int = Field(sa_column=Column(BigInteger, nullable=False))
    confirmed_at: datetime | None = Field(sa_column=Column(UtcDateTime))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class SessionRow(IdentityModel, table=True):
    """One signed-in browser or command. The token itself is nowhere: only its SHA-256 is."""

    __tablename__ = "session"
    __table_args__ = (
        CheckConstraint("kind IN ('browser', 'command')", name="session_kind_is_known"),
        CheckConstraint("(kind = 'browser') = (csrf IS NOT NULL)", name="a_cookie_has_a_token_beside_it"),
        CheckConstraint("length(token_digest) = 64", name="token_is_hashed"),
        CheckConstraint("last_seen_at >= created_at", name="session_seen_after_creation"),
        Index("sessions_by_account", "account_id", "ended_at"),
    )

    id: UUID = Field(primary_key=True)
    token_digest: str = Field(sa_column=Column(String(64), nullable=False, unique=True))
    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), nullable=False))
    kind: str = Field(sa_column=Column(String(16), nullable=False))
    strong: bool
    csrf: str | None = Field(sa_column=Column(String(64)))
    created_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_seen_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    ended_at: datetime | None = Field(sa_column=Column(UtcDateTime))


class ExternalIdentityRow(IdentityModel, table=True):
    """Who somebody is at an outside issuer; roles come from our own grants only."""

    __tablename__ = "external_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject", name="one_account_per_subject"),)

    id: UUID = Field(primary_key=True)
    account_id: UUID = Field(sa_column=Column(Uuid, ForeignKey("account.id"), nullable=False))
    issuer: str = Field(sa_column=Column(Text, nullable=False))
    subject: str = Field(sa_column=Column(String(255), nullable=False))
    recorded_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


class AttemptRow(IdentityModel, table=True):
    """Failures of one login at one address: `key` is a keyed hash of both, neither can be read from it."""

    __tablename__ = "attempt"
    __table_args__ = (
        CheckConstraint("failures >= 1", name="an_attempt_counts"),
        Index("attempts_by_age", "last_at"),
    )

    key: str = Field(sa_column=Column(String(64), primary_key=True))
    failures: int
    open_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))
    last_at: datetime = Field(sa_column=Column(UtcDateTime, nullable=False))


METADATA = IdentityModel.metadata
AUDIT = AuditTrail(METADATA)
