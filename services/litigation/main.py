"""Composition root of the litigation service."""

from pathlib import Path

from services.litigation import api
from services.litigation.ledger import LitigationLedger
from services.litigation.models import EVENTS, IDEMPOTENCY, METADATA
from shared.contracts.litigation import SERVICE
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import Clock, system_clock
from shared.kernel.regions import RegionTree
from shared.kit import imports
from shared.kit.app import Service
from shared.kit.database import Database
from shared.kit.edge import Edge, log_routes
from shared.kit.migrations import migrate
from shared.kit.relay import Relay
from shared.kit.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def create(settings: Settings, *, nats_url: str, clock: Clock = system_clock) -> Service:
    database = Database(settings.database_of(SERVICE), METADATA)
    relay = Relay(database, EVENTS, service=SERVICE, nats_url=nats_url)
    edge = Edge(
        service=SERVICE,
        database=database,
        events=EVENTS,
        idempotency=IDEMPOTENCY,
        relay=relay,
        clock=clock,
        calendar=WorkCalendar.builtin(),
        tree=RegionTree.builtin(),
    )

    def prepare() -> None:
        migrate(database, MIGRATIONS)
        edge.begin()

    return Service(
        name=SERVICE,
        routers=(
            api.create_router(edge),
            imports.routes(edge, {"cases": LitigationLedger(edge)}),
            log_routes(edge),
        ),
        migrate=prepare,
        workers=(relay.run,),
        health=edge.health,
        close=database.dispose,
    )
