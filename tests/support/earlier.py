"""Books as an earlier release left them."""

from pathlib import Path

from alembic import command
from alembic.config import Config

from shared.kit.database import Database


def migrate_to(database: Database, migrations: Path, revision: str) -> None:
    """The migrations up to this one, and none after."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.set_main_option("path_separator", "os")
    with database.engine.begin() as connection:
        config.attributes["connection"] = connection
        config.attributes["metadata"] = database.metadata
        command.upgrade(config, revision)
