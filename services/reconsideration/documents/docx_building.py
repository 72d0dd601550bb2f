"""Builds the DOCX template of a paper from its text: the one an office may fetch, change and put in its place.

The same text always gives the same bytes.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from lxml import etree

from services.reconsideration.documents import layout
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.wording import Line, Style, last_printed, lines_of
from services.reconsideration.terms import LawVersion

_LEFT, _CENTER, _RIGHT = WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.RIGHT
_MADE_AT = datetime(2024, 1, 1)  # noqa: DTZ001 - core properties have no zone; the Act's first day
_ZIP_DATE = (2024, 1, 1, 0, 0, 0)
_THEME = ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme")


@cache
def built_template(kind: PaperKind, law: LawVersion = LawVersion.ACT2023) -> bytes:
    """The built-in template of a paper, in the words of this Act."""
    document = Document()
    _set_page(document)
    _set_styles(document)
    _set_page_numbers(document)
    _add_head(document, kind)
    _add_lines(document, lines_of(kind, law))
    _add_foot(document, kind)
    _set_properties(document, PAPERS[kind].title)
    buffer = io.BytesIO()
    document.save(buffer)
    return settled(buffer.getvalue())


def settled(content: bytes) -> bytes:
    """The package with its parts in order and no time of making: equal papers are equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        # The list of types goes first, as programs expect it.
        names = sorted(source.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, _ZIP_DATE)
            entry.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(entry, source.read(name))
    return buffer.getvalue()


def _set_page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = (Mm(each) for each in layout.PAGE_MM)
    section.top_margin, section.bottom_margin = Mm(layout.TOP_MM), Mm(layout.BOTTOM_MM)
    section.left_margin, section.right_margin = Mm(layout.LEFT_MM), Mm(layout.RIGHT_MM)
    section.footer_distance = Mm(layout.FOOTER_MM)
    grid = section._sectPr.find(qn("w:docGrid"))
    grid.set(qn("w:type"), "linesAndChars")
    grid.set(qn("w:linePitch"), str(round(20 * layout.LINE_PT)))
    grid.set(qn("w:charSpace"), str(round(4096 * layout.CLOSER_PT)))


def _set_styles(document: Docx) -> None:
    normal = document.styles["Normal"]
    normal.font.size = Pt(layout.BODY_PT)
    _set_fonts(normal.element.get_or_add_rPr(), layout.BODY_FONT)
    defaults = document.styles.element.find(f".//{qn('w:rPrDefault')}/{qn('w:rPr')}")
    # The theme's fonts would win over ours, and none of them is Chinese.
    _set_fonts(defaults, layout.BODY_FONT)
    language = defaults.find(qn("w:lang"))
    language.set(qn("w:eastAsia"), "zh-CN")
    for part in document.part.package.iter_parts():
        if str(part.partname) == "/word/fontTable.xml":
            part._blob = _with_substitutes(part.blob)


def _set_fonts(properties: Any, east_asian: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    for name in _THEME:
        fonts.attrib.pop(qn(f"w:{name}"), None)
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), layout.LATIN_FONT)
    # Without it Word sets Chinese in whatever font it likes.
    fonts.set(qn("w:eastAsia"), east_asian)
    # Quotation marks belong to both scripts: without it they come out narrow, in the Latin font.
    fonts.set(qn("w:hint"), "eastAsia")


def _with_substitutes(font_table: bytes) -> bytes:
    """Say in the table of fonts what replaces those that a machine may lack."""
    root = etree.fromstring(font_table)
    for name, other in layout.INSTEAD.items():
        font = etree.SubElement(root, qn("w:font"), {qn("w:name"): name})
        etree.SubElement(font, qn("w:altName"), {qn("w:val"): other})
    changed: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return changed


def _set_page_numbers(document: Docx) -> None:
    """— 1 —, to the right on odd pages and to the left on even ones, one character in."""
    document.settings.odd_and_even_pages_header_footer = True
    section = document.sections[0]
    for footer, alignment in ((section.footer, _RIGHT), (section.even_page_footer, _LEFT)):
        footer.is_linked_to_previous = False
        paragraph = footer.paragraphs[0]
        paragraph.alignment = alignment
        paragraph.paragraph_format.left_indent = Pt(layout.FOOT_PT)
        paragraph.paragraph_format.right_indent = Pt(layout.FOOT_PT)
        for text in ("— ", None, " —"):
            run = paragraph.add_run(text or "")
            run.font.size = Pt(layout.FOOT_PT)
            _set_fonts(run._element.get_or_add_rPr(), layout.FOOT_FONT)
            if text is None:
                _add_page_field(run._element)


