"""Any history of legal steps leads to a case that contradicts nothing, and can be corrected or cancelled."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.reconsideration import domain
from services.reconsideration.domain import ALLOWED_FROM, Case
from services.reconsideration.events import facts_of
from services.reconsideration.terms import (
    LetterKind,
    Outcome,
    Procedure,
    Refusal,
    Status,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.contracts.envelope import digest
from shared.kernel.calendar import WorkCalendar
from tests.reconsideration.builders import TODAY, Decided, a_case

EMPTY_CALENDAR = WorkCalendar(())
CALENDARS = st.sampled_from([WorkCalendar.builtin(), EMPTY_CALENDAR])
DECISIONS = st.sampled_from([each for each in Outcome if each is not Outcome.TERMINATED])
received_dates = st.dates(date(1999, 10, 1), TODAY)


def _last_date(case: Case) -> date:
    letters = (*case.opinion_letters_on, *case.recommendation_letters_on)
    known = (case.received_on, case.accepted_on, case.refused_on, case.closed_on, *letters)
    return max(day for day in known if day is not None)


def _take(step: Step, case: Case, data: st.DataObject) -> Decided:
    on = data.draw(st.dates(_last_date(case), TODAY), label="on")
    calendar = data.draw(CALENDARS, label="calendar")
    match step:
        case Step.ACCEPT:
            procedure = data.draw(st.sampled_from(Procedure))
            return domain.accept(case, on=on, procedure=procedure, calendar=calendar, today=TODAY)
        case Step.DECLINE:
            return domain.decline(case, on=on, refusal=data.draw(st.sampled_from(Refusal)), today=TODAY)
        case Step.CONCLUDE:
            return domain.conclude(case, on=on, outcome=data.draw(DECISIONS), today=TODAY)
        case Step.TERMINATE:
            ground = data.draw(st.sampled_from(TerminationGround))
            reason = data.draw(st.sampled_from(WithdrawReason)) if ground is TerminationGround.T1 else None
            return domain.terminate(case, on=on, ground=ground, withdraw_reason=reason, today=TODAY)
        case Step.ISSUE_LETTER:
            return domain.issue_letter(case, on=on, kind=data.draw(st.sampled_from(LetterKind)), today=TODAY)
        case Step.CORRECT:
            earlier = case.received_on - timedelta(days=data.draw(st.integers(1, 400)))
            return domain.correct(case, changes={"received_on": earlier}, calendar=calendar, today=TODAY)
        case Step.CANCEL:
            return domain.cancel(case, today=TODAY)
        case _:
            raise AssertionError(step)


@given(st.data())
def test_any_sequence_of_legal_steps_leads_to_a_case_that_contradicts_nothing(data: st.DataObject) -> None:
    case, _ = domain.receive(a_case(received_on=data.draw(received_dates)), today=TODAY)

    for _ in range(data.draw(st.integers(0, 8), label="steps")):
        legal = [step for step, statuses in ALLOWED_FROM.items() if case.status in statuses]
        if not legal:
            break
        before = case
        case, event = _take(data.draw(st.sampled_from(legal), label="step"), before, data)

        domain.check(case, today=TODAY)
        assert event.on <= TODAY
        assert (case.decision_due_on is None) == (case.accepted_on is None)
        assert digest(facts_of(case)) != digest(facts_of(before))

    assert (case.status is Status.CANCELLED) == case.cancelled


@given(st.data())
def test_every_case_on_the_books_can_be_corrected_and_cancelled(data: st.DataObject) -> None:
    case, _ = domain.receive(a_case(received_on=data.draw(received_dates)), today=TODAY)
    forward = set(ALLOWED_FROM) - {Step.CORRECT, Step.CANCEL}
    for _ in range(data.draw(st.integers(0, 4), label="steps")):
        legal = [step for step in forward if case.status in ALLOWED_FROM[step]]
        if legal:
            case, _ = _take(data.draw(st.sampled_from(sorted(legal)), label="step"), case, data)

    corrected, _ = domain.correct(case, changes={"is_group": True}, calendar=EMPTY_CALENDAR, today=TODAY)
    cancelled, _ = domain.cancel(corrected, today=TODAY)

    assert corrected.is_group
    assert corrected.status is case.status
    assert cancelled.status is Status.CANCELLED
    assert facts_of(cancelled).void
