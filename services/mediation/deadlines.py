"""Periods 期限 of mediation. PML = 人民调解法; a court's referral has its own (法释〔2016〕14号, 在线调解规则)."""

from datetime import date

from services.mediation.terms import Referral
from shared.kernel.calendar import Due, Unit, WorkCalendar, due

# 司法部令第75号 33: "一般在一个月内调结". A rule of the ministry, not of the statute, which sets none (PM-2.3).
GENERAL_MONTHS = 1
REFERRAL_DAYS = {
    Referral.BEFORE_FILING: 30,  # 法释〔2016〕14号 27
    Referral.AFTER_FILING: 15,  # 在线调解规则 26, ordinary procedure
}
CONFIRMATION_DAYS = 30  # PML 33, 民事诉讼法 205


def mediation_due(accepted_on: date, referral: Referral | None, calendar: WorkCalendar) -> Due:
    """调解期限 (PM-2.3): from the day on which the mediator accepts the case."""
    if referral is None:
        return due(accepted_on, GENERAL_MONTHS, Unit.MONTH, calendar)
    return due(accepted_on, REFERRAL_DAYS[referral], Unit.CALENDAR_DAY, calendar)


def confirmation_due(effective_on: date, calendar: WorkCalendar) -> Due:
    """申请司法确认期限 (PML 33, PM-2.7): from the day on which the agreement takes effect."""
    return due(effective_on, CONFIRMATION_DAYS, Unit.CALENDAR_DAY, calendar)
