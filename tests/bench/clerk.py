"""A clerk with an office, a role and an open session, written into the identity service's own books.

By hand and not through its doors: a bench has no authenticator to prove a second factor with.
"""

import secrets
from datetime import date
from typing import Final

from uuid_utils.compat import uuid7

from services.identity.domain import Account
from services.identity.main import open_books
from services.identity.models import SessionRow
from services.identity.repository import accounts, offices, sessions
from services.identity.sessions import digest, new_token
from services.identity.terms import AccountKind, SessionKind
from shared.contracts.identity import Grant, Office, OfficeKind, Role
from shared.kernel.clock import system_clock
from shared.kit.offices import code_of
from shared.kit.settings import Settings
from tests.bench import cases

TOP: Final = "bureau-top"
OPENED_ON = date(2020, 1, 1)


def signed_in(settings: Settings, region: str) -> str:
    """The token of a clerk of the region's office, among the offices of all counties of the bench."""
    token, account, now = new_token(secrets.token_bytes), uuid7(), system_clock()
    grant = Grant(role=Role.RECONSIDERATION_CLERK, office=code_of(OfficeKind.RECONSIDERATION, region))
    books = open_books(settings)
    with books.writing() as session:
        offices.add(session, _offices())
        kind = AccountKind.STAFF
        accounts.add(session, account, Account(login="clerk", kind=kind, name="clerk"), now=now)
        accounts.give(session, uuid7(), account, kind, grant, now=now)
        sessions.add(
            session,
            SessionRow(
                id=uuid7(),
                token_digest=digest(token),
                account_id=account,
                kind=SessionKind.COMMAND.value,
                strong=False,
                csrf=None,
                created_at=now,
                last_seen_at=now,
                ended_at=None,
            ),
        )
    books.dispose()
    return token


def _offices() -> list[Office]:
    """One bureau above the reconsideration office of every county."""
    top = Office(code=TOP, name=TOP, kind=OfficeKind.BUREAU, region="150000", valid_from=OPENED_ON)
    kind = OfficeKind.RECONSIDERATION
    below = [
        Office(
            code=code_of(kind, region),
            name=region,
            kind=kind,
            region=region,
            parent=TOP,
            valid_from=OPENED_ON,
        )
        for region in cases.counties()
    ]
    return [top, *below]
