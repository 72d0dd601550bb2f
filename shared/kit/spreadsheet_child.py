"""Reads one XLSX workbook in a process of its own: bytes on standard input, lines of JSON on standard output.

A workbook of two kilobytes can abort the process that parses it, and one of a few hundred can take gigabytes.
So nothing else may happen here, and only `shared.kit.spreadsheets` starts it: `python -m shared.kit.spreadsheet_child`.
"""

import io
import math
import re
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import IO

import orjson

from shared.kernel.errors import RuleViolation
from shared.kit import limited_child

MAX_FILE_BYTES = 20 * 1024 * 1024
MAX_ENTRIES = 1_000
MAX_UNPACKED_BYTES = 200 * 1024 * 1024
MAX_ROWS = 100_000  # below the header
MAX_COLUMNS = 200
MAX_CELLS = 3_000_000
MAX_CELL_CHARACTERS = 4_000
MAX_CHARACTERS = 30_000_000  # one long shared text can be repeated in every cell of a small file
MAX_MEMORY_BYTES = 1024 * 1024 * 1024  # measured: 100,000 rows of 18 columns need less than half
MAX_CPU_SECONDS = 20

EXIT_OUT_OF_MEMORY = 3

_CHUNK_BYTES = 1024 * 1024
_DOCTYPES = tuple("<!DOCTYPE".encode(codec) for codec in ("utf-8", "utf-16-le", "utf-16-be"))
# What a workbook fetches from elsewhere, or brings along from there; the values that were fetched stay in the cells.
_FROM_ELSEWHERE = ("xl/externallinks/", "xl/connections", "xl/querytables/", "xl/embeddings/", "customxml/")
# calamine reads a formula error (#N/A, #DIV/0!) as an empty cell; as a text cell it keeps its words.
_ERROR_CELL = re.compile(rb"""(<(?:\w+:)?c(?=\s)[^<>]*?\st=)(["'])e\2""")


def check_extent(row: int, column: int) -> None:
    """Refuses a cell (both counted from 1) that lies outside the largest table."""
    if row > MAX_ROWS + 1:
        raise RuleViolation(
            "ledger.too_large",
            f"表格用到了第 {row} 行，一次最多读取 {MAX_ROWS:,} 行。"
            "请分成几个文件上传；如果下面只是多余的空格或内容，请删除那些行后重新保存。",
        )
    if column > MAX_COLUMNS:
        raise RuleViolation(
            "ledger.too_large",
            f"表格用到了第 {column} 列，最多允许 {MAX_COLUMNS} 列。请删除右侧多余的列后重新保存。",
        )


def check_cell_length(length: int, row: int, column: int) -> None:
    if length > MAX_CELL_CHARACTERS:
        raise RuleViolation(
            "ledger.too_large",
            f"第 {row} 行第 {column} 列有 {length:,} 个字，一格最多 {MAX_CELL_CHARACTERS:,} 个字。请缩短后重新上传。",
        )


def too_many_cells() -> RuleViolation:
    return RuleViolation("ledger.too_large", "表格的内容太多，一次读不完。请按年份分成几个文件上传。")


def unreadable() -> RuleViolation:
    return RuleViolation(
        "ledger.unreadable",
        "这个文件不是完整的 Excel 工作簿，无法读取。请用 Excel 或 WPS 打开，另存为 .xlsx 或 CSV 后再上传。",
    )


