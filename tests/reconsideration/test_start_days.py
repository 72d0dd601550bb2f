"""How the act reached the person, or what the organ failed to do: the day from which the limit to apply runs."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration import domain, labels
from services.reconsideration.domain import ClockState, Moment
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.domain.time_limit import limits, start_day
from services.reconsideration.terms import Channel, Inaction, Reached, Step
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    ALL_MET,
    CALENDAR,
    RECEIVED_ON,
    TODAY,
    applied,
    received,
    running,
    took,
    why_refused,
)
from tests.reconsideration.office import Office, an_application, refused

DAY = timedelta(days=1)
LONG_AGO = date(2023, 12, 1)  # sixty days from here end on 2024-01-30


def why_not_filed(**application: Any) -> tuple[str, str | None]:
    """The code and the field of the refusal to file such an application."""
    with pytest.raises(RuleViolation) as refusal:
        domain.receive(applied(Application(**application)), moment=Moment(TODAY, CALENDAR))
    assert refusal.value.message.endswith("。")
    return refusal.value.code.removeprefix("reconsideration."), refusal.value.field


def test_the_limit_runs_from_the_day_on_which_the_act_reached_the_person() -> None:
    case = received(applied(Application(reached=Reached.DIRECT_DELIVERY, reached_on=LONG_AGO)))

    (limit,) = limits(case, CALENDAR)

    assert (limit.rule, limit.start) == ("ar.apply", LONG_AGO)
    assert why_refused(case, Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET) == "out_of_time"


def test_the_limit_against_inaction_runs_from_the_sixtieth_day_after_the_request() -> None:
    asked = Application(inaction=Inaction.NO_TERM, inaction_on=date(2023, 11, 15))

    (limit,) = limits(received(applied(asked)), CALENDAR)

    assert limit.start == date(2024, 1, 14)


def test_nobody_complains_of_inaction_before_its_time_has_passed() -> None:
    asked = Application(inaction=Inaction.NO_TERM, inaction_on=RECEIVED_ON - 59 * DAY)

    refusal = why_refused(received(applied(asked)), Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET)

    assert refusal == "inaction_premature"


@pytest.mark.parametrize(
    "application", [{"reached": Reached.NOT_DELIVERED}, {"inaction": Inaction.EMERGENCY}]
)
def test_where_no_limit_runs_there_is_no_start_day_and_its_reason_is_told(
    application: dict[str, Any],
) -> None:
    case = received(applied(Application(**application)))

    start = start_day(case.application)

    assert start is not None
    assert (start.on, limits(case, CALENDAR)) == (None, ())
    assert "实施条例第十" in start.explanation
    took(case, Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET)


def test_an_act_that_was_never_delivered_is_still_barred_by_its_age() -> None:
    old = Application(reached=Reached.NOT_DELIVERED, act_made_on=date(2019, 2, 1))

    assert why_refused(received(applied(old)), Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET) == "out_of_time"


@pytest.mark.parametrize(
    ("application", "code", "field"),
    [
        pytest.param(
            {"reached": Reached.POST, "reached_on": LONG_AGO, "knew_on": LONG_AGO + DAY},
            "start_day_contradicted",
            "knew_on",
            id="another-day-of-knowing",
        ),
        pytest.param(
            {"reached": Reached.NOT_DELIVERED, "knew_on": LONG_AGO},
            "start_day_contradicted",
            "knew_on",
            id="known-though-not-delivered",
        ),
        pytest.param(
            {"reached": Reached.POST, "inaction": Inaction.NO_TERM, "reached_on": LONG_AGO},
            "act_and_inaction",
            "inaction",
            id="an-act-and-none",
        ),
        pytest.param(
            {"reached": Reached.POST}, "start_day_missing", "reached_on", id="reached-without-a-day"
        ),
        pytest.param(
            {"inaction": Inaction.TERM_SET}, "start_day_missing", "inaction_on", id="inaction-without-a-day"
        ),
        pytest.param(
            {"reached_on": LONG_AGO}, "start_day_without_manner", "reached", id="a-day-without-a-manner"
        ),
        pytest.param(
            {"inaction_on": LONG_AGO}, "start_day_without_manner", "inaction", id="a-day-without-its-case"
        ),
        pytest.param(
            {"reached": Reached.NOT_DELIVERED, "reached_on": LONG_AGO},
            "start_day_not_asked",
            "reached_on",
            id="a-day-though-not-delivered",
        ),
        pytest.param(
            {"reached": Reached.ON_THE_SPOT, "reached_on": LONG_AGO, "act_made_on": LONG_AGO - DAY},
            "start_day_contradicted",
            "act_made_on",
            id="made-on-the-spot-on-another-day",
        ),
        pytest.param(
            {"knew_on": LONG_AGO, "act_made_on": LONG_AGO + DAY},
            "known_before_made",
            "knew_on",
            id="known-before-it-was-made",
        ),
        pytest.param(
            {"knew_on": LONG_AGO, "period_days": 30}, "length_not_allowed", "length", id="a-shorter-limit"
        ),
        pytest.param(
            {"knew_on": RECEIVED_ON + DAY}, "known_after_filing", "knew_on", id="known-after-it-was-filed"
        ),
        pytest.param(
            {"reached": Reached.POST, "reached_on": RECEIVED_ON, "filed_on": RECEIVED_ON - DAY},
            "known_after_filing",
            "reached_on",
            id="reached-after-it-was-filed",
        ),
    ],
)
def test_what_contradicts_the_start_day_is_refused_at_filing(
    application: dict[str, Any], code: str, field: str
) -> None:
    assert why_not_filed(**application) == (code, field)


def test_the_same_day_of_knowing_may_be_told_beside_how_the_act_came() -> None:
    told = Application(reached=Reached.POST, reached_on=LONG_AGO, knew_on=LONG_AGO)

    (limit,) = limits(received(applied(told)), CALENDAR)

    assert limit.start == LONG_AGO


def test_the_start_day_is_entered_and_shown_with_its_reason(office: Office) -> None:
    case = office.file(reached="public_notice", reached_on="2024-02-01")

    assert office.one(case)["apply_start"] == {
        "on": "2024-02-01",
        "article": "行政复议法实施条例第十五条第一款第四项",
        "explanation": "公告告知，自公告期限届满之日起算，即 2024-02-01（行政复议法实施条例第十五条第一款第四项）。",
    }
    assert office.one(office.file(case_number="2"))["apply_start"] is None


def test_a_start_day_that_contradicts_another_is_refused_over_the_api(office: Office) -> None:
    answer = office.send(an_application(reached="post", reached_on="2024-02-01", knew_on="2024-02-02"))

    assert refused(answer, 409, "reconsideration.start_day_contradicted")["field"] == "knew_on"


def test_a_correction_of_how_the_act_came_is_held_to_the_same(office: Office) -> None:
    case = office.file(reached="post", reached_on="2024-02-01")

    answer = office.try_correct(case, {"proceeding": {"application": {"reached_on": None}}})

    refused(answer, 409, "reconsideration.start_day_missing")


def test_every_way_has_its_word() -> None:
    assert set(labels.REACHED) == set(Reached)
    assert set(labels.INACTION) == set(Inaction)


# --- The limits to apply as dated rows (DOMAIN 2.12)


def apply_clocks(**application: Any) -> list[tuple[str, date, date | None, ClockState, date | None]]:
    found = running(received(applied(Application(**application))))
    return [
        (clock.deadline.rule, clock.deadline.start, clock.deadline.due_on, clock.state, clock.met_on)
        for (kind, _), clock in sorted(found.items())
        if kind == "apply"
    ]


def test_the_limit_to_apply_is_a_clock_that_filing_stops() -> None:
    knew_on, filed_on = date(2024, 1, 8), date(2024, 2, 28)

    (clock,) = apply_clocks(knew_on=knew_on, filed_on=filed_on)

    assert clock == ("ar.apply", knew_on, date(2024, 3, 8), ClockState.MET, filed_on)


def test_an_application_that_came_late_has_missed_its_clock() -> None:
    (clock,) = apply_clocks(reached=Reached.POST, reached_on=LONG_AGO)

    assert clock == ("ar.apply", LONG_AGO, date(2024, 1, 30), ClockState.MISSED, RECEIVED_ON)


def test_every_limit_that_runs_is_a_row_the_earliest_first() -> None:
    rows = apply_clocks(
        knew_on=date(2023, 6, 5), informed_on=date(2024, 1, 8), act_made_on=date(2023, 6, 1), real_estate=True
    )

    assert [row[0] for row in rows] == ["ar.apply_not_informed", "ar.apply_cap", "ar.apply_bar_real_estate"]


def test_a_clock_of_applying_tells_why_and_falls_due_no_more(office: Office) -> None:
    case = office.file(reached="direct_delivery", reached_on="2024-01-08")

    (clock,) = [each for each in office.one(case)["clocks"] if each["kind"] == "apply"]

    assert (clock["rule"], clock["started_on"], clock["due_on"], clock["state"], clock["met_on"]) == (
        "ar.apply",
        "2024-01-08",
        "2024-03-08",
        "met",
        "2024-03-01",
    )
    assert "直接送达，自签收之日起算" in clock["explanation"]
    deadlines = office.client.get("/reconsideration/deadlines").json()["items"]
    assert {each["kind"] for each in deadlines} == {"review"}


def test_a_posted_application_without_postmark_says_what_counts_instead() -> None:
    case = received(applied(Application(knew_on=date(2024, 1, 8)), channel=Channel.POST))

    assert "邮戳" in running(case)["apply", 1].deadline.explanation


def test_what_was_entered_in_contradiction_before_it_was_asked_for_keeps_no_case_shut() -> None:
    before = applied(Application(knew_on=LONG_AGO, act_made_on=LONG_AGO + DAY))

    assert not [kind for kind, _ in running(before) if kind == "apply"]
