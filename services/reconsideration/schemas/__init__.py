"""Shapes of requests and answers. Shape only: what is lawful is decided in domain."""

from services.reconsideration.schemas.filing import (
    OFFICE_PATTERN,
    RULE_PATTERN,
    Body,
    Changes,
    CorrectCase,
    Office,
    ReceiveCase,
)
from services.reconsideration.schemas.steps import BODIES, CancelCase, StepBody
from services.reconsideration.schemas.views import (
    CaseDetail,
    CasePage,
    CaseView,
    ClockView,
    DeadlinePage,
    DeadlineView,
    JournalEntry,
    PreviewView,
    clock_views,
    proceeding_view,
    start_day_view,
    view,
    without_words,
)

__all__ = [
    "BODIES",
    "OFFICE_PATTERN",
    "RULE_PATTERN",
    "Body",
    "CancelCase",
    "CaseDetail",
    "CasePage",
    "CaseView",
    "Changes",
    "ClockView",
    "CorrectCase",
    "DeadlinePage",
    "DeadlineView",
    "JournalEntry",
    "Office",
    "PreviewView",
    "ReceiveCase",
    "StepBody",
    "clock_views",
    "proceeding_view",
    "start_day_view",
    "view",
    "without_words",
]
