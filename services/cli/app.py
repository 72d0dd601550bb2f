"""The commands of `dingfen`, each in the module of its subject."""

from typing import Annotated

import typer

from services.cli import (
    accounts,
    calendars,
    exports,
    figures,
    key_care,
    ledgers,
    local_rules,
    offline,
    periods,
    start,
)
from services.cli.words import say

app = typer.Typer(
    name="dingfen",
    help=say(
        "定分：记录行政争议案件，并证明每一个公布的比率。",
        "Dingfen tracks administrative disputes and proves every rate that is published about them.",
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def options(
    lang: Annotated[str, typer.Option(help=say("界面语言：zh 或 en", "language: zh or en"))] = "zh",
) -> None:
    """Options before the command; `--lang` is read in words.py before the help is built."""


app.command("up", help=say("启动全部服务（首次启动会载入示例）", "start the whole suite"))(start.up)
app.command("serve", help=say("单独启动一个服务", "start one service alone"))(start.serve)
app.add_typer(ledgers.sample, name="sample")
app.command("import", help=say("导入台账（CSV 或 XLSX）", "import a ledger (CSV or XLSX)"))(ledgers.import_)
app.command("template", help=say("输出空白台账模板", "print an empty ledger"))(offline.template)
app.command("rate", help=say("一个指标的比率", "one rate"))(figures.rate)
app.command("rates", help=say("一个地区一个时期的全部数字", "all figures of a region and period"))(
    figures.rates
)
app.command("deadline", help=say("计算期限", "compute a deadline"))(periods.deadline)
app.command(
    "local-rules", help=say("地方规则：法律留白处各地的规定", "what the law leaves open, answered locally")
)(local_rules.local_rules)
app.add_typer(calendars.calendar, name="calendar")
app.command(
    "verify", help=say("核对：事实与汇总一致，账册与事实逐件一致", "recount and compare case by case")
)(figures.verify)
app.command("rebuild", help=say("清空统计并从事件重建", "drop the projections and replay"))(figures.rebuild)
app.command("doctor", help=say("检查这台机器是否具备运行条件", "check this machine"))(offline.doctor)
app.add_typer(exports.export, name="export")
app.add_typer(accounts.account, name="account")
app.add_typer(key_care.keys, name="keys")
app.add_typer(accounts.office, name="office")
app.command("login", help=say("登录", "sign in"))(accounts.login)
app.command("logout", help=say("退出", "sign out"))(accounts.logout)


def main() -> None:
    app()
