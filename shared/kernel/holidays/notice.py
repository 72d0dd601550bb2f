"""A holiday notice as somebody brings it: read from CSV or JSON, and refused in words where it cannot be right."""

import csv
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from shared.kernel.errors import RuleViolation
from shared.kernel.holidays import HolidayYear

FIRST_YEAR = 2000  # the year after the first 办法 that moved weekends for holidays
FEWEST_OFF, MOST_OFF = (
    8,
    45,
)  # 13 statutory holidays and the weekends moved beside them; notices name some 27 to 36
_SATURDAY = 5
# A notice arranges its own year, and now and then a day or two of the Decembers and Januaries beside it.
_REACH = timedelta(days=31)


@dataclass(frozen=True, slots=True)
class Brought:
    """The days of one year's notice as they were brought, in their order and with their mistakes."""

    year: int
    off: tuple[date, ...]
    on: tuple[date, ...]
    source: str = ""


def checked(year: int, off: Sequence[date], on: Sequence[date], *, today: date) -> HolidayYear:
    """年度放假安排 as it may be loaded.

    Raises:
        RuleViolation: a year for which there is no notice yet, a day named twice or under both heads, a day far
            from the year, work on a day that is none of a weekend, or a count of days off that no year has
    """
    if not FIRST_YEAR <= year <= today.year + 1:
        raise RuleViolation(
            "calendar.year_out_of_range",
            f"只能载入 {FIRST_YEAR} 年至 {today.year + 1} 年的放假安排：次年的安排一般在每年十一月前后公布。",
            field="year",
        )
    for field, days in (("off", off), ("on", on)):
        for day in _repeated(days):
            raise RuleViolation("calendar.day_twice", f"{day} 列了两次，请核对后重新载入。", field=field)
        for day in days:
            if not date(year, 1, 1) - _REACH <= day <= date(year, 12, 31) + _REACH:
                raise RuleViolation(
                    "calendar.foreign_date",
                    f"{day} 离 {year} 年太远，不会是该年放假安排中的日期。",
                    field=field,
                )
    notice = HolidayYear(year, frozenset(off), frozenset(on))
    for day in sorted(notice.on):
        if day.weekday() < _SATURDAY:
            raise RuleViolation(
                "calendar.on_not_weekend", f"{day} 不是星期六或星期日，不会是调休上班的日期。", field="on"
            )
    if not FEWEST_OFF <= len(notice.off) <= MOST_OFF:
        raise RuleViolation(
            "calendar.implausible_count",
            f"{year} 年的放假安排列了 {len(notice.off)} 天放假（含连休的周末），"
            f"应在 {FEWEST_OFF} 天至 {MOST_OFF} 天之间，请核对是否有遗漏。",
            field="off",
        )
    return notice


def _repeated(days: Sequence[date]) -> Iterable[date]:
    return (day for place, day in enumerate(days) if day in days[:place])


def read_csv(text: str, year: int | None = None) -> Brought:
    """One year of a table as the program ships it: `year,date,kind,note`, lines that begin with # are remarks.

    Raises:
        RuleViolation: the table cannot be read, or holds several years and none was named
    """
    lines = [line for line in text.removeprefix("\ufeff").splitlines() if line.strip() and line[0] != "#"]
    reader = csv.DictReader(lines)
    missing = {"date", "kind"} - set(reader.fieldnames or ())
    if missing:
        raise _unreadable(f"缺少列 {'、'.join(sorted(missing))}，表头应为 year,date,kind,note")
    found: list[tuple[int, date, str]] = []
    for place, row in enumerate(reader, start=2):
        kind = (row["kind"] or "").strip()
        if kind not in ("off", "on"):
            raise _unreadable(f"第 {place} 行的 kind 应为 off（放假）或 on（上班）")
        told = (row.get("year") or "").strip() or (None if year is None else str(year))
        if told is None or not told.isdecimal():
            raise _unreadable(f"第 {place} 行没有写明年份，请填写 year 列或用 --year 指明")
        found.append((int(told), _day(row["date"], f"第 {place} 行"), kind))
    chosen = _one_year({told for told, _, _ in found}, year)
    return Brought(
        chosen,
        tuple(day for told, day, kind in found if (told, kind) == (chosen, "off")),
        tuple(day for told, day, kind in found if (told, kind) == (chosen, "on")),
    )


def read_json(text: str, year: int | None = None) -> Brought:
    """`{"year": 2027, "off": ["2027-01-01", …], "on": […], "source": "…"}`.

    Raises:
        RuleViolation: it is something else
    """
    try:
        told = json.loads(text)
    except ValueError:
        raise _unreadable("不是 JSON") from None
    if not isinstance(told, dict) or not all(isinstance(told.get(name, []), list) for name in ("off", "on")):
        raise _unreadable('应为 {"year": 年份, "off": [放假日期], "on": [上班日期], "source": 文号}')
    named = told.get("year", year)
    if not isinstance(named, int):
        raise _unreadable("没有写明年份，请填写 year 或用 --year 指明")
    return Brought(
        _one_year({named}, year),
        tuple(_day(day, "off") for day in told.get("off", [])),
        tuple(_day(day, "on") for day in told.get("on", [])),
        str(told.get("source", "")),
    )


def _one_year(told: set[int], named: int | None) -> int:
    if named is not None and named in told:
        return named
    if named is not None:
        raise _unreadable(f"没有 {named} 年的日期")
    if len(told) != 1:
        raise _unreadable("含有多个年份，请用 --year 指明载入哪一年" if told else "没有日期")
    return told.pop()


def _day(told: Any, place: str) -> date:
    try:
        return date.fromisoformat(str(told).strip())
    except ValueError:
        raise _unreadable(f"{place}的日期应写成 2027-01-01 的样子") from None


def _unreadable(why: str) -> RuleViolation:
    return RuleViolation("calendar.unreadable_notice", f"放假安排读不懂：{why}。")
