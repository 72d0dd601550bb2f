"""What a clerk may write in a ledger, what each spelling means, and what is sent back with a remedy."""

import time
from collections.abc import Sequence
from decimal import Decimal
from enum import StrEnum

import pytest

from shared.kit import ledger
from shared.kit.ledger import Choices, Column, Kind, Parsed, describe, parse, template
from shared.kit.spreadsheets import Cell, Row, Table, read_table


class Colour(StrEnum):
    DARK_RED = "DARK_RED"
    GREEN = "GREEN"


COLOURS = Choices.of({Colour.DARK_RED: ("深红（暗）", "赤"), Colour.GREEN: ("绿", "青", "2")})
COLUMNS = (
    Column("item_number", "编号", Kind.TEXT, required=True, note="写原件上的编号", aliases=("序号", "No.")),
    Column("bought_on", "购买日期", Kind.DATE),
    Column("is_used", "是否旧货", Kind.BOOLEAN),
    Column("piece_count", "件数", Kind.INTEGER),
    Column("price", "价格（元）", Kind.AMOUNT),
    Column("colour", "颜色", Kind.CHOICE, choices=COLOURS),
)


def a_table(header: Sequence[str], *rows: Sequence[Cell]) -> Table:
    numbered = tuple(Row(number, tuple(cells)) for number, cells in enumerate(rows, start=2))
    return Table(tuple(header), numbered, "utf-8")


# Headers


@pytest.mark.parametrize(
    "header",
    [
        ("item_number", "bought_on", "price"),
        ("编号", "购买日期", "价格（元）"),
        ("序号", "BOUGHT_ON", "价格(元)"),
        (" 编 号* ", "購買日期", "ｐｒｉｃｅ"),
        ("no．", "购买\n日期", "＊价格 （元）"),
    ],
)
def test_columns_are_found_by_name_label_or_alias(header: tuple[str, ...]) -> None:
    parsed = parse(a_table(header, ["A1", "2024-01-02", "5"]), COLUMNS)

    assert parsed.errors == ()
    assert parsed.rows[0].values["item_number"] == "A1"
    assert parsed.rows[0].values["price"] == Decimal("5.00")
    assert parsed.unknown_columns == (("購買日期",) if "購買日期" in header else ())


def test_columns_may_stand_in_any_order_beside_unknown_ones_and_every_declared_column_has_a_value() -> None:
    parsed = parse(a_table(("备注", "颜色", "编号", "备注"), ["x", "绿", "A1", "y"]), COLUMNS)

    assert parsed.unknown_columns == ("备注", "备注")
    assert dict(parsed.rows[0].values) == {
        "item_number": "A1",
        "bought_on": None,
        "is_used": None,
        "piece_count": None,
        "price": None,
        "colour": "GREEN",
    }


@pytest.mark.parametrize(
    "second",
    [("编号*", "颜色"), ("item_number", "colour"), ("序号", None), ("编号", "颜色", "随便")],
)
def test_a_second_header_row_is_skipped(second: tuple[Cell, ...]) -> None:
    parsed = parse(a_table(("item_number", "colour", "备注"), second, ("A1", "绿")), COLUMNS)

    assert [(row.number, row.values["item_number"]) for row in parsed.rows] == [(3, "A1")]
    assert parsed.errors == ()


def test_a_row_that_only_resembles_a_header_is_read() -> None:
    parsed = parse(a_table(("编号", "颜色"), ["编号", "绿"], ["编号", "颜色"]), COLUMNS)

    assert [row.number for row in parsed.rows] == [2]
    assert [error.row for error in parsed.errors] == [3]


def test_a_missing_required_column_is_one_error_at_the_header_and_no_row_is_taken() -> None:
    parsed = parse(a_table(("颜色",), ["绿"], ["不知道"]), COLUMNS)

    assert parsed.rows == ()
    assert [(error.row, error.column, error.code) for error in parsed.errors] == [
        (1, "编号", "ledger.column.missing"),
        (3, "颜色", "ledger.choice.unknown"),
    ]


def test_a_column_that_stands_twice_is_an_error() -> None:
    parsed = parse(a_table(("编号", "序号"), ["A1", "1"]), COLUMNS)

    assert parsed.rows == ()
    assert [(error.row, error.found, error.code) for error in parsed.errors] == [
        (1, "序号", "ledger.column.duplicate")
    ]


