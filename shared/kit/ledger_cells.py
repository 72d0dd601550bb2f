"""One cell of a ledger: what it may say for each kind of column, and why it is refused otherwise."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeVar
from unicodedata import normalize

from shared.kernel.errors import RuleViolation
from shared.kit.spreadsheets import Cell

Value = str | bool | int | date | Decimal | None
Reader = Callable[[Cell], Value]
Code = TypeVar("Code", bound=str)

_LARGEST_INTEGER = 2**31 - 1  # what an integer column of PostgreSQL holds
_AMOUNT_LIMIT = Decimal(10) ** 13  # 15 digits with the cents: as many as a spreadsheet keeps
_DAY_ZERO = date(1899, 12, 30)  # of Excel's day numbers
_DAY_NUMBERS = range(20_000, 80_001)  # 1954 to 2119
_YEARS = range(1900, 2200)

_INVISIBLE = re.compile(r"[\s*\u200b\u2060\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_EXPONENT = re.compile(r"[+-]?[0-9](\.[0-9]+)?[eE]\+?[0-9]+")
_CLOCK = r"[0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?"
_DATES = (
    re.compile(rf"([0-9]{{4}})\s*[-/.]\s*([0-9]{{1,2}})\s*[-/.]\s*([0-9]{{1,2}})(?:(?:\s+|T){_CLOCK})?"),
    re.compile(rf"([0-9]{{4}})\s*年\s*([0-9]{{1,2}})\s*月\s*([0-9]{{1,2}})\s*[日号](?:\s*{_CLOCK})?"),
    re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})"),
)
_TWO_DIGIT_YEAR = re.compile(r"[0-9]{2}\s*[-/.年]\s*[0-9]{1,2}\s*[-/.月]\s*[0-9]{1,2}\s*[日号]?")
_WHOLE = re.compile(r"([0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.0+)?")
_AMOUNT = (
    re.compile(  # possessive blanks: a cell of blanks must not make the search try every way to share them
        r"(?:人民币|rmb|cny|¥)?\s*+([+-]?)([0-9]{1,18}|[0-9]{1,3}(?:,[0-9]{3}){1,5})(\.[0-9]{1,10})?"
        r"\s*+(亿|万)?\s*+元?\s*+整?"
    )
)
_TIMES = {None: Decimal(1), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_FORMULA_ERRORS = frozenset(
    {"#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_BOOLEANS = {
    **dict.fromkeys(("true", "t", "1", "是", "有", "y", "yes", "√", "✓", "✔"), True),
    **dict.fromkeys(("false", "f", "0", "否", "无", "n", "no", "×", "✗", "✘"), False),
}


class Kind(StrEnum):
    TEXT = "text"
    DATE = "date"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    AMOUNT = "amount"  # yuan
    CHOICE = "choice"


def key_of(text: str) -> str:
    """What two spellings of one word have in common: width, case, blanks and asterisks do not count."""
    return _INVISIBLE.sub("", normalize("NFKC", text).casefold())


@dataclass(frozen=True, eq=False)
class Choices:
    """A closed set of codes, each with the label that is shown and other words that mean it."""

    labels: Mapping[str, str]
    codes: Mapping[str, str]  # by the key of every word

    @classmethod
    def of(cls, words: Mapping[Code, Sequence[str]]) -> "Choices":
        """`{code: (label, *aliases)}`. A word that would mean two codes is a mistake of the declaration."""
        codes: dict[str, str] = {}
        for code, names in words.items():
            if isinstance(names, str) or not names:
                raise ValueError(f"{code!r} needs a tuple of a label and aliases.")
            for word in (str(code), *names):
                if codes.setdefault(key_of(word), str(code)) != str(code):
                    raise ValueError(f"{word!r} would mean both {codes[key_of(word)]!r} and {str(code)!r}.")
        return cls({str(code): names[0] for code, names in words.items()}, codes)

    def find(self, text: str) -> str | None:
        return self.codes.get(text) or self.codes.get(key_of(text))

    def resolve(self, text: str) -> str:
        """The code that the word means. Refuses an unknown word and names the known ones."""
        code = self.find(text)
        if code is None:
            raise RuleViolation(
                "ledger.choice.unknown", f"这一格的内容不在可选范围内。可以填写：{self.listed()}。"
            )
        return code

    def listed(self) -> str:
        return "、".join(self.labels.values())


def shown(cell: Cell) -> str:
    """The cell as a person recognises it, short enough to print and safe to encode."""
    text = _CONTROL.sub("�", "" if cell is None else str(cell))
    return text if len(text) <= 80 else f"{text[:79]}…"


class Wrong(Exception):
    def __init__(self, code: str, why: str, how: str) -> None:
        super().__init__(code)
        self.code, self.why, self.how = code, why, how


def reader_of(kind: Kind, choices: Choices | None) -> Reader:
    return _READERS[kind] if choices is None else _choice_reader(choices)


def _word(cell: Cell) -> str:
    """A cell that is not free text: its width and blanks at the ends do not count."""
    text = str(cell).strip()
    if not text.isascii():
        text = normalize("NFKC", text).strip(" \t\r\n\u200b\ufeff")
    if text.startswith("#"):
        _refuse_formula_error(text)
    return text


def _refuse_formula_error(text: str) -> None:
    if text.upper() in _FORMULA_ERRORS:
        raise Wrong("ledger.formula_error", "这一格是公式错误，不是数据。", "请改正公式，或直接填写结果。")


def _read_text(cell: Cell) -> str | None:
    """Text is kept as written, less the blanks around it: normalising would change rare characters of names."""
    if not isinstance(cell, str):
        return _text_of_value(cell)
    if _CONTROL.search(cell):
        raise Wrong("ledger.text.control", "文字里有看不见的控制字符。", "请删去这一格，重新手工输入。")
    text = cell.strip()
    if text.startswith("#"):
        _refuse_formula_error(text)
    if _EXPONENT.fullmatch(text) and "+" in text:
        raise _digits_lost()
    return text or None


def _text_of_value(cell: bool | int | float | date | datetime | None) -> str | None:
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, int | float):
        if abs(cell) >= 1e14 or cell != cell:
            raise _digits_lost()
        return str(int(cell)) if cell == int(cell) else f"{cell:.15g}"
    if isinstance(cell, datetime) and (cell.hour, cell.minute, cell.second) == (0, 0, 0):
        return cell.date().isoformat()
    return None if cell is None else cell.isoformat()


def _digits_lost() -> Wrong:
    return Wrong(
        "ledger.text.digits_lost",
        "这是以数字保存的长号码，后面的数字位数已丢失，无法还原。",
        "请把该列设为“文本”格式，再按原件重新输入完整号码。",
    )


def _read_date(cell: Cell) -> date | None:
    if isinstance(cell, datetime):
        return _sane(cell.date())
    if isinstance(cell, date):
        return _sane(cell)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if _DAY_NUMBERS.start <= cell < _DAY_NUMBERS.stop:
            return _DAY_ZERO + timedelta(days=int(cell))
        return _date_of_text(f"{cell:.15g}")
    text = _word(cell)
    return _date_of_text(text) if text else None


@lru_cache(maxsize=8192)
def _date_of_text(text: str) -> date:
    how = "请写成 2024-01-02 的样子。"
    for pattern in _DATES:
        if found := pattern.fullmatch(text):
            try:
                day = date(*(int(part) for part in found.groups()))
            except ValueError:
                raise Wrong("ledger.date.impossible", "日历上没有这一天。", "请核对年、月、日。") from None
            return _sane(day)
    if _TWO_DIGIT_YEAR.fullmatch(text):
        raise Wrong("ledger.date.two_digit_year", "年份只有两位数，无法确定是哪一年。", how)
    raise Wrong("ledger.date.unreadable", "这不是能认出的日期。", how)


def _sane(day: date) -> date:
    if day.year not in _YEARS:
        raise Wrong("ledger.date.out_of_range", f"年份 {day.year} 不合理。", "请核对年份，写成四位数。")
    return day


def _read_boolean(cell: Cell) -> bool | None:
    if isinstance(cell, bool):
        return cell
    word = "" if isinstance(cell, date) else _word(cell)
    if not word and isinstance(cell, str):
        return None
    value = _BOOLEANS.get(word.casefold().removesuffix(".0"))
    if value is None:
        raise Wrong("ledger.boolean.unreadable", "这里只能填“是”或“否”。", "请填写：是、否。")
    return value


def _read_integer(cell: Cell) -> int | None:
    word = "" if isinstance(cell, bool | date) else f"{cell:.15g}" if isinstance(cell, float) else _word(cell)
    if not word and isinstance(cell, str):
        return None
    if word.startswith("-"):
        raise Wrong("ledger.integer.negative", "这里不能是负数。", "请填写 0 或正整数。")
    found = _WHOLE.fullmatch(word)
    if found is None:
        raise Wrong("ledger.integer.unreadable", "这不是整数。", "请只填写数字，例如 3，不带单位和小数。")
    number = int(found[1].replace(",", ""))
    if number > _LARGEST_INTEGER:
        raise Wrong("ledger.integer.too_large", "这个数太大。", "请核对数字。")
    return number


def _read_amount(cell: Cell) -> Decimal | None:
    # A float is taken with the 15 digits that the spreadsheet shows: 0.1 + 0.2 is 0.3 there.
    if isinstance(cell, bool | date):
        word = ""
    else:
        word = f"{Decimal(f'{cell:.15g}'):f}" if isinstance(cell, float) else _word(cell).casefold()
    if not word and isinstance(cell, str):
        return None
    found = _AMOUNT.fullmatch(word)
    if found is None:
        raise Wrong(
            "ledger.amount.unreadable", "这不是能认出的金额。", "请填写以元为单位的数字，例如 1234.50。"
        )
    sign, whole, fraction, scale = found.groups()
    amount = Decimal(whole.replace(",", "") + (fraction or "")) * _TIMES[scale]
    if sign == "-" and amount:
        raise Wrong("ledger.amount.negative", "金额不能是负数。", "请填写 0 或正数。")
    if amount >= _AMOUNT_LIMIT:
        raise Wrong("ledger.amount.too_large", "这个金额太大。", "请核对数字和单位（元）。")
    cents = amount.quantize(Decimal("0.01"))
    if cents != amount:
        raise Wrong("ledger.amount.too_precise", "金额最多两位小数。", "请精确到分，例如 1234.50。")
    return cents


def _choice_reader(choices: Choices) -> Reader:
    def read(cell: Cell) -> str | None:
        word = "" if isinstance(cell, bool | date) else _word(cell)
        if not word and isinstance(cell, str):
            return None
        code = choices.find(word)
        if code is None:
            raise Wrong(
                "ledger.choice.unknown", "这个词不在可选范围内。", f"请填写其中之一：{choices.listed()}。"
            )
        return code

    return read


_READERS: dict[Kind, Reader] = {
    Kind.TEXT: _read_text,
    Kind.DATE: _read_date,
    Kind.BOOLEAN: _read_boolean,
    Kind.INTEGER: _read_integer,
    Kind.AMOUNT: _read_amount,
}
