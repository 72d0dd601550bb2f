"""Reading: the list and its pages, one case, the log, the check of the books, health and documentation."""

import re
from typing import Any

import orjson
import pytest

from shared.contracts.envelope import digest
from shared.contracts.reconsideration import ReconsiderationEvent
from tests.reconsideration.office import CASES, Books, Json, Office, refused
from tests.reconsideration.walking import DECLINE

EVENTS = "/reconsideration/events"
CANARIES = {"respondent": "金丝雀甲公安局", "matter": "金丝雀乙某某处罚", "field": "金丝雀丙治安管理"}


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({}, {"1", "2", "3", "4", "5"}),
        ({"region": "150625"}, {"1", "2", "4", "5"}),
        ({"region": "鄂尔多斯市"}, {"1", "2", "3", "4", "5"}),
        ({"region": "150621"}, {"3"}),
        ({"region": "110000"}, set()),
        ({"status": "received"}, {"3"}),
        ({"status": "accepted"}, {"2"}),
        ({"status": "closed"}, {"1"}),
        ({"status": "not_accepted"}, {"4"}),
        ({"status": "cancelled"}, {"5"}),
        ({"received_from": "2024-03-02"}, {"3"}),
        ({"received_to": "2024-03-01"}, {"1", "2", "4", "5"}),
        ({"received_from": "2024-03-01", "received_to": "2024-03-04", "region": "150621"}, {"3"}),
        ({"case_number": "2"}, {"2"}),
        ({"case_number": "没有"}, set()),
    ],
)
def test_the_list_shows_what_was_asked_for(office: Office, query: Json, numbers: set[str]) -> None:
    office.closed(case_number="1")
    office.accepted(case_number="2")
    office.file(case_number="3", organ_region="150621", received_on="2024-03-04")
    office.step(office.file(case_number="4"), "decline", **DECLINE)
    office.cancel(office.closed(case_number="5"))

    assert {case["case_number"] for case in office.listed(**query)} == numbers


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "request.malformed"),
        ("limit=1001", "request.malformed"),
        ("after=1", "request.malformed"),
        ("status=金丝雀", "request.malformed"),
        ("received_from=金丝雀", "request.malformed"),
        ("region=金丝雀", "region.unknown"),
        ("region=999999", "region.unknown"),
    ],
)
def test_a_question_that_makes_no_sense_is_refused(office: Office, query: str, code: str) -> None:
    refused(office.client.get(f"{CASES}?{query}"), 422, code)


def test_pages_neither_repeat_nor_skip_while_cases_are_filed(office: Office) -> None:
    filed = [office.file(case_number=str(number))["id"] for number in range(7)]
    seen: list[str] = []
    after: Json = {}

    for number in range(100, 200):
        page = office.client.get(CASES, params={"limit": 2, **after}).json()
        seen += [case["id"] for case in page["items"]]
        if page["next"] is None:
            break
        assert len(page["items"]) == 2
        after = {"after": page["next"]}
        if number < 104:
            filed.append(office.file(case_number=str(number))["id"])

    assert seen == filed
    assert len(seen) == 11


def test_a_page_that_is_just_full_is_the_last_one(office: Office) -> None:
    for number in range(3):
        office.file(case_number=str(number))

    page = office.client.get(CASES, params={"limit": 3}).json()

    assert (len(page["items"]), page["next"]) == (3, None)


def test_a_case_is_shown_with_its_version_as_etag(office: Office) -> None:
    case = office.closed()

    answer = office.client.get(f"{CASES}/{case['id']}")

    assert answer.headers["ETag"] == '"3"'
    assert {name: value for name, value in answer.json().items() if name in case} == case


# The log and the books


def told(office: Office, query: str = "") -> Json:
    answer = office.client.get(f"{EVENTS}{query}")
    assert answer.status_code == 200, answer.text
    body: Json = answer.json()
    return body


def test_the_log_tells_every_version_in_order_without_personal_data(office: Office, books: Books) -> None:
    first = office.closed(**CANARIES)
    second = office.cancel(office.correct(office.file(case_number="2", **CANARIES), matter="金丝雀丁"))
    books.number()

    answer = office.client.get(EVENTS)

    events = [ReconsiderationEvent.model_validate(entry["event"]) for entry in answer.json()["events"]]
    assert "金丝雀" not in answer.text
    assert [entry["pub_seq"] for entry in answer.json()["events"]] == list(range(1, 7))
    assert [str(event.data.case_id) for event in events] == [first["id"]] * 3 + [second["id"]] * 3
    assert [event.data.case_version for event in events] == [1, 2, 3, 1, 2, 3]
    assert events[-1].data.facts.void
    assert answer.json()["next"] is None


