"""A rate is two counts and the way to print them. Integers only: a float would round 1/8 to whatever it likes."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

Unit = Literal["percent", "ratio", "count", "fen"]
Rounding = Literal["half_up", "truncate"]

SCALE: dict[Unit, int] = {"percent": 100, "ratio": 1}  # counts and sums of money have no quotient


@dataclass(frozen=True, slots=True)
class Rate:
    """比率: numerator and denominator stay exact; only `text` rounds (IND-0.7)."""

    numerator: int
    denominator: int | None
    unit: Unit = "percent"
    decimals: int = 2
    rounding: Rounding = "half_up"

    def text(self) -> str | None:
        """The quotient in the declared decimals; None when there is nothing to divide by (IND-0.6)."""
        if self.unit not in SCALE or self.denominator is None or self.denominator <= 0:
            return None
        step = 10**self.decimals
        printed, rest = divmod(abs(self.numerator) * SCALE[self.unit] * step, self.denominator)
        if self.rounding == "half_up" and 2 * rest >= self.denominator:
            printed += 1
        if self.unit == "percent":
            printed = self._beside_the_whole(printed, whole=100 * step)
        whole, fraction = divmod(printed, step)
        sign = "-" if self.numerator < 0 and printed else ""
        return f"{sign}{whole}" + (f".{fraction:0{self.decimals}d}" if self.decimals else "")

    def _beside_the_whole(self, printed: int, *, whole: int) -> int:
        """100 % is said of all, never of nearly all: 99.996 % prints as 99.99 (IND-0.8)."""
        assert self.denominator is not None
        if abs(self.numerator) < self.denominator:
            return min(printed, whole - 1)
        if abs(self.numerator) > self.denominator:
            return max(printed, whole + 1)
        return printed


def percentage_points(now: Rate, before: Rate) -> str | None:
    """百分点: the difference of the two printed rates, so that a reader who subtracts finds the same (IND-0.10)."""
    texts = (now.text(), before.text())
    if now.unit != "percent" or before.unit != "percent" or texts[0] is None or texts[1] is None:
        return None
    return str(Decimal(texts[0]) - Decimal(texts[1]))
