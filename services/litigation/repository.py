"""Every query of this service, and the one mapping between Case and row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import insert
from sqlmodel import Session, col, select

from services.litigation.appearance import Hearing
from services.litigation.domain import Case
from services.litigation.models import ONE_LIVE_UNIT, CaseRow
from services.litigation.terms import Appearance, Instance, Result, Status
from shared.kernel.errors import Conflict, NotFound
from shared.kit.acting import visible
from shared.kit.rows import within_reach, write_version
from shared.kit.uniqueness import unless_taken

Unit = tuple[str, str, str, str]  # court, case number, instance, organ; empty where unknown

_CLOSED_SETS: Mapping[str, type[StrEnum]] = {"instance": Instance, "result": Result}
_NEVER_NULL = frozenset({"court", "organ"})
_FIELDS = tuple(field.name for field in fields(Case))
_LIVE = ~col(CaseRow.cancelled)
_STATUS_FILTER = {
    Status.NOTIFIED: (col(CaseRow.first_heard_on).is_(None), col(CaseRow.closed_on).is_(None), _LIVE),
    Status.HEARD: (col(CaseRow.first_heard_on).is_not(None), col(CaseRow.closed_on).is_(None), _LIVE),
    Status.CLOSED: (col(CaseRow.closed_on).is_not(None), col(CaseRow.performed_on).is_(None), _LIVE),
    Status.PERFORMED: (col(CaseRow.performed_on).is_not(None), _LIVE),
    Status.CANCELLED: (col(CaseRow.cancelled),),
}


def unit_of(case: Case) -> Unit:
    """What makes two cases the same unit."""
    return case.court or "", case.case_number, case.instance.value, case.organ or ""


def to_domain(row: CaseRow) -> Case:
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(row, name)
        if name == "hearings":
            value = tuple(_hearing(entry) for entry in value)
        elif name in _NEVER_NULL:
            value = value or None
        elif value is not None and name in _CLOSED_SETS:
            value = _CLOSED_SETS[name](value)
        values[name] = value
    return Case(**values)


def _hearing(entry: Mapping[str, Any]) -> Hearing:
    named = dict(entry)
    on, appearance = date.fromisoformat(named.pop("on")), Appearance(named.pop("appearance"))
    return Hearing(on=on, appearance=appearance, **named)


def _columns(case: Case) -> dict[str, Any]:
    values: dict[str, Any] = {"first_heard_on": case.first_heard_on}
    for name in _FIELDS:
        value = getattr(case, name)
        if name == "hearings":
            value = [
                {**asdict(hearing), "on": hearing.on.isoformat(), "appearance": hearing.appearance.value}
                for hearing in value
            ]
        elif name in _NEVER_NULL:
            value = value or ""
        elif isinstance(value, StrEnum):
            value = value.value
        values[name] = value
    return values


def add(session: Session, cases: Iterable[tuple[UUID, Case]], *, now: datetime) -> None:
    rows = [{"id": id_, "version": 1, "recorded_at": now, **_columns(case)} for id_, case in cases]
    if rows:
        with unless_taken(ONE_LIVE_UNIT, _unit_taken):
            session.execute(insert(CaseRow), rows)


def load(session: Session, case_id: UUID) -> CaseRow:
    return within_reach(session, CaseRow, case_id, missing=_no_case)


def office_of(session: Session, case_id: UUID) -> str:
    """The office that keeps a case within the caller's scope; every other case is not found."""
    return load(session, case_id).office


def load_for_update(session: Session, case_id: UUID) -> CaseRow:
    return within_reach(session, CaseRow, case_id, missing=_no_case, locked=True)


def save(session: Session, case_id: UUID, case: Case, *, version: int) -> None:
    """Write the case as `version`; refuse when somebody else wrote that version first."""
    with unless_taken(ONE_LIVE_UNIT, _unit_taken):
        is_next = write_version(session, CaseRow, case_id, _columns(case), version=version)
    if not is_next:
        raise Conflict("litigation.changed_meanwhile", "此案刚被他人办理，请重新打开后再办。")


def by_numbers(session: Session, numbers: Iterable[str]) -> Sequence[CaseRow]:
    """Live cases that bear one of these numbers, of whatever court, instance and organ."""
    return session.exec(
        select(CaseRow).where(
            col(CaseRow.case_number).in_(set(numbers)),
            ~col(CaseRow.cancelled),
            visible(session, CaseRow.office),
        )
    ).all()


def listed(
    session: Session,
    *,
    after: UUID | None,
    limit: int,
    regions: Iterable[str] | None = None,
    status: Status | None = None,
    instance: Instance | None = None,
    heard_from: date | None = None,
    heard_to: date | None = None,
    number: str | None = None,
    reconsideration_case: UUID | None = None,
) -> Sequence[CaseRow]:
    """Up to `limit + 1` cases after `after` in order of filing; the extra one tells that there is more.

    `heard_from` and `heard_to` speak of the first hearing, on which a unit enters the appearance rate (IND-AL-1).
    """
    query = select(CaseRow).where(visible(session, CaseRow.office)).order_by(col(CaseRow.id)).limit(limit + 1)
    if after is not None:
        query = query.where(col(CaseRow.id) > after)
    if regions is not None:
        query = query.where(col(CaseRow.region).in_(list(regions)))
    if status is not None:
        query = query.where(*_STATUS_FILTER[status])
    if instance is not None:
        query = query.where(col(CaseRow.instance) == instance.value)
    if heard_from is not None:
        query = query.where(col(CaseRow.first_heard_on) >= heard_from)
    if heard_to is not None:
        query = query.where(col(CaseRow.first_heard_on) <= heard_to)
    if number is not None:
        query = query.where(col(CaseRow.case_number) == number)
    if reconsideration_case is not None:
        query = query.where(col(CaseRow.reconsideration_case) == reconsideration_case)
    return session.exec(query).all()


def _no_case() -> NotFound:
    return NotFound("litigation.not_found", "没有这件应诉案件。")


def _unit_taken() -> Conflict:
    return Conflict(
        "litigation.unit_taken",
        "系统里已有同一法院、案号、审级和机关的案件，请核对。",
        field="case_number",
    )
