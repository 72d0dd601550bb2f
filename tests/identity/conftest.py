"""The identity service of these tests, on both kinds of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.identity import desk as desks


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[desks.IdentityDesk]:
    with desks.opened(database_url, tmp_path) as opened:
        yield opened
