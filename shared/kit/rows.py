"""Rows of the books, as every repository writes them."""

from sqlalchemy import CursorResult, Delete, Update
from sqlmodel import Session


def rows_changed(session: Session, statement: Update | Delete) -> int:
    changed = session.execute(statement)
    assert isinstance(changed, CursorResult)
    return changed.rowcount
