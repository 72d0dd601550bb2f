"""The figures that the five reports publish, each bound to how it is read from the system, and the check of one.

Knows the names of counts and indicators only: it fetches nothing and computes no rate of its own.
"""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files

Counts = Mapping[str, int | Decimal]
# (indicator, definition) -> (numerator, denominator)
Rates = Mapping[tuple[str, str], tuple[int | None, int | None]]

PERCENT = 100


@dataclass(frozen=True, slots=True)
class Published:
    """One check of one published figure.

    `reads` is a sum of counts (`ar.accepted-ar.concluded`), a quotient of two (`ar.received/al.notified_first`)
    or an indicator with its definition (`IND-PM-2/D1`). `expect` says how it must stand to `value`:
    eq and gap (the difference a report leaves in its own sum) exactly, rate when rounded half-up to the
    decimals printed, at_least, range (`1200..1299`), no_fit: no numerator over this count gives the rate.
    """

    id: str
    figure: str
    report: str
    region: str
    period: str
    reads: str
    expect: str
    value: str
    unit: str
    note: str


@cache
def published() -> tuple[Published, ...]:
    """Every check, in the order of the reports."""
    text = files("services.sample").joinpath("published.csv").read_text(encoding="utf-8")
    names = [field.name for field in fields(Published)]
    return tuple(Published(*(row[name] for name in names)) for row in csv.DictReader(text.splitlines()))


def check(published: Published, counts: Counts, rates: Rates) -> str | None:
    """None when the system agrees with the report; otherwise the sentence that says how it differs."""
    try:
        numerator, denominator = _read(published.reads, counts, rates)
    except KeyError as missing:
        return f"{_head(published)}：系统没有给出 {missing.args[0]}。"
    if denominator == 0:
        return f"{_head(published)}：分母为零，没有比率。"
    if _agrees(published, numerator, denominator):
        return None
    found = f"{numerator}" if denominator == 1 else f"{numerator}/{denominator}"
    return (
        f"{_head(published)}：报告应为 {published.expect} {published.value}{published.unit}，系统为 {found}。"
    )


def _head(published: Published) -> str:
    return f"{published.id} {published.region} {published.period} {published.reads}"


def _read(reads: str, counts: Counts, rates: Rates) -> tuple[Decimal, Decimal]:
    if reads.startswith("IND-"):
        indicator, _, definition = reads.partition("/")
        if (indicator, definition) not in rates:
            raise KeyError(reads)
        numerator, denominator = rates[indicator, definition]
        if numerator is None or denominator is None:
            return Decimal(0), Decimal(0)
        return Decimal(numerator), Decimal(denominator)
    over, _, under = reads.partition("/")
    return _sum(over, counts), _sum(under, counts) if under else Decimal(1)


def _sum(expression: str, counts: Counts) -> Decimal:
    terms = re.findall(r"([+-]?)([a-z_.]+)", expression)
    return sum((Decimal(counts[name]) * (-1 if sign == "-" else 1) for sign, name in terms), Decimal(0))


def _agrees(published: Published, numerator: Decimal, denominator: Decimal) -> bool:
    scale = PERCENT if published.unit == "%" else 1
    exact = numerator * scale / denominator
    match published.expect:
        case "eq" | "gap":
            return exact == Decimal(published.value)
        case "rate":
            return _rounded(exact, published.value) == Decimal(published.value)
        case "at_least":
            return exact >= Decimal(published.value)
        case "range":
            lowest, highest = published.value.split("..")
            return Decimal(lowest) <= exact <= Decimal(highest)
        case "no_fit":
            shares = (Decimal(n) * PERCENT / numerator for n in range(int(numerator) + 1))
            return numerator > 0 and all(
                _rounded(share, published.value) != Decimal(published.value) for share in shares
            )
    raise ValueError(f"Unknown expectation {published.expect!r} of {published.id}.")


def _rounded(exact: Decimal, like: str) -> Decimal:
    """四舍五入 to as many decimals as the report printed."""
    return exact.quantize(Decimal(like), rounding=ROUND_HALF_UP)
