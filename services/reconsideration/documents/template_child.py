"""Tries one uploaded template in a process of its own: a line with the kind and the file on standard input, JSON out.

Only `template_check` starts it: `python -m services.reconsideration.documents.template_child`.
"""

import io
import re
import sys
import zipfile
from collections.abc import Callable

import orjson
from docx import Document
from jinja2 import TemplateError, Undefined

from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.docx_rendering import filled
from services.reconsideration.documents.kinds import PAPERS, PaperKind, names_for
from services.reconsideration.documents.template_language import TemplateEnvironment
from services.reconsideration.documents.values import presented, sample
from shared.kernel.errors import RuleViolation
from shared.kit.limited_child import seal_off

MAX_FILE_BYTES = 1024 * 1024
MAX_ENTRIES = 200
MAX_UNPACKED_BYTES = 16 * 1024 * 1024
MAX_MEMORY_BYTES = 768 * 1024 * 1024
MAX_CPU_SECONDS = 20
EXIT_OUT_OF_MEMORY = 3

_DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
_PROGRAMS = re.compile(r"vbaproject|vbadata|/activex/|/embeddings/|oleobject|\.bin$|\.exe$", re.IGNORECASE)
_MACRO_TYPES = re.compile(rb"macroenabled|vbaproject|activex|oleobject", re.IGNORECASE)
_EXTERNAL = re.compile(rb"targetmode\s*=\s*[\"']\s*external", re.IGNORECASE)
# Fields of Word that fetch or run something when the paper is opened.
_FETCHING = re.compile(rb"\b(?:INCLUDETEXT|INCLUDEPICTURE|DDEAUTO|DDE|IMPORT|MACROBUTTON|DATABASE|LINK)\b")
_FIELDS_OF_WORD = re.compile(rb"<w:instrText[^>]*>([^<]*)<|<w:fldSimple[^>]*w:instr=\"([^\"]*)\"")


def check(kind: PaperKind, content: bytes) -> None:
    """Let the template through, or say what is wrong with it.

    Raises:
        RuleViolation: `reconsideration.template_unreadable`, `…_too_large`, `…_unsafe`, `…_wrong`, `…_unknown_fields`
    """
    for name, part in _parts(content):
        _require_harmless(name, part)
    environment = TemplateEnvironment()
    environment.undefined = Undefined  # all unknown names are to be told at once
    try:
        made = filled(content, presented(kind, sample(kind)), environment)
    except TemplateError as wrong:
        raise RuleViolation(
            "reconsideration.template_wrong",
            "模板里的标记写错了：只能用 {{ 字段 }}、{% if 字段 %} 和 {% for 项 in 字段 %}，并且要成对。",
        ) from wrong
    unknown = sorted(environment.met - names_for(kind))
    if unknown:
        raise RuleViolation(
            "reconsideration.template_unknown_fields",
            f"《{PAPERS[kind].title}》没有这些字段：{'、'.join(name[:40] for name in unknown[:20])}。",
        )
    Document(io.BytesIO(made))


def _parts(content: bytes) -> list[tuple[str, bytes]]:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        entries = package.infolist()
        names = [entry.filename for entry in entries]
        methods = {entry.compress_type for entry in entries}
        if len(entries) > MAX_ENTRIES:
            raise too_large()
        is_word = {"[Content_Types].xml", "word/document.xml"} <= set(names)
        is_plain = not any(entry.flag_bits & 0x1 for entry in entries)
        # Two parts of one name, or methods that Word never writes, are made to be read in two ways.
        if not is_word or not is_plain or len(set(names)) < len(names):
            raise unreadable()
        if not methods <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise unreadable()
        found, left = [], MAX_UNPACKED_BYTES
        for entry in entries:
            with package.open(entry) as stream:
                part = stream.read(left + 1)
            left -= len(part)
            if left < 0:
                raise too_large()
            found.append((entry.filename, part))
    return found


def _require_harmless(name: str, part: bytes) -> None:
    if any(doctype in part for doctype in _DOCTYPES):
        raise unreadable()
    if _PROGRAMS.search(f"/{name}") or (name == "[Content_Types].xml" and _MACRO_TYPES.search(part)):
        raise _unsafe("宏、控件或嵌入的对象")
    if name.lower().endswith(".rels") and _EXTERNAL.search(part):
        raise _unsafe("指向文件外部的链接")
    if any(_FETCHING.search(b"".join(found)) for found in _FIELDS_OF_WORD.findall(part)):
        raise _unsafe("会读取外部内容的域")


def unreadable() -> RuleViolation:
    return RuleViolation(
        "reconsideration.template_unreadable",
        "这个文件不是完整的 .docx 文档，无法用作模板。请用 Word 或 WPS 另存为 .docx 后再上传。",
    )


def too_large() -> RuleViolation:
    return RuleViolation(
        "reconsideration.template_too_large",
        f"模板太大（上限 {MAX_FILE_BYTES // 1024 // 1024} MB）或内容太多。请删去图片后再上传。",
    )


def _unsafe(what: str) -> RuleViolation:
    return RuleViolation(
        "reconsideration.template_unsafe", f"模板里有{what}，不能使用。请删去后另存为 .docx 再上传。"
    )


def _load() -> None:
    """One whole turn: then everything is loaded that is loaded when it is first needed."""
    import jinja2.debug  # noqa: F401 - loaded at the first mistake in a template

    check(PaperKind.DECISION, built_template(PaperKind.DECISION))


def main(read: Callable[[], bytes], write: Callable[[bytes], object]) -> int:
    kind, _, content = read().partition(b"\n")
    try:
        check(PaperKind(kind.decode()), content)
        write(b"{}")
    except RuleViolation as refusal:
        write(orjson.dumps({"code": refusal.code, "message": refusal.message}))
    except MemoryError:
        return EXIT_OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    seal_off(_load, memory_bytes=MAX_MEMORY_BYTES, cpu_seconds=MAX_CPU_SECONDS)
    sys.exit(main(sys.stdin.buffer.read, sys.stdout.buffer.write))
