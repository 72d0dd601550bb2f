"""Composition root of the reporting service: it listens, never asks."""

from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.reporting import api, pages, repository
from services.reporting.access import POLICY, SERVICE, Action
from services.reporting.intake import ReportingIntake
from services.reporting.models import AUDIT, METADATA
from services.reporting.recount import count_anew
from shared.kernel.clock import Clock, system_clock
from shared.kernel.errors import Conflict
from shared.kernel.regions import RegionTree
from shared.kit.access import Directory, Gate
from shared.kit.app import Health, Service
from shared.kit.audit_keeping import AuditKeeping
from shared.kit.audit_routes import audit_routes
from shared.kit.database import Database
from shared.kit.directory import Nobody
from shared.kit.edge import refusals_of
from shared.kit.migrations import migrate
from shared.kit.settings import Settings
from shared.kit.subscription import Subscription

MIGRATIONS = Path(__file__).parent / "migrations"


def create(
    settings: Settings, *, nats_url: str, clock: Clock = system_clock, directory: Directory | None = None
) -> Service:
    """`directory` says who calls; without one nobody is known."""
    database = Database(settings.database_of(SERVICE), METADATA)
    tree = RegionTree.builtin()
    intake = ReportingIntake(database, tree, clock)
    subscription = Subscription(
        database, intake, durable=SERVICE, nats_url=nats_url, clock=clock, keys=settings.keys
    )
    gate = Gate(directory or Nobody(), POLICY, clock, note=refusals_of(database, AUDIT, clock))

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

    def bring_up_to_date() -> None:
        migrate(database, MIGRATIONS)
        count_anew(database, tree)

    def rebuild() -> None:
        try:
            subscription.between_batches(intake.clear)
        except RuntimeError as elsewhere:
            raise Conflict(
                "reporting.intake_elsewhere", "统计由另一个进程接收事件，请在那个进程上重建。"
            ) from elsewhere

    def health() -> Health:
        broker = "ok" if subscription.connected else "away"
        try:
            with database.reading() as session:
                position = repository.position(session)
        except SQLAlchemyError:
            return Health(ready=False, facts={"database": "away", "broker": broker})
        return Health(
            ready=True,
            facts={
                "database": "ok",
                "broker": broker,
                "intake_leading": subscription.leading,
                "stream_sequence": position.sequence if position else 0,
            },
        )

    return Service(
        name=SERVICE,
        routers=(
            api.create_router(database, gate, tree, clock, rebuild=rebuild, freshness=subscription.freshness),
            pages.create_router(database, gate, tree, clock, subscription.freshness),
            audit_routes(SERVICE, database, AUDIT, gate, Action.AUDIT, clock),
        ),
        migrate=bring_up_to_date,
        workers=(subscription.run, *keeping.workers),
        health=health,
        close=database.dispose,
    )
