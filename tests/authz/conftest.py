"""Worlds for a whole module: opening one takes seconds. Never two at once, for a service has one vault a process."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from services.suite import SERVICES
from shared.kit.settings import Settings
from tests.authz.matrix import Matrix, read
from tests.authz.world import World, opened


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return read()


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On SQLite, where the query's own condition is the only wall."""
    with opened(Settings(data=tmp_path_factory.mktemp("world"))) as world:
        yield world


@pytest.fixture(scope="module")
def walled(postgres_server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """On PostgreSQL, with row-level security behind the queries."""
    with opened(_on_postgresql(postgres_server, tmp_path_factory.mktemp("walled"))) as world:
        yield world


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def suite(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Once on each."""
    settings = Settings(data=tmp_path_factory.mktemp("suite"))
    if request.param == "postgresql":
        settings = _on_postgresql(request.getfixturevalue("postgres_server"), settings.data)
    with opened(settings) as world:
        yield world


def _on_postgresql(server: str, folder: Path) -> Settings:
    """Settings with a new database for each service."""
    name = f"t{uuid4().hex[:16]}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        for service in SERVICES:
            connection.execute(f'CREATE DATABASE "{name}_{service}"')
    head, _, query = server.partition("?")
    url = f"{head.rpartition('/')[0]}/{name}_{{service}}" + (f"?{query}" if query else "")
    return Settings(data=folder, database_url=url)
