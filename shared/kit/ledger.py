"""Ledgers: a service declares its columns as data, and gets typed rows or errors that a clerk can mend.

It reads what is unambiguous in any usual spelling and refuses the rest: a doubtful date or a number that has lost
digits becomes an error with the row, the reason and the remedy, never a guess. It knows no word of any service.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.kit.ledger_cells import Choices, Kind, Reader, Value, Wrong, key_of, reader_of, shown
from shared.kit.spreadsheets import Row, Table, write_csv, write_xlsx

__all__ = [
    "Choices",
    "Column",
    "Kind",
    "LedgerRow",
    "Parsed",
    "RowError",
    "Value",
    "describe",
    "parse",
    "template",
    "template_csv",
    "template_xlsx",
]

MAX_ERRORS = 5_000  # more than anybody mends one by one; a wrong column would make one for every row


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    kind: Kind
    required: bool = False
    choices: Choices | None = None
    note: str = ""
    aliases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.kind is Kind.CHOICE) != (self.choices is not None):
            raise ValueError(f"Column {self.name!r}: choices belong to a CHOICE column, and only there.")


@dataclass(frozen=True)
class LedgerRow:
    number: int
    values: Mapping[str, Value]  # every declared column by name; None where nothing is given


@dataclass(frozen=True)
class RowError:
    row: int
    column: str  # the label, as the clerk knows it
    found: str
    why: str
    how: str
    code: str


@dataclass(frozen=True)
class Parsed:
    """`rows` holds the rows without an error, and none at all when the header is wrong or errors are too many."""

    rows: tuple[LedgerRow, ...]
    errors: tuple[RowError, ...]
    unknown_columns: tuple[str, ...]


def parse(table: Table, columns: Sequence[Column]) -> Parsed:
    """Every row typed, or an error for each cell that is not understood. A second header row is recognised."""
    known = _known_words(columns)
    positions: dict[str, int] = {}
    errors: list[RowError] = []
    unknown: list[str] = []
    for index, heading in enumerate(table.header):
        column = known.get(key_of(heading))
        if column is None:
            unknown += [shown(heading)] if heading else []
        elif column.name in positions:
            why, how = f"表头里有两列“{column.label}”。", "请只保留一列。"
            errors.append(
                RowError(
                    table.header_number, column.label, shown(heading), why, how, "ledger.column.duplicate"
                )
            )
        else:
            positions[column.name] = index
    if not positions:
        return Parsed((), (_no_header(table, columns),), tuple(unknown))
    errors += _missing_columns(table, columns, positions)

    plan = [
        (positions[column.name], column, reader_of(column.kind, column.choices))
        for column in columns
        if column.name in positions
    ]
    headless = [index for index, heading in enumerate(table.header) if not heading]
    header_is_wrong = bool(errors)
    nothing: dict[str, Value] = dict.fromkeys((column.name for column in columns), None)
    rows: list[LedgerRow] = []
    for row in _below_header(table, known, positions):
        values, wrong = _read_row(row, plan, nothing)
        wrong += _headless_cells(row, headless, len(table.header))
        errors += wrong
        if len(errors) > MAX_ERRORS:
            return Parsed((), (*errors[:MAX_ERRORS], _too_many_errors(row)), tuple(unknown))
        if not wrong and not header_is_wrong:
            rows.append(LedgerRow(row.number, values))
    return Parsed(tuple(rows), tuple(errors), tuple(unknown))


def _known_words(columns: Sequence[Column]) -> dict[str, Column]:
    known: dict[str, Column] = {}
    for column in columns:
        for word in (column.name, column.label, *column.aliases):
            if known.setdefault(key_of(word), column) is not column:
                raise ValueError(
                    f"{word!r} would mean both {known[key_of(word)].name!r} and {column.name!r}."
                )
    return known


def _no_header(table: Table, columns: Sequence[Column]) -> RowError:
    examples = "、".join(column.label for column in columns[:3])
    how = f"请把列名放在第一行，删去上面的标题行，或使用下载的模板。列名例如：{examples}。"
    found = shown("、".join(filter(None, table.header)))
    return RowError(table.header_number, "", found, "表头里没有认出任何一列。", how, "ledger.header.unknown")


def _too_many_errors(row: Row) -> RowError:
    why = f"错误超过 {MAX_ERRORS:,} 处，从这一行起没有再检查，全部数据都没有读入。"
    return RowError(row.number, "", "", why, "请先改正前面的错误，再重新上传。", "ledger.too_many_errors")


def _missing_columns(table: Table, columns: Sequence[Column], found: Mapping[str, int]) -> Iterator[RowError]:
    for column in columns:
        if column.required and column.name not in found:
            why = f"表头里没有“{column.label}”这一列，这一列必填。"
            how = f"请加上列名为“{column.label}”（或 {column.name}）的一列，或使用下载的模板。"
            yield RowError(table.header_number, column.label, "", why, how, "ledger.column.missing")


def _below_header(table: Table, known: Mapping[str, Column], positions: Mapping[str, int]) -> Sequence[Row]:
    """The rows, without a second header row such as our own template prints below the names."""
    if not table.rows:
        return ()
    names = {index: name for name, index in positions.items()}
    filled = [
        (index, cell) for index, cell in enumerate(table.rows[0].cells) if index in names and cell is not None
    ]
    repeated = filled and all(
        isinstance(cell, str)
        and (column := known.get(key_of(cell))) is not None
        and column.name == names[index]
        for index, cell in filled
    )
    return table.rows[1:] if repeated else table.rows


def _read_row(
    row: Row, plan: Sequence[tuple[int, Column, Reader]], nothing: Mapping[str, Value]
) -> tuple[dict[str, Value], list[RowError]]:
    values = dict(nothing)
    errors: list[RowError] = []
    cells = row.cells
    width = len(cells)
    for index, column, read in plan:
        cell = cells[index] if index < width else None
        try:
            value = None if cell is None else read(cell)
            if value is None and column.required:
                raise Wrong("ledger.required", "这一格必填，但没有填写。", f"请填写“{column.label}”。")
            values[column.name] = value
        except Wrong as wrong:
            optional = column.kind is not Kind.TEXT and not column.required
            how = f"{wrong.how}没有就留空。" if optional else wrong.how
            errors.append(RowError(row.number, column.label, shown(cell), wrong.why, how, wrong.code))
    return values, errors


def _headless_cells(row: Row, headless: Sequence[int], header_width: int) -> list[RowError]:
    """A cell without a column name: dropped silently it would lose data, and in a CSV it betrays a stray delimiter."""
    if not headless and len(row.cells) <= header_width:
        return []
    places = [*(index for index in headless if index < len(row.cells)), *range(header_width, len(row.cells))]
    for index in places:
        cell = row.cells[index]
        if cell is not None:
            why = "这一格有内容，但它所在的列没有列名。"
            how = "请给这一列加上列名，或删去这一格；CSV 文件里带逗号的文字要用双引号括起来。"
            return [
                RowError(row.number, f"第 {index + 1} 列", shown(cell), why, how, "ledger.column.unnamed"),
            ]
    return []


_KIND_WORDS = {
    Kind.TEXT: "文字",
    Kind.DATE: "日期，如 2024-01-02",
    Kind.BOOLEAN: "是或否",
    Kind.INTEGER: "整数",
    Kind.AMOUNT: "金额，单位元，最多两位小数",
    Kind.CHOICE: "从选项中选一个",
}
_FORMATS = {Kind.DATE: "yyyy-mm-dd", Kind.INTEGER: "0", Kind.AMOUNT: "0.00"}


def template(columns: Sequence[Column]) -> list[list[str]]:
    """Two header rows: names for programs, labels for people, with an asterisk where a value is required."""
    labels = [f"{column.label}*" if column.required else column.label for column in columns]
    return [[column.name for column in columns], labels]


def template_csv(columns: Sequence[Column]) -> bytes:
    return write_csv(template(columns), [])


def template_xlsx(columns: Sequence[Column]) -> bytes:
    dropdowns = {
        index: list(column.choices.labels.values()) if column.choices else ["是", "否"]
        for index, column in enumerate(columns)
        if column.kind in (Kind.CHOICE, Kind.BOOLEAN)
    }
    notes = {index: _note(column) for index, column in enumerate(columns)}
    formats = {index: _FORMATS.get(column.kind, "@") for index, column in enumerate(columns)}
    return write_xlsx(template(columns), [], column_notes=notes, choices=dropdowns, formats=formats)


def _note(column: Column) -> str:
    return "\n".join(
        filter(None, ("必填" if column.required else "选填", _KIND_WORDS[column.kind], column.note))
    )


def describe(columns: Sequence[Column]) -> list[tuple[str, str, str, str, str, str]]:
    """For the manual: name, label, required or not, kind, allowed words with their codes, note."""
    return [
        (
            column.name,
            column.label,
            "必填" if column.required else "选填",
            _KIND_WORDS[column.kind],
            "、".join(f"{label}（{code}）" for code, label in column.choices.labels.items())
            if column.choices
            else "",
            column.note,
        )
        for column in columns
    ]
