"""Pages and documents that work without internet and lead from a number to its cases."""

import re

import pytest

from tests.support.suite_process import SuiteProcess


@pytest.mark.parametrize(
    "path", ["/", "/reporting", "/docs", "/asyncapi", "/openapi.json", "/healthz", "/readyz"]
)
def test_a_page_answers_and_loads_nothing_from_elsewhere(suite: SuiteProcess, path: str) -> None:
    answer = suite.get(path)

    assert answer.status_code == 200
    loaded = re.findall(r"""(?:src|href)=["'](https?://[^"']+)""", answer.text)
    assert [address for address in loaded if not address.startswith(suite.url)] == []


def test_the_first_page_leads_from_a_number_to_its_cases(suite: SuiteProcess) -> None:
    figures = suite.get("/reporting", region="150625", period="2022").text
    assert "99.53%" in figures
    assert "427" in figures

    link = next(
        address.replace("&amp;", "&")
        for address in re.findall(r'href="([^"]+)"', figures)
        if "IND-PM-2" in address and "numerator" in address
    )
    cases = suite.get(link)
    assert cases.status_code == 200
    assert "杭调" in cases.text
    opened = re.search(r'href="(/mediation/cases/[^"]+)"', cases.text)
    assert opened is not None
    assert suite.get(opened.group(1)).status_code == 200


def test_the_asyncapi_document_names_every_event(suite: SuiteProcess) -> None:
    document = suite.get("/asyncapi").json()

    assert document["asyncapi"].startswith("3.")
    addresses = {channel["address"] for channel in document["channels"].values()}
    assert "disputes.reconsideration.{partition}.accepted" in addresses
    assert "disputes.mediation.{partition}.confirmed" in addresses
    assert "disputes.litigation.{partition}.heard" in addresses


def test_readiness_tells_database_broker_and_waiting_events(suite: SuiteProcess) -> None:
    services = suite.get("/readyz").json()["services"]

    assert set(services) == {"identity", "reconsideration", "mediation", "litigation", "reporting"}
    for name in ("reconsideration", "mediation", "litigation"):
        assert services[name]["database"] == services[name]["broker"] == "ok"
        assert services[name]["oldest_unpublished_seconds"] >= 0
