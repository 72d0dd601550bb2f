"""One suite with the sample for all tests of this folder that only read, or file into regions of their own."""

from collections.abc import Iterator

import pytest

from tests.support.suite_process import SuiteProcess


@pytest.fixture(scope="session")
def suite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SuiteProcess]:
    running = SuiteProcess(tmp_path_factory.mktemp("suite") / "data")
    try:
        running.start()
        yield running
    finally:
        running.kill()
