"""What a row of the ledger means in law, and the rows that cannot be."""

import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from services.reconsideration import labels, main
from services.reconsideration.ledger import COLUMNS
from services.reconsideration.terms import Outcome
from tests.reconsideration.builders import NOW
from tests.reconsideration.ledgers import a_row, csv_of
from tests.reconsideration.office import Json, Office
from tests.support import suites


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Rows are only tried here, on one database for all tests."""
    folder: Path = tmp_path_factory.mktemp("rows")
    service = main.create(
        suites.settings(f"sqlite:///{folder / 'books.db'}", folder),
        nats_url=suites.NOWHERE,
        clock=lambda: NOW,
        directory=suites.ONLY_OPERATOR,
    )
    with suites.client_of(service) as client:
        yield Office(client)


def recorded(office: Office, row: Json) -> Json:
    """The case that a row is recorded as; it is cancelled again."""
    answer = office.bring(csv_of(row))
    assert answer.status_code == 200, answer.text
    case = office.listed(case_number=row["案号"])[-1]
    office.cancel(case)
    return case


def refusal(office: Office, row: Json) -> tuple[str, str]:
    """(column, code) of the only error of a row."""
    answer = office.bring(csv_of(row), dry_run=True)
    assert answer.status_code == 422, answer.text
    (error,) = answer.json()["errors"]
    return error["column"], error["code"]


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (a_row(), {"status": "closed", "outcome": "upheld", "procedure": "ordinary"}),
        (a_row(审结结果="调解书", 审理程序="简易"), {"outcome": "mediated", "procedure": "summary"}),
        (
            a_row(审结结果="撤回", 撤回原因="和解"),
            {"outcome": "terminated", "termination_ground": "T1", "withdraw_reason": "settled"},
        ),
        (
            a_row(审结结果="撤回申请"),
            {"outcome": "terminated", "termination_ground": "T1", "withdraw_reason": "other"},
        ),
        (
            a_row(审结结果="终止", 撤回原因="自愿撤回"),
            {"outcome": "terminated", "termination_ground": "T1", "withdraw_reason": "voluntary"},
        ),
        (
            a_row(审结结果="终止", 终止事由="中止满六十日"),
            {"outcome": "terminated", "termination_ground": "T5", "withdraw_reason": None},
        ),
        (a_row(审结结果="终止"), {"outcome": "terminated", "termination_ground": None}),
        (
            a_row(审结结果="不予受理", 受理日期="", 结案日期="2022-03-04"),
            {
                "status": "not_accepted",
                "refusal": "not_accepted",
                "refused_on": "2022-03-04",
                "outcome": None,
            },
        ),
        (
            a_row(审结结果="视为放弃", 受理日期="", 结案日期="", 不予受理日期="2022-03-04"),
            {"status": "not_accepted", "refusal": "abandoned", "refused_on": "2022-03-04"},
        ),
        (
            a_row(审结结果="", 受理日期="", 结案日期="", 不予受理日期="2022-03-04"),
            {"status": "not_accepted", "refusal": "not_accepted"},
        ),
        (a_row(审结结果="", 结案日期=""), {"status": "accepted", "decision_due_on": "2022-05-05"}),
        (a_row(审结结果="", 结案日期="", 受理日期=""), {"status": "received", "decision_due_on": None}),
        (
            a_row(意见书份数="2", 建议书份数="1", 是否群体性案件="是"),
            {
                "opinion_letters_on": ["2022-04-20"] * 2,
                "recommendation_letters_on": ["2022-04-20"],
                "is_group": True,
            },
        ),
        (a_row(复议机关所在地="鄂尔多斯市"), {"organ_region": "150600", "organ_level": "prefecture"}),
        (
            a_row(被申请人="甲局", 被申请人类型="部门", 申请渠道="掌上复议"),
            {"respondent": "甲局", "respondent_type": "department", "channel": "internet"},
        ),
    ],
)
def test_a_row_is_recorded_as_what_it_means_in_law(office: Office, row: Json, shown: Json) -> None:
    case = recorded(office, row)

    assert {name: case[name] for name in shown} == shown


@pytest.mark.parametrize("outcome", Outcome)
def test_every_outcome_is_understood_by_its_label_and_by_its_code(office: Office, outcome: Outcome) -> None:
    for word in (labels.OUTCOMES.labels[outcome], outcome.value):
        assert recorded(office, a_row(审结结果=word))["outcome"] == outcome.value


@pytest.mark.parametrize(
    ("row", "column", "code"),
    [
        (a_row("无号"), "案号", "number_unreadable"),
        (a_row("1" * 65), "案号", "number_unreadable"),
        (a_row(受理日期="2022-02-28"), "受理日期", "accepted_before_received"),
        (a_row(受理日期=""), "受理日期", "closed_without_acceptance"),
        (a_row(受理日期="", 结案日期=""), "受理日期", "closed_without_acceptance"),
        (a_row(结案日期="2022-03-02"), "结案日期", "closed_before_accepted"),
        (a_row(结案日期=""), "结案日期", "outcome_without_closing"),
        (a_row(审结结果=""), "审结结果", "closing_without_outcome"),
        (a_row(不予受理日期="2022-03-04"), "不予受理日期", "accepted_and_refused"),
        (a_row(审结结果="不予受理"), "不予受理日期", "accepted_and_refused"),
        (a_row(审结结果="视为放弃", 受理日期="", 结案日期=""), "不予受理日期", "refusal_incomplete"),
        (
            a_row(审结结果="不予受理", 受理日期="", 不予受理日期="2022-03-04"),
            "不予受理日期",
            "refusal_dates_differ",
        ),
        (
            a_row(审结结果="不予受理", 受理日期="", 结案日期="2022-02-01"),
            "不予受理日期",
            "refused_before_received",
        ),
        (a_row(终止事由="申请人死亡"), "终止事由", "ground_without_termination"),
        (a_row(撤回原因="和解"), "撤回原因", "withdraw_reason_without_withdrawal"),
        (
            a_row(审结结果="终止", 终止事由="组织终止", 撤回原因="和解"),
            "撤回原因",
            "withdraw_reason_without_withdrawal",
        ),
        (
            a_row(审结结果="不予受理", 受理日期="", 撤回原因="和解"),
            "撤回原因",
            "withdraw_reason_without_withdrawal",
        ),
        (a_row(意见书份数="100"), "意见书份数", "too_many_letters"),
        (
            a_row(审结结果="", 结案日期="", 受理日期="", 建议书份数="1"),
            "意见书份数",
            "letter_before_acceptance",
        ),
        (a_row(收到日期="2026-11-23"), "受理日期", "accepted_before_received"),
        (a_row(收到日期="2026-11-23", 受理日期="", 结案日期="", 审结结果=""), "收到日期", "date_in_future"),
    ],
)
def test_a_row_that_cannot_be_is_refused_at_the_cell_to_mend(
    office: Office, row: Json, column: str, code: str
) -> None:
    assert refusal(office, row) == (column, f"reconsideration.{code}")


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("没有这个地方", "region.unknown"),
        ("城区", "region.ambiguous"),
        ("独贵塔拉镇", "region.without_organ"),
    ],
)
def test_a_row_of_no_organ_is_refused_at_its_place(office: Office, place: str, code: str) -> None:
    assert refusal(office, a_row(复议机关所在地=place)) == ("复议机关所在地", code)


# Whatever stands in the cells


WORDS = sorted(
    {word for column in COLUMNS if column.choices for word in column.choices.labels.values()}
    | {"是", "否", "杭锦旗", "150600", "2022-03-01", "2022/4/20", "20220501", "1900-01-01", "2199-12-31", "0"}
    | {"1号", "无号", "-1", "99", "1e3", "=1+1", "#REF!", "１２", "\ufeff", "\u200b", "🀄", "9" * 400}
)
cells = st.one_of(
    st.sampled_from(WORDS),
    st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20),
    st.text(alphabet=string.digits + "-/.年月日", max_size=12),
    st.dates().map(str),
)
rows = st.fixed_dictionaries({}, optional={column.label: cells for column in COLUMNS})
likely_rows = st.tuples(st.integers(1, 5), rows).map(
    lambda drawn: a_row(f"{drawn[0]}号", **{k: v for k, v in drawn[1].items() if k != "案号"})
)


@given(st.lists(st.one_of(rows, likely_rows), min_size=1, max_size=5), st.booleans())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_in_a_ledger_it_is_recorded_or_refused_with_reasons(
    office: Office, ledger: list[dict[str, Any]], update: bool
) -> None:
    content = csv_of(*ledger)
    dry = office.bring(content, dry_run=True, update=update)
    real = office.bring(content, update=update)

    assert dry.status_code == real.status_code
    assert real.status_code in (200, 422), real.text
    if real.headers["content-type"] == "application/json":
        assert dry.json() == real.json() | {"dry_run": True}
        assert all(error["why"] and error["how"] for error in real.json()["errors"])
    else:
        assert real.json()["code"].startswith("ledger.")


def test_no_refused_row_ever_answers_as_a_failure(office: Office) -> None:
    client: TestClient = office.client

    for column in COLUMNS:
        for word in WORDS:
            answer = client.post(
                "/reconsideration/imports/cases?dry_run=true", content=csv_of(a_row(**{column.label: word}))
            )
            assert answer.status_code in (200, 422), (column.label, word, answer.text)


def test_a_rejection_before_2024_is_one_of_the_application(office: Office) -> None:
    row = a_row(收到日期="2022-03-01", 受理日期="2022-03-03", 结案日期="2022-04-01", 审结结果="驳回")

    assert recorded(office, row)["outcome"] == "application_rejected"


def test_a_rejection_since_2024_has_to_say_of_what(office: Office) -> None:
    row = a_row(收到日期="2024-03-01", 受理日期="2024-03-05", 结案日期="2024-04-01", 审结结果="驳回")

    assert refusal(office, row) == ("审结结果", "reconsideration.rejection_ambiguous")


def test_a_withdrawal_without_acceptance_ends_the_application(office: Office) -> None:
    row = a_row(收到日期="2024-03-01", 受理日期="", 结案日期="2024-03-04", 审结结果="撤回")

    shown = recorded(office, row)
    assert (shown["status"], shown["refusal"]) == ("not_accepted", "withdrawn_before_acceptance")


def test_the_summary_procedure_shortens_no_period_before_2024(office: Office) -> None:
    row = a_row(收到日期="2022-01-04", 受理日期="2022-01-04", 结案日期="2022-02-20", 审理程序="简易")

    assert recorded(office, row)["decision_due_on"] == "2022-03-07"
