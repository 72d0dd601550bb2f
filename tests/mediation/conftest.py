"""The office of these tests, on both kinds of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mediation import examples


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[examples.Office]:
    with examples.office(database_url, tmp_path) as opened:
        yield opened
