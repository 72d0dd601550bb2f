"""Who takes part in a case, by role and for whom they act, and what of it is still open (ARL 14-17, 30; 实施条例 8).

Parties are ids here: nothing says who they are.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from uuid import UUID

from services.reconsideration.domain.case import Case
from services.reconsideration.domain.checks import MOST_REPRESENTATIVES, MOST_WITHOUT_REPRESENTATIVES
from services.reconsideration.terms import MOST_AGENTS, PartyRole


@dataclass(frozen=True, slots=True)
class TakesPart:
    """One party; `acts_for` names whom it acts for by now."""

    role: PartyRole
    acts_for: frozenset[UUID] = frozenset()


# Those who take part by now: who acted for others, and no longer does for any of them, is none.
Registered = Mapping[UUID, TakesPart]

_PRINCIPALS = frozenset({PartyRole.APPLICANT, PartyRole.THIRD_PARTY})
# A chosen representative acts for the applicants who chose, which the choice itself tells.
_SAY_FOR_WHOM = {PartyRole.AGENT: "代理人", PartyRole.LEGAL_REPRESENTATIVE: "法定代理人"}


def missing_parties(case: Case, registered: Registered) -> Iterator[str]:
    """Acceptance by itself asks for nobody, and cases of before stand without: told, and not refused."""
    counted = Counter(each.role for each in registered.values())
    applicants, representatives = counted[PartyRole.APPLICANT], counted[PartyRole.REPRESENTATIVE]
    if not applicants:
        yield "尚未登记申请人：受理须有明确的申请人（第三十条第一款第一项），是否重复申请也据此查对。"
    is_many = max(applicants, case.application.applicant_count or 0) > MOST_WITHOUT_REPRESENTATIVES
    if applicants and is_many and not representatives:
        yield "申请人超过五人，尚未登记推选的一至五名申请人代表（实施条例第八条）。"
    if representatives > MOST_REPRESENTATIVES:
        yield "登记的申请人代表超过五名（实施条例第八条）。"
    yield from _without_principal(registered)
    if _are_too_many_agents(registered):
        yield "登记的代理人超过每名申请人、第三人二名的限额（第十七条第一款）。"


def _without_principal(registered: Registered) -> Iterator[str]:
    silent = Counter(each.role for each in registered.values() if not each.acts_for)
    for role, name in _SAY_FOR_WHOM.items():
        if silent[role]:
            yield f"有 {silent[role]} 名{name}没有写明为哪位申请人、第三人代理（第十四条第三款、第十七条）。"


def _are_too_many_agents(registered: Registered) -> bool:
    """By principal; of agents who do not say for whom, whether they find room at all, whomever they act for."""
    agents = [each for each in registered.values() if each.role is PartyRole.AGENT]
    principals = [party for party, each in registered.items() if each.role in _PRINCIPALS]
    held = Counter(principal for agent in agents for principal in agent.acts_for)
    room = sum(max(MOST_AGENTS - held[principal], 0) for principal in principals)
    silent = sum(not agent.acts_for for agent in agents)
    return bool(principals) and (silent > room or max(held.values(), default=0) > MOST_AGENTS)
