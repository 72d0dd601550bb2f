"""A reconsideration case, the suits that followed it, and the rate of those that were lost; all over HTTP."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.reconsideration.walking import ACCEPT, to_decision
from tests.support.suite_process import SuiteProcess
from tests.support.waiting import until_now

REGION = "330109"  # 萧山区: no case of the sample lies there
Json = dict[str, Any]


def done(suite: SuiteProcess, path: str, body: Mapping[str, Any]) -> Json:
    answer = suite.post(path, dict(body))
    assert answer.status_code in (200, 201), (path, answer.text)
    found: Json = answer.json()
    return found


def decided(suite: SuiteProcess, number: int) -> str:
    """A reconsideration case that was upheld; its id."""
    case = done(
        suite,
        "/reconsideration/cases",
        {"case_number": f"萧政复〔2024〕{number}号", "organ_region": REGION, "received_on": "2024-03-01"},
    )
    for step, body in (("accept", ACCEPT), *to_decision("upheld")):
        done(suite, f"/reconsideration/cases/{case['id']}/steps/{step}", body)
    return str(case["id"])


def judged(suite: SuiteProcess, number: int, result: str, **named: str) -> str:
    """A suit of the first instance unless another is named, judged in 2025; its id."""
    notice = {
        "case_number": f"（2024）浙0109行初{number}号",
        "region": REGION,
        "notified_on": "2024-05-06",
        **named,
    }
    suit = done(suite, "/litigation/cases", notice)
    done(suite, f"/litigation/cases/{suit['id']}/steps/judgment", {"on": "2025-02-10", "result": result})
    return str(suit["id"])


def rate(suite: SuiteProcess, year: str = "2025") -> tuple[int, int, str | None]:
    told = suite.json("rate", "IND-AR-12", "--region", REGION, "--period", year)
    return told["numerator"], told["denominator"], told["rate"]


@pytest.fixture(scope="module")
def suits(suite: SuiteProcess) -> dict[str, str]:
    """Two cases were decided and sued over; other suits followed no case, or are no first instance."""
    first, second = decided(suite, 1), decided(suite, 2)
    found = {
        "reconsidered": first,
        "lost": judged(suite, 1, "revoked", reconsideration_case=first),
        "won": judged(suite, 2, "claims_rejected", reconsideration_case=second),
        "alone": judged(suite, 3, "revoked"),
        "appeal": judged(suite, 1, "revoked", reconsideration_case=first, instance="second"),
    }
    until_now(lambda: counted(suite) == 4, what="all suits are counted", seconds=60)
    return found


def counted(suite: SuiteProcess) -> int:
    found: int = suite.json("rates", "--region", REGION, "--period", "2025")["counts"]["al.concluded"]
    return found


def test_the_rate_of_lost_suits_after_reconsideration_is_the_one_counted_by_hand(
    suite: SuiteProcess, suits: dict[str, str]
) -> None:
    assert rate(suite) == (1, 2, "50.00")
    assert rate(suite, "2024")[1] == 0  # by the day of the judgment, not of the decision or the notice

    asked = f"/reporting/rates/IND-AR-12/cases?region={REGION}&period=2025&part=numerator"
    assert [item["case_id"] for item in suite.get(asked).json()["items"]] == [suits["lost"]]


def test_each_of_the_two_finds_the_other(suite: SuiteProcess, suits: dict[str, str]) -> None:
    link = {"on": "2025-02-20", "reference": {"service": "litigation", "case_id": suits["lost"]}}
    done(suite, f"/reconsideration/cases/{suits['reconsidered']}/steps/link", link)

    cases = suite.get("/reconsideration/cases", linked_to=f"litigation/{suits['lost']}").json()["items"]
    found = suite.get("/litigation/cases", reconsideration_case=suits["reconsidered"]).json()["items"]

    assert [case["id"] for case in cases] == [suits["reconsidered"]]
    assert {suit["id"] for suit in found} == {suits["lost"], suits["appeal"]}


def test_a_suit_that_turns_out_to_follow_no_case_leaves_the_rate(
    suite: SuiteProcess, suits: dict[str, str]
) -> None:
    named = suite.get(f"/litigation/cases/{suits['won']}").json()["reconsideration_case"]
    path = f"/litigation/cases/{suits['won']}/corrections"

    done(suite, path, {"changes": {"reconsideration_case": None}, "reason": "未经复议"})
    until_now(lambda: rate(suite)[:2] == (1, 1), what="the correction is counted", seconds=60)

    done(suite, path, {"changes": {"reconsideration_case": named}, "reason": "经过复议"})
    until_now(lambda: rate(suite)[:2] == (1, 2), what="it is corrected back", seconds=60)
