"""What no case may contradict, however it came in: by steps, from a ledger or through a correction."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import Case
from services.reconsideration.domain.checks import PROCEEDING_RULES, RULES
from services.reconsideration.domain.proceeding import (
    Application,
    Closing,
    DecisionItem,
    Delivery,
    Extension,
    Handling,
    Hearing,
    Link,
    Proceeding,
    Submission,
    Suit,
    Suspension,
)
from services.reconsideration.terms import (
    ActKind,
    Channel,
    DeliveryManner,
    HearingBasis,
    LawVersion,
    LinkedService,
    Outcome,
    Procedure,
    Refusal,
    Status,
    Step,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    ACCEPTED_ON,
    CALENDAR,
    CLOSED_ON,
    RECEIVED_ON,
    TODAY,
    a_case,
    a_closed_case,
    a_draft,
    an_accepted_case,
    applied,
    lived,
    received,
)

DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


def _applied(**what_matters: Any) -> Case:
    return a_case(proceeding=Proceeding(application=Application(**what_matters)))


def _handled(handling: Handling, **what_matters: object) -> Case:
    return an_accepted_case(**{"proceeding": Proceeding(handling=handling), **what_matters})


def _suspended(*intervals: tuple[date, date | None]) -> Case:
    ground = SuspensionGround.S5
    return _handled(
        Handling(suspensions=tuple(Suspension(ground, since, since, until) for since, until in intervals))
    )


def _ended(closing: Closing) -> Case:
    return a_closed_case(proceeding=Proceeding(closing=closing))


A_HEARING = Hearing(HearingBasis.OFFICE, notified_on=ACCEPTED_ON, set_for=CLOSED_ON)
UPHELD = DecisionItem(Outcome.UPHELD)
# Each rule broken once, or once for each way to break it: the code of the refusal, the field to mend, the case.
A_LINK = Link(LinkedService.LITIGATION, UUID(int=9))
BROKEN: list[tuple[str, str, Case]] = [
    ("number_unreadable", "case_number", a_case(case_number="无号")),
    ("number_unreadable", "case_number", a_case(case_number="1" * 65)),
    ("accepted_before_received", "accepted_on", a_case(accepted_on=RECEIVED_ON - DAY)),
    (
        "refused_before_received",
        "refused_on",
        a_case(refused_on=RECEIVED_ON - DAY, refusal=Refusal.ABANDONED),
    ),
    ("closed_before_received", "closed_on", a_closed_case(accepted_on=None, closed_on=RECEIVED_ON - DAY)),
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
    ("channel_not_allowed", "channel", a_case(channel=Channel.VIA_ORGAN)),
    ("filed_after_receipt", "filed_on", applied(Application(filed_on=RECEIVED_ON + DAY))),
    ("representatives_out_of_range", "representative_count", applied(Application(representative_count=6))),
    ("representatives_out_of_range", "representative_count", applied(Application(representative_count=0))),
    ("suspension_before_acceptance", "proceeding", _suspended((ACCEPTED_ON - DAY, None))),
    (
        "suit_before_acceptance",
        "proceeding",
        _handled(Handling(silence_suit=Suit(ACCEPTED_ON - DAY))),
    ),
    ("suspensions_overlap", "proceeding", _suspended((CLOSED_ON, None), (CLOSED_ON + DAY, None))),
    (
        "suspensions_overlap",
        "proceeding",
        _suspended((ACCEPTED_ON, CLOSED_ON), (CLOSED_ON - DAY, CLOSED_ON)),
    ),
    ("suspensions_overlap", "proceeding", _suspended((CLOSED_ON, ACCEPTED_ON))),
    (
        "extension_not_allowed",
        "proceeding",
        _handled(Handling(extension=Extension(CLOSED_ON, 10, CLOSED_ON)), procedure=Procedure.SUMMARY),
    ),
    (
        "closed_while_waiting",
        "closed_on",
        _ended(Closing(submission=Submission(ACCEPTED_ON, Outcome.UPHELD, (UPHELD,)))),
    ),
    ("too_many_listed", "proceeding", _handled(Handling(hearings=(A_HEARING,) * 100))),
    ("too_many_listed", "proceeding", _ended(Closing(items=(UPHELD,) * 100))),
    (
        "delivered_before_closing",
        "proceeding",
        _ended(Closing(deliveries=(Delivery(None, CLOSED_ON - DAY, DeliveryManner.DIRECT),))),
    ),
    ("request.identity_number_in_plain", "act_number", _applied(act_number="150625199001011234")),
    ("number_unreadable", "act_number", _applied(act_number="无号")),
    ("words_instead_of_codes", "proceeding", _applied(agent_point="某某代办点")),
    ("beyond_counting", "proceeding", _applied(applicant_count=0)),
    ("already_linked", "reference", a_case(proceeding=Proceeding(linked=(A_LINK, A_LINK)))),
]


def _whole(code: str) -> str:
    return code if "." in code else f"reconsideration.{code}"


@pytest.mark.parametrize(("code", "field", "case"), BROKEN)
def test_a_case_that_contradicts_itself_or_the_law_is_refused(code: str, field: str, case: Case) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check(case, today=TODAY)

    assert refusal.value.code == _whole(code)
    assert refusal.value.field == field


def test_every_rule_is_broken_by_a_case_above() -> None:
    rules = {rule.code for rule in (*RULES, *PROCEEDING_RULES)}

    assert {_whole(code) for code, _, _ in BROKEN} == rules


# What was not told of a ledger's row cannot be judged: which kind of penalty came through the organ.
@pytest.mark.parametrize(
    ("code", "field", "case"), [each for each in BROKEN if each[0] != "channel_not_allowed"]
)
def test_a_ledger_row_may_not_break_a_rule_either(code: str, field: str, case: Case) -> None:
    with pytest.raises(RuleViolation):
        domain.record_from_ledger(case, calendar=CALENDAR, today=TODAY)


@pytest.mark.parametrize(
    "case",
    [
        a_case(received_on=TODAY),
        a_case(received_on=TODAY, refused_on=TODAY, refusal=Refusal.WITHDRAWN_BEFORE_ACCEPTANCE),
        a_case(
            received_on=TODAY,
            accepted_on=TODAY,
            closed_on=TODAY,
            outcome=Outcome.UPHELD,
            opinion_letters_on=(TODAY,) * 99,
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
        _suspended((TOMORROW, None)),
        _suspended((CLOSED_ON, TOMORROW)),
        _ended(Closing(performed_on=TOMORROW)),
        _ended(Closing(sued_on=TOMORROW)),
        _handled(Handling(copy_sent_on=TOMORROW)),
    ],
)
def test_no_date_lies_in_the_future(case: Case) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check(case, today=TODAY)

    assert refusal.value.code == "reconsideration.date_in_future"
    assert str(TOMORROW) in refusal.value.message


@pytest.mark.parametrize(
    ("received_on", "version"),
    [(date(2023, 12, 31), LawVersion.PRE2024), (date(2024, 1, 1), LawVersion.ACT2023)],
)
def test_the_day_of_receipt_decides_which_act_governs(received_on: date, version: LawVersion) -> None:
    assert a_case(received_on=received_on).law_version is version


@pytest.mark.parametrize("kind", [ActKind.ON_THE_SPOT_PENALTY, ActKind.CAMERA_PENALTY])
def test_only_penalties_on_the_spot_or_by_camera_come_through_the_organ(kind: ActKind) -> None:
    case = received(applied(Application(act_kind=kind), channel=Channel.VIA_ORGAN))

    assert case.status is Status.RECEIVED


def test_only_an_agent_point_and_the_organ_keep_a_draft() -> None:
    with pytest.raises(RuleViolation) as refusal:
        received(a_draft(Channel.POST))

    assert refusal.value.code == "reconsideration.draft_elsewhere"


# --- Ledger, correction, recalculation, cancellation


@pytest.mark.parametrize(
    ("case", "on"),
    [
        (a_case(), RECEIVED_ON),
        (a_case(accepted_on=ACCEPTED_ON), ACCEPTED_ON),
        (a_case(refused_on=ACCEPTED_ON, refusal=Refusal.ABANDONED), ACCEPTED_ON),
        (
            a_case(accepted_on=ACCEPTED_ON, closed_on=CLOSED_ON, outcome=Outcome.UPHELD),
            CLOSED_ON,
        ),
    ],
)
def test_a_ledger_row_is_recorded_on_the_last_date_it_tells(case: Case, on: date) -> None:
    _, happened = domain.record_from_ledger(case, calendar=CALENDAR, today=TODAY)

    assert (happened.step, happened.on) == (Step.RECORD, on)


def test_an_accepted_ledger_row_without_procedure_is_of_the_ordinary_one() -> None:
    row = a_case(accepted_on=ACCEPTED_ON, closed_on=CLOSED_ON, outcome=Outcome.UPHELD)

    recorded, _ = domain.record_from_ledger(row, calendar=CALENDAR, today=TODAY)

    assert recorded.procedure is Procedure.ORDINARY
    assert recorded.decision_due_on == date(2024, 5, 6)


@pytest.mark.parametrize("received_on", [RECEIVED_ON, date(2024, 3, 4)])
def test_a_correction_moves_the_due_date_with_the_day_it_runs_from(received_on: date) -> None:
    told, _ = domain.record_from_ledger(a_closed_case(), calendar=CALENDAR, today=TODAY)
    corrected, happened = domain.correct(
        told,
        by_head=False,
        changes={"received_on": received_on, "accepted_on": date(2024, 3, 4), "procedure": Procedure.SUMMARY},
        calendar=CALENDAR,
        today=TODAY,
    )

    assert corrected.decision_due_on == date(2024, 4, 3)
    assert (happened.step, happened.on) == (Step.CORRECT, TODAY)


def test_a_correction_that_takes_acceptance_away_takes_the_period_away() -> None:
    corrected, _ = domain.correct(
        an_accepted_case(),
        by_head=True,
        changes={"accepted_on": None, "refused_on": ACCEPTED_ON, "refusal": Refusal.NOT_ACCEPTED},
        calendar=CALENDAR,
        today=TODAY,
    )

    assert corrected.status is Status.NOT_ACCEPTED
    assert corrected.procedure is None
    assert corrected.decision_due_on is None


@pytest.mark.parametrize(
    ("changes", "code"),
    [({"is_group": False}, "nothing_to_correct"), ({"outcome": None}, "closing_without_outcome")],
)
def test_a_correction_changes_something_and_the_case_still_stands_by_itself(
    changes: dict[str, object], code: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.correct(a_closed_case(), changes=changes, by_head=True, calendar=CALENDAR, today=TODAY)

    assert refusal.value.code == f"reconsideration.{code}"


def test_a_due_date_in_a_year_without_its_notice_is_provisional_until_the_notice_arrives() -> None:
    expected = lived()
    accepted = replace(expected, accepted_on=ACCEPTED_ON)

    before, _ = domain.recalculate(accepted, calendar=WorkCalendar(()), today=TODAY)
    after, happened = domain.recalculate(before, calendar=CALENDAR, today=TODAY)

    assert (before.decision_due_on, before.due_provisional) == (date(2024, 5, 6), True)
    assert (after.decision_due_on, after.due_provisional) == (date(2024, 5, 6), False)
    assert happened.step is Step.RECALCULATE


def test_cancelling_keeps_what_was_recorded_and_runs_no_clock() -> None:
    case = a_closed_case(matter="重复录入")

    cancelled, _ = domain.cancel(case, today=TODAY)

    assert replace(cancelled, cancelled=False) == case
    assert domain.clocks(cancelled, CALENDAR, today=TODAY) == ()


def test_undoing_brings_back_the_case_as_it_was() -> None:
    former = received()

    restored, happened = domain.undo(an_accepted_case(), former, today=TODAY)

    assert restored == former
    assert happened.step is Step.UNDO
