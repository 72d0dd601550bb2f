"""The process that parses strangers' workbooks can reach nothing: no file, no network, no other process."""

import io
import subprocess
import sys
import zipfile

import pytest

from shared.kit import spreadsheet_child
from shared.kit.spreadsheets import read_table, write_xlsx
from tests.kit.test_hostile_spreadsheets import a_raw_workbook

SHEET = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>甲</t></is></c></row><row r="2"><c r="A2"><v>7</v></c></row>'
)


def in_a_sealed_process(attempt: str) -> str:
    """What an attempt ends with, once the process has sealed itself off."""
    program = (
        "import os, socket, ssl, subprocess, resource, sys\n"
        "from shared.kit.spreadsheet_child import seal_off\n"
        "seal_off()\n"
        "try:\n"
        f"    print('done', {attempt})\n"
        "except OSError as refusal:\n"
        "    print('refused', refusal.errno)\n"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return finished.stdout.split()[0]


@pytest.mark.parametrize(
    "attempt",
    [
        "socket.socket()",
        "socket.create_connection(('127.0.0.1', 9))",
        "socket.getaddrinfo('dingfen.example', 80)",
        "open('/etc/passwd')",
        "os.open('/tmp', os.O_RDONLY)",
        "os.pipe()",
        "subprocess.run(['true'])",
    ],
)
def test_a_sealed_process_reaches_nothing(attempt: str) -> None:
    assert in_a_sealed_process(attempt) == "refused"


def test_a_sealed_process_may_use_no_more_than_it_needs() -> None:
    program = (
        "import resource as r; from shared.kit.spreadsheet_child import seal_off; seal_off(); "
        "print(*(r.getrlimit(k)[1] for k in (r.RLIMIT_AS, r.RLIMIT_CPU, r.RLIMIT_FSIZE, r.RLIMIT_CORE, "
        "r.RLIMIT_NOFILE, r.RLIMIT_NPROC)))"
    )
    finished = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert finished.stdout.split() == [str(1024**3), "20", "0", "0", "3", "0"]


def test_reading_needs_nothing_that_was_not_loaded_before() -> None:
    """Names of parts that are not UTF-8, and damaged parts, take rarely used ways through the libraries."""
    buffer = io.BytesIO(a_raw_workbook(SHEET))
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/a_.xml", "<x/>")
    old = buffer.getvalue().replace(b"xl/a_.xml", b"xl/a\x8e.xml")

    assert read_table(old, "a.xlsx").rows[0].cells == (7,)
    assert read_table(write_xlsx([["甲"]], [["乙"], [True], [1.5]]), "a.xlsx").header == ("甲",)


@pytest.mark.parametrize(
    "part",
    [
        "xl/externalLinks/externalLink1.xml",
        "xl/externalLinks/_rels/externalLink1.xml.rels",
        "xl/connections.xml",
        "xl/queryTables/queryTable1.xml",
        "xl/embeddings/oleObject1.xml",
        "customXml/item1.xml",
        "XL/ExternalLinks/externalLink1.xml",
        "xl/vbaProject.bin",
        "xl/media/image1.png",
    ],
)
def test_what_leads_elsewhere_is_left_behind_and_the_cells_are_read(part: str) -> None:
    content = a_raw_workbook(SHEET, **{part: "<x/>"})

    with zipfile.ZipFile(spreadsheet_child._repacked(content)) as archive:
        assert part not in archive.namelist()
        assert "xl/workbook.xml" in archive.namelist()
    assert read_table(content, "a.xlsx").rows[0].cells == (7,)
