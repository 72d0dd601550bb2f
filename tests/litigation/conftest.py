"""The litigation service as in production, on both kinds of database, with its clock stopped."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from services.litigation import main
from tests.support.databases import NewDatabases
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings

NOW = datetime(2025, 1, 15, 2, 0, tzinfo=UTC)


@pytest.fixture
def database_url(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The books of a service that has started before: its migrations have run."""
    with new_databases.migrated(database_kind, tmp_path, "litigation") as url:
        yield url


@pytest.fixture
def client(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    with client_of(service) as client:
        yield client


@pytest.fixture
def sqlite_client(tmp_path: Path) -> Iterator[TestClient]:
    """For what no database decides."""
    url = f"sqlite:///{tmp_path / 'books.db'}"
    service = main.create(
        settings(url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    with client_of(service) as client:
        yield client
