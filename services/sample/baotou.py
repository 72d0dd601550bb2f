"""包头市 2024: 行政复议 1240 件, 调解 30100 件, 一审行政案件 400 件, 公共法律服务平台 1+10+85+822."""

from datetime import date, timedelta

from services.sample import litigation, mediation, reconsideration
from services.sample.places import BAOTOU, BAOTOU_AREAS, BAOTOU_COUNTIES, Office
from services.sample.reconsideration import (
    AGREEMENT_LIABLE,
    APPLICATION_REJECTED,
    CLAIM_REJECTED,
    CONFIRMED_UNLAWFUL,
    CONFIRMED_VOID,
    MEDIATED,
    OPEN,
    PARTLY_REVOKED,
    PERFORMANCE_ORDERED,
    RESPONDENT_CHANGED,
    REVOKED,
    SETTLED,
    UPHELD,
    VARIED,
    VOLUNTARY,
    WITHDRAWN,
    Ending,
    Intake,
)
from services.sample.rows import LitigationRow, MediationRow, OrganisationRow, ReconsiderationRow
from services.sample.spread import dated_evenly, latest_office_day, mixed, shares

YEAR_END = date(2024, 12, 31)
ESTABLISHED_ON = "2024-01-01"
STATIONS, ROOMS = 85, 822

# 1068 of 1200 are resolved: 168 corrected, 360 mediated, 540 withdrawn.
ENDINGS: dict[Ending, int] = {
    REVOKED: 70, PARTLY_REVOKED: 12, VARIED: 10, CONFIRMED_UNLAWFUL: 50, CONFIRMED_VOID: 2,
    PERFORMANCE_ORDERED: 20, AGREEMENT_LIABLE: 4, MEDIATED: 360, SETTLED: 240, RESPONDENT_CHANGED: 180,
    VOLUNTARY: 100, WITHDRAWN: 20, UPHELD: 90, CLAIM_REJECTED: 18, APPLICATION_REJECTED: 24,
}  # fmt: skip
STILL_OPEN = 40
CITY_WEIGHT = 30

# 29769 of 30100 agreed: 98.90 %.
MEDIATION_ENDINGS = {"agreed_written": 21_512, "agreed_oral": 8_257, "failed": 268, "terminated": 63}
COMMITTEES_PER_WEIGHT = 11
DISPUTE_TYPES = (
    "neighbour", "property_management", "marriage_family", "consumer", "contract", "damages", "traffic",
    "labour", "neighbour", "migrant_wages", "property_management", "housing", "marriage_family", "medical",
    "e_commerce", "consumer", "land", "neighbour", "production", "other", "tourism", "demolition", "pollution",
)  # fmt: skip

SUITS = 400
WITHDRAWN_UNHEARD_ONE_IN = 20
APPEARANCES = {
    "principal": 45, "deputy": 240, "deputy_level": 30, "other_in_charge": 25, "staff_only": 48, "excused": 12,
}  # fmt: skip
RESULTS = {
    "claims_rejected": 170, "suit_dismissed": 62, "suit_withdrawn": 108, "mediated": 22, "revoked": 16,
    "partly_revoked": 2, "confirmed_unlawful": 10, "performance_ordered": 6, "agreement_liable": 2,
    "remedy_ordered": 2,
}  # fmt: skip


def organisations() -> list[OrganisationRow]:
    """四级公共法律服务平台. The 85 stations are the agent points; the dates are the first day of the year."""
    rows = [_point(BAOTOU.place, BAOTOU.region, "公共法律服务中心", "legal_service_centre", 1)]
    weights = [weight for _, _, weight in BAOTOU_AREAS]
    stations, rooms = shares(STATIONS, weights), shares(ROOMS, weights)
    for (region, place, _), station_count, room_count in zip(BAOTOU_AREAS, stations, rooms, strict=True):
        rows.append(_point(place, region, "公共法律服务中心", "legal_service_centre", 1))
        rows += [
            _point(place, region, "公共法律服务工作站", "legal_service_station", n, agent="true")
            for n in range(1, station_count + 1)
        ]
        rows += [
            _point(place, region, "公共法律服务工作室", "legal_service_room", n)
            for n in range(1, room_count + 1)
        ]
    return rows


def _point(
    place: str, region: str, name: str, org_type: str, number: int, agent: str = "false"
) -> OrganisationRow:
    return OrganisationRow(
        f"{place}{name}{number:03}", region, org_type, is_agent_point=agent, established_on=ESTABLISHED_ON
    )


def reconsideration_rows() -> list[ReconsiderationRow]:
    """1200 came in up to November and are concluded; the 40 of December are open."""
    concluded = _by_office(sum(ENDINGS.values()))
    closed = Intake(2024, date(2024, 1, 2), date(2024, 11, 29), concluded, mixed(ENDINGS))
    still_open = Intake(
        2024, date(2024, 12, 2), date(2024, 12, 20), _by_office(STILL_OPEN), [OPEN] * STILL_OPEN
    )
    return reconsideration.cases(closed) + reconsideration.cases(still_open, dict(concluded))


def _by_office(total: int) -> list[tuple[Office, int]]:
    weighted = [(BAOTOU, CITY_WEIGHT), *BAOTOU_COUNTIES]
    counts = shares(total, [weight for _, weight in weighted])
    return [(office, count) for (office, _), count in zip(weighted, counts, strict=True)]


def mediation_rows() -> list[MediationRow]:
    endings = mixed(MEDIATION_ENDINGS)
    counts = shares(len(endings), [weight for _, _, weight in BAOTOU_AREAS])
    rows: list[MediationRow] = []
    for (region, place, weight), count in zip(BAOTOU_AREAS, counts, strict=True):
        committees = [f"{place}人民调解委员会{n:03}" for n in range(1, weight * COMMITTEES_PER_WEIGHT + 1)]
        docket = mediation.Docket(region, f"包{place}调", 2024, committees, DISPUTE_TYPES, digits=4)
        rows += mediation.cases(docket, endings[len(rows) : len(rows) + count])
    return rows


def litigation_rows() -> list[LitigationRow]:
    """Suits notified in 2024, as they stood on 31 December: the latest are not yet heard or not yet judged."""
    register = litigation.Register()
    appearances, results = mixed(APPEARANCES), mixed(RESULTS)
    areas = mixed({(region, place): weight for region, place, weight in BAOTOU_AREAS})
    rows = []
    for n, notified in enumerate(dated_evenly(SUITS, date(2024, 1, 3), date(2024, 12, 20))):
        region, place = areas[n % len(areas)]
        suit = register.suit(region, place, notified)
        rows.append(_course(suit, n, notified, appearances[n], results[n]))
    return rows


def _course(suit: LitigationRow, n: int, notified: date, appearance: str, result: str) -> LitigationRow:
    if n % WITHDRAWN_UNHEARD_ONE_IN == WITHDRAWN_UNHEARD_ONE_IN - 1:
        return _closed_by_year_end(suit, notified + timedelta(15 + n % 10), "suit_withdrawn")
    hearing = latest_office_day(notified + timedelta(30 + n * 7 % 30))
    if hearing > YEAR_END:
        return suit
    excused = appearance == "excused"
    tried = litigation.heard(suit, hearing, "staff_only" if excused else appearance, excused=excused)
    return _closed_by_year_end(tried, hearing + timedelta(15 + n * 11 % 40), result)


def _closed_by_year_end(suit: LitigationRow, on: date, result: str) -> LitigationRow:
    on = latest_office_day(on)
    return suit if on > YEAR_END else litigation.closed(suit, on, result)
