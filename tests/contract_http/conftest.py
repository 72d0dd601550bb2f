"""One company for all services: employing it takes seconds."""

from collections.abc import Iterator

import pytest

from tests.contract_http.company import Company, opened


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Company]:
    with opened(tmp_path_factory.mktemp("company")) as company:
        yield company
