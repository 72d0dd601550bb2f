"""晋城市城区 2020: 行政复议 7 件, 诉前委派调解 676 件, 劳动争议调解组织 67 个."""

from datetime import date

from services.sample import mediation, reconsideration
from services.sample.places import JINCHENG_CHENGQU as OFFICE
from services.sample.reconsideration import OPEN, REVOKED, UPHELD, WITHDRAWN, Intake, Topic
from services.sample.rows import MediationRow, OrganisationRow, ReconsiderationRow
from services.sample.spread import mixed

LABOUR_MEDIATION_ORGANISATIONS = 67
# 578 of 676 succeeded or gave up the suit.
MEDIATION_ENDINGS = {
    "agreed_written": 402, "agreed_oral": 61, "settled_suit_dropped": 115, "failed": 81, "terminated": 17,
}  # fmt: skip
COMMITTEES = 12
DISPUTE_TYPES = (
    "contract", "marriage_family", "property_management", "contract", "traffic", "consumer", "damages",
    "contract", "housing", "neighbour", "contract", "other", "labour",
)  # fmt: skip
TOPICS = (Topic("行政处罚", "市场监管"), Topic("工伤认定", "工伤保险"), Topic("政府信息公开", "信息公开"))


def organisations() -> list[OrganisationRow]:
    return [
        OrganisationRow(
            f"{OFFICE.place}劳动争议调解组织{n:03}",
            OFFICE.region,
            "labour_mediation",
            established_on="2020-01-01",
        )
        for n in range(1, LABOUR_MEDIATION_ORGANISATIONS + 1)
    ]


def reconsideration_rows() -> list[ReconsiderationRow]:
    endings = mixed({UPHELD: 1, REVOKED: 1, WITHDRAWN: 4})
    closed = Intake(2020, date(2020, 2, 10), date(2020, 10, 20), [(OFFICE, 6)], endings, TOPICS)
    still_open = Intake(2020, date(2020, 12, 1), date(2020, 12, 15), [(OFFICE, 1)], [OPEN], TOPICS)
    return reconsideration.cases(closed) + reconsideration.cases(still_open, {OFFICE: 6})


def mediation_rows() -> list[MediationRow]:
    """民商事案件诉前调解: all of them delegated by the court before filing (委派)."""
    # Labour mediation organisations are no people's mediation committees, so the committees have names of their own.
    committees = [f"{OFFICE.place}人民调解委员会{n:03}" for n in range(1, COMMITTEES + 1)]
    docket = mediation.Docket(
        OFFICE.region, "城调", 2020, committees, DISPUTE_TYPES, sources=(("court", "委派"),)
    )
    return mediation.cases(docket, mixed(MEDIATION_ENDINGS))
