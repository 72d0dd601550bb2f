"""Which cells a case moves. Pure: the intake adds differences with it, and the recount starts from nothing with it."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import date

from services.reporting.measures import Measured

CellKey = tuple[str, bool, str, date]  # region, own, scope, day
Amounts = dict[str, int]


class CellSums:
    """Sums by kind, cell and measure. Collected per region first and carried up once, at the end."""

    def __init__(self) -> None:
        self._leaves: defaultdict[tuple[str, str, str, date], Amounts] = defaultdict(dict)

    def add(self, kind: str, region: str, scope: str, measured: Iterable[Measured], sign: int = 1) -> None:
        for measure, day, amount in measured:
            sums = self._leaves[kind, region, scope, day]
            sums[measure] = sums.get(measure, 0) + sign * amount

    def cells(self, ancestors: Callable[[str], Iterable[str]]) -> Mapping[str, dict[CellKey, Amounts]]:
        """Every non-zero sum: of each region that contains the case's, and of its own level by itself."""
        found: defaultdict[str, dict[CellKey, Amounts]] = defaultdict(dict)
        for (kind, region, scope, day), sums in self._leaves.items():
            changed = [(measure, amount) for measure, amount in sums.items() if amount]
            if not changed:
                continue
            cells = found[kind]
            for key in (
                (region, True, scope, day),
                *((ancestor, False, scope, day) for ancestor in ancestors(region)),
            ):
                cell = cells.setdefault(key, {})
                for measure, amount in changed:
                    cell[measure] = cell.get(measure, 0) + amount
        return found
