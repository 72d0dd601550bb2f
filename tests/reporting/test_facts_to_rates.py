"""One reconsideration case of every outcome and every channel, from its published facts to the rates of its county."""

from typing import Any, get_args

import pytest
from starlette.testclient import TestClient

from services.reconsideration.terms import Channel
from services.reporting.intake import ReportingIntake
from shared.contracts import reconsideration
from tests.reporting.asking import STREAM, asked
from tests.reporting.events import ar, ar_closed, message

# Rates of the ways in which a case may end; a single case is one of one, or none of one.
OF_OUTCOMES = (
    *("AR-4 D1", "AR-4 D2", "AR-5 D1", "AR-5 D2", "AR-5 D3", "AR-6 Z1", "AR-6 Z2", "AR-6 Z3"),
    *("AR-7 D1", "AR-7 D2", "AR-8 D1", "AR-8 D2", "AR-10 D1", "AR-10 D2"),
)
CORRECTED = {"AR-5 D1", "AR-5 D2", "AR-5 D3", "AR-6 Z1", "AR-6 Z2", "AR-6 Z3", "AR-10 D1"}
AGREED = {"AR-6 Z1", "AR-6 Z2", "AR-7 D2", "AR-8 D1", "AR-8 D2", "AR-10 D1", "AR-10 D2"}
CHANGED = {"AR-6 Z1", "AR-6 Z2", "AR-6 Z3", "AR-8 D1", "AR-8 D2", "AR-10 D1", "AR-10 D2"}
LEFT = {"AR-6 Z2", "AR-8 D1", "AR-8 D2", "AR-10 D1", "AR-10 D2"}

WITHDRAWN = {"termination_ground": "T1"}
ENDINGS: tuple[tuple[str, dict[str, Any], set[str]], ...] = (
    ("upheld", {}, {"AR-4 D1", "AR-4 D2", "AR-10 D2"}),
    ("upheld", {"sued_on": "2022-05-05"}, {"AR-4 D1", "AR-4 D2"}),
    ("varied", {}, CORRECTED),
    ("revoked", {}, CORRECTED),
    ("revoked", {"performed_on": "2022-06-01"}, {*CORRECTED, "AR-10 D2"}),
    ("partly_revoked", {}, CORRECTED),
    ("confirmed_unlawful", {}, CORRECTED),
    ("confirmed_void", {}, CORRECTED),
    ("performance_ordered", {}, CORRECTED),
    ("agreement_liable", {}, CORRECTED),
    ("claim_rejected", {}, set()),
    ("application_rejected", {}, set()),
    ("mediated", {}, {*AGREED, "AR-7 D1"}),
    ("terminated", {**WITHDRAWN, "withdraw_reason": "settled"}, AGREED),
    ("terminated", {**WITHDRAWN, "withdraw_reason": "respondent_changed_act"}, CHANGED),
    ("terminated", {**WITHDRAWN, "withdraw_reason": "voluntary"}, LEFT),
    ("terminated", {**WITHDRAWN, "withdraw_reason": "other"}, LEFT),
    *(("terminated", {"termination_ground": ground}, set()) for ground in ("T2", "T3", "T4", "T5")),
)


def rates(client: TestClient, **query: Any) -> dict[str, tuple[int, int | None]]:
    """`AR-5 D1` -> numerator and denominator."""
    return {
        f"{rate['indicator'].removeprefix('IND-')} {rate['definition']}": (
            rate["numerator"],
            rate["denominator"],
        )
        for rate in asked(client, **query)["rates"]
    }


def test_no_way_to_end_is_left_out() -> None:
    assert {outcome for outcome, _, _ in ENDINGS} == set(get_args(reconsideration.Outcome))
    reasons = {given.get("withdraw_reason") for _, given, _ in ENDINGS} - {None}
    assert reasons == set(get_args(reconsideration.WithdrawReason))


@pytest.mark.parametrize(("outcome", "given", "counted_in"), ENDINGS)
def test_an_outcome_counts_in_its_rates_and_in_no_other(
    client: TestClient, intake: ReportingIntake, outcome: str, given: dict[str, Any], counted_in: set[str]
) -> None:
    intake.apply([message(ar_closed(outcome, **given))], stream=STREAM)

    found = rates(client)

    assert {name for name in OF_OUTCOMES if found[name][0]} == counted_in
    on_decisions = 0 if outcome in ("mediated", "terminated") else 1
    for name in OF_OUTCOMES:
        assert found[name][1] == (on_decisions if name in ("AR-4 D2", "AR-5 D2") else 1), name
    assert found["AR-11 D1"] == (int(on_decisions and "sued_on" in given), on_decisions)


@pytest.mark.parametrize(
    ("refusal", "accepted_of", "suable"),
    [("not_accepted", (0, 1), 1), ("abandoned", (0, 1), 0), ("withdrawn_before_acceptance", (0, 0), 0)],
)
def test_an_application_that_was_never_accepted_is_disposed_of_and_not_concluded(
    client: TestClient,
    intake: ReportingIntake,
    refusal: str,
    accepted_of: tuple[int, int],
    suable: int,
) -> None:
    intake.apply([message(ar(refused_on="2022-03-05", refusal=refusal))], stream=STREAM)

    found = rates(client)

    assert (found["AR-1 D1"], found["AR-1 D2"]) == (accepted_of, (0, 1))
    assert (found["AR-9 D1"], found["AR-8 D1"]) == ((1, 1), (0, 1))
    assert found["AR-11 D1"] == (0, suable)
    assert found["AR-5 D1"] == (0, 0)


