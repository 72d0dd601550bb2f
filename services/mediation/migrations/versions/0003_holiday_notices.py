"""Holiday notices reach a running service; cases are found by their due date."""

from alembic import op

from shared.kit import calendars

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    calendars.create_tables(op)
    op.create_index("cases_by_due", "case_file", ["due_on", "id"])
