"""HTTP routes of the reconsideration service. The body is checked for shape; the rest is decided below."""

from fastapi import APIRouter

from services.reconsideration.api import drafts, filing, local_rules, papers, reading, steps
from services.reconsideration.local_rules import LocalRuleBook
from shared.kit.edge import Edge
from shared.kit.routing import routes_of


def create_router(edge: Edge, rules: LocalRuleBook) -> APIRouter:
    router = routes_of(edge.service)
    filing.add_routes(router, edge, rules)
    steps.add_routes(router, edge)
    reading.add_routes(router, edge)
    papers.add_routes(router, edge)
    drafts.add_routes(router, edge)
    local_rules.add_routes(router, edge, rules)
    return router
