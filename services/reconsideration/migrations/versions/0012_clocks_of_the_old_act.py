"""Cases received before 2024 wait to have their clocks counted anew: they had the periods of the Act of 2023.

The days that a case itself keeps stay as they are, so that no case becomes another; what a ledger told of a case
that has ended has no clocks, and waits for none.
"""

from alembic import op

from shared.kit.database import SCOPE_SETTING

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        # The owner is held by the second wall too, unless it says that it works for every office.
        op.execute(f"SELECT set_config('{SCOPE_SETTING}', '*', true)")
    op.execute(
        "INSERT INTO clock_uncounted SELECT id FROM case_file"
        " WHERE NOT cancelled AND received_on < '2024-01-01'"
        " AND (closed_on IS NULL OR EXISTS (SELECT 1 FROM clock WHERE clock.case_id = case_file.id))"
        " AND NOT EXISTS (SELECT 1 FROM clock_uncounted waiting WHERE waiting.case_id = case_file.id)"
    )
