"""A case has no due date either while an inspection or an expertise lasts (AR-5.2): only a closed one needs it."""

from alembic import op

revision = "0009"
down_revision = "0008"

_PERIOD = (
    "(accepted_on IS NOT NULL OR decision_due_on IS NULL)"
    " AND (closed_on IS NULL OR decision_due_on IS NOT NULL)"
)


def upgrade() -> None:
    with op.batch_alter_table("case_file") as batch:
        batch.drop_constraint("acceptance_starts_the_period", type_="check")
        batch.create_check_constraint("acceptance_starts_the_period", _PERIOD)
