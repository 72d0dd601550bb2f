"""First books: offices, accounts, grants, credentials, sessions, attempts, audit."""

import sqlalchemy as sa
from alembic import op

from shared.kit import audit
from shared.kit.database import UtcDateTime
from shared.kit.migrations import wall_in

revision = "0001"
down_revision = None


def upgrade() -> None:
    _create_offices()
    _create_accounts()
    _create_grants()
    _create_credentials()
    _create_sessions()
    audit.create_tables(op)
    # Nothing here belongs to one office; the application's role and the audit trail's protection are what is wanted.
    wall_in(op, by_office=())


def _create_offices() -> None:
    op.create_table(
        "office",
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("region", sa.String(12), nullable=False),
        sa.Column("parent", sa.String(64), sa.ForeignKey("office.code")),
        sa.Column("valid_from", sa.Date, nullable=False),
        sa.Column("valid_to", sa.Date),
        sa.CheckConstraint("length(code) > 0 AND code <> '*'", name="office_code_is_its_own"),
        sa.CheckConstraint(
            "kind IN ('reconsideration', 'mediation', 'judicial_office', 'litigation', 'bureau')",
            name="office_kind_is_known",
        ),
        sa.CheckConstraint("parent <> code", name="office_is_not_below_itself"),
        sa.CheckConstraint("parent IS NOT NULL OR kind = 'bureau'", name="only_a_bureau_stands_at_the_top"),
        sa.CheckConstraint("valid_to >= valid_from", name="office_ends_after_it_begins"),
    )
    version = op.create_table(
        "office_version",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.CheckConstraint("id = 1", name="one_office_version"),
    )
    op.bulk_insert(version, [{"id": 1, "version": 0}])


def _create_accounts() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("login", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("disabled_at", UtcDateTime),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("kind IN ('staff', 'system', 'security', 'audit')", name="account_kind_is_known"),
        sa.CheckConstraint("length(login) >= 3", name="login_is_long_enough"),
        sa.UniqueConstraint("id", "kind", name="account_with_its_kind"),
    )
    op.create_table(
        "external_identity",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("issuer", sa.Text, nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.UniqueConstraint("issuer", "subject", name="one_account_per_subject"),
    )


def _create_grants() -> None:
    op.create_table(
        "granted",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("account_id", sa.Uuid, nullable=False),
        sa.Column("account_kind", sa.String(16), nullable=False),
        sa.Column("role", sa.String(40), nullable=False),
        sa.Column("office", sa.String(64), sa.ForeignKey("office.code")),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id", "account_kind"], ["account.id", "account.kind"], name="grant_fits_its_account"
        ),
        sa.CheckConstraint("(account_kind = 'system') = (role = 'system_admin')", name="system_admin_alone"),
        sa.CheckConstraint(
            "(account_kind = 'security') = (role = 'security_admin')", name="security_admin_alone"
        ),
        sa.CheckConstraint("(account_kind = 'audit') = (role = 'audit_admin')", name="audit_admin_alone"),
        sa.CheckConstraint("role NOT IN ('operator', 'service')", name="role_can_be_given"),
        sa.CheckConstraint(
            "(office IS NULL) = (role IN ('system_admin', 'security_admin', 'audit_admin'))",
            name="only_administrators_are_without_office",
        ),
        sa.UniqueConstraint("account_id", "role", "office", name="granted_once"),
    )
    op.create_index(
        "administrator_once",
        "granted",
        ["account_id", "role"],
        unique=True,
        sqlite_where=sa.text("office IS NULL"),
        postgresql_where=sa.text("office IS NULL"),
    )


def _create_credentials() -> None:
    op.create_table(
        "local_credential",
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("must_change", sa.Boolean, nullable=False),
        sa.Column("expires_at", UtcDateTime),
        sa.Column("changed_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("substr(password_hash, 1, 10) = '$argon2id$'", name="password_is_hashed"),
        sa.CheckConstraint("must_change OR expires_at IS NULL", name="an_own_password_does_not_expire"),
    )
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("last_step", sa.BigInteger, nullable=False),
        sa.Column("confirmed_at", UtcDateTime),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
    )


def _create_sessions() -> None:
    op.create_table(
        "session",
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("token_digest", sa.String(64), nullable=False, unique=True),
        sa.Column("account_id", sa.Uuid, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("strong", sa.Boolean, nullable=False),
        sa.Column("csrf", sa.String(64)),
        sa.Column("created_at", UtcDateTime, nullable=False),
        sa.Column("last_seen_at", UtcDateTime, nullable=False),
        sa.Column("ended_at", UtcDateTime),
        sa.CheckConstraint("kind IN ('browser', 'command')", name="session_kind_is_known"),
        sa.CheckConstraint("(kind = 'browser') = (csrf IS NOT NULL)", name="a_cookie_has_a_token_beside_it"),
        sa.CheckConstraint("length(token_digest) = 64", name="token_is_hashed"),
        sa.CheckConstraint("last_seen_at >= created_at", name="session_seen_after_creation"),
    )
    op.create_index("sessions_by_account", "session", ["account_id", "ended_at"])
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(64), primary_key=True),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("open_at", UtcDateTime, nullable=False),
        sa.Column("last_at", UtcDateTime, nullable=False),
        sa.CheckConstraint("failures >= 1", name="an_attempt_counts"),
    )
    op.create_index("attempts_by_age", "attempt", ["last_at"])
