"""Workbooks that are made or damaged to harm their reader: each is refused, none takes the process with it."""

import io
import random
import subprocess
import sys
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.kernel.errors import RuleViolation
from shared.kit import limited_child, spreadsheet_child, spreadsheets
from shared.kit.spreadsheets import read_table, write_xlsx

XLSX_PARTS = {
    "[Content_Types].xml": (
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/></Types>'
    ),
    "_rels/.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>'
    ),
    "xl/workbook.xml": (
        '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
        'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
        '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
    ),
    "xl/_rels/workbook.xml.rels": (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
        'Target="worksheets/sheet1.xml"/></Relationships>'
    ),
}
SHEET = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData></worksheet>'


def a_raw_workbook(sheet_data: str, **other_parts: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {
            **XLSX_PARTS,
            "xl/worksheets/sheet1.xml": SHEET.format(sheet_data),
            **other_parts,
        }.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def refusal(content: bytes, filename: str = "台账.csv") -> RuleViolation:
    with pytest.raises(RuleViolation) as caught:
        read_table(content, filename)
    return caught.value


def test_a_sparse_workbook_is_refused_and_does_not_crash_the_reader() -> None:
    corners = a_raw_workbook(
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    )

    violation = refusal(corners, "a.xlsx")

    assert len(corners) < 2_000
    assert violation.code == "ledger.too_large"
    assert "新的工作簿" in violation.message


@pytest.mark.parametrize(
    ("last", "hint"), [("A150000", "第 150000 行"), ("ZZ2", "第 702 列")], ids=["row", "column"]
)
def test_a_cell_far_out_is_named(last: str, hint: str) -> None:
    row = last.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    content = a_raw_workbook(
        f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}"><c r="{last}"><v>1</v></c></row>'
    )

    violation = refusal(content, "a.xlsx")

    assert violation.code == "ledger.too_large"
    assert hint in violation.message


def test_a_zip_bomb_is_refused_while_it_is_counted() -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in XLSX_PARTS.items():
            archive.writestr(name, text)
        with archive.open("xl/worksheets/sheet1.xml", "w") as part:
            for _ in range(220):
                part.write(b"<!-- -->" * (1024 * 1024 // 8))

    violation = refusal(buffer.getvalue(), "a.xlsx")

    assert len(buffer.getvalue()) < 1024 * 1024
    assert violation.code == "ledger.too_large"
    assert "解压" in violation.message


def test_one_text_repeated_in_every_cell_is_refused() -> None:
    content = write_xlsx([["a"]], [["长" * 4_000] * 10] * 2_000)

    assert len(content) < 1024 * 1024
    assert refusal(content, "a.xlsx").code == "ledger.too_large"


def test_a_cell_that_is_too_long_is_named() -> None:
    violation = refusal(write_xlsx([["a"]], [["x"], ["x" * 4_001]]), "a.xlsx")

    assert "第 3 行第 1 列" in violation.message


def test_an_archive_with_too_many_parts_is_refused() -> None:
    parts = {f"xl/p{index}.xml": "" for index in range(1_000)}

    assert refusal(a_raw_workbook("", **parts), "a.xlsx").code == "ledger.too_large"


@pytest.mark.parametrize("codec", ["utf-8", "utf-16"])
def test_a_document_type_declaration_is_refused(codec: str) -> None:
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
    buffer = io.BytesIO(a_raw_workbook(""))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/sharedStrings.xml", bomb.encode(codec))

    violation = refusal(buffer.getvalue(), "a.xlsx")

    assert (violation.code, "DTD" in violation.message) == ("ledger.unreadable", True)


def test_two_parts_of_one_name_are_refused() -> None:
    buffer = io.BytesIO(a_raw_workbook(""))
    with zipfile.ZipFile(buffer, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("xl/workbook.xml", "<workbook/>")

    assert refusal(buffer.getvalue(), "a.xlsx").code == "ledger.unreadable"


@pytest.mark.parametrize("name", ["word/document.xml", "content.xml", "xl/workbook.bin"])
def test_another_document_in_a_zip_is_refused(name: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("[Content_Types].xml", XLSX_PARTS["[Content_Types].xml"])
        archive.writestr(name, "<x/>")

    assert refusal(buffer.getvalue(), "a.xlsx").code == "ledger.unreadable"


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import os; os.abort()", "ledger.too_large"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "ledger.too_large"),
        ("import sys; sys.exit(3)", "ledger.too_large"),
        ("import sys; sys.exit(1)", "ledger.unreadable"),
        ("import time; time.sleep(60)", "ledger.too_large"),
    ],
)
def test_the_death_of_the_child_is_a_refusal(
    monkeypatch: pytest.MonkeyPatch, program: str, code: str
) -> None:
    monkeypatch.setattr(spreadsheets._CHILD, "command", (sys.executable, "-c", program))
    monkeypatch.setattr(spreadsheets._CHILD, "seconds", 1)

    violation = refusal(b"PK\x03\x04", "a.xlsx")

    assert violation.code == code
    assert violation.message.endswith("。")


def test_a_reader_that_stays_busy_asks_to_come_back(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spreadsheets._CHILD, "seconds", 0.01)
    with spreadsheets._CHILD.turns, spreadsheets._CHILD.turns:
        violation = refusal(b"PK\x03\x04", "a.xlsx")

    assert violation.code == "ledger.busy"


def test_the_child_sees_no_secrets_of_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_PASSWORD", "geheim")

    assert "DATABASE_PASSWORD" not in limited_child.environment()


def test_a_child_without_memory_says_so_with_its_exit_status() -> None:
    def no_memory() -> bytes:
        raise MemoryError

    assert spreadsheet_child.main(no_memory, lambda line: None) == spreadsheet_child.EXIT_OUT_OF_MEMORY


def test_the_parser_is_never_loaded_into_the_process_that_asks() -> None:
    program = (
        "import sys; from shared.kit.spreadsheets import read_table, write_xlsx; "
        "print(read_table(write_xlsx([['a']], [['b']]), 'a.xlsx').header, 'python_calamine' in sys.modules)"
    )

    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert finished.stdout.strip() == "('a',) False"


# Fuzz


def outcome(content: bytes, filename: str) -> str:
    try:
        return f"table {read_table(content, filename).header}"
    except RuleViolation as violation:
        return violation.code


@settings(max_examples=300, deadline=None)
@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.txt", "a.xls"]))
def test_random_bytes_give_a_table_or_a_refusal(content: bytes, name: str) -> None:
    assert outcome(content, name).startswith(("table", "ledger."))


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_workbook_gives_a_table_or_a_refusal(seed: int) -> None:
    chance = random.Random(seed)
    content = bytearray(write_xlsx([["甲", "乙"]], [["一", 2], ["三", 4.5]]))
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(2, len(content))] = chance.randrange(256)
    if seed % 3 == 0:
        del content[chance.randrange(len(content)) :]

    assert outcome(bytes(content), "a.xlsx").startswith(("table", "ledger."))
