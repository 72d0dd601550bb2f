"""What a clerk can do, one function each: load, decide, save, announce. The edge commits."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.litigation import domain, events, repository
from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.models import EVENTS, JOURNAL
from services.litigation.terms import Result, Step
from shared.kernel.clock import legal_date
from shared.kit.concurrency import require_version
from shared.kit.journal import Note

Filed = tuple[UUID, int, Case]  # id, version, case


def register(session: Session, case: Case, *, now: datetime) -> Filed:
    """收到应诉通知: file a new unit."""
    return _file(session, [domain.register(case, today=legal_date(now))], Step.REGISTER, now)[0]


def hold_hearing(
    session: Session, case_id: UUID, *, hearing: Hearing, if_match: str | None, now: datetime
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.hold_hearing(case, hearing=hearing, today=legal_date(now))

    return _change(session, case_id, Step.HOLD_HEARING, decide, asdict(hearing), if_match=if_match, now=now)


def judge(
    session: Session,
    case_id: UUID,
    *,
    on: date,
    result: Result,
    delivered_on: date | None,
    if_match: str | None,
    now: datetime,
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.judge(case, on=on, result=result, delivered_on=delivered_on, today=legal_date(now))

    entered = {"result": result, "delivered_on": delivered_on}
    return _change(session, case_id, Step.JUDGE, decide, entered, if_match=if_match, now=now)


def perform(
    session: Session, case_id: UUID, *, on: date, performed_fen: int, if_match: str | None, now: datetime
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.perform(case, on=on, performed_fen=performed_fen, today=legal_date(now))

    entered = {"performed_fen": performed_fen}
    return _change(session, case_id, Step.PERFORM, decide, entered, if_match=if_match, now=now)


def correct(
    session: Session,
    case_id: UUID,
    *,
    changes: Mapping[str, Any],
    reason: str,
    if_match: str | None,
    now: datetime,
) -> Filed:
    """更正: change recorded facts, with the reason; figures follow."""

    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.correct(case, changes=changes, today=legal_date(now))

    return _change(session, case_id, Step.CORRECT, decide, changes, if_match=if_match, now=now, reason=reason)


def cancel(session: Session, case_id: UUID, *, reason: str, if_match: str | None, now: datetime) -> Filed:
    """注销误录: the unit was filed by mistake and counts nowhere."""

    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.cancel(case, today=legal_date(now))

    return _change(session, case_id, Step.CANCEL, decide, {}, if_match=if_match, now=now, reason=reason)


def record_ledger(session: Session, cases: Sequence[Case], *, now: datetime) -> None:
    """台账录入: units that this system has not seen, each in its present state."""
    decided = [domain.record_from_ledger(case, today=legal_date(now)) for case in cases]
    _file(session, decided, Step.RECORD, now)


def _file(
    session: Session, decided: Sequence[tuple[Case, domain.Event]], step: Step, now: datetime
) -> list[Filed]:
    """Save new cases and queue their events; the request's one transaction commits all of it."""
    filed = [(uuid7(), case, event) for case, event in decided]
    repository.add(session, [(id_, case) for id_, case, _ in filed], now=now)
    JOURNAL.note(
        session, [Note(id_, 1, step, event.on, None, asdict(case)) for id_, case, event in filed], now=now
    )
    EVENTS.record(
        session,
        [events.to_contract(event, case, case_id=id_, case_version=1, now=now) for id_, case, event in filed],
        now,
    )
    return [(id_, 1, case) for id_, case, _ in filed]


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
    case, event = decide(repository.to_domain(row))
    version = row.version + 1
    repository.save(session, case_id, case, version=version)
    JOURNAL.note(session, [Note(case_id, version, step, event.on, reason, entered)], now=now)
    EVENTS.record(
        session, [events.to_contract(event, case, case_id=case_id, case_version=version, now=now)], now
    )
    return case_id, version, case
