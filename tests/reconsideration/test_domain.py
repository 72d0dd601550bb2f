"""Which step may be taken when, what no case may contradict, and that legal steps never lead to such a case."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import ALLOWED_FROM, RULES, Case
from services.reconsideration.terms import (
    LawVersion,
    LetterKind,
    Outcome,
    Procedure,
    Refusal,
    Status,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.errors import Conflict, RuleViolation
from tests.reconsideration.builders import (
    ACCEPTED_ON,
    CALENDAR,
    CLOSED_ON,
    IN_STATUS,
    RECEIVED_ON,
    TAKE,
    TODAY,
    a_case,
    a_closed_case,
    an_accepted_case,
)

DAY = timedelta(days=1)
TOMORROW = TODAY + DAY

# Written out once more on purpose: a slip in the table of the rules must not carry over to its test.
LEADS_TO = {
    (Status.RECEIVED, Step.ACCEPT): Status.UNDER_REVIEW,
    (Status.RECEIVED, Step.DECLINE): Status.NOT_ACCEPTED,
    (Status.RECEIVED, Step.CORRECT): Status.RECEIVED,
    (Status.RECEIVED, Step.CANCEL): Status.CANCELLED,
    (Status.UNDER_REVIEW, Step.CONCLUDE): Status.CLOSED,
    (Status.UNDER_REVIEW, Step.TERMINATE): Status.CLOSED,
    (Status.UNDER_REVIEW, Step.ISSUE_LETTER): Status.UNDER_REVIEW,
    (Status.UNDER_REVIEW, Step.CORRECT): Status.UNDER_REVIEW,
    (Status.UNDER_REVIEW, Step.CANCEL): Status.CANCELLED,
    (Status.CLOSED, Step.ISSUE_LETTER): Status.CLOSED,
    (Status.CLOSED, Step.CORRECT): Status.CLOSED,
    (Status.CLOSED, Step.CANCEL): Status.CANCELLED,
    (Status.NOT_ACCEPTED, Step.CORRECT): Status.NOT_ACCEPTED,
    (Status.NOT_ACCEPTED, Step.CANCEL): Status.CANCELLED,
}
COMBINATIONS = [(status, step) for status in Status for step in TAKE]


def test_every_step_on_an_existing_case_has_its_rule() -> None:
    assert set(TAKE) == set(ALLOWED_FROM) == set(Step) - {Step.RECEIVE, Step.RECORD}
    assert set(IN_STATUS) == set(Status)
    assert all(make().status is status for status, make in IN_STATUS.items())


@pytest.mark.parametrize(("status", "step"), [each for each in COMBINATIONS if each in LEADS_TO])
def test_a_step_that_the_state_allows_leads_to_its_status(status: Status, step: Step) -> None:
    case = IN_STATUS[status]()

    changed, _ = TAKE[step](case)

    assert changed.status is LEADS_TO[status, step]
    assert changed != case
    domain.check(changed, today=TODAY)


@pytest.mark.parametrize(("status", "step"), [each for each in COMBINATIONS if each not in LEADS_TO])
def test_any_other_step_is_refused_and_changes_nothing(status: Status, step: Step) -> None:
    case = IN_STATUS[status]()

    with pytest.raises(Conflict) as refusal:
        TAKE[step](case)

    assert refusal.value.code == f"reconsideration.{step.value}_not_allowed"
    assert refusal.value.message == domain.REFUSED_STEP[status]
    assert case == IN_STATUS[status]()


# Each rule broken once, or once for each way to break it: the code of the refusal, the field to mend, the case.
BROKEN: list[tuple[str, str, Case]] = [
    ("number_unreadable", "case_number", a_case(case_number="无号")),
    ("number_unreadable", "case_number", a_case(case_number="1" * 65)),
    ("accepted_before_received", "accepted_on", a_case(accepted_on=RECEIVED_ON - DAY)),
    (
        "refused_before_received",
        "refused_on",
        a_case(refused_on=RECEIVED_ON - DAY, refusal=Refusal.ABANDONED),
    ),
    (
        "closed_before_received",
        "closed_on",
        a_closed_case(accepted_on=None, closed_on=RECEIVED_ON - DAY),
    ),
    ("closed_before_accepted", "closed_on", a_closed_case(closed_on=ACCEPTED_ON - DAY)),
    (
        "accepted_and_refused",
        "refused_on",
        an_accepted_case(refused_on=CLOSED_ON, refusal=Refusal.NOT_ACCEPTED),
    ),
    ("refusal_incomplete", "refused_on", a_case(refused_on=CLOSED_ON)),
    ("refusal_incomplete", "refused_on", a_case(refusal=Refusal.NOT_ACCEPTED)),
    ("closed_without_acceptance", "accepted_on", a_case(closed_on=CLOSED_ON, outcome=Outcome.UPHELD)),
    ("closed_without_acceptance", "accepted_on", a_case(outcome=Outcome.UPHELD)),
    ("outcome_without_closing", "closed_on", an_accepted_case(outcome=Outcome.REVOKED)),
    ("closing_without_outcome", "outcome", an_accepted_case(closed_on=CLOSED_ON)),
    (
        "ground_without_termination",
        "termination_ground",
        a_closed_case(termination_ground=TerminationGround.T5),
    ),
    (
        "ground_without_termination",
        "termination_ground",
        an_accepted_case(termination_ground=TerminationGround.T5),
    ),
    (
        "withdraw_reason_without_withdrawal",
        "withdraw_reason",
        a_closed_case(
            outcome=Outcome.TERMINATED,
            termination_ground=TerminationGround.T2,
            withdraw_reason=WithdrawReason.SETTLED,
        ),
    ),
    (
        "withdraw_reason_without_withdrawal",
        "withdraw_reason",
        a_closed_case(withdraw_reason=WithdrawReason.SETTLED),
    ),
    (
        "withdrawal_without_reason",
        "withdraw_reason",
        a_closed_case(outcome=Outcome.TERMINATED, termination_ground=TerminationGround.T1),
    ),
    ("letter_before_acceptance", "opinion_letters", a_case(opinion_letters_on=(CLOSED_ON,))),
    (
        "letter_before_acceptance",
        "opinion_letters",
        an_accepted_case(recommendation_letters_on=(CLOSED_ON, ACCEPTED_ON - DAY)),
    ),
    ("too_many_letters", "opinion_letters", a_closed_case(opinion_letters_on=(CLOSED_ON,) * 100)),
    ("too_many_letters", "opinion_letters", a_closed_case(recommendation_letters_on=(CLOSED_ON,) * 100)),
]


@pytest.mark.parametrize(("code", "field", "case"), BROKEN)
def test_a_case_that_contradicts_itself_or_the_law_is_refused(code: str, field: str, case: Case) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check(case, today=TODAY)

    assert refusal.value.code == f"reconsideration.{code}"
    assert refusal.value.field == field


def test_every_rule_is_broken_by_a_case_above() -> None:
    assert {f"reconsideration.{code}" for code, _, _ in BROKEN} == {rule.code for rule in RULES}


@pytest.mark.parametrize(("code", "field", "case"), BROKEN)
def test_a_ledger_row_may_not_break_a_rule_either(code: str, field: str, case: Case) -> None:
    with pytest.raises(RuleViolation):
        domain.record_from_ledger(case, calendar=CALENDAR, today=TODAY)


@pytest.mark.parametrize(
    "case",
    [
        a_case(received_on=TODAY),
        a_case(received_on=TODAY, refused_on=TODAY, refusal=Refusal.WITHDRAWN_BEFORE_ACCEPTANCE),
        a_closed_case(
            received_on=TODAY, accepted_on=TODAY, closed_on=TODAY, opinion_letters_on=(TODAY,) * 99
        ),
        a_case(case_number="9" * 64),
        a_case(case_number="杭政复〔２０２４〕１号"),
    ],
)
def test_everything_may_happen_on_one_day_and_today(case: Case) -> None:
    domain.check(case, today=TODAY)


@pytest.mark.parametrize(
    "case",
    [
        a_case(received_on=TOMORROW),
        a_case(accepted_on=TOMORROW),
        a_case(refused_on=TOMORROW, refusal=Refusal.NOT_ACCEPTED),
        a_closed_case(closed_on=TOMORROW),
        a_closed_case(opinion_letters_on=(TOMORROW,)),
        a_closed_case(recommendation_letters_on=(CLOSED_ON, TOMORROW)),
    ],
)
def test_no_date_lies_in_the_future(case: Case) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check(case, today=TODAY)

    assert refusal.value.code == "reconsideration.date_in_future"
    assert str(TOMORROW) in refusal.value.message


@pytest.mark.parametrize(
    ("received_on", "version"),
    [
        (date(2023, 12, 31), LawVersion.PRE2024),
        (date(2024, 1, 1), LawVersion.ACT2023),
    ],
)
def test_the_day_of_receipt_decides_which_act_governs(received_on: date, version: LawVersion) -> None:
    assert a_case(received_on=received_on).law_version is version


def test_termination_needs_its_own_step_and_ground() -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.conclude(an_accepted_case(), on=CLOSED_ON, outcome=Outcome.TERMINATED, today=TODAY)

    assert refusal.value.code == "reconsideration.use_terminate"


def test_a_withdrawal_says_why() -> None:
    case, event = domain.terminate(
        an_accepted_case(),
        on=CLOSED_ON,
        ground=TerminationGround.T1,
        withdraw_reason=WithdrawReason.RESPONDENT_CHANGED_ACT,
        today=TODAY,
    )

    assert case.outcome is Outcome.TERMINATED
    assert case.withdraw_reason is WithdrawReason.RESPONDENT_CHANGED_ACT
    assert event == domain.Terminated(on=CLOSED_ON)


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_added_to_those_of_its_kind(kind: LetterKind) -> None:
    once, _ = domain.issue_letter(a_closed_case(), on=CLOSED_ON, kind=kind, today=TODAY)
    twice, _ = domain.issue_letter(once, on=CLOSED_ON + DAY, kind=kind, today=TODAY)

    letters = {LetterKind.OPINION: twice.opinion_letters_on}
    letters[LetterKind.RECOMMENDATION] = twice.recommendation_letters_on
    assert letters.pop(kind) == (CLOSED_ON, CLOSED_ON + DAY)
    assert list(letters.values()) == [()]


@pytest.mark.parametrize("received_on", [RECEIVED_ON, date(2024, 3, 4)])
def test_a_correction_moves_the_due_date_with_the_day_it_runs_from(received_on: date) -> None:
    corrected, event = domain.correct(
        a_closed_case(),
        changes={"received_on": received_on, "accepted_on": date(2024, 3, 4), "procedure": Procedure.SUMMARY},
        calendar=CALENDAR,
        today=TODAY,
    )

    assert corrected.decision_due_on == date(2024, 4, 3)
    assert event == domain.Corrected(on=TODAY)


def test_a_correction_that_takes_acceptance_away_takes_the_period_away() -> None:
    corrected, _ = domain.correct(
        an_accepted_case(),
        changes={"accepted_on": None, "refused_on": ACCEPTED_ON, "refusal": Refusal.NOT_ACCEPTED},
        calendar=CALENDAR,
        today=TODAY,
    )

    assert corrected.status is Status.NOT_ACCEPTED
    assert corrected.procedure is None
    assert corrected.decision_due_on is None


def test_a_correction_that_changes_nothing_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.correct(a_case(), changes={"is_group": False}, calendar=CALENDAR, today=TODAY)

    assert refusal.value.code == "reconsideration.nothing_to_correct"


def test_a_corrected_case_must_stand_by_itself() -> None:
    before = a_closed_case()

    with pytest.raises(RuleViolation) as refusal:
        domain.correct(before, changes={"outcome": None}, calendar=CALENDAR, today=TODAY)

    assert refusal.value.code == "reconsideration.closing_without_outcome"


@pytest.mark.parametrize(
    ("case", "on"),
    [
        (a_case(), RECEIVED_ON),
        (a_case(accepted_on=ACCEPTED_ON), ACCEPTED_ON),
        (a_case(refused_on=ACCEPTED_ON, refusal=Refusal.ABANDONED), ACCEPTED_ON),
        (a_closed_case(), CLOSED_ON),
    ],
)
def test_a_ledger_row_is_recorded_on_the_last_date_it_tells(case: Case, on: date) -> None:
    _, event = domain.record_from_ledger(case, calendar=CALENDAR, today=TODAY)

    assert event == domain.LedgerRecorded(on=on)


def test_an_accepted_ledger_row_without_procedure_is_of_the_ordinary_one() -> None:
    recorded, _ = domain.record_from_ledger(
        replace(a_closed_case(), procedure=None, decision_due_on=None), calendar=CALENDAR, today=TODAY
    )

    assert recorded.procedure is Procedure.ORDINARY
    assert recorded.decision_due_on == date(2024, 5, 6)


def test_cancelling_keeps_what_was_recorded() -> None:
    case: Any = a_closed_case(matter="重复录入")

    cancelled, _ = domain.cancel(case, today=TODAY)

    assert replace(cancelled, cancelled=False) == case
