"""Who calls, from identity's own books, as they are at this very moment."""

import threading
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from services.identity import domain
from services.identity.domain import OutsideIdentity
from services.identity.repository import accounts, offices, sessions
from services.identity.sessions import digest
from services.identity.terms import SessionKind, Standing
from shared.contracts.identity import Caller, Grant
from shared.kernel.clock import Clock
from shared.kit.access import Credential
from shared.kit.database import Database
from shared.kit.directory import is_jwt, unknown_caller
from shared.kit.offices import NO_OFFICES, OfficeTree

# Which credential carries which session: a stolen cookie's value is no bearer token.
KIND_OF = {"cookie": SessionKind.BROWSER, "bearer": SessionKind.COMMAND}


class Verifies(Protocol):
    """Access tokens of an outside issuer; see tokens.py."""

    def verify(self, token: str) -> OutsideIdentity:
        """
        Raises:
            Unauthenticated, Unavailable
        """


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody with an account. `session` is None for a token of an outside issuer."""

    account_id: UUID
    session: UUID | None
    kind: SessionKind
    strong: bool
    standing: Standing
    grants: tuple[Grant, ...]
    offices_version: int
    csrf: str | None = None


class IdentityDirectory:
    """Implements shared.kit.access.Directory. Nothing of a caller is remembered; the offices are, by version."""

    def __init__(self, database: Database, clock: Clock, outside: Verifies | None = None) -> None:
        self._database = database
        self._clock = clock
        self._outside = outside
        self._tree = NO_OFFICES
        self._is_known = False
        self._guard = threading.Lock()

    def caller(self, credential: Credential) -> Caller:
        """
        Raises:
            Unauthenticated: unknown, ended, run out, disabled
            Unavailable: an outside token, and its issuer's keys cannot be had
        """
        return _caller(self.signed_in(credential))

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        """
        Raises:
            Unauthenticated, Unavailable: as `caller`
        """
        found = self.signed_in(credential)
        return _caller(found), self._tree_of(found.offices_version)

    def signed_in(self, credential: Credential) -> SignedIn:
        """
        Raises:
            Unauthenticated, Unavailable
        """
        if credential.kind == "bearer" and is_jwt(credential.value):
            return self._by_outside_token(credential.value)
        return self._by_session(credential)

    def offices(self) -> OfficeTree:
        """The tree of this moment; read anew when its version has changed."""
        return self._tree_of(offices.present_version(self._database))

    def _tree_of(self, version: int) -> OfficeTree:
        """The tree of this version, or of a newer one that was written since it was asked for."""
        known = self._tree
        if self._is_known and known.version == version:
            return known
        with self._database.reading() as session:
            tree = OfficeTree(offices.every(session).values(), version=offices.version(session))
        with self._guard:
            if not self._is_known or tree.version > self._tree.version:
                self._tree, self._is_known = tree, True
        return tree

    def _by_session(self, credential: Credential) -> SignedIn:
        now = self._clock()
        found = sessions.find(self._database, digest(credential.value))
        if (
            found is None
            or found.disabled
            or found.kind is not KIND_OF[credential.kind]
            or not domain.is_alive(found.life, now)
        ):
            raise unknown_caller()
        standing = domain.standing_of(
            [grant.role for grant in found.grants],
            must_change_password=found.must_change_password,
            strong=found.strong,
            enrolled=found.enrolled,
        )
        if standing is None:
            raise unknown_caller()
        if domain.is_seen_anew(found.life, now):
            with self._database.writing() as session:
                sessions.see(session, found.id, now, not_since=now - domain.SEEN_EVERY)
        return SignedIn(
            account_id=found.account_id,
            session=found.id,
            kind=found.kind,
            strong=found.strong,
            standing=standing,
            grants=found.grants,
            offices_version=found.offices_version,
            csrf=found.csrf,
        )

    def _by_outside_token(self, token: str) -> SignedIn:
        if self._outside is None:
            raise unknown_caller()
        identity = self._outside.verify(token)
        with self._database.reading() as session:
            account = accounts.by_subject(session, identity.issuer, identity.subject)
            if account is None or account.disabled_at is not None:
                raise unknown_caller()
            grants = accounts.grants_of(session, account.id)
            version = offices.version(session)
        if domain.needs_second_factor(grant.role for grant in grants) and not identity.strong:
            raise unknown_caller()
        return SignedIn(
            account.id, None, SessionKind.COMMAND, identity.strong, Standing.FULL, grants, version
        )


def _caller(found: SignedIn) -> Caller:
    is_browser = found.kind is SessionKind.BROWSER
    return Caller(
        account=str(found.account_id),
        via="session" if is_browser else "token",
        # Whoever has still to change a password or to enrol may do nothing anywhere before.
        grants=found.grants if found.standing is Standing.FULL else (),
        session=str(found.session) if is_browser else None,
        csrf=found.csrf,
    )
