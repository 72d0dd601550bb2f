"""Every query of this service, and the one mapping between the domain and its rows."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, cast
from uuid import UUID

from sqlalchemy import and_, insert, or_
from sqlmodel import Session, col, select

from services.mediation.case import AGREED, Case
from services.mediation.models import (
    ONE_CASE_PER_NUMBER,
    ONE_ORGANISATION_PER_NAME,
    CaseRow,
    OrganisationRow,
)
from services.mediation.organisations import Organisation
from services.mediation.terms import (
    DisputeType,
    OrganisationStatus,
    OrganisationType,
    Outcome,
    Referral,
    Scope,
    Source,
    Status,
    TerminationReason,
)
from shared.kernel.errors import Conflict, NotFound
from shared.kit.acting import visible
from shared.kit.calendars import Stretch
from shared.kit.rows import within_reach, write_version
from shared.kit.uniqueness import unless_taken

_CLOSED_SETS: Mapping[str, type[StrEnum]] = {
    "scope": Scope,
    "source": Source,
    "referral": Referral,
    "dispute_type": DisputeType,
    "outcome": Outcome,
    "termination_reason": TerminationReason,
    "org_type": OrganisationType,
}
_CASE_FIELDS = tuple(field.name for field in fields(Case))
_ORGANISATION_FIELDS = tuple(field.name for field in fields(Organisation))
_LIVE = ~col(CaseRow.cancelled)
_HAS_AGREEMENT = col(CaseRow.outcome).in_(sorted(AGREED))
_STATUS_FILTER = {
    Status.REGISTERED: (_LIVE, col(CaseRow.accepted_on).is_(None), col(CaseRow.declined_on).is_(None)),
    Status.IN_MEDIATION: (_LIVE, col(CaseRow.accepted_on).is_not(None), col(CaseRow.closed_on).is_(None)),
    Status.AGREED: (_LIVE, _HAS_AGREEMENT, col(CaseRow.confirmed_on).is_(None)),
    Status.CONFIRMED: (_LIVE, col(CaseRow.confirmed_on).is_not(None)),
    Status.NOT_AGREED: (_LIVE, col(CaseRow.closed_on).is_not(None), ~_HAS_AGREEMENT),
    Status.DECLINED: (_LIVE, col(CaseRow.declined_on).is_not(None)),
    Status.CANCELLED: (col(CaseRow.cancelled),),
}
_ORGANISATION_STATUS_FILTER = {
    OrganisationStatus.STANDING: (
        ~col(OrganisationRow.cancelled),
        col(OrganisationRow.dissolved_on).is_(None),
    ),
    OrganisationStatus.DISSOLVED: (
        ~col(OrganisationRow.cancelled),
        col(OrganisationRow.dissolved_on).is_not(None),
    ),
    OrganisationStatus.CANCELLED: (col(OrganisationRow.cancelled),),
}


def to_domain(row: CaseRow) -> Case:
    return Case(**_values(row, _CASE_FIELDS))


def to_organisation(row: OrganisationRow) -> Organisation:
    return Organisation(**_values(row, _ORGANISATION_FIELDS))


def _values(row: CaseRow | OrganisationRow, names: Iterable[str]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in names:
        value = getattr(row, name)
        values[name] = _CLOSED_SETS[name](value) if value is not None and name in _CLOSED_SETS else value
    return values


def _columns(entry: Case | Organisation) -> dict[str, Any]:
    values = {name: getattr(entry, name) for name in entry.__slots__}
    return {name: value.value if isinstance(value, StrEnum) else value for name, value in values.items()}


def add(session: Session, cases: Iterable[tuple[UUID, Case]], *, now: datetime) -> None:
    rows = [{"id": id_, "version": 1, "recorded_at": now, **_columns(case)} for id_, case in cases]
    if rows:
        with unless_taken(ONE_CASE_PER_NUMBER, _number_taken):
            session.execute(insert(CaseRow), rows)


def add_organisations(
    session: Session, entries: Iterable[tuple[UUID, Organisation]], *, now: datetime
) -> None:
    rows = [{"id": id_, "version": 1, "recorded_at": now, **_columns(entry)} for id_, entry in entries]
    if rows:
        with unless_taken(ONE_ORGANISATION_PER_NAME, _name_taken):
            session.execute(insert(OrganisationRow), rows)


def load(session: Session, case_id: UUID) -> CaseRow:
    return within_reach(session, CaseRow, case_id, missing=_no_case)


def office_of(session: Session, case_id: UUID) -> str:
    """The office that keeps a case within the caller's scope; every other case is not found."""
    return load(session, case_id).office


def require_either(session: Session, id_: UUID) -> None:
    """A case or an entry of the register within the caller's scope."""
    try:
        load(session, id_)
    except NotFound:
        load_organisation(session, id_)


def load_for_update(session: Session, case_id: UUID) -> CaseRow:
    return within_reach(session, CaseRow, case_id, missing=_no_case, locked=True)


def load_organisation(session: Session, id_: UUID) -> OrganisationRow:
    return within_reach(session, OrganisationRow, id_, missing=_no_organisation)


def load_organisation_for_update(session: Session, id_: UUID) -> OrganisationRow:
    return within_reach(session, OrganisationRow, id_, missing=_no_organisation, locked=True)


def save(session: Session, case_id: UUID, case: Case, *, version: int) -> None:
    """Write the case as `version`; refuse when somebody else wrote that version first."""
    with unless_taken(ONE_CASE_PER_NUMBER, _number_taken):
        is_next = write_version(session, CaseRow, case_id, _columns(case), version=version)
    if not is_next:
        raise Conflict("mediation.changed_meanwhile", "此案刚被他人办理，请重新打开后再办。")


