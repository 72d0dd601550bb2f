"""The ledger of litigation cases: words, errors in sentences, and imports that are all or nothing."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.litigation import labels
from services.litigation.ledger import COLUMNS
from services.litigation.terms import Appearance, Instance, Result
from services.sample.ledgers import Ledger, seeds

ROW: Mapping[str, str] = {
    "case_number": "（2022）内0625行初1号",
    "court": "杭锦旗人民法院",
    "region": "150625",
    "instance": "first",
    "organ": "杭锦旗公安局",
    "notified_on": "2022-03-01",
    "heard_on": "2022-04-06",
    "appearance": "principal",
    "court_notified": "是",
    "closed_on": "2022-04-28",
    "result": "payment_ordered",
    "performed_on": "2022-06-01",
    "performed_amount": "1200.50",
}
UNHEARD: Mapping[str, str] = {
    name: ROW[name] for name in ("case_number", "court", "region", "organ", "notified_on")
}


def ledger(rows: Sequence[Mapping[str, str]]) -> bytes:
    header = list(dict.fromkeys(name for row in rows for name in row))
    out = StringIO()
    writer = csv.DictWriter(out, header)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def imported(client: TestClient, *rows: Mapping[str, str], **query: str) -> dict[str, Any]:
    answer = client.post(
        "/litigation/imports/cases", content=ledger(rows), params={"filename": "台账.csv", **query}
    )
    result: dict[str, Any] = answer.json()
    assert answer.status_code == (200 if result.get("ok") else result.get("status", 422))
    return result


def the_case(client: TestClient) -> dict[str, Any]:
    (case,) = client.get("/litigation/cases").json()["items"]
    found: dict[str, Any] = client.get(f"/litigation/cases/{case['id']}").json()
    return found


def test_a_row_becomes_a_unit_in_its_present_state(client: TestClient) -> None:
    result = imported(client, ROW)

    assert (result["created"], result["errors"]) == (1, [])
    case = the_case(client)
    assert (case["status"], case["performed_fen"]) == ("performed", 120_050)
    assert (case["duty"], case["met_by_principal"], case["court_notified"]) == (True, True, True)
    assert [entry["step_label"] for entry in case["history"]] == ["台账录入"]


def test_a_row_in_the_words_of_an_office(client: TestClient) -> None:
    row = {
        "案号": "（2022）内06行终15号",
        "法院": "鄂尔多斯市中级人民法院",
        "应诉机关所在地": "鄂尔多斯市杭锦旗",
        "审级": "二审",
        "被告": "杭锦旗公安局",
        "收到应诉通知日期": "2022年3月1日",
        "开庭日期": "2022/4/6",
        "出庭情况": "委托工作人员",
        "正当理由": "是",
        "结案日期": "20220428",
        "裁判结果": "驳回上诉，维持原判",
    }

    assert imported(client, row)["created"] == 1
    case = the_case(client)
    assert (case["region"], case["instance"], case["result"]) == ("150625", "second", "upheld")
    assert (case["met"], case["excused"], case["in_default"]) == (False, True, False)


def test_a_notice_alone_is_a_first_instance_without_duty(client: TestClient) -> None:
    assert imported(client, {**UNHEARD, "appearance": "none", "court_notified": "true"})["created"] == 1

    case = the_case(client)
    assert (case["instance"], case["status"], case["duty"]) == ("first", "notified", False)
    assert (case["appearance_notified"], case["hearings"]) == (True, [])


def test_identity_and_early_leaving_are_told_in_a_row(client: TestClient) -> None:
    rows = [
        {**ROW, "left_early": "是"},
        {**ROW, "case_number": "（2022）内0625行初2号", "identity_accepted": "否"},
        {**ROW, "case_number": "（2022）内0625行初3号", "renotified": "是"},
    ]

    assert imported(client, *rows)["created"] == 3
    cases = client.get("/litigation/cases").json()["items"]
    assert [case["met"] for case in cases] == [False, False, True]


WRONG = [
    # what the row says, the column that is wrong, the code
    ({"notified_on": ""}, "收到应诉通知日期", "ledger.required"),
    ({"region": "无此地"}, "行政区划", "region.unknown"),
    ({"appearance": ""}, "出庭情况", "litigation.hearing_without_appearance"),
    ({"appearance": "来了"}, "出庭情况", "ledger.choice.unknown"),
    ({"heard_on": ""}, "出庭情况", "litigation.appearance_without_hearing"),
    ({"heard_on": "", "appearance": "", "excused": "是"}, "正当理由", "litigation.excused_without_hearing"),
    (
        {"heard_on": "", "appearance": "无", "renotified": "是"},
        "再次通知",
        "litigation.renotified_without_hearing",
    ),
    (
        {"heard_on": "", "appearance": "", "left_early": "是"},
        "中途退庭",
        "litigation.left_early_without_hearing",
    ),
    ({"appearance": "仅工作人员", "left_early": "是"}, "开庭日期", "litigation.left_without_coming"),
    ({"heard_on": "2022-02-01"}, "开庭日期", "litigation.heard_before_notified"),
    ({"closed_on": "2022-02-01"}, "结案日期", "litigation.closed_before_notified"),
    ({"closed_on": "2022-04-05"}, "结案日期", "litigation.closed_before_heard"),
    (
        {"closed_on": "", "performed_on": "", "performed_amount": ""},
        "结案日期",
        "litigation.result_without_closing",
    ),
    ({"result": ""}, "裁判结果", "litigation.closing_without_result"),
    ({"result": "维持"}, "裁判结果", "litigation.result_not_of_instance"),
    ({"result": "驳回诉讼请求"}, "履行日期", "litigation.nothing_to_perform"),
    ({"performed_on": ""}, "履行金额", "litigation.amount_without_performance"),
    ({"performed_on": "2022-04-01"}, "履行日期", "litigation.performed_before_closing"),
    ({"delivered_on": "2022-04-01"}, "裁判文书送达日期", "litigation.delivered_before_closing"),
    ({"performed_on": "2025-04-28"}, "履行日期", "litigation.date_in_future"),
    ({"case_number": "待定"}, "案号", "litigation.number_unreadable"),
    ({"organ": "机" * 201}, "应诉机关", "litigation.organ_too_long"),
]


@pytest.mark.parametrize(("wrong", "column", "code"), WRONG)
def test_a_wrong_row_is_refused_with_its_column_and_a_sentence(
    sqlite_client: TestClient, wrong: Mapping[str, str], column: str, code: str
) -> None:
    result = imported(sqlite_client, {**ROW, **wrong})

    (error,) = result["errors"]
    assert (error["row"], error["column"], error["code"]) == (2, column, code)
    assert error["why"].endswith("。")
    assert error["how"].endswith("。")
    assert (result["ok"], result["created"]) == (False, 0)


def test_one_wrong_row_keeps_the_whole_ledger_out(client: TestClient) -> None:
    result = imported(client, ROW, {**ROW, "case_number": "（2022）内0625行初2号", "result": ""})

    assert [error["row"] for error in result["errors"]] == [3]
    assert client.get("/litigation/cases").json()["items"] == []


def test_a_unit_stands_in_a_ledger_once(client: TestClient) -> None:
    result = imported(client, ROW, {**ROW, "result": "revoked"})

    assert [error["code"] for error in result["errors"]] == ["ledger.row_twice"]


def test_a_dry_run_tells_what_would_happen_and_does_nothing(client: TestClient) -> None:
    result = imported(client, ROW, dry_run="true")

    assert (result["ok"], result["dry_run"], result["created"]) == (True, True, 1)
    assert client.get("/litigation/cases").json()["items"] == []


def test_the_same_ledger_again_changes_nothing(client: TestClient) -> None:
    imported(client, ROW)

    again = imported(client, ROW)

    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)
    assert the_case(client)["version"] == 1


def test_a_case_kept_by_steps_is_the_same_as_its_row(client: TestClient) -> None:
    imported(client, UNHEARD)
    path = f"/litigation/cases/{the_case(client)['id']}/steps"
    hearing = {"on": "2022-04-06", "appearance": "principal", "court_notified": True}
    assert client.post(f"{path}/hearing", json=hearing).status_code == 200
    judgment = {"on": "2022-04-28", "result": "payment_ordered"}
    assert client.post(f"{path}/judgment", json=judgment).status_code == 200
    performance = {"on": "2022-06-01", "performed_fen": 120_050}
    assert client.post(f"{path}/perform", json=performance).status_code == 200

    assert imported(client, ROW)["unchanged"] == 1


def test_a_row_that_differs_is_refused_until_an_update_is_asked_for(client: TestClient) -> None:
    imported(client, ROW)
    changed = {**ROW, "appearance": "仅工作人员"}

    refused = imported(client, changed)
    assert [error["code"] for error in refused["errors"]] == ["ledger.differs_from_books"]
    assert the_case(client)["met"]

    updated = imported(client, changed, update="true")
    assert (updated["ok"], updated["updated"]) == (True, 1)
    case = the_case(client)
    assert (case["version"], case["in_default"]) == (2, True)
    assert case["history"][-1]["reason"] == "以重新导入的台账为准"


def test_a_row_does_not_wipe_out_the_hearings_it_cannot_tell(client: TestClient) -> None:
    imported(client, {**UNHEARD, "heard_on": "2022-04-06", "appearance": "副职"})
    path = f"/litigation/cases/{the_case(client)['id']}/steps"
    client.post(f"{path}/hearing", json={"on": "2022-04-20", "appearance": "principal"})

    result = imported(client, ROW, update="true")

    assert result["code"] == "litigation.more_hearings_than_a_row"
    assert ROW["case_number"] in result["detail"]
    assert len(the_case(client)["hearings"]) == 2


def test_a_cancelled_case_is_not_the_one_that_a_row_speaks_of(client: TestClient) -> None:
    imported(client, ROW)
    client.post(f"/litigation/cases/{the_case(client)['id']}/steps/cancel", json={"reason": "误录"})

    assert imported(client, ROW)["created"] == 1


def sample_ledgers() -> list[Ledger]:
    return [ledger for ledger in seeds() if ledger.kind == "litigation"]


@pytest.mark.parametrize("sample", sample_ledgers(), ids=lambda sample: sample.name)
def test_the_sample_ledgers_are_imported_without_an_error(client: TestClient, sample: Ledger) -> None:
    rows = [dict(zip(sample.header, row, strict=True)) for row in sample.rows]

    result = imported(client, *rows)

    assert (result["errors"], result["unknown_columns"]) == ([], [])
    assert result["created"] == len(rows)
    assert imported(client, *rows)["unchanged"] == len(rows)


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ("DISMISS_SUIT", Result.SUIT_DISMISSED),
        ("驳回起诉", Result.SUIT_DISMISSED),
        ("WITHDRAWN", Result.SUIT_WITHDRAWN),
        ("准许撤诉", Result.SUIT_WITHDRAWN),
        ("按撤诉处理", Result.SUIT_WITHDRAWN),
        ("撤诉", Result.SUIT_WITHDRAWN),
        ("MEDIATED", Result.MEDIATED),
        ("调解", Result.MEDIATED),
        ("DISMISS_CLAIM", Result.CLAIMS_REJECTED),
        ("驳回诉讼请求", Result.CLAIMS_REJECTED),
        ("REVOKE", Result.REVOKED),
        ("撤销", Result.REVOKED),
        ("REVOKE_PART", Result.PARTLY_REVOKED),
        ("部分撤销", Result.PARTLY_REVOKED),
        ("PERFORM", Result.PERFORMANCE_ORDERED),
        ("限期履行", Result.PERFORMANCE_ORDERED),
        ("PAY", Result.PAYMENT_ORDERED),
        ("给付", Result.PAYMENT_ORDERED),
        ("ILLEGAL", Result.CONFIRMED_UNLAWFUL),
        ("确认违法", Result.CONFIRMED_UNLAWFUL),
        ("VOID", Result.CONFIRMED_VOID),
        ("确认无效", Result.CONFIRMED_VOID),
        ("REMEDY_COMPENSATE", Result.REMEDY_ORDERED),
        ("补救赔偿", Result.REMEDY_ORDERED),
        ("MODIFY", Result.VARIED),
        ("变更", Result.VARIED),
        ("AGREEMENT_LIABLE", Result.AGREEMENT_LIABLE),
        ("协议责任", Result.AGREEMENT_LIABLE),
        ("UPHELD", Result.UPHELD),
        ("维持", Result.UPHELD),
        ("REVERSED", Result.REVERSED),
        ("改判", Result.REVERSED),
        ("REMANDED", Result.REMANDED),
        ("发回重审", Result.REMANDED),
    ],
)
def test_results_are_known_by_code_and_by_word(code: str, result: Result) -> None:
    assert labels.RESULTS.resolve(code) == result


@pytest.mark.parametrize(
    ("word", "appearance"),
    [
        ("正职", Appearance.PRINCIPAL),
        ("主要负责人", Appearance.PRINCIPAL),
        ("副职", Appearance.DEPUTY),
        ("分管负责人", Appearance.DEPUTY),
        ("副职级别参与分管", Appearance.DEPUTY_LEVEL),
        ("其他负责人", Appearance.OTHER_IN_CHARGE),
        ("其他参与分管", Appearance.OTHER_IN_CHARGE),
        ("仅工作人员", Appearance.STAFF_ONLY),
        ("委托工作人员", Appearance.STAFF_ONLY),
        ("未出庭", Appearance.NONE),
        ("无", Appearance.NONE),
        ("仅律师", Appearance.NONE),
    ],
)
def test_who_appeared_is_known_by_the_words_of_ledgers(word: str, appearance: Appearance) -> None:
    assert labels.APPEARANCES.resolve(word) == appearance


def test_every_member_of_a_closed_set_has_a_label_and_every_column_its_own_name() -> None:
    assert set(labels.RESULTS.labels) == set(Result)
    assert set(labels.APPEARANCES.labels) == set(Appearance)
    assert set(labels.INSTANCES.labels) == set(Instance)
    assert len({column.name for column in COLUMNS} | {column.label for column in COLUMNS}) == 2 * len(COLUMNS)


def test_a_result_is_called_as_its_instance_calls_it() -> None:
    assert labels.result_label(Instance.FIRST, Result.SUIT_DISMISSED) == "驳回起诉"
    assert labels.result_label(Instance.RETRIAL_REVIEW, Result.SUIT_DISMISSED) == "驳回再审申请"
    assert labels.result_label(Instance.RETRIAL_REVIEW, Result.REMANDED) == "裁定再审"
