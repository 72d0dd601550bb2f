"""Changing the keys of sealed data, on the machine that holds them; the services may go on meanwhile."""

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from services.cli.client import SOURCES, out, refuse
from services.cli.words import say

keys = typer.Typer(help=say("密钥", "keys"), no_args_is_help=True)


@keys.command("rotate", help=say("更换一个服务的密钥", "change the key of a service"))
def rotate(
    service: Annotated[str, typer.Argument(metavar="SERVICE", help=" | ".join(SOURCES))],
    index: Annotated[
        bool, typer.Option("--index", help=say("更换检索密钥（证件号码查找）", "the key of the blind index"))
    ] = False,
    data: Annotated[Path | None, typer.Option("--data", help=say("数据文件夹", "data folder"))] = None,
) -> None:
    """Batch by batch; a rotation that was cut off goes on where it stopped."""
    if service not in SOURCES:
        raise typer.BadParameter(" | ".join(SOURCES), param_hint="SERVICE")
    from shared.kernel.clock import system_clock
    from shared.kit.cipher_suites import SUITES
    from shared.kit.database import Database
    from shared.kit.settings import Settings
    from shared.kit.vault_keys import FileMaster, KeyUnusable
    from shared.kit.vault_rotation import rotate_index_key, rotate_service_key

    found = Settings()
    settings = found.model_copy(update={"data": (data or found.data).expanduser()})
    tables = import_module(f"services.{service}.models").TABLES
    vault = tables.vault
    database = Database(settings.database_of(service), tables.metadata)
    suite = SUITES[settings.suite]
    vault.unlock(FileMaster(settings.keys.master_key(), suite), suite=suite)
    turn = rotate_index_key if index else rotate_service_key
    try:
        done = turn(database, vault, system_clock())
    except KeyUnusable as reason:
        refuse(str(reason))
    finally:
        database.dispose()
    out.print(
        say(
            f"[green]✓[/] {service} 已改用密钥 {done.active}，重新封装 {done.moved} 项。",
            f"[green]✓[/] {service} now uses key {done.active}; {done.moved} entries wrapped anew.",
        ),
        highlight=False,
    )
