"""Cases from before clocks were kept wait to have theirs counted; of those from a ledger it is told that they are."""

import sqlalchemy as sa
from alembic import op

from shared.kit.database import SCOPE_SETTING

revision = "0008"
down_revision = "0007"

# A case of the first release has its journal still unsealed.
_FROM_LEDGER = " OR ".join(
    f"EXISTS (SELECT 1 FROM {journal} WHERE {journal}.case_id = case_file.id"  # noqa: S608 - names of our own
    f" AND {journal}.case_version = 1 AND {journal}.step = 'record')"
    for journal in ("journal", "journal_unsealed")
)


def upgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    if is_postgres:
        # The owner is held by the second wall too, unless it says that it works for every office.
        op.execute(f"SELECT set_config('{SCOPE_SETTING}', '*', true)")
    op.create_table("clock_uncounted", sa.Column("case_id", sa.Uuid, primary_key=True))
    nothing_told = "CAST(proceeding AS TEXT) = '{}'"
    op.execute(
        "UPDATE case_file SET proceeding = '{\"from_ledger\": true}'"  # noqa: S608 - names of our own
        f" WHERE {nothing_told} AND ({_FROM_LEDGER})"
    )
    op.execute(
        "INSERT INTO clock_uncounted SELECT id FROM case_file"
        " WHERE NOT cancelled AND NOT EXISTS (SELECT 1 FROM clock WHERE clock.case_id = case_file.id)"
    )
    if is_postgres:
        for statement in ("ENABLE", "FORCE"):
            op.execute(f"ALTER TABLE clock_uncounted {statement} ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_offices ON clock_uncounted USING"  # noqa: S608 - names of our own
            f" (current_setting('{SCOPE_SETTING}', true) = '*'"
            " OR EXISTS (SELECT 1 FROM case_file owner WHERE owner.id = case_id))"
        )
