"""The vault's tables in a service's own database, and the columns of that service which hold sealed values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import ModuleType
from typing import TYPE_CHECKING

import sqlalchemy as sa

from shared.kit.database import UtcDateTime

if TYPE_CHECKING:
    from alembic.operations import Operations

DATA = "data"  # wraps the keys of cases
INDEX = "index"  # makes blind indexes
ACTIVE = "active"
RETIRING = "retiring"  # still needed to read, no longer used to write
RETIRED = "retired"  # its bytes are gone; the row says that it was

_ONE_ACTIVE = sa.text(f"state = '{ACTIVE}'")
_IMMUTABLE = {
    "sqlite": (
        "CREATE TRIGGER destroyed_key_is_never_changed BEFORE UPDATE ON destroyed_key"
        " BEGIN SELECT RAISE(ABORT, 'destroyed keys stay destroyed'); END",
        "CREATE TRIGGER destroyed_key_is_never_deleted BEFORE DELETE ON destroyed_key"
        " BEGIN SELECT RAISE(ABORT, 'destroyed keys stay destroyed'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION refuse_return_of_keys() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'destroyed keys stay destroyed'; END $$",
        "CREATE TRIGGER destroyed_key_is_never_changed BEFORE UPDATE OR DELETE ON destroyed_key"
        " FOR EACH ROW EXECUTE FUNCTION refuse_return_of_keys()",
        "CREATE TRIGGER destroyed_key_is_never_truncated BEFORE TRUNCATE ON destroyed_key"
        " EXECUTE FUNCTION refuse_return_of_keys()",
    ),
}


@dataclass(frozen=True, slots=True)
class SealedTable:
    """Which columns of a table are sealed under the key of the case that stands in its column `case`.

    `blinds` names for each blind index the sealed column that it is made from. Erasure empties both.
    """

    table: sa.Table
    sealed: tuple[str, ...]
    blinds: Mapping[str, str] = field(default_factory=dict)
    row: str = "id"
    case: str = "case_id"


def _service_key_columns() -> tuple[sa.Column[object] | sa.CheckConstraint, ...]:
    return (
        sa.Column("kid", sa.String(16), primary_key=True),
        sa.Column("purpose", sa.String(8), nullable=False),
        sa.Column("suite", sa.String(8), nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("master", sa.String(32), nullable=False),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("made_at", UtcDateTime, nullable=False),
        sa.CheckConstraint(f"purpose IN ('{DATA}', '{INDEX}')", name="service_key_has_a_purpose"),
        sa.CheckConstraint(
            f"state IN ('{ACTIVE}', '{RETIRING}', '{RETIRED}')", name="service_key_has_a_state"
        ),
        sa.CheckConstraint(
            f"(wrapped IS NULL) = (state = '{RETIRED}')", name="only_a_retired_service_key_is_gone"
        ),
    )


def _case_key_columns() -> tuple[sa.Column[object] | sa.CheckConstraint, ...]:
    return (
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("kid", sa.String(16), sa.ForeignKey("service_key.kid")),
        sa.Column("suite", sa.String(8)),
        sa.Column("wrapped", sa.LargeBinary),
        sa.Column("destroyed_at", UtcDateTime),
        sa.CheckConstraint(
            "(wrapped IS NULL) = (destroyed_at IS NOT NULL)", name="only_a_destroyed_case_key_is_gone"
        ),
        sa.CheckConstraint("(wrapped IS NULL) = (kid IS NULL)", name="a_wrapped_key_names_what_wraps_it"),
        sa.CheckConstraint("(wrapped IS NULL) = (suite IS NULL)", name="a_wrapped_key_names_its_suite"),
    )


def _destroyed_key_columns() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("destroyed_at", UtcDateTime, nullable=False),
    )


class VaultTables:
    """`service_key`, `case_key` and the permanent list `destroyed_key`, made in the service's metadata."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self.service_key = sa.Table(
            "service_key",
            metadata,
            *_service_key_columns(),
            sa.Index(
                "one_active_service_key",
                "purpose",
                unique=True,
                sqlite_where=_ONE_ACTIVE,
                postgresql_where=_ONE_ACTIVE,
            ),
        )
        self.case_key = sa.Table(
            "case_key",
            metadata,
            *_case_key_columns(),
            sa.Index("case_keys_by_service_key", "kid", "case_id"),
        )
        self.destroyed_key = sa.Table("destroyed_key", metadata, *_destroyed_key_columns())


def create_tables(op: "Operations | ModuleType") -> None:
    """The vault's tables in their first release, for a service's migration; destroyed keys never come back."""
    op.create_table("service_key", *_service_key_columns())
    op.create_index(
        "one_active_service_key",
        "service_key",
        ["purpose"],
        unique=True,
        sqlite_where=_ONE_ACTIVE,
        postgresql_where=_ONE_ACTIVE,
    )
    op.create_table("case_key", *_case_key_columns())
    op.create_index("case_keys_by_service_key", "case_key", ["kid", "case_id"])
    op.create_table("destroyed_key", *_destroyed_key_columns())
    for statement in _IMMUTABLE[op.get_bind().dialect.name]:
        op.execute(statement)
