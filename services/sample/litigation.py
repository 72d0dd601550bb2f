"""Builds 行政应诉 rows of the first instance. Knows no report.

Courts and organs are examples; no real ones are meant.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta

from services.sample.rows import LitigationRow
from services.sample.spread import latest_office_day

FIELDS = ("公安", "自然资源", "市场监管", "住房城乡建设", "人力资源和社会保障", "城市管理", "农牧")


class Register:
    """Numbers suits court by court and year by year, as courts do: （2022）内0625行初1号."""

    def __init__(self) -> None:
        self._last: defaultdict[tuple[str, int], int] = defaultdict(int)

    def suit(self, region: str, place: str, notified: date) -> LitigationRow:
        """A new first-instance suit against a department of the place, of which only the notice is known."""
        self._last[region, notified.year] += 1
        number = self._last[region, notified.year]
        field = FIELDS[(number + int(region[-2:])) % len(FIELDS)]
        return LitigationRow(
            case_number=f"（{notified.year}）内{region[2:]}行初{number}号",
            court=f"{place}人民法院（示例）",
            region=region,
            instance="first",
            organ=f"{place}{field}主管部门（示例）",
            notified_on=notified.isoformat(),
            court_notified="true" if number % 4 else "false",
        )


def heard(suit: LitigationRow, on: date, appearance: str, *, excused: bool = False) -> LitigationRow:
    return suit._replace(
        heard_on=on.isoformat(), appearance=appearance, excused="true" if excused else "false"
    )


def closed(suit: LitigationRow, on: date, result: str) -> LitigationRow:
    return suit._replace(closed_on=on.isoformat(), result=result)


def heard_and_closed(
    suits: Sequence[LitigationRow],
    hearings: Sequence[date],
    appearances: Sequence[str],
    results: Sequence[str],
) -> list[LitigationRow]:
    """Every suit heard on its day and judged some weeks later, within the same year."""
    rows = []
    for n, suit in enumerate(suits):
        judged = min(hearings[n] + timedelta(18 + n * 7 % 20), date(hearings[n].year, 12, 31))
        rows.append(closed(heard(suit, hearings[n], appearances[n]), latest_office_day(judged), results[n]))
    return rows
