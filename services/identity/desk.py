"""What the routes of this service share, and the small answers that many of them give."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from fastapi import Depends, Request
from sqlmodel import Session

from services.identity import labels
from services.identity.access import OwnAccount
from services.identity.directory import IdentityDirectory
from services.identity.passwords import Passwords
from services.identity.repository import offices
from services.identity.schemas import GrantView
from services.identity.second_factor import Chance
from services.identity.sign_in import Door
from services.identity.terms import Standing
from shared.contracts.identity import EVERY_OFFICE, Grant
from shared.kernel.clock import Clock
from shared.kernel.regions import RegionTree
from shared.kit.access import Access, Gate
from shared.kit.database import Database

if TYPE_CHECKING:
    from services.identity.openid import OpenIdSignIn

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Desk:
    """`public_url` is our address behind a gateway; without one the suite is this machine's own."""

    database: Database
    gate: Gate
    directory: IdentityDirectory
    door: Door
    passwords: Passwords
    openid: "OpenIdSignIn | None"
    regions: RegionTree
    clock: Clock
    chance: Chance
    public_url: str | None

    def may(self, action: StrEnum) -> Any:
        """The rule of a route, as the default of its parameter `access`."""
        return Depends(self.gate.rule(action))

    def own(self, *stages: Standing) -> Any:
        """The door of a route about one's own account, as the default of its parameter `own`."""
        return Depends(OwnAccount(self.directory.signed_in, *stages))

    def act(self, access: Access, work: Callable[[Session, datetime], Result]) -> Result:
        """Do `work` as this caller in one transaction, which is committed before the answer leaves."""
        now = self.clock()
        with self.database.writing(access.acting) as session:
            return work(session, now)

    def is_secure(self, request: Request) -> bool:
        """Whether the browser speaks TLS with us, or with the gateway in front of us."""
        return self.public_url is not None or request.url.scheme == "https"

    def address(self, request: Request) -> str:
        """Our own address, as the outside issuer sends the browser back to it."""
        return (self.public_url or f"{request.url.scheme}://{request.url.netloc}").rstrip("/")


def address_of(request: Request) -> str:
    """Where a request comes from, for counting failures; behind a gateway as the server was told to trust it."""
    return "" if request.client is None else request.client.host


def request_id(request: Request) -> str:
    return str(getattr(request.state, "request_id", ""))


def grant_views(session: Session, grants: Sequence[tuple[UUID | None, Grant]]) -> list[GrantView]:
    names = offices.names_of(session, (grant.office for _, grant in grants))
    return [
        GrantView(
            id=grant_id,
            role=grant.role,
            role_label=labels.ROLE[grant.role],
            office=grant.office,
            office_name=labels.EVERYWHERE if grant.office == EVERY_OFFICE else names.get(grant.office, ""),
        )
        for grant_id, grant in grants
    ]
