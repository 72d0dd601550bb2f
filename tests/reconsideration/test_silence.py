"""Silence 逾期不作决定: the applicant may sue although nothing is decided (行政诉讼法 44, 45; ARL 29, 34; AR-7.1)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import Case, Clock, ClockState
from services.reconsideration.domain.proceeding import Application, Suit
from services.reconsideration.events import facts_of
from services.reconsideration.terms import (
    Condition,
    DeliveryManner,
    ExclusionKind,
    FollowUp,
    Outcome,
    Status,
    Step,
)
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    ACCEPT,
    ANSWERED,
    CALENDAR,
    HEARD,
    REVIEWED,
    SUBMIT,
    SUMMARY,
    SUSPEND,
    TAKE,
    TODAY,
    a_case,
    applied,
    decided,
    failing,
    lived,
    plainly,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)
EXPIRES_ON = date(2024, 5, 6)  # day 60 is 05-04, within the May days off
SUING_ENDS_ON = date(2024, 5, 21)
NUMBER = "（2024）内0625行初1号"
SUED = {"number": NUMBER}


def silence(case: Case, *, today: date = TODAY) -> Clock:
    return running(case, today=today)["sue_silence", 1]


def is_told(case: Case, *, today: date = TODAY) -> bool:
    return ("sue_silence", 1) in running(case, today=today)


def sued(case: Case, on: date = EXPIRES_ON + DAY, **entered: Any) -> Case:
    return took(case, Step.RECORD_SUIT, on, **{**SUED, **entered})


def _decided_on(day: date, *before: Any) -> Case:
    steps = (plainly(Step.SUBMIT_DECISION, day), plainly(Step.ENDORSE_DECISION, day))
    return lived(*REVIEWED, HEARD, *before, *steps, plainly(Step.APPROVE_DECISION, day))


# --- The clock


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2024, 3, 5), ClockState.WAITING),
        (EXPIRES_ON, ClockState.WAITING),  # a decision on this day is still in time
        (EXPIRES_ON + DAY, ClockState.OPEN),
        (SUING_ENDS_ON, ClockState.OPEN),
        (SUING_ENDS_ON + DAY, ClockState.ENDED),
    ],
)
def test_the_fifteen_days_are_known_from_acceptance_and_run_when_the_period_has_expired(
    today: date, state: ClockState
) -> None:
    right = silence(lived(ACCEPT), today=today)

    assert (right.state, right.is_right) == (state, True)
    assert (right.deadline.rule, right.deadline.start, right.deadline.due_on) == (
        "ar.sue",
        EXPIRES_ON,
        SUING_ENDS_ON,
    )
    assert "审理期限于 2024-05-06 届满" in right.deadline.explanation
    assert "行政诉讼法第四十五条" in right.deadline.explanation


def test_the_act_of_2023_says_so_again_of_cases_that_must_come_here_first() -> None:
    first = applied(Application(prerequisite=True))
    of_old = replace(first, received_on=date(2023, 6, 1))

    assert "行政复议法第三十四条" in silence(lived(ACCEPT, of=first)).deadline.explanation
    accepted = lived(plainly(Step.ACCEPT, date(2023, 6, 5)), of=of_old)
    assert "行政复议法第三十四条" not in silence(accepted).deadline.explanation
    assert "行政复议法第三十四条" not in silence(lived(ACCEPT)).deadline.explanation


def test_before_2024_it_was_the_same() -> None:
    case = lived(plainly(Step.ACCEPT, date(2023, 6, 5)), of=a_case(received_on=date(2023, 6, 1)))

    assert silence(case).deadline.start == case.decision_due_on == date(2023, 7, 31)
    assert silence(case).deadline.due_on == date(2023, 8, 15)


def test_it_follows_procedure_extension_and_suspension() -> None:
    extended = lived(*REVIEWED, plainly(Step.EXTEND))
    resumed = lived(*REVIEWED, SUSPEND, plainly(Step.RESUME))

    assert silence(lived(SUMMARY)).deadline.start == date(2024, 4, 7)
    assert silence(extended).deadline.start == extended.decision_due_on == date(2024, 6, 3)
    assert silence(resumed).deadline.start == resumed.decision_due_on == date(2024, 6, 11)


def test_while_a_suspension_holds_the_period_there_is_no_such_day() -> None:
    assert not is_told(lived(*REVIEWED, SUSPEND))


def test_a_suspension_after_the_expiry_takes_the_right_away_from_nobody() -> None:
    late = plainly(Step.SUSPEND, EXPIRES_ON + DAY)

    assert silence(lived(*REVIEWED, late)).deadline.start == EXPIRES_ON
    assert (
        silence(lived(*REVIEWED, late, plainly(Step.RESUME, date(2024, 6, 3)))).deadline.start == EXPIRES_ON
    )
    on_the_last_day = lived(*REVIEWED, plainly(Step.SUSPEND, EXPIRES_ON))
    assert not is_told(on_the_last_day)


def test_time_excluded_within_the_period_and_entered_later_moves_the_expiry() -> None:
    entered = {"kind": ExclusionKind.EXPERT_OPINION, "begun_on": date(2024, 4, 15)}

    case = took(lived(*REVIEWED), Step.EXCLUDE_TIME, date(2024, 5, 15), **entered)

    assert silence(case).deadline.start == case.decision_due_on == date(2024, 6, 3)


def test_a_decision_in_time_leaves_no_silence_and_a_late_one_ends_it() -> None:
    assert not is_told(_decided_on(EXPIRES_ON))
    assert silence(_decided_on(EXPIRES_ON + DAY), today=EXPIRES_ON + DAY).state is ClockState.ENDED


def test_it_is_provisional_when_the_expiry_is() -> None:
    """CAL-11: neither day is certain before the notice of 2027 has come."""
    case = lived(plainly(Step.ACCEPT, date(2026, 11, 4)), of=a_case(received_on=date(2026, 11, 2)))

    assert case.due_provisional
    assert silence(case).deadline.provisional
    assert not silence(lived(ACCEPT)).deadline.provisional


def test_the_applicants_right_is_no_due_date_of_the_case() -> None:
    silent = domain.clocks(lived(*REVIEWED), CALENDAR, today=EXPIRES_ON + DAY)
    delivered = took(
        _decided_on(date(2024, 4, 10)),
        Step.DELIVER,
        date(2024, 4, 15),
        manner=DeliveryManner.DIRECT,
        party=UUID(int=1),
    )

    assert domain.next_due_on(silent) == EXPIRES_ON
    closed = domain.clocks(delivered, CALENDAR, today=date(2024, 4, 22))
    assert [clock.kind for clock in closed if clock.state is ClockState.OPEN] == ["sue"]
    assert domain.next_due_on(closed) is None


def test_of_a_ledger_case_only_what_still_runs_is_told() -> None:
    open_case, _ = domain.record_from_ledger(
        a_case(accepted_on=date(2024, 3, 5)), calendar=CALENDAR, today=date(2024, 4, 1)
    )

    for today in (date(2024, 4, 1), EXPIRES_ON + DAY):
        assert is_told(open_case, today=today)
    assert not is_told(open_case, today=SUING_ENDS_ON + DAY)


# --- Refused (ARL 34)


@pytest.mark.parametrize("prerequisite", [True, False])
def test_a_refusal_is_brought_to_court_within_fifteen_days_of_its_receipt(prerequisite: bool) -> None:
    entered = {"manner": DeliveryManner.DIRECT, "party": UUID(int=1)}
    refused = lived(
        plainly(Step.DECLINE, conditions=failing(Condition.INTEREST)),
        of=applied(Application(prerequisite=prerequisite)),
    )

    delivered = took(refused, Step.DELIVER, date(2024, 3, 8), **entered)

    sue = running(delivered, today=date(2024, 3, 8))["sue", 1]
    assert (sue.deadline.due_on, sue.state) == (date(2024, 3, 25), ClockState.OPEN)
    assert not is_told(delivered)


def test_an_application_rejected_after_acceptance_is_brought_to_court_likewise() -> None:
    rejected = lived(*REVIEWED, plainly(Step.REJECT_APPLICATION, date(2024, 4, 10)))
    entered = {"manner": DeliveryManner.DIRECT, "party": UUID(int=1)}

    delivered = took(rejected, Step.DELIVER, date(2024, 4, 15), **entered)

    assert running(delivered, today=date(2024, 4, 15))["sue", 1].deadline.due_on == date(2024, 4, 30)


# --- The suit


SILENT = {
    Status.ACCEPTED: (ACCEPT,),
    Status.UNDER_REVIEW: REVIEWED,
    Status.SUSPENDED: (*REVIEWED, plainly(Step.SUSPEND, EXPIRES_ON + DAY)),
    Status.DECISION_PENDING: (*REVIEWED, HEARD, SUBMIT),
}


@pytest.mark.parametrize("status", SILENT)
def test_over_silence_the_applicant_sues_and_the_case_stays_open(status: Status) -> None:
    case = sued(lived(*SILENT[status]), EXPIRES_ON + 2 * DAY)

    assert case.status is status
    assert case.handling.silence_suit == Suit(EXPIRES_ON + 2 * DAY, NUMBER)
    assert (silence(case).state, silence(case).met_on) == (ClockState.MET, EXPIRES_ON + 2 * DAY)
    facts = facts_of(case)
    assert (facts.sued_on, facts.suit_reference, facts.closed_on) == (EXPIRES_ON + 2 * DAY, NUMBER, None)
    assert running(case)["decision", 1].state is ClockState.OPEN


@pytest.mark.parametrize("path", [(ACCEPT,), REVIEWED, (*REVIEWED, HEARD, SUBMIT)])
def test_while_the_period_runs_there_is_no_suit(path: Any) -> None:
    assert why_refused(lived(*path), Step.RECORD_SUIT, EXPIRES_ON) == "suit_before_expiry"


def test_while_a_suspension_holds_the_period_there_is_no_suit() -> None:
    case = lived(*REVIEWED, SUSPEND)

    with pytest.raises(RuleViolation, match="中止期间审理期限不计算") as refusal:
        took(case, Step.RECORD_SUIT, TODAY)

    assert refusal.value.code == "reconsideration.suit_before_expiry"
    assert refusal.value.field == "on"


def test_a_suit_too_late_is_recorded_as_late() -> None:
    assert silence(sued(lived(*REVIEWED), SUING_ENDS_ON + DAY)).state is ClockState.MISSED


def test_one_suit_over_silence_is_recorded_once() -> None:
    assert why_refused(sued(lived(*REVIEWED)), Step.RECORD_SUIT, TODAY) == "already_sued"


def test_the_late_decision_has_a_period_to_sue_of_its_own() -> None:
    case = _decided_on(date(2024, 5, 13), plainly(Step.RECORD_SUIT, EXPIRES_ON + DAY, **SUED))
    delivered = took(case, Step.DELIVER, date(2024, 5, 15), manner=DeliveryManner.DIRECT, party=UUID(int=1))

    assert running(delivered, today=date(2024, 5, 16))["sue", 1].state is ClockState.OPEN
    assert facts_of(delivered).sued_on == EXPIRES_ON + DAY
    again = took(delivered, Step.RECORD_SUIT, date(2024, 5, 20), number="（2024）内0625行初2号")
    assert running(again)["sue", 1].state is ClockState.MET
    assert again.handling.silence_suit == case.handling.silence_suit
    assert facts_of(again).suit_reference == "（2024）内0625行初2号"


def test_a_suit_over_silence_may_be_entered_after_the_late_decision_and_none_from_before_the_expiry() -> None:
    case = _decided_on(date(2024, 5, 13))

    assert sued(case).handling.silence_suit == Suit(EXPIRES_ON + DAY, NUMBER)
    assert why_refused(case, Step.RECORD_SUIT, EXPIRES_ON) == "suit_before_expiry"
    assert sued(case, date(2024, 5, 13)).closing.sued_on == date(2024, 5, 13)


def test_who_sued_over_silence_is_not_enforced_against() -> None:
    case = sued(lived(*REVIEWED, HEARD))
    for step, entered in (
        (Step.SUBMIT_DECISION, decided(Outcome.UPHELD)),
        (Step.ENDORSE_DECISION, {}),
        (Step.APPROVE_DECISION, TAKE[Step.APPROVE_DECISION]),
        (Step.DELIVER, {"manner": DeliveryManner.DIRECT, "party": UUID(int=1)}),
    ):
        case = took(case, step, date(2024, 5, 15), **entered)

    code = why_refused(case, Step.FOLLOW_UP, date(2024, 7, 1), kind=FollowUp.ENFORCED)

    assert code == "enforcement_too_early"
    assert ("enforcement", 1) not in running(case, today=date(2024, 7, 1))


def test_a_case_that_is_taken_up_again_has_a_period_and_a_silence_of_its_own() -> None:
    closed = _decided_on(date(2024, 5, 13), plainly(Step.RECORD_SUIT, EXPIRES_ON + DAY, **SUED))

    again = took(closed, Step.REOPEN, date(2024, 6, 3), **TAKE[Step.REOPEN])

    assert again.handling.silence_suit is None
    assert again.proceeding.cycles[0].handling.silence_suit == Suit(EXPIRES_ON + DAY, NUMBER)
    assert silence(again).deadline.start == again.decision_due_on == date(2024, 8, 2)


@pytest.mark.parametrize(
    ("suit", "code"),
    [
        (Suit(date(2024, 3, 4)), "suit_before_acceptance"),
        (Suit(TODAY + DAY), "date_in_future"),
        (Suit(EXPIRES_ON + DAY, "无号"), "number_unreadable"),
    ],
)
def test_no_correction_makes_a_suit_that_cannot_be(suit: Suit, code: str) -> None:
    case = lived(*REVIEWED)
    handling = replace(case.handling, silence_suit=suit)

    with pytest.raises(RuleViolation) as refusal:
        domain.correct(
            case, changes={"proceeding": {"handling": handling}}, by_head=True, calendar=CALENDAR, today=TODAY
        )

    assert refusal.value.code == f"reconsideration.{code}"


def test_the_reply_may_still_be_outstanding_when_the_period_expires() -> None:
    assert sued(lived(ACCEPT, ANSWERED[0])).status is Status.ACCEPTED
