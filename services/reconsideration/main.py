"""Composition root of the reconsideration service."""

from pathlib import Path

from sqlmodel import Session

from services.reconsideration import api, repository, use_cases
from services.reconsideration.access import POLICY, Action
from services.reconsideration.deeming import deeming
from services.reconsideration.documents.api import template_routes
from services.reconsideration.ledger import ReconsiderationLedger
from services.reconsideration.local_rules import LocalRuleBook
from services.reconsideration.models import CALENDARS, TABLES
from services.reconsideration.numbering.api import number_routes
from services.reconsideration.terms import PartyRole
from shared.contracts.reconsideration import SERVICE
from shared.kernel.clock import Clock, system_clock
from shared.kernel.regions import RegionTree
from shared.kit.access import Directory
from shared.kit.app import Service
from shared.kit.case_service import establish
from shared.kit.settings import Settings

MIGRATIONS = Path(__file__).parent / "migrations"


def create(
    settings: Settings, *, nats_url: str, clock: Clock = system_clock, directory: Directory | None = None
) -> Service:
    """`directory` says who calls; without one nobody is known.

    Raises:
        RuleViolation: `reconsideration.local_rules_unreadable`
    """
    tree = RegionTree.builtin()
    file = settings.local_rules_file
    rules = LocalRuleBook(tree=tree) if file is None else LocalRuleBook.read(file, tree)
    reconsideration = establish(
        SERVICE,
        TABLES,
        settings,
        policy=POLICY,
        office_of=repository.office_of,
        recompute=use_cases.recalculate,
        nats_url=nats_url,
        clock=clock,
        directory=directory,
    )
    edge = reconsideration.edge

    def begin(session: Session) -> None:
        repository.seal_earlier(session)
        use_cases.count_earlier(session, calendar=CALENDARS.calendar(session), now=clock())

    return reconsideration.composed(
        migrations=MIGRATIONS,
        routers=(api.create_router(edge, rules), template_routes(edge), number_routes(edge)),
        ledgers={"cases": ReconsiderationLedger(edge, rules)},
        actions=Action,
        roles=PartyRole,
        workers=(deeming(edge),),
        begin=begin,
    )
