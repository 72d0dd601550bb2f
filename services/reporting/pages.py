"""What a person sees: one page of figures, and one page of the cases behind each of them. Plain forms and links."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Depends
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reporting import figures, labels
from services.reporting.access import SERVICE, Action
from services.reporting.counts import COUNTS, yuan
from services.reporting.facts import DEFAULT_SCOPE, SCOPES
from services.reporting.figures import FIRST, Figure, Question, Report
from services.reporting.indicators import Expression, find
from services.reporting.rates import Rate
from services.reporting.suppression import for_outsiders
from shared.kernel.clock import SHANGHAI, Clock, legal_date
from shared.kernel.errors import NotFound, RuleViolation
from shared.kernel.regions import NATION, RegionTree
from shared.kit.access import Access, Gate
from shared.kit.database import Database
from shared.kit.problems import status_of
from shared.kit.routing import routes_of
from shared.kit.subscription import Freshness

ROOT = "/reporting"
WITHHELD = "少于 5"  # for readers outside the office; see suppression.py
NOTHING = "—"  # printed where nothing can be divided, never 0 % or 100 %
CASES_PER_PAGE = 100

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What the reader filled in, shown again as it was."""

    region: str
    period: str
    own: bool
    scope: str
    compare: bool

    def link(self, page: str, **more: str) -> str:
        filled = {"region": self.region, "period": self.period, "scope": self.scope, **more}
        if self.own:
            filled["own"] = "true"
        return f"{ROOT}/{page}?{urlencode(filled)}"


def create_router(
    database: Database,
    gate: Gate,
    tree: RegionTree,
    clock: Clock,
    freshness: Callable[[], Freshness | None] = lambda: None,
) -> APIRouter:
    """The pages under this service's prefix, and the first page as the front page of the whole application."""
    router = routes_of(SERVICE, include_in_schema=False)
    whole = tree.get(NATION).name

    def render(template: str, status: int = 200, **context: Any) -> HTMLResponse:
        provinces = [region.name for region in tree.children(NATION)]
        text = _templates.get_template(template).render(
            provinces=provinces, scopes={scope: labels.SCOPES[scope] for scope in SCOPES}, **context
        )
        return HTMLResponse(text, status_code=status)

    def refuse(form: Form, refusal: RuleViolation) -> HTMLResponse:
        # What could not be read is not shown again: it may be anything.
        emptied = replace(form, region="", period="")
        return render("refusal.html", status_of(refusal), form=emptied, message=refusal.message)

    def this_year() -> str:
        return str(legal_date(clock()).year)

    def overview(
        access: Annotated[Access, Depends(gate.rule(Action.FIGURES, page=True))],
        region: str = "",
        period: str = "",
        own: bool = False,
        scope: str = DEFAULT_SCOPE,
        compare: bool = False,
    ) -> HTMLResponse:
        form = Form(region or whole, period or this_year(), own, scope, compare)
        try:
            asked = _asked(tree, form, legal_date(clock()))
        except RuleViolation as refusal:
            return refuse(form, refusal)
        known = freshness()
        with database.reading(access.acting) as session:
            report = figures.report(
                session,
                asked,
                figures.chosen(None, figures.ALL),
                compare=compare,
                now=clock(),
                freshness=known,
            )
        if not access.inside(asked.region.code, tree):
            report = for_outsiders(report)
        return render(
            "report.html",
            form=form,
            **_heading(tree, asked),
            as_of=_moment(report),
            flags=report.flags,
            groups=_groups(form, report),
            rates=[_rate_row(form, figure) for figure in report.figures],
        )

    front = APIRouter(include_in_schema=False)
    front.add_api_route("/", overview)
    router.routes.extend(front.routes)
    router.add_api_route("", overview)
    router.add_api_route("/", overview)

    @router.get("/cases")
    def cases(
        access: Annotated[Access, Depends(gate.rule(Action.CASES, page=True))],
        region: str = "",
        period: str = "",
        indicator: str = "",
        definition: str | None = None,
        part: str = "numerator",
        count: str = "",
        own: bool = False,
        scope: str = DEFAULT_SCOPE,
        after: str = FIRST,
    ) -> HTMLResponse:
        form = Form(region or whole, period or this_year(), own, scope, compare=False)
        try:
            shown = _shown(indicator, definition, part, count)
            asked = _asked(tree, replace(form, own=own or shown.own), legal_date(clock()))
        except RuleViolation as refusal:
            return refuse(form, refusal)
        asked_code = asked.region.code
        with database.reading(access.acting) as session:
            page = figures.counted_cases(
                session,
                tree,
                asked,
                shown.expression,
                after=after,
                limit=CASES_PER_PAGE,
                inside=access.above(asked_code, tree),
            )
        return render(
            "cases.html",
            form=form,
            **_heading(tree, asked),
            name=shown.name,
            sentence=shown.sentence,
            total=yuan(page.total) if shown.fen else page.total,
            fen=shown.fen,
            items=[_case_row(tree, item, fen=shown.fen) for item in page.items],
            next=None if page.next is None else form.link("cases", after=page.next, **shown.query),
        )

    return router


