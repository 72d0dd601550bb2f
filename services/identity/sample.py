"""示例账户: offices and accounts of the sample, each clearly marked; made once, and their passwords told at each start.

Whoever has the installation's sample secret can derive the passwords: they protect constructed cases only. On books
with real cases nobody should load the sample.
"""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Protocol
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.identity.domain import Account, needs_second_factor
from services.identity.passwords import hash_of_chance
from services.identity.repository import accounts, offices
from services.identity.terms import AccountKind
from shared.contracts.identity import Grant, Office, Role
from shared.kit.keys import Keys

PASSWORD_LENGTH = 20
SECRET_BYTES = 20


class SampleAccount(Protocol):
    """One sample account as services/sample describes it."""

    @property
    def login(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def role(self) -> Role: ...
    @property
    def office(self) -> str: ...


def password_of(keys: Keys, login: str) -> str:
    """The password of a sample account of this installation: 20 letters and digits, 100 bits."""
    return base64.b32encode(_derived(keys, "password", login)).decode().lower()[:PASSWORD_LENGTH]


def secret_of(keys: Keys, login: str) -> bytes:
    """The secret of the one-time codes of a sample account that needs them."""
    return _derived(keys, "second factor", login)[:SECRET_BYTES]


def needs_code(account: SampleAccount) -> bool:
    return needs_second_factor([account.role])


def ensure_sample(
    session: Session,
    sample_offices: Iterable[Office],
    sample_accounts: Iterable[SampleAccount],
    password_of: Callable[[str], str],
    secret_of: Callable[[str], bytes],
    seal: Callable[[bytes, UUID], bytes],
    now: datetime,
) -> int:
    """Make what is missing of the sample; how many accounts were made. What somebody has changed stays changed.

    `sample_offices` name each parent before what stands below it.
    """
    sample_offices, sample_accounts = list(sample_offices), list(sample_accounts)
    there = offices.existing(session, (office.code for office in sample_offices))
    missing = [office for office in sample_offices if office.code not in there]
    waiting = [each for each in sample_accounts if accounts.by_login(session, each.login) is None]
    if missing:
        offices.begin_change(session)
        offices.add(session, missing)
    for each in waiting:
        account_id = uuid7()
        accounts.add(session, account_id, Account(each.login, AccountKind.STAFF, each.name), now=now)
        hashed = hash_of_chance(password_of(each.login))
        accounts.set_password(session, account_id, hashed, expires_at=None, now=now)
        grant = Grant(role=each.role, office=each.office)
        accounts.give(session, uuid7(), account_id, AccountKind.STAFF, grant, now=now)
        if needs_code(each):
            sealed = seal(secret_of(each.login), account_id)
            accounts.set_factor(session, account_id, sealed, confirmed_at=now, now=now)
    return len(waiting)


def _derived(keys: Keys, purpose: str, login: str) -> bytes:
    return hmac.new(keys.sample_secret(), f"{purpose}\n{login}".encode(), hashlib.sha256).digest()
