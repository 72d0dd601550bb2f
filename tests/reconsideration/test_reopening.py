"""Taking a case up again (ARL 35, 40; 实施条例 48; DOMAIN 2.11 no. 31)."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.terms import (
    AcceptMode,
    Condition,
    DeliveryManner,
    Outcome,
    ReopenedBy,
    Status,
    Step,
)
from tests.reconsideration.builders import (
    ACCEPT,
    ANSWERED,
    CLOSED_ON,
    DECIDED,
    LATER_ON,
    SUMMARY,
    TAKE,
    decided,
    failing,
    lived,
    plainly,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)
APPLICANT = UUID(int=1)
DELIVERED_ON = date(2024, 4, 15)


def _decided() -> Case:
    return lived(*DECIDED)


def _delivered(case: Case) -> Case:
    return took(case, Step.DELIVER, DELIVERED_ON, manner=DeliveryManner.DIRECT, party=APPLICANT)


def _reopened(case: Case, on: date = LATER_ON, by: ReopenedBy = ReopenedBy.COURT) -> Case:
    return took(case, Step.REOPEN, on, by=by, reason="责令重新审理")


@pytest.mark.parametrize("by", ReopenedBy)
def test_the_old_closing_is_kept_and_the_case_is_received_once(by: ReopenedBy) -> None:
    closed = _delivered(_decided())

    again = _reopened(closed, by=by)

    (cycle,) = again.proceeding.cycles
    assert (cycle.by, cycle.reopened_on, cycle.closed_on, cycle.outcome) == (
        by,
        LATER_ON,
        CLOSED_ON,
        Outcome.UPHELD.value,
    )
    assert (cycle.handling, cycle.closing) == (closed.handling, closed.closing)
    assert (again.received_on, again.accepted_on) == (closed.received_on, closed.accepted_on)
    assert again.status is Status.UNDER_REVIEW
    assert again.closing.deliveries == ()


def test_the_period_to_decide_runs_anew_from_the_day_the_case_is_taken_up() -> None:
    again = _reopened(_decided())

    assert again.decision_due_on == date(2024, 6, 21)
    assert running(again)["decision", 1].state is ClockState.OPEN


def test_a_case_taken_up_again_hears_the_parties_and_is_decided_anew() -> None:
    again = _reopened(_decided())

    early = why_refused(again, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.REVOKED))
    heard = took(again, Step.HEAR_OPINION, LATER_ON, **TAKE[Step.HEAR_OPINION])

    assert early == "opinion_not_heard"
    assert why_refused(again, Step.HEAR_OPINION, LATER_ON - DAY, **TAKE[Step.HEAR_OPINION]) == (
        "before_previous_step"
    )
    assert took(heard, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.REVOKED)).closing.submission


def test_a_refusal_that_a_superior_sets_aside_is_reviewed_afresh_and_stays_on_record() -> None:
    refused = lived(plainly(Step.DECLINE, conditions=failing(Condition.INTEREST)))

    again = _reopened(refused, by=ReopenedBy.SUPERIOR)

    assert again.status is Status.RECEIVED
    assert running(again)["review", 1].deadline.due_on == date(
        2024, 4, 28
    )  # five working days, one a worked Sunday
    assert again.proceeding.cycles[0].acceptance == refused.acceptance
    accepted = took(again, Step.DEEM_ACCEPTED, date(2024, 4, 28))
    assert accepted.acceptance.mode is AcceptMode.DEEMED
    assert accepted.decision_due_on == date(2024, 6, 27)


def test_taking_a_case_up_again_leaves_its_acceptance_review_as_it_was() -> None:
    before, after = running(_decided()), running(_reopened(_decided()))

    assert after["review", 1] == before["review", 1]
    assert after["copy", 1] == before["copy", 1]
    assert after["reply", 1] == before["reply", 1]


def test_a_copy_that_the_closing_left_unanswered_is_sent_anew_with_its_full_periods() -> None:
    withdrawn = lived(ACCEPT, ANSWERED[0], plainly(Step.WITHDRAW, date(2024, 3, 11)))

    again = _reopened(withdrawn)

    assert again.status is Status.ACCEPTED
    assert running(again)["copy", 1].deadline.due_on == date(2024, 4, 30)
    sent = took(again, Step.SEND_COPY, LATER_ON, received_on=LATER_ON)
    assert took(sent, Step.RECORD_REPLY, date(2024, 5, 8)).status is Status.UNDER_REVIEW


def test_a_converted_case_stays_converted_when_it_is_taken_up_again() -> None:
    withdrawn = lived(
        SUMMARY, plainly(Step.CONVERT, date(2024, 3, 8)), plainly(Step.WITHDRAW, date(2024, 3, 11))
    )

    again = _reopened(withdrawn)

    code = why_refused(again, Step.CHOOSE_PROCEDURE, LATER_ON, **TAKE[Step.CHOOSE_PROCEDURE])
    assert code == "already_converted"


def test_a_case_can_be_taken_up_more_than_once() -> None:
    twice = _reopened(
        lived(*DECIDED, plainly(Step.REOPEN), plainly(Step.SIGN_MEDIATION, date(2024, 5, 6))),
        date(2024, 6, 3),
    )

    assert [cycle.outcome for cycle in twice.proceeding.cycles] == ["upheld", "mediated"]
    assert twice.decision_due_on == date(2024, 8, 2)
