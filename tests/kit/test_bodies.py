"""No body does harm before a route has even seen it, and every honest one arrives as it was sent."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient
from starlette.types import Message, Scope
from structlog.testing import capture_logs

from shared.kit import bodies
from shared.kit.bodies import BodyLimit, BodyRules, refusal_of_json
from shared.kit.hardening import STRICT_POLICY
from tests.kit.hardened import HERE, SMALL, Sent, application


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(), base_url=HERE, raise_server_exceptions=False) as opened:
        yield opened


def post(client: TestClient, body: str | bytes, path: str = "/sent", kind: str = "application/json") -> Any:
    return client.post(path, content=body, headers={"Content-Type": kind})


# JSON


def nested(levels: int) -> str:
    return '{"name":' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


@pytest.mark.parametrize(
    "body",
    [
        '{"name":"张三"}',
        '{"name":"\\u5f20\\ud842\\udfb7"}',
        '{"name":9007199254740992}',
        '{"name":-9007199254740992}',
        '{"name":1.5}',
        '{"name":1e3}',
        ' {"name":{"a":1,"b":{"a":2}}} ',
        '{"name":"\\\\u0000"}',
        nested(32),
    ],
)
def test_json_that_means_one_thing_is_handed_on_untouched(client: TestClient, body: str) -> None:
    answer = post(client, body)

    assert answer.status_code == 200
    assert answer.json() == json.loads(body)["name"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ('{"name":NaN}', "request.malformed"),
        ('{"name":-Infinity}', "request.malformed"),
        ('{"name":1,"name":2}', "request.malformed"),
        ('{"name":{"a":1,"\\u0061":2}}', "request.malformed"),
        (nested(33), "request.malformed"),
        ('[{"":' * 10 + "[" * 13 + "]" * 13 + "}]" * 10, "request.malformed"),
        ('{"name":', "request.malformed"),
        ('{"name":1} {}', "request.malformed"),
        ('{"name":"\x01"}', "request.malformed"),
        (b'{"name":"\xff"}', "request.malformed"),
        (b'{"name":"\xed\xa0\x80"}', "request.malformed"),
        ('{"name":"x"}'.encode("utf-16"), "request.malformed"),
        ('{"name":"x"}'.encode("utf-16-le"), "request.malformed"),
        ('{"name":"x"}'.encode("utf-8-sig"), "request.malformed"),
        ('{"name":9007199254740993}', "request.unstorable"),
        ('{"name":-9007199254740993}', "request.unstorable"),
        ('{"name":' + "9" * 80 + "}", "request.unstorable"),
        ('{"name":1e16}', "request.unstorable"),
        ('{"name":1e400}', "request.unstorable"),
        ('{"name":"\\u0000"}', "request.unstorable"),
        ('{"\\u0000":1}', "request.unstorable"),
        ('{"name":"\\ud800"}', "request.unstorable"),
        ('{"name":["\\udc00\\ud800"]}', "request.unstorable"),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "Application/Problem+JSON ; charset=utf-16"])
def test_json_that_cannot_be_kept_or_means_two_things_is_refused(
    client: TestClient, body: str | bytes, code: str, kind: str
) -> None:
    answer = post(client, body, kind=kind)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"].endswith("。")


def test_json_deeper_than_the_reader_can_go_is_refused() -> None:
    answer = refusal_of_json(b"[" * 200_000)

    assert answer is not None
    assert json.loads(bytes(answer.body))["errors"][0]["code"] == "json_too_deep"


def test_whole_numbers_of_very_many_digits_are_refused_at_once() -> None:
    answer = refusal_of_json(b'{"name":' + b"9" * 1_000_000 + b"}")

    assert answer is not None
    assert json.loads(bytes(answer.body))["code"] == "request.unstorable"


PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text(st.characters(exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(exclude_characters="\0")), inner)
    ),
    max_leaves=20,
)


@given(value=PLAIN, is_ascii=st.booleans())
def test_whatever_can_be_kept_is_let_through(value: Any, is_ascii: bool) -> None:
    try:
        body = json.dumps(value, ensure_ascii=is_ascii).encode()
    except UnicodeEncodeError:
        return

    lone = any("\ud800" <= character <= "\udfff" for character in str(value)) or "\\ud" in repr(value)
    assert (refusal_of_json(body) is None) is not lone


@given(body=st.binary(max_size=60))
def test_random_bytes_are_refused_or_are_json(body: bytes) -> None:
    if refusal_of_json(body) is None and body:
        json.loads(body)


def test_a_missing_body_is_for_the_route_to_refuse(client: TestClient) -> None:
    answer = post(client, b"")

    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "missing")


def test_a_long_body_is_checked_aside() -> None:
    body = json.dumps({"name": ["x"] * 20_000}).encode()
    app = FastAPI()
    app.add_middleware(BodyRules)

    @app.post("/sent")
    def sent(body: Sent) -> int:
        return len(body.name)

    with TestClient(app) as client:
        assert post(client, body).json() == 20_000
        assert post(client, body[:-2] + b',"\\u0000"]}').status_code == 422


# Forms and addresses


@pytest.mark.parametrize(("body", "status"), [("a=1&b=%E5%BC%A0", 200), ("a=%00", 422), (b"a=\0", 422)])
def test_a_form_without_nul_is_handed_on(client: TestClient, body: str | bytes, status: int) -> None:
    answer = post(client, body, "/form", "application/x-www-form-urlencoded")

    assert answer.status_code == status


@pytest.mark.parametrize("path", ["/read?q=a%00b", "/%00"])
def test_an_address_with_nul_is_refused(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert (answer.status_code, answer.json()["code"]) == (422, "request.unstorable")


# Size


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/plain"])
@pytest.mark.parametrize("is_declared", [True, False])
@pytest.mark.parametrize("path", ["/raw", "/deaf", "/nowhere"])
def test_a_body_beyond_its_limit_is_refused_as_a_problem(
    client: TestClient, path: str, is_declared: bool, kind: str
) -> None:
    body = b'"' + b"x" * 99 + b'"'

    def pieces() -> Iterator[bytes]:
        yield body[:60]
        yield body[60:]

    answer = client.post(path, content=body if is_declared else pieces(), headers={"Content-Type": kind})

    if not is_declared and kind == "text/plain" and path != "/raw":
        assert answer.status_code in {200, 404}  # nobody read it
        return
    assert (answer.status_code, answer.json()["code"]) == (413, "request.too_large")
    assert answer.json()["detail"] == "内容超过 100 字节，没有接收；请减少内容后再试。"
    assert answer.headers["connection"] == "close"
    assert answer.headers["content-security-policy"] == STRICT_POLICY


def test_a_ledger_that_is_too_large_is_told_what_to_do() -> None:
    answer = asyncio.run(answers_to("/desk/imports/cases", "text/csv", too_much(), bodies.FILE_LIMIT))

    assert json.loads(answer[1]["body"])["detail"] == "内容超过 20 MB，没有接收；请按年份拆开后分别上传。"


def test_a_body_of_exactly_the_limit_is_accepted(client: TestClient) -> None:
    assert post(client, b'"' + b"x" * 98 + b'"', "/raw").json() == {"bytes": 100}
    assert post(client, b"x" * 100, "/raw", "text/plain").json() == {"bytes": 100}


@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded", "text/csv"])
def test_a_ledger_has_a_limit_of_its_own_and_is_not_read_as_anything_else(
    client: TestClient, kind: str
) -> None:
    assert post(client, b"\0" * 200, "/desk/imports/cases", kind).json() == {"bytes": 200}
    assert post(client, b"x" * 201, "/desk/imports/cases", kind).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "9" * 30])
def test_a_length_that_is_no_number_does_not_lift_the_limit(client: TestClient, length: str) -> None:
    headers = [(b"Content-Type", b"application/json"), (b"Content-Length", length.encode())]

    answer = client.post("/raw", content=b"x" * 101, headers=headers)

    assert answer.status_code == 413


# Time, and clients that leave


async def answers_to(
    path: str, kind: str, messages: AsyncIterator[Message], limit: BodyLimit
) -> list[Message]:
    """What the application sends to a client whose body arrives as `messages`."""
    sent: list[Message] = []

    async def receive() -> Message:
        try:
            return await anext(messages)
        except StopAsyncIteration:
            await asyncio.Event().wait()  # silent for ever
            raise

    async def send(message: Message) -> None:
        sent.append(message)

    scope: Scope = {
        "type": "http",
        "method": "POST",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (b"host", b"127.0.0.1"),
            (b"content-type", kind.encode()),
            (b"transfer-encoding", b"chunked"),
        ],
    }
    app = application(fields=limit, file=limit)
    await asyncio.wait_for(app(scope, receive, send), timeout=30)
    return sent


async def half_a_body() -> AsyncIterator[Message]:
    yield {"type": "http.request", "body": b'{"na', "more_body": True}


async def too_much() -> AsyncIterator[Message]:
    for _ in range(21):
        yield {"type": "http.request", "body": b"x" * 1024 * 1024, "more_body": True}


async def a_client_that_leaves() -> AsyncIterator[Message]:
    yield {"type": "http.request", "body": b'{"na', "more_body": True}
    yield {"type": "http.disconnect"}


@pytest.mark.parametrize(
    ("path", "kind"),
    [("/sent", "application/json"), ("/raw", "text/plain"), ("/desk/imports/cases", "text/csv")],
)
def test_a_body_that_does_not_arrive_is_given_up(path: str, kind: str) -> None:
    sent = asyncio.run(answers_to(path, kind, half_a_body(), BodyLimit(size=100, seconds=0.05)))

    assert sent[0]["status"] == 408
    assert json.loads(sent[1]["body"])["code"] == "request.too_slow"
    assert (b"connection", b"close") in sent[0]["headers"]


@pytest.mark.parametrize(
    ("path", "kind"), [("/sent", "application/json"), ("/desk/imports/cases", "text/csv")]
)
def test_a_client_that_leaves_while_sending_is_no_failure(path: str, kind: str) -> None:
    with capture_logs() as logs:
        sent = asyncio.run(answers_to(path, kind, a_client_that_leaves(), SMALL))

    assert (sent, logs) == ([], [])
