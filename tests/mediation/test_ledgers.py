"""调解台账 and 调解组织名册 as files, on both databases."""

from typing import Any

import orjson
import pytest

from services.mediation import labels
from services.mediation.terms import DisputeType, Outcome
from tests.mediation.examples import Office, csv, recorded_events

HEADER = "案号,调委会名称,行政区划,案件来源,法院委派/委托,纠纷类型,受理日期,结案日期,调解结果,司法确认日期,协议涉及金额"
GOOD = "杭调〔2024〕001号,锡尼镇调委会,150625,依申请,无,邻里纠纷,2024-03-04,2024-03-20,书面协议,2024-04-10,12500.50"
ORGANISATIONS = "名称,行政区划,组织类型,是否行业性专业性,是否复议代办点,成立日期,撤销日期"


def _case(office: Office, **query: Any) -> dict[str, Any]:
    (found,) = office.get("/cases", **query).json()["items"]
    assert isinstance(found, dict)
    return found


def test_a_row_becomes_a_case_in_its_present_state(office: Office, database_url: str) -> None:
    result = office.load("cases", csv(HEADER, GOOD))

    assert (result["created"], result["unchanged"], result["errors"]) == (1, 0, [])
    case = _case(office)
    assert (case["status"], case["outcome"], case["amount_fen"]) == ("confirmed", "agreed_written", 1_250_050)
    assert (case["registered_on"], case["effective_on"], case["due_on"]) == (
        "2024-03-04",
        "2024-03-20",
        "2024-04-07",
    )
    assert (case["source"], case["referral"], case["dispute_type"]) == ("on_application", None, "neighbour")
    (event,) = recorded_events(database_url)
    assert event["type"] == "dingfen.mediation.ledger_recorded.v1"
    assert event["data"]["on"] == "2024-04-10"


def test_the_same_file_twice_changes_nothing(office: Office, database_url: str) -> None:
    office.load("cases", csv(HEADER, GOOD))
    again = office.load("cases", csv(HEADER, GOOD))

    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert len(recorded_events(database_url)) == 1


def test_a_dry_run_says_what_would_happen_and_does_nothing(office: Office, database_url: str) -> None:
    result = office.load("cases", csv(HEADER, GOOD), dry_run=True)

    assert (result["created"], result["dry_run"]) == (1, True)
    assert recorded_events(database_url) == []


def test_a_row_that_differs_from_the_books_is_refused_unless_it_shall_be_a_correction(
    office: Office, database_url: str
) -> None:
    office.load("cases", csv(HEADER, GOOD))
    changed = csv(HEADER, GOOD.replace("12500.50", "13000"))

    refused = office.load("cases", changed, status=422)
    updated = office.load("cases", changed, update=True)

    assert [error["code"] for error in refused["errors"]] == ["ledger.differs_from_books"]
    assert (updated["updated"], updated["created"]) == (1, 0)
    assert _case(office)["amount_fen"] == 1_300_000
    assert [event["type"].split(".")[2] for event in recorded_events(database_url)] == [
        "ledger_recorded",
        "corrected",
    ]


