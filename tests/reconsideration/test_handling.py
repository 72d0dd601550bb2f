"""Between acceptance and decision: copy, reply, opinions, hearing, committee, extension (ARL 42-62)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import (
    AccessoryItem,
    CommitteeBasis,
    ExclusionKind,
    HearingBasis,
    OpinionManner,
    Outcome,
    Procedure,
    Status,
    StayGround,
    Step,
    SummaryBasis,
)
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    ANSWERED,
    COPY_RECEIVED_ON,
    HEARD,
    LATER_ON,
    REVIEWED,
    SUBMITTED_ON,
    SUMMARILY,
    SUMMARY,
    TAKE,
    a_case,
    applied,
    decided,
    lived,
    plainly,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)
REASON = "案情比受理时复杂"
COPIED = ANSWERED[0]
ORDINARY_REPLY_ON, SUMMARY_REPLY_ON = date(2024, 3, 21), date(2024, 3, 14)


# --- Copy and reply (ARL 48, 54, AR-4.4)


@pytest.mark.parametrize(
    ("accepted", "copy_due_on", "reply_due_on"),
    [(ACCEPT, date(2024, 3, 14), ORDINARY_REPLY_ON), (SUMMARY, date(2024, 3, 8), SUMMARY_REPLY_ON)],
)
def test_the_copy_goes_out_within_seven_or_three_working_days_and_is_answered_within_ten_or_five(
    accepted: Any, copy_due_on: date, reply_due_on: date
) -> None:
    assert running(lived(accepted))["copy", 1].deadline.due_on == copy_due_on

    sent = running(lived(accepted, COPIED))

    assert sent["copy", 1].state is ClockState.MET
    assert (sent["reply", 1].state, sent["reply", 1].deadline.due_on) == (ClockState.OPEN, reply_due_on)


def test_the_reply_period_runs_from_the_respondents_receipt_told_later() -> None:
    sent = lived(ACCEPT, plainly(Step.SEND_COPY, received_on=None))

    assert ("reply", 1) not in running(sent)
    assert why_refused(sent, Step.RECORD_REPLY, LATER_ON) == "copy_not_received"
    told = took(sent, Step.SEND_COPY, date(2024, 3, 8), received_on=COPY_RECEIVED_ON)
    assert told.handling.copy_sent_on == date(2024, 3, 6)
    assert running(told)["reply", 1].deadline.due_on == ORDINARY_REPLY_ON


def test_the_copy_goes_out_once() -> None:
    sent = lived(ACCEPT, plainly(Step.SEND_COPY, received_on=None))

    assert why_refused(sent, Step.SEND_COPY, date(2024, 3, 8)) == "copy_already_sent"
    assert why_refused(lived(ACCEPT, COPIED), Step.SEND_COPY, LATER_ON, received_on=LATER_ON) == (
        "copy_already_sent"
    )


def test_the_copy_is_received_after_it_was_sent_and_answered_after_it_was_received() -> None:
    before = {"received_on": date(2024, 3, 5)}

    assert why_refused(lived(ACCEPT), Step.SEND_COPY, date(2024, 3, 6), **before) == "date_out_of_order"
    assert why_refused(lived(ACCEPT, COPIED), Step.RECORD_REPLY, date(2024, 3, 6)) == "date_out_of_order"


def test_a_reply_after_the_last_day_is_no_evidence_and_nothing_lapses_on_it() -> None:
    case = lived(ACCEPT, COPIED)

    assert why_refused(case, Step.RECORD_REPLY, ORDINARY_REPLY_ON + DAY) == "reply_late"
    assert why_refused(case, Step.LAPSE_REPLY, ORDINARY_REPLY_ON) == "reply_not_expired"
    assert took(case, Step.RECORD_REPLY, ORDINARY_REPLY_ON).handling.replied_on == ORDINARY_REPLY_ON
    assert took(case, Step.LAPSE_REPLY, ORDINARY_REPLY_ON + DAY).handling.has_no_evidence


def _lapsed(**entered: Any) -> Case:
    return lived(ACCEPT, COPIED, plainly(Step.LAPSE_REPLY, **entered), plainly(Step.HEAR_OPINION))


@pytest.mark.parametrize(
    "outcome", [Outcome.UPHELD, Outcome.VARIED, Outcome.CLAIM_REJECTED, Outcome.AGREEMENT_LIABLE]
)
def test_an_act_without_evidence_is_not_upheld(outcome: Outcome) -> None:
    proposed = {**decided(outcome), "not_worse": True}

    assert why_refused(_lapsed(), Step.SUBMIT_DECISION, LATER_ON, **proposed) == "no_evidence"


@pytest.mark.parametrize(
    "outcome",
    [
        Outcome.REVOKED,
        Outcome.PARTLY_REVOKED,
        Outcome.CONFIRMED_UNLAWFUL,
        Outcome.CONFIRMED_VOID,
        Outcome.PERFORMANCE_ORDERED,
    ],
)
def test_an_act_without_evidence_is_revoked_confirmed_unlawful_or_void_or_performance_ordered(
    outcome: Outcome,
) -> None:
    proposed = decided(outcome, AccessoryItem.COMPENSATION_REJECTED)

    assert took(_lapsed(), Step.SUBMIT_DECISION, LATER_ON, **proposed).status is Status.DECISION_PENDING


def test_one_item_that_upholds_spoils_a_decision_without_evidence() -> None:
    proposed = decided(Outcome.REVOKED, Outcome.UPHELD)

    assert why_refused(_lapsed(), Step.SUBMIT_DECISION, LATER_ON, **proposed) == "no_evidence"


def test_evidence_of_a_third_party_may_uphold_an_act_without_reply() -> None:
    case = _lapsed(third_party_evidence=True)

    assert took(case, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.UPHELD)).status is (
        Status.DECISION_PENDING
    )


# --- Opinions, hearing, committee, stay (ARL 42, 49-52)


def _refused_decision(case: Case, on: date = LATER_ON) -> str:
    return why_refused(case, Step.SUBMIT_DECISION, on, **decided(Outcome.REVOKED))


def test_no_ordinary_decision_before_the_parties_were_heard() -> None:
    assert _refused_decision(lived(*REVIEWED)) == "opinion_not_heard"
    assert took(lived(*REVIEWED, HEARD), Step.SUBMIT_DECISION, SUBMITTED_ON, **decided(Outcome.REVOKED))


def test_a_summary_case_may_be_decided_on_paper() -> None:
    case = lived(SUMMARY, *ANSWERED)

    assert took(case, Step.SUBMIT_DECISION, SUBMITTED_ON, **decided(Outcome.REVOKED)).status is (
        Status.DECISION_PENDING
    )


def test_only_a_partys_own_fault_excuses_from_hearing_it_and_is_told() -> None:
    silent = {"manner": OpinionManner.NOT_POSSIBLE}

    assert why_refused(lived(*REVIEWED), Step.HEAR_OPINION, LATER_ON, **silent) == "opinion_reason_missing"
    told = took(lived(*REVIEWED), Step.HEAR_OPINION, LATER_ON, record="当事人拒绝接听", **silent)
    assert told.texts["opinion.1"] == "当事人拒绝接听"


HEARING_ON, LAST_NOTICE_ON = date(2024, 5, 10), date(2024, 4, 30)  # the May days off lie between them


def _notified(case: Case, on: date = LATER_ON, set_for: date = HEARING_ON) -> Case:
    entered = {"set_for": set_for, "basis": HearingBasis.COMPLEX, "place": "第一听证室"}
    return took(case, Step.NOTIFY_HEARING, on, **entered)


def _held(case: Case, on: date = HEARING_ON, **entered: Any) -> Case:
    return took(case, Step.HOLD_HEARING, on, **{"attended_by_head": True, "listeners": 2, **entered})


def test_a_hearing_is_notified_five_working_days_before_or_moved() -> None:
    case = lived(*REVIEWED)
    entered = dict(TAKE[Step.NOTIFY_HEARING])

    assert running(_notified(case, LAST_NOTICE_ON))["hearing_notice", 1].deadline.due_on == LAST_NOTICE_ON
    assert why_refused(case, Step.NOTIFY_HEARING, date(2024, 5, 6), **entered) == "hearing_notice_late"


def test_a_hearing_is_held_on_the_day_it_was_set_for() -> None:
    case = _notified(lived(*REVIEWED))
    entered = TAKE[Step.HOLD_HEARING]

    assert why_refused(case, Step.HOLD_HEARING, HEARING_ON + DAY, **entered) == "no_hearing_set"
    assert why_refused(lived(*REVIEWED), Step.HOLD_HEARING, HEARING_ON, **entered) == "no_hearing_set"
    assert why_refused(_held(case), Step.HOLD_HEARING, HEARING_ON, **entered) == "no_hearing_set"


def test_a_hearing_that_was_moved_is_held_on_its_new_day() -> None:
    moved = _notified(_notified(lived(*REVIEWED)), date(2024, 5, 8), date(2024, 5, 17))

    held = _held(moved, date(2024, 5, 17))

    assert [each.held_on for each in held.handling.hearings] == [None, date(2024, 5, 17)]


def test_a_hearing_has_two_listeners_and_the_head_of_the_respondent_or_a_reason() -> None:
    case = _notified(lived(*REVIEWED))

    alone = {"attended_by_head": True, "listeners": 1}
    assert why_refused(case, Step.HOLD_HEARING, HEARING_ON, **alone) == "listeners_too_few"
    away = {"attended_by_head": False, "listeners": 2}
    assert why_refused(case, Step.HOLD_HEARING, HEARING_ON, **away) == "head_absence_unexplained"
    assert _held(case, attended_by_head=False, head_absence_reason="出国").handling.hearings[0].held_on


def test_a_complex_case_owes_a_hearing_and_the_committee() -> None:
    complex_case = lived(
        ACCEPT,
        plainly(Step.CHOOSE_PROCEDURE, date(2024, 3, 5), procedure=Procedure.ORDINARY, is_complex=True),
        *ANSWERED,
        HEARD,
    )

    assert _refused_decision(complex_case) == "hearing_owed"
    heard = _held(_notified(complex_case))
    assert _refused_decision(heard, HEARING_ON) == "committee_owed"
    consulted = took(
        heard, Step.CONSULT_COMMITTEE, HEARING_ON, basis=CommitteeBasis.COMPLEX, opinion="建议撤销"
    )
    assert took(consulted, Step.SUBMIT_DECISION, HEARING_ON, **decided(Outcome.REVOKED)).closing.submission


def test_an_applicant_who_stays_away_waives_the_hearing_not_the_case() -> None:
    case = lived(SUMMARY, plainly(Step.CONVERT, date(2024, 3, 6), is_complex=True), *ANSWERED, HEARD)

    waived = _held(_notified(case), applicant_absent=True)

    assert waived.status is Status.UNDER_REVIEW
    assert _refused_decision(waived, HEARING_ON) == "committee_owed"


def test_a_technical_case_and_a_province_that_reviews_itself_owe_the_committee_alone() -> None:
    technical = lived(
        ACCEPT,
        plainly(Step.CHOOSE_PROCEDURE, date(2024, 3, 5), procedure=Procedure.ORDINARY, is_technical=True),
        *ANSWERED,
        HEARD,
    )
    itself = lived(ACCEPT, *ANSWERED, HEARD, of=applied(Application(is_own_review=True)))

    assert _refused_decision(technical) == "committee_owed"
    assert _refused_decision(itself) == "committee_owed"


def _consulted(case: Case, basis: CommitteeBasis, on: date = LATER_ON) -> Case:
    return took(case, Step.CONSULT_COMMITTEE, on, basis=basis, opinion="建议撤销")


def test_a_case_that_turns_out_complex_at_the_committee_owes_a_hearing() -> None:
    case = _consulted(lived(*REVIEWED, HEARD), CommitteeBasis.COMPLEX)

    assert _refused_decision(case) == "hearing_owed"
    assert took(_held(_notified(case)), Step.SUBMIT_DECISION, HEARING_ON, **decided(Outcome.REVOKED))


def test_a_case_that_turns_out_complex_at_its_hearing_owes_the_committee() -> None:
    case = _held(_notified(lived(*REVIEWED, HEARD)))

    assert _refused_decision(case, HEARING_ON) == "committee_owed"
    consulted = _consulted(case, CommitteeBasis.OFFICE, HEARING_ON)
    assert took(consulted, Step.SUBMIT_DECISION, HEARING_ON, **decided(Outcome.REVOKED)).closing.submission


@pytest.mark.parametrize("basis", [CommitteeBasis.TECHNICAL, CommitteeBasis.OFFICE])
def test_a_committee_asked_for_another_reason_makes_no_case_complex(basis: CommitteeBasis) -> None:
    case = _consulted(lived(*REVIEWED, HEARD), basis)

    assert took(case, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.REVOKED)).closing.submission


def test_what_turned_out_complex_or_technical_stays_so_when_the_case_is_taken_up_again() -> None:
    technical = _consulted(lived(*REVIEWED, HEARD), CommitteeBasis.TECHNICAL)
    closed = took(technical, Step.WITHDRAW, LATER_ON, **TAKE[Step.WITHDRAW])

    again = took(closed, Step.REOPEN, LATER_ON, **TAKE[Step.REOPEN])

    assert _refused_decision(took(again, Step.HEAR_OPINION, LATER_ON, manner=OpinionManner.PHONE)) == (
        "committee_owed"
    )


def test_a_summary_case_that_turns_out_complex_or_technical_is_converted_first() -> None:
    case = lived(SUMMARY, *ANSWERED)
    hearing = {**TAKE[Step.NOTIFY_HEARING], "basis": HearingBasis.COMPLEX}

    assert why_refused(case, Step.NOTIFY_HEARING, LATER_ON, **hearing) == "convert_first"
    for basis in (CommitteeBasis.COMPLEX, CommitteeBasis.TECHNICAL):
        entered = {"basis": basis, "opinion": "建议撤销"}
        assert why_refused(case, Step.CONSULT_COMMITTEE, LATER_ON, **entered) == "convert_first"
    assert _consulted(case, CommitteeBasis.OFFICE).handling.consultations
    converted = took(case, Step.CONVERT, LATER_ON, reason=REASON)
    assert _consulted(converted, CommitteeBasis.TECHNICAL).handling.consultations


def test_what_was_heard_as_complex_is_not_made_summary_afterwards() -> None:
    case = _notified(lived(ACCEPT))

    summary = TAKE[Step.CHOOSE_PROCEDURE]
    assert why_refused(case, Step.CHOOSE_PROCEDURE, LATER_ON, **summary) == "summary_not_allowed"


def test_under_the_old_act_no_case_owes_hearing_or_committee() -> None:
    case = lived(
        plainly(Step.ACCEPT, date(2023, 6, 5)),
        plainly(Step.SEND_COPY, date(2023, 6, 6), received_on=date(2023, 6, 7)),
        plainly(Step.RECORD_REPLY, date(2023, 6, 13)),
        of=a_case(received_on=date(2023, 6, 1)),
    )

    consulted = _consulted(case, CommitteeBasis.COMPLEX, date(2023, 6, 20))

    proposed = decided(Outcome.REVOKED)
    assert took(consulted, Step.SUBMIT_DECISION, date(2023, 7, 3), **proposed).closing.submission


@pytest.mark.parametrize("is_granted", [True, False])
def test_a_stay_is_recorded_whatever_was_decided(is_granted: bool) -> None:
    case = took(
        lived(ACCEPT),
        Step.DECIDE_STAY,
        LATER_ON,
        ground=StayGround.REQUEST,
        is_granted=is_granted,
        reason="合理",
    )

    assert [each.is_granted for each in case.handling.stays] == [is_granted]
    assert case.texts["stay.1"] == "合理"


# --- Extension (ARL 62, AR-6.2, AR-6.3, DOMAIN §10 no. 5)

DUE_ON = date(2024, 5, 6)  # day 60 is 05-04, within the May days off


def _extend(case: Case, days: int = 30, on: date = LATER_ON) -> Case:
    return took(case, Step.EXTEND, on, days=days, reason="情况复杂")


def test_an_extension_is_added_to_the_day_that_was_not_rolled() -> None:
    assert lived(*REVIEWED).decision_due_on == DUE_ON
    assert _extend(lived(*REVIEWED)).decision_due_on == date(2024, 6, 3)  # 05-04 + 30


def test_a_case_is_extended_once() -> None:
    extended = _extend(lived(*REVIEWED), days=10)

    assert why_refused(extended, Step.EXTEND, LATER_ON, days=20, reason="情况复杂") == "extended_twice"


@pytest.mark.parametrize(
    ("days", "code"),
    [(31, "extension_too_long"), (0, "extension_not_positive"), (-1, "extension_not_positive")],
)
def test_an_extension_is_one_to_thirty_days(days: int, code: str) -> None:
    assert why_refused(lived(*REVIEWED), Step.EXTEND, LATER_ON, days=days, reason="情况复杂") == code


def test_a_summary_case_is_not_extended_and_a_converted_one_is() -> None:
    summary = lived(SUMMARY, *ANSWERED)
    refused = why_refused(summary, Step.EXTEND, date(2024, 4, 1), days=10, reason="情况复杂")

    converted = took(summary, Step.CONVERT, date(2024, 4, 1), reason=REASON)

    assert refused == "extension_not_allowed"
    assert _extend(converted).decision_due_on == date(2024, 6, 3)


def test_nothing_is_extended_after_its_last_day() -> None:
    assert _extend(lived(*REVIEWED), on=DUE_ON).decision_due_on == date(2024, 6, 3)
    assert why_refused(lived(*REVIEWED), Step.EXTEND, DUE_ON + DAY, days=30, reason="情况复杂") == (
        "extension_late"
    )


# --- Excluded time (AR-5.2)


@pytest.mark.parametrize("kind", ExclusionKind)
def test_inspection_expertise_and_consultation_are_not_counted(kind: ExclusionKind) -> None:
    excluded = took(
        lived(*REVIEWED), Step.EXCLUDE_TIME, date(2024, 4, 15), kind=kind, begun_on=date(2024, 4, 1)
    )

    assert excluded.decision_due_on == date(2024, 5, 20)  # 05-04 + 14 is a Saturday


def test_excluded_time_lies_after_acceptance_and_is_over() -> None:
    early = {"kind": ExclusionKind.SITE_INSPECTION, "begun_on": ACCEPTED_ON - DAY}
    reversed_ = {"kind": ExclusionKind.SITE_INSPECTION, "begun_on": LATER_ON + DAY}

    assert why_refused(lived(*REVIEWED), Step.EXCLUDE_TIME, LATER_ON, **early) == "date_out_of_order"
    assert why_refused(lived(*REVIEWED), Step.EXCLUDE_TIME, LATER_ON, **reversed_) == "date_out_of_order"


def test_the_conditions_of_summary_procedure_are_those_of_acceptance_too() -> None:
    assert lived(plainly(Step.ACCEPT, **SUMMARILY)).handling.summary_basis is SummaryBasis.CONSENT
