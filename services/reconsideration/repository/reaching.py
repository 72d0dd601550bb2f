"""Which offices and regions a list has to look into."""

from collections.abc import Collection, Sequence

from sqlalchemy import Table, func, select
from sqlmodel import Session

from services.reconsideration.models import METADATA
from services.reconsideration.repository.branches import told
from shared.kit.acting import acting_in, visible

_CASES: Table = METADATA.tables["case_file"]


def offices_of(session: Session, asked: Collection[str] | None) -> Sequence[str] | None:
    """The offices asked for that lie in the reach of whoever acts; None is every office."""
    scope = acting_in(session).scope.offices
    if asked is None:
        return None if scope is None else sorted(scope)
    return sorted(asked if scope is None else scope & frozenset(asked))


def regions_of(
    session: Session, offices: Sequence[str] | None, regions: Collection[str]
) -> list[tuple[str, str]]:
    """(office, region) of the books that hold cases of these regions."""
    if offices is None:
        offices = _offices_with_cases(session)
    if not offices:
        return []
    asked = told(session, [{"office": office} for office in offices])
    # From each region of an office to its next one, one step in the index each.
    least = select(func.min(_CASES.c.authority_region)).where(visible(session, _CASES.c.office))
    first = select(
        asked.c.office, least.where(_CASES.c.office == asked.c.office).scalar_subquery().label("region")
    )
    kept = first.cte("kept", recursive=True)
    following = least.where(_CASES.c.office == kept.c.office, _CASES.c.authority_region > kept.c.region)
    kept = kept.union_all(
        select(kept.c.office, following.scalar_subquery()).where(kept.c.region.is_not(None))
    )
    rows = session.execute(select(kept.c.office, kept.c.region).where(kept.c.region.is_not(None)))
    return sorted((office, region) for office, region in rows if region in regions)


def _offices_with_cases(session: Session) -> list[str]:
    least = select(func.min(_CASES.c.office)).where(visible(session, _CASES.c.office))
    known = select(least.scalar_subquery().label("office")).cte("known", recursive=True)
    following = least.where(_CASES.c.office > known.c.office)
    known = known.union_all(select(following.scalar_subquery()).where(known.c.office.is_not(None)))
    found = session.execute(select(known.c.office).where(known.c.office.is_not(None)))
    return list(found.scalars())
