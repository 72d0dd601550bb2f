"""After the closing: delivery, suing, letters, performance, enforcement, taking up again (ARL 35, 75-79; AR-7)."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import Case, ClockState
from services.reconsideration.domain.afterwards import delivered_on, effective_on
from services.reconsideration.domain.proceeding import Letter, Link
from services.reconsideration.terms import (
    DeliveryManner,
    FollowUp,
    LetterKind,
    LinkedService,
    Outcome,
    RespondentType,
    Status,
    Step,
    WithdrawReason,
)
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    A_SUIT,
    APPROVED,
    CALENDAR,
    CLOSED_ON,
    HEARD,
    LATER_ON,
    RECEIVED_ON,
    REVIEWED,
    TAKE,
    TODAY,
    decided,
    lived,
    plainly,
    running,
    suited,
    took,
    why_refused,
)

DAY = timedelta(days=1)
APPLICANT, THIRD_PARTY = UUID(int=1), UUID(int=2)
DELIVERED_ON = date(2024, 4, 15)
SUING_ENDS_ON = date(2024, 4, 30)


def _decided(*outcomes: Outcome, **of_item: Any) -> Case:
    entered = {**decided(*(outcomes or (Outcome.UPHELD,)), **of_item), "not_worse": True}
    return lived(*REVIEWED, HEARD, plainly(Step.SUBMIT_DECISION, date(2024, 3, 28), **entered), *APPROVED)


def _delivered(case: Case, party: UUID | None = APPLICANT, on: date = DELIVERED_ON, **entered: Any) -> Case:
    return took(case, Step.DELIVER, on, **{"manner": DeliveryManner.DIRECT, "party": party, **entered})


def _mediated(**entered: Any) -> Case:
    return lived(*REVIEWED, plainly(Step.SIGN_MEDIATION, CLOSED_ON, **entered))


# --- Delivery, effect and suing (ARL 75, 行政诉讼法 45, AR-7.1)


def test_a_decision_is_in_force_when_the_last_party_has_got_it() -> None:
    once = _delivered(_decided())

    both = _delivered(once, None, date(2024, 4, 18))

    assert effective_on(_decided()) is None
    assert delivered_on(both) == effective_on(both) == date(2024, 4, 18)


def test_each_party_has_its_own_receipt_and_its_own_fifteen_days_but_the_respondent_sues_nobody() -> None:
    case = _delivered(_delivered(_delivered(_decided()), THIRD_PARTY, date(2024, 4, 18)), None, LATER_ON)

    clocks = running(case, today=LATER_ON)

    assert clocks["sue", 1].deadline.due_on == SUING_ENDS_ON
    assert clocks["sue", 2].deadline.due_on == date(2024, 5, 6)  # 05-03 is a day off
    assert ("sue", 3) not in clocks
    assert case.closing.sue_due_on == date(2024, 5, 6)


def test_a_party_gets_the_decision_once_and_not_before_it_is_made() -> None:
    case = _delivered(_decided())
    again = {"manner": DeliveryManner.POST, "party": APPLICANT}

    assert why_refused(case, Step.DELIVER, LATER_ON, **again) == "already_delivered"
    assert why_refused(_decided(), Step.DELIVER, CLOSED_ON - DAY, **again) == "delivered_before_closing"


def test_a_public_notice_is_delivered_thirty_days_later() -> None:
    case = _delivered(_decided(), manner=DeliveryManner.PUBLIC_NOTICE, proof="下落不明")

    assert delivered_on(case) == date(2024, 5, 15)
    assert running(case, today=LATER_ON)["sue", 1].deadline.due_on == date(2024, 5, 30)


def test_a_mediation_statement_is_in_force_when_signed_and_leaves_nothing_to_sue() -> None:
    case = _delivered(_mediated())

    assert effective_on(case) == CLOSED_ON
    assert case.closing.sue_due_on is None
    assert ("sue", 1) not in running(case)


def test_a_withdrawal_leaves_nothing_to_sue() -> None:
    withdrawn = took(lived(*REVIEWED), Step.WITHDRAW, CLOSED_ON, withdraw_reason=WithdrawReason.VOLUNTARY)

    assert ("sue", 1) not in running(_delivered(withdrawn))


def test_a_refusal_can_be_brought_to_court() -> None:
    refused = lived(plainly(Step.DECLINE))

    assert running(_delivered(refused), today=LATER_ON)["sue", 1].deadline.due_on == SUING_ENDS_ON


def test_a_suit_meets_the_period_to_sue_and_is_missed_after_it() -> None:
    in_time = took(_delivered(_decided()), Step.RECORD_SUIT, LATER_ON, number="（2024）内0625行初1号")
    late = took(_delivered(_decided()), Step.RECORD_SUIT, SUING_ENDS_ON + DAY)

    assert running(in_time)["sue", 1].state is ClockState.MET
    assert running(late)["sue", 1].state is ClockState.MISSED
    assert running(_delivered(_decided()))["sue", 1].state is ClockState.ENDED


def test_what_came_back_was_not_delivered_and_is_tried_again() -> None:
    returned = _delivered(_decided(), manner=DeliveryManner.POST, is_failed=True, proof="原址查无此人")

    assert (effective_on(returned), returned.closing.sue_due_on) == (None, None)
    assert returned.texts["delivery.1.proof"] == "原址查无此人"
    noticed = _delivered(
        returned, on=date(2024, 4, 20), manner=DeliveryManner.PUBLIC_NOTICE, proof="邮寄退回，下落不明"
    )
    assert effective_on(noticed) == date(2024, 5, 20)
    assert running(noticed, today=LATER_ON)["sue", 1].deadline.due_on == date(2024, 6, 4)


@pytest.mark.parametrize(
    ("manner", "entered", "code"),
    [
        (DeliveryManner.ELECTRONIC, {}, "electronic_without_consent"),
        (DeliveryManner.LEFT, {}, "delivery_unproven"),
        (DeliveryManner.PUBLIC_NOTICE, {"is_consented": True}, "delivery_unproven"),
    ],
)
def test_each_manner_has_its_own_proof(manner: DeliveryManner, entered: dict[str, Any], code: str) -> None:
    told = {"manner": manner, "party": APPLICANT}

    assert why_refused(_decided(), Step.DELIVER, DELIVERED_ON, **told, **entered) == code
    assert took(_decided(), Step.DELIVER, DELIVERED_ON, **told, is_consented=True, proof="见证人两名")


# --- Redoing (实施条例 49), performance and enforcement (ARL 77, 78, AR-7.4, AR-7.5)


def test_an_act_is_redone_within_the_term_that_runs_from_effect() -> None:
    case = _delivered(_decided(Outcome.REVOKED, redo_days=60))

    redo = running(case, today=LATER_ON)["redo", 1]

    assert (redo.deadline.due_on, redo.state) == (date(2024, 6, 14), ClockState.OPEN)
    assert running(took(case, Step.RECORD_PERFORMANCE, date(2024, 6, 3)))["redo", 1].state is ClockState.MET


def test_what_has_been_performed_is_neither_performed_nor_pressed_again() -> None:
    case = took(_decided(), Step.RECORD_PERFORMANCE, LATER_ON)

    assert why_refused(case, Step.RECORD_PERFORMANCE, LATER_ON) == "already_performed"
    assert why_refused(case, Step.FOLLOW_UP, LATER_ON, kind=FollowUp.ORDERED) == "already_performed"


@pytest.mark.parametrize("kind", [FollowUp.ORDERED, FollowUp.INTERVIEWED, FollowUp.CRITICISED])
def test_a_respondent_who_does_not_perform_is_ordered_interviewed_and_criticised(kind: FollowUp) -> None:
    until = date(2024, 5, 20) if kind is FollowUp.ORDERED else None

    case = took(_decided(), Step.FOLLOW_UP, LATER_ON, kind=kind, due_on=until, words="逾期未履行")

    assert [each.kind for each in case.closing.follow_ups] == [kind]


@pytest.mark.parametrize(
    "step",
    [
        Step.RECORD_PERFORMANCE,
        Step.FOLLOW_UP,
        Step.COPY_TO_SUPERIOR,
        Step.RECORD_PETITION,
        Step.PUBLISH,
    ],
)
def test_what_follows_a_decision_does_not_precede_it(step: Step) -> None:
    case = suited(Status.CLOSED, step)

    assert why_refused(case, step, CLOSED_ON - DAY, **TAKE[step]) == "before_previous_step"
    assert took(case, step, CLOSED_ON, **TAKE[step]).status is Status.CLOSED


def test_only_what_has_to_be_performed_is_pressed() -> None:
    withdrawn = took(lived(*REVIEWED), Step.WITHDRAW, CLOSED_ON, withdraw_reason=WithdrawReason.VOLUNTARY)

    assert why_refused(withdrawn, Step.FOLLOW_UP, LATER_ON, kind=FollowUp.ORDERED) == "nothing_to_perform"
    assert (
        why_refused(lived(*REVIEWED), Step.FOLLOW_UP, LATER_ON, kind=FollowUp.ORDERED) == "nothing_to_perform"
    )


def test_an_opinion_letter_is_pressed_until_it_is_adopted_whatever_became_of_the_case() -> None:
    about = {"kind": FollowUp.INTERVIEWED, "letter": 0}
    performed = took(_with_letter(LetterKind.OPINION), Step.RECORD_PERFORMANCE, LATER_ON)

    pressed = took(performed, Step.FOLLOW_UP, LATER_ON, **about)
    assert [(each.kind, each.letter) for each in pressed.closing.follow_ups] == [(FollowUp.INTERVIEWED, 0)]
    adopted = took(pressed, Step.RECORD_FEEDBACK, LATER_ON, letter=0, adopted=True)
    assert why_refused(adopted, Step.FOLLOW_UP, LATER_ON, **about) == "no_such_letter"
    assert why_refused(performed, Step.FOLLOW_UP, TODAY, kind=FollowUp.ENFORCED, letter=0) == "no_such_letter"
    recommended = _with_letter(LetterKind.RECOMMENDATION)
    assert why_refused(recommended, Step.FOLLOW_UP, LATER_ON, **about) == "no_such_letter"
    open_case = took(lived(*REVIEWED), Step.ISSUE_LETTER, LATER_ON, kind=LetterKind.OPINION)
    assert took(open_case, Step.FOLLOW_UP, LATER_ON, **about).status is Status.UNDER_REVIEW


def test_an_answer_does_not_invent_the_day_its_letter_arrived() -> None:
    answered = took(_with_letter(LetterKind.OPINION), Step.RECORD_FEEDBACK, LATER_ON, letter=0, adopted=False)

    assert (answered.closing.letters[0].received_on, answered.closing.letters[0].due_on) == (None, None)


def test_what_is_in_force_is_copied_to_the_superior_of_an_own_department() -> None:
    case = _delivered(_decided())
    of_a_township = replace(case, respondent_type=RespondentType.TOWNSHIP_GOVERNMENT)

    assert why_refused(_decided(), Step.COPY_TO_SUPERIOR, LATER_ON) == "not_in_force"
    assert why_refused(case, Step.COPY_TO_SUPERIOR, DELIVERED_ON - DAY) == "not_in_force"
    assert why_refused(of_a_township, Step.COPY_TO_SUPERIOR, LATER_ON) == "not_own_department"
    assert took(case, Step.COPY_TO_SUPERIOR, DELIVERED_ON).closing.copied_to_superior_on == DELIVERED_ON


def test_the_upheld_item_of_a_mixed_decision_is_enforced() -> None:
    case = _delivered(_decided(Outcome.PARTLY_REVOKED, Outcome.UPHELD))

    assert took(case, Step.FOLLOW_UP, SUING_ENDS_ON + DAY, **ENFORCED)


ENFORCED = {"kind": FollowUp.ENFORCED}


@pytest.mark.parametrize("outcome", [Outcome.UPHELD, Outcome.VARIED])
def test_a_decision_is_enforced_when_nobody_sued_in_time(outcome: Outcome) -> None:
    case = _delivered(_decided(outcome))

    assert why_refused(_decided(outcome), Step.FOLLOW_UP, TODAY, **ENFORCED) == "enforcement_too_early"
    assert why_refused(case, Step.FOLLOW_UP, SUING_ENDS_ON, **ENFORCED) == "enforcement_too_early"
    assert took(case, Step.FOLLOW_UP, SUING_ENDS_ON + DAY, **ENFORCED)
    sued = took(case, Step.RECORD_SUIT, LATER_ON)
    assert why_refused(sued, Step.FOLLOW_UP, TODAY, **ENFORCED) == "enforcement_too_early"


def test_the_court_is_asked_to_enforce_within_three_months_after_the_period_to_sue() -> None:
    case = _delivered(_decided())

    assert running(case, today=SUING_ENDS_ON)["enforcement", 1].state is ClockState.WAITING
    enforcement = running(case, today=SUING_ENDS_ON + DAY)["enforcement", 1]
    assert (enforcement.state, enforcement.deadline.due_on) == (ClockState.OPEN, date(2024, 7, 30))


def test_a_revocation_is_nothing_to_enforce_against_the_applicant() -> None:
    case = _delivered(_decided(Outcome.REVOKED))

    assert why_refused(case, Step.FOLLOW_UP, TODAY, **ENFORCED) == "not_enforceable"
    assert ("enforcement", 1) not in running(case)


def test_a_mediation_statement_is_enforced_after_its_term() -> None:
    case = _mediated(performance_due_on=date(2024, 5, 10))

    assert why_refused(case, Step.FOLLOW_UP, date(2024, 5, 10), **ENFORCED) == "enforcement_too_early"
    assert took(case, Step.FOLLOW_UP, date(2024, 5, 11), **ENFORCED)
    assert took(_mediated(), Step.FOLLOW_UP, CLOSED_ON, **ENFORCED)


# --- Letters (ARL 76, 实施条例 57, AR-7.2, AR-7.3)


def _with_letter(kind: LetterKind) -> Case:
    return took(_decided(), Step.ISSUE_LETTER, CLOSED_ON, kind=kind, words="请改正")


def test_an_opinion_letter_is_answered_within_sixty_days_of_its_receipt() -> None:
    received = took(_with_letter(LetterKind.OPINION), Step.RECORD_FEEDBACK, DELIVERED_ON, letter=0)
    assert running(received, today=LATER_ON)["opinion_feedback", 1].deadline.due_on == date(2024, 6, 14)

    answered = took(received, Step.RECORD_FEEDBACK, date(2024, 6, 17), letter=0, adopted=True)

    assert answered.closing.letters[0].is_adopted
    assert running(answered)["opinion_feedback", 1].state is ClockState.MISSED


def test_a_recommendation_has_no_term() -> None:
    received = took(_with_letter(LetterKind.RECOMMENDATION), Step.RECORD_FEEDBACK, DELIVERED_ON, letter=0)

    assert ("opinion_feedback", 1) not in running(received)


@pytest.mark.parametrize("kind", LetterKind)
def test_a_letter_is_added_to_those_of_its_kind(kind: LetterKind) -> None:
    case = took(_with_letter(kind), Step.ISSUE_LETTER, LATER_ON, kind=kind)

    letters = {
        LetterKind.OPINION: case.opinion_letters_on,
        LetterKind.RECOMMENDATION: case.recommendation_letters_on,
    }
    assert letters.pop(kind) == (CLOSED_ON, LATER_ON)
    assert list(letters.values()) == [()]
    assert case.closing.letters == (Letter(kind, CLOSED_ON), Letter(kind, LATER_ON))


def test_a_letter_is_received_and_answered_once_and_in_order() -> None:
    issued = _with_letter(LetterKind.OPINION)
    received = took(issued, Step.RECORD_FEEDBACK, DELIVERED_ON, letter=0)
    answered = took(received, Step.RECORD_FEEDBACK, LATER_ON, letter=0, adopted=False)

    assert why_refused(received, Step.RECORD_FEEDBACK, LATER_ON, letter=0) == "letter_received"
    early = {"letter": 0, "adopted": True}
    assert why_refused(received, Step.RECORD_FEEDBACK, CLOSED_ON, **early) == "date_out_of_order"
    assert why_refused(answered, Step.RECORD_FEEDBACK, LATER_ON, letter=0, adopted=True) == "no_such_letter"
    for letter in (-1, 1):
        assert why_refused(issued, Step.RECORD_FEEDBACK, LATER_ON, letter=letter) == "no_such_letter"


# --- Links (AR-0.7, AR-7.8)


def test_a_case_is_linked_by_reference_once_or_merged() -> None:
    linked = took(_decided(), Step.LINK, LATER_ON, **TAKE[Step.LINK])

    assert why_refused(linked, Step.LINK, LATER_ON, **TAKE[Step.LINK]) == "already_linked"
    assert why_refused(linked, Step.LINK, LATER_ON) == "link_what"
    merged = took(linked, Step.LINK, LATER_ON, merged_into=UUID(int=9))
    assert (merged.case_number, merged.proceeding.merged_into) == (linked.case_number, UUID(int=9))
    assert merged.proceeding.named == (A_SUIT, Link(LinkedService.RECONSIDERATION, UUID(int=9)))


def test_a_case_is_linked_to_as_many_others_as_an_event_can_tell() -> None:
    links = tuple(Link(LinkedService.MEDIATION, UUID(int=number)) for number in range(domain.MOST_LETTERS))
    decided = _decided()
    full = replace(decided, proceeding=replace(decided.proceeding, linked=links))

    assert took(full, Step.ISSUE_LETTER, LATER_ON, **TAKE[Step.ISSUE_LETTER]).proceeding.linked == links
    assert why_refused(full, Step.LINK, LATER_ON, **TAKE[Step.LINK]) == "too_many_listed"


def test_a_case_is_no_other_case_to_itself() -> None:
    linked = took(_decided(), Step.LINK, LATER_ON, **TAKE[Step.LINK])
    merged = took(linked, Step.LINK, LATER_ON, merged_into=UUID(int=9))

    domain.require_others(UUID(int=8), merged)
    domain.require_others(A_SUIT.case_id, merged)  # a suit of the same id is another case
    with pytest.raises(RuleViolation) as refusal:
        domain.require_others(UUID(int=9), merged)
    assert refusal.value.code == "reconsideration.linked_to_itself"


# --- Corrections


def test_after_a_correction_the_next_step_is_measured_by_the_corrected_dates() -> None:
    """A day typed wrong must not hold back what really happened before it."""
    mistyped = lived(plainly(Step.ACCEPT, date(2024, 3, 8)))
    early = {"kind": LetterKind.OPINION}

    corrected, _ = domain.correct(
        mistyped, changes={"accepted_on": date(2024, 3, 5)}, by_head=False, calendar=CALENDAR, today=TODAY
    )

    assert why_refused(mistyped, Step.WITHDRAW, date(2024, 3, 6), **TAKE[Step.WITHDRAW])
    assert took(corrected, Step.WITHDRAW, date(2024, 3, 6), **TAKE[Step.WITHDRAW]).closed_on
    assert why_refused(corrected, Step.ISSUE_LETTER, RECEIVED_ON, **early) == "before_previous_step"
