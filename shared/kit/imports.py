"""Ledgers in: a whole file or nothing, the same code for a dry run, and the same file twice changes nothing.

Mechanism only: what a row means is told by the service through `Book`.
"""

import re
from collections.abc import Generator, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import orjson
from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse
from sqlmodel import Session

from shared.contracts.identity import OfficeKind
from shared.kernel.errors import RuleViolation
from shared.kit import problems
from shared.kit.access import Access
from shared.kit.edge import Edge
from shared.kit.ledger import Column, LedgerRow, RowError, parse
from shared.kit.routing import routes_of
from shared.kit.spreadsheets import read_table

CHUNK = 1_000
MAX_SHOWN_ERRORS = 500
MAX_BYTES = 20 * 1024 * 1024
NDJSON = "application/x-ndjson"


class Placed(Protocol):
    """A case that says which office keeps it."""

    @property
    def office(self) -> str: ...


_LONG_NUMBER = re.compile(r"\d(?:[\s-]?\d){9,}[\s-]?[\dXxＸｘ]?")
CaseT = TypeVar("CaseT", bound=Placed)
Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Stored(Generic[CaseT]):
    """A case that is already in the books."""

    id: UUID
    version: int
    case: CaseT


class Book(Protocol[CaseT]):
    """What a service says of one kind of ledger."""

    kind: str
    columns: Sequence[Column]
    office_kinds: tuple[OfficeKind, ...]

    def build(self, row: LedgerRow) -> CaseT:
        """The case of a row, checked; RuleViolation.field names the column that is wrong."""

    def region(self, case: CaseT) -> str:
        """Where the case belongs; the office that serves it keeps the case."""

    def at(self, case: CaseT, office: str) -> CaseT:
        """The same case in the books of `office`."""

    def key(self, case: CaseT) -> Key:
        """What makes two rows the same case."""

    def stored(self, session: Session, cases: Sequence[CaseT]) -> Mapping[Key, Stored[CaseT]]:
        """Those of `cases` that are already in the books, by key."""

    def add(self, session: Session, cases: Sequence[CaseT]) -> None:
        """Record new cases with their events."""

    def update(self, session: Session, changes: Sequence[tuple[Stored[CaseT], CaseT]]) -> None:
        """Record that cases now read as the ledger says, as corrections with their events."""


@dataclass(frozen=True, slots=True)
class Progress:
    stage: str
    done: int
    total: int


@dataclass(slots=True)
class Result:
    """What an import did, or would do. With errors nothing was done."""

    kind: str
    dry_run: bool
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    error_count: int = 0
    errors: list[RowError] = field(default_factory=list)
    unknown_columns: tuple[str, ...] = ()

    def refuse(self, errors: Iterable[RowError]) -> None:
        for error in errors:
            self.error_count += 1
            if len(self.errors) < MAX_SHOWN_ERRORS:
                self.errors.append(replace(error, found=_without_long_numbers(error.found)))

    def as_json(self) -> dict[str, Any]:
        return {"ok": self.error_count == 0, **asdict(self)}


@dataclass(frozen=True, slots=True)
class _Entry(Generic[CaseT]):
    row: LedgerRow
    case: CaseT


def run(
    edge: Edge,
    book: Book[CaseT],
    content: bytes,
    filename: str,
    *,
    access: Access,
    dry_run: bool,
    update: bool,
) -> Generator[Progress, None, Result]:
    """Read, check and record a ledger as this caller; yields progress and returns the result.

    Raises:
        RuleViolation: the file as a whole cannot be read
    """
    result = Result(kind=book.kind, dry_run=dry_run)
    yield Progress("reading", 0, 1)
    parsed = parse(read_table(content, filename), book.columns)
    result.rows = len(parsed.rows)
    result.unknown_columns = tuple(map(_without_long_numbers, parsed.unknown_columns))
    result.refuse(parsed.errors)
    entries = yield from _build(edge, book, parsed.rows, result, access)
    if result.error_count:
        return result
    with edge.database.writing(access.acting) as session:
        yield from _record(edge, session, book, entries, result, update=update)
        if dry_run or result.error_count:
            session.rollback()
    if result.error_count:
        result.created = result.updated = 0
    edge.relay.wake()
    return result


def _build(
    edge: Edge, book: Book[CaseT], rows: Sequence[LedgerRow], result: Result, access: Access
) -> Generator[Progress, None, list[_Entry[CaseT]]]:
    entries: list[_Entry[CaseT]] = []
    first_row: dict[Key, int] = {}
    labels = {column.name: column.label for column in book.columns}
    for place, row in enumerate(rows):
        if place % CHUNK == 0:
            yield Progress("checking", place, len(rows))
        try:
            case = book.build(row)
            case = book.at(case, access.place(book.office_kinds, book.region(case), edge.tree))
        except RuleViolation as refusal:
            result.refuse([_refused(row, refusal, labels)])
            continue
        earlier = first_row.setdefault(book.key(case), row.number)
        if earlier != row.number:
            result.refuse([_twice(row, earlier, book, case)])
            continue
        entries.append(_Entry(row, case))
    return entries


