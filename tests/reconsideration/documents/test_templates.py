"""A template that an office brings along prints fields of its paper and does nothing else, or it is refused."""

import io
import struct
import zipfile
from collections.abc import Callable, Mapping

import pytest
from docx import Document
from docx.document import Document as Docx
from docx.opc.constants import RELATIONSHIP_TYPE

from services.reconsideration.documents import template_check, template_child
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.docx_rendering import render_docx
from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.template_check import check_template
from shared.kernel.errors import RuleViolation
from tests.reconsideration.documents.filling import filled
from tests.reconsideration.documents.reading import words_of_docx

KIND = PaperKind.DECISION


def a_template(change: Callable[[Docx], object]) -> bytes:
    """The built-in one, changed as in Word."""
    document = Document(io.BytesIO(built_template(KIND)))
    change(document)
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


def saying(text: str) -> bytes:
    return a_template(lambda document: document.add_paragraph(text))


def with_parts(parts: Mapping[str, bytes]) -> bytes:
    """The built-in one with parts that Word would not write."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(built_template(KIND))) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for name in source.namelist():
            target.writestr(name, parts.get(name, source.read(name)))
        for name in parts.keys() - set(source.namelist()):
            target.writestr(name, parts[name])
    return buffer.getvalue()


def refused(content: bytes, *, in_child: bool = False) -> RuleViolation:
    with pytest.raises(RuleViolation) as refusal:
        (check_template if in_child else template_child.check)(KIND, content)
    return refusal.value


@pytest.mark.parametrize("kind", PaperKind)
def test_the_built_in_template_is_a_start_for_ones_own(kind: PaperKind) -> None:
    template_child.check(kind, built_template(kind))


def test_a_changed_template_is_let_in_by_the_child_and_fills_as_it_says() -> None:
    own = saying("{% if third_party_names %}{{ third_party_names }}等{% endif %}，{{ issuer }}，{{ title }}")

    check_template(KIND, own)

    text = words_of_docx(render_docx(KIND, filled(KIND), own))
    assert "关于third_party_names的文字等，关于organ_name的文字，行政复议决定书" in text


def test_unknown_fields_are_told_by_name_wherever_they_stand() -> None:
    def change(document: Docx) -> None:
        document.add_paragraph("{{ applicant_name }} {% if no_such %}{{ supplement_list }}{% endif %}")
        document.sections[0].header.paragraphs[0].text = "{{ in_the_head }}"

    refusal = refused(a_template(change), in_child=True)

    assert refusal.code == "reconsideration.template_unknown_fields"
    for name in ("applicant_name", "no_such", "supplement_list", "in_the_head"):
        assert name in refusal.message


@pytest.mark.parametrize(
    "text",
    [
        "{{ organ_name|upper }}",
        "{{ organ_name.__class__.__mro__ }}",
        "{{ organ_name['x'] }}",
        "{{ organ_name.upper() }}",
        "{{ cycler.__init__.__globals__ }}",
        "{{ organ_name * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{% for i in range(9) %}{{ i }}{% endfor %}",
        "{% for a in claims %}{% for b in claims %}{{ b }}{% endfor %}{% endfor %}",
        "{% set x = organ_name %}{{ x }}",
        "{% include 'x' %}",
        "{% macro x() %}{% endmacro %}",
        "{% if organ_name %}",
        "{{ organ_name",
        "{{ }}",
        "{% endfor %}",
        "{{ organ_name }}" * 501,
    ],
)
def test_a_template_may_only_print_choose_and_repeat(text: str) -> None:
    assert refused(saying(text)).code == "reconsideration.template_wrong"


def test_a_mistake_in_a_template_is_told_by_the_child_too() -> None:
    assert refused(saying("{% if organ_name %}"), in_child=True).code == "reconsideration.template_wrong"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no zip", b"%PDF-1.7", b"\xd0\xcf\x11\xe0 old Word"])
def test_what_is_no_document_is_refused(content: bytes) -> None:
    assert refused(content, in_child=True).code == "reconsideration.template_unreadable"


def test_what_is_too_large_is_refused_before_it_is_read() -> None:
    assert refused(b"PK" + b"0" * 1024 * 1024, in_child=True).code == "reconsideration.template_too_large"


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = with_parts({"word/media/image1.xml": b"0" * (template_child.MAX_UNPACKED_BYTES + 1)})

    assert len(bomb) < template_child.MAX_FILE_BYTES
    assert refused(bomb, in_child=True).code == "reconsideration.template_too_large"


def test_too_many_parts_are_refused() -> None:
    many = with_parts({f"word/{place}.xml": b"<a/>" for place in range(template_child.MAX_ENTRIES)})

    assert refused(many).code == "reconsideration.template_too_large"


@pytest.mark.parametrize(
    "parts",
    [
        {"word/vbaProject.bin": b"x"},
        {"word/embeddings/oleObject1.bin": b"x"},
        {"word/activeX/activeX1.xml": b"<x/>"},
        {
            "[Content_Types].xml": b'<Types><Override ContentType="application/vnd.ms-word.document.macroEnabled"/>'
        },
        {
            "word/_rels/footer9.xml.rels": b'<Relationship TargetMode = "External" Target="file:///etc/passwd"/>'
        },
        {"word/header9.xml": b'<w:instrText xml:space="preserve"> INCLUDETEXT "x" </w:instrText>'},
        {"word/header9.xml": b'<w:fldSimple w:instr="DDEAUTO c:\\x"/>'},
    ],
)
def test_what_runs_or_fetches_is_refused(parts: Mapping[str, bytes]) -> None:
    assert refused(with_parts(parts)).code == "reconsideration.template_unsafe"


def test_a_link_to_the_outside_is_refused() -> None:
    linked = a_template(
        lambda document: document.part.relate_to(
            "https://example.org/", RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
    )

    assert refused(linked).code == "reconsideration.template_unsafe"


def test_a_declared_entity_is_refused() -> None:
    parts = {"word/document.xml": b'<!DOCTYPE x [<!ENTITY a "b">]><w:document/>'}

    assert refused(with_parts(parts)).code == "reconsideration.template_unreadable"


def test_a_part_that_is_there_twice_is_refused() -> None:
    buffer = io.BytesIO(built_template(KIND))
    with zipfile.ZipFile(buffer, "a") as package, pytest.warns(UserWarning, match="Duplicate name"):
        package.writestr("word/document.xml", b"<other/>")

    assert refused(buffer.getvalue()).code == "reconsideration.template_unreadable"


def test_an_encrypted_part_is_refused() -> None:
    content = bytearray(built_template(KIND))
    central = content.find(b"PK\x01\x02")
    content[central + 8 : central + 10] = struct.pack("<H", 1)

    assert refused(bytes(content)).code == "reconsideration.template_unreadable"


def test_a_child_that_is_brought_down_refuses_its_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for program, code in (("raise SystemExit(3)", "too_large"), ("raise SystemExit(1)", "unreadable")):
        command = (*template_check._CHILD.command[:1], "-c", program)
        monkeypatch.setattr(template_check._CHILD, "command", command)

        assert refused(b"PK", in_child=True).code == f"reconsideration.template_{code}"


def test_whoever_waits_too_long_for_a_child_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template_check._CHILD, "seconds", 0.01)

    with template_check._CHILD.turns, template_check._CHILD.turns:
        assert refused(b"PK", in_child=True).code == "reconsideration.template_busy"
