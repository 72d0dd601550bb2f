"""A new year's holiday notice for the running case services, and which years they know."""

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from services.cli.client import SOURCES, Suite, out, print_json, refuse
from services.cli.words import say
from shared.kernel.errors import RuleViolation
from shared.kernel.holidays.notice import Brought, read_csv, read_json

calendar = typer.Typer(help=say("放假安排", "the holiday calendar"), no_args_is_help=True)

NAMES = {
    "reconsideration": say("行政复议", "reconsideration"),
    "mediation": say("人民调解", "mediation"),
    "litigation": say("行政应诉", "litigation"),
}
ORIGINS = {"builtin": say("随程序发布", "shipped"), "imported": say("载入", "imported")}
AsJson = Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))]


@calendar.command(
    "import", help=say("载入一年的放假安排（CSV 或 JSON）", "import a year's notice (CSV or JSON)")
)
def import_(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV / JSON")],
    year: Annotated[
        int | None, typer.Option("--year", help=say("文件中有多个年份时指明一年", "which year of the file"))
    ] = None,
    source: Annotated[
        str | None, typer.Option("--source", help=say("通知的名称、文号", "title and number of the notice"))
    ] = None,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help=say("只算有多少案件会变，不载入", "only count what would change")),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """To all case services, one after the other; what was cut off is completed by running it again."""
    brought = brought_in(file, year)
    body = {
        "year": brought.year,
        "off": [day.isoformat() for day in brought.off],
        "on": [day.isoformat() for day in brought.on],
        "source": source if source is not None else brought.source,
    }
    told: dict[str, dict[str, Any]] = {}
    with Suite() as suite:
        for service in SOURCES:
            told[service] = suite.tell(f"/{service}/calendar", body, dry_run=str(dry_run).lower())
            if not as_json:
                out.print(
                    f"[green]✓[/] {NAMES[service]}：{_sentence(told[service])}",
                    highlight=False,
                    soft_wrap=True,
                )
    if as_json:
        print_json(told)


def brought_in(file: Path, year: int | None) -> Brought:
    try:
        content = file.read_bytes()
    except OSError as failure:
        refuse(say(f"读不到文件 {file}：{failure.strerror}", f"cannot read {file}: {failure.strerror}"))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("gb18030", errors="replace")  # as spreadsheets save it here
    try:
        is_json = file.suffix.lower() == ".json" or text.lstrip().startswith("{")
        return read_json(text, year) if is_json else read_csv(text, year)
    except RuleViolation as refusal:
        refuse(f"{refusal.message} [dim]({refusal.code})[/]")


def _sentence(told: dict[str, Any]) -> str:
    would = "would be " if told["dry_run"] and told["changed"] else ""
    known = "" if told["changed"] else "nothing new; "
    return say(
        told["message"],
        f"{known}{told['recalculated']} due dates {would}recomputed, {told['moved']} {would}moved.",
    )


@calendar.command("list", help=say("已载入的年份", "which years are loaded"))
def list_(as_json: AsJson = False) -> None:
    with Suite() as suite:
        told = {service: suite.get(f"/{service}/calendar")["years"] for service in SOURCES}
    if as_json:
        print_json(told)
        return
    table = Table(title=say("已载入的放假安排", "holiday notices"))
    for title in (
        say("年份", "year"),
        say("放假", "off"),
        say("上班", "worked"),
        *(NAMES[service] for service in SOURCES),
    ):
        table.add_column(title, overflow="fold")
    by_year = {service: {notice["year"]: notice for notice in notices} for service, notices in told.items()}
    for year in sorted({year for notices in by_year.values() for year in notices}):
        found = [by_year[service].get(year) for service in SOURCES]
        days = next(notice for notice in found if notice is not None)
        table.add_row(str(year), str(len(days["off"])), str(len(days["on"])), *map(_state, found))
    out.print(table, highlight=False)


def _state(notice: dict[str, Any] | None) -> str:
    if notice is None:
        return say("未载入", "not loaded")
    state = ORIGINS[notice["origin"]]
    if notice["source"] and notice["origin"] == "imported":
        state += f"（{notice['source']}）"
    return state if notice["complete"] else state + say("，正在重算期限", ", recomputing")
