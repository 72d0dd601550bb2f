"""A web page of somebody else, open in the clerk's browser, can neither change nor read the books."""

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route, WebSocketRoute
from starlette.testclient import TestClient
from starlette.websockets import WebSocket, WebSocketDisconnect

from shared.kit.doorway import Doorway, public_host

PUBLIC = "https://dingfen.example"


def books(request: Request) -> JSONResponse:
    return JSONResponse({"method": request.method})


async def live(socket: WebSocket) -> None:
    await socket.accept()


ROUTES = [Route("/books", books, methods=["GET", "POST", "DELETE"]), WebSocketRoute("/live", live)]


@pytest.fixture
def here() -> Iterator[TestClient]:
    with TestClient(Doorway(Starlette(routes=ROUTES)), base_url="http://127.0.0.1") as client:
        yield client


@pytest.fixture
def public() -> Iterator[TestClient]:
    app = Doorway(Starlette(routes=ROUTES), public_url=PUBLIC)
    with TestClient(app, base_url="http://10.0.0.7:8000", headers={"Host": "dingfen.example"}) as client:
        yield client


@pytest.mark.parametrize("host", ["127.0.0.1:8000", "localhost:8000", "[::1]:8000", "127.0.0.1"])
def test_this_machine_is_answered(here: TestClient, host: str) -> None:
    own_page = {"Host": host, "Origin": f"http://{host}", "Sec-Fetch-Site": "same-origin"}

    assert here.get("/books", headers={"Host": host}).status_code == 200
    assert here.post("/books", headers={"Host": host}).status_code == 200
    assert here.post("/books", headers=own_page).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "127.0.0.1.evil.example",
        "localhost.evil.example:8000",
        "127.0.0.1@evil.example",
        "[::1",
        "",
    ],
)
def test_a_name_that_merely_leads_here_is_refused(here: TestClient, host: str) -> None:
    answer = here.get("/books", headers={"Host": host})

    assert (answer.status_code, answer.json()["code"]) == (403, "request.foreign_host")
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_request_with_two_hosts_is_refused(here: TestClient) -> None:
    answer = here.get("/books", headers=[("Host", "127.0.0.1"), ("Host", "evil.example")])

    assert answer.json()["code"] == "request.foreign_host"


@pytest.mark.parametrize("method", ["POST", "DELETE"])
@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost:9999", "null", ""])
def test_a_change_from_another_page_is_refused(here: TestClient, origin: str, method: str) -> None:
    answer = here.request(method, "/books", headers={"Origin": origin})

    assert (answer.status_code, answer.json()["code"]) == (403, "request.foreign_origin")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_change_that_the_browser_calls_foreign_is_refused_without_an_origin(
    here: TestClient, site: str
) -> None:
    assert here.post("/books", headers={"Sec-Fetch-Site": site}).status_code == 403
    assert here.get("/books", headers={"Sec-Fetch-Site": site}).status_code == 200


def test_a_lasting_connection_is_refused(here: TestClient) -> None:
    with pytest.raises(WebSocketDisconnect), here.websocket_connect("/live"):
        pass


# Under a public address


@pytest.mark.parametrize("host", ["dingfen.example", "DingFen.Example", "dingfen.example:443"])
def test_the_public_address_is_answered(public: TestClient, host: str) -> None:
    assert public.get("/books", headers={"Host": host}).status_code == 200
    assert public.post("/books", headers={"Host": host, "Origin": PUBLIC}).status_code == 200
    assert public.post("/books", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost:8000",
        "10.0.0.7:8000",
        "dingfen.example:8443",
        "www.dingfen.example",
        "dingfen.example.",
        "u@dingfen.example",
        "dingfen.example/x",
        "[dingfen.example",
        "dingfen.example:x",
        "",
    ],
)
def test_no_other_address_is_answered(public: TestClient, host: str) -> None:
    answer = public.get("/books", headers={"Host": host})

    assert (answer.status_code, answer.json()["code"]) == (403, "request.foreign_host")


@pytest.mark.parametrize(
    "origin", ["http://dingfen.example", "https://dingfen.example:8443", "http://127.0.0.1", "null"]
)
def test_only_the_public_pages_may_change_anything(public: TestClient, origin: str) -> None:
    answer = public.post("/books", headers={"Origin": origin})

    assert (answer.status_code, answer.json()["code"]) == (403, "request.foreign_origin")


def test_a_port_of_its_own_belongs_to_the_address() -> None:
    app = Doorway(Starlette(routes=ROUTES), public_url="https://dingfen.example:8443/")
    with TestClient(app, headers={"Host": "dingfen.example:8443"}) as client:
        own_page = {"Origin": "https://dingfen.example:8443"}

        assert client.post("/books", headers=own_page).status_code == 200
        assert client.get("/books", headers={"Host": "dingfen.example"}).status_code == 403


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Dingfen.Example", "dingfen.example"),
        ("https://dingfen.example:443/", "dingfen.example"),
        ("https://[2001:db8::1]:8443", "[2001:db8::1]:8443"),
    ],
)
def test_a_public_address_is_a_name_and_a_port(url: str, host: str) -> None:
    assert public_host(url) == host


@pytest.mark.parametrize(
    "url",
    [
        "http://dingfen.example",
        "dingfen.example",
        "https://",
        "https://dingfen.example/books",
        "https://u:p@dingfen.example",
        "https://dingfen.example?x",
        "https://dingfen.example:x",
        "https://[dingfen",
        "",
    ],
)
def test_an_address_that_is_not_https_or_says_more_does_not_start(url: str) -> None:
    with pytest.raises(ValueError, match=r"DINGFEN_PUBLIC_URL.*。$"):
        Doorway(Starlette(), public_url=url)
