"""Every paper of the procedure: its fields stand on it, nothing is left open, and the page is an official one."""

import io
from datetime import date
from typing import Any

import pytest
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from pypdf import PdfReader

from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.docx_rendering import render_docx
from services.reconsideration.documents.kinds import DERIVED, FIELDS, PAPERS, PaperKind, Shape
from services.reconsideration.documents.pdf_rendering import render_pdf
from services.reconsideration.documents.values import chinese_date, chinese_number
from services.reconsideration.documents.wording import last_printed, lines_of
from shared.kernel.errors import RuleViolation
from tests.reconsideration.documents.filling import expected, filled, required
from tests.reconsideration.documents.reading import (
    lines_of_pdf,
    opened_docx,
    squeezed,
    words_of_docx,
    words_of_pdf,
)

EVERY_KIND = pytest.mark.parametrize("kind", PaperKind)
# A field that only chooses the wording, or that gives way to another one.
GIVES_WAY = {
    PaperKind.REPLY_NOTICE: {"organ_name"},
    PaperKind.DELIVERY_RECEIPT: {"office_name", "issued_on"},
}


def _printed(kind: PaperKind, fields: dict[str, Any]) -> list[str]:
    shown = {name: value for name, value in fields.items() if name not in GIVES_WAY.get(kind, set())}
    return list(expected(kind, shown))


@EVERY_KIND
def test_every_field_of_a_paper_stands_on_it_and_none_is_left_open(kind: PaperKind) -> None:
    fields = filled(kind)

    text = words_of_docx(render_docx(kind, fields))

    assert [words for words in _printed(kind, fields) if words not in text] == []
    assert PAPERS[kind].title in text
    assert not any(sign in text for sign in ("{", "}", "%", "None"))


@EVERY_KIND
def test_the_pdf_of_a_paper_says_what_its_docx_says(kind: PaperKind) -> None:
    fields = filled(kind)

    text = words_of_pdf(render_pdf(kind, fields))

    assert [words for words in _printed(kind, fields) if squeezed(words) not in text] == []
    for line in words_of_docx(render_docx(kind, fields)).splitlines():
        # A line may go on over the page; the number of the page stands between.
        assert squeezed(line)[:12] in text


@EVERY_KIND
def test_a_paper_can_be_made_of_what_it_requires_alone(kind: PaperKind) -> None:
    text = words_of_docx(render_docx(kind, required(kind)))

    assert PAPERS[kind].title in text
    assert not any(sign in text for sign in ("{", "}", "None", "，，", "。。", "（）"))


@EVERY_KIND
def test_equal_papers_are_equal_bytes(kind: PaperKind) -> None:
    assert render_docx(kind, filled(kind)) == render_docx(kind, filled(kind))
    assert render_pdf(kind, filled(kind)) == render_pdf(kind, filled(kind))


@EVERY_KIND
def test_what_is_missing_is_told_by_its_chinese_name(kind: PaperKind) -> None:
    left_out = PAPERS[kind].required[-1]
    fields = required(kind)
    del fields[left_out]

    with pytest.raises(RuleViolation) as refusal:
        render_docx(kind, fields)

    assert refusal.value.code == "reconsideration.paper_incomplete"
    assert FIELDS[left_out].label in refusal.value.message


