"""The rules of a unit: which step is allowed when, and what no case may contradict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.litigation import domain
from services.litigation.domain import LOST, MAY_OBLIGE, OF_APPEAL, RESULTS_OF, Case
from services.litigation.terms import Appearance, Instance, Result, Status, Step
from shared.kernel.errors import Conflict, RuleViolation
from tests.litigation.builders import (
    CLOSED_ON,
    HEARD_ON,
    NOTIFIED_ON,
    PERFORMED_ON,
    TODAY,
    a_case,
    a_hearing,
)

Act = Callable[[Case], tuple[Case, domain.Event]]
AFTER_HEARING = HEARD_ON + timedelta(days=7)

ACTS: dict[Step, Act] = {
    Step.HOLD_HEARING: lambda c: domain.hold_hearing(c, hearing=a_hearing(on=AFTER_HEARING), today=TODAY),
    Step.JUDGE: lambda c: domain.judge(
        c, on=CLOSED_ON, result=Result.REVOKED, delivered_on=None, today=TODAY
    ),
    Step.PERFORM: lambda c: domain.perform(c, on=PERFORMED_ON, performed_fen=5, today=TODAY),
    Step.CORRECT: lambda c: domain.correct(c, changes={"organ": "另一机关"}, today=TODAY),
    Step.CANCEL: lambda c: domain.cancel(c, today=TODAY),
}
LEADS_TO: dict[tuple[Step, Status], Status] = {
    (Step.HOLD_HEARING, Status.NOTIFIED): Status.HEARD,
    (Step.HOLD_HEARING, Status.HEARD): Status.HEARD,
    (Step.JUDGE, Status.NOTIFIED): Status.CLOSED,
    (Step.JUDGE, Status.HEARD): Status.CLOSED,
    (Step.PERFORM, Status.CLOSED): Status.PERFORMED,
    **{(Step.CORRECT, status): status for status in Status if status is not Status.CANCELLED},
    **{(Step.CANCEL, status): Status.CANCELLED for status in Status if status is not Status.CANCELLED},
}


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("step", ACTS)
def test_every_step_from_every_status(step: Step, status: Status) -> None:
    case = a_case(status)
    assert case.status is status
    leads_to = LEADS_TO.get((step, status))

    if leads_to is None:
        with pytest.raises(Conflict) as refusal:
            ACTS[step](case)
        assert refusal.value.code == f"litigation.{step}_not_allowed"
        assert refusal.value.message == domain.REFUSED_STEP[status]
    else:
        changed, _ = ACTS[step](case)
        assert changed.status is leads_to
    assert case == a_case(status)


def test_the_table_of_steps_names_every_step_that_needs_a_case() -> None:
    assert set(domain.ALLOWED_FROM) == set(ACTS) == set(Step) - {Step.REGISTER, Step.RECORD}


def test_a_unit_from_notice_to_performance() -> None:
    case, notified = domain.register(a_case(appearance_notified=True), today=TODAY)
    case, heard = domain.hold_hearing(case, hearing=a_hearing(Appearance.PRINCIPAL), today=TODAY)
    case, judged = domain.judge(
        case, on=CLOSED_ON, result=Result.PAYMENT_ORDERED, delivered_on=None, today=TODAY
    )
    case, performed = domain.perform(case, on=PERFORMED_ON, performed_fen=163_375_300_00, today=TODAY)

    assert [event.on for event in (notified, heard, judged, performed)] == [
        NOTIFIED_ON,
        HEARD_ON,
        CLOSED_ON,
        PERFORMED_ON,
    ]
    assert case.status is Status.PERFORMED
    assert case.lost
    assert case.by_judgment
    assert case.duty.met_by_principal


def test_a_notice_to_appear_that_came_before_the_first_hearing_belongs_to_that_hearing() -> None:
    waiting = a_case(appearance_notified=True)

    heard, _ = domain.hold_hearing(waiting, hearing=a_hearing(), today=TODAY)
    again, _ = domain.hold_hearing(heard, hearing=a_hearing(on=AFTER_HEARING), today=TODAY)

    assert not waiting.duty.court_notified
    assert not heard.appearance_notified
    assert [hearing.court_notified for hearing in again.hearings] == [True, False]


def test_hearings_stand_in_order_of_date_however_they_were_entered() -> None:
    late, _ = domain.hold_hearing(a_case(), hearing=a_hearing(on=AFTER_HEARING), today=TODAY)

    both, _ = domain.hold_hearing(late, hearing=a_hearing(), today=TODAY)

    assert [hearing.on for hearing in both.hearings] == [HEARD_ON, AFTER_HEARING]
    assert (both.first_heard_on, both.last_heard_on) == (HEARD_ON, AFTER_HEARING)


BROKEN: list[tuple[str, str, Case]] = [
    ("number_unreadable", "case_number", a_case(case_number="无号")),
    ("number_unreadable", "case_number", a_case(case_number="1" * 65)),
    ("court_too_long", "court", a_case(court="法" * 201)),
    ("organ_too_long", "organ", a_case(organ="机" * 201)),
    ("heard_before_notified", "hearings", a_case(hearings=(a_hearing(on=date(2022, 2, 28)),))),
    ("two_hearings_on_one_day", "hearings", a_case(hearings=(a_hearing(), a_hearing(Appearance.NONE)))),
    (
        "too_many_hearings",
        "hearings",
        a_case(hearings=tuple(a_hearing(on=HEARD_ON + timedelta(days=n)) for n in range(100))),
    ),
    (
        "left_without_coming",
        "hearings",
        a_case(hearings=(a_hearing(Appearance.STAFF_ONLY, left_early=True),)),
    ),
    (
        "identity_without_coming",
        "hearings",
        a_case(hearings=(a_hearing(Appearance.NONE, identity_accepted=False),)),
    ),
    (
        "closed_before_notified",
        "closed_on",
        a_case(closed_on=date(2022, 2, 1), result=Result.SUIT_WITHDRAWN),
    ),
    ("closed_before_heard", "closed_on", a_case(Status.CLOSED, closed_on=date(2022, 4, 5))),
    (
        "closed_before_heard",
        "closed_on",
        a_case(Status.CLOSED, hearings=(a_hearing(), a_hearing(on=date(2022, 5, 5)))),
    ),
    ("result_without_closing", "closed_on", a_case(result=Result.REVOKED)),
    ("closing_without_result", "result", a_case(closed_on=CLOSED_ON)),
    ("delivered_before_closing", "delivered_on", a_case(Status.CLOSED, delivered_on=date(2022, 4, 27))),
    ("delivered_before_closing", "delivered_on", a_case(delivered_on=CLOSED_ON)),
    ("performed_before_closing", "performed_on", a_case(Status.CLOSED, performed_on=date(2022, 4, 27))),
    ("performed_before_closing", "performed_on", a_case(performed_on=CLOSED_ON)),
    (
        "nothing_to_perform",
        "performed_on",
        a_case(Status.PERFORMED, result=Result.CLAIMS_REJECTED),
    ),
    ("amount_without_performance", "performed_fen", a_case(Status.CLOSED, performed_fen=1)),
    ("amount_out_of_range", "performed_fen", a_case(Status.PERFORMED, performed_fen=-1)),
    ("amount_out_of_range", "performed_fen", a_case(Status.PERFORMED, performed_fen=2**53 + 1)),
    ("date_in_future", "notified_on", a_case(notified_on=date(2023, 1, 1))),
    ("date_in_future", "hearings", a_case(hearings=(a_hearing(on=date(2023, 1, 1)),))),
    ("date_in_future", "closed_on", a_case(Status.CLOSED, closed_on=date(2023, 1, 1))),
    ("date_in_future", "delivered_on", a_case(Status.CLOSED, delivered_on=date(2023, 1, 1))),
    ("date_in_future", "performed_on", a_case(Status.PERFORMED, performed_on=date(2023, 1, 1))),
]


@pytest.mark.parametrize(("code", "field", "case"), BROKEN)
def test_a_case_that_contradicts_itself_is_refused(code: str, field: str, case: Case) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check(case, today=TODAY)

    assert refusal.value.code == f"litigation.{code}"
    assert refusal.value.field == field
    assert refusal.value.message.endswith("。")


def test_every_rule_has_an_example_that_breaks_it() -> None:
    shown = {f"litigation.{code}" for code, _, _ in BROKEN}

    assert {rule.code for rule in domain.RULES} - shown == {"litigation.result_not_of_instance"}


@pytest.mark.parametrize("status", Status)
def test_a_lawful_case_of_every_status_passes(status: Status) -> None:
    domain.check(a_case(status), today=TODAY)


@pytest.mark.parametrize("result", Result)
@pytest.mark.parametrize("instance", Instance)
def test_a_result_must_fit_the_instance(instance: Instance, result: Result) -> None:
    case = a_case(Status.CLOSED, instance=instance, result=result)

    if result in RESULTS_OF[instance]:
        domain.check(case, today=TODAY)
    else:
        with pytest.raises(RuleViolation, match="审级"):
            domain.check(case, today=TODAY)


def test_upholding_and_reversing_belong_to_appeal_and_retrial() -> None:
    assert not RESULTS_OF[Instance.FIRST] & OF_APPEAL
    assert RESULTS_OF[Instance.SECOND] >= OF_APPEAL
    assert RESULTS_OF[Instance.RETRIAL] >= OF_APPEAL
    assert all(Result.SUIT_WITHDRAWN in results for results in RESULTS_OF.values())


FACTS_OF_RESULT = {
    # result: (lost, by judgment, may oblige the organ)
    Result.SUIT_DISMISSED: (False, False, False),
    Result.SUIT_WITHDRAWN: (False, False, False),
    Result.MEDIATED: (False, False, True),
    Result.CLAIMS_REJECTED: (False, True, False),
    Result.REVOKED: (True, True, True),
    Result.PARTLY_REVOKED: (True, True, True),
    Result.PERFORMANCE_ORDERED: (True, True, True),
    Result.PAYMENT_ORDERED: (True, True, True),
    Result.CONFIRMED_UNLAWFUL: (True, True, True),
    Result.CONFIRMED_VOID: (True, True, True),
    Result.REMEDY_ORDERED: (True, True, True),
    Result.VARIED: (True, True, True),
    Result.AGREEMENT_LIABLE: (True, True, True),
    Result.UPHELD: (False, True, True),
    Result.REVERSED: (False, True, True),
    Result.REMANDED: (False, False, False),
}


@pytest.mark.parametrize("result", Result)
def test_what_follows_from_a_result(result: Result) -> None:
    case = a_case(Status.CLOSED, instance=Instance.SECOND, result=result)
    lost, by_judgment, may_oblige = FACTS_OF_RESULT[result]

    assert (case.lost, case.by_judgment) == (lost, by_judgment)
    if may_oblige:
        domain.perform(case, on=PERFORMED_ON, performed_fen=0, today=TODAY)
    else:
        with pytest.raises(RuleViolation, match="没有要求机关履行"):
            domain.perform(case, on=PERFORMED_ON, performed_fen=0, today=TODAY)


def test_a_case_without_a_result_is_neither_lost_nor_judged() -> None:
    assert not a_case().lost
    assert not a_case().by_judgment
    assert LOST <= MAY_OBLIGE


@pytest.mark.parametrize(
    ("instance", "result", "is_open"),
    [
        (Instance.FIRST, Result.REVOKED, True),
        (Instance.FIRST, Result.CLAIMS_REJECTED, True),
        (Instance.FIRST, Result.SUIT_DISMISSED, True),
        (Instance.FIRST, Result.SUIT_WITHDRAWN, False),
        (Instance.FIRST, Result.MEDIATED, False),
        (Instance.SECOND, Result.UPHELD, False),
        (Instance.RETRIAL, Result.REVOKED, False),
    ],
)
def test_judgments_and_dismissals_of_the_first_instance_are_open_to_appeal(
    instance: Instance, result: Result, is_open: bool
) -> None:
    assert a_case(Status.CLOSED, instance=instance, result=result).open_to_appeal is is_open


def test_a_correction_replaces_all_hearings() -> None:
    hearings = (a_hearing(Appearance.NONE, on=AFTER_HEARING), a_hearing(Appearance.STAFF_ONLY))

    corrected, event = domain.correct(a_case(Status.CLOSED), changes={"hearings": hearings}, today=TODAY)

    assert [hearing.appearance for hearing in corrected.hearings] == [Appearance.STAFF_ONLY, Appearance.NONE]
    assert event.on == TODAY


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organ": "杭锦旗公安局"}, "litigation.nothing_to_correct"),
        ({"closed_on": None}, "litigation.result_without_closing"),
        ({"instance": Instance.FIRST, "result": Result.UPHELD}, "litigation.result_not_of_instance"),
        ({"notified_on": date(2022, 4, 7)}, "litigation.heard_before_notified"),
    ],
)
def test_a_corrected_case_must_stand_by_itself(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.correct(a_case(Status.CLOSED), changes=changes, today=TODAY)

    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("status", "on"),
    [
        (Status.NOTIFIED, NOTIFIED_ON),
        (Status.HEARD, HEARD_ON),
        (Status.CLOSED, CLOSED_ON),
        (Status.PERFORMED, PERFORMED_ON),
    ],
)
def test_a_ledger_row_is_dated_with_the_last_thing_it_tells(status: Status, on: date) -> None:
    recorded, event = domain.record_from_ledger(a_case(status), today=TODAY)

    assert recorded == a_case(status)
    assert event.on == on


days = st.dates(min_value=date(2022, 2, 20), max_value=date(2023, 1, 10))
hearings = st.builds(
    a_hearing,
    st.sampled_from(Appearance),
    on=days,
    renotified=st.booleans(),
    excused=st.booleans(),
    left_early=st.booleans(),
    identity_accepted=st.booleans(),
)
acts: st.SearchStrategy[Act] = st.one_of(
    hearings.map(lambda held: lambda c: domain.hold_hearing(c, hearing=held, today=TODAY)),
    st.tuples(days, st.sampled_from(Result), st.none() | days).map(
        lambda a: lambda c: domain.judge(c, on=a[0], result=a[1], delivered_on=a[2], today=TODAY)
    ),
    st.tuples(days, st.integers(-1, 10**9)).map(
        lambda a: lambda c: domain.perform(c, on=a[0], performed_fen=a[1], today=TODAY)
    ),
    st.lists(hearings, max_size=3).map(
        lambda held: lambda c: domain.correct(c, changes={"hearings": tuple(held)}, today=TODAY)
    ),
    st.tuples(st.none() | days, st.none() | st.sampled_from(Result)).map(
        lambda a: lambda c: domain.correct(c, changes={"closed_on": a[0], "result": a[1]}, today=TODAY)
    ),
    st.just(ACTS[Step.CANCEL]),
)


@given(st.sampled_from(Instance), st.booleans(), st.lists(acts, max_size=12))
def test_whatever_is_tried_the_case_stays_lawful_and_a_refusal_changes_nothing(
    instance: Instance, notified: bool, tried: list[Act]
) -> None:
    case, _ = domain.register(a_case(instance=instance, appearance_notified=notified), today=TODAY)

    refusals: list[RuleViolation] = []

    for act in tried:
        before = replace(case)
        try:
            case, event = act(case)
        except RuleViolation as refusal:
            refusals.append(refusal)
            assert case == before
        else:
            assert case != before
            assert event.on <= TODAY
        domain.check(case, today=TODAY)

    assert all(each.code.startswith("litigation.") and each.message.endswith("。") for each in refusals)
