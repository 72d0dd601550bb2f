"""Coming in: by password and code, or by an outside issuer; and what people do with their own way in.

A password is looked at outside of any transaction, because it takes long; before it an attempt is taken, after it
the books are asked again. Hence this module opens its own transactions.
"""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.identity import domain, passwords
from services.identity.directory import SignedIn
from services.identity.domain import OutsideIdentity
from services.identity.models import AUDIT, SessionRow
from services.identity.passwords import Passwords
from services.identity.repository import accounts, sessions
from services.identity.second_factor import SecondFactors, address_of, as_text, derived
from services.identity.sessions import digest, new_token
from services.identity.terms import SessionKind
from shared.kernel.clock import Clock
from shared.kernel.errors import Conflict, Forbidden, RuleViolation, TooMany, Unauthenticated
from shared.kit.acting import NOTHING, Acting
from shared.kit.audit import AuditEntry
from shared.kit.database import Database

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Presented:
    """What somebody shows at the door; kept out of every repr, and so out of every log."""

    login: str = field(repr=False)
    password: str = field(repr=False)
    code: str | None = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Opened:
    """A new session. The token is told this once."""

    account_id: UUID
    token: str = field(repr=False)
    csrf: str | None = field(repr=False)


class Door:
    """Opens sessions."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        hashing: Passwords,
        factors: SecondFactors,
        *,
        master: bytes,
        chance: Callable[[int], bytes],
    ) -> None:
        self._database = database
        self._clock = clock
        self._hashing = hashing
        self._factors = factors
        self._attempts = derived(master, "attempts")
        self._chance = chance

    def sign_in(self, shown: Presented, kind: SessionKind, request_id: str = "") -> Opened:
        """登录.

        Raises:
            Unauthenticated: `identity.sign_in_refused`, whatever of it was wrong, and whether or not there is
                such an account
            TooMany: `identity.locked`
        """
        login = domain.normal_login(shown.login)
        key = self._attempt_key(login, shown.address)
        with self._database.reading() as session:
            facts = accounts.sign_in_facts(session, login)
        acting = acting_for_oneself(facts.account_id if facts else None, request_id)
        self._take_attempt(key, acting)
        hashed = facts.password_hash if facts else None
        right = self._hashing.verify(shown.password, hashed)
        now = self._clock()
        opened = None
        with self._database.writing(acting) as session:
            if facts is not None and right:
                opened = self._admit(session, facts.account_id, hashed, shown.code, kind, now)
            if opened is None:
                _note(session, "identity.signed_in", acting.actor, now, refused="identity.sign_in_refused")
            else:
                sessions.forgive(session, key)
                _note(session, "identity.signed_in", acting.actor, now)
        if opened is None:
            raise _refused()
        return opened

    def sign_in_outside(self, identity: OutsideIdentity, request_id: str = "") -> Opened:
        """A browser's session for somebody whom the issuer has just vouched for.

        Raises:
            Forbidden: `identity.not_linked`, `identity.needs_second_factor`
        """
        now = self._clock()
        with self._database.reading() as session:
            account = accounts.by_subject(session, identity.issuer, identity.subject)
        acting = acting_for_oneself(account.id if account else None, request_id)
        refusal: Forbidden | None = None
        opened: Opened | None = None
        with self._database.writing(acting) as session:
            row = None if account is None else accounts.load_for_update(session, account.id)
            if row is None or row.disabled_at is not None:
                refusal = Forbidden("identity.not_linked", "这个外部身份没有关联可用的账户，请联系管理员。")
            elif self._needs_factor(session, row.id) and not identity.strong:
                refusal = Forbidden(
                    "identity.needs_second_factor", "这个账户须用动态验证码，请用密码和验证码登录。"
                )
            else:
                opened = self._open(session, row.id, SessionKind.BROWSER, strong=identity.strong, now=now)
            code = None if refusal is None else refusal.code
            _note(session, "identity.signed_in_outside", acting.actor, now, refused=code)
        if opened is None:
            raise refusal or _refused()
        return opened

    def sign_out(self, own: SignedIn, request_id: str = "") -> None:
        now = self._clock()
        with self._database.writing(acting_for_oneself(own.account_id, request_id)) as session:
            if own.session is not None and sessions.end(session, own.account_id, own.session, now):
                _note(session, "identity.signed_out", str(own.account_id), now)

    def change_password(
        self, own: SignedIn, *, current: str, new: str, address: str, request_id: str = ""
    ) -> Opened:
        """修改密码: ends every session of the account and opens this one anew.

        Raises:
            RuleViolation: `identity.password_…`, see domain.check_password
            Unauthenticated: `identity.password_wrong`
            TooMany: `identity.locked`
        """
        acting = acting_for_oneself(own.account_id, request_id)
        with self._database.reading() as session:
            account = accounts.load(session, own.account_id)
            before = accounts.credential(session, own.account_id)
        new = domain.normal_password(new)
        domain.check_password(new, login=account.login, common=passwords.common())
        key = self._attempt_key(account.login, address)
        self._take_attempt(key, acting)
        hashed = before.password_hash if before else None
        right = self._hashing.verify(current, hashed)
        is_same = right and new == domain.normal_password(current)
        replacement = self._hashing.hash(new)
        now = self._clock()
        opened: Opened | None = None
        with self._database.writing(acting) as session:
            if right and not is_same and self._is_still(session, own.account_id, hashed):
                sessions.forgive(session, key)
                accounts.set_password(session, own.account_id, replacement, expires_at=None, now=now)
                opened = self._reopen(session, own, strong=own.strong, now=now)
            refused = None if opened else "identity.password_wrong"
            _note(session, "identity.password_changed", acting.actor, now, refused=refused)
        if is_same:
            raise RuleViolation("identity.password_same", "新密码与原密码相同，请换一个。", field="new")
        if opened is None:
            raise Unauthenticated("identity.password_wrong", "原密码不对，密码没有修改。")
        return opened

    def enrol(self, own: SignedIn, request_id: str = "") -> tuple[str, str]:
        """A new secret for one-time codes, as text and as an otpauth address; it counts once it is confirmed.

        Raises:
            Conflict: `identity.already_enrolled`
        """
        now = self._clock()
        secret = self._factors.new_secret()
        with self._database.writing(acting_for_oneself(own.account_id, request_id)) as session:
            account = accounts.load_for_update(session, own.account_id)
            before = accounts.factor(session, own.account_id)
            if before is not None and before.confirmed:
                raise Conflict(
                    "identity.already_enrolled", "动态验证码已经启用；要换一个，请先由安全管理员解除。"
                )
            sealed = self._factors.sealed(secret, own.account_id)
            accounts.set_factor(session, own.account_id, sealed, confirmed_at=None, now=now)
            _note(session, "identity.second_factor_begun", str(own.account_id), now)
        return as_text(secret), address_of(secret, account.login)

    def confirm(self, own: SignedIn, code: str, request_id: str = "") -> Opened:
        """启用动态验证码: the first code proves that the authenticator has the secret.

        Raises:
            Conflict: `identity.nothing_to_confirm`
            Unauthenticated: `identity.code_wrong`
        """
        now = self._clock()
        opened: Opened | None = None
        with self._database.writing(acting_for_oneself(own.account_id, request_id)) as session:
            accounts.load_for_update(session, own.account_id)
            factor = accounts.factor(session, own.account_id)
            if factor is None or factor.confirmed:
                raise Conflict("identity.nothing_to_confirm", "没有等待确认的动态验证码，请先启用。")
            step = self._factors.matching_step(factor.secret, own.account_id, code, now)
            if step is not None and accounts.use_step(session, own.account_id, step, confirmed_at=now):
                opened = self._reopen(session, own, strong=True, now=now)
                _note(session, "identity.second_factor_confirmed", str(own.account_id), now)
        if opened is None:
            raise Unauthenticated("identity.code_wrong", "验证码不对，请用最新显示的一组再试。")
        return opened

    def _take_attempt(self, key: str, acting: Acting) -> None:
        """
        Raises:
            TooMany: `identity.locked`
        """
        now = self._clock()
        with self._database.writing(acting) as session:
            locked_until = sessions.claim(session, key, now)
            if locked_until is not None:
                _note(session, "identity.signed_in", acting.actor, now, refused="identity.locked")
        if locked_until is not None:
            raise TooMany(
                "identity.locked",
                "失败次数过多，请稍后再试。",
                retry_after=domain.seconds_until(locked_until, now),
            )

    def _admit(
        self,
        session: Session,
        account_id: UUID,
        verified: str | None,
        code: str | None,
        kind: SessionKind,
        now: datetime,
    ) -> Opened | None:
        """The password was right; whether everything else is, too."""
        account = accounts.load_for_update(session, account_id)
        if account.disabled_at is not None or not self._is_still(session, account_id, verified, now):
            return None
        factor = accounts.factor(session, account_id)
        strong = factor is not None and factor.confirmed
        if factor is not None and strong:
            step = self._factors.matching_step(factor.secret, account_id, code or "", now)
            if step is None or not accounts.use_step(session, account_id, step):
                return None
        return self._open(session, account_id, kind, strong=strong, now=now)

    def _is_still(
        self, session: Session, account_id: UUID, verified: str | None, now: datetime | None = None
    ) -> bool:
        """Whether what was verified is the password at this moment too, and has not expired."""
        credential = accounts.credential(session, account_id)
        if credential is None or credential.password_hash != verified:
            return False
        return now is None or credential.expires_at is None or now < credential.expires_at

    def _needs_factor(self, session: Session, account_id: UUID) -> bool:
        return domain.needs_second_factor(grant.role for grant in accounts.grants_of(session, account_id))

    def _reopen(self, session: Session, own: SignedIn, *, strong: bool, now: datetime) -> Opened:
        sessions.end(session, own.account_id, None, now)
        return self._open(session, own.account_id, own.kind, strong=strong, now=now)

    def _open(
        self, session: Session, account_id: UUID, kind: SessionKind, *, strong: bool, now: datetime
    ) -> Opened:
        token = new_token(self._chance)
        csrf = new_token(self._chance) if kind is SessionKind.BROWSER else None
        sessions.add(
            session,
            SessionRow(
                id=uuid7(),
                token_digest=digest(token),
                account_id=account_id,
                kind=kind.value,
                strong=strong,
                csrf=csrf,
                created_at=now,
                last_seen_at=now,
                ended_at=None,
            ),
        )
        return Opened(account_id, token, csrf)

    def _attempt_key(self, login: str, address: str) -> str:
        """Neither the login nor the address can be read from it, and without our key not even tried out."""
        return hmac.new(self._attempts, f"{login}\n{address}".encode(), hashlib.sha256).hexdigest()


def acting_for_oneself(account: UUID | str | None, request_id: str = "") -> Acting:
    """Whoever stands at the door, or sees to their own account, acts for no office and in no role."""
    return Acting(str(account or UNKNOWN), "sign-in", "", "", NOTHING, request_id)


def _note(session: Session, action: str, account: str, now: datetime, *, refused: str | None = None) -> None:
    entry = AuditEntry(
        action=action,
        object_kind="account",
        object_id=account,
        outcome="done" if refused is None else "refused",
        code=refused,
    )
    AUDIT.record(session, [entry], now)


def _refused() -> Unauthenticated:
    return Unauthenticated("identity.sign_in_refused", "登录名、密码或动态验证码不对。")
