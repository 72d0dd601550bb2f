"""Commands that need nothing running: templates, the check of this machine."""

import sys
from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.table import Table

from services.cli.client import Suite, out, refuse
from services.cli.words import say
from shared.kernel.calendar import WorkCalendar
from shared.kernel.regions import CUT_OFF, RegionTree
from shared.kit.ledger import Column, describe, template_csv, template_xlsx

if TYPE_CHECKING:
    from shared.kit.settings import Settings

LEDGERS = {
    "reconsideration": ("services.reconsideration.ledger", "COLUMNS"),
    "mediation": ("services.mediation.ledger", "CASE_COLUMNS"),
    "litigation": ("services.litigation.ledger", "COLUMNS"),
    "organisations": ("services.mediation.ledger", "ORGANISATION_COLUMNS"),
}
KINDS = "reconsideration | mediation | litigation | organisations"


def require_kind(kind: str) -> str:
    """The kind, when there is such a ledger; wrong usage otherwise."""
    if kind not in LEDGERS:
        raise typer.BadParameter(
            say(f"没有这种台账，可用的有：{KINDS}", f"one of: {KINDS}"), param_hint="KIND"
        )
    return kind


def _columns(kind: str) -> Sequence[Column]:
    module, name = LEDGERS[require_kind(kind)]
    columns: Sequence[Column] = getattr(import_module(module), name)
    return columns


def template(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=KINDS)],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help=say("写到文件（.csv 或 .xlsx）", "file"))
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", help=say("逐列说明可填的内容", "explain the columns"))
    ] = False,
) -> None:
    """An empty ledger with both header rows, names and Chinese labels; either row alone is accepted too."""
    columns = _columns(kind)
    if explain:
        table = Table(title=say("台账各列", "columns"))
        for title in ("name", "列名", "必填", "类型", "可填的内容", "说明"):
            table.add_column(title, overflow="fold")
        for row in describe(columns):
            table.add_row(*row)
        out.print(table)
        return
    if output is None:
        sys.stdout.buffer.write(template_csv(columns))
        return
    try:
        output.write_bytes(template_xlsx(columns) if output.suffix == ".xlsx" else template_csv(columns))
    except OSError as failure:
        refuse(say(f"不能写入 {output}：{failure.strerror}", f"cannot write {output}: {failure.strerror}"))
    out.print(say(f"已写到 {output}", f"written to {output}"))


def doctor() -> None:
    """What a start needs: Python, the broker's binary, a writable data folder, a free port."""
    from shared.kit.broker import server_binary
    from shared.kit.settings import Settings

    settings = Settings()
    checks = (
        (
            "Python ≥ 3.11",
            sys.version_info >= (3, 11),
            sys.version.split()[0],
            "请安装 Python 3.11 或更新版本",
        ),
        ("nats-server", server_binary() is not None, server_binary() or "—", "请运行 make setup"),
        (say("数据文件夹", "data folder"), *_folder(settings.data)),
        (say("端口", "port"), *_port(settings)),
        (
            say("放假安排", "holiday notices"),
            WorkCalendar.builtin().is_loaded(date.today().year),  # noqa: DTZ011 - a hint, not a legal date
            "、".join(str(year) for year in WorkCalendar.builtin().loaded_years),
            "请更新到含当年放假安排的版本",
        ),
        (
            say("行政区划", "regions"),
            RegionTree.builtin().exists("000000"),
            f"{len(RegionTree.builtin())} · {CUT_OFF}",
            "请重新安装",
        ),
    )
    for what, good, found, cure in checks:
        mark = "[green]✓[/]" if good else "[red]✗[/]"
        out.print(f"{mark} {what}：{found}" + ("" if good else f" → {cure}"), highlight=False)
    if not all(good for _, good, _, _ in checks):
        raise typer.Exit(1)


def _folder(folder: Path) -> tuple[bool, str, str]:
    existing = next(parent for parent in (folder, *folder.absolute().parents) if parent.exists())
    probe = existing / ".dingfen-probe"
    try:
        probe.touch()
        probe.unlink()
    except OSError:
        return False, str(folder), "请用 DINGFEN_DATA 指向可写的文件夹"
    return True, str(folder), ""


def _port(settings: "Settings") -> tuple[bool, str, str]:
    from services.suite import CannotStart, require_free_port  # a deadline must not wait for it

    try:
        require_free_port(settings.host, settings.port)
    except CannotStart as taken:
        if Suite().ready():
            return True, say(f"{settings.port}（定分正在运行）", f"{settings.port} (Dingfen is running)"), ""
        return False, str(settings.port), str(taken)
    return True, str(settings.port), ""
