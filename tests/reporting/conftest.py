"""A migrated reporting database, its intake and its routes; every test that asks for them runs on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

import services.reporting
from services.reporting import api, pages
from services.reporting.access import POLICY
from services.reporting.intake import ReportingIntake
from services.reporting.models import METADATA
from shared.kernel.regions import RegionTree
from shared.kit import problems
from shared.kit.access import Gate
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.reporting import county
from tests.reporting.asking import STREAM
from tests.reporting.events import NOW
from tests.support.callers import OPERATOR_TOKEN, bearer
from tests.support.suites import ONLY_OPERATOR

MIGRATIONS = Path(services.reporting.__file__).parent / "migrations"


@pytest.fixture(scope="session")
def tree() -> RegionTree:
    return RegionTree.builtin()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    migrate(database, MIGRATIONS)
    yield database
    database.dispose()


@pytest.fixture
def intake(database: Database, tree: RegionTree) -> ReportingIntake:
    return ReportingIntake(database, tree, lambda: NOW)


@pytest.fixture
def client(database: Database, tree: RegionTree, intake: ReportingIntake) -> Iterator[TestClient]:
    app = FastAPI()
    gate = Gate(ONLY_OPERATOR, POLICY, lambda: NOW)
    problems.install(app)
    for router in (
        api.create_router(database, gate, tree, lambda: NOW, rebuild=intake.clear),
        pages.create_routers(database, gate, tree, lambda: NOW)[0],
    ):
        app.include_router(router, prefix="/reporting")
    with TestClient(app, headers=bearer(OPERATOR_TOKEN)) as client:
        yield client


@pytest.fixture
def hangjin(client: TestClient, intake: ReportingIntake) -> TestClient:
    """The routes after the books of one county were taken in."""
    intake.apply(county.events(), stream=STREAM)
    return client
