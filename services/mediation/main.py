"""Composition root of the mediation service."""

from pathlib import Path

from services.mediation import api, repository, use_cases
from services.mediation.access import POLICY, Action
from services.mediation.ledger import CaseLedger, OrganisationLedger
from services.mediation.models import TABLES
from services.mediation.terms import PartyRole
from shared.contracts.mediation import SERVICE
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
    mediation = establish(
        SERVICE,
        TABLES,
        settings,
        policy=POLICY,
        office_of=repository.office_of,
        require=repository.require_either,
        recompute=use_cases.recalculate,
        nats_url=nats_url,
        clock=clock,
        directory=directory,
    )
    edge = mediation.edge
    return mediation.composed(
        migrations=MIGRATIONS,
        routers=(api.create_router(edge),),
        ledgers={"cases": CaseLedger(edge), "organisations": OrganisationLedger(edge)},
        actions=Action,
        roles=PartyRole,
    )
