"""Figures out: rates, their verification, their rebuilding."""

import time
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.table import Table

from services.cli.client import REFUSED, SOURCES, Suite, err, out, print_json
from services.cli.words import ENGLISH, say
from services.reporting.labels import COUNTS as COUNT_LABELS
from shared.kernel.clock import SHANGHAI

Region = Annotated[str, typer.Option("--region", help=say("行政区划代码或名称", "region code or name"))]
PeriodText = Annotated[
    str, typer.Option("--period", help="2022 | 2022-H1 | 2022-Q3 | 2022-05 | 2022-01-01..2022-11-30")
]
AsJson = Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))]
Compare = Annotated[bool, typer.Option("--compare", help=say("与上年同期比较", "compare with a year before"))]
Own = Annotated[bool, typer.Option("--own", help=say("只算本级机关", "own-level organs only"))]
Scope = Annotated[str | None, typer.Option("--scope", help=say("人民调解口径", "mediation scope"))]
COUNTS = {} if ENGLISH else COUNT_LABELS
KINDS = {
    "reconsideration_case": "reconsideration",
    "mediation_case": "mediation",
    "mediation_organisation": "mediation",
    "litigation_case": "litigation",
}
PAGE = 1_000
PATIENCE_SECONDS = 30.0
MOST_SHOWN = 100


def rate(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="IND-AR-5, IND-PM-2, IND-AL-1 …")],
    region: Region,
    period: PeriodText,
    definition: Annotated[
        str | None, typer.Option("--definition", help=say("口径，例如 A2", "definition, e.g. A2"))
    ] = None,
    compare: Compare = False,
    own: Own = False,
    scope: Scope = None,
    as_json: AsJson = False,
) -> None:
    """One rate with its numerator and denominator; without a definition, the default one."""
    answer = Suite().get(
        "/reporting/rates",
        region=region,
        period=period,
        indicator=indicator,
        definition=definition,
        compare=compare or None,
        own=own or None,
        scope=scope,
    )
    found = answer["rates"][0]
    if as_json:
        print_json(found)
        return
    _table(answer, [found])


def rates(
    region: Region,
    period: PeriodText,
    compare: Compare = False,
    own: Own = False,
    scope: Scope = None,
    as_json: AsJson = False,
) -> None:
    """All counts and rates of one region and period."""
    answer = Suite().get(
        "/reporting/rates",
        region=region,
        period=period,
        compare=compare or None,
        own=own or None,
        scope=scope,
    )
    if as_json:
        print_json(answer)
        return
    show(answer)


def show(answer: dict[str, Any]) -> None:
    """Counts that are not zero, rates that have a denominator, and what does not add up."""
    counts = Table(title=f"{answer['region_name']} {answer['period']}", show_header=False)
    for key, value in answer["counts"].items():
        if value:
            counts.add_row(COUNTS.get(key, key), str(value), f"[dim]{key}[/]")
    out.print(counts, highlight=False)
    # The screen shows each indicator by its default definition, which comes first; JSON tells them all.
    defaults: dict[str, Any] = {}
    for each in answer["rates"]:
        defaults.setdefault(each["indicator"], each)
    _table(answer, [each for each in defaults.values() if each["rate"] is not None])
    for flag in answer["flags"]:
        out.print(f"[yellow]⚠[/] {flag['message']}", highlight=False)


