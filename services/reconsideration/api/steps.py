"""One route for each step of the state table, and its preview: what it would change before it is taken."""

from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter

from services.reconsideration import labels, schemas, use_cases
from services.reconsideration.access import ACTION_OF, Action
from services.reconsideration.api.answers import acts_on_cases
from services.reconsideration.domain import Case
from services.reconsideration.domain.intake import open_points
from services.reconsideration.terms import Step
from shared.kit.access import Access
from shared.kit.case_routes import Act, Asked
from shared.kit.edge import Edge


def add_routes(router: APIRouter, edge: Edge) -> None:
    acts = acts_on_cases(router, edge)
    for step, shape in schemas.BODIES.items():
        acts.change(
            f"steps/{step.value}",
            shape,
            ACTION_OF.get(step, Action.STEP),
            labels.STEP[step],
            partial(_take, edge, step),
            name=f"reconsideration_{step.value}",
        )
        _add_preview(router, edge, step, shape)


def _take(edge: Edge, step: Step, asked: Asked[schemas.StepBody]) -> Act[Case]:
    return lambda session, now: use_cases.take(
        session,
        asked.id,
        step,
        on=asked.body.on,
        entered=asked.body.entered(),
        calendar=edge.calendar,
        if_match=asked.if_match,
        now=now,
    )


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
