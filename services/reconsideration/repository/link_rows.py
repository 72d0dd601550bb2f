"""The other cases that cases name, written with them, and the cases that name another one."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from services.reconsideration.domain.proceeding import Link
from services.reconsideration.models import LinkRow
from shared.kit.acting import visible


def add(session: Session, cases: Iterable[tuple[UUID, str, Sequence[Link]]]) -> None:
    """Insert what new cases name: (case id, office, links). Most name none, and cost no statement."""
    rows = [
        {"case_id": case_id, "office": office, "service": link.service.value, "linked_id": link.case_id}
        for case_id, office, links in cases
        for link in links
    ]
    if rows:
        session.execute(insert(LinkRow), rows)


def replace(session: Session, case_id: UUID, office: str, links: Sequence[Link]) -> None:
    session.execute(delete(LinkRow).where(col(LinkRow.case_id) == case_id))
    add(session, [(case_id, office, links)])


def naming(session: Session, named: Link) -> Sequence[UUID]:
    """The cases within the reach of whoever acts that name this one."""
    return session.exec(
        select(LinkRow.case_id).where(
            LinkRow.linked_id == named.case_id,
            LinkRow.service == named.service.value,
            visible(session, LinkRow.office),
        )
    ).all()
