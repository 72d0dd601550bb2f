"""The edge of a case service: one request is one transaction, committed before the answer leaves."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import Clock
from shared.kernel.regions import RegionTree
from shared.kit.access import Access, Gate, Refusal
from shared.kit.app import Health
from shared.kit.audit import AuditEntry, AuditTrail
from shared.kit.calendar_keeping import CalendarKeeping
from shared.kit.database import Database
from shared.kit.idempotency import Answer, Idempotency
from shared.kit.outbox import EventLog
from shared.kit.relay import Relay
from shared.kit.routing import routes_of


@dataclass(frozen=True, slots=True)
class Edge:
    """What the routes of one service share: its books and its door, its clock and calendar, the relay to wake."""

    service: str
    database: Database
    gate: Gate
    audit: AuditTrail
    events: EventLog
    idempotency: Idempotency
    relay: Relay
    clock: Clock
    calendars: CalendarKeeping
    tree: RegionTree
    # Raises NotFound for a case that is not in the reach of whoever acts in the session.
    require: Callable[[Session, UUID], object] = lambda session, case_id: None

    @property
    def calendar(self) -> WorkCalendar:
        """现行工作日历: asked anew each time, for a new year's notice may have come; in one act always the same."""
        return self.calendars.current.calendar()

    def act(
        self,
        request: Request,
        body: BaseModel,
        work: Callable[[Session, datetime], Answer],
        *,
        access: Access,
        key: str | None = None,
    ) -> Response:
        """Do `work` in one transaction as this caller, once per caller and idempotency key; only then answer."""
        now = self.clock()
        with (
            self.database.writing(access.acting) as session,
            self.calendars.current.within(session),
        ):
            answer = self.idempotency.once(
                session,
                # The key is the caller's own: another's answer must not come back under it.
                key=None if key is None else f"{access.caller.account}:{key}",
                request=request,
                body=body.model_dump_json().encode(),
                now=now,
                work=lambda: work(session, now),
                require=lambda case_id: self.require(session, case_id),
            )
        self.relay.wake()
        return answer.response()

    def may(self, action: StrEnum) -> Any:
        """The rule of a route, as the default of its parameter `access`."""
        return Depends(self.gate.rule(action))

    def begin(self) -> None:
        """Name this database's life when it is new."""
        with self.database.writing() as session:
            self.events.begin_life(session)

    def health(self) -> Health:
        try:
            with self.database.reading() as session:
                backlog = self.events.backlog(session)
        except SQLAlchemyError:
            return Health(ready=False, facts={"database": "away", "broker": self._broker()})
        waiting = (self.clock() - backlog.oldest_at).total_seconds() if backlog.oldest_at else 0.0
        # Without the broker cases can still be filed: it is reported, but it does not make a service unready.
        return Health(
            ready=True,
            facts={
                "database": "ok",
                "broker": self._broker(),
                "relay_leading": self.relay.leading,
                "unpublished_events": backlog.count,
                "oldest_unpublished_seconds": round(max(waiting, 0.0), 3),
            },
        )

    def _broker(self) -> str:
        return "ok" if self.relay.connected else "away"


def refusals_of(database: Database, audit: AuditTrail, clock: Clock) -> Callable[[Refusal], None]:
    """Writes refused accesses into the audit trail, in a transaction of their own: there is no other."""

    def note(refusal: Refusal) -> None:
        entry = AuditEntry(
            action=refusal.action,
            object_kind="route",
            object_id=f"{refusal.method} {refusal.path}"[:200],
            outcome="refused",
            code=refusal.code,
        )
        with database.writing(refusal.acting) as session:
            audit.record(session, [entry], clock())

    return note


def log_routes(edge: Edge, action: StrEnum) -> APIRouter:
    """`GET /events`: the permanent log, without personal data, for whoever must fill a hole or rebuild."""
    router = routes_of(edge.service, dependencies=[edge.may(action)])

    @router.get("/events/head", summary="日志的末端：最后的发布序号，以及还没有发布的件数")
    def head() -> dict[str, Any]:
        with edge.database.reading() as session:
            return {
                "epoch": edge.events.epoch(session),
                "pub_seq": edge.events.last_number(session),
                "waiting": edge.events.backlog(session).count,
            }

    @router.get("/events", summary="永久事件日志")
    def events(
        epoch: str | None = None,
        after: Annotated[int, Query(ge=0, le=2**63 - 1)] = 0,
        limit: Annotated[int, Query(ge=1, le=5000)] = 1000,
    ) -> Response:
        with edge.database.reading() as session:
            own = edge.events.epoch(session)
            # A reader that speaks of another life of this database has to begin anew.
            start = after if epoch in (None, own) else 0
            logged = edge.events.read(session, after=start, limit=limit)
        body: dict[str, Any] = {
            "epoch": own,
            "events": [
                {"pub_seq": event.pub_seq, "subject": event.subject, "event": orjson.Fragment(event.payload)}
                for event in logged
            ],
            "next": logged[-1].pub_seq if len(logged) == limit else None,
        }
        return Response(orjson.dumps(body), media_type="application/json")

    return router
