"""Counts one period: from its rule and its first day to its last, with extension and exclusions told in words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from types import MappingProxyType

from services.reconsideration.deadlines.acts import rule_of
from services.reconsideration.deadlines.rules import DeadlineRule, OtherLength
from services.reconsideration.terms import LawVersion, Procedure
from shared.kernel.calendar import Due, Unit, WorkCalendar, due, name_period, shift_by_suspensions
from shared.kernel.errors import RuleViolation

_DAY = timedelta(days=1)
_UNITS: Mapping[Unit, str] = MappingProxyType(
    {Unit.WORKING_DAY: "个工作日", Unit.CALENDAR_DAY: "日", Unit.MONTH: "个月"}
)
# The one period that the office may prolong by an act of its own (ARL 62(1)), and the rule of how far.
_EXTENDED_BY: Mapping[str, str] = MappingProxyType({"ar.decision": "ar.extension"})
_OTHER_LENGTHS: Mapping[OtherLength, tuple[Callable[[int, int], bool], str]] = MappingProxyType(
    {
        OtherLength.NONE: (lambda other, length: other == length, "是法定期间，只能是"),
        OtherLength.SHORTER: (lambda other, length: 0 < other <= length, "只能更短，须为正数且不超过"),
        OtherLength.LONGER: (lambda other, length: other >= length, "只能更长，不得少于"),
        OtherLength.ANY: (lambda other, _: other > 0, "须为正数，没有另定时为"),
    }
)


@dataclass(frozen=True, slots=True)
class Excluded:
    """不计入期间的时间: what stops a clock, how its beginning and its end are called."""

    noun: str
    begun: str
    ended: str


SUSPENSION = Excluded("中止", "中止", "恢复")  # ARL 39
EXCLUSION = Excluded("勘验、鉴定等", "勘验、鉴定等", "结束")  # 实施条例 30, 34, 37
SUPPLEMENTING = Excluded("补正", "补正", "补正")  # 实施条例 29, where acceptance goes back to receipt
OBSTACLE = Excluded("障碍", "发生障碍", "消除")  # ARL 20(2)


@dataclass(frozen=True, slots=True)
class Deadline:
    """一件案件的一个期限: one rule counted from one day. No last day while a suspension is open (AR-5.3)."""

    rule: str
    name: str
    article: str
    start: date
    length: int
    unit: Unit
    extension_days: int
    # Working days where the period is counted in them, else calendar days.
    excluded_days: int
    # The last day before it rolled off a holiday (CAL-4).
    raw_on: date | None
    due_on: date | None
    provisional: bool
    explanation: str


def deadline(
    rule_id: str,
    start: date,
    calendar: WorkCalendar,
    *,
    procedure: Procedure = Procedure.ORDINARY,
    length: int | None = None,
    extension_days: int = 0,
    suspensions: Sequence[tuple[date, date | None]] = (),
    excluded_as: Excluded = SUSPENSION,
    law: LawVersion = LawVersion.ACT2023,
) -> Deadline:
    """期限: when the period ends and why (CAL-3 to CAL-7, AR-5.3, AR-6.3), by the table of the Act that governs.

    Extension and suspensions put off the unrolled last day, which then rolls once. A suspension reaches from its
    first day to the day before resumption; overlapping ones count once, and what lies before the start counts
    for nothing. In a period of working days it is the working days within a suspension that are not counted.
    """
    rule = rule_of(rule_id, law)
    length = _length_of(rule, procedure, length)
    _require_extension_allowed(rule, procedure, extension_days, law)
    if suspensions and length < 0:
        raise RuleViolation(
            "reconsideration.counted_back",
            f"{rule.name}自当日向前倒数，不因{excluded_as.noun}变动。",
            field="suspensions",
        )
    closed, open_from = _merged(start, suspensions)
    if rule.unit is Unit.WORKING_DAY:
        excluded, told = _working_days_within(closed, start, length, calendar)
    else:
        excluded, told = (shift_by_suspensions(start, closed) - start).days, closed
    words = _words(rule.unit, extension_days, excluded, told, excluded_as)
    unmoved_on = due(start, length, rule.unit, calendar, roll=False).raw_on
    found = due(
        start,
        length,
        rule.unit,
        calendar,
        roll=rule.rolls,
        longer=extension_days + excluded,
        because=[f"原末日 {unmoved_on}", *words] if words else (),
    )
    counted = Deadline(
        rule=rule.id,
        name=rule.name,
        article=rule.article,
        start=start,
        length=length,
        unit=rule.unit,
        extension_days=extension_days,
        excluded_days=excluded,
        raw_on=found.raw_on,
        due_on=found.on,
        provisional=found.provisional,
        explanation=found.explanation,
    )
    # Working days after the last one are nothing to exclude: such a period has ended before the suspension.
    if open_from is not None and (rule.unit is not Unit.WORKING_DAY or open_from <= found.raw_on):
        counted = _left_open(counted, found, calendar, open_from, words, excluded_as)
    if rule.unit is Unit.WORKING_DAY:
        return counted
    late = _begun_after_the_end(unmoved_on + extension_days * _DAY, closed, open_from)
    if late is None:
        return counted
    doubt = f"{late} 起的{excluded_as.noun}开始于末日之后，能否扣除请核实。"
    return replace(counted, explanation=counted.explanation + doubt)


def _words(
    unit: Unit, extension_days: int, excluded: int, told: Sequence[tuple[date, date]], excluded_as: Excluded
) -> list[str]:
    """What puts the last day off, as a clerk reads it."""
    words = []
    if extension_days:
        words.append(f"延长 {extension_days} 日")
    if excluded:
        listed = "、".join(f"{since} 至 {until}" for since, until in told)
        words.append(f"扣除{excluded_as.noun} {listed} 共 {excluded} {_days_of(unit)}")
    return words


def _length_of(rule: DeadlineRule, procedure: Procedure, length: int | None) -> int:
    if procedure not in rule.lengths:
        raise RuleViolation(
            "reconsideration.extension_not_allowed", f"简易程序没有{rule.name}。", field="procedure"
        )
    statutory = rule.lengths[procedure]
    if length is None:
        return statutory
    allowed, words = _OTHER_LENGTHS[rule.other_length]
    if not allowed(length, statutory):
        raise RuleViolation(
            "reconsideration.length_not_allowed",
            f"{rule.name}{words} {abs(statutory)} {_UNITS[rule.unit]}（{rule.article}）。",
            field="length",
        )
    return length


def _require_extension_allowed(rule: DeadlineRule, procedure: Procedure, days: int, law: LawVersion) -> None:
    """延长 (AR-6.2): the decision period alone, in ordinary procedure alone, thirty days at most."""
    if days == 0:
        return
    if rule.id not in _EXTENDED_BY:
        raise RuleViolation(
            "reconsideration.extension_not_allowed",
            f"只有审理期限可以延长，{rule.name}不能。",
            field="extension_days",
        )
    extension = rule_of(_EXTENDED_BY[rule.id], law)
    if procedure not in extension.lengths:
        raise RuleViolation(
            "reconsideration.extension_not_allowed",
            f"简易程序的审理期限不得延长（{extension.article}）；确需更长时间的，应当先转为普通程序。",
            field="extension_days",
        )
    if days < 0:
        raise RuleViolation(
            "reconsideration.extension_not_positive", "延长的日数须为正数。", field="extension_days"
        )
    if days > extension.lengths[procedure]:
        raise RuleViolation(
            "reconsideration.extension_too_long",
            f"审理期限最多延长 {extension.lengths[procedure]} 日（{extension.article}），不能延长 {days} 日。",
            field="extension_days",
        )


def _merged(
    start: date, suspensions: Sequence[tuple[date, date | None]]
) -> tuple[list[tuple[date, date]], date | None]:
    """The ended suspensions from the start on, apart from each other, and the day since when one is open."""
    shift_by_suspensions(start, [(since, until) for since, until in suspensions if until is not None])
    open_from = min((max(since, start) for since, until in suspensions if until is None), default=None)
    closed: list[tuple[date, date]] = []
    for since, until in sorted((since, until) for since, until in suspensions if until is not None):
        since, until = max(since, start), until if open_from is None else min(until, open_from)
        if closed and since <= closed[-1][1]:
            closed[-1] = (closed[-1][0], max(until, closed[-1][1]))
        elif since < until:
            closed.append((since, until))
    return closed, open_from


def _working_days_within(
    closed: Sequence[tuple[date, date]], start: date, length: int, calendar: WorkCalendar
) -> tuple[int, list[tuple[date, date]]]:
    """How many working days of the period fall into suspensions, and the suspensions that hold them."""
    excluded, told = 0, []
    for since, until in closed:
        # Each suspension moves the end, so that a later one may still meet the period.
        end = due(start, length + excluded, Unit.WORKING_DAY, calendar).raw_on
        if since > end:
            break
        within = _working_days_between(max(since, start + _DAY), until - _DAY, calendar)
        if within:
            excluded += within
            told.append((since, until))
    return excluded, told


def _working_days_between(first: date, last: date, calendar: WorkCalendar) -> int:
    """Working days from the first to the last, both included; expected ones where no notice is loaded."""
    return sum(
        calendar.is_expected_working_day(first + passed * _DAY) for passed in range((last - first).days + 1)
    )


def _left_open(
    ended: Deadline,
    found: Due,
    calendar: WorkCalendar,
    open_from: date,
    words: Sequence[str],
    excluded_as: Excluded,
) -> Deadline:
    """The period while a suspension is open: no last day, so that it is never overdue (AR-5.3)."""
    period = name_period(ended.start, ended.length, ended.unit)
    if ended.unit is Unit.WORKING_DAY:
        first = max(open_from, ended.start + _DAY)
        left = _working_days_between(first, found.raw_on, calendar)
    else:
        left = (found.raw_on - open_from).days + 1
    rest = [f"自{excluded_as.ended}当日起尚余 {left} {_days_of(ended.unit)}"] if left > 0 else []
    parts = (
        period,
        *words,
        f"{open_from} 起{excluded_as.begun}，尚未{excluded_as.ended}，{excluded_as.noun}期间不计入",
        *rest,
        f"{excluded_as.ended}后确定届满日",
    )
    return replace(ended, raw_on=None, due_on=None, provisional=False, explanation="，".join(parts) + "。")


def _begun_after_the_end(
    end: date, closed: Sequence[tuple[date, date]], open_from: date | None
) -> date | None:
    """The first suspension that began when the period had ended already; the formula excludes it all the same."""
    for since, until in closed:
        if since > end:
            return since
        end += until - since
    return open_from if open_from is not None and open_from > end else None


def _days_of(unit: Unit) -> str:
    return "个工作日" if unit is Unit.WORKING_DAY else "日"
