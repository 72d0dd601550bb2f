"""What a clerk can do, one function each: load, decide, save, announce. The edge commits."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.reconsideration import domain, events, repository
from services.reconsideration.domain import Case
from services.reconsideration.models import EVENTS
from services.reconsideration.terms import (
    LetterKind,
    Outcome,
    Procedure,
    Refusal,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import legal_date
from shared.kernel.errors import Conflict
from shared.kit.concurrency import require_version

Filed = tuple[UUID, int, Case]  # id, version, case


def receive(session: Session, application: Case, *, now: datetime) -> Filed:
    """收到申请: file a new case."""
    case, event = domain.receive(application, today=legal_date(now))
    _require_free_number(session, case)
    return _file(session, [(case, event)], Step.RECEIVE, now)[0]


def accept(
    session: Session,
    case_id: UUID,
    *,
    on: date,
    procedure: Procedure,
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.accept(case, on=on, procedure=procedure, calendar=calendar, today=legal_date(now))

    return _change(
        session, case_id, Step.ACCEPT, decide, {"procedure": procedure}, if_match=if_match, now=now
    )


def decline(
    session: Session, case_id: UUID, *, on: date, refusal: Refusal, if_match: str | None, now: datetime
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.decline(case, on=on, refusal=refusal, today=legal_date(now))

    return _change(session, case_id, Step.DECLINE, decide, {"refusal": refusal}, if_match=if_match, now=now)


def conclude(
    session: Session, case_id: UUID, *, on: date, outcome: Outcome, if_match: str | None, now: datetime
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.conclude(case, on=on, outcome=outcome, today=legal_date(now))

    return _change(session, case_id, Step.CONCLUDE, decide, {"outcome": outcome}, if_match=if_match, now=now)


def terminate(
    session: Session,
    case_id: UUID,
    *,
    on: date,
    ground: TerminationGround,
    withdraw_reason: WithdrawReason | None,
    if_match: str | None,
    now: datetime,
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.terminate(
            case, on=on, ground=ground, withdraw_reason=withdraw_reason, today=legal_date(now)
        )

    entered = {"ground": ground, "withdraw_reason": withdraw_reason}
    return _change(session, case_id, Step.TERMINATE, decide, entered, if_match=if_match, now=now)


def issue_letter(
    session: Session, case_id: UUID, *, on: date, kind: LetterKind, if_match: str | None, now: datetime
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.issue_letter(case, on=on, kind=kind, today=legal_date(now))

    return _change(session, case_id, Step.ISSUE_LETTER, decide, {"kind": kind}, if_match=if_match, now=now)


def correct(
    session: Session,
    case_id: UUID,
    *,
    changes: Mapping[str, Any],
    reason: str,
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    """更正: change recorded facts, with the reason; figures follow."""

    def decide(case: Case) -> tuple[Case, domain.Event]:
        corrected, event = domain.correct(case, changes=changes, calendar=calendar, today=legal_date(now))
        _require_free_number(session, corrected, except_for=case_id)
        return corrected, event

    return _change(session, case_id, Step.CORRECT, decide, changes, if_match=if_match, now=now, reason=reason)


def cancel(session: Session, case_id: UUID, *, reason: str, if_match: str | None, now: datetime) -> Filed:
    """注销误录: the case was filed by mistake and counts nowhere."""

    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.cancel(case, today=legal_date(now))

    return _change(session, case_id, Step.CANCEL, decide, {}, if_match=if_match, now=now, reason=reason)


def record_ledger(session: Session, cases: Sequence[Case], *, calendar: WorkCalendar, now: datetime) -> None:
    """台账录入: cases that this system has not seen, each in its present state."""
    decided = [domain.record_from_ledger(case, calendar=calendar, today=legal_date(now)) for case in cases]
    _file(session, decided, Step.RECORD, now)


def _file(
    session: Session, decided: Sequence[tuple[Case, domain.Event]], step: Step, now: datetime
) -> list[Filed]:
    """Save new cases and queue their events; the request's one transaction commits all of it."""
    filed = [(uuid7(), case, event) for case, event in decided]
    keys = repository.add(session, [(id_, case) for id_, case, _ in filed], now=now)
    repository.note(
        session,
        [(id_, 1, step, event.on, None, _entered(case)) for id_, case, event in filed],
        now=now,
        keys=keys,
    )
    EVENTS.record(
        session,
        [events.to_contract(event, case, case_id=id_, case_version=1, now=now) for id_, case, event in filed],
        now,
    )
    return [(id_, 1, case) for id_, case, _ in filed]


def _entered(case: Case) -> dict[str, Any]:
    """All fields, shallow: dataclasses.asdict copies deeply, which costs a bulk import more than all the rest."""
    return {name: getattr(case, name) for name in case.__slots__}


def _change(
    session: Session,
    case_id: UUID,
    step: Step,
    decide: Callable[[Case], tuple[Case, domain.Event]],
    entered: Mapping[str, Any],
    *,
    if_match: str | None,
    now: datetime,
    reason: str | None = None,
) -> Filed:
    """Load and lock, decide, save and announce: the shape of every step."""
    row = repository.load_for_update(session, case_id)
    require_version(if_match, row.version)
    (present,) = repository.opened(session, [row])
    case, event = decide(present)
    version = row.version + 1
    repository.save(session, case_id, case, version=version)
    repository.note(session, [(case_id, version, step, event.on, reason, entered)], now=now)
    EVENTS.record(
        session, [events.to_contract(event, case, case_id=case_id, case_version=version, now=now)], now
    )
    return case_id, version, case


def _require_free_number(session: Session, case: Case, *, except_for: UUID | None = None) -> None:
    if repository.number_taken(session, case, except_for=except_for):
        raise Conflict(
            "reconsideration.number_taken", "本机关已有这个案号的案件，请核对案号。", field="case_number"
        )
