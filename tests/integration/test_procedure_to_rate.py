"""Cases of every outcome and every channel, lived through over HTTP, come out in the rates as counted by hand."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from services.reconsideration.terms import Channel, Outcome
from tests.reconsideration.walking import ACCEPT, DECLINE, MEDIATED, failing, to_decision
from tests.support.suite_process import SuiteProcess
from tests.support.waiting import until_now

REGION = "330108"  # 滨江区: no case of the sample lies there
Steps = Sequence[tuple[str, Mapping[str, Any]]]

ACCEPTED: Steps = [("accept", ACCEPT)]
DECIDED = (
    "upheld",
    "varied",
    "revoked",
    "partly_revoked",
    "confirmed_unlawful",
    "confirmed_void",
    "performance_ordered",
    "agreement_liable",
    "claim_rejected",
)
WITHDRAWN = ("settled", "respondent_changed_act", "voluntary", "other")
SUMMARY = {"procedure": "summary", "summary_basis": "consent", "is_clear": True}
# One life for every way in which a case can leave the books.
LIVES: Mapping[str, Steps] = {
    **{outcome: [*ACCEPTED, *to_decision(outcome)] for outcome in DECIDED},
    "application_rejected": [
        *ACCEPTED,
        (
            "reject_application",
            {"on": "2024-03-20", "conditions": failing("interest"), "reasons": "没有利害关系。"},
        ),
    ],
    "mediated": [("accept", ACCEPT | SUMMARY), ("sign_mediation", MEDIATED)],
    **{
        reason: [*ACCEPTED, ("withdraw", {"on": "2024-03-20", "withdraw_reason": reason})]
        for reason in WITHDRAWN
    },
    "not_accepted": [("decline", DECLINE)],
    "abandoned": [
        ("request_supplement", {"on": "2024-03-05", "papers": "身份证明", "delivered_on": "2024-03-06"}),
        ("lapse_supplement", {"on": "2024-03-21"}),
    ],
    "withdrawn_before_acceptance": [("withdraw_before_acceptance", {"on": "2024-03-06"})],
}
# What a channel needs beside its name.
BY_CHANNEL: Mapping[str, Mapping[str, Any]] = {
    "via_organ": {"act_kind": "camera_penalty", "filed_on": "2024-02-28"},
    "agent_point": {"agent_point": "p01", "filed_on": "2024-02-29"},
    "post": {"filed_on": "2024-02-27"},
    "oral": {"oral_record_signed": True},
}
CHANNELS = tuple(channel.value for channel in Channel)


@pytest.fixture(scope="module")
def lived(suite: SuiteProcess) -> SuiteProcess:
    """The suite, when its figures know every one of the cases."""
    for place, steps in enumerate(LIVES.values()):
        channel = CHANNELS[place % len(CHANNELS)]
        application = {
            "case_number": f"滨政复〔2024〕{place + 1}号",
            "organ_region": REGION,
            "received_on": "2024-03-01",
            "channel": channel,
            **BY_CHANNEL.get(channel, {}),
        }
        filed = suite.post("/reconsideration/cases", application)
        assert filed.status_code == 201, filed.text
        for step, body in steps:
            answer = suite.post(f"/reconsideration/cases/{filed.json()['id']}/steps/{step}", dict(body))
            assert answer.status_code == 200, (step, answer.text)
    until_now(lambda: counts(suite)["ar.disposed"] == len(LIVES), what="all cases are counted", seconds=60)
    return suite


def counts(suite: SuiteProcess) -> Mapping[str, int]:
    found: Mapping[str, int] = suite.json("rates", "--region", REGION, "--period", "2024")["counts"]
    return found


def test_every_outcome_and_refusal_is_counted_once(lived: SuiteProcess) -> None:
    found = counts(lived)

    concluded = len(DECIDED) + 2 + len(WITHDRAWN)
    assert (found["ar.received"], found["ar.accepted"]) == (len(LIVES), concluded)
    assert (found["ar.concluded"], found["ar.pending"]) == (concluded, 0)
    assert {
        name: found[f"ar.{name}"]
        for name in ("upheld", "varied", "revoked", "confirmed_unlawful", "mediated")
    } == {
        "upheld": 1,
        "varied": 1,
        "revoked": 2,  # the partly revoked with it
        "confirmed_unlawful": 1,
        "mediated": 1,
    }
    assert found["ar.withdrawn"] == found["ar.terminated"] == len(WITHDRAWN)


@pytest.mark.parametrize(
    ("indicator", "definition", "numerator", "denominator"),
    [
        ("IND-AR-1", "D1", 15, 17),
        ("IND-AR-1", "D2", 15, 18),
        ("IND-AR-2", "D1", 15, 15),
        ("IND-AR-3", "D1", 14, 15),  # the summary case was mediated after its thirty days
        ("IND-AR-4", "D1", 1, 15),
        ("IND-AR-5", "D1", 7, 15),
        ("IND-AR-5", "D2", 7, 10),
        ("IND-AR-6", "Z1", 10, 15),
        ("IND-AR-6", "Z2", 12, 15),
        ("IND-AR-7", "D1", 1, 15),
        ("IND-AR-7", "D2", 2, 15),
        ("IND-AR-8", "D1", 5, 18),
        ("IND-AR-14", "D1", 1, 15),
        ("IND-AR-17", "D1", 3, 18),
        ("IND-AR-19", "D1", 2, 18),
    ],
)
def test_the_rates_are_those_counted_by_hand(
    lived: SuiteProcess, indicator: str, definition: str, numerator: int, denominator: int
) -> None:
    asked = ("rate", indicator, "--region", REGION, "--period", "2024", "--definition", definition)

    rate = lived.json(*asked)

    assert (rate["numerator"], rate["denominator"]) == (numerator, denominator)


def test_every_outcome_and_channel_of_the_law_is_among_the_cases() -> None:
    assert set(DECIDED) | {"application_rejected", "mediated", "terminated"} == set(Outcome)
    assert len(LIVES) >= len(CHANNELS)