def test_a_title_above_the_header_is_explained_once() -> None:
    parsed = parse(a_table(("2024 年度台账",), ["编号", "颜色"], ["A1", "绿"]), COLUMNS)

    (error,) = parsed.errors
    assert (error.row, error.code) == (1, "ledger.header.unknown")
    assert "第一行" in error.how


def test_a_header_further_down_is_reported_with_its_own_row() -> None:
    table = read_table("\n\n颜色\n绿".encode(), "a.csv")

    assert [error.row for error in parse(table, COLUMNS).errors] == [3]


@pytest.mark.parametrize(
    ("header", "cells", "place"),
    [(("编号",), ["A1", None, "多余"], "第 3 列"), (("编号", "", "颜色"), ["A1", "多余", "绿"], "第 2 列")],
)
def test_a_cell_without_a_column_name_is_not_lost_silently(
    header: Sequence[str], cells: Sequence[Cell], place: str
) -> None:
    parsed = parse(a_table(header, cells, ["A2"]), COLUMNS)

    assert [(e.row, e.column, e.found, e.code) for e in parsed.errors] == [
        (2, place, "多余", "ledger.column.unnamed")
    ]
    assert [row.number for row in parsed.rows] == [3]


# Rows


def test_an_error_stops_its_row_and_no_other_and_every_bad_cell_is_reported() -> None:
    parsed = parse(
        a_table(
            ("编号", "购买日期", "件数"), ["A1", "2024-01-02", 1], [None, "昨天", "x"], ["A3", None, None]
        ),
        COLUMNS,
    )

    assert [row.number for row in parsed.rows] == [2, 4]
    assert [(error.row, error.column) for error in parsed.errors] == [
        (3, "编号"),
        (3, "购买日期"),
        (3, "件数"),
    ]


def test_a_table_full_of_errors_is_given_up_and_gives_no_rows() -> None:
    rows: list[list[Cell]] = [["A", "昨天"] for _ in range(ledger.MAX_ERRORS + 100)]

    parsed = parse(a_table(("编号", "购买日期"), ["A", "2024-01-02"], *rows), COLUMNS)

    assert parsed.rows == ()
    assert len(parsed.errors) == ledger.MAX_ERRORS + 1
    assert parsed.errors[-1].code == "ledger.too_many_errors"


# Templates


@pytest.mark.parametrize("filename", ["template.csv", "template.xlsx"])
def test_an_empty_template_gives_neither_rows_nor_errors(filename: str) -> None:
    make = ledger.template_csv if filename.endswith("csv") else ledger.template_xlsx

    table = read_table(make(COLUMNS), filename)

    assert table.header == tuple(column.name for column in COLUMNS)
    assert parse(table, COLUMNS) == Parsed((), (), ())


def test_the_template_prints_names_for_programs_and_labels_for_people() -> None:
    names, labels = template(COLUMNS)

    assert names[:2] == ["item_number", "bought_on"]
    assert labels[:2] == ["编号*", "购买日期"]


def test_the_description_names_the_allowed_words_and_their_codes() -> None:
    rows = describe(COLUMNS)

    assert rows[0] == ("item_number", "编号", "必填", "文字", "", "写原件上的编号")
    assert rows[5][4] == "深红（暗）（DARK_RED）、绿（GREEN）"


# Speed


def test_thirty_thousand_rows_of_eighteen_columns_are_parsed_in_seconds() -> None:
    columns = [
        Column(f"c{index}", f"列{index}", kind, choices=COLOURS if kind is Kind.CHOICE else None)
        for index, kind in enumerate(list(Kind) * 3)
    ]
    rows: list[list[Cell]] = [
        [f"第{number}号", f"2024-01-{number % 28 + 1:02}", "是", str(number), f"{number}.50", "绿"] * 3
        for number in range(30_000)
    ]
    table = a_table([column.label for column in columns], *rows)

    started = time.perf_counter()
    parsed = parse(table, columns)

    assert len(parsed.rows) == 30_000
    assert time.perf_counter() - started < 10  # about one second; the bound is wide for busy machines
