from datetime import date
from typing import Any

import pytest
from hypothesis import given

from services.reporting import labels
from services.reporting.measures import MEASURES, measures
from shared.contracts.envelope import Facts
from tests.reporting import naive
from tests.reporting.events import al, ar, ar_closed, org, pm, pm_closed
from tests.reporting.strategies import any_facts, unhurried

KIND_OF = {
    "ReconsiderationFacts": "reconsideration_case",
    "MediationFacts": "mediation_case",
    "OrganisationFacts": "mediation_organisation",
    "LitigationFacts": "litigation_case",
}


def told(facts: Facts) -> dict[str, tuple[str, int]]:
    """Measure -> (day, amount); each at most once."""
    measured = measures(KIND_OF[type(facts).__name__], facts)
    assert len({measure for measure, _, _ in measured}) == len(measured)
    return {measure: (day.isoformat(), amount) for measure, day, amount in measured}


@unhurried
@given(any_facts)
def test_measures_agree_with_a_second_counting(facts: Facts) -> None:
    kind = KIND_OF[type(facts).__name__]

    measured = sorted((measure, day.isoformat(), amount) for measure, day, amount in measures(kind, facts))

    assert measured == sorted(naive.entries(kind, facts.model_dump(mode="json")))


@unhurried
@given(any_facts)
def test_every_measure_has_a_column_and_a_label(facts: Facts) -> None:
    kind = KIND_OF[type(facts).__name__]

    assert {measure for measure, _, _ in measures(kind, facts)} <= set(MEASURES[kind])
    assert {*MEASURES[kind]} <= {*labels.MEASURES}


def test_a_void_case_counts_nothing() -> None:
    for facts in (ar(void=True), pm(void=True), org("village", void=True), al(void=True)):
        assert told(facts) == {}


def test_a_refusal_disposes_without_concluding() -> None:
    counted = told(ar(refused_on="2022-03-05", refusal="not_accepted"))

    assert counted.pop("received") == ("2022-03-01", 1)
    assert counted.keys() == {
        *("not_accepted", "disposed", "disposed_settled"),
        *("suable", "suable_without_due"),
    }
    assert set(counted.values()) == {("2022-03-05", 1)}


def test_a_suit_is_known_by_its_day_or_by_its_number_and_a_case_counts_once() -> None:
    for suit in ({"sued_on": "2022-05-02"}, {"suit_reference": "（2022）内0625行初1号"}):
        counted = told(ar_closed("upheld", sue_due_on="2022-05-09", **suit))

        assert counted["suable_sued"] == counted["concluded_sued"] == ("2022-04-20", 1)
        assert counted["suing_over_sued"] == ("2022-05-09", 1)
        assert not {"disposed_settled", "suing_over_settled", "upheld_unsued"} & counted.keys()


def test_a_petition_is_no_suit_but_no_peace_either() -> None:
    counted = told(ar_closed("revoked", petitioned_on="2022-06-01"))

    assert "disposed_settled" not in counted
    assert "suable_sued" not in counted


def test_nobody_sues_about_what_was_mediated_or_withdrawn() -> None:
    for outcome in ("mediated", "terminated"):
        assert "suable" not in told(ar_closed(outcome))
    for outcome in ("upheld", "claim_rejected", "application_rejected"):
        assert told(ar_closed(outcome))["suable"] == ("2022-04-20", 1)


def test_a_letter_counts_when_it_falls_due_and_above_the_line_only_when_its_advice_was_taken() -> None:
    def letter(**answer: Any) -> dict[str, Any]:
        return {"kind": "opinion", "issued_on": "2022-04-21", "due_on": "2022-06-24", **answer}

    never, refused = letter(), letter(feedback_on="2022-06-01", adopted=False)
    late = letter(feedback_on="2022-08-01", adopted=True)
    without_term = {"kind": "recommendation", "issued_on": "2022-04-21"}

    measured = measures("reconsideration_case", ar(letters=(never, refused, late, without_term)))

    assert measured[1:] == (
        *[("letters_due", date(2022, 6, 24), 1)] * 3,
        ("letters_due_adopted", date(2022, 6, 24), 1),
    )


def test_compensation_is_counted_by_pieces_and_by_money() -> None:
    counted = told(ar_closed("revoked", compensation_fen=123_456))

    assert counted["compensated"] == ("2022-04-20", 1)
    assert counted["compensation_fen"] == ("2022-04-20", 123_456)
    assert "compensated" not in told(ar_closed("revoked", compensation_fen=0))


