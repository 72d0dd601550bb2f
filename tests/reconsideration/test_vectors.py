"""The deadline vectors of the specification (DOMAIN 1.2), counted not alone but as the clocks of a case."""

import json
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.domain.time_limit import limits
from services.reconsideration.terms import (
    DeliveryManner,
    DocumentPower,
    LetterKind,
    Step,
    SuspensionGround,
)
from tests.reconsideration.builders import (
    ALL_MET,
    CALENDAR,
    SUMMARILY,
    TAKE,
    a_case,
    applied,
    received,
    running,
    took,
)

VECTORS: Mapping[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads(
        (Path(__file__).parents[1] / "kernel" / "deadline_vectors.json").read_text(encoding="utf-8")
    )
}
# 司法确认, 委派调解 and the periods of the courts belong to the other services.
OF_OTHERS = {"V15", "V30", "V19", "V21"}


def _accepted(on: date, **entered: Any) -> Case:
    """Received and accepted on the same day."""
    return took(received(a_case(received_on=on)), Step.ACCEPT, on, conditions=ALL_MET, **entered)


def _copied(on: date, **entered: Any) -> Case:
    return took(_accepted(on, **entered), Step.SEND_COPY, on, received_on=on)


def _reviewed(accepted_on: date) -> Case:
    return took(_copied(accepted_on), Step.RECORD_REPLY, accepted_on)


def _review(start: date) -> date | None:
    return running(received(a_case(received_on=start)))["review", 1].deadline.due_on


def _supplement(start: date) -> date | None:
    asked = took(received(a_case(received_on=start)), Step.REQUEST_SUPPLEMENT, start, papers="身份证明")
    return running(took(asked, Step.DELIVER_SUPPLEMENT, start))["supplement", 1].deadline.due_on


def _copy(start: date, **entered: Any) -> date | None:
    return running(_accepted(start, **entered))["copy", 1].deadline.due_on


def _reply(start: date, **entered: Any) -> date | None:
    return running(_copied(start, **entered))["reply", 1].deadline.due_on


def _decision(start: date) -> date | None:
    return running(_accepted(start))["decision", 1].deadline.due_on


def _extended(start: date) -> date | None:
    return took(_reviewed(start), Step.EXTEND, start, days=30, reason="情况复杂").decision_due_on


def _suspended(start: date) -> date | None:
    ((since, until),) = VECTORS["V09"]["suspensions"]
    stopped = took(_accepted(start), Step.SUSPEND, date.fromisoformat(since), **TAKE[Step.SUSPEND])
    assert stopped.decision_due_on is None
    return took(stopped, Step.RESUME, date.fromisoformat(until), reason="消除").decision_due_on


def _limit_of_suspension(start: date) -> date | None:
    stopped = took(_accepted(start), Step.SUSPEND, start, **TAKE[Step.SUSPEND])
    return running(stopped)["suspension_limit", 1].deadline.due_on


def _document(start: date, power: DocumentPower) -> Case:
    entered = {"ground": SuspensionGround.S9, "reason": "附带审查", "document_power": power}
    return took(_accepted(start), Step.SUSPEND, start, **entered)


def _own_document(start: date) -> date | None:
    return running(_document(start, DocumentPower.OWN))["document_review", 1].deadline.due_on


def _forwarding(start: date) -> date | None:
    return running(_document(start, DocumentPower.OTHER))["document_forward", 1].deadline.due_on


def _receiver(start: date) -> date | None:
    case = _document(start, DocumentPower.OTHER)
    for what in ("forwarded_on", "forward_received_on"):
        case = took(case, Step.REVIEW_DOCUMENT, start, what=what)
    return running(case)["document_receiver", 1].deadline.due_on


def _delivered(on: date) -> Case:
    case = _reviewed(on)
    for step in (
        Step.HEAR_OPINION,
        Step.SUBMIT_DECISION,
        Step.ENDORSE_DECISION,
        Step.APPROVE_DECISION,
    ):
        case = took(case, step, on, **TAKE[step])
    return took(case, Step.DELIVER, on, manner=DeliveryManner.DIRECT, party=UUID(int=1))


def _suing(start: date) -> date | None:
    return running(_delivered(start))["sue", 1].deadline.due_on


def _feedback(start: date) -> date | None:
    issued = took(_accepted(start), Step.ISSUE_LETTER, start, kind=LetterKind.OPINION)
    got = took(issued, Step.RECORD_FEEDBACK, start, letter=0)
    return running(got)["opinion_feedback", 1].deadline.due_on


def _applying(start: date) -> date | None:
    (limit,) = limits(applied(Application(knew_on=start)), CALENDAR)
    return limit.due_on


COUNTED: Mapping[str, Callable[[date], date | None]] = {
    "V01": _review,
    "V02": _review,
    "V04": _supplement,
    "V12a": _copy,
    "V12b": _reply,
    "V13a": lambda start: _copy(start, **SUMMARILY),
    "V13b": lambda start: _reply(start, **SUMMARILY),
    "V05": _decision,
    "V06": _decision,
    "V07": _extended,
    "V09": _suspended,
    "V24": _limit_of_suspension,
    "V10": _suing,
    "V17": _applying,
    "V18": _feedback,
    "V23a": _own_document,
    "V23b": _forwarding,
    "V23c": _receiver,
}


def test_every_vector_of_this_procedure_is_counted_through_a_case() -> None:
    assert set(COUNTED) | OF_OTHERS | {"V27"} == set(VECTORS)


@pytest.mark.parametrize("vector", COUNTED)
def test_a_clock_of_a_case_ends_on_the_day_of_its_vector(vector: str) -> None:
    start, due_on = (date.fromisoformat(VECTORS[vector][name]) for name in ("start", "due"))

    assert COUNTED[vector](start) == due_on


def test_v27_three_months_to_ask_the_court_run_from_the_end_of_the_period_to_sue() -> None:
    """The vector's 30 June is a Sunday, where no period to sue can end: the case shows the next day's."""
    case = _delivered(date(2024, 6, 14))  # 06-29 is a Saturday

    assert case.closing.sue_due_on == date(2024, 7, 1)
    assert running(case)["enforcement", 1].deadline.due_on == date(2024, 10, 8)  # 10-01 is a day off