def test_the_log_is_read_in_portions(office: Office, books: Books) -> None:
    office.closed()
    books.number()
    epoch = told(office)["epoch"]

    first = told(office, f"?limit=2&epoch={epoch}")
    rest = told(office, f"?limit=2&epoch={epoch}&after={first['next']}")

    assert [entry["pub_seq"] for entry in first["events"] + rest["events"]] == [1, 2, 3]
    assert (first["next"], rest["next"]) == (2, None)


def test_who_speaks_of_another_life_of_the_database_begins_anew(office: Office, books: Books) -> None:
    office.closed()
    books.number()

    assert len(told(office, "?epoch=another&after=2")["events"]) == 3
    assert told(office, f"?after={2**63 - 1}")["events"] == []


@pytest.mark.parametrize("query", ["after=-1", f"after={2**63}", "after=x", "limit=0", "limit=5001"])
def test_a_place_that_no_log_has_is_refused(office: Office, query: str) -> None:
    refused(office.client.get(f"{EVENTS}?{query}"), 422, "request.malformed")


def test_the_books_agree_with_the_newest_facts_of_the_log(office: Office, books: Books) -> None:
    office.closed(**CANARIES)
    office.cancel(office.file(case_number="2"))
    office.file(case_number="3", organ_region="150621")
    books.number()

    newest: dict[str, tuple[int, str]] = {}
    for entry in told(office)["events"]:
        changed = ReconsiderationEvent.model_validate(entry["event"]).data
        newest[str(changed.case_id)] = (changed.case_version, digest(changed.facts))
    answer = office.client.get("/reconsideration/books")

    items = answer.json()["items"]
    assert {item["case_id"]: (item["version"], item["digest"]) for item in items} == newest
    assert {item["kind"] for item in items} == {"reconsideration_case"}
    assert "金丝雀" not in answer.text


def test_the_books_are_checked_in_portions(office: Office) -> None:
    ids = [office.file(case_number=str(number))["id"] for number in range(5)]
    found: list[str] = []
    after: Json = {}

    while True:
        portion = office.client.get("/reconsideration/books", params={"limit": 2, **after}).json()
        found += [item["case_id"] for item in portion["items"]]
        if portion["next"] is None:
            break
        after = {"after": portion["next"]}

    assert found == ids


def test_what_is_stored_for_ever_is_what_was_announced(office: Office, books: Books) -> None:
    case = office.closed(**CANARIES)

    for logged in books.number():
        event: dict[str, Any] = orjson.loads(logged.payload)
        assert event["data"]["case_id"] == case["id"]
        assert "金丝雀" not in logged.payload.decode()
        assert logged.subject.startswith("disputes.reconsideration.p")


# Health and documentation


def test_the_service_is_ready_without_its_broker_and_says_what_waits(office: Office) -> None:
    office.closed()

    answer = office.client.get("/readyz")

    said = answer.json()["services"]["reconsideration"]
    assert answer.status_code == 200
    assert answer.json()["ready"] is True
    assert (said["database"], said["broker"], said["unpublished_events"]) == ("ok", "away", 3)
    assert said["oldest_unpublished_seconds"] == 0.0
    assert office.client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.parametrize("page", ["/docs", "/redoc"])
def test_the_documentation_needs_no_other_host(office: Office, page: str) -> None:
    answer = office.client.get(page)

    assert answer.status_code == 200
    assert re.findall(r"(?:https?:)?//[^\s\"'<>]+", answer.text.replace("http://www.w3.org/", "")) == []
    for asset in re.findall(r"(?:src|href)=\"([^\"]+)\"", answer.text):
        assert office.client.get(asset).status_code == 200, asset


def test_every_route_is_documented_with_its_chinese_name(office: Office) -> None:
    paths = office.client.get("/openapi.json").json()["paths"]

    for path, operations in paths.items():
        for method, operation in operations.items():
            assert re.search(r"[\u4e00-\u9fff]", operation["summary"]), f"{method} {path}"
