"""杭锦旗 in 2022 as its annual report tells it (seed 001), case by case, and some of the year before."""

from collections.abc import Iterator
from typing import Any

from shared.kit.subscription import Message
from tests.reporting.events import ORDOS, al, ar, ar_closed, message, org, pm, pm_closed

COMMITTEES = {"village": 76, "resident": 13, "town": 7, "unspecified": 5}
INDUSTRY = 9


def _reconsideration() -> Iterator[Any]:
    for outcome, number in (("upheld", 6), ("revoked", 2), ("partly_revoked", 1), ("claim_rejected", 1)):
        yield from (ar_closed(outcome) for _ in range(number))
    yield ar_closed("terminated", termination_ground="T1", withdraw_reason="settled", channel="internet")
    yield ar(accepted_on="2022-12-20", received_on="2022-12-18")
    yield ar(accepted_on="2022-12-21", received_on="2022-12-19", opinion_letters_on=("2022-12-30",))
    yield ar(received_on="2022-12-30", authority_region=ORDOS)


def _mediation() -> Iterator[Any]:
    yield from (pm_closed("agreed_written", confirmed_on="2022-03-20", amount_fen=150) for _ in range(97))
    yield from (pm_closed("agreed_oral", amount_fen=1) for _ in range(330))
    yield pm_closed("failed")
    yield pm_closed("terminated", termination_reason="refused")
    yield pm()
    yield from (pm_closed("agreed_oral", scope="legal_service") for _ in range(300))


def _organisations() -> Iterator[Any]:
    for org_type, number in COMMITTEES.items():
        yield from (org(org_type) for _ in range(number))
    yield from (org("social", is_industry=True, established_on=None) for _ in range(INDUSTRY))
    yield org("village", dissolved_on="2021-12-31")
    yield org("labour_mediation")
    yield org("legal_service_room", is_agent_point=True)


def _litigation() -> Iterator[Any]:
    yield from (
        al(first_heard_on="2021-06-01", notified_on="2021-05-01", duty=True, met=number < 13)
        for number in range(25)
    )
    for number in range(4):
        yield al(
            first_heard_on="2022-06-01",
            hearings=({"on": "2022-06-01", "officer": "deputy"},),
            duty=True,
            met=True,
            closed_on="2022-07-01",
            result="revoked" if number == 0 else "claims_rejected",
            lost=number == 0,
            by_judgment=True,
        )


def events() -> list[Message]:
    cases = [*_reconsideration(), *_mediation(), *_organisations(), *_litigation()]
    return [message(facts, case=number, sequence=number) for number, facts in enumerate(cases, start=1)]
