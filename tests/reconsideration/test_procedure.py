"""Which organ and which procedure: jurisdiction, summary procedure, conversion (ARL 24-28, 53, 55; AR-4.1-4.3)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration.domain import Case, ClockState
from services.reconsideration.domain.jurisdiction import competent_organ
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import (
    ActHead,
    ActKind,
    OrganLevel,
    Procedure,
    RespondentType,
    Status,
    Step,
    SummaryBasis,
)
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    ALL_MET,
    ANSWERED,
    LATER_ON,
    SUMMARY,
    TAKE,
    a_case,
    applied,
    lived,
    plainly,
    received,
    running,
    took,
    why_refused,
)

DAY = timedelta(days=1)
REASON = "案情比受理时复杂"
COPIED = ANSWERED[0]
ORDINARY_REPLY_ON, SUMMARY_REPLY_ON = date(2024, 3, 21), date(2024, 3, 14)


# --- Jurisdiction (ARL 24-28)


@pytest.mark.parametrize(
    "respondent_type",
    [
        RespondentType.CUSTOMS,
        RespondentType.FINANCE,
        RespondentType.FOREIGN_EXCHANGE,
        RespondentType.TAX,
        RespondentType.STATE_SECURITY,
        RespondentType.MINISTRY,
    ],
)
def test_a_vertical_system_is_reviewed_by_its_own_superior_whose_name_is_told(
    respondent_type: RespondentType,
) -> None:
    case = received(a_case(respondent_type=respondent_type))

    organ = competent_organ(case)

    assert organ is not None
    assert why_refused(case, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET) == "outside_jurisdiction"


@pytest.mark.parametrize(
    ("respondent_type", "level", "is_competent"),
    [
        (RespondentType.GOVERNMENT, OrganLevel.COUNTY, False),
        (RespondentType.GOVERNMENT, OrganLevel.PREFECTURE, True),
        (RespondentType.GOVERNMENT, OrganLevel.PROVINCE, True),
        (RespondentType.TOWNSHIP_GOVERNMENT, OrganLevel.COUNTY, True),
        (RespondentType.DEPARTMENT, OrganLevel.COUNTY, True),
        (RespondentType.AGENCY_OFFICE, OrganLevel.COUNTY, True),
        (RespondentType.AUTHORISED_ORGANISATION, OrganLevel.COUNTY, True),
        (RespondentType.JUSTICE_DEPARTMENT, OrganLevel.COUNTY, True),
        (RespondentType.MINISTRY, OrganLevel.NATION, True),
    ],
)
def test_a_government_is_reviewed_by_the_one_above_it_and_a_department_by_its_own(
    respondent_type: RespondentType, level: OrganLevel, is_competent: bool
) -> None:
    case = a_case(respondent_type=respondent_type, authority_level=level)

    assert (competent_organ(case) is None) is is_competent


# --- Summary procedure (ARL 53, AR-4.1)


def _summary(basis: SummaryBasis | None, *, of: Application | None = None, **entered: Any) -> Case:
    case = received(applied(of or Application()))
    given = {"procedure": Procedure.SUMMARY, "summary_basis": basis, "conditions": ALL_MET}
    return took(case, Step.ACCEPT, ACCEPTED_ON, **given | entered)


def _no_summary(basis: SummaryBasis | None, *, of: Application | None = None, **entered: Any) -> str:
    case = received(applied(of or Application()))
    given = {"procedure": Procedure.SUMMARY, "summary_basis": basis, "conditions": ALL_MET}
    return why_refused(case, Step.ACCEPT, ACCEPTED_ON, **given | entered)


@pytest.mark.parametrize("basis", sorted(set(SummaryBasis) - {SummaryBasis.CONSENT}))
def test_a_clear_case_on_a_ground_of_the_article_may_be_summary(basis: SummaryBasis) -> None:
    case = _summary(basis, is_clear=True, amount_fen=100_000)

    assert case.procedure is Procedure.SUMMARY
    assert case.decision_due_on == date(
        2024, 4, 7
    )  # a Thursday of the Qingming days off, rolled to a worked Sunday


@pytest.mark.parametrize("basis", sorted(set(SummaryBasis) - {SummaryBasis.CONSENT}))
def test_what_is_not_clear_is_summary_by_consent_alone(basis: SummaryBasis) -> None:
    assert _no_summary(basis, is_clear=False, amount_fen=100_000) == "summary_not_allowed"
    assert _summary(SummaryBasis.CONSENT).procedure is Procedure.SUMMARY


def test_three_thousand_yuan_are_a_small_amount_and_a_fen_more_is_not() -> None:
    small = SummaryBasis.SMALL_AMOUNT

    assert _summary(small, is_clear=True, amount_fen=300_000).procedure is Procedure.SUMMARY
    assert _no_summary(small, is_clear=True, amount_fen=300_001) == "summary_not_allowed"
    assert _no_summary(small, is_clear=True) == "summary_not_allowed"


def test_summary_procedure_names_its_ground() -> None:
    assert _no_summary(None, is_clear=True) == "summary_not_allowed"


def test_a_penalty_by_camera_was_not_made_on_the_spot() -> None:
    camera = Application(act_kind=ActKind.CAMERA_PENALTY)

    assert _no_summary(SummaryBasis.ON_THE_SPOT, of=camera, is_clear=True) == "summary_not_allowed"


def test_a_licence_is_no_case_of_government_information() -> None:
    licence = Application(act_head=ActHead.LICENCE)

    assert (
        _no_summary(SummaryBasis.INFORMATION_DISCLOSURE, of=licence, is_clear=True) == "summary_not_allowed"
    )


def test_summary_is_a_permission_and_ordinary_the_rule() -> None:
    assert lived(ACCEPT).procedure is Procedure.ORDINARY


@pytest.mark.parametrize("kind", ["is_complex", "is_technical"])
def test_a_complex_or_technical_case_is_never_summary(kind: str) -> None:
    entered = {**TAKE[Step.CHOOSE_PROCEDURE], kind: True}

    assert why_refused(lived(ACCEPT), Step.CHOOSE_PROCEDURE, LATER_ON, **entered) == "summary_not_allowed"


def test_the_procedure_chosen_counts_from_acceptance() -> None:
    case = took(lived(ACCEPT), Step.CHOOSE_PROCEDURE, date(2024, 3, 8), **TAKE[Step.CHOOSE_PROCEDURE])

    assert case.decision_due_on == lived(SUMMARY).decision_due_on


# --- Conversion (ARL 55, AR-4.3, DOMAIN §10 no. 5)


def test_after_conversion_the_sixty_days_count_from_the_original_acceptance() -> None:
    case = lived(SUMMARY, plainly(Step.CONVERT, date(2024, 4, 1), reason=REASON))

    assert case.procedure is Procedure.ORDINARY
    assert case.decision_due_on == lived(ACCEPT).decision_due_on == date(2024, 5, 6)


def test_only_a_summary_case_is_converted_and_none_goes_back() -> None:
    converted = lived(SUMMARY, plainly(Step.CONVERT, date(2024, 3, 8)))
    ordinary = lived(ACCEPT, COPIED)

    assert why_refused(lived(ACCEPT), Step.CONVERT, LATER_ON, reason=REASON) == "not_summary"
    assert why_refused(converted, Step.CONVERT, LATER_ON, reason=REASON) == "not_summary"
    back = TAKE[Step.CHOOSE_PROCEDURE]
    assert why_refused(converted, Step.CHOOSE_PROCEDURE, LATER_ON, **back) == "already_converted"
    assert why_refused(ordinary, Step.CHOOSE_PROCEDURE, LATER_ON, **back) == "no_reverse_conversion"


def test_a_summary_case_whose_copy_is_out_becomes_ordinary_by_conversion() -> None:
    code = why_refused(lived(SUMMARY, COPIED), Step.CHOOSE_PROCEDURE, LATER_ON, procedure=Procedure.ORDINARY)

    assert code == "use_convert"


def test_an_open_reply_period_becomes_ten_working_days_from_the_same_receipt() -> None:
    case = lived(SUMMARY, COPIED, plainly(Step.CONVERT, SUMMARY_REPLY_ON))

    assert running(case)["reply", 1].deadline.due_on == ORDINARY_REPLY_ON
    assert took(case, Step.RECORD_REPLY, ORDINARY_REPLY_ON).status is Status.UNDER_REVIEW


def test_a_reply_period_that_had_ended_is_not_revived_by_conversion() -> None:
    case = lived(SUMMARY, COPIED, plainly(Step.CONVERT, SUMMARY_REPLY_ON + DAY))

    assert running(case)["reply", 1].deadline.due_on == SUMMARY_REPLY_ON
    assert why_refused(case, Step.RECORD_REPLY, ORDINARY_REPLY_ON) == "reply_late"
    assert took(case, Step.LAPSE_REPLY, ORDINARY_REPLY_ON).handling.has_no_evidence


def test_a_copy_that_went_out_late_stays_late_after_conversion() -> None:
    late = plainly(Step.SEND_COPY, date(2024, 3, 11), received_on=date(2024, 3, 11))
    before = lived(SUMMARY, late)

    after = took(before, Step.CONVERT, date(2024, 3, 12), reason=REASON)

    assert running(before)["copy", 1].state is ClockState.MISSED
    assert running(after)["copy", 1].state is ClockState.MISSED
