"""Cases and hearings for tests: a test names only what matters to it."""

from dataclasses import replace
from datetime import date
from typing import Any

from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.terms import Appearance, Result, Status

TODAY = date(2022, 12, 31)
NOTIFIED_ON = date(2022, 3, 1)
HEARD_ON = date(2022, 4, 6)
CLOSED_ON = date(2022, 4, 28)
PERFORMED_ON = date(2022, 6, 1)


def a_hearing(appearance: Appearance = Appearance.DEPUTY, **facts: Any) -> Hearing:
    return Hearing(**{"on": HEARD_ON, "appearance": appearance, **facts})


def a_case(status: Status = Status.NOTIFIED, **facts: Any) -> Case:
    """A lawful unit in this status; `facts` replace what matters to the test."""
    case = Case(
        case_number="（2022）内0625行初1号",
        court="杭锦旗人民法院",
        region="150625",
        organ="杭锦旗公安局",
        notified_on=NOTIFIED_ON,
    )
    if status is not Status.NOTIFIED:
        case = replace(case, hearings=(a_hearing(),))
    if status in (Status.CLOSED, Status.PERFORMED):
        case = replace(case, closed_on=CLOSED_ON, result=Result.PAYMENT_ORDERED)
    if status is Status.PERFORMED:
        case = replace(case, performed_on=PERFORMED_ON, performed_fen=120_000)
    if status is Status.CANCELLED:
        case = replace(case, cancelled=True)
    return replace(case, **facts)
