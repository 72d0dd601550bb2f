"""Who handles which case 承办人, by account, written with the case; the proceeding, being JSON, has no index for it."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from services.reconsideration.models import HandlerRow
from shared.kit.acting import visible


def add(session: Session, cases: Iterable[tuple[UUID, str, Sequence[str]]]) -> None:
    """Insert the handlers of new cases: (case id, office, accounts). Most have none yet, and cost no statement."""
    rows = [
        {"case_id": case_id, "office": office, "account": account}
        for case_id, office, accounts in cases
        for account in accounts
    ]
    if rows:
        session.execute(insert(HandlerRow), rows)


def replace(session: Session, case_id: UUID, office: str, accounts: Sequence[str]) -> None:
    session.execute(delete(HandlerRow).where(col(HandlerRow.case_id) == case_id))
    add(session, [(case_id, office, accounts)])


def handled_by(session: Session, account: str) -> Sequence[UUID]:
    """The cases of this account within the reach of whoever acts."""
    return session.exec(
        select(HandlerRow.case_id).where(HandlerRow.account == account, visible(session, HandlerRow.office))
    ).all()
