"""What a number looks like: 杭政复〔{year}〕{n}号 for cases, 杭政复{word}〔{year}〕{n}号 for papers."""

import re
from collections.abc import Mapping
from enum import StrEnum

from shared.kernel.errors import RuleViolation

YEAR, COUNT, WORD = "{year}", "{n}", "{word}"
FIRST_YEAR = 1990  # 行政复议条例: before it there was nothing to number
LONGEST_PATTERN = 40  # a number has its place in 64 characters
_PLACE = re.compile(r"\{[^{}]*\}")
# Nine digits in a row are somebody's number; an office's code word has none.
_MOST_DIGITS = 8


class Series(StrEnum):
    CASE = "case"  # 案号
    PAPER = "paper"  # 文书编号


DEFAULT: Mapping[Series, str] = {
    Series.CASE: f"行复〔{YEAR}〕{COUNT}号",
    Series.PAPER: f"行复{WORD}〔{YEAR}〕{COUNT}号",
}


def checked(series: Series, pattern: str) -> str:
    """The pattern, when numbers can be made of it.

    Raises:
        RuleViolation: `reconsideration.number_pattern_wrong`
    """
    places = _PLACE.findall(pattern)
    allowed = {YEAR, COUNT} | ({WORD} if series is Series.PAPER else set())
    if not 0 < len(pattern) <= LONGEST_PATTERN:
        raise _wrong(f"编号格式应为一行、不超过 {LONGEST_PATTERN} 个字。")
    if any(places.count(each) != 1 for each in (YEAR, COUNT)) or places.count(WORD) > 1:
        raise _wrong("编号格式里 {year} 和 {n} 应各有一处，{word} 至多一处。")
    rest = _PLACE.sub("", pattern)
    if set(places) - allowed or "{" in rest or "}" in rest:
        named = "{year}、{n}、{word}" if series is Series.PAPER else "{year}、{n}"
        raise _wrong(f"编号格式里只能用 {named}。")
    if not pattern.isprintable() or pattern != pattern.strip():
        raise _wrong("编号格式里有看不见的字符或首尾空格，请重新输入。")
    if re.search(rf"\d{{{_MOST_DIGITS + 1}}}", rest) or re.search(r"\d\s*\{n\}|\{n\}\s*\d|\}\{", pattern):
        raise _wrong("编号格式里不能有长串数字，序号前后也不能紧挨数字或年份，否则编号会混淆。")
    return pattern


def derived(series: Series, *, other: str | None) -> str:
    """Where the office has set none: after the pattern of its other series, whose code word it then shares."""
    if other is None:
        return DEFAULT[series]
    if series is Series.CASE:
        return other.replace(WORD, "")
    year = other.index(YEAR)
    # 杭政复|〔{year}〕{n}号: the word goes before the bracket of the year.
    place = year - 1 if year and other[year - 1] in "〔[［(（" else year
    pattern = f"{other[:place]}{WORD}{other[place:]}"
    return pattern if len(pattern) <= LONGEST_PATTERN else DEFAULT[series]


def written(pattern: str, *, year: int, n: int, word: str = "") -> str:
    """The number itself."""
    return pattern.replace(WORD, word).replace(YEAR, str(year)).replace(COUNT, str(n))


def to_come(pattern: str, *, year: int, word: str) -> str:
    """The number of a draft: its place is left open, to be drawn when the paper is issued."""
    return pattern.replace(WORD, word).replace(YEAR, str(year)).replace(COUNT, "　　")


def counted_by_word(pattern: str) -> bool:
    """Whether each word counts for itself; without {word} all papers must share one count."""
    return WORD in pattern


def _wrong(message: str) -> RuleViolation:
    return RuleViolation("reconsideration.number_pattern_wrong", message, field="pattern")
