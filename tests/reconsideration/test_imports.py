"""Ledgers in over the API: the whole file or nothing, the same file twice changes nothing."""

import json
from typing import Any

import orjson
import pytest
from httpx2 import Response

from shared.kit.imports import MAX_BYTES
from tests.reconsideration.ledgers import a_row, csv_of, xlsx_of
from tests.reconsideration.office import NOTHING, Books, Json, Office, of, refused

NDJSON = "application/x-ndjson"


def result(answer: Response, status: int = 200) -> Json:
    assert answer.status_code == status, answer.text
    told: Json = answer.json()
    assert told["ok"] is (status == 200)
    return told


def numbers(told: Json) -> tuple[int, int, int, int]:
    """(created, updated, unchanged, errors)"""
    return told["created"], told["updated"], told["unchanged"], told["error_count"]


THREE = (a_row("1号"), a_row("2号", 审结结果="撤销"), a_row("3号", 复议机关所在地="达拉特旗"))


def test_a_ledger_is_recorded_with_an_event_for_each_case(office: Office, books: Books) -> None:
    told = result(office.bring(csv_of(*THREE)))

    assert (told["kind"], told["dry_run"], told["rows"]) == ("cases", False, 3)
    assert numbers(told) == (3, 0, 0, 0)
    assert books.counts() == of(case=3, journal=3, event=3, outbox=3)
    types = {orjson.loads(logged.payload)["type"] for logged in books.number()}
    assert types == {"dingfen.reconsideration.ledger_recorded.v1"}
    shown = office.listed(case_number="2号")[0]
    assert (shown["status"], shown["outcome"], shown["decision_due_on"]) == (
        "closed",
        "revoked",
        "2022-05-05",
    )
    assert office.one(shown)["history"][0]["step"] == "record"


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (csv_of(*THREE, encoding="gb18030"), "台账.csv"),
        (csv_of(*THREE, encoding="utf-8-sig"), "台账.csv"),
        (csv_of(*THREE, encoding="utf-16"), "台账.txt"),
        (xlsx_of(*THREE), "台账.xlsx"),
        (xlsx_of(*THREE), ""),
    ],
)
def test_a_ledger_may_come_as_any_file_that_offices_use(
    office: Office, books: Books, content: bytes, filename: str
) -> None:
    assert numbers(result(office.bring(content, filename=filename))) == (3, 0, 0, 0)
    assert {case["case_number"] for case in office.listed()} == {"1号", "2号", "3号"}
    assert books.counts()["event"] == 3


def test_a_dry_run_tells_what_would_happen_and_stores_nothing(office: Office, books: Books) -> None:
    dry = result(office.bring(csv_of(*THREE), dry_run=True))

    assert books.counts() == NOTHING
    assert dry == result(office.bring(csv_of(*THREE))) | {"dry_run": True}


def test_a_dry_run_of_an_update_tells_the_same_as_the_update(office: Office, books: Books) -> None:
    office.bring(csv_of(*THREE))
    before = books.counts()
    newer = csv_of(a_row("1号", 审结结果="撤销"), THREE[1], a_row("4号"))

    dry = result(office.bring(newer, dry_run=True, update=True))

    assert books.counts() == before
    assert numbers(dry) == (1, 1, 1, 0)
    assert dry == result(office.bring(newer, update=True)) | {"dry_run": True}


def test_the_same_ledger_again_changes_nothing(office: Office, books: Books) -> None:
    office.bring(csv_of(*THREE))
    before = books.counts()

    assert numbers(result(office.bring(xlsx_of(*THREE)))) == (0, 0, 3, 0)
    assert numbers(result(office.bring(csv_of(*THREE), update=True))) == (0, 0, 3, 0)
    assert books.counts() == before


def test_one_wrong_row_keeps_the_whole_ledger_out(office: Office, books: Books) -> None:
    told = result(office.bring(csv_of(*THREE, a_row("4号", 受理日期="2022-02-28"))), 422)

    assert numbers(told) == (0, 0, 0, 1)
    assert told["errors"] == [
        {
            "row": 5,
            "column": "受理日期",
            "found": "2022-02-28",
            "why": "受理日期早于收到申请的日期。",
            "how": "请核对本行的“受理日期”，改正后重新导入。",
            "code": "reconsideration.accepted_before_received",
        }
    ]
    assert books.counts() == NOTHING


def test_a_row_that_differs_from_the_books_is_refused(office: Office, books: Books) -> None:
    office.bring(csv_of(*THREE))
    before = books.counts()

    told = result(office.bring(csv_of(a_row("1号", 审结结果="撤销"), a_row("9号"))), 422)

    assert [(error["row"], error["code"]) for error in told["errors"]] == [(2, "ledger.differs_from_books")]
    assert numbers(told) == (0, 0, 0, 1)
    assert books.counts() == before


def test_with_update_a_difference_is_recorded_as_a_correction(office: Office, books: Books) -> None:
    office.bring(csv_of(*THREE))

    told = result(office.bring(csv_of(a_row("1号", 审结结果="撤销"), *THREE[1:]), update=True))

    assert numbers(told) == (0, 1, 2, 0)
    case = office.listed(case_number="1号")[0]
    assert (case["version"], case["outcome"]) == (2, "revoked")
    history = office.one(case)["history"]
    assert [entry["step"] for entry in history] == ["record", "correct"]
    assert history[1]["reason"] == "以重新导入的台账为准"
    assert books.versions(case) == [1, 2]
    last = orjson.loads(books.number()[-1].payload)
    assert last["type"] == "dingfen.reconsideration.corrected.v1"
    assert last["data"]["facts"]["outcome"] == "revoked"


