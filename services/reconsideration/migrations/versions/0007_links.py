"""Links name a service and a case, and are found by what they name."""

import json
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op

from shared.kit.database import SCOPE_SETTING
from shared.kit.migrations import wall_in

revision = "0007"
down_revision = "0006"

# Written out, not taken from the code of the day.
_SERVICES = ("reconsideration", "mediation", "litigation")
_CASES = sa.table(
    "case_file", sa.column("id", sa.Uuid), sa.column("office", sa.String), sa.column("proceeding", sa.JSON)
)


def upgrade() -> None:
    table = op.create_table(
        "case_link",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("service", sa.String(16), primary_key=True),
        sa.Column("linked_id", sa.Uuid, primary_key=True),
        sa.Column("office", sa.String(64), nullable=False),
        sa.CheckConstraint(f"service IN ({', '.join(map(repr, _SERVICES))})", name="linked_service_is_known"),
    )
    op.create_index("links_by_named_case", "case_link", ["linked_id", "service", "office", "case_id"])
    connection = op.get_bind()
    if connection.dialect.name == "postgresql":
        # The owner is held by the second wall too, unless it says that it works for every office.
        op.execute(f"SELECT set_config('{SCOPE_SETTING}', '*', true)")
    rows = _links(connection)
    if rows:
        op.bulk_insert(table, rows)
    wall_in(op, by_office=("case_link",))


def _links(connection: sa.Connection) -> list[dict[str, Any]]:
    """Of the few cases with links: what they name, in texts such as "litigation:UUID"."""
    told = sa.cast(_CASES.c.proceeding, sa.Text)
    kept = sa.select(_CASES.c.id, _CASES.c.office, told.label("told")).where(
        told.like('%"linked"%') | told.like('%"merged_into"%')
    )
    rows: dict[tuple[UUID, str, UUID], dict[str, Any]] = {}
    for case_id, office, proceeding in connection.execute(kept):
        found = json.loads(proceeding)
        into = found.get("merged_into")
        references = [*found.get("linked", ()), *([f"reconsideration:{into}"] if into else [])]
        for service, linked_id in filter(None, map(_read, references)):
            rows[case_id, service, linked_id] = {
                "case_id": case_id,
                "office": office,
                "service": service,
                "linked_id": linked_id,
            }
    return list(rows.values())


def _read(reference: str) -> tuple[str, UUID] | None:
    """What names no id named no case."""
    service, _, named = reference.partition(":")
    try:
        return service, UUID(named)
    except ValueError:
        return None