def test_one_bad_row_keeps_the_whole_file_out(office: Office, database_url: str) -> None:
    bad = GOOD.replace("001号", "002号").replace("2024-03-20", "2024-03-01")

    result = office.load("cases", csv(HEADER, GOOD, bad), status=422)

    assert recorded_events(database_url) == []
    (error,) = result["errors"]
    assert (error["row"], error["column"], error["code"]) == (
        3,
        "结案日期",
        "mediation.closed_before_accepted",
    )
    assert error["why"] == "结案日期早于受理日期。"


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("1号,,150625,,,,,2024-03-20,口头协议,,", "受理日期", "mediation.closed_without_acceptance"),
        ("1号,,150625,,,,2024-03-04,,口头协议,,", "结案日期", "mediation.outcome_without_closing"),
        ("1号,,150625,,,,2024-03-04,2024-03-20,,,", "调解结果", "mediation.closing_without_outcome"),
        (
            "1号,,150625,,,,2024-03-04,2024-03-20,调解中,,",
            "调解结果",
            "mediation.closing_without_outcome",
        ),
        (
            "1号,,150625,,,,2024-03-04,2024-03-20,口头协议,2024-04-01,",
            "司法确认日期",
            "mediation.confirmation_needs_written_agreement",
        ),
        (
            "1号,,150625,,,,2024-03-04,2024-03-20,书面协议,2024-03-19,",
            "司法确认日期",
            "mediation.confirmed_before_effect",
        ),
        (
            "1号,,150625,,,,2024-03-04,2024-03-20,调解失败,,500",
            "协议涉及金额",
            "mediation.amount_without_agreement",
        ),
        ("1号,,150625,,,,2026-11-23,,,,", "登记日期", "mediation.date_in_future"),
        ("1号,,150625,,,,,,,,", "登记日期", "mediation.without_date"),
        ("1号,,150625,,,,2024-03-04,,不受理,,", "结案日期", "mediation.declining_without_date"),
        ("无号,,150625,,,,2024-03-04,,,,", "案号", "mediation.case_number_unreadable"),
        ("1号,,999999,,,,2024-03-04,,,,", "行政区划", "region.unknown"),
        ("1号,,150625,,委任,,2024-03-04,,,,", "法院委派/委托", "ledger.choice.unknown"),
    ],
)
def test_a_row_that_contradicts_itself_is_refused_at_the_column_to_mend(
    office: Office, row: str, column: str, code: str
) -> None:
    result = office.load("cases", csv(HEADER, row), status=422)

    (error,) = result["errors"]
    assert (error["column"], error["code"]) == (column, code)


@pytest.mark.parametrize(
    ("word", "outcome", "reason", "status"),
    [
        ("AGREED_WRITTEN", "agreed_written", None, "agreed"),
        ("调解成功", "agreed_written", None, "agreed"),
        ("AGREED_ORAL", "agreed_oral", None, "agreed"),
        ("调解不成功", "failed", None, "not_agreed"),
        ("终止", "terminated", "other", "not_agreed"),
        ("息诉撤诉", "terminated", "settled_suit_dropped", "not_agreed"),
        ("settled_suit_dropped", "terminated", "settled_suit_dropped", "not_agreed"),
    ],
)
def test_ledgers_say_outcomes_in_many_words(
    office: Office, word: str, outcome: str, reason: str | None, status: str
) -> None:
    office.load("cases", csv(HEADER, f"1号,,150625,法院,诉前,合同,2024-03-04,2024-03-20,{word},,"))

    case = _case(office)
    assert (case["outcome"], case["termination_reason"], case["status"]) == (outcome, reason, status)
    assert (case["source"], case["referral"]) == ("court", "before_filing")


def test_a_declined_or_pending_dispute_can_stand_in_a_ledger(office: Office) -> None:
    office.load(
        "cases",
        csv(
            "案号,行政区划,登记日期,受理日期,结案日期,调解结果",
            "1号,150625,2024-03-01,,2024-03-02,不予受理",
            "2号,150625,2024-03-01,2024-03-04,,调解中",
            "3号,150625,2024-03-01,,,",
        ),
    )

    statuses = [case["status"] for case in office.get("/cases").json()["items"]]
    assert statuses == ["declined", "in_mediation", "registered"]


def test_a_reason_that_contradicts_the_outcome_is_refused(office: Office) -> None:
    result = office.load(
        "cases",
        csv(
            "案号,行政区划,受理日期,结案日期,调解结果,终止原因",
            "1号,150625,2024-03-04,2024-03-20,息诉撤诉,无法联系",
            "2号,150625,2024-03-04,2024-03-20,口头协议,无法联系",
        ),
        status=422,
    )

    assert [(error["column"], error["code"]) for error in result["errors"]] == [
        ("终止原因", "mediation.reason_contradicts_outcome"),
        ("终止原因", "mediation.reason_without_termination"),
    ]


def test_one_number_may_stand_once_per_committee_and_region(office: Office) -> None:
    rows = (
        "1号,甲调委会,150625,,,,2024-03-04,,,,",
        "1号,乙调委会,150625,,,,2024-03-04,,,,",
        "1号,甲调委会,150602,,,,2024-03-04,,,,",
    )
    assert office.load("cases", csv(HEADER, *rows))["created"] == 3

    twice = office.load("cases", csv(HEADER, rows[0], rows[0]), status=422)
    assert [error["code"] for error in twice["errors"]] == ["ledger.row_twice"]