def _record(
    edge: Edge,
    session: Session,
    book: Book[CaseT],
    entries: Sequence[_Entry[CaseT]],
    result: Result,
    *,
    update: bool,
) -> Generator[Progress, None, None]:
    for start in range(0, len(entries), CHUNK):
        yield Progress("recording", start, len(entries))
        chunk = entries[start : start + CHUNK]
        known = book.stored(session, [entry.case for entry in chunk])
        new: list[CaseT] = []
        changed: list[tuple[Stored[CaseT], CaseT]] = []
        for entry in chunk:
            stored = known.get(book.key(entry.case))
            if stored is None:
                new.append(entry.case)
                continue
            case = book.at(entry.case, stored.case.office)  # a ledger does not move a case to another office
            if stored.case == case:
                result.unchanged += 1
            elif update:
                changed.append((stored, case))
            else:
                result.refuse([_differs(entry.row, book, case)])
        with edge.calendars.current.within(
            session
        ):  # a chunk at a time: each may be worked by another thread
            book.add(session, new)
            book.update(session, changed)
        result.created += len(new)
        result.updated += len(changed)


def _without_long_numbers(found: str) -> str:
    """What stood in the cell, for whoever sent it; an identity or phone number in a wrong column is not repeated."""
    return _LONG_NUMBER.sub("***", found)


def _refused(row: LedgerRow, refusal: RuleViolation, labels: Mapping[str, str]) -> RowError:
    name = refusal.field or ""
    label = labels.get(name, name)
    found = row.values.get(name)
    how = f"请核对本行的“{label}”，改正后重新导入。" if label else "请核对本行，改正后重新导入。"
    return RowError(
        row.number, label, "" if found is None else str(found), refusal.message, how, refusal.code
    )


def _twice(row: LedgerRow, earlier: int, book: Book[CaseT], case: CaseT) -> RowError:
    return RowError(
        row.number,
        book.columns[0].label,
        " ".join(book.key(case)),
        f"与第 {earlier} 行是同一件。",
        "每件只占一行，请删去重复的一行。",
        "ledger.row_twice",
    )


def _differs(row: LedgerRow, book: Book[CaseT], case: CaseT) -> RowError:
    return RowError(
        row.number,
        book.columns[0].label,
        " ".join(book.key(case)),
        "系统里已有这一件，但内容与本行不同。",
        "确认以台账为准的，请加 --update 重新导入，差异将记为更正；否则请改正本行。",
        "ledger.differs_from_books",
    )


def routes(edge: Edge, books: Mapping[str, Book[Any]], action: StrEnum) -> APIRouter:
    """`POST /imports/{kind}` with the file as the body; NDJSON progress for those who accept it."""
    router = routes_of(edge.service)

    @router.post("/imports/{kind}", summary="导入台账（CSV 或 XLSX，整份成功或整份不动）")
    async def import_ledger(
        request: Request,
        kind: str,
        filename: str = "",
        dry_run: bool = False,
        update: bool = False,
        access: Access = edge.may(action),
    ) -> Response:
        book = books.get(kind)
        if book is None:
            raise RuleViolation("ledger.unknown_kind", f"没有这种台账，可用的有：{'、'.join(books)}。")
        content = await _content(request)
        work = run(edge, book, content, filename, access=access, dry_run=dry_run, update=update)
        if NDJSON in request.headers.get("accept", ""):
            return StreamingResponse(_lines(work, path=request.url.path), media_type=NDJSON)
        result = await run_in_threadpool(_exhaust, work)
        return Response(
            orjson.dumps(result.as_json()),
            status_code=422 if result.error_count else 200,
            media_type="application/json",
        )

    return router


async def _content(request: Request) -> bytes:
    received = bytearray()
    async for piece in request.stream():
        received += piece
        if len(received) > MAX_BYTES:
            raise RuleViolation("ledger.too_large", "文件超过 20 MB，请按年份拆开后分别导入。")
    return bytes(received)


def _exhaust(work: Generator[Progress, None, Result]) -> Result:
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: Result = end.value
            return result


def _lines(work: Generator[Progress, None, Result], *, path: str) -> Generator[bytes, None, None]:
    """One JSON object a line: `progress` while at work, at last `result` or `problem`."""
    try:
        while True:
            try:
                step = next(work)
            except StopIteration as end:
                yield orjson.dumps({"result": end.value.as_json()}) + b"\n"
                return
            except Exception as failure:  # noqa: BLE001 - the answer has begun: a line is all that can still tell
                told = problems.answer_to(failure, path=path)
                yield orjson.dumps({"problem": orjson.Fragment(bytes(told.body))}) + b"\n"
                return
            yield orjson.dumps({"progress": asdict(step)}) + b"\n"
    finally:
        work.close()
