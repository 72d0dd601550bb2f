"""Reading and writing cases, and the one mapping between Case and row."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import and_, or_, update
from sqlmodel import Session, col, select

from services.reconsideration.domain import Case, Clock, next_due_on
from services.reconsideration.models import ONE_CASE_PER_NUMBER, VAULT, CaseRow, ClockRow
from services.reconsideration.repository import clock_rows, handler_rows, link_rows
from services.reconsideration.repository.stored import PROCEEDING, read_proceeding
from services.reconsideration.repository.text_index import Indexed, index_text
from services.reconsideration.repository.words import Searchable
from services.reconsideration.terms import (
    Channel,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.errors import Conflict, NotFound
from shared.kit.acting import visible
from shared.kit.calendars import Stretch
from shared.kit.rows import within_reach, write_version
from shared.kit.uniqueness import insert_unless_taken, unless_taken
from shared.kit.vault import CaseKey

_CLOSED_SETS: Mapping[str, type[StrEnum]] = {
    "authority_level": OrganLevel,
    "respondent_type": RespondentType,
    "channel": Channel,
    "refusal": Refusal,
    "procedure": Procedure,
    "outcome": Outcome,
    "termination_ground": TerminationGround,
    "withdraw_reason": WithdrawReason,
}
_TABLE = "case_file"
_TEXTS = "texts"
_SEALED = frozenset({"matter"})  # what an application is about is told in words that name people
_DATE_LISTS = frozenset({"opinion_letters_on", "recommendation_letters_on"})
_FIELDS = tuple(field.name for field in fields(Case))


class NumberTaken(Conflict):
    """Another live case of the same organ in the same office's books bears the number."""

    def __init__(self) -> None:
        super().__init__(
            "reconsideration.number_taken", "本机关已有这个案号的案件，请核对案号。", field="case_number"
        )


def to_domain(row: CaseRow, key: CaseKey | None) -> Case:
    """The case of a row. Without its key, or when that was destroyed, it has no sealed words."""
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(row, name)
        if name in _SEALED:
            value = None if key is None else key.unseal(table=_TABLE, column=name, row=row.id, sealed=value)
        elif name == _TEXTS:
            value = _texts(row, key)
        elif name == "proceeding":
            value = read_proceeding(value)
        elif name in _DATE_LISTS:
            value = tuple(date.fromisoformat(day) for day in value)
        elif value is not None and name in _CLOSED_SETS:
            value = _CLOSED_SETS[name](value)
        values[name] = value
    return Case(**values)


def _texts(row: CaseRow, key: CaseKey | None) -> dict[str, str]:
    """All free words of a case by what they were written for; none after an erasure."""
    plain = None if key is None else key.unseal(table=_TABLE, column=_TEXTS, row=row.id, sealed=row.texts)
    found: dict[str, str] = {} if plain is None else orjson.loads(plain)
    return found


def opened(session: Session, rows: Sequence[CaseRow]) -> list[Case]:
    """The cases of these rows with all their words."""
    keys = VAULT.open_keys(session, [row.id for row in rows])
    return [to_domain(row, keys.get(row.id)) for row in rows]


def _columns(case_id: UUID, case: Case, key: CaseKey) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name in _FIELDS:
        value = getattr(case, name)
        if name in _SEALED:
            # Of an erased case nothing is left; whoever enters words again is told so by the key.
            value = value and key.seal(table=_TABLE, column=name, row=case_id, value=value)
        elif name == _TEXTS:
            value = (
                key.seal(table=_TABLE, column=_TEXTS, row=case_id, value=orjson.dumps(dict(value)).decode())
                if value
                else None
            )
        elif name == "proceeding":
            value = PROCEEDING.dump_python(value, mode="json", exclude_defaults=True)
        elif name in _DATE_LISTS:
            value = [day.isoformat() for day in value]
        elif isinstance(value, StrEnum):
            value = value.value
        values[name] = value
    values["status"] = case.status.value
    values["act_number"] = case.application.act_number
    return values


def add(
    session: Session, cases: Iterable[tuple[UUID, Case, Sequence[Clock]]], *, now: datetime
) -> Mapping[UUID, CaseKey]:
    """Insert new cases with their clocks, links and handlers; their keys, made for them.

    Raises:
        NumberTaken: nothing is left of a single case; of several the transaction must be given up
    """
    filed = list(cases)
    keys, kept = VAULT.draw_keys(session, [id_ for id_, _, _ in filed])
    rows = [
        {
            "id": id_,
            "version": 1,
            "recorded_at": now,
            "changed_at": now,
            "next_due_on": next_due_on(running),
            **_columns(id_, case, keys[id_]),
        }
        for id_, case, running in filed
    ]
    if rows and not insert_unless_taken(session, rows, ONE_CASE_PER_NUMBER):
        raise NumberTaken
    clock_rows.add(session, [(id_, case.office, running) for id_, case, running in filed])
    link_rows.add(session, [(id_, case.office, case.proceeding.named) for id_, case, _ in filed])
    handler_rows.add(session, [(id_, case.office, case.proceeding.handlers) for id_, case, _ in filed])
    VAULT.keep_keys(session, kept)
    index_text(session, [_indexed(id_, case) for id_, case, _ in filed], new=True)
    return keys


