"""Rows with a version and an office, as every repository finds and writes them."""

from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar
from uuid import UUID

from sqlalchemy import CursorResult, Delete, Update, update
from sqlmodel import Session, col, select

from shared.kernel.errors import NotFound
from shared.kit.acting import visible


class Versioned(Protocol):
    id: UUID
    version: int
    office: str


Row = TypeVar("Row", bound=Versioned)


def within_reach(
    session: Session, rows: type[Row], id_: UUID, *, missing: Callable[[], NotFound], locked: bool = False
) -> Row:
    """The row with this id, if whoever acts may know of it.

    `locked` until the transaction ends (PostgreSQL); SQLite has one writer at a time anyway.

    Raises:
        NotFound: as `missing` words it, whether the row is another office's or does not exist
    """
    query = select(rows).where(col(rows.id) == id_, visible(session, rows.office))
    row = session.exec(query.with_for_update() if locked else query).first()
    if row is None:
        raise missing()
    return row


def write_version(
    session: Session, rows: type[Row], id_: UUID, values: Mapping[str, Any], *, version: int
) -> bool:
    """Write the values as `version`; False when somebody else wrote that version first."""
    following = (
        update(rows)
        .where(col(rows.id) == id_, col(rows.version) == version - 1)
        .values(version=version, **values)
    )
    return rows_changed(session, following) == 1


def rows_changed(session: Session, statement: Update | Delete) -> int:
    changed = session.execute(statement)
    assert isinstance(changed, CursorResult)
    return changed.rowcount
