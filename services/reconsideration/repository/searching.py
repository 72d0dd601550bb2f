"""What the books know of other cases: the same applicant on the same act, and reviews that have run out."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import true
from sqlmodel import Session, col, select

from services.reconsideration.domain import Case
from services.reconsideration.domain.taking_part import Registered, TakesPart
from services.reconsideration.models import AUDIT, PARTIES, CaseRow, ClockRow
from services.reconsideration.terms import PartyRole, Status
from shared.kit.acting import visible

# What was refused, abandoned or given back was never accepted; what is void or only waits elsewhere neither.
_NO_BAR = (Status.NOT_ACCEPTED.value, Status.CANCELLED.value, Status.DRAFT.value)


def same_application(session: Session, case_id: UUID, case: Case) -> Sequence[CaseRow]:
    """Other accepted cases of one of the same applicants on the same act (ARL 30(1)(七)), by blind index.

    Withdrawn ones are among them: whether they bar another is for the law to say (ARL 74(2)).
    """
    if case.application.act_number is None:
        return ()
    party = PARTIES.table
    own = select(party.c.id_blind).where(
        party.c.case_id == case_id, party.c.role == PartyRole.APPLICANT.value, party.c.id_blind.is_not(None)
    )
    theirs = select(party.c.case_id).where(
        party.c.role == PartyRole.APPLICANT.value, party.c.id_blind.in_(own), party.c.case_id != case_id
    )
    return session.exec(
        select(CaseRow).where(
            visible(session, CaseRow.office),
            CaseRow.act_number == case.application.act_number,
            CaseRow.office == case.office,
            col(CaseRow.accepted_on).is_not(None),
            col(CaseRow.status).not_in(_NO_BAR),
            col(CaseRow.id).in_(theirs),
        )
    ).all()


def registered(session: Session, case_id: UUID) -> Registered:
    """Who takes part, without a word of who they are; the caller may see the case."""
    acting = PARTIES.acting(session, case_id)
    return {
        party_id: TakesPart(
            PartyRole(role),
            frozenset(each.party_id for each in acting.get(party_id, ()) if each.is_in_force),
        )
        for party_id, role in PARTIES.roles(session, case_id).items()
        if party_id not in acting or any(each.is_in_force for each in acting[party_id])
    }


def review_expired(
    session: Session, *, today: date, quiet_since: datetime, after: UUID | None, limit: int
) -> Sequence[UUID]:
    """Cases whose acceptance review ended before today without an answer (ARL 30(3)).

    A case that was touched after `quiet_since` is left to its clerk: acts of earlier days may be entered just now.
    Provisional due dates wait for their calendar (CAL-11).
    """
    return session.exec(
        select(CaseRow.id)
        .join(ClockRow, col(ClockRow.case_id) == col(CaseRow.id))
        .where(
            visible(session, CaseRow.office),
            CaseRow.status == Status.RECEIVED.value,
            ClockRow.kind == "review",
            ClockRow.state == "open",
            col(ClockRow.due_on) < today,
            ~col(ClockRow.provisional),
            col(CaseRow.changed_at) < quiet_since,
            true() if after is None else col(CaseRow.id) > after,
        )
        .order_by(col(CaseRow.id))
        .limit(limit)
    ).all()


def taken_by(session: Session, case_id: UUID) -> Mapping[int, str]:
    """Who made each version of a case, from the audit trail; the caller has made sure that the case may be seen."""
    audit = AUDIT.audit.c
    rows = session.execute(
        select(audit.version, audit.actor).where(
            audit.object_id == str(case_id), audit.version.is_not(None), audit.outcome == "done"
        )
    )
    return {row.version: row.actor for row in rows}
