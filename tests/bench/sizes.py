"""How much is measured: the whole run, a smoke run, and what a test can afford."""

import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sizes:
    """Every round measures each variant once."""

    least_rounds: int
    most_rounds: int
    patience: float  # seconds after which a measurement begins no further round
    compared_rounds: int  # where two almost alike are compared, noise needs more of them
    filed: int  # cases a turn and connection
    ledger_rows: int
    backlog_cases: int  # every fifth of them has three events
    few_facts: int
    many_facts: int
    shapes: int  # different cases that the many facts repeat
    listed_cases: int
    listing_turns: int

    def __post_init__(self) -> None:
        if self.many_facts % self.shapes:
            raise ValueError("every shape is repeated equally often")

    def rounds(self) -> Iterator[int]:
        """Fewer on a slow machine, but always the least number."""
        deadline = time.monotonic() + self.patience
        for number in range(self.most_rounds):
            if number >= self.least_rounds and time.monotonic() >= deadline:
                return
            yield number


WHOLE = Sizes(
    least_rounds=2,
    most_rounds=7,
    patience=40.0,
    compared_rounds=12,
    filed=160,
    ledger_rows=10_000,
    backlog_cases=36_000,
    few_facts=10_000,
    many_facts=1_000_000,
    shapes=100_000,
    listed_cases=1_000_000,
    listing_turns=15,
)
QUICK = Sizes(
    least_rounds=1,
    most_rounds=2,
    patience=3.0,
    compared_rounds=2,
    filed=25,
    ledger_rows=500,
    backlog_cases=2_000,
    few_facts=1_000,
    many_facts=20_000,
    shapes=5_000,
    listed_cases=20_000,
    listing_turns=5,
)
TINY = Sizes(
    least_rounds=1,
    most_rounds=1,
    patience=0.0,
    compared_rounds=1,
    filed=5,
    ledger_rows=50,
    backlog_cases=100,
    few_facts=50,
    many_facts=400,
    shapes=100,
    listed_cases=2_000,
    listing_turns=1,
)
