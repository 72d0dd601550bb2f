"""Statutory periods 期限 of reconsideration. ARL = 行政复议法 (2023)."""

from datetime import date

from services.reconsideration.terms import Procedure
from shared.kernel.calendar import Due, Unit, WorkCalendar, due

ACCEPTANCE_REVIEW_WORKING_DAYS = 5  # ARL 30(1), 88(2)
DECISION_DAYS = {Procedure.ORDINARY: 60, Procedure.SUMMARY: 30}  # ARL 62


def acceptance_review_due(received_on: date, calendar: WorkCalendar) -> Due:
    """受理审查期限 (ARL 30, AR-3.1): five working days from receipt."""
    return due(received_on, ACCEPTANCE_REVIEW_WORKING_DAYS, Unit.WORKING_DAY, calendar)


def decision_due(accepted_on: date, procedure: Procedure, calendar: WorkCalendar) -> Due:
    """审理期限 (ARL 62, AR-6.2): calendar days from acceptance; the last day rolls off a holiday (CAL-4)."""
    return due(accepted_on, DECISION_DAYS[procedure], Unit.CALENDAR_DAY, calendar)
