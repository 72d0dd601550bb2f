"""A paper tells of what has happened: before that, and with an earlier date, it is not issued."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.reconsideration import labels
from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.occasions import OCCASIONS, require_occasion
from services.reconsideration.domain import Case
from services.reconsideration.terms import FollowUp, LetterKind, Outcome, Status, Step
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    CLOSED_ON,
    DECIDED,
    HEARD,
    IN_STATUS,
    LATER_ON,
    PATHS,
    RECEIVED_ON,
    REVIEWED,
    SUBMIT,
    SUBMITTED_ON,
    SUMMARY,
    SUSPEND,
    SUSPENDED_ON,
    TODAY,
    WITH_GAPS,
    Taken,
    lived,
    plainly,
    when,
)

RESUMED = (*REVIEWED, SUSPEND, plainly(Step.RESUME, date(2024, 3, 25)))
LETTER = plainly(Step.ISSUE_LETTER, date(2024, 3, 21))
ADVICE = plainly(Step.ISSUE_LETTER, date(2024, 3, 21), kind=LetterKind.RECOMMENDATION)
DECLINED = PATHS[Status.NOT_ACCEPTED]
# The paper, a life up to the step before its own, its own step, and the day from which it can be dated.
LIVES: Mapping[PaperKind, tuple[tuple[Taken, ...], Taken, date]] = {
    PaperKind.ACCEPTANCE_NOTICE: ((), ACCEPT, ACCEPTED_ON),
    PaperKind.SUPPLEMENT_NOTICE: ((), plainly(Step.REQUEST_SUPPLEMENT), ACCEPTED_ON),
    PaperKind.NON_ACCEPTANCE_DECISION: ((), DECLINED[0], when(Step.DECLINE)),
    PaperKind.GAPS_NOTICE: ((), WITH_GAPS, ACCEPTED_ON),
    PaperKind.REPLY_NOTICE: ((), ACCEPT, ACCEPTED_ON),
    PaperKind.HEARING_NOTICE: (REVIEWED, plainly(Step.NOTIFY_HEARING), LATER_ON),
    PaperKind.SUSPENSION_NOTICE: (REVIEWED, SUSPEND, SUSPENDED_ON),
    PaperKind.RESUMPTION_NOTICE: (RESUMED[:-1], RESUMED[-1], date(2024, 3, 25)),
    PaperKind.EXTENSION_NOTICE: (REVIEWED, plainly(Step.EXTEND), LATER_ON),
    PaperKind.CONVERSION_NOTICE: ((SUMMARY,), plainly(Step.CONVERT), LATER_ON),
    PaperKind.DISMISSAL_DECISION: (REVIEWED, plainly(Step.REJECT_APPLICATION), LATER_ON),
    PaperKind.TERMINATION_DECISION: (REVIEWED, plainly(Step.WITHDRAW), LATER_ON),
    PaperKind.MEDIATION_STATEMENT: ((), ACCEPT, ACCEPTED_ON),
    PaperKind.DECISION: (DECIDED[:-1], DECIDED[-1], CLOSED_ON),
    PaperKind.OPINION: ((*REVIEWED, ADVICE), LETTER, date(2024, 3, 21)),
    PaperKind.RECOMMENDATION: ((*REVIEWED, LETTER), ADVICE, date(2024, 3, 21)),
    PaperKind.PERFORMANCE_ORDER: (
        (
            *DECIDED,
            plainly(Step.FOLLOW_UP, date(2024, 4, 18), kind=FollowUp.INTERVIEWED, letter=None, due_on=None),
        ),
        plainly(Step.FOLLOW_UP, letter=None),
        LATER_ON,
    ),
}
EVERY_STEP = pytest.mark.parametrize("kind", LIVES)


def issue(kind: PaperKind, case: Case, issued_on: date = TODAY) -> None:
    require_occasion(kind, case, issued_on=issued_on, today=TODAY)


def why_not(kind: PaperKind, case: Case, issued_on: date = TODAY) -> str:
    with pytest.raises(RuleViolation) as refusal:
        issue(kind, case, issued_on)
    assert refusal.value.message.endswith("。")
    return refusal.value.code.removeprefix("reconsideration.")


@EVERY_STEP
def test_a_paper_is_refused_before_its_step_and_issued_from_that_day_on(kind: PaperKind) -> None:
    before, own, since = LIVES[kind]

    assert why_not(kind, lived(*before)) == f"paper_without_{OCCASIONS[kind][0].step}"
    happened = lived(*before, own)
    issue(kind, happened, since)
    issue(kind, happened, TODAY)
    assert why_not(kind, happened, since - timedelta(days=1)) == "paper_date_wrong"
    assert why_not(kind, happened, TODAY + timedelta(days=1)) == "paper_date_wrong"


@pytest.mark.parametrize("status", [status for status in Status if status is not Status.CANCELLED])
def test_a_receipt_is_for_every_case(status: Status) -> None:
    issue(PaperKind.DELIVERY_RECEIPT, IN_STATUS[status](), RECEIVED_ON)


@pytest.mark.parametrize("kind", PaperKind)
def test_a_case_that_was_filed_by_mistake_has_no_papers(kind: PaperKind) -> None:
    assert why_not(kind, IN_STATUS[Status.CANCELLED]()) == "paper_of_cancelled_case"


def test_silence_accepts_as_a_decision_does() -> None:
    deemed = lived(plainly(Step.DEEM_ACCEPTED))

    issue(PaperKind.ACCEPTANCE_NOTICE, deemed, when(Step.DEEM_ACCEPTED))


@pytest.mark.parametrize(
    "life",
    [
        (plainly(Step.REQUEST_SUPPLEMENT), plainly(Step.LAPSE_SUPPLEMENT)),
        (plainly(Step.WITHDRAW_BEFORE_ACCEPTANCE),),
    ],
)
def test_abandoning_and_withdrawing_are_no_refusals(life: tuple[Taken, ...]) -> None:
    assert why_not(PaperKind.NON_ACCEPTANCE_DECISION, lived(*life)) == "paper_without_decline"


@pytest.mark.parametrize("step", [Step.WITHDRAW, Step.SIGN_MEDIATION, Step.REJECT_APPLICATION])
def test_a_case_that_ended_otherwise_has_no_decision(step: Step) -> None:
    assert why_not(PaperKind.DECISION, lived(*REVIEWED, plainly(step))) == "paper_without_approve_decision"


@pytest.mark.parametrize(
    "life",
    [
        (ACCEPT,),
        REVIEWED,
        (*REVIEWED, SUSPEND),
        (*REVIEWED, plainly(Step.SIGN_MEDIATION)),
    ],
)
def test_a_mediation_statement_is_drawn_up_before_it_is_signed(life: tuple[Taken, ...]) -> None:
    issue(PaperKind.MEDIATION_STATEMENT, lived(*life), SUSPENDED_ON)


@pytest.mark.parametrize("life", [(*REVIEWED, HEARD, SUBMIT), DECIDED, (*REVIEWED, plainly(Step.WITHDRAW))])
def test_what_is_decided_or_ended_otherwise_is_not_mediated(life: tuple[Taken, ...]) -> None:
    assert why_not(PaperKind.MEDIATION_STATEMENT, lived(*life)) == "paper_without_sign_mediation"


def test_a_decision_that_waits_for_approval_or_was_returned_is_no_decision() -> None:
    returned = plainly(Step.RETURN_DECISION, SUBMITTED_ON)

    for life in ((*REVIEWED, HEARD, SUBMIT), (*REVIEWED, HEARD, SUBMIT, returned)):
        assert why_not(PaperKind.DECISION, lived(*life)) == "paper_without_approve_decision"


def test_taking_a_case_up_again_takes_its_decision_back() -> None:
    again = lived(*DECIDED, plainly(Step.REOPEN))

    assert why_not(PaperKind.DECISION, again) == "paper_without_approve_decision"


def test_a_suspension_that_begins_anew_leaves_the_notice_of_the_former_resumption() -> None:
    again = lived(*RESUMED, plainly(Step.SUSPEND, date(2024, 4, 8)))

    issue(PaperKind.RESUMPTION_NOTICE, again, date(2024, 3, 25))
    assert why_not(PaperKind.SUSPENSION_NOTICE, again, SUSPENDED_ON) == "paper_date_wrong"


@pytest.mark.parametrize("outcome", Outcome)
def test_a_closed_case_of_a_ledger_has_the_one_paper_that_ended_it(outcome: Outcome) -> None:
    ends = {
        Outcome.TERMINATED: PaperKind.TERMINATION_DECISION,
        Outcome.MEDIATED: PaperKind.MEDIATION_STATEMENT,
        Outcome.APPLICATION_REJECTED: PaperKind.DISMISSAL_DECISION,
    }
    case = replace(lived(ACCEPT), closed_on=CLOSED_ON, outcome=outcome)

    found = set()
    for kind in (PaperKind.DECISION, *ends.values()):
        try:
            issue(kind, case, CLOSED_ON)
        except RuleViolation:
            continue
        found.add(kind)

    assert found == {ends.get(outcome, PaperKind.DECISION)}


def test_every_paper_has_its_line_and_every_missing_step_a_name() -> None:
    assert OCCASIONS.keys() == set(PaperKind)
    assert LIVES.keys() == set(PaperKind) - {PaperKind.DELIVERY_RECEIPT}
    for occasions in OCCASIONS.values():
        assert all(occasion.step in labels.STEP for occasion in occasions)
