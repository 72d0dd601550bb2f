"""What no record may contradict, as lines of a table: the shape of such a rule, whatever the law behind it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any, Generic, TypeVar

from shared.kernel.errors import RuleViolation
from shared.kernel.personal import holds_identity_number

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rule(Generic[T]):
    """One thing no record may contradict: the field to mend, how to see the contradiction, what to say."""

    code: str
    field: str
    broken: Callable[[T], bool]
    sentence: str


def refuse_broken(of: T, rules: Iterable[Rule[T]]) -> None:
    """
    Raises:
        RuleViolation: with the code and field of the first rule that is broken
    """
    for rule in rules:
        if rule.broken(of):
            raise RuleViolation(rule.code, rule.sentence, field=rule.field)


def refuse_future(service: str, field: str, day: date | None, today: date) -> None:
    """
    Raises:
        RuleViolation: `<service>.date_in_future`
    """
    if day is not None and day > today:
        raise RuleViolation(
            f"{service}.date_in_future", f"{day} 还没有到，不能作为已发生的日期。", field=field
        )


def precedes(earlier: date | None, later: date | None) -> bool:
    """Whether both days are known and the first lies before the second."""
    return earlier is not None and later is not None and earlier < later


def plain_rules(names: Iterable[str]) -> tuple[Rule[Any], ...]:
    """What is kept in plain and published or searched names nobody: persons have a sealed place of their own."""
    return tuple(
        Rule(
            "request.identity_number_in_plain",
            name,
            partial(_names_somebody, name),
            "这一项不能写身份证号码：当事人的信息请在“当事人”里登记。",
        )
        for name in names
    )


def _names_somebody(field: str, of: Any) -> bool:
    return holds_identity_number(getattr(of, field))
