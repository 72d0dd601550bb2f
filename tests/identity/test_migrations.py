"""The migrations build the tables that the models describe, and the database itself keeps administrators apart."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy.exc import IntegrityError

from services.identity.domain import ACCOUNT_KIND_OF, ADMINISTRATOR_OF
from services.identity.main import MIGRATIONS
from services.identity.models import AUDIT, METADATA, AccountRow, GrantRow, OfficeRow
from services.identity.terms import AccountKind
from shared.contracts.identity import ADMINISTRATORS, NOT_GIVEN, Role
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.identity.desk import BEGIN

OFFICE = "bureau-150625"


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    opened = Database(empty_url, METADATA)
    migrate(opened, MIGRATIONS)
    yield opened
    opened.dispose()


def test_migrating_gives_the_schema_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_migrating_twice_changes_nothing(database: Database) -> None:
    assert not migrate(database, MIGRATIONS)


def test_the_constraints_of_the_models_are_in_the_database(database: Database) -> None:
    inspector = sa.inspect(database.engine)
    of_the_kit = {table.name for table in vars(AUDIT).values()}  # whose tests say what they are like

    for table in (table for table in METADATA.sorted_tables if table.name not in of_the_kit):
        declared = {
            constraint.name: str(constraint.sqltext)
            for constraint in table.constraints
            if isinstance(constraint, sa.CheckConstraint)
        }
        found = {check["name"]: check["sqltext"] for check in inspector.get_check_constraints(table.name)}
        assert set(found) == set(declared)
        if database.is_sqlite:  # PostgreSQL rewrites what it is told
            assert found == declared


def test_nobody_has_an_account_before_somebody_makes_one(database: Database) -> None:
    with database.engine.connect() as connection:
        for table in ("account", "local_credential", "granted", "session", "external_identity"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0


def _seeded(database: Database) -> dict[AccountKind, UUID]:
    """One account of each kind, and a bureau."""
    made = {kind: uuid4() for kind in AccountKind}
    with database.engine.begin() as connection:
        connection.execute(
            sa.insert(OfficeRow).values(
                code=OFFICE, name="x", kind="bureau", region="150625", valid_from=BEGIN.date()
            )
        )
        for kind, account in made.items():
            connection.execute(
                sa.insert(AccountRow).values(
                    id=account, login=f"{kind.value}-x", kind=kind.value, name="x", recorded_at=BEGIN
                )
            )
    return made


def _accepts(database: Database, account: UUID, kind: str, role: str, office: str | None) -> bool:
    try:
        with database.engine.begin() as connection:
            connection.execute(
                sa.insert(GrantRow).values(
                    id=uuid4(),
                    account_id=account,
                    account_kind=kind,
                    role=role,
                    office=office,
                    recorded_at=BEGIN,
                )
            )
    except IntegrityError:
        return False
    return True


def test_the_database_lets_each_kind_of_account_hold_its_own_roles_only(database: Database) -> None:
    accounts = _seeded(database)

    for kind, account in accounts.items():
        for role in Role:
            allowed = role not in NOT_GIVEN and ACCOUNT_KIND_OF.get(role, AccountKind.STAFF) is kind
            fitting, unfitting = (None, OFFICE) if role in ADMINISTRATORS else (OFFICE, None)
            assert not _accepts(database, account, kind.value, role.value, unfitting), (kind, role)
            assert _accepts(database, account, kind.value, role.value, fitting) is allowed, (kind, role)


def test_the_database_is_not_deceived_about_the_kind_of_an_account(database: Database) -> None:
    accounts = _seeded(database)

    for true_kind, account in accounts.items():
        for pretended in set(AccountKind) - {true_kind}:
            role = ADMINISTRATOR_OF.get(pretended, Role.BUREAU_VIEWER)
            office = None if role in ADMINISTRATORS else OFFICE
            assert not _accepts(database, account, pretended.value, role.value, office)


def test_an_administrator_cannot_become_another_kind_while_the_role_is_held(database: Database) -> None:
    accounts = _seeded(database)
    assert _accepts(database, accounts[AccountKind.SYSTEM], "system", "system_admin", None)

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(sa.update(AccountRow).where(sa.column("login") == "system-x").values(kind="audit"))


def test_an_administrators_role_is_held_once(database: Database) -> None:
    account = _seeded(database)[AccountKind.AUDIT]

    assert _accepts(database, account, "audit", "audit_admin", None)
    assert not _accepts(database, account, "audit", "audit_admin", None)


@pytest.mark.parametrize(
    ("code", "kind", "parent", "valid_to"),
    [
        ("a", "bureau", "a", None),
        ("*", "bureau", None, None),
        ("a", "mediation", None, None),
        ("a", "court", None, None),
        ("a", "bureau", None, "2019-12-31"),
        ("a", "bureau", "nowhere", None),
    ],
)
def test_the_database_refuses_offices_that_cannot_be(
    database: Database, code: str, kind: str, parent: str | None, valid_to: str | None
) -> None:
    ended = None if valid_to is None else date.fromisoformat(valid_to)
    office = {"code": code, "name": "x", "kind": kind, "region": "1", "parent": parent}

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(sa.insert(OfficeRow).values(**office, valid_from=date(2020, 1, 1), valid_to=ended))


def test_a_password_in_plain_text_is_not_kept(database: Database) -> None:
    account = _seeded(database)[AccountKind.STAFF]

    with pytest.raises(IntegrityError), database.engine.begin() as connection:
        connection.execute(
            sa.insert(METADATA.tables["local_credential"]).values(
                account_id=account, password_hash="plain", must_change=False, changed_at=BEGIN
            )
        )
