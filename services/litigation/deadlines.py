"""Statutory periods 期限 of litigation: all in calendar days and months (CAL-2). ALL = 行政诉讼法 (2017)."""

from datetime import date

from shared.kernel.calendar import Due, Unit, WorkCalendar, due

ANSWER_DAYS = 15  # ALL 67(1)
APPEARANCE_NOTICE_DAYS = 3  # APP 5(2): 开庭三日前
FIRST_INSTANCE_MONTHS = 6  # ALL 81
APPEAL_DAYS_JUDGMENT = 15  # ALL 85
APPEAL_DAYS_RULING = 10  # ALL 85


def answer_due(notified_on: date, calendar: WorkCalendar) -> Due:
    """答辩、举证期限 (ALL 67): from receipt of the copy of the complaint, which comes with the notice."""
    return due(notified_on, ANSWER_DAYS, Unit.CALENDAR_DAY, calendar)


def appearance_notice_latest(hearing_on: date, calendar: WorkCalendar) -> Due:
    """出庭通知书最迟送达日 (APP 5(2)): counted back, and therefore not moved by a holiday (CAL-7)."""
    return due(hearing_on, -APPEARANCE_NOTICE_DAYS, Unit.CALENDAR_DAY, calendar)


def first_instance_due(docketed_on: date, calendar: WorkCalendar) -> Due:
    """一审审限 (ALL 81): six months from docketing in ordinary procedure, excluded time (2018 解释 50) not told."""
    return due(docketed_on, FIRST_INSTANCE_MONTHS, Unit.MONTH, calendar)


def appeal_due(delivered_on: date, calendar: WorkCalendar, *, by_judgment: bool) -> Due:
    """上诉期限 (ALL 85): from delivery, fifteen days against a judgment and ten against a ruling."""
    days = APPEAL_DAYS_JUDGMENT if by_judgment else APPEAL_DAYS_RULING
    return due(delivered_on, days, Unit.CALENDAR_DAY, calendar)
