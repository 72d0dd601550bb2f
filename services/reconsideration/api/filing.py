"""Filing an application, correcting what was recorded, taking back the last step, cancelling what was no case."""

from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from services.reconsideration import domain, schemas, use_cases
from services.reconsideration.access import ACTION_OF, OFFICE_KINDS, POLICY, Action
from services.reconsideration.api.answers import acts_on_cases
from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import Proceeding
from services.reconsideration.ledger import organ_of
from services.reconsideration.local_rules import LocalRuleBook
from services.reconsideration.schemas.filing import Applied
from services.reconsideration.terms import Step
from services.reconsideration.use_cases import NOT_NUMBERED
from shared.kernel.errors import RuleViolation
from shared.kit.access import Access, reach_of
from shared.kit.case_routes import Act, Asked, require_given
from shared.kit.concurrency import IfMatch
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey

_PROCEEDING = TypeAdapter(Proceeding)
_NOT_OF_THE_CASE = {"case_number", "organ_region", "organ_level", "office", *Applied.model_fields}


def add_routes(router: APIRouter, edge: Edge, rules: LocalRuleBook) -> None:
    acts = acts_on_cases(router, edge)

    def receive(body: schemas.ReceiveCase, access: Access) -> Act[Case]:
        values = body.model_dump(exclude=_NOT_OF_THE_CASE)
        region, level = organ_of(edge.tree, body.organ_region, body.organ_level, on=body.received_on)
        office = access.place(OFFICE_KINDS, region, edge.tree, named=body.office)
        application = Case(
            case_number=body.case_number or NOT_NUMBERED,
            authority_region=region,
            authority_level=level,
            office=office,
            proceeding=Proceeding(
                application=body.application(), local=rules.of_case(region, body.received_on)
            ),
            **values,
        )
        return lambda session, now: use_cases.receive(session, application, calendar=edge.calendar, now=now)

    def correct(asked: Asked[schemas.CorrectCase]) -> Act[Case]:
        changes = _changes(edge, asked.body.changes)

        def act(session: Session, now: datetime) -> use_cases.Filed:
            filed = use_cases.correct(
                session,
                asked.id,
                changes=changes,
                reason=asked.body.reason,
                rules=rules.of_case,
                by_head=partial(_directs, asked.access),
                calendar=edge.calendar,
                if_match=asked.if_match,
                now=now,
            )
            asked.access.require_place(filed[2].office, filed[2].authority_region, edge.tree)
            return filed

        return act

    def cancel(session: Session, case_id: UUID, **entered: Any) -> use_cases.Filed:
        return use_cases.cancel(session, case_id, calendar=edge.calendar, **entered)

    acts.filing(schemas.ReceiveCase, Action.FILE, "收到申请", receive)
    acts.change("corrections", schemas.CorrectCase, Action.CORRECT, "更正", correct)
    acts.step(
        f"steps/{Step.CANCEL.value}",
        schemas.CancelCase,
        ACTION_OF[Step.CANCEL],
        "注销误录",
        cancel,
        name="cancel",
    )

    @router.post(
        f"/cases/{{case_id}}/steps/{Step.UNDO.value}", response_model=schemas.CaseView, summary="撤回上一步"
    )
    def undo(
        case_id: UUID,
        request: Request,
        key: IdempotencyKey = None,
        if_match: IfMatch = None,
        access: Access = edge.may(Action.UNDO),
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            filed = use_cases.undo(session, case_id, calendar=edge.calendar, if_match=if_match, now=now)
            return acts.answer(session, access, filed)

        return edge.act(request, schemas.Body(), work, access=access, key=key)


def _directs(access: Access, office: str) -> bool:
    """Whether the caller may approve what the head of that office approves."""
    reach = reach_of(access.caller, POLICY[Action.DIRECT], access.offices, on=access.on)
    return any(each.scope.covers(office) for each in reach)


def _changes(edge: Edge, named: schemas.Changes) -> dict[str, Any]:
    """The corrections in the domain's words."""
    changes = named.model_dump(include=named.model_fields_set)
    if "organ_region" in changes:
        place = changes.pop("organ_region")
        if place is None:
            raise RuleViolation("request.region_required", "复议机关所在地不能为空。", field="organ_region")
        # With the place goes its level: a county's organ that turns out to be the city's is none of the county.
        region, level = organ_of(edge.tree, place, changes.pop("organ_level", None), on=None)
        changes |= {"authority_region": region, "authority_level": level}
    if "organ_level" in changes:
        changes["authority_level"] = changes.pop("organ_level")
    require_given(changes, ("case_number", "received_on", "is_group", "authority_level"))
    for name in ("opinion_letters_on", "recommendation_letters_on"):
        if name in changes:
            changes[name] = tuple(changes[name] or ())
    if "proceeding" in changes:
        changes["proceeding"] = _corrected_parts(changes["proceeding"])
    return changes


def _corrected_parts(named: dict[str, Any] | None) -> dict[str, Any]:
    """The parts that are named, of each the fields that are; words that are wrong are not told back."""
    given = named or {}
    unknown = next((name for name in given if name not in domain.CORRECTABLE_PARTS), None)
    if unknown is not None:
        raise _unreadable()
    try:
        whole = _PROCEEDING.validate_python(given)
    except ValidationError as failure:
        raise _unreadable(*failure.errors()[0]["loc"]) from None
    if not _is_known(given, _PROCEEDING.dump_python(whole, mode="json")):
        raise _unreadable()
    return {name: _named_of(getattr(whole, name), value) for name, value in given.items()}


def _named_of(part: Any, given: Any) -> Any:
    return {name: getattr(part, name) for name in given} if isinstance(given, dict) else part


def _is_known(given: Any, told: Any) -> bool:
    """Whether every name that was given is one of the proceeding's: a misspelt one would otherwise be passed over."""
    if isinstance(given, dict) and isinstance(told, dict):
        return all(name in told and _is_known(value, told[name]) for name, value in given.items())
    if isinstance(given, list) and isinstance(told, list):
        return all(_is_known(*both) for both in zip(given, told, strict=True))
    return True


def _unreadable(*place: int | str) -> RuleViolation:
    where = ".".join(("proceeding", *map(str, place)))[:200]
    return RuleViolation(
        "request.proceeding_unreadable", "办理经过的这一部分读不出来，请对照案件详情中的写法。", field=where
    )
