"""What administrators and the operator do with offices, accounts and roles. The caller's transaction commits."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.identity import domain
from services.identity.domain import Account
from services.identity.models import AUDIT, ExternalIdentityRow
from services.identity.repository import accounts, offices, sessions
from services.identity.terms import AccountKind
from shared.contracts.identity import EVERY_OFFICE, Grant, Office, Role
from shared.kernel.clock import legal_date
from shared.kernel.errors import Conflict, NotFound
from shared.kernel.regions import RegionTree
from shared.kit.audit import AuditEntry

Hash = Callable[[str], str]

CHARACTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look like others
ONE_TIME_LENGTH = 20


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """What the person who installs is told once: a password, and the secret for an authenticator."""

    account_id: UUID
    login: str
    password: str = field(repr=False)
    secret: bytes = field(repr=False)


def one_time_password(chance: Callable[[int], bytes]) -> str:
    """Readable, and about 99 bits. Bytes beyond the largest multiple of the alphabet would favour its beginning."""
    limit = 256 - 256 % len(CHARACTERS)
    drawn: list[str] = []
    while len(drawn) < ONE_TIME_LENGTH:
        drawn += [CHARACTERS[byte % len(CHARACTERS)] for byte in chance(ONE_TIME_LENGTH) if byte < limit]
    letters = "".join(drawn[:ONE_TIME_LENGTH])
    return "-".join(letters[start : start + 5] for start in range(0, ONE_TIME_LENGTH, 5))


def create_first_admin(
    session: Session,
    *,
    login: str,
    kind: AccountKind,
    password: str,
    hashed: str,
    secret: bytes,
    seal: Callable[[bytes, UUID], bytes],
    now: datetime,
) -> FirstAdministrator:
    """The first administrator of a kind, from the machine itself: there is no default account.

    Raises:
        Conflict: `identity.administrator_exists`
    """
    offices.begin_change(
        session
    )  # two commands at once: the second waits, and then finds the first one's account
    if accounts.of_kind(session, kind):
        raise Conflict("identity.administrator_exists", "已有这类管理员的账户，不能再用这个命令建立。")
    account_id = create_account(session, Account(login, kind, login), hashed=hashed, now=now)
    grant = Grant(role=domain.ADMINISTRATOR_OF[kind], office=EVERY_OFFICE)
    accounts.give(session, uuid7(), account_id, kind, grant, now=now)
    accounts.set_factor(session, account_id, seal(secret, account_id), confirmed_at=now, now=now)
    _note(session, "identity.role_given", account_id, now)
    return FirstAdministrator(account_id, login, password, secret)


def create_account(session: Session, account: Account, *, hashed: str, now: datetime) -> UUID:
    """建立账户: with a one-time password, which its owner must change.

    Raises:
        RuleViolation: `identity.login_unreadable`
        Conflict: `identity.login_taken`
    """
    domain.check_login(account.login)
    account_id = uuid7()
    accounts.add(session, account_id, account, now=now)
    accounts.set_password(
        session, account_id, hashed, expires_at=now + domain.ONE_TIME_PASSWORD_LIVES, now=now
    )
    _note(session, "identity.account_created", account_id, now)
    return account_id


def disable(session: Session, account_id: UUID, *, by: Iterable[Role], now: datetime) -> None:
    """停用: ends its sessions; its roles act no more.

    Raises:
        NotFound, Forbidden, Conflict: `identity.last_administrator`
    """
    domain.check_may_keep(accounts.to_account(accounts.load(session, account_id)).kind, by)
    for grant in accounts.grants_of(session, account_id):
        _require_another(session, grant.role, account_id)
    accounts.load_for_update(session, account_id)
    accounts.set_disabled(session, account_id, now)
    sessions.end(session, account_id, None, now)
    _note(session, "identity.account_disabled", account_id, now)


def enable(session: Session, account_id: UUID, *, by: Iterable[Role], now: datetime) -> None:
    account = accounts.to_account(accounts.load_for_update(session, account_id))
    domain.check_may_keep(account.kind, by)
    accounts.set_disabled(session, account_id, None)
    _note(session, "identity.account_enabled", account_id, now)


def reset_password(
    session: Session, account_id: UUID, *, hashed: str, by: Iterable[Role], now: datetime
) -> None:
    """重置密码: a one-time password. The second factor stays: nobody comes in by this act alone who had one."""
    account = accounts.to_account(accounts.load_for_update(session, account_id))
    domain.check_may_keep(account.kind, by)
    accounts.set_password(
        session, account_id, hashed, expires_at=now + domain.ONE_TIME_PASSWORD_LIVES, now=now
    )
    sessions.end(session, account_id, None, now)
    _note(session, "identity.password_reset", account_id, now)


def remove_factor(session: Session, account_id: UUID, *, now: datetime) -> None:
    """解除动态验证码, for instance of a lost telephone.

    Raises:
        NotFound: `identity.not_enrolled`
    """
    accounts.load_for_update(session, account_id)
    if not accounts.remove_factor(session, account_id):
        raise NotFound("identity.not_enrolled", "这个账户没有启用动态验证码。")
    sessions.end(session, account_id, None, now)
    _note(session, "identity.second_factor_removed", account_id, now)


def give_role(session: Session, account_id: UUID, grant: Grant, *, now: datetime) -> UUID:
    """授权: ends the account's sessions, so that a role that needs a second factor is never held without one.

    Raises:
        NotFound, RuleViolation, Conflict: see domain.check_grant; `identity.owner_has_not_signed_in`
    """
    account = accounts.to_account(accounts.load_for_update(session, account_id))
    office = offices.get(session, grant.office)
    domain.check_grant(account, grant.role, office, named=grant.office, on=legal_date(now))
    credential = accounts.credential(session, account_id)
    if grant.role in domain.ACCOUNT_KIND_OF and (credential is None or credential.must_change):
        # Whoever created the account still knows its password, and could become this administrator.
        raise Conflict(
            "identity.owner_has_not_signed_in", "请待本人登录并修改一次性密码之后，再授予管理员角色。"
        )
    grant_id = uuid7()
    accounts.give(session, grant_id, account_id, account.kind, grant, now=now)
    sessions.end(session, account_id, None, now)
    _note(session, "identity.role_given", account_id, now)
    return grant_id


def take_role(session: Session, account_id: UUID, grant_id: UUID, *, now: datetime) -> None:
    """收回授权: acts on the account's next request.

    Raises:
        NotFound: `identity.grant_not_found`
        Conflict: `identity.last_administrator`
    """
    grant = accounts.grant_of(session, account_id, grant_id)
    _require_another(session, grant.role, account_id)
    accounts.load_for_update(session, account_id)
    accounts.take(session, grant_id)
    sessions.end(session, account_id, None, now)
    _note(session, "identity.role_taken", account_id, now)


def link(
    session: Session, account_id: UUID, *, issuer: str, subject: str, by: Iterable[Role], now: datetime
) -> UUID:
    """关联外部身份.

    Raises:
        NotFound, Forbidden, Conflict: `identity.subject_linked`
    """
    account = accounts.to_account(accounts.load_for_update(session, account_id))
    domain.check_may_keep(account.kind, by)
    row = ExternalIdentityRow(
        id=uuid7(), account_id=account_id, issuer=issuer, subject=subject, recorded_at=now
    )
    accounts.link(session, row)
    _note(session, "identity.external_identity_linked", account_id, now)
    return row.id


def unlink(session: Session, account_id: UUID, link_id: UUID, *, by: Iterable[Role], now: datetime) -> None:
    """解除关联. Sessions that were opened through it end, as all others do."""
    account = accounts.to_account(accounts.load_for_update(session, account_id))
    domain.check_may_keep(account.kind, by)
    accounts.unlink(session, account_id, link_id)
    sessions.end(session, account_id, None, now)
    _note(session, "identity.external_identity_unlinked", account_id, now)


def end_sessions(session: Session, account_id: UUID, session_id: UUID | None, *, now: datetime) -> None:
    """结束会话: one of the account's, or all.

    Raises:
        NotFound: `identity.session_not_found`
    """
    ended = sessions.end(session, account_id, session_id, now)
    if session_id is not None and not ended:
        raise NotFound("identity.session_not_found", "没有这个会话，或者它已经结束。")
    _note(session, "identity.session_ended", account_id, now)


def create_office(session: Session, office: Office, *, regions: RegionTree, now: datetime) -> Office:
    """
    Raises:
        Conflict: `identity.office_exists`
        NotFound: `region.unknown`, `identity.parent_not_found`
        RuleViolation, Conflict: see domain.check_office
    """
    offices.begin_change(session)
    known = offices.every(session)
    if office.code in known:
        raise Conflict("identity.office_exists", "这个机构代码已有机构使用，请换一个。", field="code")
    regions.get(office.region)
    domain.check_office(office, known)
    offices.add(session, [office])
    _note_office(session, "identity.office_created", office.code, now)
    return office


def change_office(
    session: Session, code: str, changes: Mapping[str, Any], *, regions: RegionTree, now: datetime
) -> Office:
    """变更: name, region, superior or dates; the code and the kind stay, roles hang on them.

    Raises:
        NotFound: `identity.office_not_found`, and as create_office
    """
    offices.begin_change(session)
    known = offices.every(session)
    office = offices.load(session, code).model_copy(update=dict(changes))
    regions.get(office.region)
    domain.check_office(office, known)
    offices.save(session, office)
    _note_office(session, "identity.office_changed", code, now)
    return office


def close_office(session: Session, code: str, *, on: date, now: datetime) -> Office:
    """撤销: `on` is its last day. Its cases remain, and whoever stands above still reaches them.

    Raises:
        NotFound: `identity.office_not_found`
        RuleViolation: `identity.office_dates`
        Conflict: `identity.office_has_offices`
    """
    offices.begin_change(session)
    known = offices.every(session)
    office = offices.load(session, code).model_copy(update={"valid_to": on})
    domain.check_office(office, known)
    domain.check_closing(office, known.values(), on=on)
    offices.save(session, office)
    _note_office(session, "identity.office_closed", code, now)
    return office


def _require_another(session: Session, role: Role, account_id: UUID) -> None:
    if role in domain.ACCOUNT_KIND_OF:
        domain.check_not_last(role, accounts.other_holders(session, role, account_id))


def _note(session: Session, action: str, account_id: UUID, now: datetime) -> None:
    AUDIT.record(session, [AuditEntry(action=action, object_kind="account", object_id=str(account_id))], now)


def _note_office(session: Session, action: str, code: str, now: datetime) -> None:
    AUDIT.record(session, [AuditEntry(action=action, object_kind="office", object_id=code)], now)
