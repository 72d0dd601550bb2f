"""What the fields of a paper look like on paper: dates in Chinese, lists numbered, nothing that cannot be printed.

Values are data and come out as they are, whatever they contain; only characters that nobody can see are left out.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from services.reconsideration.documents.kinds import (
    FIELDS,
    PAPERS,
    Field,
    PaperKind,
    Shape,
    Signer,
    names_for,
)
from shared.kernel.errors import RuleViolation
from shared.kit.text import printable

FieldValue = str | bool | int | date | Sequence[str] | None
Fields = Mapping[str, FieldValue]

_BEIJING = ZoneInfo("Asia/Shanghai")
_DIGITS = "〇一二三四五六七八九"
_NUMBERED = re.compile(r"[一二三四五六七八九十]+、")  # by the hand that wrote it
_MOST_CHARACTERS = 200_000  # of all fields together; a decision of 300 pages
_MOST_PARAGRAPHS = 500  # of one field


class Paragraphs(Sequence[str]):
    """A value of several paragraphs: a loop gives them one by one, printed at once they are lines."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = tuple(lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __getitem__(self, place):  # type: ignore[no-untyped-def]
        return self._lines[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __str__(self) -> str:
        return "\n".join(self._lines)


Presented = Mapping[str, str | bool | Paragraphs]


def presented(kind: PaperKind, fields: Fields) -> Presented:
    """Every name that a template of this paper may use, with its words; "" for what is optional and not given.

    Raises:
        RuleViolation: `reconsideration.paper_incomplete`, `reconsideration.paper_field_unknown`,
            `reconsideration.paper_field_wrong`, `reconsideration.paper_too_long`
    """
    paper = PAPERS[kind]
    unknown = sorted(set(fields) - paper.fields)
    if unknown:
        raise RuleViolation(
            "reconsideration.paper_field_unknown", f"《{paper.title}》没有这些项目：{'、'.join(unknown)}。"
        )
    words = {name: _written(name, FIELDS[name], fields.get(name)) for name in sorted(paper.fields)}
    missing = [FIELDS[name].label for name in paper.required if not words[name]]
    if missing:
        raise RuleViolation(
            "reconsideration.paper_incomplete", f"《{paper.title}》还缺少：{'、'.join(missing)}。"
        )
    too_many = any(isinstance(each, Paragraphs) and len(each) > _MOST_PARAGRAPHS for each in words.values())
    if too_many or sum(len(str(each)) for each in words.values()) > _MOST_CHARACTERS:
        raise RuleViolation(
            "reconsideration.paper_too_long", f"《{paper.title}》的内容太长，请精简后再制作。"
        )
    issued_on = fields.get("issued_on")
    signer = words.get("office_name") if paper.signer is Signer.OFFICE else None
    return words | {
        "title": paper.title,
        "issuer": signer or words["organ_name"],
        "issued_on_chinese": chinese_date(_day("issued_on", issued_on)) if issued_on else "",
    }


def chinese_date(day: date) -> str:
    """二〇二四年三月五日."""
    year = "".join(_DIGITS[int(digit)] for digit in f"{day.year:04}")
    return f"{year}年{chinese_number(day.month)}月{chinese_number(day.day)}日"


def chinese_number(number: int) -> str:
    """一 … 九十九; beyond that in digits: nobody counts items so far."""
    if not 0 < number < 100:
        return str(number)
    tens, ones = divmod(number, 10)
    return ("" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十") + (
        _DIGITS[ones] if ones else ""
    )


def arabic_date(day: date) -> str:
    """2024年3月5日."""
    return f"{day.year}年{day.month}月{day.day}日"


def sample(kind: PaperKind) -> Fields:
    """A full set of fields that says of each which it is: for trying a template."""
    made: dict[Shape, FieldValue] = {
        Shape.DATE: date(2024, 3, 5),
        Shape.MOMENT: datetime(2024, 3, 5, 9, 30, tzinfo=_BEIJING),
        Shape.NUMBER: 30,
        Shape.FLAG: True,
    }
    found: dict[str, FieldValue] = {}
    for name in names_for(kind) & FIELDS.keys():
        field = FIELDS[name]
        several = field.shape in {Shape.ITEMS, Shape.WORDS}
        text: FieldValue = [f"{field.label}甲", f"{field.label}乙"] if several else field.label
        found[name] = made.get(field.shape, text)
    return found


def _written(name: str, field: Field, value: FieldValue) -> str | bool | Paragraphs:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        # Python takes True for 1: it must neither be printed as a number nor be lost where it chooses the wording.
        if field.shape is not Shape.FLAG:
            raise _wrong(name)
        return value
    match field.shape:
        case Shape.FLAG:
            raise _wrong(name)
        case Shape.DATE:
            return arabic_date(_day(name, value))
        case Shape.MOMENT:
            return _moment(name, value)
        case Shape.WORDS | Shape.ITEMS:
            lines = value.split("\n") if isinstance(value, str) else value
            if not isinstance(lines, Sequence):
                raise _wrong(name)
            return _paragraphs([_line(each) for each in lines], numbered=field.shape is Shape.ITEMS)
    if isinstance(value, date) or not isinstance(value, str | int):
        raise _wrong(name)
    return _line(str(value))


def _moment(name: str, value: FieldValue) -> str:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise _wrong(name) from None
    local = moment.astimezone(_BEIJING) if moment.tzinfo else moment
    return f"{arabic_date(local.date())}{local.hour}时{local.minute:02}分"


def _paragraphs(lines: Sequence[str], *, numbered: bool) -> Paragraphs:
    lines = [line for line in lines if line]
    if numbered and len(lines) > 1 and not all(map(_NUMBERED.match, lines)):
        lines = [f"{chinese_number(place)}、{line}" for place, line in enumerate(lines, start=1)]
    return Paragraphs(lines)


def _line(text: str) -> str:
    return printable(text).replace("\n", " ").replace("\t", " ")


def _day(name: str, value: FieldValue) -> date:
    if isinstance(value, datetime):
        return value.astimezone(_BEIJING).date() if value.tzinfo else value.date()
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise _wrong(name) from None


def _wrong(name: str) -> RuleViolation:
    return RuleViolation(
        "reconsideration.paper_field_wrong", f"“{FIELDS[name].label}”的内容不能这样填写。", field=name
    )
