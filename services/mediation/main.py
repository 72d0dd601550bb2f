"""Composition root of the mediation service."""

from pathlib import Path

from sqlmodel import Session

from services.mediation import api, repository, use_cases
from services.mediation.access import PARTY_ACTIONS, POLICY, Action
from services.mediation.ledger import CaseLedger, OrganisationLedger
from services.mediation.models import (
    AUDIT,
    CALENDARS,
    EVENTS,
    IDEMPOTENCY,
    JOURNAL,
    METADATA,
    PARTIES,
    THROTTLE,
    VAULT,
)
from services.mediation.terms import PartyRole
from shared.contracts.mediation import SERVICE
from shared.kernel.clock import Clock, system_clock
from shared.kernel.regions import RegionTree
from shared.kit import imports
from shared.kit.access import Directory, Gate
from shared.kit.app import Service
from shared.kit.audit_keeping import AuditKeeping
from shared.kit.audit_routes import audit_routes
from shared.kit.calendar_keeping import CalendarKeeping
from shared.kit.calendar_routes import calendar_routes
from shared.kit.database import Database
from shared.kit.directory import Nobody
from shared.kit.edge import Edge, log_routes, refusals_of
from shared.kit.opening import open_books
from shared.kit.party_routes import party_routes
from shared.kit.personal_limits import ERASURES, REVEALS, SEARCHES, PersonalLimits
from shared.kit.relay import Relay
from shared.kit.settings import Settings
from shared.kit.vault_erasure import DestroyedList

MIGRATIONS = Path(__file__).parent / "migrations"


def create(
    settings: Settings, *, nats_url: str, clock: Clock = system_clock, directory: Directory | None = None
) -> Service:
    """`directory` says who calls; without one nobody is known."""
    database = Database(settings.database_of(SERVICE), METADATA)
    relay = Relay(database, EVENTS, service=SERVICE, nats_url=nats_url, keys=settings.keys)
    calendars = CalendarKeeping(database, CALENDARS, AUDIT, clock, recompute=use_cases.recalculate)
    edge = Edge(
        service=SERVICE,
        database=database,
        gate=Gate(directory or Nobody(), POLICY, clock, note=refusals_of(database, AUDIT, clock)),
        audit=AUDIT,
        events=EVENTS,
        idempotency=IDEMPOTENCY,
        relay=relay,
        clock=clock,
        calendars=calendars,
        tree=RegionTree.builtin(),
        require=repository.require_either,
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
    destroyed = DestroyedList(settings.keys.path(f"{SERVICE}.destroyed"))

    def begin(session: Session) -> None:
        EVENTS.begin_life(session)
        calendars.ship(session)

    def prepare() -> None:
        open_books(
            database,
            MIGRATIONS,
            settings,
            clock,
            vault=VAULT,
            idempotency=IDEMPOTENCY,
            journal=JOURNAL,
            destroyed=destroyed,
            begin=begin,
        )

    return Service(
        name=SERVICE,
        routers=(
            api.create_router(edge),
            imports.routes(
                edge, {"cases": CaseLedger(edge), "organisations": OrganisationLedger(edge)}, Action.IMPORT
            ),
            log_routes(edge, Action.LOG),
            calendar_routes(edge, Action.CALENDAR),
            party_routes(
                edge,
                PARTIES,
                roles=PartyRole,
                actions=PARTY_ACTIONS,
                require_case=repository.office_of,
                destroyed=destroyed,
                spend=PersonalLimits(
                    THROTTLE, {Action.REVEAL: REVEALS, Action.SEARCH: SEARCHES, Action.ERASE: ERASURES}
                ),
            ),
            audit_routes(SERVICE, database, AUDIT, edge.gate, Action.AUDIT, clock, EVENTS),
        ),
        migrate=prepare,
        workers=(relay.run, calendars.run, *keeping.workers),
        health=edge.health,
        close=database.dispose,
    )
