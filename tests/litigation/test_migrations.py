"""The migrations make exactly the tables that the models describe, on both databases."""

from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from services.litigation.main import MIGRATIONS
from services.litigation.models import METADATA
from shared.kit.database import Database
from shared.kit.migrations import migrate


def test_migrations_and_models_agree(empty_url: str) -> None:
    database = Database(empty_url, METADATA)

    assert migrate(database, MIGRATIONS)

    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, METADATA) == []
    database.dispose()


def test_migrating_twice_changes_nothing(empty_url: str) -> None:
    database = Database(empty_url, METADATA)

    assert (migrate(database, MIGRATIONS), migrate(database, MIGRATIONS)) == (True, False)
    database.dispose()


def test_migrations_and_models_state_the_same_checks(empty_url: str) -> None:
    """Alembic does not compare CHECK constraints, and they are what keeps the books lawful."""
    database = Database(empty_url, METADATA)
    migrate(database, MIGRATIONS)
    table = METADATA.tables["case_file"]
    named = {str(constraint.name) for constraint in table.constraints if constraint.name}

    made = {check["name"] for check in inspect(database.engine).get_check_constraints("case_file")}

    assert made == named
    database.dispose()
