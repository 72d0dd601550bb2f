"""For whom a party acts: an agent, a legal or a chosen representative of other parties of the same case.

Mechanism only, and no personal data: which roles act for which, by a mandate or without, and how many there may be of
one principal is a table of each service, since each has its own law.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from shared.kernel.errors import Conflict, NotFound, RuleViolation

_FIELD = "acts_for"


class Powers(StrEnum):
    """What the mandate lets an agent do."""

    GENERAL = "general"  # 一般授权
    SPECIAL = "special"  # 特别授权


@dataclass(frozen=True, slots=True)
class ActsFor:
    """One principal of a party, with the mandate where there is one."""

    party_id: UUID
    powers: Powers | None = None
    mandate_on: date | None = None  # the day on which the mandate was received
    ended_on: date | None = None  # the day on which its end was told

    @property
    def is_in_force(self) -> bool:
        return self.ended_on is None


@dataclass(frozen=True, slots=True)
class Represents:
    """What the law of a service says of one role that acts for others; `too_many` is its sentence where `most` ends."""

    principals: frozenset[str]
    by_mandate: bool = False
    most: int | None = None
    too_many: str = ""


# By role; a role that is missing acts for nobody.
RolesThatAct = Mapping[str, Represents]
# Who acts for whom: by the id of the party that acts.
Acting = Mapping[UUID, tuple[ActsFor, ...]]


def not_found() -> NotFound:
    """The one answer for a party that is not, is no more, or is of another case."""
    return NotFound("party.not_found", "此案没有这位当事人。")


def require_days(acts_for: Iterable[ActsFor], *, on: date) -> None:
    """
    Raises:
        RuleViolation: `party.mandate_in_future`, `party.mandate_ended_before`
    """
    for each in acts_for:
        if max(each.mandate_on or on, each.ended_on or on) > on:
            raise RuleViolation(
                "party.mandate_in_future",
                "收到授权委托书、告知变更或者解除的日期不能晚于今天。",
                field=_FIELD,
            )
        if each.mandate_on is not None and each.ended_on is not None and each.ended_on < each.mandate_on:
            raise RuleViolation(
                "party.mandate_ended_before", "代理结束的日期不能早于收到授权委托书的日期。", field=_FIELD
            )


def require_lawful(
    party_id: UUID,
    acts_for: Sequence[ActsFor],
    *,
    roles: Mapping[UUID, str],
    acting: Acting,
    rules: RolesThatAct,
) -> None:
    """Whether this party may act for these; `roles` are those of the parties of the case, this one included.

    Raises:
        NotFound: `party.not_found`
        RuleViolation: `party.acts_for_nobody`, `party.acts_for_itself`, `party.acts_for_twice`,
            `party.not_represented`, `party.no_mandate`, `party.too_many_agents`
    """
    if not acts_for:
        return
    rule = rules.get(roles[party_id])
    if rule is None:
        raise RuleViolation(
            "party.acts_for_nobody", "只有代理人、代表人才写明为谁代理；这一角色不为他人代理。", field=_FIELD
        )
    principals = [each.party_id for each in acts_for]
    if party_id in principals:
        raise RuleViolation("party.acts_for_itself", "不能登记为自己的代理人、代表人。", field=_FIELD)
    if not roles.keys() >= set(principals):
        raise not_found()
    if len(set(principals)) < len(principals):
        raise RuleViolation("party.acts_for_twice", "同一位被代理人只写一次。", field=_FIELD)
    if any(roles[each] not in rule.principals for each in principals):
        raise RuleViolation(
            "party.not_represented", "被代理的一方在本案的角色没有这样的代理人。", field=_FIELD
        )
    if not rule.by_mandate and any(each.powers or each.mandate_on for each in acts_for):
        raise RuleViolation(
            "party.no_mandate", "只有委托代理人才写授权权限和收到授权委托书的日期。", field=_FIELD
        )
    if rule.most is not None:
        held = Counter(
            each.party_id
            for other, kept in acting.items()
            if other != party_id and roles.get(other) == roles[party_id]
            for each in kept
            if each.is_in_force
        )
        if any(each.is_in_force and held[each.party_id] >= rule.most for each in acts_for):
            raise RuleViolation("party.too_many_agents", rule.too_many, field=_FIELD)


def require_role(party_id: UUID, *, roles: Mapping[UUID, str], acting: Acting, rules: RolesThatAct) -> None:
    """Whether those who act for this party may still do so in the role that it has now.

    Raises:
        RuleViolation: `party.not_represented`
    """
    for other, kept in acting.items():
        is_acted_for = any(each.party_id == party_id for each in kept)
        if is_acted_for and roles[party_id] not in rules[roles[other]].principals:
            raise RuleViolation(
                "party.not_represented",
                "还有代理人、代表人为这位当事人代理，请先更正他们，再改变其角色。",
                field="role",
            )


def require_nobody_acts_for(party_id: UUID, acting: Acting) -> None:
    """
    Raises:
        Conflict: `party.acted_for`
    """
    if any(each.party_id == party_id for kept in acting.values() for each in kept):
        raise Conflict("party.acted_for", "还有代理人、代表人为这位当事人代理，请先更正或者移除他们。")
