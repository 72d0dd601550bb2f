"""The dated clocks of cases, written anew with each version of their case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, delete, exists, insert, update
from sqlmodel import Session, col, select

from services.reconsideration.deadlines import RIGHTS
from services.reconsideration.domain import Clock, ClockState, next_due_on
from services.reconsideration.models import UNCOUNTED, CaseRow, ClockRow
from shared.kit.acting import visible
from shared.kit.rows import rows_changed

# A row outlives the day it was written on: what has not begun is kept as open, and its first day tells.
_KEPT_AS = {ClockState.WAITING: ClockState.OPEN}


def add(session: Session, cases: Iterable[tuple[UUID, str, Sequence[Clock]]]) -> None:
    """Insert the clocks of new cases: (case id, office, clocks)."""
    rows = [_row(case_id, office, clock) for case_id, office, running in cases for clock in running]
    if rows:
        session.execute(insert(ClockRow), rows)


def replace(session: Session, case_id: UUID, office: str, running: Sequence[Clock]) -> None:
    """All clocks follow from the case: the former rows go."""
    session.execute(delete(ClockRow).where(col(ClockRow.case_id) == case_id))
    add(session, [(case_id, office, running)])


def of(session: Session, case_id: UUID) -> Sequence[ClockRow]:
    """The clocks of one case in the order in which they began."""
    return session.exec(
        select(ClockRow)
        .where(ClockRow.case_id == case_id, visible(session, ClockRow.office))
        .order_by(col(ClockRow.started_on), col(ClockRow.kind), col(ClockRow.ordinal))
    ).all()


def uncounted(session: Session, *, limit: int) -> Sequence[CaseRow]:
    """The next cases of an earlier release whose clocks nobody has counted yet."""
    waiting = exists().where(UNCOUNTED.c.case_id == col(CaseRow.id))
    return session.exec(
        select(CaseRow)
        .where(waiting, visible(session, CaseRow.office))
        .order_by(col(CaseRow.id))
        .limit(limit)
    ).all()


def count(session: Session, cases: Sequence[tuple[UUID, str, Sequence[Clock]]]) -> None:
    """Keep the clocks of these cases, which follow from what is known: no case becomes another by it."""
    for case_id, office, running in cases:
        replace(session, case_id, office, running)
        session.execute(
            update(CaseRow).where(col(CaseRow.id) == case_id).values(next_due_on=next_due_on(running))
        )
    session.execute(delete(UNCOUNTED).where(UNCOUNTED.c.case_id.in_([case_id for case_id, _, _ in cases])))


Ends = Mapping[tuple[str, int], tuple[date | None, bool]]  # (kind, ordinal): last day, provisional


def ends(session: Session, case_id: UUID) -> Ends:
    """When the clocks of a case end as its rows say."""
    kept = session.execute(
        select(
            col(ClockRow.kind), col(ClockRow.ordinal), col(ClockRow.due_on), col(ClockRow.provisional)
        ).where(ClockRow.case_id == case_id, visible(session, ClockRow.office))
    )
    return {(row.kind, row.ordinal): (row.due_on, row.provisional) for row in kept}


def end_lapsed(session: Session, *, today: date) -> int:
    """Rights that lapsed before today, as their cases would say if they were saved now; a provisional day waits."""
    lapsed = _is_lapsed(session, today)
    return rows_changed(session, update(ClockRow).where(*lapsed).values(state=ClockState.ENDED.value))


def any_lapsed(session: Session, *, today: date) -> bool:
    return bool(session.execute(select(exists().where(*_is_lapsed(session, today)))).scalar_one())


def _is_lapsed(session: Session, today: date) -> tuple[ColumnElement[bool], ...]:
    return (
        visible(session, ClockRow.office),
        col(ClockRow.state) == ClockState.OPEN.value,
        col(ClockRow.rule).in_(sorted(RIGHTS)),
        col(ClockRow.due_on) < today,
        ~col(ClockRow.provisional),
    )


def _row(case_id: UUID, office: str, clock: Clock) -> dict[str, Any]:
    counted = clock.deadline
    return {
        "case_id": case_id,
        "office": office,
        "kind": clock.kind,
        "ordinal": clock.ordinal,
        "rule": counted.rule,
        "article": counted.article,
        "started_on": counted.start,
        "length": counted.length,
        "unit": counted.unit.value,
        "extension_days": counted.extension_days,
        "excluded_days": counted.excluded_days,
        "due_on": counted.due_on,
        "provisional": counted.provisional,
        "explanation": counted.explanation,
        "state": _KEPT_AS.get(clock.state, clock.state).value,
        "met_on": clock.met_on,
    }
