"""Delivery over HTTP: to parties of the case, and nothing is enforced while one of them has not been served."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from services.reconsideration import main
from tests.reconsideration.builders import NOW
from tests.reconsideration.office import HEADS, Json, Office, heads_of, refused
from tests.support.suites import NOWHERE, client_of, settings

ENFORCED = {"on": "2026-11-20", "kind": "enforced"}


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[Office]:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=HEADS
    )
    with client_of(service) as client:
        yield heads_of(client)


def _deliver(office: Office, case: Json, on: str, **told: Any) -> Json:
    return office.step(case, "deliver", **{"on": on, "manner": "direct", **told})


def test_delivered_is_to_a_party_of_the_case(office: Office) -> None:
    case = office.decided(office.accepted(), "upheld")
    agent = office.party(case, "agent")
    stranger = "019aa000-0000-7000-8000-000000000009"

    for party in (agent, stranger):
        body = {"on": "2024-04-15", "manner": "direct", "party": party}
        refused(office.try_step(case, "deliver", body), 409, "reconsideration.party_unknown")
        preview = office.client.post(f"/reconsideration/cases/{case['id']}/steps/deliver/preview", json=body)
        refused(preview, 409, "reconsideration.party_unknown")


def test_nothing_is_enforced_while_a_party_has_not_been_served(office: Office) -> None:
    case = office.decided(office.accepted(), "upheld")
    applicant, third = (office.party(case, role) for role in ("applicant", "third_party"))
    _deliver(office, case, "2024-04-15", party=applicant, proof="本人签收")

    refused(office.try_step(case, "follow_up", ENFORCED), 409, "reconsideration.not_delivered_to_all")
    _deliver(office, case, "2024-04-16", party=third, manner="post", is_failed=True, proof="原址查无此人")
    refused(office.try_step(case, "follow_up", ENFORCED), 409, "reconsideration.not_delivered_to_all")
    _deliver(office, case, "2024-05-06", party=third, manner="left", proof="社区工作人员两名见证")
    assert office.step(case, "follow_up", **ENFORCED)["status"] == "closed"
    shown = office.one(case)
    assert shown["texts"]["delivery.1.proof"] == "本人签收"
    assert [each.get("is_failed", False) for each in shown["proceeding"]["closing"]["deliveries"]] == [
        False,
        True,
        False,
    ]
