"""杭锦旗 2022: 行政复议 13 件, 人民调解 429 件, 司法确认 97 件, 负责人出庭应诉 2021 and 2022."""

from datetime import date, timedelta

from services.sample import litigation, mediation, reconsideration
from services.sample.places import HANGJIN
from services.sample.reconsideration import APPLICATION_REJECTED, OPEN, REVOKED, UPHELD, WITHDRAWN, Intake
from services.sample.rows import LitigationRow, MediationRow, OrganisationRow, ReconsiderationRow
from services.sample.spread import dated_evenly, latest_office_day, mixed, picked_evenly

REGION, PLACE = HANGJIN.region, HANGJIN.place
COMMITTEES = (
    # name, org_type, is_industry, how many
    ("嘎查村人民调解委员会", "village", "false", 76),
    ("社区人民调解委员会", "resident", "false", 13),
    ("苏木镇人民调解委员会", "town", "false", 7),
    ("行业性专业性人民调解委员会", "social", "true", 9),
)
# 110 in all, and the parts of the sentence make 105: the type of these is not stated, and not guessed.
OF_UNSTATED_TYPE = ("人民调解组织", 5)
SERVICE_POINTS = (
    ("旗公共法律服务中心", "legal_service_centre", 1),
    ("苏木镇公共法律服务工作站", "legal_service_station", 7),
    ("嘎查村公共法律服务工作室", "legal_service_room", 68),
    ("社区公共法律服务室", "community_service_room", 13),
)
ESTABLISHED_ON = "2022-01-01"

MEDIATION_ENDINGS = {"agreed_written": 331, "agreed_oral": 96, "failed": 2}
CONFIRMED = 97
LAST_CLOSING_CONFIRMED_IN_2022 = "2022-10-28"
DISPUTE_TYPES = (
    "land", "neighbour", "marriage_family", "contract", "damages", "land", "production", "migrant_wages",
    "housing", "neighbour", "traffic", "land", "consumer", "marriage_family", "labour", "property_management",
    "demolition", "medical", "pollution", "other", "tourism", "e_commerce", "contract",
)  # fmt: skip

APPEARANCES_2021 = {"principal": 4, "deputy": 8, "other_in_charge": 1, "staff_only": 12}
APPEARANCES_2022 = {"principal": 7, "deputy": 11, "other_in_charge": 2}
RESULTS_2021 = {
    "claims_rejected": 11, "suit_dismissed": 4, "suit_withdrawn": 5, "mediated": 1, "revoked": 2,
    "confirmed_unlawful": 1, "performance_ordered": 1,
}  # fmt: skip
RESULTS_2022 = {
    "claims_rejected": 10, "suit_dismissed": 3, "suit_withdrawn": 4, "mediated": 1, "revoked": 1,
    "confirmed_unlawful": 1,
}  # fmt: skip


def organisations() -> list[OrganisationRow]:
    """They are dated to the first day of the report's year; the report says no day."""
    rows = [
        OrganisationRow(_name(name, n), REGION, org_type, is_industry, established_on=ESTABLISHED_ON)
        for name, org_type, is_industry, count in COMMITTEES
        for n in range(1, count + 1)
    ]
    name, count = OF_UNSTATED_TYPE
    rows += [
        OrganisationRow(_name(name, n), REGION, "", established_on=ESTABLISHED_ON)
        for n in range(1, count + 1)
    ]
    return rows + [
        OrganisationRow(_name(name, n), REGION, org_type, established_on=ESTABLISHED_ON)
        for name, org_type, count in SERVICE_POINTS
        for n in range(1, count + 1)
    ]


def _name(name: str, number: int) -> str:
    return f"{PLACE}{name}{number:03}"


def reconsideration_rows() -> list[ReconsiderationRow]:
    """13 accepted, 11 concluded, 2 still open; the last two to come in are the open ones."""
    endings = mixed({UPHELD: 6, REVOKED: 3, APPLICATION_REJECTED: 1, WITHDRAWN: 1})
    concluded = Intake(2022, date(2022, 1, 10), date(2022, 10, 20), [(HANGJIN, len(endings))], endings)
    still_open = Intake(2022, date(2022, 11, 21), date(2022, 12, 16), [(HANGJIN, 2)], [OPEN, OPEN])
    numbered = {HANGJIN: len(endings)}
    return reconsideration.cases(concluded) + reconsideration.cases(still_open, numbered)


def mediation_rows() -> list[MediationRow]:
    committees = [_name(name, n) for name, _, _, count in COMMITTEES for n in range(1, count + 1)]
    docket = mediation.Docket(REGION, "杭调", 2022, committees, DISPUTE_TYPES)
    rows = mediation.cases(docket, mixed(MEDIATION_ENDINGS))
    could_be_confirmed = [
        n
        for n, row in enumerate(rows)
        if row.outcome == "agreed_written" and row.closed_on <= LAST_CLOSING_CONFIRMED_IN_2022
    ]
    for position in picked_evenly(CONFIRMED, among=len(could_be_confirmed)):
        n = could_be_confirmed[position]
        rows[n] = mediation.confirmed(rows[n], position)
    return rows


def litigation_rows() -> list[LitigationRow]:
    register = litigation.Register()
    return [
        *_heard_in(2021, register, APPEARANCES_2021, RESULTS_2021),
        *_heard_in(2022, register, APPEARANCES_2022, RESULTS_2022),
    ]


def _heard_in(
    year: int, register: litigation.Register, appearances: dict[str, int], results: dict[str, int]
) -> list[LitigationRow]:
    hearings = dated_evenly(sum(appearances.values()), date(year, 3, 1), date(year, 12, 3))
    suits = [register.suit(REGION, PLACE, latest_office_day(hearing - timedelta(45))) for hearing in hearings]
    return litigation.heard_and_closed(suits, hearings, mixed(appearances), mixed(results))
