"""Starting things: the whole suite with its own broker, or one service alone.

What runs is imported when it is wanted: a deadline or a template must not wait for a web framework.
"""

import gc
from pathlib import Path
from typing import Annotated

import typer

from services.cli.client import out, refuse
from services.cli.words import say

SERVICES = "reconsideration | mediation | litigation | reporting"


def up(
    data: Annotated[Path | None, typer.Option("--data", help=say("数据文件夹", "data folder"))] = None,
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help=say("端口", "port"))] = None,
    no_sample: Annotated[bool, typer.Option("--no-sample", help=say("不载入示例", "no sample"))] = False,
) -> None:
    """Start all services in one process, and stay until Ctrl-C."""
    gc.disable()  # nothing of what is imported becomes garbage; the application switches it on again
    from services.cli import running

    settings = running.settings(data, port)
    try:
        running.run_suite(settings, sample=not no_sample)
    except running.CannotStart as reason:
        refuse(str(reason))
    out.print(say("已停止，数据都已保存。", "Stopped; everything is saved."))


def serve(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help=SERVICES)],
    port: Annotated[int | None, typer.Option("--port", min=1, max=65535, help=say("端口", "port"))] = None,
) -> None:
    """One service alone, on DINGFEN_DATABASE_URL and DINGFEN_NATS_URL."""
    gc.disable()
    from services.cli import running

    if service not in running.SERVICES:
        raise typer.BadParameter(SERVICES, param_hint="SERVICE")
    try:
        running.run_service(running.settings(None, port), service)
    except running.CannotStart as reason:
        refuse(str(reason))
