"""A unique index as the last word between two who want the same at once, on both databases.

Looking first is not enough: both may look before either has written.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import CursorResult, Index
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session

from shared.kernel.errors import Conflict


def insert_unless_taken(session: Session, rows: Sequence[Mapping[str, Any]], index: Index) -> bool:
    """Insert the rows into the table of `index`; False when it holds one of them already.

    Whoever is writing the same in an open transaction is waited for. The transaction stays usable; where False is
    answered for several rows, the others are in.
    """
    assert index.table is not None
    name = session.get_bind().dialect.name
    insert = (postgresql if name == "postgresql" else sqlite).insert(index.table)
    statement = insert.on_conflict_do_nothing(
        index_elements=list(index.columns), index_where=index.dialect_options[name]["where"]
    )
    inserted = session.execute(statement, rows, execution_options={"preserve_rowcount": True})
    assert isinstance(inserted, CursorResult)
    return inserted.rowcount == len(rows)


@contextmanager
def unless_taken(index: Index, refusal: Callable[[], Conflict]) -> Iterator[None]:
    """Whoever writes here what another has in `index` is told so by `refusal`; the transaction must be given up."""
    try:
        yield
    except IntegrityError as failure:
        if refused_by(failure, index):
            raise refusal() from None
        raise


def refused_by(failure: IntegrityError, index: Index) -> bool:
    """Whether this index is what refused a change."""
    diagnosis = getattr(failure.orig, "diag", None)
    if diagnosis is not None:
        return bool(diagnosis.constraint_name == index.name)
    columns = ", ".join(f"{column.table.name}.{column.name}" for column in index.columns)
    return str(failure.orig) == f"UNIQUE constraint failed: {columns}"