def _asked(tree: RegionTree, form: Form, on: date) -> Question:
    return figures.question(
        tree, region=form.region, period=form.period, own=form.own, scope=form.scope, on=on
    )


def _heading(tree: RegionTree, asked: Question) -> Mapping[str, Any]:
    return {
        "region_name": tree.path_name(asked.region.code),
        "period": asked.period,
        "own": asked.own,
        "scope_name": labels.SCOPES[asked.scope],
    }


def _moment(report: Report) -> str:
    return report.as_of.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


def _groups(form: Form, report: Report) -> list[Mapping[str, Any]]:
    """The counts by procedure, each with the link to its cases."""
    return [
        {
            "name": name,
            "rows": [
                {
                    "label": labels.COUNTS[key],
                    "amount": WITHHELD if amount is None else amount,
                    "href": form.link("cases", count=key),
                }
                for key, amount in report.counts.items()
                if key.partition(".")[0] == prefix
            ],
        }
        for prefix, name in labels.GROUPS.items()
    ]


def _printed(rate: Rate) -> str:
    text = rate.text()
    return NOTHING if text is None else f"{text}{labels.UNITS[rate.unit]}"


def _rate_row(form: Form, figure: Figure) -> Mapping[str, Any]:
    definition = figure.definition
    query = {"indicator": figure.indicator.id, "definition": definition.id}
    money = definition.unit == "fen"
    return {
        "indicator": figure.indicator,
        "definition": definition,
        **_parts(figure, money=money),
        "numerator_href": form.link("cases", part="numerator", **query),
        "denominator_href": form.link("cases", part="denominator", **query),
        "previous": _previous(figure),
        "change_points": figure.change_points,
    }


def _parts(figure: Figure, *, money: bool) -> Mapping[str, Any]:
    rate, divided = figure.rate, figure.definition.denominator is not None
    if figure.withheld:
        return {
            "printed": NOTHING if divided else "",
            "numerator": WITHHELD,
            "denominator": WITHHELD if divided else None,
        }
    return {
        "printed": _printed(rate) if divided else "",
        "numerator": f"{yuan(rate.numerator)} {labels.YUAN}" if money else rate.numerator,
        "denominator": rate.denominator,
    }


def _previous(figure: Figure) -> str | None:
    rate = figure.previous
    if rate is None or figure.previous_withheld:
        return None if rate is None else WITHHELD
    if rate.unit == "fen":
        return f"{yuan(rate.numerator)} {labels.YUAN}"
    if rate.denominator is None:
        return str(rate.numerator)
    return f"{_printed(rate)}（{rate.numerator}/{rate.denominator}）"


@dataclass(frozen=True, slots=True)
class Shown:
    """The figure whose cases are listed, and the query that leads to it."""

    name: str
    sentence: str
    expression: Expression
    fen: bool
    own: bool
    query: Mapping[str, str]


def _shown(indicator: str, definition: str | None, part: str, count: str) -> Shown:
    if count:
        counted = COUNTS.get(count)
        if counted is None:
            raise NotFound("indicator.unknown_count", "没有这个名称的数字。", field="count")
        return Shown(labels.COUNTS[count], "", counted.expression, counted.fen, counted.own, {"count": count})
    found = find(indicator)
    chosen = found.definition(definition)
    expression = figures.part_of(chosen, part)
    query = {"indicator": found.id, "definition": chosen.id, "part": part}
    name = f"{found.name}（{chosen.id} {chosen.name}）{labels.PARTS[part]}"
    return Shown(name, chosen.sentence, expression, chosen.unit == "fen", own=False, query=query)


def _case_row(tree: RegionTree, item: figures.CountedCase, *, fen: bool) -> Mapping[str, Any]:
    return {
        "number": item.case_number or labels.KINDS[item.kind],
        "href": item.href,
        "region": tree.path_name(item.region),
        "because": list(_because(item.because)),
        "amount": yuan(item.amount) if fen else item.amount,
    }


def _because(measured: Iterable[tuple[str, Any, int]]) -> Iterable[str]:
    for measure, day, _ in measured:
        yield f"{day} {labels.MEASURES[measure]}"
