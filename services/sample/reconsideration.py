"""Builds 行政复议 rows that end as a report says. Knows no report: years, offices and endings are given to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

from services.sample.places import Office
from services.sample.rows import ReconsiderationRow
from services.sample.spread import dated_evenly, latest_office_day, office_day_after

ACT_OF_2023_FROM = 2024  # 行政复议法 (2023) Art. 90: in force since 2024-01-01.
DECISION_DAYS = {
    "ordinary": 60,
    "summary": 30,
}  # Art. 62 of the Act of 2023; 60 also in the Act of 1999, Art. 31.
SHORTEST_REVIEW_DAYS = 12
LATE_ONE_IN = 67  # Some cases run over the period, so that the in-time rate is not a bare 100 %.


class Ending(NamedTuple):
    """How a case stands: its outcome and, for 终止, why."""

    outcome: str
    withdraw_reason: str = ""
    ground: str = ""


UPHELD = Ending("upheld")
VARIED = Ending("varied")
REVOKED = Ending("revoked")
PARTLY_REVOKED = Ending("partly_revoked")
CONFIRMED_UNLAWFUL = Ending("confirmed_unlawful")
CONFIRMED_VOID = Ending("confirmed_void")
PERFORMANCE_ORDERED = Ending("performance_ordered")
AGREEMENT_LIABLE = Ending("agreement_liable")
CLAIM_REJECTED = Ending("claim_rejected")
APPLICATION_REJECTED = Ending("application_rejected")
MEDIATED = Ending("mediated")
SETTLED = Ending("terminated", "settled", "T1")
RESPONDENT_CHANGED = Ending("terminated", "respondent_changed_act", "T1")
VOLUNTARY = Ending("terminated", "voluntary", "T1")
# 撤回, its reason not stated.
WITHDRAWN = Ending("terminated", "other", "T1")
APPLICANT_GONE = Ending("terminated", "", "T2")
SUSPENDED_TOO_LONG = Ending("terminated", "", "T5")
OPEN = Ending("")

CORRECTIONS = frozenset(
    ending.outcome
    for ending in (VARIED, REVOKED, PARTLY_REVOKED, CONFIRMED_UNLAWFUL, CONFIRMED_VOID, PERFORMANCE_ORDERED,
                   AGREEMENT_LIABLE)
)  # fmt: skip


class Topic(NamedTuple):
    matter: str
    field: str


TOPICS = (
    Topic("行政处罚", "公安"),
    Topic("征收征用", "住房城乡建设"),
    Topic("行政处罚", "市场监管"),
    Topic("自然资源确权", "自然资源"),
    Topic("工伤认定", "工伤保险"),
    Topic("政府信息公开", "信息公开"),
    Topic("行政处罚", "交通运输"),
    Topic("行政强制", "城市管理"),
    Topic("不履行法定职责", "农牧"),
    Topic("行政许可", "林业草原"),
    Topic("社会保障给付", "人力资源和社会保障"),
)
# Some endings are possible for one matter only.
MATTER_OF_ENDING = {
    PERFORMANCE_ORDERED: Topic("不履行法定职责", "自然资源"),
    CLAIM_REJECTED: Topic("不履行法定职责", "市场监管"),  # Art. 69.
    AGREEMENT_LIABLE: Topic("行政协议", "住房城乡建设"),  # Art. 71.
}
CHANNELS_BEFORE_2024 = (
    "in_person",
    "in_person",
    "post",
    "in_person",
    "post",
    "in_person",
    "oral",
    "fax_email",
)
CHANNELS = ("internet", "in_person", "agent_point", "in_person", "post", "via_organ", "internet", "oral",
            "agent_point")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Intake:
    """What came in during one span of one year: how many per office, and the endings of all of them in order."""

    year: int
    first: date
    last: date
    offices: Sequence[tuple[Office, int]]
    endings: Sequence[Ending]
    topics: Sequence[Topic] = TOPICS


def cases(intake: Intake, numbered_before: Mapping[Office, int] | None = None) -> list[ReconsiderationRow]:
    """The rows, office by office, numbered by day of receipt; every closed case is closed within its year."""
    rows: list[ReconsiderationRow] = []
    for office, count in intake.offices:
        start = (numbered_before or {}).get(office, 0)
        for n, received in enumerate(dated_evenly(count, intake.first, intake.last), start=1):
            number = f"{office.prefix}〔{intake.year}〕{start + n}号"
            rows.append(_row(office, number, received, intake.endings[len(rows)], _turn(intake, len(rows))))
    return rows


class Turn(NamedTuple):
    """A row's position in its intake, from which everything unstated is derived, and its matter."""

    position: int
    topic: Topic


