"""The command for periods: by the name of a rule, or by length and unit alone. It needs nothing running."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from services.cli.calendars import brought_in
from services.cli.client import out, print_json, refuse
from services.cli.words import say
from services.reconsideration.deadlines import OLD_ACT, RULES, DeadlineRule, is_known, rule_of, rules_of
from services.reconsideration.deadlines import deadline as count
from services.reconsideration.terms import LawVersion, Procedure
from shared.kernel.calendar import Unit, WorkCalendar, due
from shared.kernel.clock import legal_date, system_clock
from shared.kernel.errors import RuleViolation
from shared.kernel.holidays.notice import checked

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_UNITS = {
    Unit.WORKING_DAY: say("个工作日", "working days"),
    Unit.CALENDAR_DAY: say("日", "days"),
    Unit.MONTH: say("个月", "months"),
}
_FROM, _ACCEPTED, _RECEIVED = "--from", "--accepted-on", "--received-on"
# Day 0 by its own name, so that a day of receipt is not taken for one of acceptance; --from goes with every rule.
_STARTS: Mapping[str, str] = {
    "ar.organ_forward": _RECEIVED,
    "ar.acceptance_review": _RECEIVED,
    "ar.supplement_notice": _RECEIVED,
    "ar.supplement": _RECEIVED,
    "ar.jurisdiction_agreement": _RECEIVED,
    "ar.copy": _ACCEPTED,
    "ar.reply": _RECEIVED,
    "ar.decision": _ACCEPTED,
    "ar.document_answer": _RECEIVED,
    "ar.document_receiver": _RECEIVED,
    "ar.sue": _RECEIVED,
    "ar.opinion_feedback": _RECEIVED,
}


def deadline(
    rule: Annotated[
        str | None,
        typer.Option("--rule", metavar="RULE", help=say("期限名，如 ar.decision", "ar.decision …")),
    ] = None,
    list_rules: Annotated[
        bool, typer.Option("--list-rules", help=say("列出全部期限", "list the rules"))
    ] = False,
    accepted_on: Annotated[
        str | None, typer.Option(_ACCEPTED, metavar="DATE", help=say("受理之日", "day of acceptance"))
    ] = None,
    received_on: Annotated[
        str | None, typer.Option(_RECEIVED, metavar="DATE", help=say("收到之日", "day of receipt"))
    ] = None,
    start: Annotated[
        str | None, typer.Option(_FROM, metavar="DATE", help=say("起算日（当日不计）", "day 0"))
    ] = None,
    procedure: Annotated[
        str | None,
        typer.Option(
            "--procedure",
            metavar="|".join(Procedure),
            help=say("普通程序（默认）或者简易程序", "procedure, ordinary unless given"),
        ),
    ] = None,
    law: Annotated[
        LawVersion | None,
        typer.Option(
            "--law",
            help=say(
                "适用的行政复议法：2024 年以前收到的申请用 pre2024",
                "the Act; pre2024 if received before 2024",
            ),
            show_default=False,
        ),
    ] = None,
    extension: Annotated[int, typer.Option("--extension", help=say("延长的日数", "days of extension"))] = 0,
    suspended: Annotated[
        list[str] | None,
        typer.Option(
            "--suspended",
            metavar="DATE..DATE",
            help=say(
                "中止与恢复之日，可多次；尚未恢复的写 2024-09-01..",
                "suspended and resumed; 2024-09-01.. if open",
            ),
        ),
    ] = None,
    days: Annotated[
        int | None, typer.Option("--days", help=say("长度；负数向前倒推", "length; negative counts back"))
    ] = None,
    unit: Annotated[Unit | None, typer.Option("--unit", help=say("单位", "unit"))] = None,
    calendar: Annotated[
        Path | None,
        typer.Option(
            "--calendar",
            metavar="FILE",
            help=say("另加一年的放假安排（CSV 或 JSON）", "with this year's notice too (CSV, JSON)"),
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help=say("输出 JSON", "print JSON"))] = False,
) -> None:
    """The due date of a period, with the explanation a clerk reads."""
    if list_rules:
        _print_rules(law or LawVersion.ACT2023, as_json=as_json)
        return
    given = {
        name: _day(text, name)
        for name, text in ((_ACCEPTED, accepted_on), (_RECEIVED, received_on), (_FROM, start))
        if text is not None
    }
    if rule is None:
        only_by_rule = {
            _ACCEPTED: accepted_on,
            _RECEIVED: received_on,
            "--procedure": procedure,
            "--law": law,
            "--extension": extension,
            "--suspended": suspended,
        }
        for name in (name for name, value in only_by_rule.items() if value):
            _wrong(name, f"{name} 要与 --rule 一起用", f"{name} goes with --rule")
        if _FROM not in given:
            _wrong(_FROM, "请用 --from 写明起算日，或者用 --rule 写明期限", "day 0 is missing")
        if days is None:
            _wrong("--days", "请用 --days 写明长度，或者用 --rule 写明期限", "the length is missing")
        _print_bare(given[_FROM], days, unit or Unit.WORKING_DAY, _calendar(calendar), as_json=as_json)
        return
    governing = law or LawVersion.ACT2023
    if rule in RULES and not is_known(rule, governing):
        _wrong(
            "--rule",
            f"{OLD_ACT}没有{RULES[rule].name}，用 --list-rules --law {governing} 查看",
            f"the old Act has no {rule}; see --list-rules --law {governing}",
        )
    if rule not in RULES:
        _wrong("--rule", f"没有名为 {rule} 的期限，用 --list-rules 查看", f"no rule {rule}; see --list-rules")
    if unit is not None:
        _wrong("--unit", "--unit 不与 --rule 一起用：单位由期限决定", "the rule has its own unit")
    found = rule_of(rule, governing)
    _print_by_rule(
        found,
        _start_of(found, given),
        _calendar(calendar),
        procedure=_procedure(procedure),
        length=days,
        extension_days=extension,
        suspensions=[_interval(text) for text in suspended or ()],
        law=governing,
        as_json=as_json,
    )


def _print_by_rule(
    rule: DeadlineRule,
    start: date,
    calendar: WorkCalendar,
    *,
    procedure: Procedure,
    length: int | None,
    extension_days: int,
    suspensions: list[tuple[date, date | None]],
    law: LawVersion,
    as_json: bool,
) -> None:
    try:
        found = count(
            rule.id,
            start,
            calendar,
            procedure=procedure,
            length=length,
            extension_days=extension_days,
            suspensions=suspensions,
            law=law,
        )
    except RuleViolation as refusal:
        refuse(refusal.message)
    if as_json:
        print_json(
            {
                "due_on": None if found.due_on is None else found.due_on.isoformat(),
                "provisional": found.provisional,
                "rule": found.rule,
                "article": found.article,
                "explanation": found.explanation,
            }
        )
        return
    _print_day(found.due_on, provisional=found.provisional)
    out.print(
        f"{found.name}（{found.article}）：{found.explanation}{rule.consequence}。",
        highlight=False,
        soft_wrap=True,
    )


def _print_bare(start: date, length: int, unit: Unit, calendar: WorkCalendar, *, as_json: bool) -> None:
    try:
        found = due(start, length, unit, calendar)
    except RuleViolation as refusal:
        refuse(refusal.message)
    if as_json:
        print_json(
            {
                "due_on": found.on.isoformat(),
                "provisional": found.provisional,
                "explanation": found.explanation,
            }
        )
        return
    _print_day(found.on, provisional=found.provisional)
    out.print(found.explanation, highlight=False, soft_wrap=True)


def _print_day(due_on: date | None, *, provisional: bool) -> None:
    mark = say("（暂定）", " (provisional)") if provisional else ""
    day = say("尚不能确定", "not yet known") if due_on is None else due_on
    out.print(f"[bold]{day}[/]{mark}", highlight=False)


def _print_rules(law: LawVersion, *, as_json: bool) -> None:
    rules = rules_of(law).values()
    if as_json:
        print_json([_described(rule) for rule in rules])
        return
    for rule in rules:
        start = f"{rule.trigger}（{_STARTS.get(rule.id, _FROM)}）"
        out.print(f"[bold]{rule.id}[/] {rule.name} {_length(rule)}", highlight=False, soft_wrap=True)
        out.print(f"    {start}；{rule.consequence}。{rule.article}", highlight=False, soft_wrap=True)


def _described(rule: DeadlineRule) -> dict[str, object]:
    return {
        "rule": rule.id,
        "name": rule.name,
        "article": rule.article,
        "trigger": rule.trigger,
        "consequence": rule.consequence,
        "unit": rule.unit.value,
        "lengths": {procedure.value: length for procedure, length in rule.lengths.items()},
        "mark": rule.mark,
        "start_option": _STARTS.get(rule.id, _FROM),
    }


def _length(rule: DeadlineRule) -> str:
    """The length, or both where the procedures differ, ordinary procedure first: "60 / 30 日"."""
    lengths = " / ".join(str(abs(length)) for length in dict.fromkeys(rule.lengths.values()))
    back = say("提前 ", "before: ") if min(rule.lengths.values()) < 0 else ""
    return f"{back}{lengths} {_UNITS[rule.unit]}"


def _calendar(file: Path | None) -> WorkCalendar:
    """What this release knows, and a year's notice that it does not know yet."""
    known = WorkCalendar.builtin()
    if file is None:
        return known
    brought = brought_in(file, None)
    try:
        year = checked(brought.year, brought.off, brought.on, today=legal_date(system_clock()))
    except RuleViolation as refusal:
        refuse(refusal.message)
    return known.with_year(year)


