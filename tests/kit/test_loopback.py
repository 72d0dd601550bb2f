"""A web page of somebody else, open in the clerk's browser, can neither change nor read the books."""

from collections.abc import Iterator

import pytest
from fastapi import APIRouter
from starlette.testclient import TestClient

from shared.kit.app import Health, Service, compose
from tests.support.suites import HERE


@pytest.fixture
def client() -> Iterator[TestClient]:
    router = APIRouter()
    router.add_api_route("/books", lambda: {"read": True}, methods=["GET"])
    router.add_api_route("/books", lambda: {"changed": True}, methods=["POST"])
    service = Service(
        name="desk",
        routers=(router,),
        migrate=lambda: None,
        workers=(),
        health=lambda: Health(ready=True, facts={}),
        close=lambda: None,
    )
    with TestClient(compose([service], title="test"), base_url=HERE) as opened:
        yield opened


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_this_machine_is_answered(client: TestClient, host: str) -> None:
    own_page = {"Host": host, "Origin": f"http://{host}"}

    assert client.get("/desk/books", headers={"Host": host}).status_code == 200
    assert client.post("/desk/books", headers={"Host": host}).status_code == 200
    assert client.post("/desk/books", headers=own_page).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", ""]
)
def test_a_name_that_merely_leads_here_is_refused(client: TestClient, host: str) -> None:
    answer = client.get("/desk/books", headers={"Host": host})

    assert (answer.status_code, answer.json()["code"]) == (403, "request.foreign_host")


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9999", "null"])
def test_a_change_from_another_page_is_refused(client: TestClient, origin: str) -> None:
    answer = client.post("/desk/books", headers={"Origin": origin})

    assert (answer.status_code, answer.json()["code"]) == (403, "request.foreign_origin")
