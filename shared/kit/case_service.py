"""Composes a case service: its edge, and the routes and background work that each of them has beside its own."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlmodel import Session

from shared.kernel.clock import Clock
from shared.kernel.regions import RegionTree
from shared.kit import imports
from shared.kit.access import Directory, Gate, Policy
from shared.kit.app import Service
from shared.kit.audit_keeping import AuditKeeping
from shared.kit.audit_routes import audit_routes
from shared.kit.calendar_keeping import CalendarKeeping
from shared.kit.calendar_routes import calendar_routes
from shared.kit.calendars import Recompute, without_due_dates
from shared.kit.case_tables import CaseTables
from shared.kit.database import Database
from shared.kit.directory import Nobody
from shared.kit.edge import Edge, log_routes, refusals_of
from shared.kit.opening import open_books
from shared.kit.party_routes import PartyActions, RequireCase, party_routes
from shared.kit.personal_limits import ERASURES, REVEALS, SEARCHES, PersonalLimits
from shared.kit.relay import Relay
from shared.kit.settings import Settings
from shared.kit.vault_erasure import DestroyedList


@dataclass(frozen=True, slots=True)
class CaseService:
    """A case service whose edge stands; its own routes are made with that edge."""

    edge: Edge
    tables: CaseTables
    settings: Settings
    nats_url: str
    office_of: RequireCase

    def composed(
        self,
        *,
        migrations: Path,
        routers: tuple[APIRouter, ...],
        ledgers: Mapping[str, imports.Book[Any]],
        actions: type[StrEnum],
        roles: type[StrEnum],
        workers: tuple[Callable[[], Awaitable[None]], ...] = (),
        begin: Callable[[Session], None] = lambda session: None,
    ) -> Service:
        """`roles` are those of a case's parties; `begin` is the service's own part of its start.

        `actions` are the service's own; those for the routes of all bear the same names in each.
        """
        edge, tables, keys = self.edge, self.tables, self.settings.keys
        for_parties = PartyActions(
            read=actions["READ_PARTIES"],
            change=actions["WRITE_PARTIES"],
            reveal=actions["REVEAL"],
            search=actions["SEARCH"],
            erase=actions["ERASE"],
        )
        destroyed = DestroyedList(keys.path(f"{edge.service}.destroyed"))
        keeping = AuditKeeping(
            edge.database,
            tables.audit,
            service=edge.service,
            keys=keys,
            folder=self.settings.data / "checkpoints",
            nats_url=self.nats_url,
            clock=edge.clock,
            algorithm=self.settings.chain_algorithm,
        )

        def begin_life(session: Session) -> None:
            tables.events.begin_life(session)
            edge.calendars.ship(session)
            begin(session)

        def prepare() -> None:
            open_books(
                edge.database,
                migrations,
                self.settings,
                edge.clock,
                tables=tables,
                destroyed=destroyed,
                begin=begin_life,
            )

        return Service(
            name=edge.service,
            routers=(
                *routers,
                imports.routes(edge, ledgers, actions["IMPORT"]),
                log_routes(edge, actions["LOG"]),
                calendar_routes(edge, actions["CALENDAR"]),
                party_routes(
                    edge,
                    tables.parties,
                    roles=roles,
                    actions=for_parties,
                    require_case=self.office_of,
                    destroyed=destroyed,
                    spend=_limits(tables, for_parties),
                ),
                audit_routes(
                    edge.service,
                    edge.database,
                    tables.audit,
                    edge.gate,
                    actions["AUDIT"],
                    edge.clock,
                    tables.events,
                ),
            ),
            migrate=prepare,
            workers=(edge.relay.run, *workers, edge.calendars.run, *keeping.workers),
            health=edge.health,
            close=edge.database.dispose,
        )


def establish(
    name: str,
    tables: CaseTables,
    settings: Settings,
    *,
    policy: Policy,
    office_of: RequireCase,
    nats_url: str,
    clock: Clock,
    directory: Directory | None,
    require: Callable[[Session, UUID], object] | None = None,
    recompute: Recompute = without_due_dates,
) -> CaseService:
    """Without a `directory` nobody is known. `require` finds what an answer is about; left out, that is a case."""
    database = Database(settings.database_of(name), tables.metadata)
    edge = Edge(
        service=name,
        database=database,
        gate=Gate(directory or Nobody(), policy, clock, note=refusals_of(database, tables.audit, clock)),
        audit=tables.audit,
        events=tables.events,
        idempotency=tables.idempotency,
        relay=Relay(database, tables.events, service=name, nats_url=nats_url, keys=settings.keys),
        clock=clock,
        calendars=CalendarKeeping(database, tables.calendars, tables.audit, clock, recompute=recompute),
        tree=RegionTree.builtin(),
        require=require or office_of,
    )
    return CaseService(edge, tables, settings, nats_url, office_of)


def _limits(tables: CaseTables, actions: PartyActions) -> PersonalLimits:
    return PersonalLimits(
        tables.throttle, {actions.reveal: REVEALS, actions.search: SEARCHES, actions.erase: ERASURES}
    )
