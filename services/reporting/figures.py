"""What a reader asks: the counts and rates of a region and a period, and the cases behind each of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlmodel import Session

from services.reporting import checks, facts, repository
from services.reporting.checks import Flag
from services.reporting.counts import COUNTS, Count, yuan
from services.reporting.indicators import INDICATORS, Definition, Expression, Indicator, Term, find
from services.reporting.indicators.definitions import Basis
from services.reporting.measures import Measured, measures
from services.reporting.periods import Period, parse, year_earlier
from services.reporting.rates import Rate, percentage_points
from services.reporting.repository import FactRow, Totals
from shared.kernel.clock import legal_date
from shared.kernel.errors import RuleViolation
from shared.kernel.regions import NATION, Region, RegionTree
from shared.kit.subscription import Freshness

ALL = "all"
SCANNED_ROWS = 500
# Lower than any id, so that "after nothing" is no special case.
FIRST = ""


@dataclass(frozen=True, slots=True)
class Question:
    """Of which region, when, and whether only of its own organs 本级. `scope` concerns mediation only.

    `on` is the day on which it is asked: what falls due later is not counted as due.
    """

    region: Region
    period: Period
    own: bool
    scope: str
    on: date = date.max

    def year_earlier(self) -> "Question":
        return replace(self, period=year_earlier(self.period))

    def summed_over(self, basis: Basis) -> Period:
        """The period, or as much of it as is over where only what is due by now counts."""
        return replace(self.period, end=min(self.period.end, self.on)) if basis is Basis.DUE else self.period


def question(
    tree: RegionTree, *, region: str, period: str, own: bool, scope: str, on: date = date.max
) -> Question:
    """Read what was asked, or refuse it in words."""
    if scope not in facts.SCOPES:
        known = "、".join(facts.SCOPES)
        raise RuleViolation("request.unknown_scope", f"没有这个统计范围，可用的有：{known}。", field="scope")
    return Question(tree.find(region or NATION), parse(period), own, scope, on)


class Sums:
    """The sums behind one question; each kind of case is read once, when it is first needed."""

    def __init__(self, session: Session, asked: Question) -> None:
        self._session = session
        self._asked = asked
        self._read: dict[tuple[str, bool, date], Totals] = {}

    def __call__(self, term: Term) -> int:
        return self.amount(term, own=self._asked.own)

    def own(self, term: Term) -> int:
        return self.amount(term, own=True)

    def amount(self, term: Term, *, own: bool) -> int:
        totals = self._totals(term.kind, own, self._asked.summed_over(term.basis).end)
        return SUMMED[term.basis](totals, term.measure)

    def _totals(self, kind: str, own: bool, end: date) -> Totals:
        known = self._read.get((kind, own, end))
        if known is None:
            asked = self._asked
            known = self._read[kind, own, end] = repository.totals(
                self._session,
                kind,
                region=asked.region.code,
                own=own,
                scope=facts.scope_of(kind, asked.scope),
                start=asked.period.start,
                end=end,
            )
        return known


SUMMED: Mapping[Basis, Callable[[Totals, str], int]] = {
    Basis.FLOW: lambda totals, measure: totals.within[measure],
    Basis.STOCK_START: lambda totals, measure: totals.before[measure],
    Basis.STOCK_END: lambda totals, measure: totals.before[measure] + totals.within[measure],
    Basis.DUE: lambda totals, measure: totals.within[measure],
}


@dataclass(frozen=True, slots=True)
class Figure:
    """One rate as it is told: with its two counts, its definition and, if asked for, the year before."""

    indicator: Indicator
    definition: Definition
    period: Period
    rate: Rate
    previous_period: Period | None = None
    previous: Rate | None = None
    withheld: bool = False  # not told to this reader, see suppression.py
    previous_withheld: bool = False

    @property
    def change_points(self) -> str | None:
        if self.previous is None or self.withheld or self.previous_withheld:
            return None
        return percentage_points(self.rate, self.previous)


@dataclass(frozen=True, slots=True)
class Report:
    asked: Question
    as_of: datetime
    counts: Mapping[str, int | float | None]
    figures: tuple[Figure, ...]
    flags: tuple[Flag, ...]


def chosen(indicator: str | None, definition: str | None) -> tuple[tuple[Indicator, Definition], ...]:
    """The definitions asked for: every indicator when none is named, its default definition when none is named."""
    indicators = tuple(INDICATORS.values()) if indicator is None else (find(indicator),)
    if definition == ALL:
        return tuple((each, variant) for each in indicators for variant in each.definitions)
    if definition is not None and indicator is None:
        raise RuleViolation("request.definition_alone", "请先指定指标，再指定它的口径。", field="definition")
    return tuple((each, each.definition(definition)) for each in indicators)


def report(
    session: Session,
    asked: Question,
    definitions: tuple[tuple[Indicator, Definition], ...],
    *,
    compare: bool,
    now: datetime,
    freshness: Freshness | None = None,
) -> Report:
    """All that is told about one region and period, from one snapshot, as of the intake's last full count."""
    sums = Sums(session, asked)
    earlier = asked.year_earlier() if compare else None
    earlier_sums = Sums(session, earlier) if earlier is not None else None
    figures = tuple(
        Figure(
            indicator=indicator,
            definition=definition,
            period=asked.period,
            rate=definition.rate(sums),
            previous_period=earlier.period if earlier is not None else None,
            previous=definition.rate(earlier_sums) if earlier_sums is not None else None,
        )
        for indicator, definition in definitions
    )
    flags = checks.flags(
        sums,
        missing=repository.missing_events(session),
        quarantined=repository.quarantined(session),
    )
    counts = {key: _told(count, sums) for key, count in COUNTS.items()}
    if freshness is None:
        as_of = now
    else:
        as_of = freshness.caught_up_at or now
        late = checks.freshness_flags(connected=freshness.connected, waiting=freshness.waiting)
        flags = (*late, *flags)
    young = checks.maturity_flags(sums, end=asked.period.end, on=legal_date(as_of))
    return Report(asked, as_of, counts, figures, (*flags, *young))


