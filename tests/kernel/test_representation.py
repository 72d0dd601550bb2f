"""For whom a party may act: every refusal of the table, and nothing else."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kernel.errors import Conflict, NotFound, RuleViolation
from shared.kernel.representation import (
    Acting,
    ActsFor,
    Powers,
    Represents,
    require_days,
    require_lawful,
    require_nobody_acts_for,
    require_role,
)

TODAY = date(2026, 11, 22)
DAY = timedelta(days=1)
RULES = {
    "agent": Represents(frozenset({"applicant"}), by_mandate=True, most=2, too_many="至多二名。"),
    "guardian": Represents(frozenset({"applicant"})),
}
ONE, TWO, WITNESS, FIRST, SECOND, GUARDIAN, NEW, ABSENT = (UUID(int=number) for number in range(1, 9))
ROLES = {
    ONE: "applicant",
    TWO: "applicant",
    WITNESS: "witness",
    FIRST: "agent",
    SECOND: "agent",
    GUARDIAN: "guardian",
}
ACTING: Acting = {FIRST: (ActsFor(ONE),), SECOND: (ActsFor(ONE), ActsFor(TWO)), GUARDIAN: (ActsFor(ONE),)}


def why_refused(role: str, *acts_for: ActsFor, party: UUID = NEW) -> str | None:
    try:
        require_lawful(party, acts_for, roles=ROLES | {party: role}, acting=ACTING, rules=RULES)
    except RuleViolation as refusal:
        return refusal.code
    return None


@pytest.mark.parametrize(
    ("role", "acts_for", "code"),
    [
        ("agent", [ActsFor(TWO)], None),
        ("agent", [ActsFor(TWO, Powers.SPECIAL, TODAY)], None),
        ("agent", [], None),
        ("applicant", [], None),
        ("guardian", [ActsFor(ONE), ActsFor(TWO)], None),
        ("applicant", [ActsFor(TWO)], "party.acts_for_nobody"),
        ("agent", [ActsFor(NEW)], "party.acts_for_itself"),
        ("agent", [ActsFor(ABSENT)], "party.not_found"),
        ("agent", [ActsFor(TWO), ActsFor(TWO)], "party.acts_for_twice"),
        ("agent", [ActsFor(WITNESS)], "party.not_represented"),
        ("agent", [ActsFor(FIRST)], "party.not_represented"),
        ("guardian", [ActsFor(TWO, Powers.GENERAL)], "party.no_mandate"),
        ("guardian", [ActsFor(TWO, mandate_on=TODAY)], "party.no_mandate"),
        ("agent", [ActsFor(ONE)], "party.too_many_agents"),
        ("agent", [ActsFor(TWO), ActsFor(ONE)], "party.too_many_agents"),
        # Whoever no longer acts is none of the two, and a guardian is none either.
        ("agent", [ActsFor(ONE, ended_on=TODAY)], None),
        ("guardian", [ActsFor(ONE)], None),
    ],
)
def test_a_role_acts_for_those_whom_its_law_names(
    role: str, acts_for: Sequence[ActsFor], code: str | None
) -> None:
    assert why_refused(role, *acts_for) == code


def test_one_who_acts_already_is_not_counted_twice() -> None:
    assert why_refused("agent", ActsFor(ONE), ActsFor(TWO), party=SECOND) is None


def test_a_mandate_that_has_ended_makes_room_for_another() -> None:
    acting = {**ACTING, FIRST: (ActsFor(ONE, ended_on=TODAY),)}

    require_lawful(NEW, [ActsFor(ONE)], roles=ROLES | {NEW: "agent"}, acting=acting, rules=RULES)


@given(st.lists(st.sampled_from([ONE, TWO]), max_size=12))
def test_however_agents_come_nobody_gets_more_than_two(asked: list[UUID]) -> None:
    roles, acting = dict(ROLES), dict[UUID, tuple[ActsFor, ...]]()
    for number, principal in enumerate(asked, start=100):
        agent = UUID(int=number)
        roles[agent] = "agent"
        try:
            require_lawful(agent, [ActsFor(principal)], roles=roles, acting=acting, rules=RULES)
        except RuleViolation:
            continue
        acting[agent] = (ActsFor(principal),)

    taken = [each.party_id for kept in acting.values() for each in kept]
    assert all(taken.count(each) == min(2, asked.count(each)) for each in (ONE, TWO))


@pytest.mark.parametrize(
    ("one", "code"),
    [
        (ActsFor(ONE, mandate_on=TODAY, ended_on=TODAY), None),
        (ActsFor(ONE, mandate_on=TODAY + DAY), "party.mandate_in_future"),
        (ActsFor(ONE, ended_on=TODAY + DAY), "party.mandate_in_future"),
        (ActsFor(ONE, mandate_on=TODAY, ended_on=TODAY - DAY), "party.mandate_ended_before"),
    ],
)
def test_a_mandate_is_received_before_it_ends_and_neither_is_to_come(one: ActsFor, code: str | None) -> None:
    if code is None:
        require_days([one], on=TODAY)
        return
    with pytest.raises(RuleViolation) as refusal:
        require_days([one], on=TODAY)
    assert refusal.value.code == code


def test_who_is_acted_for_keeps_a_role_that_has_agents_and_is_not_removed() -> None:
    with pytest.raises(RuleViolation) as changed:
        require_role(TWO, roles=ROLES | {TWO: "witness"}, acting=ACTING, rules=RULES)
    with pytest.raises(Conflict) as removed:
        require_nobody_acts_for(TWO, ACTING)

    assert (changed.value.code, removed.value.code) == ("party.not_represented", "party.acted_for")
    require_role(WITNESS, roles=ROLES | {WITNESS: "applicant"}, acting=ACTING, rules=RULES)
    require_nobody_acts_for(WITNESS, ACTING)


def test_a_party_of_nowhere_is_not_found() -> None:
    with pytest.raises(NotFound):
        require_lawful(NEW, [ActsFor(ABSENT)], roles=ROLES | {NEW: "agent"}, acting={}, rules=RULES)
