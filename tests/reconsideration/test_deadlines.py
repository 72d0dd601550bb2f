"""Statutory periods of reconsideration, with the days the calendar makes of them."""

from datetime import date

import pytest

from services.reconsideration.deadlines import acceptance_review_due, decision_due
from services.reconsideration.terms import Procedure
from tests.reconsideration.builders import CALENDAR


@pytest.mark.parametrize(
    ("received_on", "due_on"),
    [
        (date(2024, 2, 7), date(2024, 2, 20)),  # over the Spring Festival; 9 and 18 February are worked
        (date(2024, 9, 27), date(2024, 10, 10)),  # over National Day; Sunday 29 September is worked
        (date(2024, 3, 1), date(2024, 3, 8)),
    ],
)
def test_acceptance_is_reviewed_within_five_working_days(received_on: date, due_on: date) -> None:
    due = acceptance_review_due(received_on, CALENDAR)

    assert due.on == due_on
    assert not due.provisional


@pytest.mark.parametrize(
    ("accepted_on", "procedure", "due_on"),
    [
        (date(2024, 3, 1), Procedure.ORDINARY, date(2024, 4, 30)),
        (date(2024, 8, 2), Procedure.ORDINARY, date(2024, 10, 8)),  # day 60 is National Day
        (date(2024, 3, 1), Procedure.SUMMARY, date(2024, 4, 1)),  # day 30 is a Sunday
        (date(2024, 6, 6), Procedure.SUMMARY, date(2024, 7, 8)),  # day 30 is a Saturday
        (date(2024, 3, 29), Procedure.SUMMARY, date(2024, 4, 28)),  # day 30 is a Sunday that is worked
    ],
)
def test_a_case_is_decided_within_60_days_or_30_in_summary_procedure(
    accepted_on: date, procedure: Procedure, due_on: date
) -> None:
    due = decision_due(accepted_on, procedure, CALENDAR)

    assert due.on == due_on
    assert not due.provisional


def test_a_period_that_ends_in_a_year_without_a_holiday_notice_is_provisional() -> None:
    assert decision_due(date(2026, 11, 20), Procedure.ORDINARY, CALENDAR).provisional
    assert acceptance_review_due(date(2026, 12, 30), CALENDAR).provisional
    assert not decision_due(date(2026, 10, 9), Procedure.ORDINARY, CALENDAR).provisional
