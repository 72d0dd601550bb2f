"""The JSON routes of the reporting service: figures, the cases behind them, and what is known of their completeness."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query

from services.reporting import figures, repository, schemas
from services.reporting.access import SERVICE, Action
from services.reporting.facts import DEFAULT_SCOPE
from services.reporting.figures import FIRST, CountedCase, Figure, Report
from services.reporting.indicators import INDICATORS, Definition, Expression, Indicator, find
from services.reporting.models import AUDIT
from services.reporting.rates import Rate
from services.reporting.recount import recount
from services.reporting.suppression import for_outsiders
from shared.kernel.clock import Clock, legal_date
from shared.kernel.regions import NATION, RegionTree
from shared.kit.access import Access, Gate
from shared.kit.audit import AuditEntry
from shared.kit.database import Database
from shared.kit.routing import routes_of
from shared.kit.subscription import Freshness

Region = Annotated[str, Query(description="区划代码或名称，如 150625、杭锦旗；缺省为全国")]
Asked = Annotated[
    str, Query(description="2022、2022-H1、2022-Q3、2022-05 或 2022-01-01..2022-11-30", max_length=40)
]
Own = Annotated[bool, Query(description="只计本级机关")]
Scope = Annotated[str, Query(description="调解案件的统计范围", max_length=32)]
Part = Literal["numerator", "denominator"]
KindName = Literal["reconsideration_case", "mediation_case", "mediation_organisation", "litigation_case"]
Limit = Annotated[int, Query(ge=1, le=1000)]
GAPS_SHOWN = 100


def create_router(
    database: Database,
    gate: Gate,
    tree: RegionTree,
    clock: Clock,
    *,
    rebuild: Callable[[], None],
    freshness: Callable[[], Freshness | None] = lambda: None,
) -> APIRouter:
    """`rebuild` forgets all projections and lets the subscription start from the first message again."""
    router = routes_of(SERVICE)
    _add_figures(router, database, gate, tree, clock, freshness)
    _add_self_checks(router, database, gate, tree)

    @router.post("/rebuild", status_code=202, summary="清空统计结果并从头重建")
    def start_rebuild(access: Annotated[Access, Depends(gate.rule(Action.REBUILD))]) -> schemas.RebuildOut:
        with database.writing(access.acting) as session:
            AUDIT.record(session, [AuditEntry(access.action, "projection", "all")], clock())
        rebuild()
        return schemas.RebuildOut(status="rebuilding")

    return router


def _add_figures(
    router: APIRouter,
    database: Database,
    gate: Gate,
    tree: RegionTree,
    clock: Clock,
    freshness: Callable[[], Freshness | None],
) -> None:
    may_see = gate.rule(Action.FIGURES)
    may_open = gate.rule(Action.CASES)

    @router.get("/indicators", summary="指标目录：每项指标的口径、公式和依据")
    def indicators(access: Annotated[Access, Depends(may_see)]) -> list[schemas.IndicatorOut]:
        return [_indicator(indicator) for indicator in INDICATORS.values()]

    @router.get("/rates", summary="一个地区一个期间的数字和比率")
    def rates(
        access: Annotated[Access, Depends(may_see)],
        period: Asked,
        region: Region = NATION,
        indicator: str | None = None,
        definition: str | None = None,
        compare: bool = False,
        own: Own = False,
        scope: Scope = DEFAULT_SCOPE,
    ) -> schemas.RatesOut:
        asked = figures.question(
            tree, region=region, period=period, own=own, scope=scope, on=legal_date(clock())
        )
        # Without an indicator every definition is told: a percentage without its definition hides the others.
        every = indicator is None and definition is None
        definitions = figures.chosen(indicator, figures.ALL if every else definition)
        known = freshness()
        with database.reading(access.acting) as session:
            report = figures.report(
                session, asked, definitions, compare=compare, now=clock(), freshness=known
            )
        if not access.inside(asked.region.code, tree):
            report = for_outsiders(report)
        return _report(tree, report)

    @router.get("/rates/{indicator}/cases", summary="一个数字背后的案件")
    def cases(
        access: Annotated[Access, Depends(may_open)],
        indicator: str,
        period: Asked,
        region: Region = NATION,
        definition: str | None = None,
        part: Part = "numerator",
        own: Own = False,
        scope: Scope = DEFAULT_SCOPE,
        after: str = FIRST,
        limit: Limit = 100,
    ) -> schemas.CasesOut:
        asked = figures.question(
            tree, region=region, period=period, own=own, scope=scope, on=legal_date(clock())
        )
        found = find(indicator)
        chosen = found.definition(definition)
        expression = figures.part_of(chosen, part)
        inside = access.above(asked.region.code, tree)
        with database.reading(access.acting) as session:
            page = figures.counted_cases(
                session, tree, asked, expression, after=after, limit=limit, inside=inside
            )
        return schemas.CasesOut(
            indicator=found.id,
            definition=chosen.id,
            part=part,
            region=asked.region.code,
            period=asked.period.text,
            as_of=clock(),
            total=page.total,
            items=[_case(tree, item) for item in page.items],
            next=page.next,
        )


def _add_self_checks(router: APIRouter, database: Database, gate: Gate, tree: RegionTree) -> None:
    Checking = Annotated[Access, Depends(gate.rule(Action.CHECK))]

    @router.get("/facts", summary="各案件的版本和摘要，供与业务系统核对")
    def fact_versions(
        access: Checking, kind: KindName, after: str = FIRST, limit: Limit = 1000
    ) -> schemas.FactsOut:
        with database.reading(access.acting) as session:
            rows = repository.fact_page(session, kind, after=after, limit=limit + 1)
        return schemas.FactsOut(
            items=[schemas.FactOut.model_validate(row) for row in rows[:limit]],
            next=rows[limit - 1].case_id if len(rows) > limit else None,
        )

    @router.get("/recount", summary="逐案重新计数并与统计结果比较")
    def recounted(access: Checking) -> schemas.RecountOut:
        with database.reading(access.acting) as session:
            return schemas.RecountOut.model_validate(recount(session, tree))

    @router.get("/quarantine", summary="无法读取的案件信息")
    def quarantined(
        access: Checking, after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0, limit: Limit = 100
    ) -> schemas.QuarantineOut:
        with database.reading(access.acting) as session:
            rows = repository.quarantine_page(session, after=after, limit=limit + 1)
        return schemas.QuarantineOut(
            items=[schemas.QuarantinedOut.model_validate(row) for row in rows[:limit]],
            next=rows[limit - 1].id if len(rows) > limit else None,
        )

    @router.get("/progress", summary="读到何处，缺什么")
    def progress(access: Annotated[Access, Depends(gate.rule(Action.PROGRESS))]) -> schemas.ProgressOut:
        with database.reading(access.acting) as session:
            reached = repository.position(session)
            return schemas.ProgressOut(
                position=None if reached is None else schemas.PositionOut.model_validate(reached),
                watermarks=[_watermark(each) for each in repository.progress(session)],
                quarantined=repository.quarantined(session),
                holes=repository.missing_events(session),
            )


def _report(tree: RegionTree, report: Report) -> schemas.RatesOut:
    asked = report.asked
    return schemas.RatesOut(
        region=asked.region.code,
        region_name=tree.path_name(asked.region.code),
        period=asked.period.text,
        start=asked.period.start,
        end=asked.period.end,
        own=asked.own,
        scope=asked.scope,
        as_of=report.as_of,
        counts=dict(report.counts),
        rates=[_rate(report, figure) for figure in report.figures],
        flags=[schemas.FlagOut.model_validate(flag) for flag in report.flags],
    )


def _rate(report: Report, figure: Figure) -> schemas.RateOut:
    previous = None
    if figure.previous is not None and figure.previous_period is not None:
        previous = schemas.PreviousRate(
            period=figure.previous_period.text,
            **_told(figure.previous, withheld=figure.previous_withheld),
        )
    return schemas.RateOut(
        indicator=figure.indicator.id,
        name=figure.indicator.name,
        definition=figure.definition.id,
        definition_name=figure.definition.name,
        region=report.asked.region.code,
        period=figure.period.text,
        **_told(figure.rate, withheld=figure.withheld),
        withheld=figure.withheld,
        unit=figure.rate.unit,
        as_of=report.as_of,
        previous=previous,
        change_points=figure.change_points,
    )


def _told(rate: Rate, *, withheld: bool) -> dict[str, Any]:
    """The parts of a rate, or none of them where it is over too few cases for this reader."""
    if withheld:
        return dict.fromkeys(("numerator", "denominator", "rate"))
    return {"numerator": rate.numerator, "denominator": rate.denominator, "rate": rate.text()}


def _case(tree: RegionTree, item: CountedCase) -> schemas.CountedCaseOut:
    return schemas.CountedCaseOut(
        kind=item.kind,
        case_id=item.case_id,
        case_number=item.case_number,
        region=item.region,
        region_name=tree.path_name(item.region),
        measures=[
            schemas.MeasuredOut(measure=measure, on=day, amount=amount)
            for measure, day, amount in item.because
        ],
        amount=item.amount,
        href=item.href,
    )


def _watermark(mark: repository.SourceProgress) -> schemas.WatermarkOut:
    return schemas.WatermarkOut(
        source=mark.source,
        epoch=mark.epoch,
        contiguous=mark.contiguous,
        highest=mark.highest,
        missing=mark.missing,
        gaps=list(mark.gaps[:GAPS_SHOWN]),
        begun_at=mark.begun_at,
        advanced_at=mark.advanced_at,
    )


def _indicator(indicator: Indicator) -> schemas.IndicatorOut:
    return schemas.IndicatorOut(
        id=indicator.id,
        name=indicator.name,
        definitions=[_definition(definition) for definition in indicator.definitions],
    )


def _definition(definition: Definition) -> schemas.DefinitionOut:
    return schemas.DefinitionOut(
        id=definition.id,
        name=definition.name,
        sentence=definition.sentence,
        date_rule=definition.date_rule,
        source=definition.source,
        unit=definition.unit,
        decimals=definition.decimals,
        rounding=definition.rounding,
        numerator=_terms(definition.numerator),
        denominator=None if definition.denominator is None else _terms(definition.denominator),
    )


def _terms(expression: Expression) -> list[schemas.TermOut]:
    return [schemas.TermOut.model_validate(term) for term in expression.terms]
