"""The dated clocks of cases, written anew with each version of their case."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from services.reconsideration.domain import Clock
from services.reconsideration.models import ClockRow
from shared.kit.acting import visible


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


Ends = Mapping[tuple[str, int], tuple[date | None, bool]]  # (kind, ordinal): last day, provisional


def ends(session: Session, case_id: UUID) -> Ends:
    """When the clocks of a case end as its rows say."""
    kept = session.execute(
        select(
            col(ClockRow.kind), col(ClockRow.ordinal), col(ClockRow.due_on), col(ClockRow.provisional)
        ).where(ClockRow.case_id == case_id, visible(session, ClockRow.office))
    )
    return {(row.kind, row.ordinal): (row.due_on, row.provisional) for row in kept}


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
        "state": clock.state.value,
        "met_on": clock.met_on,
    }
