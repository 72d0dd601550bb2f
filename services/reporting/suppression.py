"""小数不外露: to roles outside an office a figure over fewer than five cases says nothing, for it could name one."""

from collections.abc import Mapping
from dataclasses import replace

from services.reporting.checks import Flag
from services.reporting.figures import Figure, Report
from services.reporting.rates import Rate

SMALLEST_BASE = 5
# Over how many cases a sum of money is.
_CASES_OF = {
    "ar.compensation_amount": "ar.compensated",
    "pm.amount": "pm.agreed",
    "al.performed_amount": "al.performed",
}
_SUM_OVER = "pm.agreed"  # the one indicator in money sums the amounts of agreements
# Flags that tell how complete the figures are; the others quote figures.
_ALWAYS_TOLD = frozenset({"holes", "quarantine", "broker-away", "rebuilding", "catching-up"})


def for_outsiders(report: Report) -> Report:
    """The same report for a role whose offices do not cover the region asked for."""
    return replace(
        report,
        counts=_counts(report.counts),
        figures=tuple(_figure(figure, report.counts) for figure in report.figures),
        flags=tuple(flag for flag in report.flags if _is_told(flag)),
    )


def _counts(counts: Mapping[str, int | float | None]) -> Mapping[str, int | float | None]:
    """None stands for 1 to 4; zero tells of nobody."""
    return {
        key: None if 0 < abs(counts[_CASES_OF.get(key, key)] or 0) < SMALLEST_BASE else amount
        for key, amount in counts.items()
    }


def _figure(figure: Figure, counts: Mapping[str, int | float | None]) -> Figure:
    if figure.definition.unit == "fen":
        # Of the year before nobody has counted the cases here: its sum is not told either.
        small = 0 < abs(counts[_SUM_OVER] or 0) < SMALLEST_BASE
        return replace(figure, withheld=small, previous_withheld=figure.previous is not None)
    return replace(
        figure,
        withheld=_is_small(figure.rate),
        previous_withheld=figure.previous is not None and _is_small(figure.previous),
    )


def _is_small(rate: Rate) -> bool:
    base = rate.numerator if rate.denominator is None else rate.denominator
    return 0 < abs(base) < SMALLEST_BASE


def _is_told(flag: Flag) -> bool:
    return flag.id in _ALWAYS_TOLD
