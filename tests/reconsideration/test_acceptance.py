"""From the application to its acceptance or refusal (ARL 20-32, AR-2 and AR-3)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import ClockState
from services.reconsideration.terms import (
    AcceptMode,
    Channel,
    Condition,
    LawVersion,
    Procedure,
    Refusal,
    Status,
    Step,
)
from shared.kernel.calendar import WorkCalendar
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    ALL_MET,
    RECEIVED_ON,
    SUMMARILY,
    TAKE,
    TODAY,
    WITH_GAPS,
    a_case,
    a_draft,
    failing,
    lived,
    plainly,
    received,
    running,
    took,
    when,
    why_refused,
)

DAY = timedelta(days=1)
REVIEW_ENDS_ON = date(2024, 3, 8)
ASKED = plainly(Step.REQUEST_SUPPLEMENT)  # sent on 03-05, received on 03-06, due on 03-20
SUPPLEMENT_ENDS_ON = date(2024, 3, 20)


# --- Receipt, and what waits elsewhere before it


def test_a_draft_is_received_on_the_day_it_is_forwarded_and_filed_on_the_day_it_was_handed_in() -> None:
    case = took(received(a_draft()), Step.FORWARD, date(2024, 3, 6))

    assert case.received_on == date(2024, 3, 6)
    assert case.application.filed_on == RECEIVED_ON
    assert running(case)["review", 1].deadline.due_on == date(2024, 3, 13)


@pytest.mark.parametrize(
    ("forwarded_on", "state"), [(date(2024, 3, 8), ClockState.MET), (date(2024, 3, 11), ClockState.MISSED)]
)
def test_the_organ_forwards_within_five_working_days(forwarded_on: date, state: ClockState) -> None:
    draft = received(a_draft())
    assert running(draft)["forward", 1].state is ClockState.OPEN

    forwarded = running(took(draft, Step.FORWARD, forwarded_on))["forward", 1]

    assert forwarded.deadline.due_on == date(2024, 3, 8)
    assert forwarded.state is state


def test_a_draft_has_no_clock_of_the_office() -> None:
    assert {kind for kind, _ in running(received(a_draft(Channel.AGENT_POINT)))} == set()


def test_the_organ_that_corrects_its_own_act_ends_the_application_before_its_receipt() -> None:
    case = took(received(a_draft()), Step.SELF_CORRECT, date(2024, 3, 7))

    assert case.status is Status.NOT_ACCEPTED
    assert case.application.is_draft
    assert running(case)["forward", 1].state is ClockState.MET


def test_an_agent_point_has_no_act_of_its_own_to_correct() -> None:
    draft = received(a_draft(Channel.AGENT_POINT))

    assert why_refused(draft, Step.SELF_CORRECT, date(2024, 3, 7)) == "self_correction_elsewhere"


def test_what_was_never_received_is_not_taken_up_again() -> None:
    case = took(received(a_draft()), Step.SELF_CORRECT, date(2024, 3, 7))

    assert why_refused(case, Step.REOPEN, date(2024, 4, 1), **TAKE[Step.REOPEN]) == "never_received"


# --- Seven conditions


def test_acceptance_records_the_seven_conditions_one_by_one() -> None:
    case = lived(ACCEPT)

    assert case.acceptance.conditions == tuple((condition, True) for condition in Condition)
    assert len(case.acceptance.conditions) == 7
    assert (case.accepted_on, case.acceptance.mode) == (ACCEPTED_ON, AcceptMode.DECISION)


@pytest.mark.parametrize("step", [Step.ACCEPT, Step.ACCEPT_WITH_GAPS])
@pytest.mark.parametrize("condition", Condition)
def test_an_application_that_fails_a_condition_is_not_accepted(step: Step, condition: Condition) -> None:
    entered = {**TAKE[step], "conditions": failing(condition)}

    assert why_refused(received(), step, ACCEPTED_ON, **entered) == "condition_fails"


@pytest.mark.parametrize("step", [Step.ACCEPT, Step.ACCEPT_WITH_GAPS, Step.DECLINE])
def test_a_condition_left_out_is_not_judged(step: Step) -> None:
    some = {condition: False for condition in Condition if condition is not Condition.SCOPE}
    entered = {**TAKE[step], "conditions": some}

    assert why_refused(received(), step, ACCEPTED_ON, **entered) == "conditions_incomplete"


def test_a_pending_suit_bars_acceptance_but_not_refusal() -> None:
    case = took(received(), Step.RECORD_SUIT, date(2024, 3, 4))

    assert why_refused(case, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET) == "suit_pending"
    declined = took(
        case, Step.DECLINE, ACCEPTED_ON, conditions=failing(Condition.NOT_PENDING), reasons="法院已经受理。"
    )
    assert declined.refusal is Refusal.NOT_ACCEPTED


# --- Five working days


@pytest.mark.parametrize("step", [Step.ACCEPT, Step.ACCEPT_WITH_GAPS, Step.DECLINE, Step.REQUEST_SUPPLEMENT])
def test_the_review_ends_after_five_working_days_whatever_is_decided(step: Step) -> None:
    entered: dict[str, Any] = dict(TAKE[step])
    entered.pop("delivered_on", None)

    took(received(), step, REVIEW_ENDS_ON, **entered)

    assert why_refused(received(), step, REVIEW_ENDS_ON + DAY, **entered) == "review_expired"


def test_a_decision_on_acceptance_does_not_precede_receipt_and_does_not_lie_in_the_future() -> None:
    case = received()

    assert why_refused(case, Step.ACCEPT, RECEIVED_ON - DAY, conditions=ALL_MET) == "before_previous_step"
    assert (
        why_refused(case, Step.ACCEPT, ACCEPTED_ON, today=ACCEPTED_ON - DAY, conditions=ALL_MET)
        == "date_in_future"
    )


# --- Refusal


def test_a_refusal_needs_a_condition_that_fails_and_tells_its_reasons() -> None:
    refused = lived(plainly(Step.DECLINE))

    assert refused.status is Status.NOT_ACCEPTED
    assert refused.texts["decline.reasons"] == "不属于行政复议范围。"
    assert (
        why_refused(received(), Step.DECLINE, ACCEPTED_ON, conditions=ALL_MET, reasons="不符合。")
        == "no_condition_fails"
    )


def test_a_refusal_for_want_of_jurisdiction_names_the_competent_organ() -> None:
    elsewhere = {"conditions": failing(Condition.JURISDICTION), "reasons": "不属于本机关管辖。"}

    assert why_refused(received(), Step.DECLINE, ACCEPTED_ON, **elsewhere) == "competent_organ_missing"
    told = took(received(), Step.DECLINE, ACCEPTED_ON, competent="达拉特旗人民政府", **elsewhere)

    assert told.acceptance.is_told_other_organ
    assert told.texts["decline.competent"] == "达拉特旗人民政府"


def test_a_refusal_for_another_reason_tells_of_no_other_organ() -> None:
    refused = lived(plainly(Step.DECLINE, competent="达拉特旗人民政府"))

    assert not refused.acceptance.is_told_other_organ
    assert "decline.competent" not in refused.texts


# --- Deemed acceptance (DOMAIN §10 no. 3)


def test_silence_for_five_working_days_is_acceptance_on_the_last_of_them() -> None:
    case = took(received(), Step.DEEM_ACCEPTED, REVIEW_ENDS_ON)

    assert (case.accepted_on, case.acceptance.mode) == (REVIEW_ENDS_ON, AcceptMode.DEEMED)
    assert case.procedure is Procedure.ORDINARY
    assert case.decision_due_on == date(2024, 5, 7)
    assert running(case)["review", 1].state is ClockState.MET


def test_nothing_is_deemed_accepted_before_the_last_day_has_passed() -> None:
    code = why_refused(received(), Step.DEEM_ACCEPTED, REVIEW_ENDS_ON, today=REVIEW_ENDS_ON)

    assert code == "review_not_expired"


@pytest.mark.parametrize("on", [REVIEW_ENDS_ON - DAY, REVIEW_ENDS_ON + DAY])
def test_an_application_is_deemed_accepted_on_no_other_day(on: date) -> None:
    assert why_refused(received(), Step.DEEM_ACCEPTED, on) == "deemed_on_last_day"


def test_after_a_supplement_the_application_is_deemed_accepted_on_the_last_day_of_the_fresh_review() -> None:
    supplemented = lived(ASKED, plainly(Step.RECEIVE_SUPPLEMENT))

    case = took(supplemented, Step.DEEM_ACCEPTED, date(2024, 3, 22))

    assert case.accepted_on == date(2024, 3, 22)
    assert why_refused(supplemented, Step.DEEM_ACCEPTED, REVIEW_ENDS_ON) == "before_previous_step"


def test_nobody_loses_a_right_by_a_last_day_that_is_only_expected() -> None:
    """CAL-11: while the notice of a year is missing, its working days are a guess."""
    unknown = WorkCalendar(())
    waiting = lived(ASKED)

    assert why_refused(received(), Step.DEEM_ACCEPTED, REVIEW_ENDS_ON, calendar=unknown) == "day_provisional"
    assert (
        why_refused(waiting, Step.LAPSE_SUPPLEMENT, date(2024, 4, 1), calendar=unknown) == "day_provisional"
    )


# --- Old and new Act (AR-0.4, AR-0.5)


@pytest.mark.parametrize(
    ("received_on", "version", "accepted_on"),
    [
        (date(2023, 12, 29), LawVersion.PRE2024, date(2023, 12, 29)),
        (date(2024, 1, 2), LawVersion.ACT2023, date(2024, 1, 4)),
    ],
)
def test_under_the_old_act_receipt_is_acceptance_under_the_new_one_its_decision(
    received_on: date, version: LawVersion, accepted_on: date
) -> None:
    case = received(a_case(received_on=received_on))

    accepted = took(case, Step.ACCEPT, date(2024, 1, 4), conditions=ALL_MET)

    assert case.law_version is version
    assert accepted.accepted_on == accepted_on


def test_the_old_act_knows_no_deemed_acceptance() -> None:
    case = received(a_case(received_on=date(2023, 12, 29)))

    assert why_refused(case, Step.DEEM_ACCEPTED, date(2024, 1, 8)) == "no_deemed_acceptance"


# --- 补正 (DOMAIN §10 no. 4)


def test_the_applicant_has_ten_working_days_from_the_receipt_of_the_notice() -> None:
    waiting = lived(ASKED)

    clock = running(waiting)["supplement", 1]

    assert (clock.state, clock.deadline.due_on) == (ClockState.OPEN, SUPPLEMENT_ENDS_ON)
    assert running(waiting)["review", 1].state is ClockState.MET


def test_the_period_does_not_run_before_the_notice_has_arrived() -> None:
    sent = lived(plainly(Step.REQUEST_SUPPLEMENT, delivered_on=None))

    assert ("supplement", 1) not in running(sent)
    assert why_refused(sent, Step.LAPSE_SUPPLEMENT, TODAY) == "supplement_not_delivered"
    delivered = took(sent, Step.DELIVER_SUPPLEMENT, date(2024, 3, 6))
    assert running(delivered)["supplement", 1].deadline.due_on == SUPPLEMENT_ENDS_ON


def test_the_notice_arrives_once_and_not_before_it_was_sent() -> None:
    sent = lived(plainly(Step.REQUEST_SUPPLEMENT, delivered_on=None))

    assert why_refused(sent, Step.DELIVER_SUPPLEMENT, date(2024, 3, 4)) == "before_previous_step"
    assert (
        why_refused(lived(ASKED), Step.DELIVER_SUPPLEMENT, date(2024, 3, 11))
        == "supplement_already_delivered"
    )


def test_a_supplement_starts_five_fresh_working_days() -> None:
    case = lived(ASKED, plainly(Step.RECEIVE_SUPPLEMENT, date(2024, 3, 15)))

    assert case.status is Status.RECEIVED
    assert running(case)["supplement", 1].state is ClockState.MET
    assert running(case)["review", 2].deadline.due_on == date(2024, 3, 22)


def test_everything_lacking_is_asked_for_at_once() -> None:
    case = lived(ASKED, plainly(Step.RECEIVE_SUPPLEMENT))

    assert (
        why_refused(case, Step.REQUEST_SUPPLEMENT, date(2024, 3, 18), papers="又一份") == "supplement_twice"
    )


def test_a_supplement_is_not_asked_for_again_after_a_superior_had_the_refusal_taken_back() -> None:
    refused = lived(
        ASKED,
        plainly(Step.RECEIVE_SUPPLEMENT),
        plainly(Step.DECLINE, date(2024, 3, 20)),
        plainly(Step.REOPEN),
    )

    assert (
        why_refused(refused, Step.REQUEST_SUPPLEMENT, date(2024, 4, 23), papers="再补") == "supplement_twice"
    )


def test_a_late_supplement_needs_a_good_reason() -> None:
    late_on = SUPPLEMENT_ENDS_ON + DAY

    assert why_refused(lived(ASKED), Step.RECEIVE_SUPPLEMENT, late_on) == "supplement_late"
    excused = took(lived(ASKED), Step.RECEIVE_SUPPLEMENT, late_on, late_reason="因大雪道路不通")
    assert excused.status is Status.RECEIVED
    assert running(excused)["review", 2].deadline.due_on == date(2024, 3, 28)


def test_a_supplement_does_not_come_before_the_notice_it_answers() -> None:
    assert why_refused(lived(ASKED), Step.RECEIVE_SUPPLEMENT, date(2024, 3, 5)) == "date_out_of_order"


def test_not_supplementing_is_abandonment_neither_refusal_nor_acceptance() -> None:
    abandoned = took(lived(ASKED), Step.LAPSE_SUPPLEMENT, SUPPLEMENT_ENDS_ON + DAY)

    assert abandoned.refusal is Refusal.ABANDONED
    assert abandoned.accepted_on is None
    assert running(abandoned)["supplement", 1].state is ClockState.ENDED


def test_nothing_lapses_on_the_last_day() -> None:
    code = why_refused(lived(ASKED), Step.LAPSE_SUPPLEMENT, SUPPLEMENT_ENDS_ON)

    assert code == "supplement_not_expired"


def test_an_extension_for_a_good_reason_puts_the_lapse_off() -> None:
    extended = lived(ASKED, plainly(Step.EXTEND_SUPPLEMENT, until=date(2024, 3, 29)))

    assert running(extended)["supplement", 1].deadline.due_on == date(2024, 3, 29)
    assert why_refused(extended, Step.LAPSE_SUPPLEMENT, date(2024, 3, 29)) == "supplement_not_expired"
    assert took(extended, Step.RECEIVE_SUPPLEMENT, date(2024, 3, 28)).status is Status.RECEIVED


def test_an_extension_is_longer_than_the_period_and_follows_the_notice() -> None:
    waiting = lived(ASKED)
    shorter = {**TAKE[Step.EXTEND_SUPPLEMENT], "until": SUPPLEMENT_ENDS_ON}

    assert why_refused(waiting, Step.EXTEND_SUPPLEMENT, when(Step.EXTEND_SUPPLEMENT), **shorter) == (
        "supplement_extension_short"
    )
    assert why_refused(waiting, Step.EXTEND_SUPPLEMENT, date(2024, 3, 4), **TAKE[Step.EXTEND_SUPPLEMENT]) == (
        "before_previous_step"
    )


# --- 容缺 (AR-3.6)


def test_what_is_accepted_with_gaps_has_the_clocks_of_any_accepted_case() -> None:
    plain, with_gaps = lived(ACCEPT), lived(WITH_GAPS)

    assert with_gaps.acceptance.mode is AcceptMode.GAP
    assert running(with_gaps) == running(plain)
    assert with_gaps.decision_due_on == plain.decision_due_on


def test_filling_a_gap_changes_no_clock() -> None:
    case = lived(WITH_GAPS)

    filled = took(case, Step.FILL_GAP, date(2024, 3, 18), gap=0)

    assert filled.acceptance.gaps[0].received_on == date(2024, 3, 18)
    assert running(filled) == running(case)


@pytest.mark.parametrize("gap", [-1, 1])
def test_a_gap_that_was_not_listed_is_not_filled(gap: int) -> None:
    assert why_refused(lived(WITH_GAPS), Step.FILL_GAP, date(2024, 3, 18), gap=gap) == "no_such_gap"


def test_accepting_with_gaps_lists_them_and_when_they_are_promised() -> None:
    nothing = {"conditions": ALL_MET, "missing": []}
    yesterday = {"conditions": ALL_MET, "missing": [("授权委托书", ACCEPTED_ON - DAY)]}

    assert why_refused(received(), Step.ACCEPT_WITH_GAPS, ACCEPTED_ON, **nothing) == "gap_list_empty"
    assert why_refused(received(), Step.ACCEPT_WITH_GAPS, ACCEPTED_ON, **yesterday) == "gap_promised_in_past"


def test_a_case_may_be_accepted_with_gaps_into_summary_procedure() -> None:
    case = lived(plainly(Step.ACCEPT_WITH_GAPS, **SUMMARILY))

    assert case.procedure is Procedure.SUMMARY


# --- Withdrawn before acceptance (AR-5.10)


@pytest.mark.parametrize("is_resolved", [True, False])
def test_a_withdrawal_before_acceptance_tells_whether_the_dispute_was_resolved(is_resolved: bool) -> None:
    case = lived(plainly(Step.WITHDRAW_BEFORE_ACCEPTANCE, date(2024, 3, 6), is_resolved=is_resolved))

    assert case.refusal is Refusal.WITHDRAWN_BEFORE_ACCEPTANCE
    assert case.acceptance.is_resolved_before is is_resolved
