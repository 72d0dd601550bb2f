"""Keyset pages: "after this id", so that a page neither repeats nor skips rows while others are filed."""

from collections.abc import Sequence
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from fastapi import Query
from pydantic import BaseModel

Item = TypeVar("Item")

After = Annotated[UUID | None, Query(description="上一页最后一项的 next")]
Limit = Annotated[int, Query(ge=1, le=1000, description="每页件数")]

BooksLimit = Annotated[int, Query(ge=1, le=5000, description="每页件数")]


class Page(BaseModel, Generic[Item]):
    """`next` is what to send as `after` for the following page; null on the last one."""

    items: list[Item]
    next: UUID | None


def page(rows: Sequence[Item], *, ids: Sequence[UUID], limit: int) -> Page[Item]:
    """A page from `limit + 1` rows asked for: the extra one only tells that there is more."""
    return Page(items=list(rows[:limit]), next=ids[limit - 1] if len(rows) > limit else None)