def test_a_file_of_an_old_spreadsheet_program_is_read(office: Office) -> None:
    office.load("cases", csv(HEADER, GOOD, encoding="gb18030"))

    assert _case(office)["committee"] == "锡尼镇调委会"


def test_progress_is_told_line_by_line_to_whoever_asks(office: Office) -> None:
    answer = office.client.post(
        "/mediation/imports/cases?filename=a.csv",
        content=csv(HEADER, GOOD),
        headers={"Accept": "application/x-ndjson"},
    )

    lines = [orjson.loads(line) for line in answer.content.splitlines()]
    assert lines[-1]["result"]["created"] == 1
    assert all("progress" in line for line in lines[:-1])


def test_an_unknown_kind_of_ledger_is_refused(office: Office) -> None:
    result = office.load("disputes", csv(HEADER, GOOD), status=422)

    assert result["code"] == "ledger.unknown_kind"


def test_a_register_is_read_with_the_words_of_its_types(office: Office, database_url: str) -> None:
    rows = (
        "甲嘎查调委会,150625,嘎查村调委会,否,否,2010-05-01,",
        "乙社区调委会,150625,居委会,,,,",
        "丙医疗纠纷调委会,150625,行业性、专业性调委会,,,2015-01-01,2020-06-30",
        "丁调解组织,150625,,,,,",
        "戊服务站,150625,公共法律服务工作站,否,是,,",
    )

    result = office.load("organisations", csv(ORGANISATIONS, *rows))

    assert (result["created"], result["errors"]) == (5, [])
    found = {entry["name"]: entry for entry in office.get("/organisations").json()["items"]}
    assert [entry["org_type"] for entry in found.values()] == [
        "village",
        "resident",
        "social",
        "unspecified",
        "legal_service_station",
    ]
    assert [name for name, entry in found.items() if entry["is_industry"]] == ["丙医疗纠纷调委会"]
    assert [name for name, entry in found.items() if entry["is_agent_point"]] == ["戊服务站"]
    assert {event["type"] for event in recorded_events(database_url)} == {
        "dingfen.mediation.organisation_registered.v1"
    }


def test_a_register_is_unchanged_the_second_time_and_corrected_on_request(office: Office) -> None:
    row = "甲调委会,150625,村调委会,否,否,2010-05-01,"
    office.load("organisations", csv(ORGANISATIONS, row))
    dissolved = csv(ORGANISATIONS, row + "2024-06-30")

    assert office.load("organisations", csv(ORGANISATIONS, row))["unchanged"] == 1
    refused = office.load("organisations", dissolved, status=422)
    assert [error["code"] for error in refused["errors"]] == ["ledger.differs_from_books"]
    assert office.load("organisations", dissolved, update=True)["updated"] == 1
    (entry,) = office.get("/organisations").json()["items"]
    assert (entry["status"], entry["version"]) == ("dissolved", 2)


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        ("甲工作室,150625,个人调解工作室,是,,,", "是否行业性专业性", "mediation.industry_outside_committees"),
        ("甲调委会,150625,行业性,否,,,", "是否行业性专业性", "mediation.industry_contradicts_type"),
        ("甲调委会,150625,,,,2020-01-01,2019-01-01", "撤销日期", "mediation.dissolved_before_established"),
        ("甲调委会,城区,,,,,", "行政区划", "region.ambiguous"),
        (",150625,,,,,", "名称", "ledger.required"),
    ],
)
def test_an_entry_that_contradicts_itself_is_refused_at_the_column_to_mend(
    office: Office, row: str, column: str, code: str
) -> None:
    result = office.load("organisations", csv(ORGANISATIONS, row), status=422)

    (error,) = result["errors"]
    assert (error["column"], error["code"]) == (column, code)


def test_every_code_and_label_is_a_word_of_the_ledger() -> None:
    for choices, members in (
        (labels.DISPUTE_TYPES, DisputeType),
        (labels.LEDGER_OUTCOMES, Outcome),
    ):
        for member in members:
            assert choices.find(member.value.upper()) == member
            assert choices.find(choices.labels[member]) == member
    assert len(DisputeType) == 18
