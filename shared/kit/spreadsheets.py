"""Tables in and out of files that offices use: CSV in the encodings found in China, and XLSX.

Reading gives cells as they stand, or one refusal that says how to mend the file; it knows nothing of what a column
means. A workbook is only ever parsed in a limited child process (`spreadsheet_child`).
"""

import csv
import io
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from shared.kernel.errors import RuleViolation
from shared.kit.limited_child import ChildBusy, ChildFailed, ChildTooHeavy, LimitedChild
from shared.kit.spreadsheet_child import (
    MAX_CELLS,
    MAX_CPU_SECONDS,
    MAX_FILE_BYTES,
    MAX_ROWS,
    check_cell_length,
    check_extent,
    too_many_cells,
    unreadable,
)

Cell = str | int | float | bool | date | datetime | None
WritableCell = Cell | Decimal

_ZIP = b"PK"
_OLD_EXCEL = bytes.fromhex("d0cf11e0a1b11ae1")  # also the shell of a workbook with a password
_BYTE_ORDER_MARKS = {b"\xef\xbb\xbf": "utf-8-sig", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_MARKUP = ("<html", "<!doctype", "<?xml", "<table", "<head", "<meta")
_DELIMITERS = ",\t;"

# What a spreadsheet program takes for a formula when a text begins with it. Apostrophes before it are counted in,
# so that "'=" keeps its own apostrophe on the way back.
_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
_GUARDED = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")

_EXCEL_TEXT_LIMIT = 32_767
_EXCEL_ROW_LIMIT = 1_048_576
_EXCEL_INLINE_LIST_LIMIT = 255
_LAST_WHOLE_NUMBER = 10**15  # beyond it Excel loses digits
_FIRST_EXCEL_YEAR = 1901  # 1900 has a 29 February in Excel

_CHILD = LimitedChild("shared.kit.spreadsheet_child", seconds=2 * MAX_CPU_SECONDS)  # each may take a gigabyte


@dataclass(frozen=True)
class Row:
    """A row with the number that a person sees beside it in Excel. Cells after the last filled one are left out."""

    number: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Table:
    header: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str  # "utf-8", "utf-8-sig", "utf-16", "gb18030" or "xlsx"
    header_number: int = 1
    sheet: str = ""
    other_sheets: tuple[str, ...] = ()  # not empty, not read: whoever shows the result should say so


def read_table(content: bytes, filename: str) -> Table:
    """The first table of a CSV or XLSX file; the content decides which, not the name. Raises RuleViolation."""
    if len(content) > MAX_FILE_BYTES:
        raise RuleViolation(
            "ledger.too_large",
            f"文件超过 {MAX_FILE_BYTES // 1024 // 1024} MB。请删去图片或按年份分成几个文件上传。",
        )
    if content.startswith(_OLD_EXCEL):
        raise RuleViolation(
            "ledger.unreadable",
            "这是旧版 .xls 文件或设了密码的工作簿，无法读取。请去掉密码，另存为 .xlsx 或 CSV 后再上传。",
        )
    if content.startswith(_ZIP):
        return _read_xlsx(content)
    if filename.lower().endswith((".xlsx", ".xlsm")) and content:
        raise unreadable()
    return _read_csv(content)


def _read_csv(content: bytes) -> Table:
    text, encoding = _decoded(content)
    if "\0" in text:
        raise RuleViolation(
            "ledger.unreadable",
            "文件里有空字符（NUL），不是可读的表格。请另存为 .xlsx 或 CSV UTF-8 后再上传。",
        )
    if text[:200].lstrip().lower().startswith(_MARKUP):
        raise RuleViolation(
            "ledger.unreadable",
            "这个文件其实是网页格式，只是用了表格的文件名。请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 后再上传。",
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        return _table(
            ((number, _csv_cells(number, record)) for number, record in enumerate(reader, 1)), encoding
        )
    except csv.Error as broken:
        raise RuleViolation(
            "ledger.unreadable",
            f"文件第 {reader.line_num} 行附近的引号不成对，无法分清各列。请改正引号，或另存为 .xlsx 后再上传。",
        ) from broken


def _decoded(content: bytes) -> tuple[str, str]:
    marked = [codec for mark, codec in _BYTE_ORDER_MARKS.items() if content.startswith(mark)]
    for codec in marked or ("utf-8", "gb18030"):
        try:
            return content.decode(codec), codec
        except UnicodeDecodeError:
            continue
    raise RuleViolation(
        "ledger.unreadable",
        "认不出文件的文字编码（不是 UTF-8、UTF-16 或 GB18030）。请另存为 .xlsx 或 CSV UTF-8 后再上传。",
    )


def _delimiter(text: str) -> str:
    """The sign that cuts the header line, and not the text between quotes, into the most fields."""
    start = re.search(r"""[^,\t;"\s]""", text)
    first_line = (
        max(text.rfind("\n", 0, start.start()), text.rfind("\r", 0, start.start())) + 1 if start else 0
    )
    header = text[first_line : first_line + 200_000]
    fields = {sign: _field_count(header, sign) for sign in _DELIMITERS}
    return max(_DELIMITERS, key=lambda sign: fields[sign])


def _field_count(text: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), []))
    except csv.Error:
        return 0


