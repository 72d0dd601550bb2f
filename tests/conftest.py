"""Fixtures every test may ask for: real databases of both kinds and a real broker."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import broker, postgres
from tests.support.databases import NewDatabases
from tests.support.together import Together

MEMORY = Path("/dev/shm")  # a file system in memory, where there is one


def pytest_configure() -> None:
    """Put the files of the run where nobody waits for a disk: tests kill processes, none of them pulls a plug."""
    if MEMORY.is_dir() and os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= 4 * 1024**3:
        os.environ.setdefault("TMPDIR", str(MEMORY))
        tempfile.tempdir = None  # asked before, it has an answer from the time before


def pytest_collection_finish() -> None:
    """Look for garbage in what tests leave behind, not in what was imported: they leave thousands of applications."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 10, 10)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Together | None:
    return Together(config, log) if config.getoption("dist") == "loadgroup" else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    with postgres.server() as url:
        yield url


@pytest.fixture(scope="session")
def new_databases(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> NewDatabases:
    return NewDatabases(
        tmp_path_factory.mktemp("templates"), lambda: request.getfixturevalue("postgres_server")
    )


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    """Every test that asks for a database runs on both kinds."""
    kind: str = request.param
    return kind


@pytest.fixture
def empty_url(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A new, empty database."""
    with new_databases.empty(database_kind, tmp_path) as url:
        yield url


@pytest.fixture
def database_url(empty_url: str) -> str:
    """A new database. It is empty here; in a service's folder it is as the service's migrations leave it."""
    return empty_url


@pytest.fixture
def nats_server(tmp_path: Path) -> Iterator[broker.NatsServer]:
    """A real nats-server of this test alone, with its own store."""
    with broker.running(tmp_path / "nats") as server:
        yield server
