"""Who acts for whom in a case, as it is kept: both ends are ids of parties, and nothing says who they are."""

from collections.abc import Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session

from shared.kernel.representation import Acting, ActsFor, Powers

if TYPE_CHECKING:
    from alembic.operations import Operations

TABLE = "party_acts_for"


def _columns() -> tuple[sa.Column[Any] | sa.CheckConstraint | sa.ForeignKeyConstraint, ...]:
    """Both ends are parties of the same case: the key of each is its case and its id."""
    powers = ", ".join(f"'{each.value}'" for each in Powers)
    return (
        sa.Column("party_id", sa.Uuid, primary_key=True),
        sa.Column("principal_id", sa.Uuid, primary_key=True),
        sa.Column("case_id", sa.Uuid, nullable=False),
        sa.Column("powers", sa.String(8)),
        sa.Column("mandate_on", sa.Date),
        sa.Column("ended_on", sa.Date),
        sa.ForeignKeyConstraint(
            ["case_id", "party_id"], ["party.case_id", "party.id"], name="who_acts_is_of_the_case"
        ),
        sa.ForeignKeyConstraint(
            ["case_id", "principal_id"], ["party.case_id", "party.id"], name="principal_is_of_the_case"
        ),
        sa.CheckConstraint("party_id <> principal_id", name="nobody_acts_for_himself"),
        sa.CheckConstraint(f"powers IN ({powers})", name="powers_are_known"),
        sa.CheckConstraint("ended_on >= mandate_on", name="mandate_ends_after_it_began"),
    )


def create_tables(op: "Operations | ModuleType") -> None:
    """The table of this module in its first release, for a service's migration."""
    op.drop_index("parties_by_case", table_name="party")
    op.create_index("parties_by_case", "party", ["case_id", "id"], unique=True)
    op.create_table(TABLE, *_columns())
    op.create_index("principals_by_case", TABLE, ["case_id"])


class Representation:
    """The table of who acts for whom of one service, made in that service's metadata beside its parties."""

    def __init__(self, metadata: sa.MetaData) -> None:
        self.table = sa.Table(TABLE, metadata, *_columns(), sa.Index("principals_by_case", "case_id"))

    def of_case(self, session: Session, case_id: UUID) -> Acting:
        table = self.table.c
        found: dict[UUID, tuple[ActsFor, ...]] = {}
        for row in session.execute(
            sa.select(self.table).where(table.case_id == case_id).order_by(table.party_id, table.principal_id)
        ):
            powers = None if row.powers is None else Powers(row.powers)
            one = ActsFor(row.principal_id, powers, row.mandate_on, row.ended_on)
            found[row.party_id] = (*found.get(row.party_id, ()), one)
        return found

    def keep(self, session: Session, case_id: UUID, party_id: UUID, acts_for: Sequence[ActsFor]) -> None:
        rows = [
            {
                "case_id": case_id,
                "party_id": party_id,
                "principal_id": each.party_id,
                "powers": each.powers,
                "mandate_on": each.mandate_on,
                "ended_on": each.ended_on,
            }
            for each in acts_for
        ]
        if rows:
            session.execute(sa.insert(self.table), rows)

    def forget(self, session: Session, party_id: UUID) -> None:
        session.execute(sa.delete(self.table).where(self.table.c.party_id == party_id))
