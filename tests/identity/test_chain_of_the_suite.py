"""The audit chain of identity is hashed as the installation's suite says, like that of every other service."""

from pathlib import Path

from starlette.testclient import TestClient

from services.suite import application
from shared.kit.settings import Settings
from tests.support.suites import HERE, NOWHERE
from tests.support.waiting import until_now


def test_an_installation_of_the_gm_suite_signs_over_sm3(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoints" / "identity"

    with TestClient(
        application(Settings(data=tmp_path, suite="gm"), nats_url=NOWHERE), base_url=HERE
    ) as client:
        client.post("/identity/sign-in", json={"login": "nobody", "password": "nothing of the kind"})
        until_now(lambda: any(folder.glob("*")), what="the refused sign-in is signed")

    assert all("\nalgorithm sm3\n" in note.read_text() for note in folder.iterdir())
