"""Laws that hold for any sequence of steps, whoever takes them and on whatever days."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.mediation import domain
from services.mediation.case import AGREED, Case, check
from services.mediation.events import facts_of
from services.mediation.terms import AgreementForm, Referral, Status, TerminationReason
from shared.kernel.errors import RuleViolation
from tests.mediation.examples import CALENDAR, REGISTERED, TODAY, a_case

Act = Callable[[Case, date], tuple[Case, domain.Event]]


def _agreeing(form: AgreementForm, days: int | None, amount_fen: int) -> Act:
    def act(case: Case, on: date) -> tuple[Case, domain.Event]:
        effective_on = None if days is None else on + timedelta(days)
        return domain.agree(
            case, on=on, form=form, effective_on=effective_on, amount_fen=amount_fen, today=TODAY
        )

    return act


def _terminating(reason: TerminationReason) -> Act:
    return lambda case, on: domain.terminate(case, on=on, reason=reason, today=TODAY)


def _confirming(days: int | None) -> Act:
    def act(case: Case, on: date) -> tuple[Case, domain.Event]:
        applied_on = None if days is None else on - timedelta(days)
        return domain.confirm(case, on=on, applied_on=applied_on, calendar=CALENDAR, today=TODAY)

    return act


def _correcting(field: str, value: object) -> Act:
    return lambda case, on: domain.correct(
        case, changes={field: on if value is None else value}, calendar=CALENDAR, today=TODAY
    )


DATES = ("registered_on", "accepted_on", "declined_on", "closed_on", "effective_on", "confirmed_on")
ACTS: st.SearchStrategy[Act] = st.one_of(
    st.just(lambda case, on: domain.accept(case, on=on, calendar=CALENDAR, today=TODAY)),
    st.just(lambda case, on: domain.decline(case, on=on, today=TODAY)),
    st.just(lambda case, on: domain.fail(case, on=on, today=TODAY)),
    st.builds(
        _agreeing,
        st.sampled_from(AgreementForm),
        st.none() | st.integers(-2, 5),
        st.integers(-1, 10**6),
    ),
    st.builds(_terminating, st.sampled_from(TerminationReason)),
    st.builds(_confirming, st.none() | st.integers(0, 60)),
    st.builds(_correcting, st.sampled_from(DATES), st.none()),
    st.builds(_correcting, st.just("referral"), st.sampled_from(Referral)),
    st.builds(_correcting, st.just("amount_fen"), st.integers(-1, 10**6)),
    st.just(lambda case, on: domain.cancel(case, today=TODAY)),
)
# Mostly forward in time, as an office works; sometimes a day earlier than the step before.
SEQUENCES = st.lists(st.tuples(ACTS, st.integers(-1, 40)), max_size=12)


def _walk(sequence: Sequence[tuple[Act, int]]) -> list[tuple[Case, Case]]:
    """(before, after) of every step that was taken; refused ones leave the case as it is."""
    case, on, taken = a_case(), REGISTERED, []
    for act, days in sequence:
        on += timedelta(days)
        try:
            changed, _ = act(case, on)
        except RuleViolation:
            continue
        taken.append((case, changed))
        case = changed
    return taken


@settings(deadline=None, max_examples=300)
@given(SEQUENCES)
def test_every_case_that_steps_can_reach_stands_by_itself(sequence: Sequence[tuple[Act, int]]) -> None:
    for _, case in _walk(sequence):
        check(case, today=TODAY)
        facts_of(case)


@settings(deadline=None, max_examples=300)
@given(SEQUENCES)
def test_a_period_runs_exactly_while_a_case_has_been_accepted(sequence: Sequence[tuple[Act, int]]) -> None:
    for _, case in _walk(sequence):
        assert (case.due_on is None) == (case.accepted_on is None)
        assert (case.effective_on is None) == (case.outcome not in AGREED)


@settings(deadline=None, max_examples=300)
@given(SEQUENCES)
def test_a_cancelled_case_never_comes_back(sequence: Sequence[tuple[Act, int]]) -> None:
    for before, _ in _walk(sequence):
        assert before.status is not Status.CANCELLED
