"""Cases are found by who handles them."""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

from shared.kit.database import SCOPE_SETTING
from shared.kit.migrations import wall_in

revision = "0011"
down_revision = "0010"

_CASES = sa.table(
    "case_file", sa.column("id", sa.Uuid), sa.column("office", sa.String), sa.column("proceeding", sa.JSON)
)


def upgrade() -> None:
    table = op.create_table(
        "case_handler",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("account", sa.String(64), primary_key=True),
        sa.Column("office", sa.String(64), nullable=False),
    )
    op.create_index("cases_by_handler", "case_handler", ["account", "office", "case_id"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # The owner is held by the second wall too, unless it says that it works for every office.
        op.execute(f"SELECT set_config('{SCOPE_SETTING}', '*', true)")
    rows = _handlers(connection)
    if rows:
        op.bulk_insert(table, rows)
    wall_in(op, by_office=("case_handler",))


def _handlers(connection: sa.Connection) -> list[dict[str, Any]]:
    told = sa.cast(_CASES.c.proceeding, sa.Text)
    kept = sa.select(_CASES.c.id, _CASES.c.office, told.label("told")).where(told.like('%"handlers"%'))
    return [
        {"case_id": case_id, "office": office, "account": account}
        for case_id, office, proceeding in connection.execute(kept)
        for account in dict.fromkeys(json.loads(proceeding).get("handlers", ()))
    ]
