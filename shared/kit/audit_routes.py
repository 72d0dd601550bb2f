"""The doors of the audit trail: a page to look things up, an export to verify, and the signed checkpoints.

Whoever reads rows here is written down here, like everybody else.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict
from sqlalchemy import Select, select
from sqlmodel import Session
from starlette.responses import StreamingResponse

from shared.kernel.clock import Clock
from shared.kernel.errors import Forbidden
from shared.kit.access import Access, Gate
from shared.kit.acting import visible
from shared.kit.audit import AuditEntry, AuditTrail, Outcome
from shared.kit.audit_chain import canonical
from shared.kit.audit_checkpoints import notes
from shared.kit.audit_notes import instant
from shared.kit.database import Database
from shared.kit.outbox import EventLog
from shared.kit.routing import routes_of

PAGE = 2_000
LARGEST = 2**63 - 1
Limit = Annotated[int, Query(ge=1, le=1000, description="每页条数")]
After = Annotated[int, Query(ge=0, le=LARGEST, description="上一页的 next")]
Words = Annotated[str | None, Query(max_length=200)]


FIRST_YEAR, LAST_YEAR = 1900, 9000  # beyond them an instant has no UTC


def _within_the_calendar(moment: datetime) -> datetime:
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise ValueError("outside the calendar")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_within_the_calendar)]


class AuditOut(BaseModel):
    """One row with its place in the chain."""

    model_config = ConfigDict(from_attributes=True)

    seq: int
    hash: str
    entry_id: UUID
    at: datetime
    actor: str
    via: str
    role: str
    office: str
    action: str
    object_kind: str
    object_id: str
    version: int | None
    digest: str | None
    outcome: Outcome
    purpose: str | None
    code: str | None
    request_id: str


class AuditPage(BaseModel):
    """`next` is what to send as `after` for the following page; null on the last one."""

    items: list[AuditOut]
    next: int | None


class CheckpointOut(BaseModel):
    size: int
    note: str


class CheckpointPage(BaseModel):
    items: list[CheckpointOut]
    next: int | None


def audit_routes(
    service: str,
    database: Database,
    trail: AuditTrail,
    gate: Gate,
    action: StrEnum,
    clock: Clock,
    events: EventLog | None = None,
) -> APIRouter:
    """`/audit`, `/audit/export` and `/audit/checkpoints`, for whom the rule of `action` admits.

    With `events` the export holds the event log too, so that a verifier can compare the two.
    """
    router = routes_of(service)
    rule = gate.rule(action)

    def note(access: Access, what: str) -> None:
        with database.writing(access.acting) as session:
            trail.record(session, [AuditEntry(action.value, "audit", what)], clock())

    @router.get("/audit", summary="审计记录，按链上的次序")
    def entries(
        access: Annotated[Access, Depends(rule)],
        from_: Annotated[Moment | None, Query(alias="from")] = None,
        to: Moment | None = None,
        actor: Words = None,
        act: Annotated[str | None, Query(alias="action", max_length=200)] = None,
        object_id: Words = None,
        outcome: Outcome | None = None,
        after: After = 0,
        limit: Limit = 100,
    ) -> AuditPage:
        audit = trail.audit.c
        wanted = [
            *([] if from_ is None else [audit.at >= from_]),
            *([] if to is None else [audit.at <= to]),
            *(
                column == value
                for column, value in (
                    (audit.actor, actor),
                    (audit.action, act),
                    (audit.object_id, object_id),
                    (audit.outcome, outcome),
                )
                if value is not None
            ),
        ]
        with database.reading(access.acting) as session:
            query = _chained(trail, after).where(visible(session, audit.office), *wanted).limit(limit + 1)
            rows = session.execute(query).all()
        note(access, "entries")
        return AuditPage(
            items=[AuditOut.model_validate(row) for row in rows[:limit]],
            next=rows[limit - 1].seq if len(rows) > limit else None,
        )

    @router.get("/audit/checkpoints", summary="已签名的检查点")
    def checkpoints(
        access: Annotated[Access, Depends(rule)], after: After = 0, limit: Limit = 100
    ) -> CheckpointPage:
        with database.reading(access.acting) as session:
            kept = notes(session, trail, after=after, limit=limit + 1)
        return CheckpointPage(
            items=[CheckpointOut(size=size, note=text) for size, text in kept[:limit]],
            next=kept[limit - 1][0] if len(kept) > limit else None,
        )

    @router.get(
        "/audit/export",
        summary="全部审计记录和事件，供独立核验（每行一个 JSON）",
        response_class=StreamingResponse,
        responses={200: {"content": {"application/x-ndjson": {}}}},
    )
    def export(access: Annotated[Access, Depends(rule)]) -> StreamingResponse:
        if access.scope.offices is not None:
            raise Forbidden("audit.whole_only", "审计记录只能整体导出，您的权限只到部分机构。")
        note(access, "export")
        lines = exported(lambda: database.reading(access.acting), trail, events, clock)
        return StreamingResponse(lines, media_type="application/x-ndjson")

    return router


def exported(
    reading: Callable[[], AbstractContextManager[Session]],
    trail: AuditTrail,
    events: EventLog | None,
    clock: Clock,
) -> Iterator[bytes]:
    """The whole trail as JSON lines, from one snapshot, whose time the first line says; the last one counts the rest.

    `audit` rows stand in their canonical form, the very text that was hashed; events as the text that was sent.
    """
    counts = {"audit": 0, "waiting": 0, "event": 0, "checkpoint": 0, "witnessed": 0}
    yield _line("export", {"of": "audit", "at": instant(clock())})
    with reading() as session:
        for seq, link, values in _links(session, trail):
            counts["audit"] += 1
            yield b'{"audit":%b,"hash":"%b","seq":%d}\n' % (canonical(values), link.encode(), seq)
        for row in session.execute(_unchained(trail)):
            counts["waiting"] += 1
            yield b'{"waiting":%b}\n' % canonical(row._asdict())
        for size, note in notes(session, trail, after=0):
            counts["checkpoint"] += 1
            yield _line("checkpoint", {"size": size, "note": note})
        for row in session.execute(select(trail.witnessed).order_by(trail.witnessed.c.id)):
            counts["witnessed"] += 1
            yield b'{"witnessed":%b}\n' % canonical(row._asdict())
        for event in _logged(session, events) if events is not None else ():
            counts["event"] += 1
            yield _line("event", event)
    yield _line("end", counts)


def _line(kind: str, content: dict[str, Any]) -> bytes:
    return json.dumps({kind: content}, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _chained(trail: AuditTrail, after: int) -> Select[Any]:
    chain = trail.chain
    return (
        select(chain.c.seq, chain.c.hash, trail.audit)
        .join_from(chain, trail.audit, chain.c.audit_id == trail.audit.c.id)
        .where(chain.c.seq > after)
        .order_by(chain.c.seq)
    )


def _unchained(trail: AuditTrail) -> Select[Any]:
    audit, chain = trail.audit, trail.chain
    return (
        select(audit)
        .join_from(audit, chain, chain.c.audit_id == audit.c.id, isouter=True)
        .where(chain.c.seq.is_(None))
        .order_by(audit.c.id)
    )


def _links(session: Session, trail: AuditTrail) -> Iterator[tuple[int, str, dict[str, Any]]]:
    """(seq, hash, row) in chain order, a page at a time."""
    after = 0
    while True:
        rows = session.execute(_chained(trail, after).limit(PAGE)).all()
        for row in rows:
            values = row._asdict()
            yield values.pop("seq"), values.pop("hash"), values
        if len(rows) < PAGE:
            return
        after = rows[-1].seq


def _logged(session: Session, events: EventLog) -> Iterator[dict[str, Any]]:
    """The events in the order of their ids, a page at a time."""
    event, after = events.event.c, 0
    while True:
        rows = session.execute(
            select(
                event.id,
                event.event_id,
                event.case_id,
                event.case_version,
                event.type,
                event.subject,
                event.payload,
                event.recorded_at,
            )
            .where(event.id > after)
            .order_by(event.id)
            .limit(PAGE)
        ).all()
        for row in rows:
            yield {
                "event_id": str(row.event_id),
                "case_id": str(row.case_id),
                "case_version": row.case_version,
                "type": row.type,
                "subject": row.subject,
                "payload": row.payload.decode(),
                "recorded_at": instant(row.recorded_at),
            }
        if len(rows) < PAGE:
            return
        after = rows[-1].id
