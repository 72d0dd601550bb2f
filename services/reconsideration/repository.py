"""Every query of this service, and the one mapping between Case and row."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from services.reconsideration.domain import Case
from services.reconsideration.models import JOURNAL, CaseRow
from services.reconsideration.terms import (
    Channel,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    Status,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.errors import Conflict, NotFound

_CLOSED_SETS: Mapping[str, type[StrEnum]] = {
    "authority_level": OrganLevel,
    "respondent_type": RespondentType,
    "channel": Channel,
    "refusal": Refusal,
    "procedure": Procedure,
    "outcome": Outcome,
    "termination_ground": TerminationGround,
    "withdraw_reason": WithdrawReason,
}
_DATE_LISTS = frozenset({"opinion_letters_on", "recommendation_letters_on"})
_FIELDS = tuple(field.name for field in fields(Case))
_STATUS_FILTER = {
    Status.RECEIVED: (
        col(CaseRow.accepted_on).is_(None),
        col(CaseRow.refused_on).is_(None),
        ~col(CaseRow.cancelled),
    ),
    Status.UNDER_REVIEW: (
        col(CaseRow.accepted_on).is_not(None),
        col(CaseRow.closed_on).is_(None),
        ~col(CaseRow.cancelled),
    ),
    Status.CLOSED: (col(CaseRow.closed_on).is_not(None), ~col(CaseRow.cancelled)),
    Status.NOT_ACCEPTED: (col(CaseRow.refused_on).is_not(None), ~col(CaseRow.cancelled)),
    Status.CANCELLED: (col(CaseRow.cancelled),),
}


def to_domain(row: CaseRow) -> Case:
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(row, name)
        if name in _DATE_LISTS:
            value = tuple(date.fromisoformat(day) for day in value)
        elif value is not None and name in _CLOSED_SETS:
            value = _CLOSED_SETS[name](value)
        values[name] = value
    return Case(**values)


def _columns(case: Case) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(case, name)
        if name in _DATE_LISTS:
            value = [day.isoformat() for day in value]
        elif isinstance(value, StrEnum):
            value = value.value
        values[name] = value
    return values


def add(session: Session, cases: Iterable[tuple[UUID, Case]], *, now: datetime) -> None:
    rows = [{"id": id_, "version": 1, "recorded_at": now, **_columns(case)} for id_, case in cases]
    if rows:
        session.execute(insert(CaseRow), rows)


def load(session: Session, case_id: UUID) -> CaseRow:
    row = session.get(CaseRow, case_id)
    if row is None:
        raise NotFound("reconsideration.not_found", "没有这件复议案件。")
    return row


def load_for_update(session: Session, case_id: UUID) -> CaseRow:
    """The row, locked until the transaction ends (PostgreSQL); SQLite has one writer at a time anyway."""
    row = session.exec(select(CaseRow).where(CaseRow.id == case_id).with_for_update()).first()
    if row is None:
        raise NotFound("reconsideration.not_found", "没有这件复议案件。")
    return row


def save(session: Session, case_id: UUID, case: Case, *, version: int) -> None:
    """Write the case as `version`; refuse when somebody else wrote that version first."""
    changed = session.execute(
        update(CaseRow)
        .where(col(CaseRow.id) == case_id, col(CaseRow.version) == version - 1)
        .values(version=version, **_columns(case))
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise Conflict("reconsideration.changed_meanwhile", "此案刚被他人办理，请重新打开后再办。")


def note(
    session: Session,
    entries: Iterable[tuple[UUID, int, Step, date, str | None, Mapping[str, Any]]],
    *,
    now: datetime,
) -> None:
    """Append to the journal: (case id, version, step, legal date, reason, what was entered)."""
    rows = [
        {
            "case_id": case_id,
            "case_version": version,
            "step": step.value,
            "on_date": on,
            "reason": reason,
            "detail": json.dumps(detail, ensure_ascii=False, default=str),
            "recorded_at": now,
        }
        for case_id, version, step, on, reason, detail in entries
    ]
    if rows:
        session.execute(insert(JOURNAL), rows)


def history(session: Session, case_id: UUID) -> Sequence[Any]:
    return session.execute(
        JOURNAL.select().where(JOURNAL.c.case_id == case_id).order_by(JOURNAL.c.case_version)
    ).all()


def by_numbers(session: Session, numbers: Iterable[str]) -> Sequence[CaseRow]:
    """Live cases that bear one of these numbers, of whatever organ."""
    return session.exec(
        select(CaseRow).where(col(CaseRow.case_number).in_(set(numbers)), ~col(CaseRow.cancelled))
    ).all()


def number_taken(session: Session, region: str, number: str, *, except_for: UUID | None = None) -> bool:
    found = session.exec(
        select(CaseRow.id).where(
            CaseRow.authority_region == region, CaseRow.case_number == number, ~col(CaseRow.cancelled)
        )
    ).first()
    return found is not None and found != except_for


def listed(
    session: Session,
    *,
    after: UUID | None,
    limit: int,
    regions: Iterable[str] | None = None,
    status: Status | None = None,
    received_from: date | None = None,
    received_to: date | None = None,
    number: str | None = None,
) -> Sequence[CaseRow]:
    """Up to `limit + 1` cases after `after` in order of filing; the extra one tells that there is more."""
    query = select(CaseRow).order_by(col(CaseRow.id)).limit(limit + 1)
    if after is not None:
        query = query.where(col(CaseRow.id) > after)
    if regions is not None:
        query = query.where(col(CaseRow.authority_region).in_(list(regions)))
    if status is not None:
        query = query.where(*_STATUS_FILTER[status])
    if received_from is not None:
        query = query.where(col(CaseRow.received_on) >= received_from)
    if received_to is not None:
        query = query.where(col(CaseRow.received_on) <= received_to)
    if number is not None:
        query = query.where(col(CaseRow.case_number) == number)
    return session.exec(query).all()
