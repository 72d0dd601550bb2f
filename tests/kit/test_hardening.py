"""Every answer carries its headers, whoever gives it, and every request has an id of its own."""

from collections.abc import Iterator

import pytest
import structlog
from starlette.testclient import TestClient
from structlog.testing import capture_logs

from shared.kit import hardening
from shared.kit.bodies import BodyRules
from tests.kit.hardened import HERE, application

ON_EVERY_ANSWER = {
    "content-security-policy": hardening.STRICT_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(application(), base_url=HERE, raise_server_exceptions=False) as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/read", 200),
        ("HEAD", "/read", 405),
        ("GET", "/nowhere", 404),
        ("POST", "/sent", 422),
        ("GET", "/fail", 500),
        ("GET", "/read?q=%00", 422),
        ("GET", "http://elsewhere/read", 403),
        ("GET", "/openapi.json", 200),
    ],
)
def test_every_answer_carries_the_headers(client: TestClient, method: str, path: str, status: int) -> None:
    answer = client.request(method, path)

    assert answer.status_code == status
    assert {name: answer.headers.get(name) for name in ON_EVERY_ANSWER} == ON_EVERY_ANSWER
    assert "camera=()" in answer.headers["permissions-policy"]
    assert "strict-transport-security" not in answer.headers
    assert len(answer.headers["x-request-id"]) == 32


def test_the_strict_policy_lets_nothing_inline_and_nothing_foreign_in() -> None:
    policy = hardening.STRICT_POLICY

    assert "unsafe" not in policy
    assert "http" not in policy
    assert "*" not in policy
    for directive in (
        "default-src 'self'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ):
        assert directive in policy.split("; ")


@pytest.mark.parametrize("path", ["/docs", "/docs/oauth2-redirect", "/redoc"])
def test_only_the_pages_of_help_may_hold_scripts_of_their_own(client: TestClient, path: str) -> None:
    answer = client.get(path)

    assert answer.status_code == 200
    assert "<script" in answer.text
    assert answer.headers.get_list("content-security-policy") == [hardening.HELP_POLICY]
    assert client.get(f"{path}/x").headers["content-security-policy"] == hardening.STRICT_POLICY


def test_a_route_that_may_be_kept_says_so_itself(client: TestClient) -> None:
    assert client.get("/asset").headers.get_list("cache-control") == ["public, max-age=60"]


def test_browsers_are_told_to_stay_with_https_where_there_is_https() -> None:
    with TestClient(
        application(public_url="https://dingfen.example"), base_url="https://dingfen.example"
    ) as client:
        value = client.get("/read").headers["strict-transport-security"]

    assert value == "max-age=31536000; includeSubDomains"


def test_each_request_has_an_id_of_its_own_in_answer_and_log(client: TestClient) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        answers = [client.get("/read", headers={"X-Request-ID": "chosen"}) for _ in range(2)]

    ids = [answer.headers["x-request-id"] for answer in answers]
    assert [answer.json()["id"] for answer in answers] == ids
    assert [line["request_id"] for line in logs] == ids
    assert len({*ids, "chosen"}) == 3
    assert structlog.contextvars.get_contextvars() == {}


def test_what_nobody_foresaw_is_logged_with_its_request_and_shown_to_nobody(client: TestClient) -> None:
    with capture_logs(processors=[structlog.contextvars.merge_contextvars]) as logs:
        answer = client.get("/fail")

    assert answer.json()["code"] == "internal"
    assert "canary" not in answer.text
    assert [(line["event"], line["request_id"]) for line in logs] == [
        ("request.failed", answer.headers["x-request-id"])
    ]


def test_what_is_hardened_takes_no_more_middleware() -> None:
    with pytest.raises(RuntimeError, match="middleware"):
        application().add_middleware(BodyRules)
