"""Ledgers in: importing a file, and the sample of the five reports."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from services.cli.client import REFUSED, Suite, err, out, print_json, refuse
from services.cli.offline import KINDS, require_kind
from services.cli.words import say
from services.sample.ledgers import seeds
from shared.kit.spreadsheets import write_csv

DOORS = {
    "reconsideration": "/reconsideration/imports/cases",
    "mediation": "/mediation/imports/cases",
    "litigation": "/litigation/imports/cases",
    "organisations": "/mediation/imports/organisations",
}
STAGES = {
    "reading": say("读取文件", "reading"),
    "checking": say("逐行核对", "checking"),
    "recording": say("登记入账", "recording"),
}
MOST_SHOWN = 20

sample = typer.Typer(help=say("示例数据", "sample data"), no_args_is_help=True)


def import_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=KINDS)],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV / XLSX")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help=say("只检查，不登记", "check only"))] = False,
    update: Annotated[
        bool,
        typer.Option("--update", help=say("与账册不同的行记为更正", "record differing rows as corrections")),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))] = False,
) -> None:
    """Import a ledger: the whole file or nothing."""
    require_kind(kind)
    try:
        content = file.read_bytes()
    except OSError as failure:
        refuse(say(f"读不到文件 {file}：{failure.strerror}", f"cannot read {file}: {failure.strerror}"))
    suite = Suite()
    result = _send(suite, kind, content, file.name, dry_run=dry_run, update=update)
    result |= {"kind": kind, "file": file.name}
    if result["ok"] and not dry_run and (result["created"] or result["updated"]):
        result["visible"] = suite.wait_until_caught_up()
    if as_json:
        print_json(result)
    else:
        _show(result)
    if not result["ok"]:
        raise typer.Exit(REFUSED)


@sample.command("seeds", help=say("载入五份报告的示例案件", "load the cases of the five reports"))
def sample_seeds(
    as_json: Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))] = False,
) -> None:
    results = load_seeds(Suite())
    if as_json:
        print_json(results)


def load_seeds(suite: Suite) -> list[dict[str, Any]]:
    """Send the sample's ledgers through the services' public doors and wait until their figures stand."""
    ledgers = seeds()
    results = []
    total = sum(len(ledger.rows) for ledger in ledgers)
    with _bar() as progress:
        task = progress.add_task(say("载入五份报告的示例", "loading the sample"), total=total)
        done = 0
        for ledger in ledgers:
            content = write_csv([ledger.header], ledger.rows)
            result: dict[str, Any] = {}
            with suite.lines(DOORS[ledger.kind], content, filename=f"{ledger.name}.csv") as lines:
                for line in lines:
                    if "progress" in line and line["progress"]["stage"] == "recording":
                        progress.update(
                            task, completed=done + line["progress"]["done"], description=ledger.title
                        )
                    result = line.get("result", result)
                    if "problem" in line:
                        refuse(line["problem"]["detail"])
            if not result["ok"]:
                _show(result | {"file": ledger.name})
                raise typer.Exit(REFUSED)
            done += len(ledger.rows)
            progress.update(task, completed=done)
            results.append(result | {"kind": ledger.kind, "file": ledger.name})
        progress.update(task, description=say("等待统计完成", "waiting for the figures"))
        suite.wait_until_caught_up()
        progress.update(task, description=say("五份报告的示例已载入", "sample loaded"))
    return results


def _send(
    suite: Suite, kind: str, content: bytes, name: str, *, dry_run: bool, update: bool
) -> dict[str, Any]:
    query = {"filename": name, "dry_run": str(dry_run).lower(), "update": str(update).lower()}
    with suite.lines(DOORS[kind], content, **query) as lines, _bar() as progress:
        return _followed(lines, progress)


def _followed(lines: Iterator[dict[str, Any]], progress: Progress) -> dict[str, Any]:
    task = progress.add_task(STAGES["reading"], total=None)
    for line in lines:
        if "problem" in line:
            progress.stop()
            refuse(f"{line['problem']['detail']} [dim]({line['problem']['code']})[/]")
        if "result" in line:
            result: dict[str, Any] = line["result"]
            progress.update(
                task, description=say("完成", "done"), completed=result["rows"], total=result["rows"]
            )
            return result
        step = line["progress"]
        progress.update(task, description=STAGES[step["stage"]], completed=step["done"], total=step["total"])
    return refuse(
        say("导入中断，什么也没有登记；请重新导入。", "The import was cut off; nothing was recorded.")
    )


def _bar() -> Progress:
    return Progress(
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=err
    )


def _show(result: dict[str, Any]) -> None:
    if result["ok"]:
        done = say(
            "检查通过，可以导入" if result["dry_run"] else "导入完成",
            "checked" if result["dry_run"] else "done",
        )
        out.print(
            f"[green]✓[/] {result['file']} {done}："
            + say(
                f"{result['rows']} 行，新登记 {result['created']} 件，更正 {result['updated']} 件，"
                f"未变 {result['unchanged']} 件。",
                f"{result['rows']} rows, {result['created']} new, {result['updated']} corrected, "
                f"{result['unchanged']} unchanged.",
            ),
            highlight=False,
        )
        if result["unknown_columns"]:
            out.print(say("没有用到的列：", "unused columns: ") + "、".join(result["unknown_columns"]))
        return
    table = Table(
        title=say(
            f"{result['file']}：{result['error_count']} 处有误，什么也没有登记",
            f"{result['file']}: {result['error_count']} errors, nothing was recorded",
        )
    )
    for title in (
        say("行", "row"),
        say("列", "column"),
        say("填的是", "found"),
        say("为什么不行", "why"),
        say("怎么改", "how"),
    ):
        table.add_column(title, overflow="fold")
    for error in result["errors"][:MOST_SHOWN]:
        table.add_row(str(error["row"]), error["column"], error["found"], error["why"], error["how"])
    err.print(table, highlight=False)
