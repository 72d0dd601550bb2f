"""Builds 人民调解 rows that end as a report says. Knows no report: committees and endings are given to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from services.sample.rows import MediationRow
from services.sample.spread import dated_evenly, latest_office_day

AGREED = ("agreed_written", "agreed_oral")
# 委派 has 30 days, 委托 7 when the trial is a summary one; the ministry's rule for all others is about a month.
LONGEST_DAYS = {"委派": 28, "委托": 7, "none": 27}
LAST_ACCEPTANCE = (12, 10)

# 依申请、主动 and the bodies that send cases on. A court's referral of a filed case is 委托.
USUAL_SOURCES = (
    ("on_application", "none"),
    ("on_application", "none"),
    ("proactive", "none"),
    ("on_application", "none"),
    ("police", "none"),
    ("proactive", "none"),
    ("on_application", "none"),
    ("petition", "none"),
    ("on_application", "none"),
    ("proactive", "none"),
    ("other_referred", "none"),
    ("on_application", "none"),
    ("court", "委托"),
    ("proactive", "none"),
    ("on_application", "none"),
    ("procuratorate", "none"),
    ("on_application", "none"),
)
WITHOUT_AMOUNT = frozenset({"marriage_family", "neighbour", "other"})


@dataclass(frozen=True, slots=True)
class Docket:
    """One region's mediation register of one year."""

    region: str
    prefix: str
    year: int
    committees: Sequence[str]
    dispute_types: Sequence[str]
    sources: Sequence[tuple[str, str]] = USUAL_SOURCES
    digits: int = 3


def cases(docket: Docket, endings: Sequence[str]) -> list[MediationRow]:
    """One row per ending, numbered by day of acceptance; every case is accepted and closed within the year."""
    first, last = date(docket.year, 1, 2), date(docket.year, *LAST_ACCEPTANCE)
    accepted = dated_evenly(len(endings), first, last)
    return [_row(docket, n, accepted[n], ending) for n, ending in enumerate(endings)]


def _row(docket: Docket, position: int, accepted: date, ending: str) -> MediationRow:
    source, referral = docket.sources[position % len(docket.sources)]
    dispute_type = docket.dispute_types[position % len(docket.dispute_types)]
    closed = latest_office_day(accepted + timedelta(_days(position, accepted, referral)))
    return MediationRow(
        case_number=f"{docket.prefix}〔{docket.year}〕{position + 1:0{docket.digits}}号",
        committee=docket.committees[position * 37 % len(docket.committees)],
        region=docket.region,
        source=source,
        referral=referral,
        dispute_type=dispute_type,
        scope="people",
        accepted_on=accepted.isoformat(),
        closed_on=closed.isoformat(),
        outcome=ending,
        amount=_amount(position) if ending in AGREED and dispute_type not in WITHOUT_AMOUNT else "",
    )


def _days(position: int, accepted: date, referral: str) -> int:
    longest = min(LONGEST_DAYS[referral], (date(accepted.year, 12, 31) - accepted).days)
    return position * 11 % (longest + 1)


def _amount(position: int) -> str:
    return f"{600 + position * 7919 % 191 * 150}.00"


def confirmed(row: MediationRow, position: int) -> MediationRow:
    """司法确认: asked for within 30 days of the agreement, ruled on within another 30."""
    ruled = latest_office_day(date.fromisoformat(row.closed_on) + timedelta(40 + position % 21))
    return row._replace(confirmed_on=ruled.isoformat())