def _csv_cells(number: int, record: list[str]) -> list[Cell]:
    for column, field in enumerate(record, start=1):
        check_cell_length(len(field), number, column)
    return [field if field and not field.isspace() else None for field in record]


def _read_xlsx(content: bytes) -> Table:
    rows: list[tuple[int, list[Cell]]] = []
    sheet = ""
    others: tuple[str, ...] = ()
    for line in _parsed_in_child(content).splitlines():
        match orjson.loads(line):
            case [int(number), list(cells)]:
                rows.append((number, [_revived(cell) if type(cell) is dict else cell for cell in cells]))
            case {"sheet": str(sheet)}:
                pass
            case {"others": list(names)}:
                others = tuple(names)
            case {"code": str(code), "message": str(message)}:
                raise RuleViolation(code, message)
    return _table(rows, "xlsx", sheet=sheet, other_sheets=others)


def _revived(cell: dict[str, str]) -> Cell:
    return date.fromisoformat(cell["d"]) if "d" in cell else datetime.fromisoformat(cell["t"])


def _parsed_in_child(content: bytes) -> bytes:
    try:
        return _CHILD.read(content)
    except ChildBusy as busy:
        raise RuleViolation("ledger.busy", "系统正在读取其他表格。请过一分钟再上传。") from busy
    except ChildFailed as broken:
        raise unreadable() from broken
    except ChildTooHeavy as heavy:
        raise _too_heavy() from heavy


def _too_heavy() -> RuleViolation:
    return RuleViolation(
        "ledger.too_large",
        "读取这个工作簿超出了内存或时间上限。可能有内容落在很远的行或列，或者文件太大。"
        "请只把需要的数据复制到新的工作簿，或另存为 CSV 后再上传。",
    )


def _table(
    numbered: Iterable[tuple[int, list[Cell]]],
    encoding: str,
    *,
    sheet: str = "",
    other_sheets: tuple[str, ...] = (),
) -> Table:
    header: Row | None = None
    rows: list[Row] = []
    cells_read = 0
    for number, cells in numbered:
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        check_extent(number, len(cells))
        cells_read += len(cells)
        if cells_read > MAX_CELLS:
            raise too_many_cells()
        row = Row(
            number,
            tuple([_unguarded(cell) if type(cell) is str and cell[0] == "'" else cell for cell in cells]),
        )
        if header is None:
            header = row
        else:
            rows.append(row)
    if header is None:
        raise RuleViolation(
            "ledger.no_rows", "表格里没有内容。请检查是否选错了文件，或数据是否在隐藏的工作表里。"
        )
    names = tuple("" if cell is None else str(cell).strip() for cell in header.cells)
    return Table(names, tuple(rows), encoding, header.number, sheet, other_sheets)


