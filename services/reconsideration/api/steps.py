"""One route for each step of the state table, and its preview: what it would change before it is taken."""

from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from sqlmodel import Session

from services.reconsideration import labels, schemas, use_cases
from services.reconsideration.access import ACTION_OF, Action
from services.reconsideration.api.answers import answer
from services.reconsideration.domain.intake import open_points
from services.reconsideration.terms import Step
from shared.kit.access import Access
from shared.kit.concurrency import IfMatch
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey


def add_routes(router: APIRouter, edge: Edge) -> None:
    for step, shape in schemas.BODIES.items():
        _add_step(router, edge, step, shape)
        _add_preview(router, edge, step, shape)


def _add_step(router: APIRouter, edge: Edge, step: Step, shape: type[schemas.StepBody]) -> None:
    def take_step(
        case_id: UUID,
        body: Any,
        request: Request,
        key: IdempotencyKey = None,
        if_match: IfMatch = None,
        access: Access = edge.may(ACTION_OF.get(step, Action.STEP)),
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            filed = use_cases.take(
                session,
                case_id,
                step,
                on=body.on,
                entered=body.entered(),
                calendar=edge.calendar,
                if_match=if_match,
                now=now,
            )
            return answer(edge, access, filed)

        return edge.act(request, body, work, access=access, key=key)

    # The closure is one for all steps; the shape of its body is what tells them apart.
    take_step.__annotations__["body"] = shape
    router.post(
        f"/cases/{{case_id}}/steps/{step.value}",
        response_model=schemas.CaseView,
        summary=labels.STEP[step],
        name=f"reconsideration_{step.value}",
    )(take_step)


def _add_preview(router: APIRouter, edge: Edge, step: Step, shape: type[schemas.StepBody]) -> None:
    def preview_step(
        case_id: UUID, body: Any, access: Access = edge.may(ACTION_OF.get(step, Action.STEP))
    ) -> schemas.PreviewView:
        with edge.database.reading(access.acting) as session:
            found = use_cases.preview(
                session,
                case_id,
                step,
                on=body.on,
                entered=body.entered(),
                calendar=edge.calendar,
                now=edge.clock(),
            )
        return schemas.PreviewView(
            status_before=found.before.status,
            status_after=found.after.status,
            decision_due_before=found.before.decision_due_on,
            decision_due_after=found.after.decision_due_on,
            clocks_before=schemas.clock_views(found.running_before),
            clocks_after=schemas.clock_views(found.running_after),
            open_points=list(open_points(found.after, found.registered)),
        )

    preview_step.__annotations__["body"] = shape
    router.post(
        f"/cases/{{case_id}}/steps/{step.value}/preview",
        response_model=schemas.PreviewView,
        summary=f"预览：{labels.STEP[step]}",
        name=f"reconsideration_{step.value}_preview",
    )(preview_step)