def _turn(intake: Intake, position: int) -> Turn:
    own = intake.topics[position % len(intake.topics)]
    return Turn(position, MATTER_OF_ENDING.get(intake.endings[position], own))


def _row(office: Office, number: str, received: date, ending: Ending, turn: Turn) -> ReconsiderationRow:
    new_act = received.year >= ACT_OF_2023_FROM
    # Under the Act of 1999 an application counted as accepted when it was received (Art. 17);
    # since 2024 the office has five working days (Art. 30).
    accepted = office_day_after(received, turn.position % 4) if new_act else received
    channel = _channel(turn, new_act=new_act)
    procedure = "summary" if new_act and _fit_for_summary(turn, channel) else "ordinary"
    respondent, respondent_type = _respondent(office, turn)
    return ReconsiderationRow(
        case_number=number,
        organ_region=office.region,
        organ_level=office.level,
        respondent=respondent,
        respondent_type=respondent_type,
        matter=turn.topic.matter,
        field=turn.topic.field,
        channel=channel,
        received_on=received.isoformat(),
        accepted_on=accepted.isoformat(),
        procedure=procedure,
        closed_on="" if ending == OPEN else _closed_on(accepted, procedure, turn).isoformat(),
        outcome=ending.outcome,
        withdraw_reason=ending.withdraw_reason,
        termination_ground=ending.ground,
    )


def _channel(turn: Turn, *, new_act: bool) -> str:
    if not new_act:
        return CHANNELS_BEFORE_2024[turn.position % len(CHANNELS_BEFORE_2024)]
    channel = CHANNELS[turn.position % len(CHANNELS)]
    # Art. 32 opens the way through the organ for penalties only.
    return "in_person" if channel == "via_organ" and turn.topic.matter != "行政处罚" else channel


def _fit_for_summary(turn: Turn, channel: str) -> bool:
    """简易程序 (Art. 53): penalties made on the spot and government-information cases."""
    return turn.topic.matter == "政府信息公开" or channel == "via_organ"


def _closed_on(accepted: date, procedure: str, turn: Turn) -> date:
    room = (date(accepted.year, 12, 30) - accepted).days
    if turn.position % LATE_ONE_IN == LATE_ONE_IN - 1 and procedure == "ordinary" and room > 90:
        return latest_office_day(accepted + timedelta(75 + turn.position % 14))
    longest = min(DECISION_DAYS[procedure] - 2, room)
    days = SHORTEST_REVIEW_DAYS + turn.position * 17 % (longest - SHORTEST_REVIEW_DAYS + 1)
    return latest_office_day(accepted + timedelta(days))


def _respondent(office: Office, turn: Turn) -> tuple[str, str]:
    """被申请人. The name says what it is an example of; no real organ is meant."""
    of_lower_government = {"province": "所属盟市人民政府", "prefecture": "所属旗县区人民政府", "county": ""}[
        office.level
    ]
    if of_lower_government and (turn.position % 3 == 0 or turn.topic.matter == "征收征用"):
        return f"{office.place}{of_lower_government}（示例）", "government"
    if office.level == "county" and turn.position // 2 % 7 == 3:
        return f"{office.place}乡镇人民政府（示例）", "township_government"
    if office.level == "county" and turn.topic.field == "公安":
        return f"{office.place}公安派出机构（示例）", "agency_office"
    if turn.position // 3 % 19 == 7:
        return f"{office.place}法律法规授权组织（示例）", "authorised_organisation"
    return f"{office.place}{turn.topic.field}主管部门（示例）", "department"
