"""A migrated reporting database, its intake and its routes; every test that asks for them runs on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI

from services.reporting import api, pages
from services.reporting.access import POLICY
from services.reporting.intake import ReportingIntake
from services.reporting.models import METADATA
from shared.kernel.regions import RegionTree
from shared.kit import problems
from shared.kit.access import Gate
from shared.kit.database import Database
from tests.reporting import county
from tests.reporting.asking import STREAM
from tests.reporting.events import NOW
from tests.support.callers import OPERATOR_TOKEN, bearer
from tests.support.client import Client
from tests.support.databases import NewDatabases
from tests.support.suites import ONLY_OPERATOR


@pytest.fixture(scope="session")
def tree() -> RegionTree:
    return RegionTree.builtin()


@pytest.fixture
def database_url(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The books of a service that has started before: its migrations have run."""
    with new_databases.migrated(database_kind, tmp_path, "reporting") as url:
        yield url


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    yield database
    database.dispose()


@pytest.fixture
def intake(database: Database, tree: RegionTree) -> ReportingIntake:
    return ReportingIntake(database, tree, lambda: NOW)


@pytest.fixture
def client(database: Database, tree: RegionTree, intake: ReportingIntake) -> Iterator[Client]:
    app = FastAPI()
    gate = Gate(ONLY_OPERATOR, POLICY, lambda: NOW)
    problems.install(app)
    for router in (
        api.create_router(database, gate, tree, lambda: NOW, rebuild=intake.clear),
        pages.create_router(database, gate, tree, lambda: NOW),
    ):
        app.include_router(router)
    with Client(app, headers=bearer(OPERATOR_TOKEN)) as client:
        yield client


@pytest.fixture
def hangjin(client: Client, intake: ReportingIntake) -> Client:
    """The routes after the books of one county were taken in."""
    intake.apply(county.events(), stream=STREAM)
    return client
