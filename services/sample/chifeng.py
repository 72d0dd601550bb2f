"""赤峰市 2016-2020: 五年 1795 件行政复议, 群体性纠纷 89 件, 意见书建议书 56 份, 调解组织 2684 个, 裁判履行 74 件."""

from datetime import date, timedelta

from services.sample import litigation
from services.sample.places import CHIFENG, CHIFENG_COUNTIES, Office
from services.sample.reconsideration import (
    APPLICANT_GONE,
    APPLICATION_REJECTED,
    CONFIRMED_UNLAWFUL,
    CORRECTIONS,
    MEDIATED,
    PARTLY_REVOKED,
    PERFORMANCE_ORDERED,
    RESPONDENT_CHANGED,
    REVOKED,
    SETTLED,
    SUSPENDED_TOO_LONG,
    UPHELD,
    VARIED,
    VOLUNTARY,
    WITHDRAWN,
    Ending,
    Intake,
    cases,
)
from services.sample.rows import LitigationRow, OrganisationRow, ReconsiderationRow
from services.sample.spread import dated_evenly, latest_office_day, mixed, picked_evenly, shares

ORGANISATIONS = 2684
CASES_A_YEAR = 359  # 1795 in five years; the report gives no year.
ENDINGS: dict[int, dict[Ending, int]] = {
    2016: {
        UPHELD: 210, VARIED: 3, REVOKED: 18, CONFIRMED_UNLAWFUL: 7, PERFORMANCE_ORDERED: 4, MEDIATED: 22,
        SETTLED: 5, RESPONDENT_CHANGED: 5, VOLUNTARY: 35, WITHDRAWN: 6, APPLICATION_REJECTED: 42,
        APPLICANT_GONE: 2,
    },
    # 2017 is also part of 内蒙古's 1015: 22 corrections, 25 mediated, 5 settled and 4 changed by the respondent.
    2017: {
        UPHELD: 214, VARIED: 2, REVOKED: 11, PARTLY_REVOKED: 2, CONFIRMED_UNLAWFUL: 4, PERFORMANCE_ORDERED: 3,
        MEDIATED: 25, SETTLED: 5, RESPONDENT_CHANGED: 4, VOLUNTARY: 36, WITHDRAWN: 6, APPLICATION_REJECTED: 45,
        APPLICANT_GONE: 2,
    },
    2018: {
        UPHELD: 205, VARIED: 2, REVOKED: 20, PARTLY_REVOKED: 2, CONFIRMED_UNLAWFUL: 8, PERFORMANCE_ORDERED: 5,
        MEDIATED: 26, SETTLED: 6, RESPONDENT_CHANGED: 7, VOLUNTARY: 33, WITHDRAWN: 5, APPLICATION_REJECTED: 39,
        APPLICANT_GONE: 1,
    },
    2019: {
        UPHELD: 198, VARIED: 3, REVOKED: 22, PARTLY_REVOKED: 3, CONFIRMED_UNLAWFUL: 9, PERFORMANCE_ORDERED: 5,
        MEDIATED: 29, SETTLED: 7, RESPONDENT_CHANGED: 8, VOLUNTARY: 33, WITHDRAWN: 4, APPLICATION_REJECTED: 37,
        APPLICANT_GONE: 1,
    },
    2020: {
        UPHELD: 192, VARIED: 3, REVOKED: 23, PARTLY_REVOKED: 3, CONFIRMED_UNLAWFUL: 10, PERFORMANCE_ORDERED: 6,
        MEDIATED: 32, SETTLED: 9, RESPONDENT_CHANGED: 9, VOLUNTARY: 32, WITHDRAWN: 4, APPLICATION_REJECTED: 35,
        SUSPENDED_TOO_LONG: 1,
    },
}  # fmt: skip
GROUP_CASES = {2016: 18, 2017: 18, 2018: 18, 2019: 18, 2020: 17}
OPINION_LETTERS = 7  # a year, on cases that were corrected
RECOMMENDATION_LETTERS = {2016: 4, 2017: 4, 2018: 4, 2019: 4, 2020: 5}
CITY_WEIGHT, COUNTY_WEIGHT = 3, 1

PERFORMED = 74
PERFORMED_YUAN = 163_375_300
APPEARANCES = ("deputy", "staff_only", "deputy", "principal", "staff_only", "deputy_level", "staff_only")
MONEY_RESULTS = ("payment_ordered", "remedy_ordered", "agreement_liable")


def organisations() -> list[OrganisationRow]:
    """调解组织 of unstated type. They are dated to the first day of the five years; the report says no day."""
    rows = []
    counts = shares(ORGANISATIONS, [1] * len(CHIFENG_COUNTIES))
    for office, count in zip(CHIFENG_COUNTIES, counts, strict=True):
        rows += [
            OrganisationRow(f"{office.place}调解组织{n:03}", office.region, "", established_on="2016-01-01")
            for n in range(1, count + 1)
        ]
    return rows


def reconsideration() -> list[ReconsiderationRow]:
    return [row for year in ENDINGS for row in _year(year)]


def _year(year: int) -> list[ReconsiderationRow]:
    offices = (CHIFENG, *CHIFENG_COUNTIES)
    counts = shares(CASES_A_YEAR, [CITY_WEIGHT] + [COUNTY_WEIGHT] * len(CHIFENG_COUNTIES))
    intake = Intake(
        year=year,
        first=date(year, 1, 4),
        last=date(year, 11, 25),
        offices=list(zip(offices, counts, strict=True)),
        endings=mixed(ENDINGS[year]),
    )
    rows = cases(intake)
    group = picked_evenly(GROUP_CASES[year], among=len(rows))
    recommended = picked_evenly(RECOMMENDATION_LETTERS[year], among=len(rows))
    corrected = [n for n, row in enumerate(rows) if row.outcome in CORRECTIONS]
    opinion = {corrected[n] for n in picked_evenly(OPINION_LETTERS, among=len(corrected))}
    return [
        row._replace(
            is_group="true" if n in group else "false",
            opinion_letters="1" if n in opinion else "0",
            recommendation_letters="1" if n in recommended else "0",
        )
        for n, row in enumerate(rows)
    ]


def litigation_rows() -> list[LitigationRow]:
    """法院生效裁判督察: every suit was lost for money and has been performed."""
    register = litigation.Register()
    amounts = _amounts()
    rows = []
    for n, performed in enumerate(dated_evenly(PERFORMED, date(2015, 11, 2), date(2020, 12, 18))):
        office: Office = CHIFENG_COUNTIES[n % len(CHIFENG_COUNTIES)]
        judged = latest_office_day(performed - timedelta(90 + n * 13 % 120))
        hearing = latest_office_day(judged - timedelta(25 + n % 20))
        notified = latest_office_day(hearing - timedelta(40 + n % 25))
        suit = register.suit(office.region, office.place, notified)
        tried = litigation.heard(suit, hearing, APPEARANCES[n % len(APPEARANCES)])
        lost = litigation.closed(tried, judged, MONEY_RESULTS[n % len(MONEY_RESULTS)])
        rows.append(lost._replace(performed_on=performed.isoformat(), performed_amount=f"{amounts[n]}.00"))
    return rows


def _amounts() -> list[int]:
    """Between one and a little over three million yuan each; the last one takes what is left of the total."""
    amounts = [1_000_000 + 32_000 * (n * 29 % PERFORMED) for n in range(PERFORMED - 1)]
    return [*amounts, PERFORMED_YUAN - sum(amounts)]
