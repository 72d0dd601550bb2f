"""Asks the reporting routes as a reader would."""

from typing import Any

from starlette.testclient import TestClient

from tests.reporting.events import HANGJIN

STREAM = "DISPUTES@1"


def asked(client: TestClient, path: str = "/reporting/rates", **query: Any) -> Any:
    answer = client.get(path, params={"period": "2022", "region": HANGJIN, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()
