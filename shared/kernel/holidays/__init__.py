"""The State Council's yearly holiday notices as data (CAL-11). How they move a period: `calendar`."""

import csv
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

from shared.kernel.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class HolidayYear:
    """年度放假安排: the days a year's notice gives off (放假) and the weekend days worked (调休上班).

    A notice may reach into a neighbouring year: that of 2023 begins with 2022-12-31.
    """

    year: int
    off: frozenset[date]
    on: frozenset[date]

    def __post_init__(self) -> None:
        # A notice typed by hand comes through here too, so it is refused in words.
        for day in sorted(self.off & self.on):
            raise RuleViolation(
                "calendar.contradictory_notice", f"{self.year} 年的放假安排把 {day} 同时列为放假和上班。"
            )
        for day in sorted(self.off | self.on):
            if abs(day.year - self.year) > 1:
                raise RuleViolation(
                    "calendar.foreign_date", f"{self.year} 年的放假安排中出现了不相邻年份的日期 {day}。"
                )


def load_builtin() -> tuple[HolidayYear, ...]:
    """The notices shipped with the program, oldest first."""
    off: defaultdict[int, set[date]] = defaultdict(set)
    on: defaultdict[int, set[date]] = defaultdict(set)
    kinds = {"off": off, "on": on}
    table = (files(__name__) / "table.csv").read_text(encoding="utf-8")
    for row in csv.DictReader(line for line in table.splitlines() if not line.startswith("#")):
        kinds[row["kind"]][int(row["year"])].add(date.fromisoformat(row["date"]))
    return tuple(HolidayYear(year, frozenset(off[year]), frozenset(on[year])) for year in sorted({*off, *on}))
