"""Who is heard and asked before a decision, and the stay of the act (ARL 42, 49-52)."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import Application, Opinion
from services.reconsideration.terms import (
    CommitteeBasis,
    HearingBasis,
    OpinionManner,
    OpinionOf,
    Outcome,
    Procedure,
    Status,
    StayAskedBy,
    StayGround,
    Step,
)
from tests.reconsideration.builders import (
    ACCEPT,
    ANSWERED,
    HEARD,
    LATER_ON,
    REVIEWED,
    SUBMITTED_ON,
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
    silent = {"of": OpinionOf.APPLICANT, "manner": OpinionManner.NOT_POSSIBLE}

    assert why_refused(lived(*REVIEWED), Step.HEAR_OPINION, LATER_ON, **silent) == "opinion_reason_missing"
    told = took(lived(*REVIEWED), Step.HEAR_OPINION, LATER_ON, record="当事人拒绝接听", **silent)
    assert told.texts["opinion.1"] == "当事人拒绝接听"


@pytest.mark.parametrize("manner", [OpinionManner.IN_PERSON, OpinionManner.INTERNET, OpinionManner.PHONE])
def test_an_opinion_that_was_heard_is_recorded(manner: OpinionManner) -> None:
    heard = {"of": OpinionOf.APPLICANT, "manner": manner}

    assert why_refused(lived(*REVIEWED), Step.HEAR_OPINION, LATER_ON, **heard) == "opinion_record_missing"
    assert took(lived(*REVIEWED), Step.HEAR_OPINION, LATER_ON, record="请求撤销", **heard).handling.opinions


@pytest.mark.parametrize("of", [OpinionOf.RESPONDENT, OpinionOf.THIRD_PARTY])
def test_hearing_the_others_is_not_hearing_the_applicant(of: OpinionOf) -> None:
    case = lived(*REVIEWED, plainly(Step.HEAR_OPINION, of=of))

    assert _refused_decision(case) == "opinion_not_heard"
    assert took(case, Step.HEAR_OPINION, LATER_ON, **TAKE[Step.HEAR_OPINION]).handling.opinions[0].of is of


def test_an_opinion_of_earlier_books_counts_although_nobody_wrote_whose_it_was() -> None:
    known = lived(*REVIEWED).changed("handling", opinions=(Opinion(OpinionManner.PHONE, LATER_ON),))

    assert took(known, Step.SUBMIT_DECISION, LATER_ON, **decided(Outcome.REVOKED)).closing.submission


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


def test_a_hearing_from_which_the_applicant_stayed_away_has_not_heard_him() -> None:
    case = lived(*REVIEWED, plainly(Step.NOTIFY_HEARING))

    assert _refused_decision(_held(case, applicant_absent=True), HEARING_ON) == "opinion_not_heard"
    assert took(_held(case), Step.SUBMIT_DECISION, HEARING_ON, **decided(Outcome.REVOKED)).closing.submission


def test_who_held_a_hearing_can_be_read_back() -> None:
    persons: dict[str, Any] = {
        "presider": "甲",
        "listener_names": "乙、丙、丁",
        "recorder": "戊",
        "delegated_staff": "己科长",
    }

    held = _held(
        _notified(lived(*REVIEWED)),
        attended_by_head=False,
        head_absence_reason="出国",
        listeners=3,
        **persons,
    )

    assert held.handling.hearings[0].listeners == 3
    assert {key: words for key, words in held.texts.items() if key.startswith("hearing.1.")} == {
        "hearing.1.place": "第一听证室",
        "hearing.1.head_absence": "出国",
        "hearing.1.delegated_staff": "己科长",
        "hearing.1.presider": "甲",
        "hearing.1.listeners": "乙、丙、丁",
        "hearing.1.recorder": "戊",
    }


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

    assert _refused_decision(took(again, Step.HEAR_OPINION, LATER_ON, **TAKE[Step.HEAR_OPINION])) == (
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


@pytest.mark.parametrize("ground", StayGround)
@pytest.mark.parametrize("asked_by", StayAskedBy)
def test_who_asked_for_a_stay_fits_its_ground(ground: StayGround, asked_by: StayAskedBy) -> None:
    who: Mapping[StayGround, str] = {
        StayGround.RESPONDENT: "respondent",
        StayGround.AUTHORITY: "office",
        StayGround.REQUEST: "applicant third_party",
        StayGround.STATUTE: "applicant third_party respondent office",
    }
    entered = {"ground": ground, "is_granted": True, "asked_by": asked_by}

    if asked_by.value in who[ground].split():
        assert (
            took(lived(ACCEPT), Step.DECIDE_STAY, LATER_ON, **entered).handling.stays[0].asked_by is asked_by
        )
    else:
        assert why_refused(lived(ACCEPT), Step.DECIDE_STAY, LATER_ON, **entered) == "stay_asked_by_another"


def test_a_stay_that_was_granted_is_lifted_once() -> None:
    asked = {"ground": StayGround.REQUEST, "asked_by": StayAskedBy.APPLICANT}
    stayed = took(lived(ACCEPT), Step.DECIDE_STAY, LATER_ON, is_granted=True, **asked)
    refused = took(lived(ACCEPT), Step.DECIDE_STAY, LATER_ON, is_granted=False, **asked)

    lifted = took(stayed, Step.LIFT_STAY, LATER_ON + DAY, reason="不再需要")

    assert [each.lifted_on for each in lifted.handling.stays] == [LATER_ON + DAY]
    assert lifted.texts["stay.1.lifting"] == "不再需要"
    for case in (lifted, refused):
        assert why_refused(case, Step.LIFT_STAY, LATER_ON + DAY, reason="不再需要") == "no_stay_granted"