@pytest.mark.parametrize("channel", [channel.value for channel in Channel])
def test_a_channel_counts_where_it_is_asked_for_and_in_no_other_share(
    client: TestClient, intake: ReportingIntake, channel: str
) -> None:
    intake.apply([message(ar(channel=channel))], stream=STREAM)

    found = rates(client)

    assert found["AR-17 D1"] == (int(channel == "internet"), 1)
    assert found["AR-19 D1"] == (int(channel == "agent_point"), 1)


@pytest.mark.parametrize(
    ("mode", "counted"),
    [("decision", (1, 0, 0)), ("gap", (1, 0, 1)), ("deemed", (1, 1, 0))],
)
def test_a_deemed_acceptance_is_an_acceptance(
    client: TestClient, intake: ReportingIntake, mode: str, counted: tuple[int, int, int]
) -> None:
    intake.apply([message(ar(accepted_on="2022-03-08", accept_mode=mode))], stream=STREAM)

    counts = asked(client)["counts"]

    assert tuple(counts[f"ar.{name}"] for name in COUNTED_ACCEPTANCES) == counted


COUNTED_ACCEPTANCES = ("accepted", "accepted_deemed", "accepted_with_gaps")


class TestWhatBecameOfIt:
    def test_a_due_date_that_already_includes_extension_and_suspension_decides_what_is_in_time(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        extended = ar_closed(
            "upheld",
            decision_due_on="2022-06-20",
            extension_days=30,
            suspended_days=16,
            closed_on="2022-06-20",
        )
        intake.apply([message(extended)], stream=STREAM)

        assert rates(client)["AR-3 D1"] == (1, 1)
        sentences = client.get("/reporting/indicators").text
        assert "加延长和中止的天数" in sentences
        assert "尚不登记" not in sentences

    def test_hearings_are_counted_by_case_and_by_sitting(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        hearings = (
            {"held_on": "2022-04-01", "attended_by_head": False},
            {"held_on": "2022-04-08", "attended_by_head": True},
            {"held_on": "2021-12-30", "attended_by_head": True},
        )
        intake.apply(
            [message(ar_closed("revoked", hearings=hearings)), message(ar_closed("upheld"), case=2)],
            stream=STREAM,
        )

        found = rates(client)

        assert (found["AR-15 D1"], found["AR-15-2 D1"]) == ((1, 2), (1, 2))

    def test_letters_are_counted_when_issued_and_their_effect_when_their_term_is_over(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        letter = {"kind": "opinion", "issued_on": "2022-04-21", "received_on": "2022-04-25"}
        over, taken = {**letter, "due_on": "2022-06-24"}, {"feedback_on": "2022-06-01", "adopted": True}
        intake.apply(
            [
                message(
                    ar_closed(
                        "revoked",
                        opinion_letters_on=("2022-04-21", "2022-04-21"),
                        recommendation_letters_on=("2022-04-22",),
                        letters=(over, {**over, **taken}),
                    )
                )
            ],
            stream=STREAM,
        )

        found = rates(client)

        assert [found[f"AR-16 {definition}"][0] for definition in ("D1", "D2", "D3")] == [3, 2, 1]
        assert found["AR-16-2 D1"] == (1, 2)

    @pytest.mark.parametrize(("due_on", "is_due"), [("2026-11-22", 1), ("2026-11-23", 0)])
    def test_what_falls_due_after_the_day_of_the_figures_is_not_due_yet(
        self, client: TestClient, intake: ReportingIntake, due_on: str, is_due: int
    ) -> None:
        """The figures of the running year are asked for on 2026-11-22."""
        letter = {
            "kind": "opinion",
            "issued_on": "2026-09-23",
            "due_on": due_on,
            "feedback_on": "2026-10-01",
            "adopted": True,
        }
        case = ar_closed(
            "performance_ordered",
            received_on="2026-08-01",
            accepted_on="2026-08-03",
            closed_on="2026-09-20",
            sue_due_on=due_on,
            performance_due_on=due_on,
            performed_on="2026-10-08",
            letters=(letter,),
        )
        intake.apply([message(case)], stream=STREAM)

        found = rates(client, period="2026")
        behind = asked(client, "/reporting/rates/IND-AR-18/cases", period="2026", part="denominator")

        for name in ("AR-9 D2", "AR-16-2 D1", "AR-18 D1"):
            assert found[name] == (is_due, is_due), name
        assert found["AR-11 D3"] == (0, is_due)
        assert (behind["total"], len(behind["items"])) == (is_due, is_due)

    @pytest.mark.parametrize(
        ("period", "preliminary"), [("2026", True), ("2026-Q3", True), ("2026-08", False), ("2026-07", False)]
    )
    def test_rates_of_peace_are_preliminary_until_suits_have_had_their_time(
        self, client: TestClient, intake: ReportingIntake, period: str, preliminary: bool
    ) -> None:
        """Fifteen days to sue and sixty to hear of it, asked on 2026-11-22: August ripened on 2026-11-14."""
        closings = ("2026-07-20", "2026-08-20", "2026-09-20")
        intake.apply(
            [
                message(
                    ar_closed("upheld", accepted_on="2026-06-01", closed_on=closed, sue_due_on="2026-10-15"),
                    case=n,
                )
                for n, closed in enumerate(closings)
            ],
            stream=STREAM,
        )

        flags = {flag["id"]: flag["message"] for flag in asked(client, period=period)["flags"]}

        assert ("AR-preliminary" in flags) is preliminary
        if period == "2026-Q3":
            assert "2026-12-14 起可作定数" in flags["AR-preliminary"]

    def test_a_period_without_cases_has_nothing_that_could_ripen(
        self, client: TestClient, intake: ReportingIntake
    ) -> None:
        intake.apply([message(ar())], stream=STREAM)

        assert asked(client, period="2026")["flags"] == []