def read_workbook(content: bytes) -> Iterator[dict[str, object] | tuple[int, list[object]]]:
    """The sheet's name, its rows with their numbers, then the names of other sheets that are not empty."""
    # Imported here, so that no other process loads it by importing the limits above.
    from python_calamine import (
        CalamineError,
        CalamineWorkbook,
        PasswordError,
        SheetTypeEnum,
        SheetVisibleEnum,
    )

    try:
        workbook = CalamineWorkbook.from_filelike(_repacked(content))
        others: list[str] = []
        found = False
        for sheet in workbook.sheets_metadata:
            if sheet.typ != SheetTypeEnum.WorkSheet or sheet.visible != SheetVisibleEnum.Visible:
                continue
            cells = workbook.get_sheet_by_name(sheet.name)
            if cells.start is None or cells.end is None:
                continue
            if found:
                others.append(sheet.name)
                continue
            found = True
            check_extent(cells.end[0] + 1, cells.end[1] + 1)
            yield {"sheet": sheet.name}
            yield from _rows(cells.iter_rows(), first_column=cells.start[1])
        yield {"others": others}
    except PasswordError as refusal:
        raise RuleViolation(
            "ledger.unreadable", "这个工作簿设了密码。请去掉密码、重新保存后再上传。"
        ) from refusal
    except (CalamineError, zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as broken:
        raise unreadable() from broken


def _repacked(content: bytes) -> io.BytesIO:
    """The workbook's XML parts in a fresh archive: the parser sees exactly the bytes that were counted here,
    and no macros, no links to other files and no pictures."""
    fresh = io.BytesIO()
    unpacked = 0
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(fresh, "w") as target:
        for entry in _parts(source):
            with source.open(entry) as stream, target.open(entry.filename, "w", force_zip64=True) as copy:
                for piece in _pieces(stream):
                    unpacked += len(piece)
                    if unpacked > MAX_UNPACKED_BYTES:
                        raise RuleViolation(
                            "ledger.too_large", "工作簿解压后太大，无法读取。请按年份分成几个文件。"
                        )
                    copy.write(_checked(piece))
    fresh.seek(0)
    return fresh


def _parts(source: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    entries = source.infolist()
    names = {entry.filename for entry in entries}
    if len(entries) > MAX_ENTRIES:
        raise RuleViolation(
            "ledger.too_large", "工作簿里的部件太多，无法读取。请把数据复制到新的工作簿再上传。"
        )
    if "xl/workbook.bin" in names:
        raise RuleViolation("ledger.unreadable", "暂不支持 .xlsb 格式。请另存为 .xlsx 或 CSV 后再上传。")
    if "[Content_Types].xml" not in names or not any(name.startswith("xl/") for name in names):
        raise RuleViolation(
            "ledger.unreadable",
            "这个文件是压缩包或其他文档，不是 Excel 工作簿。请另存为 .xlsx 或 CSV 后再上传。",
        )
    parts = [
        entry
        for entry in entries
        if entry.filename.lower().endswith((".xml", ".rels"))
        and not entry.filename.lower().lstrip("/").startswith(_FROM_ELSEWHERE)
    ]
    encrypted = any(entry.flag_bits & 0x1 for entry in parts)
    methods = {entry.compress_type for entry in parts}
    # Two parts of one name, or methods that Excel never writes, are made to be read in two ways.
    if encrypted or len({entry.filename for entry in parts}) < len(parts):
        raise unreadable()
    if not methods <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise unreadable()
    return parts


def _pieces(stream: IO[bytes]) -> Iterator[bytes]:
    """A part in pieces that end where a tag ends, so that no tag is seen in halves."""
    rest = b""
    while chunk := stream.read(_CHUNK_BYTES):
        rest += chunk
        end = rest.rfind(b">") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        elif len(rest) > 4 * _CHUNK_BYTES:
            raise unreadable()
    if rest:
        yield rest


def _checked(piece: bytes) -> bytes:
    if any(doctype in piece for doctype in _DOCTYPES):
        raise RuleViolation(
            "ledger.unreadable",
            "工作簿里有不允许的声明（DTD），无法读取。请把数据复制到新的工作簿再上传。",
        )
    if b't="e"' in piece or b"t='e'" in piece:
        return _ERROR_CELL.sub(rb"\1\2str\2", piece)
    return piece


def _rows(rows: Iterable[Sequence[object]], *, first_column: int) -> Iterator[tuple[int, list[object]]]:
    """Rows that are not empty, without the empty cells at their end. `rows` starts at the sheet's first row."""
    cells_read = characters = 0
    for number, row in enumerate(rows, start=1):
        cells: list[object] = [None] * first_column
        for column, value in enumerate(row, start=first_column + 1):
            if isinstance(value, str):
                check_cell_length(len(value), number, column)
                characters += len(value)
                cells.append(value if value and not value.isspace() else None)
            else:
                cells.append(_plain(value))
        while cells and cells[-1] is None:
            cells.pop()
        if not cells:
            continue
        cells_read += len(cells)
        if cells_read > MAX_CELLS or characters > MAX_CHARACTERS:
            raise too_many_cells()
        yield number, cells


def _plain(value: object) -> object:
    """A value as JSON can carry it. A number below 10^15 without a fraction is whole: it has lost no digit."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            return str(value)
        return int(value) if value.is_integer() and abs(value) < 1e15 else value
    if isinstance(value, datetime):
        return {"t": value.isoformat()}
    if isinstance(value, date):
        return {"d": value.isoformat()}
    return value if isinstance(value, int) else str(value)


def seal_off() -> None:
    """Give up all that reading a workbook does not need."""
    limited_child.seal_off(_load_everything, memory_bytes=MAX_MEMORY_BYTES, cpu_seconds=MAX_CPU_SECONDS)


def _load_everything() -> None:
    """Load what is otherwise loaded when it is first needed: soon no file can be opened any more."""
    import codecs
    import encodings.cp437  # names of parts in old archives
    import encodings.utf_8  # noqa: F401

    import python_calamine  # noqa: F401 - only here and where it reads: it may abort its process

    codecs.lookup("cp437")


def main(read: Callable[[], bytes], write: Callable[[bytes], object]) -> int:
    try:
        for line in read_workbook(read()):
            write(orjson.dumps(line) + b"\n")
    except RuleViolation as refusal:
        write(orjson.dumps({"code": refusal.code, "message": refusal.message}) + b"\n")
    except MemoryError:
        return EXIT_OUT_OF_MEMORY
    return 0


if __name__ == "__main__":
    seal_off()
    sys.exit(main(sys.stdin.buffer.read, sys.stdout.buffer.write))