def _told(count: Count, sums: Sums) -> int | float:
    amount = count.expression.value(sums.own if count.own else sums)
    return yuan(amount) if count.fen else amount


# --- the cases behind a figure --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CountedCase:
    """One case of a figure: by which measures it counts, and how much it adds. All amounts sum to the figure."""

    kind: str
    case_id: str
    case_number: str | None
    region: str
    because: tuple[Measured, ...]
    amount: int
    href: str


@dataclass(frozen=True, slots=True)
class CasePage:
    total: int
    items: tuple[CountedCase, ...]
    next: str | None


def part_of(definition: Definition, part: str) -> Expression:
    """Numerator or denominator; a pure count has no denominator."""
    expression = {"numerator": definition.numerator, "denominator": definition.denominator}.get(part)
    if expression is None:
        raise RuleViolation("request.unknown_part", f"口径“{definition.name}”没有这一部分。", field="part")
    return expression


def counted_cases(
    session: Session,
    tree: RegionTree,
    asked: Question,
    expression: Expression,
    *,
    after: str,
    limit: int,
    inside: bool = True,
) -> CasePage:
    """The cases that make up one part of a figure, in id order, as far as the reader may see them, and their sum.

    `inside`: the reader's office stands above the whole region, so that the sum is the figure itself.
    """
    if inside:
        total = expression.value(Sums(session, asked))
    else:
        every = _counted_after(session, tree, asked, expression, after=FIRST)
        total = sum(item.amount for item in every)
    items: list[CountedCase] = []
    for item in _counted_after(session, tree, asked, expression, after=after):
        if len(items) == limit:  # this one is only the sign that there are more
            return CasePage(total, tuple(items), items[-1].case_id)
        items.append(item)
    return CasePage(total, tuple(items), None)


def _counted_after(
    session: Session, tree: RegionTree, asked: Question, expression: Expression, *, after: str
) -> Iterator[CountedCase]:
    (kind,) = expression.kinds
    flows_only = all(term.basis in (Basis.FLOW, Basis.DUE) for term in expression.terms)
    while True:
        rows = repository.facts_between(
            session,
            kind,
            regions=_regions(tree, asked),
            scope=facts.scope_of(kind, asked.scope),
            start=asked.period.start if flows_only else None,
            end=asked.period.end,
            after=after,
            limit=SCANNED_ROWS,
        )
        for row in rows:
            item = _counted(row, expression, asked)
            if item is not None:
                yield item
        if len(rows) < SCANNED_ROWS:
            return
        after = rows[-1].case_id


def _regions(tree: RegionTree, asked: Question) -> frozenset[str] | None:
    """The regions whose own cases count; None for all of them."""
    if asked.own:
        return frozenset({asked.region.code})
    return None if asked.region.code == NATION else tree.subtree(asked.region.code)


def _counted(row: FactRow, expression: Expression, asked: Question) -> CountedCase | None:
    """How this case counts in this expression; None when it adds nothing."""
    restored = facts.restore(row.kind, row.payload)
    measured = measures(row.kind, restored)
    counted = [
        (entry, term.sign * entry[2])
        for entry in measured
        for term in expression.terms
        if entry[0] == term.measure and COUNTED[term.basis](entry[1], asked.summed_over(term.basis))
    ]
    amount = sum(added for _, added in counted)
    if amount == 0:
        return None
    return CountedCase(
        kind=row.kind,
        case_id=row.case_id,
        case_number=_case_number(restored),
        region=row.region,
        because=tuple(entry for entry, _ in counted),
        amount=amount,
        href=facts.KINDS[row.kind].path.format(case_id=row.case_id),
    )


COUNTED: Mapping[Basis, Callable[[date, Period], bool]] = {
    Basis.FLOW: lambda day, period: period.start <= day <= period.end,
    Basis.STOCK_START: lambda day, period: day < period.start,
    Basis.STOCK_END: lambda day, period: day <= period.end,
    Basis.DUE: lambda day, period: period.start <= day <= period.end,
}


def _case_number(restored: object) -> str | None:
    number = getattr(restored, "case_number", None)
    return None if number is None else str(number)