@pytest.mark.parametrize("empty", [None, "", "  ", [], ["", " "]])
def test_an_empty_value_is_a_missing_one(empty: Any) -> None:
    fields = filled(PaperKind.DECISION, decision_items=empty)

    with pytest.raises(RuleViolation, match="决定事项"):
        render_docx(PaperKind.DECISION, fields)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"nonsense": "x"}, "paper_field_unknown"),
        ({"issued_on": "tomorrow"}, "paper_field_wrong"),
        ({"facts_found": 7}, "paper_field_wrong"),
        ({"applicant_names": ["a", "b"]}, "paper_field_wrong"),
        ({"applicant_names": True}, "paper_field_wrong"),
        ({"final_ruling": 1}, "paper_field_wrong"),
        ({"facts_found": "长" * 200_001}, "paper_too_long"),
        ({"decision_items": ["项"] * 501}, "paper_too_long"),
    ],
)
def test_what_cannot_be_printed_is_refused(change: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        render_docx(PaperKind.DECISION, filled(PaperKind.DECISION, **change))

    assert refusal.value.code == f"reconsideration.{code}"


HOSTILE = [
    "{{ organ_name }}",
    "{% for line in claims %}{% endfor %}",
    "{%p if x %}",
    "{_{ organ_name }_} {_% if %_}",
    "</w:t></w:r></w:p><w:p/>",
    "<script>&amp;&lt;]]>",
    '#eval("1+1") #sys.version *b* _c_ $x$ @ref \\u{41} // note',
    "| 甲 | 乙 |",
    "@ 申请人",
    "{# gone #}",
    "'\" “‘’”",
]


@pytest.mark.parametrize("value", HOSTILE)
def test_a_value_comes_out_as_it_is_whatever_it_contains(value: str) -> None:
    fields = filled(PaperKind.DECISION, respondent_name=value, reasoning=[value, "其二"])

    assert words_of_docx(render_docx(PaperKind.DECISION, fields)).count(value) == 2
    assert words_of_pdf(render_pdf(PaperKind.DECISION, fields)).count(squeezed(value)) == 2


def test_a_row_of_a_form_is_not_broken_by_a_value() -> None:
    fields = filled(PaperKind.DELIVERY_RECEIPT, recipient="甲 | 乙 |\n丙")

    assert "甲 | 乙 | 丙" in words_of_docx(render_docx(PaperKind.DELIVERY_RECEIPT, fields))
    assert "甲|乙|丙" in words_of_pdf(render_pdf(PaperKind.DELIVERY_RECEIPT, fields))


def test_characters_that_nobody_can_see_are_left_out() -> None:
    fields = filled(PaperKind.OPINION, recipient="某\x00\x07\x0b\x0c\x1b\u202e\u2028\ud800\ufffe局")

    assert "某局" in words_of_docx(render_docx(PaperKind.OPINION, fields))
    assert "某局" in words_of_pdf(render_pdf(PaperKind.OPINION, fields))


@pytest.mark.parametrize(
    ("flag", "kind", "with_it", "without"),
    [
        ("deemed_accepted", PaperKind.ACCEPTANCE_NOTICE, "第三十条第三款", "决定自"),
        ("summary_procedure", PaperKind.REPLY_NOTICE, "五日内", "十日内"),
        ("final_ruling", PaperKind.DECISION, "最终裁决", "十五日内"),
        ("state_council_ruling", PaperKind.DECISION, "国务院申请裁决", "提起行政诉讼；"),
        ("withdrawn", PaperKind.TERMINATION_DECISION, "不得再以同一事实和理由", "终止本案"),
    ],
)
def test_a_flag_chooses_the_wording_of_the_law(
    flag: str, kind: PaperKind, with_it: str, without: str
) -> None:
    up = words_of_docx(render_docx(kind, filled(kind, **{flag: True})))
    down = words_of_docx(render_docx(kind, filled(kind, **{flag: False})))

    assert with_it in up
    assert with_it not in down
    assert without in down


def test_several_items_are_numbered_and_one_is_not() -> None:
    one = words_of_docx(
        render_docx(PaperKind.DECISION, filled(PaperKind.DECISION, decision_items=["维持。"]))
    )
    two = words_of_docx(
        render_docx(PaperKind.DECISION, filled(PaperKind.DECISION, decision_items="撤销。\n责令重作。"))
    )

    assert "\n维持。\n" in one
    assert "\n一、撤销。\n二、责令重作。\n" in two


def test_items_that_bear_numbers_are_not_numbered_again() -> None:
    fields = filled(PaperKind.DECISION, decision_items="一、撤销。\n二、责令重作。")

    words = words_of_docx(render_docx(PaperKind.DECISION, fields))

    assert "\n一、撤销。\n二、责令重作。\n" in words


def test_the_office_signs_what_the_law_has_the_office_send() -> None:
    fields = filled(PaperKind.HEARING_NOTICE)

    assert words_of_docx(render_docx(PaperKind.HEARING_NOTICE, fields)).count("关于office_name的文字") == 1
    del fields["office_name"]
    assert words_of_docx(render_docx(PaperKind.HEARING_NOTICE, fields)).count("关于organ_name的文字") == 2


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2024, 3, 5), "二〇二四年三月五日"),
        (date(2010, 10, 10), "二〇一〇年十月十日"),
        (date(1999, 11, 30), "一九九九年十一月三十日"),
        (date(2026, 12, 21), "二〇二六年十二月二十一日"),
    ],
)
def test_the_date_is_written_in_chinese(day: date, written: str) -> None:
    assert chinese_date(day) == written
    assert chinese_number(100) == "100"


def _styled(content: bytes, beginning: str) -> Paragraph:
    return next(each for each in opened_docx(content).paragraphs if each.text.startswith(beginning))


@EVERY_KIND
def test_the_page_is_that_of_an_official_document(kind: PaperKind) -> None:
    document = opened_docx(render_docx(kind, filled(kind)))

    section = document.sections[0]
    sheet = [section.page_width, section.page_height]
    measures = [*sheet, section.top_margin, section.bottom_margin, section.left_margin, section.right_margin]
    wanted = [Mm(each) for each in (210, 297, 37, 35, 28, 26)]
    assert all(abs((found or 0) - due) < Mm(0.02) for found, due in zip(measures, wanted, strict=True))
    assert document.settings.odd_and_even_pages_header_footer
    for footer in (section.footer, section.even_page_footer):
        assert footer.paragraphs[0].text == "—  —"
        assert "PAGE" in footer.paragraphs[0]._p.xml
        assert all(run.font.size == Pt(14) for run in footer.paragraphs[0].runs)


