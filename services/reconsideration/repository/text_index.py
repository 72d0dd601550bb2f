"""The index of words, kept in the transaction that writes a case: pairs in a GIN index (PostgreSQL) or FTS5 (SQLite).

On PostgreSQL only a function of the owner can use the index: with row-level security an operator that is not
leakproof must wait until the policy was asked row by row. The function asks for the scope by itself.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, func, insert, select, text, update
from sqlmodel import Session

from services.reconsideration.models import CASE_TEXT, CaseRow
from services.reconsideration.repository import words
from services.reconsideration.repository.branches import is_sqlite
from services.reconsideration.repository.words import Searchable, Sought

MOST_OFFICES = 24  # that are looked up in the index together with words; of more, each case is asked
_PLACES = 15  # bits: so many cases may be filed in one millisecond
_ENTER = text(
    "INSERT INTO case_pairs (rowid, office, number, words) VALUES (:place, :office, :number, :words)"
)
# An index without contents has to be told what it forgets.
_FORGET = text(
    "INSERT INTO case_pairs (case_pairs, rowid, office, number, words)"
    " VALUES ('delete', :place, :office, :number, :words)"
)
_FTS5 = text(
    "SELECT case_text.case_id FROM case_pairs CROSS JOIN case_text ON case_text.place = case_pairs.rowid"
    " WHERE case_pairs MATCH :query AND case_pairs.rowid > :after"
    " AND (:offices IS NULL OR case_text.office IN (SELECT value FROM json_each(:offices)))"
    " ORDER BY case_pairs.rowid LIMIT :most"
).columns(case_id=Uuid)
_GIN = text(
    "SELECT case_id FROM cases_with_words(:words, :pairs, :numbers_only, :offices, :after, :in_order, :most)"
    " AS found(case_id)"
)


@dataclass(frozen=True, slots=True)
class Indexed:
    case_id: UUID
    office: str
    text: Searchable


def index_text(session: Session, cases: Iterable[Indexed], *, new: bool = False) -> None:
    """Enter the words of these cases; of known ones only what has changed."""
    cases = sorted(cases, key=lambda each: each.case_id)
    known = {} if new else _known(session, [each.case_id for each in cases])
    fresh = [each for each in cases if each.case_id not in known]
    if fresh:
        _enter(session, fresh)
    for each in cases:
        row = known.get(each.case_id)
        if row is not None and (row.office, row.number, row.words) != _texts(each):
            _change(session, row, each)


def index_earlier(session: Session, *, portion: int = 5_000) -> None:
    """Enter the cases of an earlier release, in order of filing."""
    last: UUID | None = None
    columns = (CaseRow.id, CaseRow.office, CaseRow.case_number, CaseRow.respondent, CaseRow.field)
    while True:
        query = select(*columns).order_by(CaseRow.id).limit(portion)  # type: ignore[call-overload]
        found = session.execute(query if last is None else query.where(CaseRow.id > last)).all()
        if not found:
            return
        last = found[-1].id
        index_text(
            session,
            [
                Indexed(row.id, row.office, Searchable.of(row.case_number, row.respondent, row.field))
                for row in found
            ],
            new=True,
        )


def found(
    session: Session,
    asked: Sought,
    *,
    offices: Sequence[str] | None,
    after: UUID | None,
    most: int,
    in_order: bool,
) -> list[UUID]:
    """Up to `most` cases with these words in these offices (None: all of the reach), filed after `after`.

    The first ones in order of filing, or any. The caller has to keep foreign offices out.
    """
    if is_sqlite(session):
        many = offices is not None and len(offices) > MOST_OFFICES
        given: dict[str, Any] = {
            "query": words.full_text_query(asked, None if many else offices),
            "offices": json.dumps(offices) if many else None,
            "after": -1 if after is None else _place_of(session, after),
            "most": most,
        }
        return list(session.execute(_FTS5, given).scalars())
    given = {
        "words": list(asked.words),
        "pairs": words.pairs_of(asked.words),
        "numbers_only": asked.numbers_only,
        "offices": None if offices is None else list(offices),
        "after": after,
        "in_order": in_order,
        "most": most,
    }
    return list(session.execute(_GIN, given).scalars())


def _texts(each: Indexed) -> tuple[str, str, str]:
    return each.office, each.text.number, each.text.words


def _known(session: Session, ids: Sequence[UUID]) -> dict[UUID, Any]:
    rows = session.execute(select(CASE_TEXT).where(CASE_TEXT.c.case_id.in_(ids)))
    return {row.case_id: row for row in rows}


def _enter(session: Session, cases: Sequence[Indexed]) -> None:
    rows: list[dict[str, Any]] = [
        {"case_id": each.case_id, "office": each.office, "number": each.text.number, "words": each.text.words}
        for each in cases
    ]
    if is_sqlite(session):
        for row, place in zip(rows, _places(session, [each.case_id for each in cases]), strict=True):
            row["place"] = place
        session.execute(insert(CASE_TEXT), rows)
        session.execute(_ENTER, [_tokens(row["place"], each) for row, each in zip(rows, cases, strict=True)])
        return
    for row, each in zip(rows, cases, strict=True):
        row |= _pairs(each)
    session.execute(insert(CASE_TEXT), rows)


def _change(session: Session, row: Any, each: Indexed) -> None:
    changes: dict[str, Any] = dict(zip(("office", "number", "words"), _texts(each), strict=True))
    if is_sqlite(session):
        before = Indexed(row.case_id, row.office, Searchable(row.number, row.words))
        session.execute(_FORGET, _tokens(row.place, before))
        session.execute(_ENTER, _tokens(row.place, each))
    else:
        changes |= _pairs(each)
    session.execute(update(CASE_TEXT).where(CASE_TEXT.c.case_id == each.case_id).values(changes))


def _pairs(each: Indexed) -> dict[str, list[str]]:
    return {
        "pairs": words.pairs_of((each.text.number, each.text.words)),
        "number_pairs": words.pairs_of((each.text.number,)),
    }


def _tokens(place: int, each: Indexed) -> dict[str, Any]:
    return {
        "place": place,
        "office": words.office_token(each.office),
        "number": words.tokens(each.text.number),
        "words": words.tokens(each.text.words),
    }


# FTS5 gives its hits in the order of whole numbers, and a list goes by ids: a case's place is the millisecond in
# which its id was made, and its turn within it.


def _places(session: Session, ids: Sequence[UUID]) -> Iterator[int]:
    for instant, together in groupby(ids, key=_instant):
        last = session.execute(
            select(func.max(CASE_TEXT.c.place)).where(
                CASE_TEXT.c.place >= instant, CASE_TEXT.c.place < instant + (1 << _PLACES)
            )
        ).scalar()
        first = instant if last is None else last + 1
        for turn, _ in enumerate(together):
            yield first + turn


def _place_of(session: Session, case_id: UUID) -> int:
    """Of a case that a page ended with; a case unknown by now counts as the last of its millisecond."""
    query = select(CASE_TEXT.c.place).where(CASE_TEXT.c.case_id == case_id)
    place: int | None = session.execute(query).scalar()
    return _instant(case_id) + (1 << _PLACES) - 1 if place is None else place


def _instant(case_id: UUID) -> int:
    return (case_id.int >> 80) << _PLACES
