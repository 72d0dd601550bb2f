"""What one cell may say for each kind of column, what that means, and what is sent back with a remedy."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import RuleViolation
from shared.kit.ledger import Choices, Column, Kind, RowError, Value, parse
from shared.kit.spreadsheets import Cell, Row, Table


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
ONE_OF_EACH = {column.kind: column for column in COLUMNS}


def read_one(kind: Kind, cell: Cell) -> Value | RowError:
    column = ONE_OF_EACH[kind]
    header = ("编号", "x") if kind is Kind.TEXT else ("编号", column.label)
    row = Row(2, (cell,) if kind is Kind.TEXT else ("1", cell))
    parsed = parse(Table(header, (row,), "utf-8"), COLUMNS)
    if parsed.errors:
        (error,) = parsed.errors
        return error
    return parsed.rows[0].values[column.name]


GOOD: list[tuple[Kind, Cell, Value]] = [
    (Kind.TEXT, " 京A　", "京A"),
    (Kind.TEXT, "（2024）第1号", "（2024）第1号"),
    (Kind.TEXT, "第一行\n第二行", "第一行\n第二行"),
    (Kind.TEXT, "\uf954", "\uf954"),
    (Kind.TEXT, 3, "3"),
    (Kind.TEXT, 3.0, "3"),
    (Kind.TEXT, 3.25, "3.25"),
    (Kind.TEXT, 13800138000.0, "13800138000"),
    (Kind.TEXT, 99_999_999_999_999, "99999999999999"),
    (Kind.TEXT, "110101199003071234", "110101199003071234"),
    (Kind.TEXT, True, "是"),
    (Kind.TEXT, date(2024, 1, 2), "2024-01-02"),
    (Kind.TEXT, datetime(2024, 1, 2), "2024-01-02"),  # noqa: DTZ001
    (Kind.TEXT, "#3", "#3"),
    (Kind.DATE, None, None),
    (Kind.DATE, " 　", None),
    (Kind.DATE, date(2024, 2, 29), date(2024, 2, 29)),
    (Kind.DATE, datetime(2024, 1, 2, 23, 59), date(2024, 1, 2)),  # noqa: DTZ001
    *((Kind.DATE, text, date(2024, 1, 2)) for text in (
        "2024-01-02", "2024-1-2", "2024/1/2", "2024.1.2", "2024年1月2日", "2024 年 01 月 02 日", "2024年1月2号",
        "20240102", "２０２４－０１－０２", "２０２４／１／２", " 2024-01-02 ", "2024-01-02 00:00:00",
        "2024/1/2 8:30", "2024-01-02T08:30:00.000", "2024年1月2日8:30",
    )),
    (Kind.DATE, 20240102, date(2024, 1, 2)),
    (Kind.DATE, 20240102.0, date(2024, 1, 2)),
    (Kind.DATE, 45293, date(2024, 1, 2)),
    (Kind.DATE, 45293.75, date(2024, 1, 2)),
    *((Kind.BOOLEAN, word, True) for word in (True, 1, 1.0, "1", "是", "有", "Y", "yes", "TRUE", "√", "ｙ", " 是 ")),
    *((Kind.BOOLEAN, word, False) for word in (False, 0, 0.0, "0", "否", "无", "n", "No", "False", "×")),
    (Kind.BOOLEAN, "", None),
    *((Kind.INTEGER, cell, 3) for cell in (3, 3.0, "3", "３", " 3 ", "3.0", "03")),
    (Kind.INTEGER, 0, 0),
    (Kind.INTEGER, "1,234", 1234),
    (Kind.INTEGER, 2_147_483_647, 2_147_483_647),
    *((Kind.AMOUNT, cell, Decimal("1234.50")) for cell in (
        1234.5, "1234.5", "1,234.50", "1234.5元", "１，２３４．５０", "￥1,234.50", "¥1234.50元整", "人民币1234.5元",
        "0.12345万元", "0.12345 万",
    )),
    (Kind.AMOUNT, "1.2万元", Decimal("12000.00")),
    (Kind.AMOUNT, "1.5亿", Decimal("150000000.00")),
    (Kind.AMOUNT, 0, Decimal("0.00")),
    (Kind.AMOUNT, 0.1 + 0.2, Decimal("0.30")),
    (Kind.AMOUNT, 1.15 * 100, Decimal("115.00")),
    (Kind.AMOUNT, 9_999_999_999_999.99, Decimal("9999999999999.99")),
    *((Kind.CHOICE, text, "DARK_RED") for text in ("DARK_RED", "dark_red", "深红（暗）", "深红(暗)", " 赤 ")),
    (Kind.CHOICE, 2, "GREEN"),
    (Kind.CHOICE, "２", "GREEN"),
    (Kind.CHOICE, "", None),
]  # fmt: skip

BAD: list[tuple[Kind, Cell, str]] = [
    (Kind.TEXT, "  ", "ledger.required"),
    (Kind.TEXT, "a\0", "ledger.text.control"),
    (Kind.TEXT, "a\x07", "ledger.text.control"),
    (Kind.TEXT, "\ud842", "ledger.text.control"),
    (Kind.TEXT, 1.10101199003071e17, "ledger.text.digits_lost"),
    (Kind.TEXT, 110101199003071234, "ledger.text.digits_lost"),
    (Kind.TEXT, 100_000_000_000_000, "ledger.text.digits_lost"),
    (Kind.TEXT, "1.10101E+17", "ledger.text.digits_lost"),
    (Kind.TEXT, float("inf"), "ledger.text.digits_lost"),
    (Kind.TEXT, float("nan"), "ledger.text.digits_lost"),
    (Kind.TEXT, "#N/A", "ledger.formula_error"),
    *((kind, "#DIV/0!", "ledger.formula_error") for kind in Kind),
    (Kind.DATE, "2023-02-30", "ledger.date.impossible"),
    (Kind.DATE, "2023年13月1日", "ledger.date.impossible"),
    (Kind.DATE, 20230230, "ledger.date.impossible"),
    (Kind.DATE, "24-01-02", "ledger.date.two_digit_year"),
    (Kind.DATE, "24年1月2日", "ledger.date.two_digit_year"),
    (Kind.DATE, "0024-01-02", "ledger.date.out_of_range"),
    (Kind.DATE, "2204-01-02", "ledger.date.out_of_range"),
    (Kind.DATE, date(1899, 12, 31), "ledger.date.out_of_range"),
    *((Kind.DATE, cell, "ledger.date.unreadable") for cell in (
        "2024-01", "1/2/2024", "昨天", "45293", 12, 80_001, -45293, 4.5, True, "2024-01-02Z", "2024-1-28:30",
        float("nan"), "٢٠٢٤-٠١-٠٢", "/",
    )),
    *((Kind.BOOLEAN, cell, "ledger.boolean.unreadable") for cell in ("也许", 2, "x", date(2024, 1, 2), -1, 0.5)),
    (Kind.INTEGER, -1, "ledger.integer.negative"),
    (Kind.INTEGER, "－3", "ledger.integer.negative"),
    (Kind.INTEGER, -1.5, "ledger.integer.negative"),
    (Kind.INTEGER, 2_147_483_648, "ledger.integer.too_large"),
    *((Kind.INTEGER, cell, "ledger.integer.unreadable") for cell in (
        3.5, "3.5", "3人", True, date(2024, 1, 2), "1,23", "1e3", float("inf"), "九", "9" * 5000,
    )),
    (Kind.AMOUNT, -1, "ledger.amount.negative"),
    (Kind.AMOUNT, "-0.01", "ledger.amount.negative"),
    (Kind.AMOUNT, 1.005, "ledger.amount.too_precise"),
    (Kind.AMOUNT, "1.234", "ledger.amount.too_precise"),
    (Kind.AMOUNT, "0.0000001万", "ledger.amount.too_precise"),
    (Kind.AMOUNT, 10_000_000_000_000, "ledger.amount.too_large"),
    (Kind.AMOUNT, "99999999亿", "ledger.amount.too_large"),
    *((Kind.AMOUNT, cell, "ledger.amount.unreadable") for cell in (
        "约5元", "5美元", "1,23", True, date(2024, 1, 2), float("nan"), float("inf"), "1e3", "五百元", 1e300,
        "1 2", "5" + " " * 3_900 + "x",
    )),
    *((Kind.CHOICE, cell, "ledger.choice.unknown") for cell in ("蓝", 7, True, date(2024, 1, 2))),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "cell", "value"), GOOD)
def test_every_usual_spelling_is_understood(kind: Kind, cell: Cell, value: Value) -> None:
    found = read_one(kind, cell)

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(("kind", "cell", "code"), BAD)
def test_what_is_doubtful_is_refused_with_a_remedy(kind: Kind, cell: Cell, code: str) -> None:
    error = read_one(kind, cell)

    assert isinstance(error, RowError)
    assert error.code == code
    assert error.why.endswith("。")
    assert error.how.endswith("。")


def test_an_unknown_choice_names_the_known_ones() -> None:
    error = read_one(Kind.CHOICE, "蓝")

    assert isinstance(error, RowError)
    assert "深红（暗）、绿" in error.how


@given(
    cell=st.none()
    | st.text()
    | st.integers()
    | st.floats()
    | st.booleans()
    | st.dates()
    | st.datetimes()
    | st.text(st.characters(categories=["Cs", "Cc", "Nd", "Zs"]))
)
def test_any_cell_is_a_value_or_an_error(cell: Cell) -> None:
    header = tuple(column.label for column in COLUMNS)
    parsed = parse(Table(header, (Row(2, (cell,) * len(COLUMNS)),), "utf-8"), COLUMNS)

    assert len(parsed.rows) + bool(parsed.errors) == 1
    for error in parsed.errors:
        assert error.found.encode() is not None


# Choices


def test_a_choice_is_resolved_to_its_code_or_refused_with_the_list() -> None:
    assert COLOURS.resolve(" ｄａｒｋ_red") == Colour.DARK_RED
    with pytest.raises(RuleViolation, match="深红（暗）、绿") as caught:
        COLOURS.resolve("蓝")
    assert caught.value.code == "ledger.choice.unknown"


def test_a_word_cannot_mean_two_codes() -> None:
    with pytest.raises(ValueError, match="would mean both"):
        Choices.of({"A": ("甲", "同"), "B": ("乙", "同")})
    with pytest.raises(ValueError, match="needs a tuple"):
        Choices.of({"A": "甲"})
    with pytest.raises(ValueError, match="would mean both"):
        parse(Table(("a",), (), "utf-8"), [Column("a", "甲", Kind.TEXT), Column("b", "甲 *", Kind.TEXT)])


@pytest.mark.parametrize(("kind", "choices"), [(Kind.CHOICE, None), (Kind.TEXT, COLOURS)])
def test_choices_belong_to_choice_columns_only(kind: Kind, choices: Choices | None) -> None:
    with pytest.raises(ValueError, match="CHOICE"):
        Column("a", "甲", kind, choices=choices)


def test_an_error_says_what_was_found_why_it_is_wrong_and_how_to_mend_it() -> None:
    error = read_one(Kind.DATE, "2023-02-30")

    assert error == RowError(
        row=2,
        column="购买日期",
        found="2023-02-30",
        why="日历上没有这一天。",
        how="请核对年、月、日。没有就留空。",
        code="ledger.date.impossible",
    )


def test_what_was_found_is_shortened_and_safe_to_encode() -> None:
    error = read_one(Kind.DATE, "\ud800\x00" + "长" * 500)

    assert isinstance(error, RowError)
    assert len(error.found) == 80
    assert error.found.encode().startswith("��长".encode())
