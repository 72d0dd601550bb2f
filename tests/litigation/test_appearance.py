"""Whether the duty to appear is met: the Provisions of 2020 (APP) article by article, then laws of any unit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.litigation.appearance import OFFICERS, AppearanceDuty, Hearing, assess
from services.litigation.terms import Appearance
from tests.litigation.builders import a_hearing

P, D, L = Appearance.PRINCIPAL, Appearance.DEPUTY, Appearance.DEPUTY_LEVEL
OTHER = Appearance.OTHER_IN_CHARGE
STAFF, NONE = Appearance.STAFF_ONLY, Appearance.NONE


def hearings_held(*sessions: Hearing) -> tuple[Hearing, ...]:
    """The same hearings, one a week."""
    return tuple(replace(each, on=each.on + timedelta(weeks=n)) for n, each in enumerate(sessions))


MET, EXCUSED, DEFAULT = "met", "excused", "in default"
TABLE = [
    # APP 2: four kinds of responsible officers, and nobody else.
    (MET, [a_hearing(P)]),
    (MET, [a_hearing(D)]),
    (MET, [a_hearing(L)]),
    (MET, [a_hearing(OTHER)]),
    (DEFAULT, [a_hearing(STAFF)]),
    (DEFAULT, [a_hearing(NONE)]),
    # APP 6(2): an identity that the court does not accept means that nobody appeared.
    (DEFAULT, [a_hearing(P, identity_accepted=False)]),
    # APP 12(1)(4): he left without leave.
    (DEFAULT, [a_hearing(P, left_early=True)]),
    # APP 8, 9: a reason that the court accepted, with staff in his place (ALL 3(3)).
    (EXCUSED, [a_hearing(STAFF, excused=True)]),
    # APP 12(1)(3): neither officer nor staff.
    (DEFAULT, [a_hearing(NONE, excused=True)]),
    # A reason for staying away excuses neither who was turned away nor who walked out.
    (DEFAULT, [a_hearing(P, excused=True, left_early=True)]),
    (DEFAULT, [a_hearing(P, excused=True, identity_accepted=False)]),
    # APP 7(1): one attendance suffices in one instance, early or late.
    (MET, [a_hearing(D), a_hearing(STAFF)]),
    (MET, [a_hearing(STAFF), a_hearing(D)]),
    (MET, [a_hearing(NONE), a_hearing(D), a_hearing(NONE)]),
    # … unless the court calls again.
    (DEFAULT, [a_hearing(D), a_hearing(STAFF, renotified=True)]),
    (DEFAULT, [a_hearing(D), a_hearing(P, renotified=True, left_early=True)]),
    (MET, [a_hearing(D), a_hearing(P, renotified=True)]),
    (MET, [a_hearing(STAFF), a_hearing(D, renotified=True)]),
    (EXCUSED, [a_hearing(D), a_hearing(STAFF, renotified=True, excused=True)]),
    (DEFAULT, [a_hearing(D), a_hearing(NONE, renotified=True, excused=True)]),
    # Each missed hearing needs its own reason: without one he could have come to that one (APP 12(1)(2)).
    (EXCUSED, [a_hearing(STAFF, excused=True), a_hearing(STAFF, excused=True)]),
    (DEFAULT, [a_hearing(STAFF, excused=True), a_hearing(STAFF)]),
    (DEFAULT, [a_hearing(STAFF, excused=True), a_hearing(STAFF, renotified=True)]),
]


@pytest.mark.parametrize(("expected", "sessions"), TABLE)
def test_the_truth_table_of_the_duty(expected: str, sessions: list[Hearing]) -> None:
    duty = assess(hearings_held(*sessions))

    assert duty.exists
    assert (duty.met, duty.excused, duty.in_default) == (
        expected == MET,
        expected == EXCUSED,
        expected == DEFAULT,
    )


def test_without_a_hearing_there_is_no_duty() -> None:
    """AL-1.13: withdrawn before any hearing, or decided in writing on appeal (ALL 86)."""
    assert assess(()) == AppearanceDuty(
        exists=False, court_notified=False, met=False, met_by_principal=False, excused=False
    )
    assert not assess(()).in_default


@pytest.mark.parametrize(
    ("sessions", "by_principal"),
    [
        ([a_hearing(P)], True),
        ([a_hearing(D)], False),
        ([a_hearing(D), a_hearing(P)], True),
        ([a_hearing(D), a_hearing(P, left_early=True)], False),
        ([a_hearing(D), a_hearing(P, identity_accepted=False)], False),
        ([a_hearing(P), a_hearing(STAFF, renotified=True)], False),  # not met at all
        ([a_hearing(P), a_hearing(D, renotified=True)], True),
    ],
)
def test_met_by_the_principal_needs_a_counting_hearing_of_his(
    sessions: list[Hearing], by_principal: bool
) -> None:
    assert assess(hearings_held(*sessions)).met_by_principal is by_principal


@pytest.mark.parametrize(
    ("sessions", "notified"),
    [
        ([a_hearing(D)], False),
        ([a_hearing(D, court_notified=True)], True),
        ([a_hearing(D), a_hearing(STAFF, court_notified=True)], True),
        ([a_hearing(D), a_hearing(STAFF, renotified=True)], True),
    ],
)
def test_the_court_notified_when_it_notified_for_any_hearing(sessions: list[Hearing], notified: bool) -> None:
    assert assess(hearings_held(*sessions)).court_notified is notified


any_hearing = st.builds(
    Hearing,
    on=st.dates(min_value=date(2020, 7, 1), max_value=date(2026, 12, 31)),
    appearance=st.sampled_from(Appearance),
    court_notified=st.booleans(),
    renotified=st.booleans(),
    excused=st.booleans(),
    left_early=st.booleans(),
    identity_accepted=st.booleans(),
)
any_hearings = st.lists(any_hearing, max_size=6).map(tuple)
without_officer = any_hearing.map(lambda hearing: replace(hearing, appearance=Appearance.STAFF_ONLY))


@given(any_hearings)
def test_a_duty_is_met_or_excused_or_in_default_and_only_one_of_them(hearings: tuple[Hearing, ...]) -> None:
    duty = assess(hearings)

    assert [duty.met, duty.excused, duty.in_default].count(True) == (1 if duty.exists else 0)
    assert duty.exists == bool(hearings)
    assert duty.met or not duty.met_by_principal


@given(any_hearings)
def test_the_duty_says_the_same_as_the_rule_written_out(hearings: tuple[Hearing, ...]) -> None:
    """The duty function, word for word and without the code's own helpers."""
    came = [
        h.appearance in (P, D, L, OTHER) and h.identity_accepted is True and h.left_early is False
        for h in hearings
    ]
    again = [n for n, h in enumerate(hearings) if h.renotified]
    met = True in came and all(came[n] for n in again)
    required = again if True in came else range(len(hearings))
    reasons = [
        hearings[n].excused and hearings[n].appearance is Appearance.STAFF_ONLY
        for n in required
        if not came[n]
    ]

    duty = assess(hearings)

    assert duty.met == met
    assert duty.excused == (not met and bool(hearings) and all(reasons))
    assert duty.in_default == (bool(hearings) and not duty.met and not duty.excused)


