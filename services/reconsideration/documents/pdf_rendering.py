"""Sets a paper as PDF with Typst, from the same text that the DOCX template is built from. Needs no network.

A PDF carries its fonts: those of the machine that the standard names, else the Song of the package that comes along.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
import typst
from fontTools.ttLib import TTFont

from services.reconsideration.documents import layout
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.template_language import TemplateEnvironment
from services.reconsideration.documents.values import Fields, Paragraphs, Presented, presented
from services.reconsideration.documents.wording import Line, Style, lines_of
from services.reconsideration.terms import LawVersion
from shared.kernel.errors import RuleViolation

_SOURCE = (Path(__file__).parent / "paper.typ").read_bytes()
_BREAK = "\u2028"  # not in any value: a line break within a paragraph
_SONG = ("Noto Serif SC", "Noto Serif CJK SC", "Source Han Serif SC", "AR PL UMing CN", "AR PL SungtiL GB")
_SONG_OF_WINDOWS = ("SimSun", "STSong", "Songti SC")
_LAST = ("Noto Sans CJK SC", "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "Noto Sans SC")
# By family, in order of the standard's wish; the first that is there is taken, the others stand in for rare characters.
_WANTED: Mapping[str, Sequence[str]] = {
    "title": ("FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05", *_SONG_OF_WINDOWS, *_SONG, *_LAST),
    "body": ("FangSong_GB2312", "FangSong", "STFangsong", *_SONG, *_SONG_OF_WINDOWS, *_LAST),
    "foot": (*_SONG_OF_WINDOWS, *_SONG, *_LAST),
}
_HEAVY = frozenset({"FZXiaoBiaoSong-B05S", "FZXiaoBiaoSong-B05"})


def render_pdf(kind: PaperKind, fields: Fields, *, law: LawVersion = LawVersion.ACT2023) -> bytes:
    """The paper as PDF in the built-in layout, with text that can be searched and copied.

    Raises:
        RuleViolation: `reconsideration.no_font`, `reconsideration.no_glyph`; see `values.presented`
    """
    words = presented(kind, fields)
    paper = _set(kind, words, law)
    _require_glyphs(paper)
    compiler = typst.Compiler(_SOURCE, root=Path(__file__).parent, font_paths=_fonts())
    content = compiler.compile(
        sys_inputs={"paper": orjson.dumps(paper).decode()},
        format="pdf",
        timestamp=0,  # equal papers are equal bytes
    )
    if not isinstance(content, bytes):
        raise TypeError("a PDF is one file")
    return content


def _set(kind: PaperKind, words: Presented, law: LawVersion) -> Mapping[str, Any]:
    """The paper as `paper.typ` reads it."""
    lines = list(_filled(lines_of(kind, law), words))
    families = chosen_fonts(set(_fonts().families()))
    return {
        "title": words["title"],
        "heading": [words["organ_name"], words["title"]],
        "number": words.get("paper_number", ""),
        "rows": [[line.label, line.text] for line in lines if line.style is Style.ROW],
        "paragraphs": [
            {"text": line.text, "indented": line.style is Style.BODY}
            for line in lines
            if line.style is not Style.ROW
        ],
        "issuer": words["issuer"],
        "date": words["issued_on"] if "issued_on" in PAPERS[kind].required else "",
        "fonts": families,
        "title-is-thin": families["title"][0] not in _HEAVY,
        "margins": {
            "top": layout.TOP_MM,
            "bottom": layout.BOTTOM_MM,
            "left": layout.LEFT_MM,
            "right": layout.RIGHT_MM,
        },
        "body-size": layout.BODY_PT,
        "title-size": layout.TITLE_PT,
        "foot-size": layout.FOOT_PT,
        "line": layout.LINE_PT,
        "title-line": layout.TITLE_LINE_PT,
        "signature-left": layout.SIGNATURE_LEFT_MM,
        "closer": layout.CLOSER_PT,
        "form-size": layout.FORM_PT,
        "form-line": layout.FORM_LINE_PT,
    }


def chosen_fonts(present: set[str]) -> Mapping[str, Sequence[str]]:
    """For each part of the page the families to set it in.

    Raises:
        RuleViolation: `reconsideration.no_font`
    """
    found = {part: [name for name in wanted if name in present] for part, wanted in _WANTED.items()}
    if not all(found.values()):
        raise RuleViolation(
            "reconsideration.no_font",
            "这台服务器上没有中文字体，无法生成 PDF。"
            "请管理员安装一种中文字体（如 fonts-noto-cjk），或改为下载 DOCX。",
        )
    return found


def _require_glyphs(paper: Mapping[str, Any]) -> None:
    """A rare character of a name must not become an empty box.

    Raises:
        RuleViolation: `reconsideration.no_glyph`
    """
    printed = orjson.dumps([paper[part] for part in ("heading", "number", "rows", "paragraphs", "issuer")])
    lacking = {
        character
        for character in set(printed.decode()) - {_BREAK, " ", "\u3000"}
        if ord(character) not in _drawn(tuple(paper["fonts"]["body"]))
    }
    if lacking:
        raise RuleViolation(
            "reconsideration.no_glyph",
            f"这台服务器的字体里没有“{'、'.join(sorted(lacking)[:10])}”，PDF 上会缺字。"
            "请管理员安装收字更全的字体，或改为下载 DOCX。",
        )


@cache
def _drawn(families: tuple[str, ...]) -> frozenset[int]:
    """Every character that one of these families has."""
    found: set[int] = set()
    for font in _fonts().fonts():
        if font.family in families and font.path:
            with TTFont(font.path, fontNumber=font.index, lazy=True) as opened:
                found.update(opened.getBestCmap())
    return frozenset(found)


@cache
def _fonts() -> typst.Fonts:
    """Those of this machine and of the package; looking for them takes a while, so it is done once."""
    return typst.Fonts(include_system_fonts=True, include_embedded_fonts=False, font_paths=_packaged())


def _packaged() -> list[Path]:
    try:
        import pylopdf_fonts_zh_cn
    except ImportError:  # a distribution may leave it out and bring fonts of its own
        return []
    return [pylopdf_fonts_zh_cn.serif_path().parent]


def _filled(lines: Sequence[Line], words: Presented) -> Iterator[Line]:
    """The lines that are printed, with their words. Each keeps its place in the text: no value can become a line."""
    marked = "".join(
        f"{{% {line.text} %}}" if line.style is Style.TAG else f"\0{place}\1{line.text}\2"
        for place, line in enumerate(lines)
    )
    printed = (
        TemplateEnvironment()
        .from_string(marked)
        .render(
            {name: _Lines(value) if isinstance(value, Paragraphs) else value for name, value in words.items()}
        )
    )
    for each in printed.split("\0")[1:]:
        place, _, text = each.partition("\1")
        line = lines[int(place)]
        yield Line(line.style, text.partition("\2")[0], line.label)


class _Lines(Paragraphs):
    """Paragraphs that, printed at once, break within one paragraph of the page."""

    def __init__(self, plain: Paragraphs) -> None:
        super().__init__(list(plain))

    def __str__(self) -> str:
        return _BREAK.join(self)