def test_a_ledger_may_bring_back_a_cancelled_number(office: Office, books: Books) -> None:
    office.bring(csv_of(*THREE))
    office.cancel(office.listed(case_number="1号")[0])

    assert numbers(result(office.bring(csv_of(*THREE)))) == (1, 0, 2, 0)


def test_a_case_filed_by_hand_is_known_to_the_ledger(office: Office) -> None:
    office.file(case_number="1号", received_on="2022-03-01")

    told = result(office.bring(csv_of(a_row("1号", 受理日期="", 结案日期="", 审结结果=""))))

    assert numbers(told) == (0, 0, 1, 0)


def test_the_same_case_twice_in_a_ledger_is_refused(office: Office, books: Books) -> None:
    told = result(office.bring(csv_of(a_row("1号"), a_row("2号"), a_row("1号"))), 422)

    assert [(error["row"], error["code"]) for error in told["errors"]] == [(4, "ledger.row_twice")]
    assert "第 2 行" in told["errors"][0]["why"]
    assert books.counts() == NOTHING


def test_two_organs_may_use_one_number_in_a_ledger(office: Office) -> None:
    told = result(office.bring(csv_of(a_row("1号"), a_row("1号", 复议机关所在地="150621"))))

    assert numbers(told) == (2, 0, 0, 0)


def test_an_empty_ledger_records_nothing(office: Office, books: Books) -> None:
    header = csv_of(a_row()).splitlines()[0] + b"\n"

    assert numbers(result(office.bring(header))) == (0, 0, 0, 0)
    assert books.counts() == NOTHING


# Files that are refused as a whole


def test_an_unknown_kind_of_ledger_is_refused(office: Office) -> None:
    answer = office.client.post("/reconsideration/imports/suits", content=csv_of(a_row()))

    assert "cases" in refused(answer, 422, "ledger.unknown_kind")["detail"]


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", "a.csv"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "a.csv"),
        (b"PK\x03\x04 not a workbook", "a.xlsx"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "a.xls"),
        (b"<html><table></table></html>", "a.xls"),
        (b'"a,b\n', "a.csv"),
        (b"a\x00b\n", "a.csv"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused(
    office: Office, books: Books, content: bytes, filename: str
) -> None:
    answer = office.bring(content, filename=filename)

    assert answer.status_code == 422
    assert answer.json()["code"].startswith("ledger."), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert books.counts() == NOTHING


def test_a_file_without_the_required_columns_is_refused(office: Office, books: Books) -> None:
    told = result(office.bring("案号,受理日期\n1号,2022-03-01\n".encode()), 422)

    assert {error["column"] for error in told["errors"]} == {"复议机关所在地", "收到日期"}
    assert books.counts() == NOTHING


def test_a_file_of_more_than_20_mb_is_refused(office: Office, books: Books) -> None:
    answer = office.bring(b"x" * (MAX_BYTES + 1))

    assert "20 MB" in refused(answer, 413, "request.too_large")["detail"]
    assert books.counts() == NOTHING


def test_at_most_500_errors_are_shown_and_all_are_counted(office: Office) -> None:
    rows = [a_row(f"{number}号", 受理日期="2022-02-01") for number in range(600)]

    told = result(office.bring(csv_of(*rows)), 422)

    assert (len(told["errors"]), told["error_count"]) == (500, 600)


# Progress


def lines(answer: Response) -> list[dict[str, Any]]:
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(NDJSON)
    return [json.loads(line) for line in answer.text.splitlines()]


def test_progress_is_told_line_by_line_and_the_result_at_last(office: Office, books: Books) -> None:
    rows = [a_row(f"{number}号") for number in range(2_300)]

    told = lines(office.bring(csv_of(*rows), accept=NDJSON))

    assert [tuple(line["progress"].values()) for line in told[:-1]] == [
        ("reading", 0, 1),
        *[("checking", done, 2_300) for done in (0, 1_000, 2_000)],
        *[("recording", done, 2_300) for done in (0, 1_000, 2_000)],
    ]
    assert numbers(told[-1]["result"]) == (2_300, 0, 0, 0)
    assert books.counts() == of(case=2_300, journal=2_300, event=2_300, outbox=2_300)


def test_an_error_in_the_last_portion_undoes_the_ones_before(office: Office, books: Books) -> None:
    office.bring(csv_of(a_row("2299号", 审结结果="撤销")))
    rows = [a_row(f"{number}号") for number in range(2_300)]

    told = lines(office.bring(csv_of(*rows), accept=NDJSON))

    assert numbers(told[-1]["result"]) == (0, 0, 0, 1)
    assert told[-1]["result"]["errors"][0]["row"] == 2_301
    assert books.counts() == of()


def test_a_file_that_cannot_be_read_ends_in_a_problem_line(office: Office) -> None:
    told = lines(office.bring(b"PK\x03\x04", accept=NDJSON))

    assert list(told[0]) == ["progress"]
    assert told[-1]["problem"]["code"] == "ledger.unreadable"
    assert told[-1]["problem"]["status"] == 422
