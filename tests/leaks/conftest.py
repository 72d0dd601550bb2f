"""The suite with everything planted, driven once for all tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.leaks import canaries, suite
from tests.leaks.canaries import Crowd
from tests.leaks.recorder import Recorder
from tests.leaks.scanner import Scanner

CROWD = canaries.crowd()


@dataclass(frozen=True, slots=True)
class Gathered:
    """`folder` holds a folder for each sink."""

    folder: Path
    recorder: Recorder


@pytest.fixture(scope="session")
def crowd() -> Crowd:
    return CROWD


@pytest.fixture(scope="session")
def scanner() -> Scanner:
    return Scanner(CROWD.canaries)


@pytest.fixture(scope="session")
def gathered(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gathered]:
    folder = tmp_path_factory.mktemp("leaks")
    running = suite.LoudSuite(folder / "data", sample=False)
    try:
        running.start()
        yield Gathered(folder / "evidence", suite.driven(running, folder / "evidence", CROWD))
    finally:
        running.kill()
