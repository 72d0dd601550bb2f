"""Composition root of the litigation service."""

from pathlib import Path

from services.litigation import api, repository
from services.litigation.access import POLICY, Action
from services.litigation.ledger import LitigationLedger
from services.litigation.models import TABLES
from services.litigation.terms import PartyRole
from shared.contracts.litigation import SERVICE
from shared.kernel.clock import Clock, system_clock
from shared.kit.access import Directory
from shared.kit.app import Service
from shared.kit.case_service import establish
from shared.kit.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def create(
    settings: Settings, *, nats_url: str, clock: Clock = system_clock, directory: Directory | None = None
) -> Service:
    """`directory` says who calls; without one nobody is known."""
    litigation = establish(
        SERVICE,
        TABLES,
        settings,
        policy=POLICY,
        office_of=repository.office_of,
        nats_url=nats_url,
        clock=clock,
        directory=directory,
    )
    return litigation.composed(
        migrations=MIGRATIONS,
        routers=(api.create_router(litigation.edge),),
        ledgers={"cases": LitigationLedger(litigation.edge)},
        actions=Action,
        roles=PartyRole,
    )
