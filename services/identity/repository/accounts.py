"""Accounts, what they may do, and what they sign in with."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from services.identity.domain import Account
from services.identity.models import (
    AccountRow,
    CredentialRow,
    ExternalIdentityRow,
    GrantRow,
    SecondFactorRow,
)
from services.identity.terms import AccountKind
from shared.contracts.identity import EVERY_OFFICE, Grant, Role
from shared.kernel.errors import Conflict, NotFound
from shared.kit.rows import rows_changed

_DUPLICATE = {"23505", "SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY"}  # of PostgreSQL and SQLite


@dataclass(frozen=True, slots=True)
class SignInFacts:
    """What is needed to look at a password. `password_hash` is None for an account that has none."""

    account_id: UUID
    login: str
    password_hash: str | None


@dataclass(frozen=True, slots=True)
class Factor:
    """`secret` is sealed; `confirmed` once a code of it was shown."""

    secret: bytes
    last_step: int
    confirmed: bool


def to_account(row: AccountRow) -> Account:
    return Account(login=row.login, kind=AccountKind(row.kind), name=row.name, disabled_at=row.disabled_at)


def add(session: Session, account_id: UUID, account: Account, *, now: datetime) -> None:
    """
    Raises:
        Conflict: `identity.login_taken`
    """
    with _unique("identity.login_taken", "这个登录名已有人使用，请换一个。", field="login"):
        session.execute(
            insert(AccountRow).values(
                id=account_id,
                login=account.login,
                kind=account.kind.value,
                name=account.name,
                disabled_at=None,
                recorded_at=now,
            )
        )


def load(session: Session, account_id: UUID) -> AccountRow:
    """
    Raises:
        NotFound: `identity.account_not_found`
    """
    row = session.get(AccountRow, account_id)
    if row is None:
        raise _no_account()
    return row


def load_for_update(session: Session, account_id: UUID) -> AccountRow:
    """The row, locked until the transaction ends: whoever signs in or is granted something meanwhile waits."""
    query = select(AccountRow).where(col(AccountRow.id) == account_id).with_for_update()
    row = session.exec(query).first()
    if row is None:
        raise _no_account()
    return row


def by_login(session: Session, login: str) -> AccountRow | None:
    return session.exec(select(AccountRow).where(col(AccountRow.login) == login)).first()


def listed(session: Session, *, after: UUID | None, limit: int) -> Sequence[AccountRow]:
    """Up to `limit + 1` accounts in order of their creation; the extra one tells that there is more."""
    query = select(AccountRow).order_by(col(AccountRow.id)).limit(limit + 1)
    if after is not None:
        query = query.where(col(AccountRow.id) > after)
    return session.exec(query).all()


def of_kind(session: Session, kind: AccountKind) -> int:
    return session.exec(select(func.count()).where(col(AccountRow.kind) == kind.value)).one()


def set_disabled(session: Session, account_id: UUID, disabled_at: datetime | None) -> None:
    session.execute(
        update(AccountRow).where(col(AccountRow.id) == account_id).values(disabled_at=disabled_at)
    )


def grants_of(session: Session, account_id: UUID) -> tuple[Grant, ...]:
    rows = session.exec(
        select(GrantRow).where(col(GrantRow.account_id) == account_id).order_by(col(GrantRow.id))
    ).all()
    return tuple(_to_grant(row) for row in rows)


def grants_of_all(session: Session, accounts: Sequence[UUID]) -> Mapping[UUID, Sequence[tuple[UUID, Grant]]]:
    """Every grant of these accounts with its own id."""
    query = select(GrantRow).where(col(GrantRow.account_id).in_(accounts)).order_by(col(GrantRow.id))
    found: dict[UUID, list[tuple[UUID, Grant]]] = {account: [] for account in accounts}
    for row in session.exec(query).all():
        found[row.account_id].append((row.id, _to_grant(row)))
    return found


def _to_grant(row: GrantRow) -> Grant:
    return to_grant(row.role, row.office)


def to_grant(role: str, office: str | None) -> Grant:
    return Grant(role=Role(role), office=office or EVERY_OFFICE)


def give(
    session: Session, grant_id: UUID, account_id: UUID, kind: AccountKind, grant: Grant, *, now: datetime
) -> None:
    """
    Raises:
        Conflict: `identity.granted_already`
    """
    with _unique("identity.granted_already", "这个账户已有这个角色。", field="role"):
        session.execute(
            insert(GrantRow).values(
                id=grant_id,
                account_id=account_id,
                account_kind=kind.value,
                role=grant.role.value,
                office=None if grant.office == EVERY_OFFICE else grant.office,
                recorded_at=now,
            )
        )


def grant_of(session: Session, account_id: UUID, grant_id: UUID) -> Grant:
    """
    Raises:
        NotFound: `identity.grant_not_found`
    """
    row = session.get(GrantRow, grant_id)
    if row is None or row.account_id != account_id:
        raise _no_grant()
    return _to_grant(row)


def take(session: Session, grant_id: UUID) -> None:
    """
    Raises:
        NotFound: `identity.grant_not_found`: somebody else took it meanwhile
    """
    if not rows_changed(session, delete(GrantRow).where(col(GrantRow.id) == grant_id)):
        raise _no_grant()


def other_holders(session: Session, role: Role, account_id: UUID) -> int:
    """How many other accounts that are not disabled hold the role; all holders are locked until the transaction ends.

    Two administrators who remove each other at once must not both succeed. They are locked in one order, and before
    anything else is, so that two who do so wait for each other and not for ever.
    """
    query = (
        select(AccountRow.id, GrantRow.id)
        .join(GrantRow, col(GrantRow.account_id) == col(AccountRow.id))
        .where(col(GrantRow.role) == role.value, col(AccountRow.disabled_at).is_(None))
        .order_by(col(AccountRow.id))
        .with_for_update()
    )
    return sum(held != account_id for held, _ in session.exec(query).all())


def sign_in_facts(session: Session, login: str) -> SignInFacts | None:
    query = (
        select(AccountRow.id, AccountRow.login, CredentialRow.password_hash)
        .join(CredentialRow, col(CredentialRow.account_id) == col(AccountRow.id), isouter=True)
        .where(col(AccountRow.login) == login)
    )
    found = session.exec(query).first()
    return None if found is None else SignInFacts(*found)


def credential(session: Session, account_id: UUID) -> CredentialRow | None:
    return session.get(CredentialRow, account_id)


def set_password(
    session: Session, account_id: UUID, hashed: str, *, expires_at: datetime | None, now: datetime
) -> None:
    """With `expires_at` it is a one-time password, which must be changed at the next sign-in."""
    values = {
        "password_hash": hashed,
        "must_change": expires_at is not None,
        "expires_at": expires_at,
        "changed_at": now,
    }
    row = session.get(CredentialRow, account_id)
    if row is None:
        session.execute(insert(CredentialRow).values(account_id=account_id, **values))
    else:
        session.execute(
            update(CredentialRow).where(col(CredentialRow.account_id) == account_id).values(**values)
        )
        session.expire(row)


def factor(session: Session, account_id: UUID) -> Factor | None:
    row = session.get(SecondFactorRow, account_id, populate_existing=True)
    if row is None:
        return None
    return Factor(row.secret, row.last_step, row.confirmed_at is not None)


def set_factor(
    session: Session, account_id: UUID, secret: bytes, *, confirmed_at: datetime | None, now: datetime
) -> None:
    session.execute(delete(SecondFactorRow).where(col(SecondFactorRow.account_id) == account_id))
    session.execute(
        insert(SecondFactorRow).values(
            account_id=account_id, secret=secret, last_step=-1, confirmed_at=confirmed_at, recorded_at=now
        )
    )


def remove_factor(session: Session, account_id: UUID) -> bool:
    removed = delete(SecondFactorRow).where(col(SecondFactorRow.account_id) == account_id)
    return rows_changed(session, removed) > 0


def use_step(session: Session, account_id: UUID, step: int, *, confirmed_at: datetime | None = None) -> bool:
    """Note that the code of this time step was used; False when it, or a later one, was used before."""
    values: dict[str, object] = {"last_step": step}
    if confirmed_at is not None:
        values["confirmed_at"] = confirmed_at
    used = (
        update(SecondFactorRow)
        .where(col(SecondFactorRow.account_id) == account_id, col(SecondFactorRow.last_step) < step)
        .values(**values)
    )
    return rows_changed(session, used) > 0


def by_subject(session: Session, issuer: str, subject: str) -> AccountRow | None:
    query = (
        select(AccountRow)
        .join(ExternalIdentityRow, col(ExternalIdentityRow.account_id) == col(AccountRow.id))
        .where(col(ExternalIdentityRow.issuer) == issuer, col(ExternalIdentityRow.subject) == subject)
    )
    return session.exec(query).first()


def link(session: Session, row: ExternalIdentityRow) -> None:
    """
    Raises:
        Conflict: `identity.subject_linked`
    """
    with _unique("identity.subject_linked", "这个外部身份已经关联了账户。", field="subject"):
        session.execute(insert(ExternalIdentityRow).values(**row.model_dump()))


def linked(session: Session, account_id: UUID) -> Sequence[ExternalIdentityRow]:
    query = select(ExternalIdentityRow).where(col(ExternalIdentityRow.account_id) == account_id)
    return session.exec(query.order_by(col(ExternalIdentityRow.id))).all()


def unlink(session: Session, account_id: UUID, link_id: UUID) -> None:
    """
    Raises:
        NotFound: `identity.link_not_found`
    """
    removed = delete(ExternalIdentityRow).where(
        col(ExternalIdentityRow.id) == link_id, col(ExternalIdentityRow.account_id) == account_id
    )
    if not rows_changed(session, removed):
        raise NotFound("identity.link_not_found", "这个账户没有这项关联。")


@contextmanager
def _unique(code: str, sentence: str, *, field: str) -> Iterator[None]:
    """The index decides: looking first could miss somebody who writes just now."""
    try:
        yield
    except IntegrityError as failure:
        cause = failure.orig
        if _DUPLICATE & {getattr(cause, "sqlstate", None), getattr(cause, "sqlite_errorname", None)}:
            raise Conflict(code, sentence, field=field) from failure
        raise


def _no_grant() -> NotFound:
    return NotFound("identity.grant_not_found", "这个账户没有这项授权。")


def _no_account() -> NotFound:
    return NotFound("identity.account_not_found", "没有这个账户。")
