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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs all of this folder: the sample is loaded once."""
    for item in items:
        if "tests/integration" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("suite"))
