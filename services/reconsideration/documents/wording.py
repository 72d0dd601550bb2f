"""Reads the texts of `wording/`: which lines a paper has and how each is set. See the README there."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.reconsideration.documents.kinds import FIELDS, PaperKind, Shape
from services.reconsideration.terms import LawVersion

_FOLDER = Path(__file__).parent / "wording"
_TAG = re.compile(r"\{%\s*(?P<tag>[^%]*?)\s*%\}")
_ALONE = re.compile(r"\{\{\s*(?P<name>\w+)\s*\}\}")
_SEVERAL = frozenset({Shape.WORDS, Shape.ITEMS})


class Style(StrEnum):
    BODY = "body"  # first line indented by two characters
    FLUSH = "flush"  # no indent
    ROW = "row"  # a row of a form
    TAG = "tag"  # decides what is printed, is not printed itself


@dataclass(frozen=True, slots=True)
class Line:
    style: Style
    text: str  # of a tag, what stands between its signs
    label: str = ""  # of a row


@cache
def lines_of(kind: PaperKind, law: LawVersion = LawVersion.ACT2023) -> tuple[Line, ...]:
    """The paper between its title and its date; a field of several paragraphs is already spelled out as a loop."""
    text = (_FOLDER / law.value / f"{kind.value}.txt").read_text(encoding="utf-8")
    return tuple(line for written in text.splitlines() if written.strip() for line in _read(written))


def _read(written: str) -> tuple[Line, ...]:
    if tag := _TAG.fullmatch(written):
        return (Line(Style.TAG, tag["tag"]),)
    alone = _ALONE.fullmatch(written)
    if alone and FIELDS[alone["name"]].shape in _SEVERAL:
        return (
            Line(Style.TAG, f"for line in {alone['name']}"),
            Line(Style.BODY, "{{ line }}"),
            Line(Style.TAG, "endfor"),
        )
    if written.startswith("@ "):
        return (Line(Style.FLUSH, written.removeprefix("@ ")),)
    if written.startswith("| "):
        _, label, text, _ = written.split("|")
        return (Line(Style.ROW, text.strip(" "), label.strip(" ")),)
    return (Line(Style.BODY, written),)


def last_printed(lines: Sequence[Line]) -> frozenset[int]:
    """The places of those lines of which one stands last on the paper, whatever is left out of it."""
    found, _ = _lasts(list(enumerate(lines)))
    return found


def _lasts(numbered: Sequence[tuple[int, Line]]) -> tuple[frozenset[int], bool]:
    """As above; and whether one of them is printed in any case."""
    found: frozenset[int] = frozenset()
    rest = list(numbered)
    while rest:
        place, line = rest.pop()
        if line.style is not Style.TAG:
            return found | {place}, True
        branches = _branches(rest)
        told = [_lasts(branch) for branch in branches]
        found = found.union(*(each for each, _ in told))
        if _always_prints(told, opened=rest.pop()[1].text):
            return found, True
    return found, False


def _branches(rest: list[tuple[int, Line]]) -> list[list[tuple[int, Line]]]:
    """What stands in the block that ends here, taken off the end of `rest` up to the tag that opens it."""
    branches: list[list[tuple[int, Line]]] = [[]]
    depth = 0
    while True:
        text = rest[-1][1].text if rest[-1][1].style is Style.TAG else ""
        if depth == 0 and text.startswith(("if ", "for ")):
            return branches
        depth += text.startswith("end") - text.startswith(("if ", "for "))
        if depth == 0 and text == "else":
            branches.insert(0, [])
            rest.pop()
        else:
            branches[0].insert(0, rest.pop())


def _always_prints(told: Sequence[tuple[frozenset[int], bool]], *, opened: str) -> bool:
    """A list is not empty where it is printed; a choice prints if it has two sides that do."""
    is_whole = opened.startswith("for ") or len(told) > 1
    return is_whole and all(is_sure for _, is_sure in told)
