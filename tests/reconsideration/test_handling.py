"""Between acceptance and decision: copy, reply, opinions, hearing, committee, extension (ARL 42-62)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.terms import (
    AccessoryItem,
    EvidenceBy,
    ExclusionKind,
    Outcome,
    Status,
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
    TODAY,
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


def test_a_reply_in_time_without_evidence_leaves_the_act_without_evidence() -> None:
    case = lived(ACCEPT, COPIED, plainly(Step.RECORD_REPLY, with_evidence=False), HEARD)

    assert case.status is Status.UNDER_REVIEW
    assert case.handling.has_no_evidence
    assert running(case)["reply", 1].state is ClockState.MET
    assert why_refused(case, Step.SUBMIT_DECISION, SUBMITTED_ON, **decided(Outcome.UPHELD)) == "no_evidence"


def test_evidence_that_follows_its_reply_in_time_is_evidence_and_afterwards_is_none() -> None:
    case = lived(ACCEPT, COPIED, plainly(Step.RECORD_REPLY, with_evidence=False))
    by_respondent = {"by": EvidenceBy.RESPONDENT}

    followed = took(case, Step.RECORD_EVIDENCE, ORDINARY_REPLY_ON, **by_respondent)

    assert not followed.handling.has_no_evidence
    assert (
        why_refused(case, Step.RECORD_EVIDENCE, ORDINARY_REPLY_ON + DAY, **by_respondent) == "evidence_late"
    )


def test_the_respondents_evidence_follows_a_reply_that_came_without() -> None:
    by_respondent = {"by": EvidenceBy.RESPONDENT}

    for case in (lived(ACCEPT, COPIED), lived(*REVIEWED), _lapsed()):
        assert why_refused(case, Step.RECORD_EVIDENCE, LATER_ON, **by_respondent) == "no_reply_to_complete"


def test_a_late_reply_is_kept_with_its_date_and_is_no_evidence() -> None:
    late_on = ORDINARY_REPLY_ON + 4 * DAY

    case = lived(ACCEPT, COPIED, plainly(Step.LAPSE_REPLY, replied_on=late_on))

    assert case.handling.replied_late_on == late_on
    assert case.handling.has_no_evidence
    assert (running(case)["reply", 1].state, running(case)["reply", 1].met_on) == (ClockState.MISSED, late_on)
    in_time = {"replied_on": ORDINARY_REPLY_ON}
    assert why_refused(lived(ACCEPT, COPIED), Step.LAPSE_REPLY, LATER_ON, **in_time) == "reply_in_time"
    unborn = {"replied_on": TODAY + DAY}
    assert why_refused(lived(ACCEPT, COPIED), Step.LAPSE_REPLY, LATER_ON, **unborn) == "date_out_of_order"


def test_evidence_of_a_third_party_may_come_later() -> None:
    case = _lapsed()

    told = took(case, Step.RECORD_EVIDENCE, LATER_ON, by=EvidenceBy.THIRD_PARTY)

    assert told.handling.third_party_evidence_on == LATER_ON
    assert took(told, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.UPHELD)).closing.submission
    again = why_refused(told, Step.RECORD_EVIDENCE, LATER_ON, by=EvidenceBy.THIRD_PARTY)
    assert again == "evidence_recorded"


def test_evidence_of_a_third_party_may_uphold_an_act_without_reply() -> None:
    case = _lapsed(third_party_evidence=True)

    assert took(case, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.UPHELD)).status is (
        Status.DECISION_PENDING
    )


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


EXPERTISE = {"kind": ExclusionKind.EXPERT_OPINION}


def test_a_case_is_not_overdue_while_an_expertise_lasts() -> None:
    asked = took(lived(*REVIEWED), Step.BEGIN_EXCLUSION, date(2024, 4, 1), **EXPERTISE)

    decision = running(asked, today=date(2024, 7, 1))["decision", 1]

    assert (asked.decision_due_on, decision.deadline.due_on) == (None, None)
    assert decision.state is ClockState.OPEN
    assert "2024-04-01 起勘验、鉴定等，尚未结束" in decision.deadline.explanation
    assert decision.deadline.explanation.endswith("结束后确定届满日。")


def test_an_expertise_that_has_ended_is_excluded_as_if_told_at_once() -> None:
    asked = took(lived(*REVIEWED), Step.BEGIN_EXCLUSION, date(2024, 4, 1), **EXPERTISE)

    ended = took(asked, Step.END_EXCLUSION, date(2024, 4, 15), **EXPERTISE)

    at_once = {**EXPERTISE, "begun_on": date(2024, 4, 1)}
    assert ended == took(lived(*REVIEWED), Step.EXCLUDE_TIME, date(2024, 4, 15), **at_once)
    words = running(ended)["decision", 1].deadline.explanation
    assert "扣除勘验、鉴定等 2024-04-01 至 2024-04-15 共 14 日" in words


def test_an_expertise_begins_once_and_ends_after_it_began() -> None:
    asked = took(lived(*REVIEWED), Step.BEGIN_EXCLUSION, date(2024, 4, 1), **EXPERTISE)

    assert why_refused(asked, Step.BEGIN_EXCLUSION, LATER_ON, **EXPERTISE) == "exclusion_begun"
    assert why_refused(asked, Step.END_EXCLUSION, date(2024, 3, 31), **EXPERTISE) == "date_out_of_order"
    other = {"kind": ExclusionKind.SITE_INSPECTION}
    assert why_refused(asked, Step.END_EXCLUSION, LATER_ON, **other) == "no_exclusion_begun"


def test_nothing_is_extended_while_its_last_day_is_open() -> None:
    asked = took(lived(*REVIEWED), Step.BEGIN_EXCLUSION, date(2024, 4, 1), **EXPERTISE)

    assert why_refused(asked, Step.EXTEND, LATER_ON, days=30, reason="情况复杂") == "extension_while_excluded"


def test_closing_ends_an_expertise_that_lasts() -> None:
    asked = took(lived(*REVIEWED), Step.BEGIN_EXCLUSION, date(2024, 4, 1), **EXPERTISE)

    closed = took(asked, Step.SIGN_MEDIATION, date(2024, 4, 15), **TAKE[Step.SIGN_MEDIATION])

    assert closed.decision_due_on == date(2024, 5, 20)  # 05-04 + 14 is a Saturday


def test_excluded_time_lies_after_acceptance_and_is_over() -> None:
    early = {"kind": ExclusionKind.SITE_INSPECTION, "begun_on": ACCEPTED_ON - DAY}
    reversed_ = {"kind": ExclusionKind.SITE_INSPECTION, "begun_on": LATER_ON + DAY}

    assert why_refused(lived(*REVIEWED), Step.EXCLUDE_TIME, LATER_ON, **early) == "date_out_of_order"
    assert why_refused(lived(*REVIEWED), Step.EXCLUDE_TIME, LATER_ON, **reversed_) == "date_out_of_order"


def test_the_conditions_of_summary_procedure_are_those_of_acceptance_too() -> None:
    assert lived(plainly(Step.ACCEPT, **SUMMARILY)).handling.summary_basis is SummaryBasis.CONSENT
