"""Ledgers of an office go in by command, in its own encoding, and its figures come out."""

import json
from pathlib import Path

import pytest

from shared.kit.spreadsheets import write_xlsx
from tests.reconsideration.walking import ALL_MET, UPHELD
from tests.support.suite_process import SuiteProcess

HEADER = ["案号", "复议机关所在地", "收到日期", "受理日期", "结案日期", "审结结果", "撤回原因", "备注"]
ROWS = [
    ["方政复〔2021〕1号", "411322", "2021-01-05", "2021-01-08", "2021-03-01", "维持", "", "甲"],
    ["方政复〔2021〕2号", "方城县", "2021年2月1日", "2021/2/3", "2021.3.30", "REVOKE", "", ""],
    ["方政复〔2021〕3号", "411322", "2021-03-01", "2021-03-04", "2021-04-01", "终止", "和解", ""],
    ["方政复〔2021〕4号", "411322", "2021-12-01", "2021-12-03", "", "", "", ""],
]


def _csv(rows: list[list[str]]) -> str:
    return "\n".join(",".join(row) for row in [HEADER, *rows]) + "\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    file = tmp_path / "复议台账.csv"
    file.write_bytes(_csv(ROWS).encode("gb18030"))
    return file


def test_a_ledger_goes_in_once_and_its_figures_come_out(
    suite: SuiteProcess, ledger: Path, tmp_path: Path
) -> None:
    dry = suite.json("import", "reconsideration", str(ledger), "--dry-run")
    assert (dry["rows"], dry["created"], dry["unknown_columns"]) == (4, 4, ["备注"])
    nothing = suite.json("rates", "--region", "411322", "--period", "2021")
    assert nothing["counts"]["ar.received"] == 0

    first = suite.json("import", "reconsideration", str(ledger))
    again = suite.json("import", "reconsideration", str(ledger))
    assert (first["created"], again["created"], again["unchanged"]) == (4, 0, 4)
    workbook = tmp_path / "台账.xlsx"
    workbook.write_bytes(write_xlsx([HEADER], ROWS))
    assert suite.json("import", "reconsideration", str(workbook))["unchanged"] == 4

    answer = suite.json("rates", "--region", "方城县", "--period", "2021")
    counts = answer["counts"]
    assert (counts["ar.accepted"], counts["ar.concluded"], counts["ar.pending"]) == (4, 3, 1)
    assert (counts["ar.upheld"], counts["ar.revoked"], counts["ar.withdrawn"]) == (1, 1, 1)
    corrected = suite.json("rate", "IND-AR-5", "--region", "411322", "--period", "2021", "--definition", "D2")
    assert (corrected["numerator"], corrected["denominator"], corrected["rate"]) == (1, 2, "50.00")


def test_a_ledger_with_impossible_rows_is_refused_whole(suite: SuiteProcess, tmp_path: Path) -> None:
    file = tmp_path / "错.csv"
    rows = [
        ["宁测复〔2020〕1号", "150429", "2020-05-01", "2020-05-06", "2020-06-01", "维持", "", ""],
        ["宁测复〔2020〕2号", "150429", "2020-05-01", "2020-05-06", "2020-04-01", "维持", "", ""],
        ["宁测复〔2020〕3号", "150429", "2020-05-01", "", "2020-06-01", "撤销", "", ""],
        ["宁测复〔2020〕4号", "999999", "2020-05-01", "2020-05-06", "", "", "", ""],
        ["宁测复〔2020〕5号", "150429", "2020-02-30", "", "", "", "", ""],
    ]
    file.write_text(_csv(rows), encoding="utf-8-sig")

    answer = suite.command("import", "reconsideration", str(file), "--json")

    assert answer.returncode == 1
    result = json.loads(answer.stdout)
    assert sorted((error["row"], error["column"]) for error in result["errors"]) == [
        (3, "结案日期"),
        (4, "受理日期"),
        (5, "复议机关所在地"),
        (6, "收到日期"),
    ]
    assert all(error["why"] and error["how"] for error in result["errors"])
    assert suite.get("/reconsideration/cases", case_number="宁测复〔2020〕1号").json()["items"] == []


def test_corrections_and_cancelling_move_the_figures(suite: SuiteProcess) -> None:
    filed = suite.post(
        "/reconsideration/cases",
        {"case_number": "某政复〔2023〕1号", "organ_region": "330106", "received_on": "2023-03-01"},
    ).json()
    case = f"/reconsideration/cases/{filed['id']}"
    for step, body in DECIDED:
        assert suite.post(f"{case}/steps/{step}", body).status_code == 200, step
    assert _counts(suite, "ar.upheld", "ar.revoked") == (1, 0)

    alone = suite.post(f"{case}/corrections", {"changes": {"outcome": "revoked"}, "reason": "录错了结果"})
    assert alone.json()["code"] == "reconsideration.outcome_not_among_items"
    decided = suite.get(case).json()["proceeding"]["closing"] | {"items": [{"outcome": "revoked"}]}
    changes = {"outcome": "revoked", "proceeding": {"closing": decided}}
    corrected = suite.post(f"{case}/corrections", {"changes": changes, "reason": "录错了结果"})
    assert corrected.status_code == 200, corrected.text
    assert _counts(suite, "ar.upheld", "ar.revoked") == (0, 1)

    assert suite.post(f"{case}/steps/cancel", {"reason": "重复录入"}).status_code == 200
    assert _counts(suite, "ar.received", "ar.upheld", "ar.revoked") == (0, 0, 0)


# Lawful for what was received on 2023-03-01.
DECIDED = (
    ("accept", {"on": "2023-03-03", "conditions": ALL_MET}),
    ("send_copy", {"on": "2023-03-06", "received_on": "2023-03-07"}),
    ("record_reply", {"on": "2023-03-14"}),
    ("hear_opinion", {"on": "2023-03-16", "of": "applicant", "manner": "phone", "record": "坚持申请"}),
    ("submit_decision", {"on": "2023-03-28", **UPHELD}),
    ("endorse_decision", {"on": "2023-03-29"}),
    ("approve_decision", {"on": "2023-04-03", "manner": "head"}),
)


def _counts(suite: SuiteProcess, *names: str) -> tuple[int, ...]:
    assert suite.json("verify")["ok"]  # waits until the figures have caught up
    counts = suite.json("rates", "--region", "330106", "--period", "2023")["counts"]
    return tuple(counts[name] for name in names)
