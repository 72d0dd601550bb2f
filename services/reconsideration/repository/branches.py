"""Lists over many offices: the first rows of each office's own index, merged, so that no list reads whole books."""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    Uuid,
    cast,
    func,
    literal_column,
    select,
    true,
)
from sqlmodel import Session

# One part of a list: what its rows have in common, by column, such as {"office": …, "status": …}. All parts of a
# list name the same columns, the first ones of an index that goes on in the list's order.
Branch = Mapping[str, str]
# Conditions on the rows of a table; the second argument has the `office` that tells whether they may be seen.
Conditions = Callable[[FromClause, FromClause], Sequence[ColumnElement[bool]]]


def is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def merged(
    session: Session,
    table: Table,
    branches: Sequence[Branch],
    where: Conditions,
    *,
    order: Sequence[str],
    shown: Sequence[str],
    each: int,
) -> Select[Any]:
    """The columns `shown` of the first `each` rows, by `order`, of every branch; the whole is not in order yet."""
    part = table.alias("part")
    if len(branches) == 1:
        own = [part.c[name] == value for name, value in branches[0].items()]
        ordered = [part.c[name] for name in order]
        rows = select(*(part.c[name] for name in shown)).where(*own, *where(part, part))
        return select(*rows.order_by(*ordered).limit(each).subquery("picked").c)
    branch = told(session, branches)
    # Whose offices may be seen is asked of each branch: beside `office = …` a list of offices would make
    # PostgreSQL expect few rows, and sort a whole book for its first ones.
    owner = branch if "office" in branches[0] else part
    conditions = [*(part.c[name] == branch.c[name] for name in branches[0]), *where(part, owner)]
    if is_sqlite(session):
        # SQLite knows no LATERAL, but an IN that depends on the row before it; every index holds the rowid.
        whole = table.alias("whole")
        first: Select[Any] = select(literal_column("part.rowid")).select_from(part).where(*conditions)
        picked = first.order_by(*(part.c[name] for name in order)).limit(each).correlate(branch)
        joined = literal_column("whole.rowid").in_(picked)
        return select(*(whole.c[name] for name in shown)).select_from(branch).join(whole, joined)
    lateral = (
        select(*(part.c[name] for name in shown))
        .where(*conditions)
        .order_by(*(part.c[name] for name in order))
        .limit(each)
        .lateral("picked")
    )
    return select(*lateral.c).select_from(branch).join(lateral, true())


def told(session: Session, branches: Sequence[Branch]) -> FromClause:
    """The branches as a table, sent as one parameter, or as one for each column."""
    names = tuple(branches[0])
    if is_sqlite(session):
        sent = json.dumps([[branch[name] for name in names] for branch in branches])
        each = func.json_each(sent).table_valued("value", name="branch")
        columns = [
            func.json_extract(each.c.value, f"$[{place}]").label(name) for place, name in enumerate(names)
        ]
        return select(*columns).subquery("told")
    sent_columns = [cast([branch[name] for branch in branches], ARRAY(Text)) for name in names]
    return func.unnest(*sent_columns).table_valued(*names).render_derived(name="told")


def tested(session: Session, column: ColumnElement[Any]) -> Any:
    """The column as a condition that SQLite must not choose an index for."""
    return literal_column(f"+{column}") if is_sqlite(session) else column


def among(session: Session, column: ColumnElement[UUID], ids: Collection[UUID]) -> ColumnElement[bool]:
    """Whether the column is one of many ids, as one parameter."""
    if is_sqlite(session):
        sent = func.json_each(json.dumps([each.hex for each in ids])).table_valued("value", name="wanted")
        return column.in_(select(sent.c.value))
    return column == func.any(cast(list(ids), ARRAY(Uuid)))
