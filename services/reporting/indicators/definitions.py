"""What an indicator is made of: sums of measures, definitions, and the sentence that is printed with the figure."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from services.reporting.rates import Rate, Rounding, Unit
from shared.contracts import litigation, mediation, reconsideration
from shared.kernel.errors import NotFound

AR = reconsideration.KIND
PM = mediation.KIND_CASE
ORG = mediation.KIND_ORGANISATION
AL = litigation.KIND


class Basis(StrEnum):
    """Over which days a measure is summed, the period being `[start, end]`."""

    FLOW = "flow"  # 本期: start to end
    STOCK_START = "stock_start"  # 期初: all before start
    STOCK_END = "stock_end"  # 期末: all up to end
    DUE = "due"  # 已届满: start to end, but not past the day of the figures


@dataclass(frozen=True, slots=True)
class Term:
    sign: int
    kind: str
    measure: str
    basis: Basis


@dataclass(frozen=True, slots=True)
class Expression:
    """A sum of measures with signs."""

    terms: tuple[Term, ...]

    def __add__(self, other: "Expression") -> "Expression":
        return Expression(self.terms + other.terms)

    def __sub__(self, other: "Expression") -> "Expression":
        negated = (Term(-term.sign, term.kind, term.measure, term.basis) for term in other.terms)
        return Expression((*self.terms, *negated))

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(sorted({term.kind for term in self.terms}))

    def value(self, amount: Callable[[Term], int]) -> int:
        return sum(term.sign * amount(term) for term in self.terms)


def flow(kind: str, *measures: str) -> Expression:
    return Expression(tuple(Term(1, kind, measure, Basis.FLOW) for measure in measures))


def before(kind: str, *measures: str) -> Expression:
    return Expression(tuple(Term(1, kind, measure, Basis.STOCK_START) for measure in measures))


def until_end(kind: str, *measures: str) -> Expression:
    return Expression(tuple(Term(1, kind, measure, Basis.STOCK_END) for measure in measures))


def due(kind: str, *measures: str) -> Expression:
    """Of measures that are dated by a due day: those that are due by now."""
    return Expression(tuple(Term(1, kind, measure, Basis.DUE) for measure in measures))


@dataclass(frozen=True, slots=True)
class Definition:
    """口径: one way to compute an indicator. `sentence` is printed wherever the figure is."""

    id: str
    name: str
    numerator: Expression
    denominator: Expression | None
    sentence: str
    date_rule: str
    source: str
    unit: Unit = "percent"
    decimals: int = 2
    rounding: Rounding = "half_up"

    def rate(self, amount: Callable[[Term], int]) -> Rate:
        return Rate(
            numerator=self.numerator.value(amount),
            denominator=None if self.denominator is None else self.denominator.value(amount),
            unit=self.unit,
            decimals=self.decimals,
            rounding=self.rounding,
        )


@dataclass(frozen=True, slots=True)
class Indicator:
    """指标: its first definition is the default."""

    id: str
    name: str
    definitions: tuple[Definition, ...]

    def definition(self, definition_id: str | None) -> Definition:
        if definition_id is None:
            return self.definitions[0]
        for definition in self.definitions:
            if definition.id == definition_id.strip().upper():
                return definition
        known = "、".join(definition.id for definition in self.definitions)
        raise NotFound(
            "indicator.unknown_definition",
            f"指标“{self.name}”没有这个口径，可用的有：{known}。",
            field="definition",
        )
