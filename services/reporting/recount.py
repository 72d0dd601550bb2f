"""The self-check: count every case anew and compare with the cells, in one snapshot."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from services.reporting import facts, repository
from services.reporting.cells import Amounts, CellKey, CellSums
from services.reporting.measures import MEASURES, measures
from shared.kernel.regions import RegionTree

LISTED_DIFFERENCES = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One sum that is not what its cases add up to. An absent cell is a sum of nothing."""

    kind: str
    region: str
    own: bool
    scope: str
    on: date
    measure: str
    stored: int
    counted: int


@dataclass(frozen=True, slots=True)
class Recount:
    facts: int
    cells: int
    different: int
    differences: tuple[Difference, ...]  # the first of them

    @property
    def ok(self) -> bool:
        return self.different == 0


def recount(session: Session, tree: RegionTree) -> Recount:
    """Count all facts and compare all cells."""
    sums, counted_facts = CellSums(), 0
    for row in repository.all_facts(session):
        counted_facts += 1
        sums.add(row.kind, row.region, row.scope, measures(row.kind, facts.restore(row.kind, row.payload)))
    counted = sums.cells(tree.ancestors)
    cells, different = 0, 0
    differences: list[Difference] = []
    for kind in MEASURES:
        expected = dict(counted.get(kind, {}))
        for cell in repository.all_cells(session, kind):
            cells += 1
            key = (cell.region, cell.own, cell.scope, cell.on_date)
            found = _differences(kind, key, dict(cell.amounts), expected.pop(key, {}))
            different += len(found)
            differences.extend(found[: LISTED_DIFFERENCES - len(differences)])
        for key, amounts in expected.items():
            found = _differences(kind, key, {}, amounts)
            different += len(found)
            differences.extend(found[: LISTED_DIFFERENCES - len(differences)])
    return Recount(counted_facts, cells, different, tuple(differences))


def _differences(kind: str, key: CellKey, stored: Amounts, counted: Amounts) -> list[Difference]:
    return [
        Difference(kind, *key, measure, stored.get(measure, 0), counted.get(measure, 0))
        for measure in MEASURES[kind]
        if stored.get(measure, 0) != counted.get(measure, 0)
    ]
