"""Holiday notices reach a running service; cases are found by their due date."""

from alembic import op

from shared.kit import calendars

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    calendars.create_tables(op)
    op.create_index("cases_by_due", "case_file", ["decision_due_on", "id"])
