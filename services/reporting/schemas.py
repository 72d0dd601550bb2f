"""The shapes that the reporting service answers with."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict

from services.reporting.rates import Rounding, Unit


class Shape(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class PreviousRate(Shape):
    """上年同期."""

    period: str
    numerator: int | None
    denominator: int | None
    rate: str | None


class RateOut(Shape):
    """A rate is never told without its two counts and its definition. `rate` is null when nothing can be divided."""

    indicator: str
    name: str
    definition: str
    definition_name: str
    region: str
    period: str
    numerator: int | None
    denominator: int | None
    rate: str | None
    withheld: bool = False  # over fewer than five cases, and the reader stands outside the office
    unit: Unit
    as_of: datetime
    previous: PreviousRate | None = None
    change_points: str | None = None


class FlagOut(Shape):
    id: str
    message: str
    gap: int


class RatesOut(Shape):
    region: str
    region_name: str
    period: str
    start: date
    end: date
    own: bool
    scope: str
    as_of: datetime
    counts: dict[str, int | float | None]
    rates: list[RateOut]
    flags: list[FlagOut]


class MeasuredOut(Shape):
    measure: str
    on: date
    amount: int


class CountedCaseOut(Shape):
    """One case behind a figure; the amounts of all of them sum to the total."""

    kind: str
    case_id: str
    case_number: str | None
    region: str
    region_name: str
    measures: list[MeasuredOut]
    amount: int
    href: str


class CasesOut(Shape):
    indicator: str
    definition: str
    part: str
    region: str
    period: str
    as_of: datetime
    total: int
    items: list[CountedCaseOut]
    next: str | None


class TermOut(Shape):
    sign: int
    kind: str
    measure: str
    basis: str


class DefinitionOut(Shape):
    id: str
    name: str
    sentence: str
    date_rule: str
    source: str
    unit: Unit
    decimals: int
    rounding: Rounding
    numerator: list[TermOut]
    denominator: list[TermOut] | None


class IndicatorOut(Shape):
    id: str
    name: str
    definitions: list[DefinitionOut]


class FactOut(Shape):
    case_id: str
    version: int
    digest: str


class FactsOut(Shape):
    items: list[FactOut]
    next: str | None


class DifferenceOut(Shape):
    kind: str
    region: str
    own: bool
    scope: str
    on: date
    measure: str
    stored: int
    counted: int


class RecountOut(Shape):
    ok: bool
    facts: int
    cells: int
    different: int
    differences: list[DifferenceOut]


class QuarantinedOut(Shape):
    id: int
    stream: str
    sequence: int
    subject: str
    error: str
    received_at: datetime


class QuarantineOut(Shape):
    items: list[QuarantinedOut]
    next: int | None


class PositionOut(Shape):
    stream: str
    sequence: int


class WatermarkOut(Shape):
    source: str
    epoch: str
    contiguous: int
    highest: int
    missing: int
    gaps: list[tuple[int, int]]
    begun_at: datetime
    advanced_at: datetime


class ProgressOut(Shape):
    position: PositionOut | None
    watermarks: list[WatermarkOut]
    quarantined: int
    holes: int


class RebuildOut(Shape):
    status: str
