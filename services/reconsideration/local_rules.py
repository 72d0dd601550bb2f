"""The file of local rules 地方规则: which place answers which open question how, since when, and on what authority.

It is read once, when the service starts; a file that cannot be understood stops the start, and says where.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.reconsideration.domain.local_rules import PRIORITY, QUESTIONS, STATUTE_ALONE, LocalRules
from services.reconsideration.terms import Outcome
from shared.kernel.errors import RuleViolation
from shared.kernel.regions import RegionTree

Answer = StrEnum | tuple[Outcome, ...]
_ORDER = "primary_order"


class Entry(BaseModel):
    """One `[[rule]]` of the file, as it is written."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    answer: str | list[str]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    region: str | None = None
    since: date = date.min
    until: date = date.max


@dataclass(frozen=True, slots=True)
class LocalRule:
    """One answer for a region with all below it, None for everywhere, and for what is received in that time."""

    id: str
    answer: Answer
    source: str
    region: str | None
    since: date
    until: date

    def overlaps(self, other: "LocalRule") -> bool:
        same = (self.id, self.region) == (other.id, other.region)
        return same and self.since <= other.until and other.since <= self.until


@dataclass(frozen=True, slots=True)
class LocalRuleBook:
    """All local rules of an installation; without any the defaults of the table hold."""

    rules: tuple[LocalRule, ...] = ()
    tree: RegionTree = field(default_factory=RegionTree.builtin)

    @classmethod
    def read(cls, path: Path, tree: RegionTree) -> "LocalRuleBook":
        """
        Raises:
            RuleViolation: `reconsideration.local_rules_unreadable`
        """
        try:
            document = tomllib.loads(path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as failure:
            raise _unreadable(f"地方规则文件 {path} 读不出来：{failure}") from failure
        return cls.of(document, tree)

    @classmethod
    def of(cls, document: Mapping[str, Any], tree: RegionTree) -> "LocalRuleBook":
        """The book of a document that was read: a list `rule` and nothing else."""
        listed = document.get("rule", [])
        if set(document) - {"rule"} or not isinstance(listed, list):
            raise _unreadable("地方规则文件里只能有若干个 [[rule]]。")
        rules: list[LocalRule] = []
        for place, given in enumerate(listed, start=1):
            rule = _rule(place, given, tree)
            twin = next((number for number, each in enumerate(rules, start=1) if each.overlaps(rule)), None)
            if twin is not None:
                raise _wrong(place, f"与第 {twin} 条对同一地区、同一时间作了两种规定")
            rules.append(rule)
        return cls(tuple(rules), tree)

    def in_force(self, region: str, on: date) -> Mapping[str, LocalRule]:
        """By question: the rule of the nearest place that answers it on this day."""
        found: dict[str, LocalRule] = {}
        for place in (None, *reversed(self.tree.ancestors(region))):
            found |= {
                rule.id: rule
                for rule in self.rules
                if rule.region == place and rule.since <= on <= rule.until
            }
        return found

    def of_case(self, region: str, received_on: date) -> LocalRules:
        """The rules of a case of that authority, by the day it was received."""
        if not self.rules:
            return STATUTE_ALONE
        answers: dict[str, Any] = {
            name: rule.answer for name, rule in self.in_force(region, received_on).items()
        }
        return replace(STATUTE_ALONE, **answers)


def told(answers: LocalRules, question: str) -> str | list[str]:
    """The answer as the file and the interface write it."""
    answer = getattr(answers, question)
    return [outcome.value for outcome in answer] if question == _ORDER else str(answer.value)


def _rule(place: int, given: Any, tree: RegionTree) -> LocalRule:
    try:
        entry = Entry.model_validate(given)
    except ValidationError as failure:
        where = ".".join(map(str, failure.errors()[0]["loc"])) or "rule"
        raise _wrong(place, f"{where} 写得不对或者缺少；每条要有 id、answer、source") from failure
    if entry.id not in QUESTIONS:
        raise _wrong(place, f"没有名为 {entry.id} 的问题，可用的有：{'、'.join(QUESTIONS)}")
    if entry.region is not None and entry.region not in tree:
        raise _wrong(place, f"没有行政区划 {entry.region}")
    if entry.since > entry.until:
        raise _wrong(place, "since 晚于 until")
    answer = _order(place, entry.answer) if entry.id == _ORDER else _choice(place, entry.id, entry.answer)
    return LocalRule(entry.id, answer, entry.source, entry.region, entry.since, entry.until)


def _choice(place: int, question: str, answer: str | list[str]) -> StrEnum:
    choices = tuple(QUESTIONS[question].choices)
    found = next((choice for choice in choices if choice.value == answer), None)
    if found is None:
        raise _wrong(place, f"{question} 的 answer 只能是：{'、'.join(choice.value for choice in choices)}")
    return found


def _order(place: int, answer: str | list[str]) -> tuple[Outcome, ...]:
    every = [outcome.value for outcome in PRIORITY]
    if sorted(answer) != sorted(every):
        raise _wrong(place, f"{_ORDER} 的 answer 须把下列结果各写一次：{'、'.join(every)}")
    return tuple(Outcome(code) for code in answer)


def _wrong(place: int, what: str) -> RuleViolation:
    return _unreadable(f"地方规则文件第 {place} 条：{what}。")


def _unreadable(sentence: str) -> RuleViolation:
    return RuleViolation("reconsideration.local_rules_unreadable", sentence)
