"""The transitions that the specification forbids by name (DOMAIN 2.11), and the rules a hasty reading gets wrong
(DOMAIN §10 no. 1-9); the details stand in the tests of each subject."""

from datetime import date
from typing import Any

import pytest

from services.reconsideration.domain.clocks import ClockState
from services.reconsideration.events import facts_of
from services.reconsideration.terms import (
    Outcome,
    Procedure,
    Refusal,
    Status,
    Step,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from tests.reconsideration.builders import (
    ACCEPT,
    ANSWERED,
    DECIDED,
    HEARD,
    LATER_ON,
    REVIEWED,
    SUMMARY,
    SUSPEND,
    TAKE,
    WITH_GAPS,
    Taken,
    a_case,
    decided,
    lived,
    plainly,
    received,
    running,
    took,
    why_refused,
)

ASKED = plainly(Step.REQUEST_SUPPLEMENT)
BY_TIME = {"ground": TerminationGround.T5}
UPHELD, VARIED = decided(Outcome.UPHELD), decided(Outcome.VARIED)


@pytest.mark.parametrize(
    ("life", "step", "entered", "code"),
    [
        pytest.param(
            (plainly(Step.DECLINE),),
            Step.ACCEPT,
            TAKE[Step.ACCEPT],
            "accept_not_allowed",
            id="accept after refuse",
        ),
        pytest.param(
            (SUMMARY, *ANSWERED),
            Step.EXTEND,
            TAKE[Step.EXTEND],
            "extension_not_allowed",
            id="extend a simplified case",
        ),
        pytest.param(
            (*REVIEWED, plainly(Step.EXTEND, days=10)),
            Step.EXTEND,
            {"days": 10, "reason": "情况复杂"},
            "extended_twice",
            id="extend twice",
        ),
        pytest.param(
            (*REVIEWED, plainly(Step.SUSPEND, date(2024, 3, 18), ground=SuspensionGround.S3)),
            Step.TERMINATE,
            BY_TIME,
            "no_termination_by_time",
            id="T5 on S3",
        ),
        pytest.param(
            (*REVIEWED, HEARD, plainly(Step.SUSPEND, date(2024, 3, 20))),
            Step.SUBMIT_DECISION,
            UPHELD,
            "submit_decision_not_allowed",
            id="decision while suspended",
        ),
        pytest.param(
            (ACCEPT, ANSWERED[0], plainly(Step.LAPSE_REPLY), plainly(Step.HEAR_OPINION)),
            Step.SUBMIT_DECISION,
            UPHELD,
            "no_evidence",
            id="maintain after no evidence",
        ),
        pytest.param(
            (ASKED, plainly(Step.RECEIVE_SUPPLEMENT)),
            Step.REQUEST_SUPPLEMENT,
            {"papers": "再补"},
            "supplement_twice",
            id="second supplement notice",
        ),
        pytest.param(
            (*REVIEWED, HEARD),
            Step.SUBMIT_DECISION,
            VARIED,
            "worse_for_applicant",
            id="modify without declaring it no worse",
        ),
    ],
)
def test_a_transition_that_the_specification_forbids_is_refused(
    life: tuple[Taken, ...], step: Step, entered: Any, code: str
) -> None:
    assert why_refused(lived(*life), step, LATER_ON, **entered) == code


def test_no_1_three_to_ten_days_are_working_days_and_longer_periods_calendar_days() -> None:
    case = lived(ACCEPT, ANSWERED[0])

    units = {kind: clock.deadline.unit.value for (kind, _), clock in running(case).items()}

    assert units == {
        "review": "working_day",
        "copy": "working_day",
        "reply": "working_day",
        "decision": "calendar_day",
        "sue_silence": "calendar_day",
    }


def test_no_2_a_worked_weekend_and_the_new_years_eve_of_2024_are_working_days() -> None:
    assert running(received(a_case(received_on=date(2024, 2, 7))))["review", 1].deadline.due_on == (
        date(2024, 2, 20)
    )


def test_no_3_deemed_acceptance_happens_on_the_fifth_working_day_and_starts_the_sixty() -> None:
    case = took(received(), Step.DEEM_ACCEPTED, date(2024, 3, 8))

    assert (case.accepted_on, case.decision_due_on) == (date(2024, 3, 8), date(2024, 5, 7))


def test_no_4_a_supplement_starts_the_review_afresh_its_lapse_is_abandonment_and_gaps_change_no_clock() -> (
    None
):
    supplemented = lived(ASKED, plainly(Step.RECEIVE_SUPPLEMENT))
    lapsed = lived(ASKED, plainly(Step.LAPSE_SUPPLEMENT))

    assert running(supplemented)["review", 2].deadline.start == date(2024, 3, 15)
    assert (lapsed.refusal, lapsed.accepted_on) == (Refusal.ABANDONED, None)
    assert running(lived(WITH_GAPS)) == running(lived(ACCEPT))


def test_no_5_a_converted_case_counts_from_its_original_acceptance() -> None:
    converted = lived(SUMMARY, plainly(Step.CONVERT))

    assert converted.procedure is Procedure.ORDINARY
    assert running(converted)["decision", 1].deadline.start == converted.accepted_on


def test_no_6_an_open_suspension_is_not_overdue_and_an_ended_one_shifts_by_whole_days() -> None:
    suspended = lived(*REVIEWED, SUSPEND)

    resumed = took(suspended, Step.RESUME, date(2024, 4, 8), reason="消除")

    assert running(suspended, today=date(2026, 3, 2))["decision", 1].state is ClockState.OPEN
    assert suspended.decision_due_on is None
    assert running(resumed)["decision", 1].deadline.excluded_days == 21


def test_no_7_rejecting_the_claim_is_a_decision_and_rejecting_the_application_is_none() -> None:
    claim = lived(
        *REVIEWED,
        HEARD,
        plainly(Step.SUBMIT_DECISION, date(2024, 3, 28), **decided(Outcome.CLAIM_REJECTED)),
        *DECIDED[-2:],
    )
    application = lived(*REVIEWED, plainly(Step.REJECT_APPLICATION))

    assert (claim.outcome, application.outcome) == (Outcome.CLAIM_REJECTED, Outcome.APPLICATION_REJECTED)
    assert claim.closing.items
    assert application.closing.items == ()


def test_no_8_a_settlement_closes_as_a_withdrawal_with_its_reason_and_mediation_as_its_statement() -> None:
    settled = facts_of(lived(*REVIEWED, plainly(Step.WITHDRAW)))
    mediated = facts_of(lived(*REVIEWED, plainly(Step.SIGN_MEDIATION)))

    assert (settled.outcome, settled.termination_ground) == ("terminated", "T1")
    assert settled.withdraw_reason == WithdrawReason.SETTLED.value
    assert (mediated.outcome, mediated.termination_ground) == ("mediated", None)


def test_no_9_received_accepted_and_closed_are_three_dates_and_a_refusal_is_not_closed() -> None:
    closed, refused = facts_of(lived(*DECIDED)), facts_of(lived(plainly(Step.DECLINE)))

    assert None not in (closed.received_on, closed.accepted_on, closed.closed_on)
    assert (refused.accepted_on, refused.closed_on, refused.outcome) == (None, None, None)
    assert lived(plainly(Step.DECLINE)).status is Status.NOT_ACCEPTED
