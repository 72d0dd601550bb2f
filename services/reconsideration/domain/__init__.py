"""A reconsideration case 行政复议案件 and what may be done with it. Plain Python: no clock, no database.

Every act takes a case and returns the changed case with what happened, or refuses. `check` states what no case
may contradict, however it came in: by steps, from a ledger or through a correction.
"""

from services.reconsideration.domain.afterwards import require_others
from services.reconsideration.domain.case import (
    ACT_2023_IN_FORCE,
    Case,
    Happened,
    Moment,
)
from services.reconsideration.domain.checks import MOST_LETTERS, PLAIN_WORDS, check
from services.reconsideration.domain.clocks import SILENCE, Clock, ClockState, clocks, next_due_on
from services.reconsideration.domain.states import (
    ACTS,
    ALLOWED_FROM,
    REFUSED_STEP,
)
from services.reconsideration.domain.taking import (
    CORRECTABLE_PARTS,
    cancel,
    correct,
    dated,
    recalculate,
    receive,
    record_from_ledger,
    require,
    take,
    undo,
)

__all__ = [
    "ACTS",
    "ACT_2023_IN_FORCE",
    "ALLOWED_FROM",
    "CORRECTABLE_PARTS",
    "MOST_LETTERS",
    "PLAIN_WORDS",
    "REFUSED_STEP",
    "SILENCE",
    "Case",
    "Clock",
    "ClockState",
    "Happened",
    "Moment",
    "cancel",
    "check",
    "clocks",
    "correct",
    "dated",
    "next_due_on",
    "recalculate",
    "receive",
    "record_from_ledger",
    "require",
    "require_others",
    "take",
    "undo",
]
