"""Who is signed in, and who tries to."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, case, delete, insert, literal, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col, or_, select

from services.identity.domain import (
    DELAYS,
    FORGOTTEN_AFTER,
    FREE_FAILURES,
    KEPT_AFTER_END,
    SessionLife,
    wait_after,
)
from services.identity.models import (
    AccountRow,
    AttemptRow,
    CredentialRow,
    GrantRow,
    OfficeVersionRow,
    SecondFactorRow,
    SessionRow,
)
from services.identity.repository.accounts import to_grant
from services.identity.terms import SessionKind
from shared.contracts.identity import Grant
from shared.kit.database import Database, UtcDateTime
from shared.kit.rows import rows_changed


@dataclass(frozen=True, slots=True)
class FoundSession:
    """A session with what decides how far it reaches."""

    id: UUID
    account_id: UUID
    kind: SessionKind
    strong: bool
    csrf: str | None
    life: SessionLife
    disabled: bool
    must_change_password: bool
    enrolled: bool
    grants: tuple[Grant, ...]
    offices_version: int


# Asked at every request: one statement for all that the door must know, built once. A row for each grant, and one
# for an account without any.
_TOLD: tuple[Any, ...] = (
    *(col(SessionRow.id), SessionRow.account_id, SessionRow.kind, SessionRow.strong, SessionRow.csrf),
    *(SessionRow.created_at, SessionRow.last_seen_at, SessionRow.ended_at),
    col(AccountRow.disabled_at).is_not(None).label("disabled"),
    CredentialRow.must_change,
    SecondFactorRow.confirmed_at,
    *(GrantRow.role, GrantRow.office),
    select(OfficeVersionRow.version).scalar_subquery().label("offices_version"),
)
_FOUND = (
    select(*_TOLD)
    .join(AccountRow, col(AccountRow.id) == col(SessionRow.account_id))
    .join(CredentialRow, col(CredentialRow.account_id) == col(SessionRow.account_id), isouter=True)
    .join(SecondFactorRow, col(SecondFactorRow.account_id) == col(SessionRow.account_id), isouter=True)
    .join(GrantRow, col(GrantRow.account_id) == col(SessionRow.account_id), isouter=True)
    .where(col(SessionRow.token_digest) == bindparam("token_digest"))
    .order_by(col(GrantRow.id))
)


def find(database: Database, token_digest: str) -> FoundSession | None:
    """The session of a token with the grants of its account and the version of the offices, all of one moment."""
    rows = database.ask(_FOUND, {"token_digest": token_digest})
    if not rows:
        return None
    row = rows[0]
    return FoundSession(
        id=row.id,
        account_id=row.account_id,
        kind=SessionKind(row.kind),
        strong=row.strong,
        csrf=row.csrf,
        life=SessionLife(row.created_at, row.last_seen_at, row.ended_at),
        disabled=row.disabled,
        must_change_password=bool(row.must_change),
        enrolled=row.confirmed_at is not None,
        grants=tuple(to_grant(each.role, each.office) for each in rows if each.role is not None),
        offices_version=row.offices_version,
    )


def to_life(row: SessionRow) -> SessionLife:
    return SessionLife(row.created_at, row.last_seen_at, row.ended_at)


def add(session: Session, row: SessionRow) -> None:
    session.execute(insert(SessionRow).values(**row.model_dump()))


def see(session: Session, session_id: UUID, now: datetime, *, not_since: datetime) -> None:
    """Note that it is in use, unless another request has noted that since."""
    session.execute(
        update(SessionRow)
        .where(col(SessionRow.id) == session_id, col(SessionRow.last_seen_at) <= not_since)
        .values(last_seen_at=now)
    )


def open_ones(session: Session, account_id: UUID) -> Sequence[SessionRow]:
    """Not ended; some of them may have run out."""
    query = select(SessionRow).where(
        col(SessionRow.account_id) == account_id, col(SessionRow.ended_at).is_(None)
    )
    return session.exec(query.order_by(col(SessionRow.id))).all()


def end(session: Session, account_id: UUID, session_id: UUID | None, now: datetime) -> int:
    """End one session of the account, or all of them; how many were open."""
    change = update(SessionRow).where(
        col(SessionRow.account_id) == account_id, col(SessionRow.ended_at).is_(None)
    )
    if session_id is not None:
        change = change.where(col(SessionRow.id) == session_id)
    return rows_changed(session, change.values(ended_at=now))


def claim(session: Session, key: str, now: datetime) -> datetime | None:
    """Take one attempt, counted as a failure until it proves to be none; None when it is taken.

    One statement, so that of many who try at the same moment only as many get through as may. Otherwise the
    instant from which the next attempt is open.
    """
    forgotten = col(AttemptRow.last_at) < now - FORGOTTEN_AFTER
    session.execute(delete(AttemptRow).where(col(AttemptRow.key) == key, forgotten))
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    failures = col(AttemptRow.failures) + 1
    counts = range(1, FREE_FAILURES + len(DELAYS))
    open_at = case(
        *((failures == count, literal(now + wait_after(count), UtcDateTime)) for count in counts),
        else_=literal(now + wait_after(counts.stop), UtcDateTime),
    )
    taken = session.execute(
        dialect.insert(AttemptRow)
        .values(key=key, failures=1, open_at=now + wait_after(1), last_at=now)
        .on_conflict_do_update(
            index_elements=["key"],
            set_={"failures": failures, "open_at": open_at, "last_at": now},
            where=col(AttemptRow.open_at) <= now,
        )
        .returning(AttemptRow.key)
    ).first()
    if taken is not None:
        return None
    locked_until = session.exec(select(AttemptRow.open_at).where(col(AttemptRow.key) == key)).first()
    return locked_until or now  # somebody who got in has just forgiven it: still one attempt at a time


def forgive(session: Session, key: str) -> None:
    session.execute(delete(AttemptRow).where(col(AttemptRow.key) == key))


def tidy(session: Session, now: datetime) -> None:
    """Forget old failures, and sessions that ended long ago or that nobody will use again."""
    session.execute(delete(AttemptRow).where(col(AttemptRow.last_at) < now - FORGOTTEN_AFTER))
    old = now - KEPT_AFTER_END
    session.execute(
        delete(SessionRow).where(or_(col(SessionRow.ended_at) < old, col(SessionRow.created_at) < old))
    )
