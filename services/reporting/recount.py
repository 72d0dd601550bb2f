"""Counting every case anew: to compare with the cells, or to make the cells after the measures have changed."""

from dataclasses import dataclass
from datetime import date

from sqlmodel import Session

from services.reporting import facts, repository
from services.reporting.cells import Amounts, CellKey, CellSums
from services.reporting.measures import MEASURES, counting, measures
from shared.kernel.regions import RegionTree
from shared.kit.database import Database

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


def count_anew(database: Database, tree: RegionTree) -> bool:
    """Make all cells again from the stored facts if they were summed by other measures; True when that was so.

    A release that counts something new finds cases whose events were taken in long ago. Neither the stream nor the
    services' logs are needed for them, because the facts are kept whole.
    """
    with database.reading() as session:
        if repository.counted_by(session) == counting():
            return False
    with database.writing() as session:
        repository.lock(session)
        if repository.counted_by(session) == counting():  # another replica was quicker
            return False
        sums = CellSums()
        moved: list[repository.Span] = []
        for span in repository.spans(session):
            measured = measures(span.row.kind, facts.restore(span.row.kind, span.row.payload))
            sums.add(span.row.kind, span.row.region, span.row.scope, measured)
            days = [day for _, day, _ in measured]
            now = repository.Span(span.row, min(days, default=None), max(days, default=None))
            if now != span:
                moved.append(now)
        repository.save_spans(session, moved)
        repository.replace_cells(session, sums.cells(tree.ancestors))
        repository.note_counting(session, counting())
    return True
