"""The checks of this folder see a hole when there is one: holes are made, and have to be reported by name."""

from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import sqlalchemy as sa
from fastapi import APIRouter, Depends, FastAPI
from sqlmodel import Session

import services.litigation.repository as litigation
import services.mediation.repository as mediation
import services.reconsideration.access as reconsideration_access
import services.reconsideration.repository as reconsideration
import services.reporting.repository.reading as reporting
from services.suite import application
from shared.contracts.identity import Role
from shared.kit.access import Fields, Open, Unguarded, require_rules
from shared.kit.app import Health, Service, compose
from shared.kit.settings import Settings
from tests.authz import walking
from tests.authz.holes import parts
from tests.authz.matrix import Matrix, contradictions
from tests.authz.world import World
from tests.support.suites import NOWHERE

REPOSITORIES: Mapping[str, tuple[ModuleType, Role, tuple[str, ...]]] = {
    "reconsideration": (reconsideration, Role.RECONSIDERATION_CLERK, ("object", "listing", "search")),
    "mediation": (mediation, Role.MEDIATOR, ("object", "listing", "search")),
    "litigation": (litigation, Role.LITIGATION_CLERK, ("object", "listing", "search")),
    "reporting": (reporting, Role.RECONSIDERATION_CLERK, ("drill",)),
}


# The routes that have to be named when all queries of a repository forget their condition.
REPORTED: Mapping[str, tuple[str, ...]] = {
    "reconsideration": ("/reconsideration/cases", "/reconsideration/cases/{case_id}"),
    "mediation": ("/mediation/cases", "/mediation/organisations", "/mediation/cases/{case_id}"),
    "litigation": ("/litigation/cases", "/litigation/cases/{case_id}"),
    "reporting": ("/reporting/cases", "/reporting/rates/{indicator}/cases"),
}


def _everything(session: Session, office: Any) -> sa.ColumnElement[bool]:
    return sa.true()


def _every_office(session: Session, asked: Any) -> None:
    return None


def _a_route_without_rule() -> APIRouter:
    router = APIRouter()

    @router.get("/all-cases")
    def everything() -> dict[str, str]:
        return {}

    return router


def test_an_application_with_a_route_without_rule_is_refused() -> None:
    service = Service(
        name="careless",
        routers=(_a_route_without_rule(),),
        migrate=lambda: None,
        workers=(),
        health=lambda: Health(ready=True, facts={}),
        close=lambda: None,
    )

    with pytest.raises(Unguarded, match="GET /all-cases"):
        compose([service], title="test")


@pytest.fixture
def composed(tmp_path: Path) -> FastAPI:
    """The suite as it is composed, not started."""
    return application(Settings(data=tmp_path), nats_url=NOWHERE)


def test_a_route_that_was_added_afterwards_is_named(composed: FastAPI, matrix: Matrix) -> None:
    composed.include_router(_a_route_without_rule())

    found = contradictions(matrix, composed)

    assert "no rule: GET /all-cases" in found
    assert "no entry: GET /all-cases" in found
    with pytest.raises(Unguarded, match="GET /all-cases"):
        require_rules(composed)


def test_a_route_that_was_opened_to_all_is_named(composed: FastAPI, matrix: Matrix) -> None:
    router = APIRouter(dependencies=[Depends(Open("help"))])

    @router.get("/reconsideration/everything")
    def everything() -> dict[str, str]:
        return {}

    composed.include_router(router)

    assert "no entry: GET /reconsideration/everything" in contradictions(matrix, composed)


def test_a_role_that_was_let_in_by_mistake_is_named(
    composed: FastAPI, matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    action = reconsideration_access.Action.REVEAL
    wider = {**reconsideration_access.POLICY[action], Role.BUREAU_VIEWER: Fields.CASE}
    monkeypatch.setitem(reconsideration_access.POLICY, action, wider)

    found = contradictions(matrix, composed)

    assert [each.partition(":")[0] for each in found if "bureau_viewer" in each] == [
        "POST /reconsideration/cases/{case_id}/parties/{party_id}/reveal"
    ]


@pytest.mark.parametrize("service", REPOSITORIES)
def test_a_query_without_its_condition_is_seen(
    world: World, matrix: Matrix, monkeypatch: pytest.MonkeyPatch, service: str
) -> None:
    """SQLite has no second wall: the walk is what stands between a forgotten condition and a clerk."""
    module, role, shapes = REPOSITORIES[service]
    reading = [
        visit
        for visit in walking.squares(matrix, roles=[role], shapes=shapes, services=[service, "reporting"])
        if visit.entry.method == "GET" and visit.entry.service == service
    ]
    sound = walking.refused(world, reading) + walking.allowed(world, reading)

    for part in parts(module):
        monkeypatch.setattr(part, "visible", _everything)
        if hasattr(part, "offices_of"):  # lists look into the books of the reach only: that is forgotten too
            monkeypatch.setattr(part, "offices_of", _every_office)
    found = walking.refused(world, reading) + walking.allowed(world, reading)

    assert not sound, "\n".join(sound)
    for path in REPORTED[service]:
        assert any(each.startswith(f"GET {path} as {role.value}, sibling: ") for each in found), path


def test_a_change_without_its_condition_is_seen_in_the_books(
    world: World, matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    visits = [
        visit
        for visit in walking.squares(matrix, roles=[Role.LITIGATION_CLERK], services=["litigation"])
        if visit.entry.path.endswith("/corrections") and visit.relation == "sibling"
    ]
    for part in parts(litigation):
        monkeypatch.setattr(part, "visible", _everything)

    found = walking.refused(world, visits)

    assert any(
        "POST /litigation/cases/{case_id}/corrections as litigation_clerk, sibling" in each for each in found
    )


def test_a_field_that_a_reader_of_facts_must_not_see_is_named(
    world: World, matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With nothing left out of the view, the walk of a bureau's reader says what was shown."""
    import services.reconsideration.schemas as schemas

    visits = [
        visit
        for visit in walking.squares(matrix, roles=[Role.BUREAU_VIEWER], services=["reconsideration"])
        if visit.entry.name == "GET /reconsideration/cases/{case_id}" and visit.relation == "own"
    ]
    monkeypatch.setattr(schemas, "without_words", lambda shown: shown)

    found = walking.allowed(world, visits)

    assert [each.rpartition(": ")[2] for each in found] == ["shows respondent", "shows matter", "shows field"]
