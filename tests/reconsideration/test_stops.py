"""Suspension, resumption, termination and the review of normative documents (ARL 39-41, 56-60; AR-5)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.domain.notices import notices
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import (
    ActHead,
    ActKind,
    DocumentPower,
    ExclusionKind,
    NoticeOf,
    Outcome,
    Status,
    Step,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from tests.reconsideration.builders import (
    ACCEPT,
    ANSWERED,
    LATER_ON,
    REVIEWED,
    SUSPEND,
    SUSPENDED_ON,
    TAKE,
    applied,
    decided,
    lived,
    plainly,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)
SIXTY_DAYS_ON = date(2024, 5, 17)  # 60 days from 2024-03-18
S6, S9 = SuspensionGround.S6, SuspensionGround.S9


def _suspended(ground: SuspensionGround, on: date = SUSPENDED_ON, **entered: Any) -> Case:
    power = {"document_power": DocumentPower.OWN} if ground is S9 else {}
    entered = {"ground": ground, "reason": "出现中止事由", "both_agree": True, **power, **entered}
    return took(lived(*REVIEWED), Step.SUSPEND, on, **entered)


def _resumed(case: Case, on: date) -> Case:
    return took(case, Step.RESUME, on, reason="中止事由消除")


# --- Suspension (ARL 39, DOMAIN §10 no. 6)


@pytest.mark.parametrize("ground", SuspensionGround)
def test_each_of_the_ten_grounds_stops_the_clock(ground: SuspensionGround) -> None:
    case = _suspended(ground)

    assert case.status is Status.SUSPENDED
    assert case.decision_due_on is None
    assert running(case)["decision", 1].deadline.due_on is None


def test_a_suspended_case_is_never_overdue() -> None:
    decision = running(_suspended(SuspensionGround.S3), today=date(2026, 6, 1))["decision", 1]

    assert (decision.state, decision.deadline.due_on) == (ClockState.OPEN, None)
    assert "恢复后确定届满日" in decision.deadline.explanation


def test_mediation_suspends_when_both_sides_consent() -> None:
    one_side = {"ground": S6, "reason": "正在调解"}

    assert why_refused(lived(*REVIEWED), Step.SUSPEND, LATER_ON, **one_side) == "consent_missing"
    assert took(lived(*REVIEWED), Step.SUSPEND, LATER_ON, both_agree=True, **one_side).decision_due_on is None


def test_no_decision_is_made_while_the_case_is_suspended() -> None:
    case = lived(*REVIEWED, SUSPEND)

    for step in (Step.SUBMIT_DECISION, Step.APPROVE_DECISION, Step.SIGN_MEDIATION, Step.REJECT_APPLICATION):
        assert why_refused(case, step, LATER_ON, **TAKE[step]) == f"{step}_not_allowed"


def test_resumption_moves_the_due_date_by_the_whole_days_between_and_then_rolls_it() -> None:
    case = _resumed(_suspended(SuspensionGround.S7), date(2024, 4, 8))

    assert case.status is Status.UNDER_REVIEW
    assert case.decision_due_on == date(2024, 5, 27)  # 05-04 + 21 days is a Saturday


def test_a_case_resumes_where_it_was_suspended() -> None:
    assert lived(ACCEPT, SUSPEND, plainly(Step.RESUME)).status is Status.ACCEPTED
    assert lived(*REVIEWED, SUSPEND, plainly(Step.RESUME)).status is Status.UNDER_REVIEW


def test_time_excluded_within_a_suspension_is_not_added_twice() -> None:
    once = _resumed(_suspended(SuspensionGround.S7), date(2024, 4, 8))

    twice = took(
        once,
        Step.EXCLUDE_TIME,
        date(2024, 4, 10),
        kind=ExclusionKind.EXPERT_OPINION,
        begun_on=date(2024, 4, 1),
    )

    assert once.decision_due_on == date(2024, 5, 27)  # 05-25 rolled
    assert twice.decision_due_on == date(2024, 5, 27)  # 05-27: two more days, no roll


def test_two_suspensions_add_up() -> None:
    first = _resumed(_suspended(SuspensionGround.S7), date(2024, 3, 25))

    second = _resumed(
        took(first, Step.SUSPEND, date(2024, 4, 1), ground=SuspensionGround.S8, reason="另案未结"),
        date(2024, 4, 11),
    )

    assert first.decision_due_on == date(2024, 5, 11)  # 05-04 + 7, a worked Saturday
    assert second.decision_due_on == date(2024, 5, 21)


def test_a_case_does_not_resume_before_it_was_suspended_and_parties_are_told_after() -> None:
    case = lived(*REVIEWED, SUSPEND)

    assert why_refused(case, Step.RESUME, SUSPENDED_ON - DAY, reason="消除") == "before_previous_step"
    early = {"reason": "消除", "notified_on": SUSPENDED_ON}
    assert why_refused(case, Step.RESUME, LATER_ON, **early) == "date_out_of_order"
    told = {**TAKE[Step.SUSPEND], "notified_on": LATER_ON - DAY}
    assert why_refused(lived(*REVIEWED), Step.SUSPEND, LATER_ON, **told) == "date_out_of_order"


def _telling(case: Case) -> list[tuple[NoticeOf, int, date | None]]:
    return [(each.of, each.number, each.notified_on) for each in notices(case)]


def test_nobody_is_recorded_as_told_before_somebody_enters_the_day() -> None:
    """ARL 39(3), 62(1): the notice is written, and its day is a fact of its own."""
    resumed = _resumed(_suspended(SuspensionGround.S7), date(2024, 4, 8))
    extended = took(resumed, Step.EXTEND, LATER_ON, days=30, reason="情况复杂")

    assert _telling(extended) == [
        (NoticeOf.SUSPENSION, 0, None),
        (NoticeOf.RESUMPTION, 0, None),
        (NoticeOf.EXTENSION, 0, None),
    ]


def test_a_notice_is_told_later_once_and_not_before_its_act() -> None:
    resumed = _resumed(_suspended(SuspensionGround.S7), date(2024, 4, 8))
    of_resumption = {"of": NoticeOf.RESUMPTION}

    told = took(resumed, Step.RECORD_NOTICE, date(2024, 4, 10), **of_resumption)

    assert _telling(told) == [(NoticeOf.SUSPENSION, 0, None), (NoticeOf.RESUMPTION, 0, date(2024, 4, 10))]
    assert why_refused(told, Step.RECORD_NOTICE, LATER_ON, **of_resumption) == "already_notified"
    assert why_refused(resumed, Step.RECORD_NOTICE, date(2024, 4, 7), **of_resumption) == "date_out_of_order"
    for none in ({"of": NoticeOf.EXTENSION}, {"of": NoticeOf.SUSPENSION, "number": 1}):
        assert why_refused(resumed, Step.RECORD_NOTICE, LATER_ON, **none) == "nothing_to_notify"


def test_a_superior_orders_to_go_on_whatever_the_suspension_waited_for() -> None:
    waiting = _suspended(S9)
    ordered = {"reason": "上级责令恢复审理", "by_superior": True}

    resumed = took(waiting, Step.RESUME, LATER_ON, **ordered)

    assert why_refused(waiting, Step.RESUME, LATER_ON, reason="消除") == "document_not_concluded"
    assert resumed.status is Status.UNDER_REVIEW
    assert resumed.handling.suspensions[0].resumed_by_superior


def test_each_suspension_has_a_notice_of_its_own() -> None:
    first = _resumed(_suspended(SuspensionGround.S7), date(2024, 3, 25))
    second = took(first, Step.SUSPEND, date(2024, 4, 1), ground=SuspensionGround.S8, reason="另案未结")

    earlier = took(second, Step.RECORD_NOTICE, LATER_ON, of=NoticeOf.SUSPENSION, number=0)
    later = took(second, Step.RECORD_NOTICE, LATER_ON, of=NoticeOf.SUSPENSION)

    assert [each.notified_on for each in earlier.handling.suspensions] == [LATER_ON, None]
    assert [each.notified_on for each in later.handling.suspensions] == [None, LATER_ON]


def test_a_reply_period_that_had_ended_is_not_moved_by_a_later_suspension() -> None:
    lapsed = lived(ACCEPT, ANSWERED[0], plainly(Step.LAPSE_REPLY))

    later = _resumed(took(lapsed, Step.SUSPEND, date(2024, 4, 1), **TAKE[Step.SUSPEND]), LATER_ON)

    assert running(later)["reply", 1].deadline == running(lapsed)["reply", 1].deadline


def test_a_reply_period_does_not_run_while_the_case_is_suspended() -> None:
    case = lived(ACCEPT, ANSWERED[0], plainly(Step.SUSPEND, date(2024, 3, 11)))
    assert running(case)["reply", 1].deadline.due_on is None

    resumed = _resumed(case, date(2024, 3, 18))

    assert running(resumed)["reply", 1].deadline.due_on == date(2024, 3, 28)


def test_the_copy_need_not_go_out_while_the_case_is_suspended() -> None:
    case = lived(ACCEPT, plainly(Step.SUSPEND, date(2024, 3, 8)))
    assert running(case)["copy", 1].deadline.due_on is None

    resumed = _resumed(case, date(2024, 3, 18))

    # Three of the seven working days had passed; the day of resumption is the fourth.
    assert running(resumed)["copy", 1].deadline.due_on == date(2024, 3, 22)
    sent = took(resumed, Step.SEND_COPY, date(2024, 3, 22))
    assert running(sent)["copy", 1].state is ClockState.MET


def test_a_copy_period_that_had_ended_is_not_moved_by_a_later_suspension() -> None:
    late = plainly(Step.SEND_COPY, date(2024, 3, 18), received_on=date(2024, 3, 18))

    later = lived(ACCEPT, late, plainly(Step.SUSPEND, date(2024, 3, 20)), plainly(Step.RESUME))

    assert running(later)["copy", 1].state is ClockState.MISSED
    assert running(later)["copy", 1].deadline.due_on == date(2024, 3, 14)


def test_what_stopped_copy_and_reply_stays_known_when_the_case_is_taken_up_again() -> None:
    stopped = (plainly(Step.SUSPEND, date(2024, 3, 8)), plainly(Step.RESUME, date(2024, 3, 18)))
    copied = plainly(Step.SEND_COPY, date(2024, 3, 20), received_on=date(2024, 3, 20))
    answered = plainly(Step.RECORD_REPLY, date(2024, 3, 25))
    closed = lived(ACCEPT, *stopped, copied, answered, plainly(Step.WITHDRAW, date(2024, 4, 10)))

    again = took(closed, Step.REOPEN, LATER_ON, **TAKE[Step.REOPEN])

    assert running(closed)["copy", 1].state is ClockState.MET
    assert running(again)["copy", 1] == running(closed)["copy", 1]
    assert running(again)["reply", 1] == running(closed)["reply", 1]


# --- Review of normative documents (ARL 56-60, AR-4.9)


def test_reviewing_a_document_names_who_may_decide_on_it() -> None:
    without = {"ground": S9, "reason": "附带审查"}
    beside = {**TAKE[Step.SUSPEND], "document_power": DocumentPower.OWN}

    assert why_refused(lived(*REVIEWED), Step.SUSPEND, LATER_ON, **without) == "document_power_missing"
    assert why_refused(lived(*REVIEWED), Step.SUSPEND, LATER_ON, **beside) == "document_power_missing"


def _told(case: Case, what: str, on: date) -> Case:
    return took(case, Step.REVIEW_DOCUMENT, on, what=what)


def test_a_document_within_ones_own_power_is_asked_about_answered_and_decided() -> None:
    case = _suspended(S9)
    assert {kind for kind, _ in running(case) if kind.startswith("document")} == {
        "document_review",
        "document_ask",
    }

    asked = _told(_told(case, "asked_on", date(2024, 3, 20)), "ask_received_on", date(2024, 3, 21))
    answered = _told(asked, "answered_on", date(2024, 4, 8))
    decided_on = _told(answered, "concluded_on", date(2024, 4, 17))

    clocks = running(decided_on)
    assert clocks["document_ask", 1].deadline.due_on == date(2024, 3, 21)
    assert clocks["document_answer", 1].deadline.due_on == date(2024, 4, 7)
    assert clocks["document_answer", 1].state is ClockState.MISSED
    assert clocks["document_review", 1].deadline.due_on == date(2024, 4, 17)
    assert clocks["document_review", 1].state is ClockState.MET


def test_a_document_of_another_organ_is_forwarded_and_its_answer_waited_for() -> None:
    case = _suspended(S9, document_power=DocumentPower.OTHER)
    assert running(case)["document_forward", 1].deadline.due_on == date(2024, 3, 27)

    forwarded = _told(case, "forwarded_on", date(2024, 3, 22))

    assert ("document_receiver", 1) not in running(forwarded)
    received = _told(forwarded, "forward_received_on", date(2024, 3, 25))
    assert running(received)["document_receiver", 1].deadline.due_on == date(2024, 5, 24)
    early = {"what": "forward_received_on"}
    assert why_refused(case, Step.REVIEW_DOCUMENT, LATER_ON, **early) == "document_not_forwarded"
    own = {"what": "forwarded_on"}
    assert why_refused(_suspended(S9), Step.REVIEW_DOCUMENT, LATER_ON, **own) == "document_own_power"


def test_what_became_of_a_document_is_told_once_and_in_order() -> None:
    asked = _told(_suspended(S9), "asked_on", date(2024, 3, 20))

    assert why_refused(asked, Step.REVIEW_DOCUMENT, LATER_ON, what="asked_on") == "document_step_done"
    assert why_refused(asked, Step.REVIEW_DOCUMENT, LATER_ON, what="rumoured_on") == "document_step_done"
    early = {"what": "ask_received_on"}
    assert why_refused(asked, Step.REVIEW_DOCUMENT, date(2024, 3, 19), **early) == "date_out_of_order"
    concluded = _told(_suspended(S9), "concluded_on", date(2024, 4, 17))
    assert why_refused(concluded, Step.REVIEW_DOCUMENT, LATER_ON, what="asked_on") == "date_out_of_order"
    assert _told(concluded, "asked_on", date(2024, 4, 17)).handling.documents[0].asked_on
    for document in (-1, 1):
        code = why_refused(asked, Step.REVIEW_DOCUMENT, LATER_ON, what="answered_on", document=document)
        assert code == "no_such_document"


@pytest.mark.parametrize("power", DocumentPower)
def test_a_case_does_not_resume_while_its_document_has_no_conclusion(power: DocumentPower) -> None:
    case = _suspended(S9, document_power=power)
    if power is DocumentPower.OWN:  # the issuing organ's answer concludes nothing (ARL 58, 59)
        case = _told(_told(case, "asked_on", date(2024, 3, 20)), "answered_on", date(2024, 4, 1))
    else:
        case = _told(case, "forwarded_on", date(2024, 3, 22))

    early = why_refused(case, Step.RESUME, LATER_ON, reason="消除")
    concluded = _told(case, "concluded_on", date(2024, 4, 17))

    assert early == "document_not_concluded"
    assert why_refused(concluded, Step.RESUME, date(2024, 4, 16), reason="消除") == "document_not_concluded"
    assert _resumed(concluded, date(2024, 4, 17)).status is Status.UNDER_REVIEW


def test_a_later_suspension_does_not_wait_for_a_document_and_the_document_waits_for_its_own() -> None:
    first = _resumed(_told(_suspended(S9), "concluded_on", date(2024, 4, 1)), date(2024, 4, 1))

    again = took(first, Step.SUSPEND, date(2024, 4, 8), ground=SuspensionGround.S8, reason="另案未结")
    second = {"ground": S9, "reason": "另一份文件", "document_power": DocumentPower.OTHER}

    assert _resumed(again, LATER_ON).status is Status.UNDER_REVIEW
    another = took(first, Step.SUSPEND, date(2024, 4, 8), **second)
    assert why_refused(another, Step.RESUME, LATER_ON, reason="消除") == "document_not_concluded"


# --- Termination (ARL 41, AR-5.4)


@pytest.mark.parametrize("ground", [TerminationGround.T2, TerminationGround.T3, TerminationGround.T4])
@pytest.mark.parametrize("path", [(ACCEPT,), REVIEWED, (*REVIEWED, SUSPEND)])
def test_what_befalls_the_applicant_ends_the_case(path: Any, ground: TerminationGround) -> None:
    case = took(lived(*path), Step.TERMINATE, LATER_ON, ground=ground)

    assert (case.outcome, case.termination_ground) == (Outcome.TERMINATED, ground)
    assert case.withdraw_reason is None


BY_CRIMINAL_MEASURE = {"ground": TerminationGround.T4}


@pytest.mark.parametrize("head", [None, ActHead.PENALTY, ActHead.COERCION, ActHead.OTHER])
def test_a_criminal_measure_ends_what_may_be_a_case_about_liberty(head: ActHead | None) -> None:
    case = lived(ACCEPT, of=applied(Application(act_head=head)))

    assert took(case, Step.TERMINATE, LATER_ON, **BY_CRIMINAL_MEASURE).closed_on == LATER_ON


@pytest.mark.parametrize(
    "told",
    [
        *(
            Application(act_head=head)
            for head in ActHead
            if head not in (ActHead.PENALTY, ActHead.COERCION, ActHead.OTHER)
        ),
        Application(act_head=ActHead.PENALTY, act_kind=ActKind.ON_THE_SPOT_PENALTY),
        Application(act_kind=ActKind.CAMERA_PENALTY),
    ],
)
def test_a_criminal_measure_ends_no_case_about_what_cannot_have_taken_liberty(told: Application) -> None:
    case = lived(ACCEPT, of=applied(told))

    assert why_refused(case, Step.TERMINATE, LATER_ON, **BY_CRIMINAL_MEASURE) == "no_liberty_at_stake"
    assert took(case, Step.TERMINATE, LATER_ON, ground=TerminationGround.T2).closed_on == LATER_ON


@pytest.mark.parametrize("ground", [SuspensionGround.S1, SuspensionGround.S2, SuspensionGround.S4])
def test_a_suspension_for_want_of_a_successor_may_end_the_case_after_sixty_days(
    ground: SuspensionGround,
) -> None:
    case, by_time = _suspended(ground), {"ground": TerminationGround.T5}
    assert running(case)["suspension_limit", 1].deadline.due_on == SIXTY_DAYS_ON

    ended = took(case, Step.TERMINATE, SIXTY_DAYS_ON, **by_time)

    assert ended.termination_ground is TerminationGround.T5
    assert why_refused(case, Step.TERMINATE, SIXTY_DAYS_ON - DAY, **by_time) == "sixty_days_not_over"


@pytest.mark.parametrize(
    "ground", sorted(set(SuspensionGround) - {SuspensionGround.S1, SuspensionGround.S2, SuspensionGround.S4})
)
def test_no_other_suspension_ends_the_case_by_time_not_even_a_missing_applicant(
    ground: SuspensionGround,
) -> None:
    case = _suspended(ground)

    code = why_refused(case, Step.TERMINATE, date(2025, 3, 18), ground=TerminationGround.T5)

    assert code == "no_termination_by_time"
    assert ("suspension_limit", 1) not in running(case)


def test_the_sixty_days_are_those_of_one_suspension_that_still_lasts() -> None:
    resumed = _resumed(_suspended(SuspensionGround.S1), date(2024, 6, 3))

    code = why_refused(resumed, Step.TERMINATE, date(2024, 6, 3), ground=TerminationGround.T5)

    assert code == "no_termination_by_time"


def test_a_withdrawal_has_a_step_of_its_own_and_its_reason() -> None:
    code = why_refused(lived(*REVIEWED), Step.TERMINATE, LATER_ON, ground=TerminationGround.T1)

    assert code == "use_withdraw"


@pytest.mark.parametrize("reason", WithdrawReason)
def test_a_settlement_closes_as_a_withdrawal_with_its_reason(reason: WithdrawReason) -> None:
    """DOMAIN §10 no. 8, AR-5.5: 和解 is no closing of its own, and the rates need its reason."""
    case = took(lived(*REVIEWED, SUSPEND), Step.WITHDRAW, LATER_ON, withdraw_reason=reason)

    assert (case.outcome, case.termination_ground) == (Outcome.TERMINATED, TerminationGround.T1)
    assert case.withdraw_reason is reason


def test_an_application_may_be_withdrawn_while_its_decision_waits_for_approval() -> None:
    waiting = lived(*REVIEWED, plainly(Step.HEAR_OPINION), plainly(Step.SUBMIT_DECISION))

    case = took(waiting, Step.WITHDRAW, LATER_ON, withdraw_reason=WithdrawReason.SETTLED)

    assert case.closing.submission is None
    assert case.closing.items == ()
    assert why_refused(case, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.UPHELD))


def test_closing_ends_an_open_suspension_and_its_clocks() -> None:
    case = took(_suspended(SuspensionGround.S1), Step.TERMINATE, LATER_ON, ground=TerminationGround.T2)

    clocks = running(case)

    assert case.decision_due_on == date(2024, 6, 11)  # 05-04 + 35 is a Saturday, 06-10 a day off
    assert clocks["decision", 1].state is ClockState.MET
    assert clocks["suspension_limit", 1].state is ClockState.ENDED
