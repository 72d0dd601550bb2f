"""HTTP routes of the reconsideration service. The body is checked for shape; the rest is decided below."""

from fastapi import APIRouter

from services.reconsideration.api import filing, papers, reading, steps
from shared.kit.edge import Edge


def create_router(edge: Edge) -> APIRouter:
    router = APIRouter()
    filing.add_routes(router, edge)
    steps.add_routes(router, edge)
    reading.add_routes(router, edge)
    papers.add_routes(router, edge)
    return router