def save_organisation(session: Session, id_: UUID, organisation: Organisation, *, version: int) -> None:
    with unless_taken(ONE_ORGANISATION_PER_NAME, _name_taken):
        is_next = write_version(session, OrganisationRow, id_, _columns(organisation), version=version)
    if not is_next:
        raise Conflict("mediation.changed_meanwhile", "此组织刚被他人办理，请重新打开后再办。")


def due_within(session: Session, stretch: Stretch, *, limit: int) -> Sequence[CaseRow]:
    """The next cases of a stretch by due date, locked where they are to be changed."""
    due_on = col(CaseRow.due_on)
    query = select(CaseRow).where(
        ~col(CaseRow.cancelled),
        due_on >= stretch.first,
        due_on <= stretch.last,
        visible(session, CaseRow.office),
    )
    if stretch.place is not None:
        day, case_id = stretch.place
        query = query.where(or_(due_on > day, and_(due_on == day, col(CaseRow.id) > case_id)))
    query = query.order_by(due_on, col(CaseRow.id)).limit(limit)
    return session.exec(query if stretch.dry_run else query.with_for_update()).all()


def mark(row: CaseRow) -> str:
    """The bookmark behind this row of a stretch."""
    return Stretch.mark(cast("date", row.due_on), row.id)


def by_numbers(session: Session, numbers: Iterable[str]) -> Sequence[CaseRow]:
    """Live cases that bear one of these numbers, of whatever committee."""
    return session.exec(
        select(CaseRow).where(
            col(CaseRow.case_number).in_(set(numbers)), _LIVE, visible(session, CaseRow.office)
        )
    ).all()


def organisations_by_names(session: Session, names: Iterable[str]) -> Sequence[OrganisationRow]:
    """Live entries that bear one of these names, in whatever region."""
    return session.exec(
        select(OrganisationRow).where(
            col(OrganisationRow.name).in_(set(names)),
            ~col(OrganisationRow.cancelled),
            visible(session, OrganisationRow.office),
        )
    ).all()


def organisation_ids(session: Session, cases: Iterable[Case]) -> Mapping[tuple[str, str], UUID]:
    """The registered organisation of each (region, committee) that these cases name, where there is one.

    Asked whenever a case is shown, never stored: the register may be filled, corrected or cleared after the case.
    """
    names = {case.committee for case in cases if case.committee}
    if not names:
        return {}
    return {(row.region, row.name): row.id for row in organisations_by_names(session, names)}


def listed(
    session: Session,
    *,
    after: UUID | None,
    limit: int,
    regions: Iterable[str] | None = None,
    status: Status | None = None,
    registered_from: date | None = None,
    registered_to: date | None = None,
    closed_from: date | None = None,
    closed_to: date | None = None,
    number: str | None = None,
) -> Sequence[CaseRow]:
    """Up to `limit + 1` cases after `after` in order of filing; the extra one tells that there is more."""
    query = select(CaseRow).where(visible(session, CaseRow.office)).order_by(col(CaseRow.id)).limit(limit + 1)
    if after is not None:
        query = query.where(col(CaseRow.id) > after)
    if regions is not None:
        query = query.where(col(CaseRow.region).in_(list(regions)))
    if status is not None:
        query = query.where(*_STATUS_FILTER[status])
    if registered_from is not None:
        query = query.where(col(CaseRow.registered_on) >= registered_from)
    if registered_to is not None:
        query = query.where(col(CaseRow.registered_on) <= registered_to)
    if closed_from is not None:
        query = query.where(col(CaseRow.closed_on) >= closed_from)
    if closed_to is not None:
        query = query.where(col(CaseRow.closed_on) <= closed_to)
    if number is not None:
        query = query.where(col(CaseRow.case_number) == number)
    return session.exec(query).all()


def organisations_listed(
    session: Session,
    *,
    after: UUID | None,
    limit: int,
    regions: Iterable[str] | None = None,
    status: OrganisationStatus | None = None,
    org_type: OrganisationType | None = None,
    active_on: date | None = None,
    name: str | None = None,
) -> Sequence[OrganisationRow]:
    """The same for the register. On the day of its dissolution an organisation no longer counts as active."""
    mine = visible(session, OrganisationRow.office)
    query = select(OrganisationRow).where(mine).order_by(col(OrganisationRow.id)).limit(limit + 1)
    if after is not None:
        query = query.where(col(OrganisationRow.id) > after)
    if regions is not None:
        query = query.where(col(OrganisationRow.region).in_(list(regions)))
    if status is not None:
        query = query.where(*_ORGANISATION_STATUS_FILTER[status])
    if org_type is not None:
        query = query.where(col(OrganisationRow.org_type) == org_type.value)
    if active_on is not None:
        founded, dissolved = col(OrganisationRow.established_on), col(OrganisationRow.dissolved_on)
        query = query.where(
            ~col(OrganisationRow.cancelled),
            or_(founded.is_(None), founded <= active_on),
            or_(dissolved.is_(None), dissolved > active_on),
        )
    if name is not None:
        query = query.where(col(OrganisationRow.name) == name)
    return session.exec(query).all()


def _number_taken() -> Conflict:
    return Conflict(
        "mediation.number_taken", "该调解组织已有这个案号的案件，请核对案号。", field="case_number"
    )


def _name_taken() -> Conflict:
    return Conflict("mediation.name_taken", "该地区名册里已有这个名称的组织，请核对名称。", field="name")


def _no_case() -> NotFound:
    return NotFound("mediation.not_found", "没有这件调解案件。")


def _no_organisation() -> NotFound:
    return NotFound("mediation.organisation_not_found", "名册里没有这个调解组织。")
