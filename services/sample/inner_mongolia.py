"""内蒙古自治区 2017: 1015 件行政复议, 本级 77 件.

赤峰市's 359 cases of that year are among the 1015 and stand in its own module, once.
"""

from datetime import date

from services.sample.places import ELSEWHERE_IN_2017, INNER_MONGOLIA, Office
from services.sample.reconsideration import (
    APPLICANT_GONE,
    APPLICATION_REJECTED,
    CONFIRMED_UNLAWFUL,
    MEDIATED,
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
    cases,
)
from services.sample.rows import ReconsiderationRow
from services.sample.spread import mixed, shares

# With 赤峰市's 25 mediated these make 72; with its 31 corrected, settled or changed the other 83 of the 155.
PROVINCE_ENDINGS: dict[Ending, int] = {
    UPHELD: 44, REVOKED: 3, CONFIRMED_UNLAWFUL: 2, PERFORMANCE_ORDERED: 1, MEDIATED: 5, SETTLED: 1, VOLUNTARY: 7,
    WITHDRAWN: 2, APPLICATION_REJECTED: 12,
}  # fmt: skip
ELSEWHERE_ENDINGS: dict[Ending, int] = {
    UPHELD: 352, VARIED: 3, REVOKED: 16, PARTLY_REVOKED: 3, CONFIRMED_UNLAWFUL: 7, PERFORMANCE_ORDERED: 4,
    MEDIATED: 42, SETTLED: 6, RESPONDENT_CHANGED: 6, VOLUNTARY: 55, WITHDRAWN: 9, APPLICATION_REJECTED: 74,
    APPLICANT_GONE: 2,
}  # fmt: skip


def reconsideration() -> list[ReconsiderationRow]:
    elsewhere = shares(sum(ELSEWHERE_ENDINGS.values()), [weight for _, weight in ELSEWHERE_IN_2017])
    others = [(office, count) for (office, _), count in zip(ELSEWHERE_IN_2017, elsewhere, strict=True)]
    own = [(INNER_MONGOLIA, sum(PROVINCE_ENDINGS.values()))]
    return _of_2017(own, PROVINCE_ENDINGS) + _of_2017(others, ELSEWHERE_ENDINGS)


def _of_2017(offices: list[tuple[Office, int]], endings: dict[Ending, int]) -> list[ReconsiderationRow]:
    return cases(Intake(2017, date(2017, 1, 4), date(2017, 11, 24), offices, mixed(endings)))
