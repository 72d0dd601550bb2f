"""Which table of periods governs a case: that of the Act in force, or that of the Act before."""

from collections.abc import Mapping
from types import MappingProxyType

from services.reconsideration.deadlines.old_act import OLD_ACT, OLD_RULES
from services.reconsideration.deadlines.rules import RULES, DeadlineRule
from services.reconsideration.terms import LawVersion
from shared.kernel.errors import RuleViolation

_TABLES: Mapping[LawVersion, Mapping[str, DeadlineRule]] = MappingProxyType(
    {LawVersion.ACT2023: RULES, LawVersion.PRE2024: OLD_RULES}
)


def rules_of(law: LawVersion) -> Mapping[str, DeadlineRule]:
    """期限表 of this Act."""
    return _TABLES[law]


def is_known(rule_id: str, law: LawVersion) -> bool:
    """Whether this Act has such a period at all."""
    return rule_id in _TABLES[law]


def rule_of(rule_id: str, law: LawVersion) -> DeadlineRule:
    """The line of the table, or a refusal that lists the names."""
    found = _TABLES[law].get(rule_id)
    if found is not None:
        return found
    known_elsewhere = RULES.get(rule_id)
    missing = (
        f"没有名为 {rule_id} 的期限" if known_elsewhere is None else f"{OLD_ACT}没有{known_elsewhere.name}"
    )
    raise RuleViolation(
        "reconsideration.unknown_deadline",
        f"{missing}，可用的有：{'、'.join(_TABLES[law])}。",
        field="rule",
    )
