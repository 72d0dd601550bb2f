"""Draws numbers and keeps patterns. Call it within the transaction that uses the number."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, col

from services.reconsideration.models import CaseRow
from services.reconsideration.numbering import patterns
from services.reconsideration.numbering.models import PATTERNS, SERIES
from services.reconsideration.numbering.patterns import Series
from shared.kernel.errors import Conflict, RuleViolation
from shared.kit.acting import visible

Taken = Callable[[str], bool]

# So many entered numbers in a row are passed over; more are no series but a mistake in the pattern.
_MOST_TAKEN = 10_000


def next_number(
    session: Session,
    *,
    office: str,
    series: Series,
    year: int,
    word: str = "",
    taken: Taken | None = None,
) -> str:
    """The next number of this office's series, drawn for good when the transaction commits.

    A number that somebody has entered by hand counts as drawn: it is passed over. `taken` says which are; for cases
    it is asked of the books themselves.

    Raises:
        Conflict: `reconsideration.numbers_exhausted`
        RuleViolation: `reconsideration.number_year_wrong`
    """
    if year < patterns.FIRST_YEAR:
        raise RuleViolation(
            "reconsideration.number_year_wrong",
            f"{year} 年没有编号序列，请核对日期的年份。",
            field="received_on",
        )
    pattern = pattern_of(session, office=office, series=series)
    is_taken = taken or (lambda number: _borne_by_case(session, office, number))
    key = {
        "office": office,
        "series": series.value,
        "word": word if patterns.counted_by_word(pattern) else "",
        "year": year,
    }
    for _ in range(_MOST_TAKEN):
        number = patterns.written(pattern, year=year, n=_drawn(session, key), word=word)
        if not is_taken(number):
            return number
    raise Conflict("reconsideration.numbers_exhausted", "后面的编号都已被占用，请检查编号格式是否设错。")


def pattern_of(session: Session, *, office: str, series: Series) -> str:
    """The pattern in force: the office's own, else derived from its other one, else the default."""
    own = patterns_of(session, office)
    other = Series.PAPER if series is Series.CASE else Series.CASE
    return own.get(series) or patterns.derived(series, other=own.get(other))


def patterns_of(session: Session, office: str) -> Mapping[Series, str]:
    """What the office has set itself."""
    rows = session.execute(
        select(PATTERNS.c.series, PATTERNS.c.pattern).where(
            PATTERNS.c.office == office, visible(session, PATTERNS.c.office)
        )
    )
    return {Series(row.series): row.pattern for row in rows}


def set_pattern(session: Session, *, office: str, series: Series, pattern: str, now: datetime) -> None:
    """From now on numbers are written so; the counts go on, so that setting back makes no doubles.

    Raises:
        RuleViolation: `reconsideration.number_pattern_wrong`
    """
    checked = patterns.checked(series, pattern)
    values = {"pattern": checked, "set_at": now}
    session.execute(
        _dialect(session)
        .insert(PATTERNS)
        .values(office=office, series=series.value, **values)
        .on_conflict_do_update(index_elements=["office", "series"], set_=values)
    )


def _drawn(session: Session, key: Mapping[str, Any]) -> int:
    """One more, and the row locked until the transaction ends."""
    drawing = (
        _dialect(session)
        .insert(SERIES)
        .values(**key, last=1)
        .on_conflict_do_update(
            index_elements=["office", "series", "word", "year"], set_={"last": SERIES.c.last + 1}
        )
        .returning(SERIES.c.last)
    )
    return int(session.execute(drawing).scalar_one())


def _borne_by_case(session: Session, office: str, number: str) -> bool:
    """Also by a cancelled one: its number may stand on papers, and only a person gives it out again."""
    found = session.execute(
        select(col(CaseRow.id)).where(
            col(CaseRow.office) == office,
            col(CaseRow.case_number) == number,
            visible(session, CaseRow.office),
        )
    ).first()
    return found is not None


def _dialect(session: Session) -> Any:
    return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
