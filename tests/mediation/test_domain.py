"""What may be done with a case, and what no case may contradict."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest

from services.mediation import domain
from services.mediation.case import LARGEST_AMOUNT_FEN, RULES, Case, check
from services.mediation.terms import (
    AgreementForm,
    Outcome,
    Referral,
    Status,
    Step,
    TerminationReason,
)
from shared.kernel.errors import Conflict, RuleViolation
from tests.mediation.examples import ACCEPTED, CALENDAR, CLOSED, REGISTERED, RULED, TODAY, a_case

DAY = timedelta(days=1)


def _agree(
    case: Case, form: AgreementForm = AgreementForm.WRITTEN, effective_on: date | None = None
) -> tuple[Case, domain.Event]:
    return domain.agree(case, on=CLOSED, form=form, effective_on=effective_on, amount_fen=100, today=TODAY)


ACTS: dict[Step, Callable[[Case], tuple[Case, domain.Event]]] = {
    Step.ACCEPT: lambda case: domain.accept(case, on=ACCEPTED, calendar=CALENDAR, today=TODAY),
    Step.DECLINE: lambda case: domain.decline(case, on=ACCEPTED, today=TODAY),
    Step.AGREE: _agree,
    Step.FAIL: lambda case: domain.fail(case, on=CLOSED, today=TODAY),
    Step.TERMINATE: lambda case: domain.terminate(
        case, on=CLOSED, reason=TerminationReason.UNREACHABLE, today=TODAY
    ),
    Step.CONFIRM: lambda case: domain.confirm(
        case, on=RULED, applied_on=None, calendar=CALENDAR, today=TODAY
    ),
    Step.CORRECT: lambda case: domain.correct(
        case, changes={"committee": "另一调委会"}, calendar=CALENDAR, today=TODAY
    ),
    Step.CANCEL: lambda case: domain.cancel(case, today=TODAY),
}
LEADS_TO = {
    Step.ACCEPT: Status.IN_MEDIATION,
    Step.DECLINE: Status.DECLINED,
    Step.AGREE: Status.AGREED,
    Step.FAIL: Status.NOT_AGREED,
    Step.TERMINATE: Status.NOT_AGREED,
    Step.CONFIRM: Status.CONFIRMED,
    Step.CANCEL: Status.CANCELLED,
}


@pytest.mark.parametrize("status", Status)
def test_an_example_of_every_status_stands_by_itself(status: Status) -> None:
    case = a_case(status)

    assert case.status is status
    check(case, today=TODAY)


@pytest.mark.parametrize("step", ACTS)
@pytest.mark.parametrize("status", Status)
def test_every_step_is_taken_from_its_statuses_and_refused_from_all_others(
    status: Status, step: Step
) -> None:
    case = a_case(status)

    if status in domain.ALLOWED_FROM[step]:
        changed, _ = ACTS[step](case)
        assert changed.status is LEADS_TO.get(step, status)
    else:
        with pytest.raises(Conflict) as refusal:
            ACTS[step](case)
        assert refusal.value.code == f"mediation.{step}_not_allowed"
        assert refusal.value.message == domain.REFUSED_STEP[status]


def test_all_steps_that_change_a_case_are_covered() -> None:
    of_themselves = {
        Step.REGISTER,
        Step.RECORD,
        Step.RECALCULATED,
    }  # they begin a case, or follow a holiday notice
    assert set(ACTS) == set(domain.ALLOWED_FROM) == set(Step) - of_themselves


def test_acceptance_starts_the_period_of_the_referral() -> None:
    case = a_case(referral=Referral.AFTER_FILING)

    accepted, event = domain.accept(case, on=ACCEPTED, calendar=CALENDAR, today=TODAY)

    assert (accepted.accepted_on, accepted.due_on) == (ACCEPTED, date(2024, 3, 19))
    assert event == domain.Accepted(on=ACCEPTED)


def test_a_written_agreement_takes_effect_with_the_last_signature_and_closes_the_case_that_day() -> None:
    agreed, event = _agree(a_case(Status.IN_MEDIATION), effective_on=CLOSED + 3 * DAY)

    assert agreed.outcome is Outcome.AGREED_WRITTEN
    assert agreed.effective_on == agreed.closed_on == event.on == CLOSED + 3 * DAY


def test_an_oral_agreement_takes_effect_on_the_day_it_is_reached() -> None:
    agreed, _ = _agree(a_case(Status.IN_MEDIATION), AgreementForm.ORAL)

    assert (agreed.outcome, agreed.effective_on) == (Outcome.AGREED_ORAL, CLOSED)


@pytest.mark.parametrize(
    ("form", "effective_on", "code"),
    [
        (AgreementForm.WRITTEN, CLOSED - DAY, "mediation.effective_before_agreement"),
        (AgreementForm.ORAL, CLOSED + DAY, "mediation.oral_effective_at_once"),
        (AgreementForm.WRITTEN, TODAY + DAY, "mediation.date_in_future"),
    ],
)
def test_an_agreement_with_a_doubtful_day_of_effect_is_refused(
    form: AgreementForm, effective_on: date, code: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        _agree(a_case(Status.IN_MEDIATION), form, effective_on)
    assert refusal.value.code == code


def test_a_dropped_suit_ends_mediation_without_an_agreement() -> None:
    case = a_case(Status.IN_MEDIATION, referral=Referral.BEFORE_FILING)

    dropped, _ = domain.terminate(case, on=CLOSED, reason=TerminationReason.SETTLED_SUIT_DROPPED, today=TODAY)

    assert dropped.status is Status.NOT_AGREED
    assert dropped.outcome is Outcome.TERMINATED
    assert dropped.effective_on is None


def test_an_oral_agreement_cannot_be_confirmed() -> None:
    oral, _ = _agree(a_case(Status.IN_MEDIATION), AgreementForm.ORAL)

    with pytest.raises(RuleViolation) as refusal:
        ACTS[Step.CONFIRM](oral)
    assert refusal.value.code == "mediation.confirmation_needs_written_agreement"


@pytest.mark.parametrize(
    ("applied_on", "code"),
    [
        (CLOSED, None),
        (date(2024, 4, 19), None),  # the thirtieth day after 20 March
        (CLOSED - DAY, "mediation.application_before_effect"),
        (date(2024, 4, 20), "mediation.application_too_late"),
        (date(2024, 6, 2), "mediation.application_after_ruling"),
    ],
)
def test_confirmation_is_applied_for_within_thirty_days_of_effect(applied_on: date, code: str | None) -> None:
    def confirm() -> Case:
        case = a_case(Status.AGREED)
        return domain.confirm(
            case, on=date(2024, 6, 1), applied_on=applied_on, calendar=CALENDAR, today=TODAY
        )[0]

    if code is None:
        assert confirm().status is Status.CONFIRMED
    else:
        with pytest.raises(RuleViolation) as refusal:
            confirm()
        assert (refusal.value.code, refusal.value.field) == (code, "applied_on")


def test_a_corrected_referral_moves_the_due_date() -> None:
    case = a_case(Status.IN_MEDIATION)

    corrected, _ = domain.correct(
        case, changes={"referral": Referral.BEFORE_FILING}, calendar=CALENDAR, today=TODAY
    )

    assert (case.due_on, corrected.due_on) == (date(2024, 4, 7), date(2024, 4, 3))


def test_a_correction_that_changes_nothing_is_refused() -> None:
    with pytest.raises(RuleViolation, match="没有需要更正的"):
        domain.correct(a_case(), changes={"registered_on": REGISTERED}, calendar=CALENDAR, today=TODAY)


def test_a_due_date_cannot_be_typed_in() -> None:
    corrected, _ = domain.correct(
        a_case(Status.IN_MEDIATION),
        changes={"due_on": date(2030, 1, 1), "committee": ""},
        calendar=CALENDAR,
        today=TODAY,
    )

    assert corrected.due_on == date(2024, 4, 7)


@pytest.mark.parametrize(
    ("case", "event_on"),
    [
        (a_case(), REGISTERED),
        (a_case(Status.DECLINED), ACCEPTED),
        (a_case(Status.IN_MEDIATION), ACCEPTED),
        (a_case(Status.AGREED), CLOSED),
        (a_case(Status.CONFIRMED), RULED),
    ],
)
def test_a_ledger_records_a_case_on_its_last_date(case: Case, event_on: date) -> None:
    recorded, event = domain.record_from_ledger(replace(case, due_on=None), calendar=CALENDAR, today=TODAY)

    assert recorded == case
    assert event == domain.LedgerRecorded(on=event_on)


# One example for every rule, each wrong in one respect only.
BROKEN: dict[str, Case] = {
    "mediation.case_number_unreadable": a_case(case_number="没有编号"),
    "mediation.committee_too_long": a_case(committee="调" * 201),
    "mediation.accepted_before_registered": a_case(Status.IN_MEDIATION, registered_on=ACCEPTED + DAY),
    "mediation.declined_before_registered": a_case(Status.DECLINED, registered_on=ACCEPTED + DAY),
    "mediation.accepted_and_declined": a_case(Status.IN_MEDIATION, declined_on=ACCEPTED),
    "mediation.closed_without_acceptance": a_case(Status.NOT_AGREED, accepted_on=None, due_on=None),
    "mediation.closed_before_accepted": a_case(Status.NOT_AGREED, closed_on=ACCEPTED - DAY),
    "mediation.outcome_without_closing": a_case(Status.NOT_AGREED, closed_on=None),
    "mediation.closing_without_outcome": a_case(Status.IN_MEDIATION, closed_on=CLOSED),
    "mediation.reason_without_termination": a_case(Status.AGREED, termination_reason=TerminationReason.OTHER),
    "mediation.termination_without_reason": a_case(Status.NOT_AGREED, termination_reason=None),
    "mediation.effect_without_agreement": a_case(Status.NOT_AGREED, effective_on=CLOSED),
    "mediation.agreement_without_effect": a_case(Status.AGREED, effective_on=None, amount_fen=0),
    "mediation.effective_before_accepted": a_case(Status.AGREED, effective_on=ACCEPTED - DAY),
    "mediation.effective_after_closed": a_case(Status.AGREED, effective_on=CLOSED + DAY),
    "mediation.confirmation_needs_written_agreement": a_case(Status.CONFIRMED, outcome=Outcome.AGREED_ORAL),
    "mediation.confirmed_before_effect": a_case(Status.CONFIRMED, confirmed_on=CLOSED - DAY),
    "mediation.amount_unreadable": a_case(Status.AGREED, amount_fen=LARGEST_AMOUNT_FEN + 1),
    "mediation.amount_without_agreement": a_case(Status.NOT_AGREED, amount_fen=1),
}


def test_every_rule_has_an_example_that_breaks_it() -> None:
    assert list(BROKEN) == [rule.code for rule in RULES]


@pytest.mark.parametrize("code", BROKEN)
def test_a_case_that_contradicts_itself_is_refused(code: str) -> None:
    rule = next(rule for rule in RULES if rule.code == code)

    with pytest.raises(RuleViolation) as refusal:
        check(BROKEN[code], today=TODAY)

    assert (refusal.value.code, refusal.value.field) == (code, rule.field)
    assert refusal.value.message == rule.sentence


@pytest.mark.parametrize(
    ("case", "field"),
    [
        (a_case(registered_on=TODAY + DAY), "registered_on"),
        (a_case(Status.IN_MEDIATION, accepted_on=TODAY + DAY), "accepted_on"),
        (a_case(Status.NOT_AGREED, closed_on=TODAY + DAY), "closed_on"),
        (a_case(Status.CONFIRMED, confirmed_on=TODAY + DAY), "confirmed_on"),
    ],
)
def test_a_date_that_has_not_come_is_refused(case: Case, field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check(case, today=TODAY)
    assert (refusal.value.code, refusal.value.field) == ("mediation.date_in_future", field)
