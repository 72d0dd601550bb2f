"""Periods of mediation, with the worked dates of the domain specification."""

from datetime import date

import pytest

from services.mediation.deadlines import confirmation_due, mediation_due
from services.mediation.terms import Referral
from tests.mediation.examples import CALENDAR


def test_a_joint_application_for_confirmation_is_due_thirty_days_after_the_agreement_takes_effect() -> None:
    assert confirmation_due(date(2024, 1, 18), CALENDAR).on == date(
        2024, 2, 18
    )  # V15: a make-up working Sunday


@pytest.mark.parametrize(
    ("accepted_on", "referral", "due_on"),
    [
        (date(2025, 1, 2), Referral.BEFORE_FILING, date(2025, 2, 5)),  # V30: the last day falls into 春节
        (date(2024, 3, 4), Referral.BEFORE_FILING, date(2024, 4, 3)),
        (date(2024, 3, 4), Referral.AFTER_FILING, date(2024, 3, 19)),
        (date(2024, 3, 1), Referral.AFTER_FILING, date(2024, 3, 18)),  # 16 March is a Saturday
        (date(2024, 3, 4), None, date(2024, 4, 7)),  # 清明 until Saturday; Sunday is worked
        (date(2023, 1, 31), None, date(2023, 2, 28)),  # CAL-5: February has no 31st
    ],
)
def test_who_referred_the_dispute_decides_how_long_mediation_may_take(
    accepted_on: date, referral: Referral | None, due_on: date
) -> None:
    assert mediation_due(accepted_on, referral, CALENDAR).on == due_on


def test_a_period_that_ends_in_a_year_without_a_holiday_notice_is_provisional() -> None:
    due = mediation_due(date(2026, 12, 10), None, CALENDAR)

    assert due.provisional
    assert "尚未载入" in due.explanation