def test_a_draft_that_has_not_reached_the_office_counts_nothing_and_counts_from_its_receipt_on() -> None:
    draft = ar(void=True, channel="agent_point", filed_on="2022-02-25", received_on="2022-02-25")
    arrived = ar(channel="agent_point", filed_on="2022-02-25", received_on="2022-03-01")

    assert told(draft) == {}
    assert told(arrived)["agent_point_received"] == ("2022-03-01", 1)


def test_outcomes_are_counted_on_the_closing_day() -> None:
    counted = told(ar_closed("partly_revoked"))

    assert counted["revoked"] == counted["partly_revoked"] == ("2022-04-20", 1)
    assert counted["accepted"] == ("2022-03-03", 1)
    assert "upheld" not in counted


@pytest.mark.parametrize(("closed", "in_time"), [("2022-05-05", True), ("2022-05-06", False)])
def test_the_last_day_is_in_time(closed: str, in_time: bool) -> None:
    assert ("concluded_in_time" in told(ar_closed("upheld", closed_on=closed))) is in_time


def test_only_ground_one_is_a_withdrawal() -> None:
    settled = told(ar_closed("terminated", termination_ground="T1", withdraw_reason="settled"))
    died = told(ar_closed("terminated", termination_ground="T2"))

    assert {"terminated", "withdrawn", "withdrawn_settled"} <= settled.keys()
    assert "withdrawn" not in died


@pytest.mark.parametrize(
    ("facts", "concluded", "resolved"),
    [
        (pm_closed("agreed_oral", referral="before_filing"), True, True),
        (
            pm_closed("terminated", referral="before_filing", termination_reason="settled_suit_dropped"),
            True,
            True,
        ),
        (pm_closed("terminated", referral="before_filing", termination_reason="refused"), True, False),
        (pm_closed("agreed_oral", referral="after_filing"), False, False),
        (pm(referral="before_filing"), False, False),
    ],
)
def test_mediation_before_filing_counts_dropped_suits(facts: Any, concluded: bool, resolved: bool) -> None:
    counted = told(facts)

    assert ("pre_concluded" in counted) is concluded
    assert ("pre_resolved" in counted) is resolved


def test_money_counts_only_where_agreement_was_reached() -> None:
    assert told(pm_closed("agreed_written", amount_fen=1050))["amount_fen"] == ("2022-03-09", 1050)
    assert "amount_fen" not in told(pm_closed("failed", amount_fen=1050))


def test_an_organisation_is_there_from_founding_to_dissolution() -> None:
    measured = measures("mediation_organisation", org("village", dissolved_on="2022-06-01"))

    assert measured == (
        ("organisations", date(2019, 1, 1), 1),
        ("org_village", date(2019, 1, 1), 1),
        ("organisations", date(2022, 6, 1), -1),
        ("org_village", date(2022, 6, 1), -1),
    )


def test_an_unknown_founding_was_long_ago() -> None:
    assert told(org("social", established_on=None))["org_social"] == ("1900-01-01", 1)


def test_an_industry_committee_is_a_line_of_its_own() -> None:
    assert told(org("social", is_industry=True)).keys() == {"organisations", "org_industry"}
    assert told(org("station", is_industry=True)).keys() == {"stations"}
    assert told(org("labour_mediation")).keys() == {"org_labour_mediation"}
    assert told(org("legal_service_room", is_agent_point=True)).keys() == {"service_points", "agent_points"}


def test_appearance_is_counted_on_the_first_hearing() -> None:
    hearings = ({"on": "2022-05-01", "officer": "principal"}, {"on": "2022-06-01"})
    counted = measures(
        "litigation_case",
        al(first_heard_on="2022-05-01", hearings=hearings, duty=True, met=True, met_by_principal=True),
    )

    assert counted[2:] == (
        ("heard", date(2022, 5, 1), 1),
        ("duty", date(2022, 5, 1), 1),
        ("met", date(2022, 5, 1), 1),
        ("principal", date(2022, 5, 1), 1),
        ("hearings", date(2022, 5, 1), 1),
        ("hearings", date(2022, 6, 1), 1),
        ("hearings_attended", date(2022, 5, 1), 1),
    )


def test_no_hearing_is_no_duty_in_the_figures() -> None:
    assert told(al(duty=True, met=True)).keys() == {"notified", "notified_first"}
