"""The command for local rules: reads the file and shows what holds where. It needs nothing running."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.cli.client import out, print_json, refuse
from services.cli.words import say
from shared.kernel.errors import RuleViolation


def local_rules(
    file: Annotated[
        Path | None,
        typer.Option("--file", help=say("地方规则文件；不填即服务所用的", "the file; that of the services")),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", help=say("复议机关所在地", "region of the organ"))
    ] = None,
    on: Annotated[
        datetime | None,
        typer.Option("--on", formats=["%Y-%m-%d"], help=say("收到申请之日", "day of receipt")),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))] = False,
) -> None:
    """What the law leaves open, the answer in force, and who gave it; refuses a file that is wrong."""
    from services.reconsideration.api.local_rules import rules_view  # a web framework, not for every command
    from services.reconsideration.local_rules import LocalRuleBook
    from shared.kernel.clock import legal_date, system_clock
    from shared.kernel.regions import NATION, RegionTree
    from shared.kit.settings import Settings

    tree = RegionTree.builtin()
    path = file or Settings().local_rules_file
    try:
        book = LocalRuleBook(tree=tree) if path is None else LocalRuleBook.read(path, tree)
        code = tree.find(region).code if region else NATION
    except RuleViolation as refusal:
        refuse(refusal.message)
    view = rules_view(book, code, on.date() if on else legal_date(system_clock()))
    if as_json:
        print_json(view.model_dump(mode="json"))
        return
    for rule in view.rules:
        words = {choice.code: choice.words for choice in rule.choices}
        shown = (
            words.get(rule.answer, rule.answer) if isinstance(rule.answer, str) else "、".join(rule.answer)
        )
        source = (
            f"{rule.place or say('全国', 'everywhere')}：{rule.source}"
            if rule.source
            else say("默认", "default")
        )
        out.print(f"[bold]{rule.id}[/] {rule.asks}", highlight=False, soft_wrap=True)
        out.print(f"    {shown}（{source}）〔{rule.mark}〕{rule.basis}", highlight=False, soft_wrap=True)
