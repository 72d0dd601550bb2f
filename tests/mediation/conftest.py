"""The office of these tests, on both kinds of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mediation import examples
from tests.support.databases import NewDatabases


@pytest.fixture
def database_url(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The books of a service that has started before: its migrations have run."""
    with new_databases.migrated(database_kind, tmp_path, "mediation") as url:
        yield url


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[examples.Office]:
    with examples.office(database_url, tmp_path) as opened:
        yield opened
