"""Cases as the rules see them, naming only what matters to a test."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from services.reconsideration import domain
from services.reconsideration.domain import Case
from services.reconsideration.terms import (
    LetterKind,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    Status,
    Step,
    TerminationGround,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import legal_date

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = legal_date(NOW)
CALENDAR = WorkCalendar.builtin()
HANGJIN, DALAD, ORDOS = "150625", "150621", "150600"

RECEIVED_ON = date(2024, 3, 1)
ACCEPTED_ON = date(2024, 3, 5)
CLOSED_ON = date(2024, 4, 10)


def a_case(**what_matters: Any) -> Case:
    """An application of 杭锦旗, received on a Friday of March 2024."""
    given: dict[str, Any] = {
        "case_number": "杭政复〔2024〕1号",
        "authority_region": HANGJIN,
        "authority_level": OrganLevel.COUNTY,
        "received_on": RECEIVED_ON,
    }
    return Case(**given | what_matters)


def an_accepted_case(**what_matters: Any) -> Case:
    accepted, _ = domain.accept(
        a_case(), on=ACCEPTED_ON, procedure=Procedure.ORDINARY, calendar=CALENDAR, today=TODAY
    )
    return replace(accepted, **what_matters)


def a_closed_case(**what_matters: Any) -> Case:
    return an_accepted_case(**{"closed_on": CLOSED_ON, "outcome": Outcome.UPHELD, **what_matters})


IN_STATUS: Mapping[Status, Callable[[], Case]] = {
    Status.RECEIVED: a_case,
    Status.UNDER_REVIEW: an_accepted_case,
    Status.CLOSED: a_closed_case,
    Status.NOT_ACCEPTED: lambda: a_case(refused_on=ACCEPTED_ON, refusal=Refusal.NOT_ACCEPTED),
    Status.CANCELLED: lambda: a_case(cancelled=True),
}

Decided = tuple[Case, domain.Event]
TAKE: Mapping[Step, Callable[[Case], Decided]] = {
    Step.ACCEPT: lambda case: domain.accept(
        case, on=ACCEPTED_ON, procedure=Procedure.ORDINARY, calendar=CALENDAR, today=TODAY
    ),
    Step.DECLINE: lambda case: domain.decline(
        case, on=ACCEPTED_ON, refusal=Refusal.NOT_ACCEPTED, today=TODAY
    ),
    Step.CONCLUDE: lambda case: domain.conclude(case, on=CLOSED_ON, outcome=Outcome.REVOKED, today=TODAY),
    Step.TERMINATE: lambda case: domain.terminate(
        case, on=CLOSED_ON, ground=TerminationGround.T2, withdraw_reason=None, today=TODAY
    ),
    Step.ISSUE_LETTER: lambda case: domain.issue_letter(
        case, on=CLOSED_ON, kind=LetterKind.OPINION, today=TODAY
    ),
    Step.CORRECT: lambda case: domain.correct(
        case, changes={"matter": "更正后的事项"}, calendar=CALENDAR, today=TODAY
    ),
    Step.CANCEL: lambda case: domain.cancel(case, today=TODAY),
}
