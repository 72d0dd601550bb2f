"""The case as it was before its last step, kept sealed for the minutes in which the step can be taken back."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import TypeAdapter
from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from services.reconsideration.domain import Case
from services.reconsideration.models import VAULT, FormerRow
from services.reconsideration.repository.stored import with_typed_links
from services.reconsideration.terms import Step

_CASE = TypeAdapter(Case)
_TABLE, _COLUMN = "former", "content"


def keep(
    session: Session, case_id: UUID, former: Case, *, version: int, step: Step, by: str, now: datetime
) -> None:
    """Keep what the case was before `step` made it `version`; only the last step can be taken back."""
    forget(session, case_id)
    key = VAULT.open_keys(session, [case_id]).get(case_id)
    if key is None or key.erased:
        return
    values: dict[str, Any] = {
        "case_id": case_id,
        "version": version,
        "step": step.value,
        "taken_by": by,
        "content": key.seal(
            table=_TABLE, column=_COLUMN, row=case_id, value=_CASE.dump_json(former).decode()
        ),
        "recorded_at": now,
    }
    session.execute(insert(FormerRow).values(values))


def last(session: Session, case_id: UUID) -> tuple[FormerRow, Case] | None:
    """The last step of the case with what was before it; None when there is nothing to take back."""
    row = session.exec(select(FormerRow).where(FormerRow.case_id == case_id)).first()
    if row is None:
        return None
    key = VAULT.open_keys(session, [case_id]).get(case_id)
    plain = None if key is None else key.unseal(table=_TABLE, column=_COLUMN, row=case_id, sealed=row.content)
    return None if plain is None else (row, _read(plain))


def _read(plain: str) -> Case:
    told = orjson.loads(plain)
    told["proceeding"] = with_typed_links(told["proceeding"])
    return _CASE.validate_json(orjson.dumps(told))


def forget(session: Session, case_id: UUID) -> None:
    session.execute(delete(FormerRow).where(col(FormerRow.case_id) == case_id))
