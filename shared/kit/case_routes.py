"""Routes that are alike in every case service: acts that change one thing, and the check of the books.

What is entered, who may and what is shown stays with the service.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel
from sqlmodel import Session

from shared.contracts.envelope import Facts, digest
from shared.kernel.errors import RuleViolation
from shared.kit.access import Access
from shared.kit.concurrency import IfMatch, etag
from shared.kit.edge import Edge
from shared.kit.idempotency import Answer, IdempotencyKey
from shared.kit.pagination import After, BooksLimit

Body = TypeVar("Body", bound=BaseModel)
Thing = TypeVar("Thing")
Filed = tuple[UUID, int, Thing]  # id, version, what it is now
Act = Callable[[Session, datetime], Filed[Thing]]
Counted = tuple[UUID, int, Facts]  # id, version, what the statistics know of it
# What comes after this id, in order; one more than the limit tells that it goes on.
Read = Callable[[Session, UUID | None, int], Sequence[Counted]]


@dataclass(frozen=True, slots=True)
class Asked(Generic[Body]):
    """A change of one thing, as it was asked for."""

    id: UUID
    body: Body
    access: Access
    if_match: str | None

    def fields(self) -> dict[str, Any]:
        """The fields of the body by their names, as they are."""
        return {name: getattr(self.body, name) for name in type(self.body).model_fields}


@dataclass(frozen=True, slots=True)
class Acts(Generic[Thing]):
    """Makes the routes that file and change the things of one kind, which stand at the address `at`.

    What is made of a body is decided before the transaction begins; the act itself is done within it, once per
    idempotency key. The answer is the thing as `show` lets this caller see it, its version as ETag.
    """

    router: APIRouter
    edge: Edge
    at: str
    id_name: str
    view: type[BaseModel]
    show: Callable[[Session, Access, Filed[Thing]], BaseModel]

    def filing(
        self,
        shape: type[Body],
        action: StrEnum,
        summary: str,
        decide: Callable[[Body, Access], Act[Thing]],
    ) -> None:
        def file(
            body: Any, request: Request, key: IdempotencyKey = None, access: Access = self.edge.may(action)
        ) -> Response:
            return self._done(request, body, decide(body, access), access, key, is_new=True)

        file.__annotations__["body"] = shape
        self.router.post(
            self.at, status_code=201, response_model=self.view, summary=summary, name=decide.__name__
        )(file)

    def change(
        self,
        path: str,
        shape: type[Body],
        action: StrEnum,
        summary: str,
        decide: Callable[[Asked[Body]], Act[Thing]],
        *,
        name: str | None = None,
    ) -> None:
        def change(
            id_: UUID,
            body: Any,
            request: Request,
            key: IdempotencyKey = None,
            if_match: IfMatch = None,
            access: Access = self.edge.may(action),
        ) -> Response:
            return self._done(request, body, decide(Asked(id_, body, access, if_match)), access, key)

        # The closure is one for all routes; what they are asked with is what tells them apart.
        change.__annotations__ |= {"id_": Annotated[UUID, Path(alias=self.id_name)], "body": shape}
        self.router.post(
            f"{self.at}/{{{self.id_name}}}/{path}",
            response_model=self.view,
            summary=summary,
            name=name or decide.__name__,
        )(change)

    def step(
        self,
        path: str,
        shape: type[Body],
        action: StrEnum,
        summary: str,
        take: Callable[..., Filed[Thing]],
        *,
        name: str,
    ) -> None:
        """A change that takes the fields of its body by their names."""

        def decide(asked: Asked[Body]) -> Act[Thing]:
            return lambda session, now: take(
                session, asked.id, **asked.fields(), if_match=asked.if_match, now=now
            )

        self.change(path, shape, action, summary, decide, name=name)

    def _done(
        self,
        request: Request,
        body: BaseModel,
        act: Act[Thing],
        access: Access,
        key: str | None,
        *,
        is_new: bool = False,
    ) -> Response:
        def work(session: Session, now: datetime) -> Answer:
            return self.answer(session, access, act(session, now), is_new=is_new)

        return self.edge.act(request, body, work, access=access, key=key)

    def answer(
        self, session: Session, access: Access, filed: Filed[Thing], *, is_new: bool = False
    ) -> Answer:
        id_, version, _ = filed
        headers = {"ETag": etag(version)}
        if is_new:
            headers["Location"] = f"/{self.edge.service}{self.at}/{id_}"
        shown = self.show(session, access, filed).model_dump(mode="json")
        return Answer(201 if is_new else 200, shown, headers, id_)


def require_given(changes: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse a correction that would leave one of these empty.

    Raises:
        RuleViolation: `request.field_required`
    """
    for name in names:
        if name in changes and changes[name] is None:
            raise RuleViolation("request.field_required", "这一项不能为空。", field=name)


def add_books(
    router: APIRouter, edge: Edge, action: StrEnum, summary: str, kinds: Mapping[str, Read]
) -> None:
    """`GET /books`: version and digest of everything kept, to be compared with what the statistics hold."""

    def books(
        kind: Any = next(iter(kinds)),
        after: After = None,
        limit: BooksLimit = 1000,
        access: Access = edge.may(action),
    ) -> Response:
        with edge.database.reading(access.acting) as session:
            counted = kinds[kind](session, after, limit)
        items = [
            {"kind": kind, "case_id": id_, "version": version, "digest": digest(facts)}
            for id_, version, facts in counted[:limit]
        ]
        following = counted[limit - 1][0] if len(counted) > limit else None
        return Response(orjson.dumps({"items": items, "next": following}), media_type="application/json")

    books.__annotations__["kind"] = Literal[tuple(kinds)]
    router.get("/books", summary=summary)(books)