def _table(answer: dict[str, Any], found: list[dict[str, Any]]) -> None:
    as_of = datetime.fromisoformat(answer["as_of"]).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")
    table = Table(title=say(f"数据截至 {as_of}（北京时间）", f"as of {as_of} (Beijing)"))
    for title in (
        say("指标", "indicator"),
        say("口径", "definition"),
        say("比率", "rate"),
        say("分子/分母", "parts"),
    ):
        table.add_column(title, overflow="fold")
    compared = any(each.get("previous") for each in found)
    if compared:
        table.add_column(say("上年同期", "year before"))
        table.add_column(say("百分点", "points"))
    for each in found:
        row = [
            f"{each['name']} [dim]{each['indicator']}[/]",
            f"{each['definition']} {each.get('definition_name', '')}",
            _rate_text(each),
            f"{each['numerator']}/{each['denominator']}"
            if each["denominator"] is not None
            else str(each["numerator"]),
        ]
        if compared:
            before = each.get("previous") or {"rate": None}
            row += [_rate_text(before | {"unit": each["unit"]}), each.get("change_points") or "—"]
        table.add_row(*row)
    out.print(table, highlight=False)


def _rate_text(found: dict[str, Any]) -> str:
    if found["rate"] is None:
        return "—"
    return f"{found['rate']} 倍" if found.get("unit") == "ratio" else f"{found['rate']}%"


def verify(as_json: AsJson = False) -> None:
    """Facts = cells, and each service's own books = reporting's facts, case by case."""
    suite = Suite()
    suite.wait_until_caught_up()
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        cases, differences = _compared(suite)
        # A case filed this second is on its way; only what stays different is a difference.
        if not differences or time.monotonic() > deadline:
            break
        time.sleep(0.5)
    recount = suite.get("/reporting/recount")
    differences += recount["differences"]
    progress = suite.get("/reporting/progress")
    if progress["quarantined"]:
        differences.append({"kind": "quarantine", "count": progress["quarantined"]})
    result = {
        "ok": not differences and recount["ok"],
        "differences": differences[:MOST_SHOWN],
        "cases": cases,
    }
    if as_json:
        print_json(result)
    elif result["ok"]:
        out.print(
            say(
                f"[green]✓[/] {cases} 件逐件一致，事实与汇总一致。",
                f"[green]✓[/] {cases} cases agree one by one, and the facts agree with the cells.",
            )
        )
    else:
        err.print(
            say(f"[red]✗[/] 有 {len(differences)} 处不一致：", f"[red]✗[/] {len(differences)} differences:")
        )
        for difference in differences[:MOST_SHOWN]:
            err.print(str(difference), highlight=False)
    if not result["ok"]:
        raise typer.Exit(REFUSED)


def _compared(suite: Suite) -> tuple[int, list[dict[str, Any]]]:
    """How many cases the services' books hold, and every case whose facts reporting sees differently."""
    cases = 0
    differences: list[dict[str, Any]] = []
    for kind, service in KINDS.items():
        booked = _all(suite, f"/{service}/books", kind)
        reported = _all(suite, "/reporting/facts", kind)
        cases += len(booked)
        differences += [
            {
                "kind": kind,
                "case_id": case_id,
                "books": booked.get(case_id),
                "reporting": reported.get(case_id),
            }
            for case_id in sorted(booked.keys() | reported.keys())
            if booked.get(case_id) != reported.get(case_id)
        ]
    return cases, differences


def _all(suite: Suite, path: str, kind: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    after: str | None = None
    while True:
        answer = suite.get(path, kind=kind, after=after, limit=PAGE)
        found |= {item["case_id"]: (item["version"], item["digest"]) for item in answer["items"]}
        after = answer["next"]
        if after is None:
            return found


def rebuild() -> None:
    """Drop the projections and replay every event; ends when all figures stand again."""
    suite = Suite()
    suite.post("/reporting/rebuild")
    with err.status(say("正在从事件重建统计……", "replaying events …")):
        caught_up = suite.wait_until_caught_up()
    if not caught_up:
        err.print(say("重建仍在进行，可稍后用 dingfen verify 核对。", "still replaying; verify later"))
        raise typer.Exit(REFUSED)
    total = sum(suite.get(f"/{source}/events/head")["pub_seq"] for source in SOURCES)
    out.print(say(f"[green]✓[/] 已从 {total} 个事件重建。", f"[green]✓[/] rebuilt from {total} events."))