def test_title_and_text_are_set_in_the_fonts_of_the_standard() -> None:
    content = render_docx(PaperKind.DECISION, filled(PaperKind.DECISION))

    title = _styled(content, "行政复议决定书")
    assert title.alignment == WD_ALIGN_PARAGRAPH.CENTER
    assert title.runs[0].font.size == Pt(22)
    assert _east_asian(title.runs[0]._element) == "方正小标宋简体"
    body = _styled(content, "申请人对被申请人")
    assert body.paragraph_format.line_spacing == Pt(28.95)
    assert body.paragraph_format.first_line_indent == Pt(31.6)
    assert 'w:firstLineChars="200"' in body._p.xml
    normal = opened_docx(content).styles["Normal"]
    assert normal.font.size == Pt(16)
    assert _east_asian(normal.element) == "仿宋_GB2312"
    date_line = _styled(content, "2024年3月5日")
    assert date_line.paragraph_format.left_indent > Mm(60)


def test_a_full_line_has_twenty_eight_characters() -> None:
    """GB/T 9704-2012, 5.2.3: 28 of 3号 are wider than the 156 mm of the text, so they are set closer."""
    fields = filled(PaperKind.DECISION, facts_found="字" * (26 + 28 + 5))
    grid = opened_docx(built_template(PaperKind.DECISION)).sections[0]._sectPr.find(qn("w:docGrid"))

    lines = lines_of_pdf(render_pdf(PaperKind.DECISION, fields))

    assert [len(line) for line in lines if set(line) == {"字"}] == [26, 28, 5]
    assert grid.get(qn("w:type")) == "linesAndChars"
    in_line = (16 + int(grid.get(qn("w:charSpace"))) / 4096) * 28
    assert 0 <= Mm(156).pt - in_line < 1
    assert int(grid.get(qn("w:linePitch"))) == 579


@pytest.mark.parametrize("length", range(24))
def test_no_signature_stands_alone_on_a_page(length: int) -> None:
    """GB/T 9704-2012, 7.3.5.5. Wherever the text ends, some of it goes with the organ and the date."""
    fields = filled(PaperKind.OPINION, facts_found=["一行。"] * (8 + length))

    pages = PdfReader(io.BytesIO(render_pdf(PaperKind.OPINION, fields))).pages

    last = squeezed(pages[-1].extract_text())
    assert "2024年3月5日" in last
    assert "请自收到本意见书之日起六十日内" in last


@EVERY_KIND
def test_what_may_stand_last_is_kept_with_the_signature(kind: PaperKind) -> None:
    for fields in (filled(kind), required(kind)):
        printed = opened_docx(render_docx(kind, fields)).paragraphs
        if "issued_on" not in PAPERS[kind].required:
            continue
        *_, last, blank, issuer, day = printed
        assert all(each.paragraph_format.keep_with_next for each in (last, blank, issuer))
        assert (blank.text, day.text) == ("", "2024年3月5日")
        assert last.text


def test_of_what_is_chosen_between_either_may_stand_last() -> None:
    lines = lines_of(PaperKind.DECISION)

    last = [lines[place].text for place in sorted(last_printed(lines))]

    assert [text[:6] for text in last] == ["本决定依法为", "本决定书一经"]


def test_a_receipt_stands_on_one_page() -> None:
    papers = [f"《行政复议决定书》（某政复决〔2024〕{number}号）" for number in range(1, 5)]
    fields = filled(PaperKind.DELIVERY_RECEIPT, delivered_papers=papers, delivery_place="某" * 40)

    assert len(PdfReader(io.BytesIO(render_pdf(PaperKind.DELIVERY_RECEIPT, fields))).pages) == 1


def test_quotation_marks_are_set_in_the_chinese_font() -> None:
    normal = opened_docx(built_template(PaperKind.DECISION)).styles["Normal"]

    assert normal.element.find(f".//{qn('w:rFonts')}").get(qn("w:hint")) == "eastAsia"


def _east_asian(element: Any) -> str:
    fonts = element.find(f".//{qn('w:rFonts')}")
    assert not any("Theme" in name for name in fonts.attrib)
    return str(fonts.get(qn("w:eastAsia")))


@EVERY_KIND
def test_a_built_template_names_every_field_of_its_paper(kind: PaperKind) -> None:
    text = built_template(kind)
    document = opened_docx(text)
    named = "".join(paragraph._p.xml for paragraph in document.paragraphs)
    named += "".join(table._tbl.xml for table in document.tables)

    printed = PAPERS[kind].fields - {"issued_on", "office_name"} - GIVES_WAY.get(kind, set())
    assert {name for name in printed if name not in named} == set()


def test_the_tables_are_whole() -> None:
    assert set(PAPERS) == set(PaperKind)
    for kind, paper in PAPERS.items():
        assert paper.fields <= FIELDS.keys(), kind
        assert not set(paper.required) & set(paper.optional), kind
    words = [paper.word for paper in PAPERS.values()]
    assert len(words) == len(set(words))
    assert not DERIVED.keys() & FIELDS.keys()
    used = frozenset[str]().union(*(paper.fields for paper in PAPERS.values()))
    assert used == FIELDS.keys()
    assert {FIELDS[name].shape for name in used} == set(Shape)