def _start_of(rule: DeadlineRule, given: Mapping[str, date]) -> date:
    named = _STARTS.get(rule.id, _FROM)
    allowed = dict.fromkeys((named, _FROM))
    for name in given:
        if name not in allowed:
            _wrong(
                name,
                f"{rule.id} 的起算日用 {' 或 '.join(allowed)} 写明，不用 {name}",
                f"{rule.id} starts with {' or '.join(allowed)}, not {name}",
            )
    if len(given) != 1:
        _wrong(
            named,
            f"请用 {' 或 '.join(allowed)} 写明一个起算日（{rule.trigger}）",
            f"give one day 0 with {' or '.join(allowed)}",
        )
    return next(iter(given.values()))


def _procedure(text: str | None) -> Procedure:
    if text is None:
        return Procedure.ORDINARY
    if text not in set(Procedure):
        _wrong(
            "--procedure",
            "程序只能是 ordinary（普通程序）或者 summary（简易程序）",
            f"one of: {', '.join(Procedure)}",
        )
    return Procedure(text)


def _day(text: str, option: str) -> date:
    try:
        # fromisoformat also reads weeks and days without hyphens, which nobody writes on an application.
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        _wrong(option, f"“{text}”不是日期，请写成 2024-09-01 的样子", f"{text!r} is no date like 2024-09-01")


def _interval(text: str) -> tuple[date, date | None]:
    since, dots, until = text.partition("..")
    if not dots:
        _wrong(
            "--suspended",
            f"“{text}”不是中止期间，请写成 2024-09-01..2024-09-20，尚未恢复的写成 2024-09-01..",
            f"{text!r} is no interval such as 2024-09-01..2024-09-20, or 2024-09-01.. while open",
        )
    return _day(since, "--suspended"), _day(until, "--suspended") if until else None


def _wrong(option: str, chinese: str, english: str) -> NoReturn:
    """Wrong usage: status 2, as Typer itself answers."""
    raise typer.BadParameter(say(chinese, english), param_hint=option)