def _add_page_field(run: Any) -> None:
    for kind in ("begin", "separate", "end"):
        mark = OxmlElement("w:fldChar")
        mark.set(qn("w:fldCharType"), kind)
        run.append(mark)
        if kind == "begin":
            instruction = OxmlElement("w:instrText")
            instruction.text = "PAGE"
            run.append(instruction)


def _add_head(document: Docx, kind: PaperKind) -> None:
    for text in ("{{ organ_name }}", "{{ title }}"):
        title = document.add_paragraph()
        _space(title, layout.TITLE_LINE_PT)
        title.alignment = _CENTER
        run = title.add_run(text)
        run.font.size = Pt(layout.TITLE_PT)
        _set_fonts(run._element.get_or_add_rPr(), layout.TITLE_FONT)
    _space(document.add_paragraph(), layout.LINE_PT)
    if PAPERS[kind].word:
        _add_paragraph(document, "{{ paper_number }}", Style.FLUSH).alignment = _CENTER
        _space(document.add_paragraph(), layout.LINE_PT)


def _add_lines(document: Docx, lines: Sequence[Line]) -> None:
    rows = [line for line in lines if line.style is Style.ROW]
    if rows:
        _add_table(document, rows)
    last = last_printed(lines)
    for place, line in enumerate(lines):
        if line.style is Style.TAG:
            document.add_paragraph(f"{{%p {line.text} %}}")
        elif line.style is not Style.ROW:
            paragraph = _add_paragraph(document, line.text, line.style)
            # No signature stands alone on a page.
            paragraph.paragraph_format.keep_with_next = True if place in last else None
            if rows:
                _set_form(paragraph)


def _add_table(document: Docx, rows: Sequence[Line]) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    table.autofit = False
    for row in rows:
        cells = table.add_row().cells
        for cell, text, width in zip(cells, (row.label, row.text), (Mm(46), Mm(110)), strict=True):
            cell.width = width
            paragraph = cell.paragraphs[0]
            paragraph.add_run(text)
            _set_form(paragraph)


def _set_form(paragraph: Paragraph) -> None:
    _space(paragraph, layout.FORM_LINE_PT)
    for run in paragraph.runs:
        run.font.size = Pt(layout.FORM_PT)


def _add_paragraph(document: Docx, text: str, style: Style) -> Paragraph:
    paragraph = document.add_paragraph()
    _space(paragraph, layout.LINE_PT)
    paragraph.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY if style is Style.BODY else _LEFT
    if style is Style.BODY:
        paragraph.paragraph_format.first_line_indent = Pt(2 * (layout.BODY_PT + layout.CLOSER_PT))
        # In characters, so that it stays two of them when somebody changes the size.
        indent = paragraph._p.get_or_add_pPr().find(qn("w:ind"))
        indent.set(qn("w:firstLineChars"), "200")
    paragraph.add_run(text)
    return paragraph


def _add_foot(document: Docx, kind: PaperKind) -> None:
    """The organ and, under it, the date; its seal 印章 covers both."""
    if "issued_on" not in PAPERS[kind].required:
        return
    blank = document.add_paragraph()
    _space(blank, layout.LINE_PT)
    blank.paragraph_format.keep_with_next = True
    for text in ("{{ issuer }}", "{{ issued_on }}"):
        paragraph = _add_paragraph(document, text, Style.FLUSH)
        paragraph.alignment = _CENTER
        paragraph.paragraph_format.left_indent = Mm(layout.SIGNATURE_LEFT_MM)
        paragraph.paragraph_format.keep_with_next = text != "{{ issued_on }}"


def _space(paragraph: Paragraph, line_pt: float) -> None:
    spacing = paragraph.paragraph_format
    spacing.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    spacing.line_spacing = Pt(line_pt)
    spacing.space_before = spacing.space_after = Pt(0)


def _set_properties(document: Docx, title: str) -> None:
    properties = document.core_properties
    properties.title = title
    properties.author = properties.last_modified_by = properties.comments = ""
    properties.created = properties.modified = _MADE_AT
    # A picture of an empty page that python-docx brings along.
    for identifier, relationship in list(document.part.package.rels.items()):
        if relationship.reltype == RELATIONSHIP_TYPE.THUMBNAIL:
            del document.part.package.rels[identifier]
