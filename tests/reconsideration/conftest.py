"""The service as it runs in production, on both databases, with its broker away, and its books beside it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest

from services.reconsideration import main
from services.reconsideration.models import METADATA
from shared.kit.database import Database
from tests.reconsideration.builders import NOW
from tests.reconsideration.desk import CALLERS, Desk
from tests.reconsideration.office import Books, Office
from tests.support.databases import NewDatabases
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings


@pytest.fixture
def database_url(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[str]:
    """The books of a service that has started before: its migrations have run."""
    with new_databases.migrated(database_kind, tmp_path, "reconsideration") as url:
        yield url


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    """A clerk before the service, on the day of `NOW`."""
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR
    )
    with client_of(service) as client:
        yield Office(client)


@pytest.fixture
def books(office: Office, database_url: str) -> Iterator[Books]:
    """What is really in the database of `office`."""
    database = Database(database_url, METADATA)
    yield Books(database)
    database.dispose()


@pytest.fixture
def today() -> list[date]:
    return [date(2024, 3, 1)]


@pytest.fixture
def desk(database_url: str, tmp_path: Path, today: list[date]) -> Iterator[Desk]:
    service = main.create(
        settings(database_url, tmp_path),
        nats_url=NOWHERE,
        clock=lambda: datetime.combine(today[0], time(3), tzinfo=UTC),
        directory=CALLERS,
    )
    with client_of(service, token="clerk") as client:
        yield Desk(client, today)
