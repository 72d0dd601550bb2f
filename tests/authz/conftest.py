"""Worlds for a whole module: opening one takes seconds. Never two at once, for a service has one vault a process."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from shared.kit.settings import Settings
from tests.authz.matrix import Matrix, read
from tests.authz.world import World, opened
from tests.support.databases import NewDatabases


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return read()


@pytest.fixture(scope="module")
def world(new_databases: NewDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite, where the query's own condition is the only wall."""
    with _opened(new_databases, "sqlite", tmp_path_factory.mktemp("world")) as world:
        yield world


@pytest.fixture(scope="module")
def walled(new_databases: NewDatabases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On PostgreSQL, with row-level security behind the queries."""
    with _opened(new_databases, "postgresql", tmp_path_factory.mktemp("walled")) as world:
        yield world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def suite(
    request: pytest.FixtureRequest,
    new_databases: NewDatabases,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """Once on each."""
    with _opened(new_databases, request.param, tmp_path_factory.mktemp("suite")) as world:
        yield world


@contextmanager
def _opened(new_databases: NewDatabases, kind: str, folder: Path) -> Iterator[World]:
    with new_databases.suite(kind, folder) as url, opened(Settings(data=folder, database_url=url)) as world:
        yield world