def _unguarded(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def write_csv(header_rows: Iterable[Sequence[str]], rows: Iterable[Sequence[WritableCell]]) -> bytes:
    """UTF-8 with a byte order mark, without which Excel shows Chinese as nonsense; no text can become a formula."""
    buffer = io.StringIO(newline="")
    # Every text is quoted: a semicolon in the only column name must not be taken for the delimiter.
    writer = csv.writer(buffer, quoting=csv.QUOTE_NONNUMERIC)
    for row in (*header_rows, *rows):
        writer.writerow([_csv_field(cell) for cell in row])
    return buffer.getvalue().encode("utf-8-sig")


def _csv_field(cell: WritableCell) -> str | int | float | Decimal | None:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case str():
            return f"'{cell}" if _FORMULA.match(cell) and not cell.isspace() else cell
        case datetime():
            return cell.isoformat(sep=" ")
        case date():
            return cell.isoformat()
    return cell


def write_xlsx(
    header_rows: Sequence[Sequence[str]],
    rows: Iterable[Sequence[WritableCell]],
    *,
    column_notes: Mapping[int, str] | None = None,
    choices: Mapping[int, Sequence[str]] | None = None,
    formats: Mapping[int, str] | None = None,
) -> bytes:
    """One sheet with a frozen header. By column index: a note at the last header cell, a dropdown for a closed set,
    and the number format of the column ("@" keeps long numbers that are typed into it whole)."""
    buffer = io.BytesIO()
    # In memory, because temporary files would leave personal data on the disk.
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    import xlsxwriter  # only who writes a workbook waits for it

    workbook = xlsxwriter.Workbook(buffer, options)
    sheet = workbook.add_worksheet()
    bold = workbook.add_format({"bold": True, "bg_color": "#EEF2F7"})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    instant = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})

    for column in range(max((len(row) for row in header_rows), default=0)):
        number_format = workbook.add_format({"num_format": (formats or {}).get(column, "General")})
        width = max(len(row[column].encode("gb18030", "replace")) for row in header_rows if column < len(row))
        sheet.set_column(column, column, min(max(width + 2, 10), 40), number_format)
    for row_index, header in enumerate(header_rows):
        sheet.write_row(row_index, 0, header, bold)
    for row_index, row in enumerate(rows, start=len(header_rows)):
        _write_row(sheet, row_index, row, day, instant)
    sheet.freeze_panes(len(header_rows), 0)
    for column, note in (column_notes or {}).items():
        sheet.write_comment(max(len(header_rows) - 1, 0), column, note, {"x_scale": 2, "y_scale": 1.5})
    _add_dropdowns(workbook, sheet, choices or {}, first_row=len(header_rows))
    workbook.close()
    return buffer.getvalue()


def _write_row(sheet: Any, row_index: int, row: Sequence[WritableCell], day: object, instant: object) -> None:
    if row_index >= _EXCEL_ROW_LIMIT:
        raise RuleViolation("spreadsheet.too_large", "数据超过 Excel 的行数上限。请缩小范围，或导出为 CSV。")
    for column, cell in enumerate(row):
        if cell is None:
            continue
        if isinstance(cell, bool):
            sheet.write_boolean(row_index, column, cell)
        elif isinstance(cell, date) and _fits_excel(cell):
            sheet.write_datetime(row_index, column, cell, instant if isinstance(cell, datetime) else day)
        elif isinstance(cell, int | float | Decimal) and -_LAST_WHOLE_NUMBER < cell < _LAST_WHOLE_NUMBER:
            sheet.write_number(row_index, column, cell)
        else:
            sheet.write_string(row_index, column, _excel_text(str(cell)))


def _fits_excel(day: date) -> bool:
    """Excel knows neither time zones nor days before 1900; such values are written as text."""
    return day.year >= _FIRST_EXCEL_YEAR and not (isinstance(day, datetime) and day.tzinfo)


def _excel_text(text: str) -> str:
    if len(text) > _EXCEL_TEXT_LIMIT:
        raise RuleViolation("spreadsheet.too_large", "有一格文字超过 Excel 的长度上限。请导出为 CSV。")
    # Reading takes one apostrophe away; a text cell needs no other guard.
    return f"'{text}" if _GUARDED.match(text) else text


def _add_dropdowns(
    workbook: Any, sheet: Any, choices: Mapping[int, Collection[str]], *, first_row: int
) -> None:
    from xlsxwriter.utility import xl_col_to_name

    lists = None
    for column, collection in choices.items():
        words = list(collection)
        source: object = words
        if len(",".join(words)) > _EXCEL_INLINE_LIST_LIMIT or any("," in word for word in words):
            if lists is None:
                lists = workbook.add_worksheet("选项")
                lists.hide()
            lists.write_column(0, column, words)
            letters = xl_col_to_name(column, col_abs=True)
            source = f"='选项'!{letters}$1:{letters}${len(words)}"
        # A warning, not a ban: reading also accepts codes and other names for a choice.
        validation = {
            "validate": "list",
            "source": source,
            "error_type": "warning",
            "error_title": "请从列表中选择",
            "error_message": "这里只认列表中的选项。",
        }
        sheet.data_validation(first_row, column, MAX_ROWS, column, validation)
