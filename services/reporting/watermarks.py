"""How much of a source's numbered events has arrived: the highest number, and every hole below it."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

Gap = tuple[int, int]  # first and last missing number


@dataclass(frozen=True, slots=True)
class Watermark:
    """水位: publication numbers start at 1 and have no holes, so a hole here is an event that did not arrive."""

    highest: int = 0
    gaps: tuple[Gap, ...] = ()

    @property
    def contiguous(self) -> int:
        """Up to here everything has arrived."""
        return self.gaps[0][0] - 1 if self.gaps else self.highest

    @property
    def missing(self) -> int:
        return sum(last - first + 1 for first, last in self.gaps)

    def arrived(self, numbers: Iterable[int]) -> "Watermark":
        """The watermark after these numbers, in whatever order and however often they arrive."""
        runs = list(_runs(numbers))
        highest, jumped = self.highest, []
        for first, last in runs:
            if first > highest + 1:
                jumped.append((highest + 1, first - 1))
            highest = max(highest, last)
        return Watermark(highest, (*_without(self.gaps, runs), *jumped))


def _runs(numbers: Iterable[int]) -> Iterator[Gap]:
    """Consecutive numbers as (first, last), ascending."""
    first = last = 0
    for number in sorted(set(numbers)):
        if first and number == last + 1:
            last = number
            continue
        if first:
            yield first, last
        first = last = number
    if first:
        yield first, last


def _without(gaps: Sequence[Gap], runs: Sequence[Gap]) -> Iterator[Gap]:
    """What remains of the gaps; both ascend, so one walk along them is enough."""
    at = 0
    for start, end in gaps:
        while at < len(runs) and runs[at][1] < start:
            at += 1
        filled = at  # a run may reach into the next gap too
        while filled < len(runs) and runs[filled][0] <= end:
            first, last = runs[filled]
            if start < first:
                yield start, first - 1
            start = last + 1
            filled += 1
        if start <= end:
            yield start, end
