"""What an office may upload, in every spelling of a file that was seen, and what must be refused without harm."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import RuleViolation
from shared.kit.spreadsheets import Cell, Row, WritableCell, read_table, write_csv, write_xlsx


def a_workbook(fill: Callable[[Any, Any], None]) -> bytes:
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    fill(workbook, workbook.add_worksheet("台账"))
    workbook.close()
    return buffer.getvalue()


def refusal(content: bytes, filename: str = "台账.csv") -> RuleViolation:
    with pytest.raises(RuleViolation) as caught:
        read_table(content, filename)
    return caught.value


# CSV


@pytest.mark.parametrize(
    ("codec", "shown"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("utf-16", "utf-16"), ("gb18030", "gb18030")],
)
def test_a_csv_is_read_in_every_usual_encoding_with_rare_characters(codec: str, shown: str) -> None:
    content = "姓名,案号\r\n𠮷田㛃,(2024)京01行初12号\r\n".encode(codec)

    table = read_table(content, "台账.csv")

    assert table.encoding == shown
    assert table.header == ("姓名", "案号")
    assert table.rows == (Row(2, ("𠮷田㛃", "(2024)京01行初12号")),)


def test_big_endian_utf_16_is_read() -> None:
    assert read_table(b"\xfe\xff" + "甲,乙\n一,二".encode("utf-16-be"), "x.txt").header == ("甲", "乙")


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_the_delimiter_is_found_from_the_header_and_not_from_text_between_quotes(
    delimiter: str, line_end: str
) -> None:
    header = delimiter.join(["案号", '"甲,乙;丙\t丁"', "备注"])
    row = delimiter.join(["1", "x,y;z" if delimiter == "\t" else '"x,y;z"', ""])

    table = read_table(f"{header}{line_end}{row}{line_end}".encode(), "a.csv")

    assert table.header == ("案号", "甲,乙;丙\t丁", "备注")
    assert table.rows == (Row(2, ("1", "x,y;z")),)


def test_rows_keep_the_numbers_that_excel_shows_over_blank_rows_and_line_breaks_in_cells() -> None:
    table = read_table('甲,乙\n\n"两\n行",1\n , \n,,\n三,3\n'.encode(), "a.csv")

    assert [(row.number, row.cells) for row in table.rows] == [(3, ("两\n行", "1")), (6, ("三", "3"))]


def test_blank_rows_above_the_header_are_skipped() -> None:
    table = read_table("\n;;\n甲;乙\n1;2".encode(), "a.csv")

    assert (table.header, table.header_number) == (("甲", "乙"), 3)
    assert table.rows == (Row(4, ("1", "2")),)


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\xef\xbb\xbf", b" , ,\n\t"])
def test_a_file_without_any_content_is_refused(content: bytes) -> None:
    assert refusal(content).code == "ledger.no_rows"


@pytest.mark.parametrize(
    ("content", "filename", "hint"),
    [
        (b"\xff\xff\x80\x80,", "a.csv", "编码"),
        (b"\xef\xbb\xbf\xff", "a.csv", "编码"),
        (b"a,b\n\x00,1", "a.csv", "NUL"),
        ("甲,乙".encode("utf-16-le"), "a.csv", "NUL"),
        ('甲,乙\n"一,二\n'.encode(), "a.csv", "引号"),
        ('甲\n"'.encode() + b"x" * 200_000, "a.csv", "引号"),
        (b"<html><table><tr><td>1", "a.xls", "网页"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + b"\0" * 600, "a.xls", ".xlsx"),
        ("甲,乙\n1,2".encode(), "a.xlsx", "工作簿"),
        (b"PK\x03\x04 not a zip at all", "a.xlsx", "工作簿"),
        (b"PK", "a.csv", "工作簿"),
    ],
)
def test_what_cannot_be_read_is_refused_with_a_remedy(content: bytes, filename: str, hint: str) -> None:
    violation = refusal(content, filename)

    assert violation.code == "ledger.unreadable"
    assert hint in violation.message
    assert "另存为" in violation.message or "改正" in violation.message


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        (b"x" * (20 * 1024 * 1024 + 1), "20 MB"),
        (b"a\n" + b"1\n" * 100_001, "100,000"),
        (b"a\n" + b"\n" * 150_000 + b"1", "第 150002 行"),
        (b"a\n" + b"1," * 200 + b"1", "200"),
        (b"a\n" + b"x" * 4001, "4,000"),
        (b"a\n" + (b"1," * 199 + b"1\n") * 16_000, "按年份"),
    ],
)
def test_a_csv_beyond_the_limits_is_refused(content: bytes, hint: str) -> None:
    violation = refusal(content)

    assert violation.code == "ledger.too_large"
    assert hint in violation.message


def test_a_csv_at_the_limits_is_read() -> None:
    assert len(read_table(b"a\n" + b"1\n" * 100_000, "a.csv").rows) == 100_000
    assert read_table(b"a\n" + b"x" * 4000, "a.csv").rows[0].cells == ("x" * 4000,)


# Writing


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"])
def test_no_text_of_a_csv_can_become_a_formula_and_reading_gives_it_back(sign: str) -> None:
    content = write_csv([["甲"]], [[f"{sign}1+1"], [f"'{sign}1"], ["'普通"]])

    assert f"\"'{sign}1+1" in content.decode()
    assert [row.cells[0] for row in read_table(content, "a.csv").rows] == [f"{sign}1+1", f"'{sign}1", "'普通"]


def test_a_csv_begins_with_a_mark_for_excel_and_writes_values_plainly() -> None:
    row: list[WritableCell] = [
        True,
        -3,
        1.5,
        Decimal("1234.50"),
        date(2024, 1, 2),
        datetime(2024, 1, 2, 8, 30, tzinfo=UTC),
        None,
    ]

    content = write_csv([["a"]], [row])

    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines()[1] == (
        '"TRUE",-3,1.5,1234.50,"2024-01-02","2024-01-02 08:30:00+00:00",""'
    )


@given(
    rows=st.lists(
        st.lists(
            st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])), min_size=1, max_size=4
        )
    )
)
def test_any_text_survives_a_csv(rows: list[list[str]]) -> None:
    expected = [
        (number, [cell if cell.strip() else None for cell in row])
        for number, row in enumerate(rows, start=2)
        if "".join(row).strip()
    ]

    table = read_table(write_csv([["列;名"]], rows), "a.csv")

    assert table.header == ("列;名",)
    assert [(row.number, [*row.cells]) for row in table.rows] == [
        (number, _without_empty_end(cells)) for number, cells in expected
    ]


def _without_empty_end(cells: list[str | None]) -> list[str | None]:
    while cells and cells[-1] is None:
        cells = cells[:-1]
    return cells


# XLSX


def test_an_xlsx_gives_real_dates_numbers_and_booleans_with_excels_row_numbers() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        day = workbook.add_format({"num_format": "yyyy-mm-dd"})
        minute = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["甲", "乙", "丙", "丁", "戊", "己"])
        sheet.write_datetime(3, 0, date(2024, 2, 29), day)
        sheet.write_datetime(3, 1, datetime(2024, 2, 29, 8, 30), minute)  # noqa: DTZ001
        sheet.write_row(3, 2, [3, 3.25, True])
        sheet.write_string(3, 5, "=1+1")
        sheet.write_row(9, 2, [110101199003071234, "  ", 0])

    table = read_table(a_workbook(fill), "台账.xlsx")

    assert (table.encoding, table.sheet, table.header_number) == ("xlsx", "台账", 1)
    assert table.header == ("甲", "乙", "丙", "丁", "戊", "己")
    first, last = table.rows
    assert first == Row(4, (date(2024, 2, 29), datetime(2024, 2, 29, 8, 30), 3, 3.25, True, "=1+1"))  # noqa: DTZ001
    assert last == Row(10, (None, None, 110101199003071200.0, None, 0))
    assert type(last.cells[2]) is float
    assert type(first.cells[2]) is int


def test_the_first_visible_sheet_that_is_not_empty_is_read_and_others_are_named() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        hidden = workbook.add_worksheet("隐藏")
        hidden.write(0, 0, "不读")
        hidden.hide()
        workbook.add_worksheet("空")
        workbook.add_worksheet("2023").write_column(2, 2, ["案号", "一"])
        workbook.add_worksheet("2024").write(0, 0, "案号")

    table = read_table(a_workbook(fill), "a.xlsx")

    assert (table.sheet, table.other_sheets) == ("2023", ("2024",))
    assert (table.header, table.header_number) == (("", "", "案号"), 3)
    assert table.rows == (Row(4, (None, None, "一")),)


def test_an_empty_workbook_is_refused() -> None:
    assert refusal(a_workbook(lambda workbook, sheet: None)).code == "ledger.no_rows"


def test_a_formula_error_is_kept_as_its_words_and_not_read_as_an_empty_cell() -> None:
    def fill(workbook: Any, sheet: Any) -> None:
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write_formula(1, 0, "=1/0", value="#DIV/0!")
        sheet.write_string(1, 1, 't="e"')

    assert read_table(a_workbook(fill), "a.xlsx").rows == (Row(2, ("#DIV/0!", 't="e"')),)


def test_an_xlsx_is_known_by_its_content_and_not_by_its_name() -> None:
    content = write_xlsx([["甲"]], [["一"]])

    assert read_table(content, "台账.csv").rows == (Row(2, ("一",)),)


def test_a_written_xlsx_reads_back_as_it_was() -> None:
    row: list[Cell] = [
        "=1+1",
        "'=2",
        "http://a.b",
        "0012",
        3,
        2.5,
        date(2024, 1, 2),
        True,
        "𠮷",
        "110101199003071234",
    ]

    table = read_table(write_xlsx([[f"列{index}" for index in range(len(row))]], [row]), "a.xlsx")

    assert table.rows == (Row(2, tuple(row)),)


def test_values_that_excel_would_damage_are_written_as_text() -> None:
    row: list[WritableCell] = [
        110101199003071234,
        date(1850, 1, 2),
        Decimal("12.50"),
        float("nan"),
        datetime(2024, 1, 2, tzinfo=UTC),
    ]

    table = read_table(write_xlsx([["a"]], [row]), "a.xlsx")

    assert table.rows[0].cells == (
        "110101199003071234",
        "1850-01-02",
        12.5,
        "nan",
        "2024-01-02 00:00:00+00:00",
    )


def test_a_text_longer_than_excel_allows_is_refused_and_not_cut() -> None:
    with pytest.raises(RuleViolation) as caught:
        write_xlsx([["a"]], [["x" * 32_768]])

    assert caught.value.code == "spreadsheet.too_large"


def test_a_written_xlsx_has_a_frozen_header_notes_and_dropdowns_even_for_long_lists() -> None:
    long_list = [f"选项{index:03}，很长的名称" for index in range(60)]

    content = write_xlsx(
        [["a", "b"], ["甲", "乙"]],
        [],
        column_notes={0: "写原件上的案号"},
        choices={0: ["是", "否"], 1: long_list},
        formats={0: "@"},
    )

    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
        comments = archive.read("xl/comments1.xml").decode()
        workbook = archive.read("xl/workbook.xml").decode()
    assert 'ySplit="2"' in sheet
    assert "&quot;是,否&quot;" in sheet or '"是,否"' in sheet
    assert "'选项'!$B$1:$B$60" in sheet
    assert "写原件上的案号" in comments
    assert 'state="hidden"' in workbook
    assert read_table(content, "a.xlsx").other_sheets == ()