def seal_earlier(session: Session) -> None:
    """Seal what an earlier release wrote in plain: sealed words begin with the name of their format."""
    plain = session.execute(
        select(CaseRow.id, CaseRow.matter).where(
            col(CaseRow.matter).is_not(None), ~col(CaseRow.matter).startswith("v1.")
        )
    )
    for case_id, matter in plain.all():
        sealed = VAULT.key_for_change(session, case_id).seal(
            table=_TABLE, column="matter", row=case_id, value=matter
        )
        session.execute(update(CaseRow).where(col(CaseRow.id) == case_id).values(matter=sealed))


def load(session: Session, case_id: UUID) -> CaseRow:
    return within_reach(session, CaseRow, case_id, missing=_no_case)


def office_of(session: Session, case_id: UUID) -> str:
    """The office that keeps a case within the caller's scope; every other case is not found."""
    return load(session, case_id).office


def load_for_update(session: Session, case_id: UUID) -> CaseRow:
    return within_reach(session, CaseRow, case_id, missing=_no_case, locked=True)


def save(
    session: Session,
    case_id: UUID,
    case: Case,
    running: Sequence[Clock],
    *,
    present: Case,
    version: int,
    now: datetime,
) -> None:
    """Write the case, `present` until now, as `version` with its clocks; refuse when somebody else was faster.

    Raises:
        Conflict: `reconsideration.changed_meanwhile`, `reconsideration.number_taken`
    """
    key = VAULT.open_keys(session, [case_id])[case_id]
    values = {"changed_at": now, "next_due_on": next_due_on(running), **_columns(case_id, case, key)}
    with unless_taken(ONE_CASE_PER_NUMBER, NumberTaken):
        is_next = write_version(session, CaseRow, case_id, values, version=version)
    if not is_next:
        raise Conflict("reconsideration.changed_meanwhile", "此案刚被他人办理，请重新打开后再办。")
    clock_rows.replace(session, case_id, case.office, running)
    if case.proceeding.named != present.proceeding.named:
        link_rows.replace(session, case_id, case.office, case.proceeding.named)
    if case.proceeding.handlers != present.proceeding.handlers:
        handler_rows.replace(session, case_id, case.office, case.proceeding.handlers)
    index_text(session, [_indexed(case_id, case)])


def _indexed(case_id: UUID, case: Case) -> Indexed:
    return Indexed(case_id, case.office, Searchable.of(case.case_number, case.respondent, case.field))


def due_within(session: Session, stretch: Stretch, *, limit: int) -> Sequence[CaseRow]:
    """The next cases with a period that ends in the stretch, by id; locked where they are to be changed."""
    decided, ends = col(CaseRow.decision_due_on), col(ClockRow.due_on)
    running = select(ClockRow.case_id).where(ends >= stretch.first, ends <= stretch.last)
    query = select(CaseRow).where(
        ~col(CaseRow.cancelled),
        or_(and_(decided >= stretch.first, decided <= stretch.last), col(CaseRow.id).in_(running)),
        visible(session, CaseRow.office),
    )
    if stretch.place is not None:
        query = query.where(col(CaseRow.id) > stretch.place[1])
    query = query.order_by(col(CaseRow.id)).limit(limit)
    return session.exec(query if stretch.dry_run else query.with_for_update()).all()


def by_numbers(session: Session, numbers: Iterable[str]) -> Sequence[CaseRow]:
    """Live cases that bear one of these numbers, of whatever organ."""
    return session.exec(
        select(CaseRow).where(
            col(CaseRow.case_number).in_(set(numbers)),
            ~col(CaseRow.cancelled),
            visible(session, CaseRow.office),
        )
    ).all()


def number_taken(session: Session, case: Case, *, except_for: UUID) -> bool:
    """Whether another live case of the same organ in the same office's books bears this number."""
    found = session.exec(
        select(CaseRow.id).where(
            visible(session, CaseRow.office),
            CaseRow.office == case.office,
            CaseRow.authority_region == case.authority_region,
            CaseRow.case_number == case.case_number,
            ~col(CaseRow.cancelled),
        )
    ).first()
    return found is not None and found != except_for


def _no_case() -> NotFound:
    return NotFound("reconsideration.not_found", "没有这件复议案件。")
