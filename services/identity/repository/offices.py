"""The tree of offices and its version. Whoever changes it holds the version row until the change is committed."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import insert, update
from sqlmodel import Session, col, select

from services.identity.models import OfficeRow, OfficeVersionRow
from shared.contracts.identity import Office, OfficeKind
from shared.kernel.errors import NotFound
from shared.kit.database import Database

# Built once: it is asked at every request.
_VERSION = select(OfficeVersionRow.version)


def to_office(row: OfficeRow) -> Office:
    return Office(
        code=row.code,
        name=row.name,
        kind=OfficeKind(row.kind),
        region=row.region,
        parent=row.parent,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
    )


def _columns(office: Office) -> dict[str, Any]:
    return {**office.model_dump(), "kind": office.kind.value}


def version(session: Session) -> int:
    return session.exec(_VERSION).one()


def present_version(database: Database) -> int:
    """The version of this moment, outside of any transaction."""
    ((found,),) = database.ask(_VERSION)
    return int(found)


def begin_change(session: Session) -> None:
    """Count a change of the offices; others who change them wait until this transaction ends.

    First of all in a transaction: what is then read cannot be changed by another any more.
    """
    session.execute(update(OfficeVersionRow).values(version=OfficeVersionRow.version + 1))


def every(session: Session) -> Mapping[str, Office]:
    rows = session.exec(select(OfficeRow).order_by(col(OfficeRow.code))).all()
    return {row.code: to_office(row) for row in rows}


def get(session: Session, code: str) -> Office | None:
    row = session.get(OfficeRow, code)
    return None if row is None else to_office(row)


def load(session: Session, code: str) -> Office:
    """
    Raises:
        NotFound: `identity.office_not_found`
    """
    found = get(session, code)
    if found is None:
        raise NotFound("identity.office_not_found", "没有这个机构。")
    return found


def add(session: Session, offices: Sequence[Office]) -> None:
    """Parents before what stands below them."""
    if offices:
        session.execute(insert(OfficeRow), [_columns(office) for office in offices])


def save(session: Session, office: Office) -> None:
    session.execute(update(OfficeRow).where(col(OfficeRow.code) == office.code).values(**_columns(office)))


def names_of(session: Session, codes: Iterable[str]) -> Mapping[str, str]:
    query = select(OfficeRow.code, OfficeRow.name).where(col(OfficeRow.code).in_(set(codes)))
    return dict(session.exec(query).all())


def existing(session: Session, codes: Iterable[str]) -> frozenset[str]:
    return frozenset(names_of(session, codes))


def known_on(session: Session, code: str, day: date) -> bool:
    office = get(session, code)
    return office is not None and office.exists_on(day)
