"""The whole procedure: state, next due date and proceeding in the case's row, its clocks, its last step."""

import sqlalchemy as sa
from alembic import op

from shared.kit.database import SCOPE_SETTING, UtcDateTime
from shared.kit.migrations import wall_in

revision = "0003"
down_revision = "0002"

# As the state was told from the facts until now; whether a reply came was not recorded.
_STATE = (
    "CASE WHEN cancelled THEN 'cancelled' WHEN closed_on IS NOT NULL THEN 'closed'"
    " WHEN refused_on IS NOT NULL THEN 'not_accepted' WHEN accepted_on IS NOT NULL THEN 'accepted'"
    " ELSE 'received' END"
)
_STATES = (
    "'draft', 'received', 'supplement_wait', 'accepted', 'under_review', 'suspended', 'decision_pending',"
    " 'closed', 'not_accepted', 'cancelled'"
)
_PERIOD = (
    "(accepted_on IS NULL AND decision_due_on IS NULL)"
    " OR (accepted_on IS NOT NULL AND (decision_due_on IS NOT NULL OR status = 'suspended'))"
)


def upgrade() -> None:
    is_postgres = op.get_bind().dialect.name == "postgresql"
    for column in (
        sa.Column("status", sa.String(24), nullable=False, server_default=sa.text("'received'")),
        sa.Column("next_due_on", sa.Date),
        sa.Column("act_number", sa.String(64)),
        sa.Column("proceeding", sa.JSON),
        sa.Column("texts", sa.Text),
        sa.Column("changed_at", UtcDateTime),
    ):
        op.add_column("case_file", column)
    if is_postgres:
        # The owner is held by the second wall too, unless it says that it works for every office.
        op.execute(f"SELECT set_config('{SCOPE_SETTING}', '*', true)")
    known = f"status = {_STATE}, changed_at = recorded_at, proceeding = '{{}}'"
    op.execute(f"UPDATE case_file SET {known}")  # noqa: S608 - names of our own
    op.execute("UPDATE case_file SET next_due_on = decision_due_on WHERE status = 'accepted'")
    with op.batch_alter_table("case_file") as batch:
        batch.alter_column("changed_at", existing_type=UtcDateTime(), nullable=False)
        batch.alter_column("proceeding", existing_type=sa.JSON(), nullable=False)
        batch.drop_constraint("acceptance_starts_the_period", type_="check")
        batch.create_check_constraint("acceptance_starts_the_period", _PERIOD)
        batch.create_check_constraint("status_is_known", f"status IN ({_STATES})")
    op.create_index("cases_by_act", "case_file", ["act_number"])
    _create_clock()
    op.create_table(
        "former",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("step", sa.String(40), nullable=False),
        sa.Column("taken_by", sa.String(64), nullable=False),
        sa.Column("content", sa.Text),
        sa.Column("recorded_at", UtcDateTime, nullable=False),
    )
    wall_in(op, by_office=("clock",))
    if is_postgres:
        for statement in ("ENABLE", "FORCE"):
            op.execute(f"ALTER TABLE former {statement} ROW LEVEL SECURITY")
        op.execute(
            "CREATE POLICY own_offices ON former USING"  # noqa: S608 - names of our own
            f" (current_setting('{SCOPE_SETTING}', true) = '*'"
            " OR EXISTS (SELECT 1 FROM case_file owner WHERE owner.id = case_id))"
        )


def _create_clock() -> None:
    op.create_table(
        "clock",
        sa.Column("case_id", sa.Uuid, primary_key=True),
        sa.Column("office", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(40), primary_key=True),
        sa.Column("ordinal", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("article", sa.Text, nullable=False),
        sa.Column("started_on", sa.Date, nullable=False),
        sa.Column("length", sa.Integer, nullable=False),
        sa.Column("unit", sa.String(16), nullable=False),
        sa.Column("extension_days", sa.Integer, nullable=False),
        sa.Column("excluded_days", sa.Integer, nullable=False),
        sa.Column("due_on", sa.Date),
        sa.Column("provisional", sa.Boolean, nullable=False),
        sa.Column("explanation", sa.Text, nullable=False),
        sa.Column("state", sa.String(8), nullable=False),
        sa.Column("met_on", sa.Date),
        sa.CheckConstraint("state IN ('open', 'met', 'missed', 'ended')", name="clock_state_is_known"),
    )
