"""Reads the texts of `wording/`: which lines a paper has and how each is set. See the README there."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

from services.reconsideration.documents.kinds import FIELDS, PaperKind, Shape

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
def lines_of(kind: PaperKind) -> tuple[Line, ...]:
    """The paper between its title and its date; a field of several paragraphs is already spelled out as a loop."""
    text = (_FOLDER / f"{kind.value}.txt").read_text(encoding="utf-8")
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
