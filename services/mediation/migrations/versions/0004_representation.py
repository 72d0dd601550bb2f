"""Who acts for whom in a case: agents and representatives name their principals. Earlier ones name nobody yet."""

from alembic import op

from shared.kit import representation
from shared.kit.migrations import wall_in

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    representation.create_tables(op)
    wall_in(op, by_case=(representation.TABLE,), owners=("case_file",))
