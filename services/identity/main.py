"""Composition root of the identity service. It publishes nothing: who somebody is stays here."""

import asyncio
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import APIRouter
from sqlalchemy.exc import SQLAlchemyError

from services.identity import administration, api, pages
from services.identity.access import POLICY, Action
from services.identity.desk import Desk
from services.identity.directory import IdentityDirectory, Verifies
from services.identity.models import AUDIT, METADATA
from services.identity.passwords import Passwords
from services.identity.repository import offices, sessions
from services.identity.second_factor import Chance, Seal, SecondFactors, derived
from services.identity.settings import IdentitySettings
from services.identity.sign_in import Door
from services.identity.terms import SERVICE
from shared.kernel.clock import Clock, system_clock
from shared.kernel.regions import RegionTree
from shared.kit.access import Directory, Gate
from shared.kit.app import Health, Service
from shared.kit.audit_keeping import AuditKeeping
from shared.kit.audit_routes import audit_routes
from shared.kit.database import Database
from shared.kit.directory import HostDirectory
from shared.kit.edge import refusals_of
from shared.kit.migrations import migrate
from shared.kit.settings import Settings
from shared.kit.threads import in_thread

if TYPE_CHECKING:
    from services.identity.openid import OpenIdSignIn

MIGRATIONS = Path(__file__).parent / "migrations"
TIDY_EVERY_SECONDS = 3600.0


def create(
    settings: Settings,
    *,
    nats_url: str,
    clock: Clock = system_clock,
    outside: IdentitySettings | None = None,
    hashing: Passwords | None = None,
    chance: Chance = secrets.token_bytes,
) -> tuple[Service, Directory]:
    """The service, and its directory of accounts, which the services of the same process ask for theirs."""
    outside = outside or IdentitySettings()
    database = Database(settings.database_of(SERVICE), METADATA)
    own = IdentityDirectory(database, clock, _tokens(outside, clock))
    known = HostDirectory(settings.keys, own, clock)
    master = settings.keys.master_key()
    hashing = hashing or Passwords()
    desk = Desk(
        database=database,
        gate=Gate(known, POLICY, clock, note=refusals_of(database, AUDIT, clock)),
        directory=own,
        door=Door(database, clock, hashing, SecondFactors(master, chance), master=master, chance=chance),
        passwords=hashing,
        openid=_openid(outside, Seal(derived(master, "openid"), chance), clock, chance),
        regions=RegionTree.builtin(),
        clock=clock,
        chance=chance,
        public_url=settings.public_url,
    )

    keeping = AuditKeeping(
        database,
        AUDIT,
        service=SERVICE,
        keys=settings.keys,
        folder=settings.data / "checkpoints",
        nats_url=nats_url,
        clock=clock,
        algorithm=settings.chain_algorithm,
    )

    async def tidying() -> None:
        while True:
            await in_thread(tidy, database, clock)
            await asyncio.sleep(TIDY_EVERY_SECONDS)

    service = Service(
        name=SERVICE,
        routers=_routers(desk),
        migrate=lambda: migrate(database, MIGRATIONS),
        workers=(tidying, *keeping.workers),
        health=lambda: health(database),
        close=database.dispose,
    )
    return service, own


def health(database: Database) -> Health:
    try:
        with database.reading() as session:
            version = offices.version(session)
    except SQLAlchemyError:
        return Health(ready=False, facts={"database": "away"})
    return Health(ready=True, facts={"database": "ok", "offices_version": version})


def open_books(settings: Settings) -> Database:
    """The service's database at its newest schema, for the commands on this machine."""
    database = Database(settings.database_of(SERVICE), METADATA)
    migrate(database, MIGRATIONS)
    return database


def tidy(database: Database, clock: Clock) -> None:
    with database.writing() as session:
        sessions.tidy(session, clock())


def _routers(desk: Desk) -> tuple[APIRouter, ...]:
    routers = [
        api.create_router(desk),
        administration.create_router(desk),
        audit_routes(SERVICE, desk.database, AUDIT, desk.gate, Action.AUDIT, desk.clock),
        pages.create_router(desk),
    ]
    if desk.openid is not None:
        from services.identity import openid_routes

        routers.append(openid_routes.create_router(desk, desk.openid))
    return tuple(routers)


def _tokens(outside: IdentitySettings, clock: Clock) -> Verifies | None:
    if not (outside.issuer and outside.audience and outside.jwks_url):
        return None
    from services.identity.tokens import IssuerKeys, OutsideTokens  # a third of a second that few need

    keys = IssuerKeys(outside.jwks_url, clock)
    return OutsideTokens(issuer=outside.issuer, audience=outside.audience, keys=keys, clock=clock)


def _openid(outside: IdentitySettings, seal: Seal, clock: Clock, chance: Chance) -> "OpenIdSignIn | None":
    if not outside.signs_in:
        return None
    from services.identity.openid import OpenIdSignIn  # loads authlib: only where an issuer is configured

    return OpenIdSignIn(outside, seal, clock, chance)
