"""Which local rules hold where: what the statute leaves open, the answer in force, and on what authority."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.reconsideration.access import Action
from services.reconsideration.domain.local_rules import QUESTIONS, STATUTE_ALONE
from services.reconsideration.local_rules import LocalRuleBook, told
from shared.kernel.regions import NATION
from shared.kit.access import Access
from shared.kit.edge import Edge


class ChoiceView(BaseModel):
    code: str
    words: str


class RuleView(BaseModel):
    """One open question. `source` and `place` are those of a local rule; without one the default is in force."""

    id: str
    asks: str
    basis: str
    mark: str
    choices: tuple[ChoiceView, ...]
    default: str | list[str]
    answer: str | list[str]
    source: str | None
    place: str | None


class RulesView(BaseModel):
    region: str
    on: date
    rules: tuple[RuleView, ...]


def rules_view(rules: LocalRuleBook, region: str, on: date) -> RulesView:
    """All questions as they are answered for what an organ of the region receives on this day."""
    answers, in_force = rules.of_case(region, on), rules.in_force(region, on)
    views = []
    for question in QUESTIONS.values():
        found = in_force.get(question.id)
        views.append(
            RuleView(
                id=question.id,
                asks=question.asks,
                basis=question.basis,
                mark=question.mark,
                choices=tuple(
                    ChoiceView(code=choice.value, words=words) for choice, words in question.choices.items()
                ),
                default=told(STATUTE_ALONE, question.id),
                answer=told(answers, question.id),
                source=None if found is None else found.source,
                place=None if found is None or found.region is None else rules.tree.path_name(found.region),
            )
        )
    return RulesView(region=region, on=on, rules=tuple(views))


def add_routes(router: APIRouter, edge: Edge, rules: LocalRuleBook) -> None:
    @router.get("/local-rules", response_model=RulesView, summary="地方规则：法律留白处的规定")
    def in_force(
        region: Annotated[str | None, Query(max_length=64, description="复议机关所在地；不填即全国")] = None,
        on: Annotated[date | None, Query(description="收到申请之日；不填即今天")] = None,
        access: Access = edge.may(Action.READ),
    ) -> RulesView:
        code = edge.tree.find(region).code if region else NATION
        return rules_view(rules, code, on or access.on)
