"""Holiday notices reach a running service."""

from alembic import op

from shared.kit import calendars

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    calendars.create_tables(op)
