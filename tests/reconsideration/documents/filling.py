"""Fields of papers as a case would give them: every value can be told from every other."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta, timezone
from typing import Any

from services.reconsideration.documents.kinds import FIELDS, PAPERS, PaperKind, Shape

BEIJING = timezone(timedelta(hours=8))


def filled(kind: PaperKind, **what_matters: Any) -> dict[str, Any]:
    """Every field of the paper, required and optional; flags are down unless named."""
    names = sorted(PAPERS[kind].fields)
    return {name: _value(place, name) for place, name in enumerate(names)} | what_matters


def required(kind: PaperKind, **what_matters: Any) -> dict[str, Any]:
    whole = filled(kind)
    return {name: whole[name] for name in PAPERS[kind].required} | what_matters


def expected(kind: PaperKind, fields: dict[str, Any]) -> Iterator[str]:
    """The words that must stand on the paper."""
    for value in fields.values():
        if isinstance(value, datetime):
            yield f"{value.year}年{value.month}月{value.day}日{value.hour}时{value.minute:02}分"
        elif isinstance(value, date):
            yield f"{value.year}年{value.month}月{value.day}日"
        elif isinstance(value, list):
            yield from value
        elif not isinstance(value, bool):
            yield str(value)


def _value(place: int, name: str) -> Any:
    match FIELDS[name].shape:
        case Shape.DATE:
            return date(2024, 3, 5) if name == "issued_on" else date(2023, 1, 1) + timedelta(days=place)
        case Shape.MOMENT:
            return datetime(2024, 4, 9, 9, 30, tzinfo=BEIJING)
        case Shape.NUMBER:
            return 29
        case Shape.FLAG:
            return False
        case Shape.WORDS | Shape.ITEMS:
            return [f"关于{name}的第一段文字", f"关于{name}的第二段文字"]
    return f"关于{name}的文字"