@given(any_hearings, without_officer)
def test_being_called_again_and_not_coming_turns_met_into_not_met(
    hearings: tuple[Hearing, ...], further: Hearing
) -> None:
    assert not assess((*hearings, replace(further, renotified=True))).met


@given(any_hearings, without_officer)
def test_an_ordinary_further_hearing_without_officer_changes_nothing_once_met(
    hearings: tuple[Hearing, ...], further: Hearing
) -> None:
    before, after = assess(hearings), assess((*hearings, replace(further, renotified=False)))

    assert after.met == before.met
    assert after.met_by_principal == before.met_by_principal


@given(any_hearings, any_hearing, st.sampled_from(sorted(OFFICERS)))
def test_one_proper_attendance_never_makes_a_met_duty_unmet(
    hearings: tuple[Hearing, ...], further: Hearing, officer: Appearance
) -> None:
    proper = replace(further, appearance=officer, identity_accepted=True, left_early=False)

    before, after = assess(hearings), assess((*hearings, proper))

    assert after.met or not before.met
    assert after.met == all(hearing.counts for hearing in hearings if hearing.renotified)


@given(any_hearings)
def test_whoever_is_turned_away_or_walks_out_counts_as_nobody(hearings: tuple[Hearing, ...]) -> None:
    turned_away = tuple(replace(hearing, identity_accepted=False) for hearing in hearings)
    walked_out = tuple(replace(hearing, left_early=True) for hearing in hearings)

    assert not assess(turned_away).met
    assert not assess(walked_out).met


@given(any_hearings.flatmap(lambda hearings: st.tuples(st.just(hearings), st.permutations(hearings))))
def test_the_order_of_hearings_does_not_matter(
    orders: tuple[tuple[Hearing, ...], list[Hearing]],
) -> None:
    as_held, shuffled = orders

    assert assess(as_held) == assess(shuffled)


@given(any_hearings)
def test_a_reason_never_helps_where_nobody_came(hearings: tuple[Hearing, ...]) -> None:
    empty = tuple(replace(hearing, appearance=Appearance.NONE) for hearing in hearings)

    assert assess(empty).in_default == bool(hearings)
