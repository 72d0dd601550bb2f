"""The routes of the service: steps, refusals, versions, repetition, lists; on both databases."""

from collections import Counter
from typing import Any
from uuid import uuid4

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.kit.crowd import at_once

NOTICE: dict[str, Any] = {
    "case_number": "（2022）内0625行初1号",
    "court": "杭锦旗人民法院",
    "region": "杭锦旗",
    "organ": "杭锦旗公安局",
    "notified_on": "2022-03-01",
}
HEARING = {"on": "2022-04-06", "appearance": "deputy", "court_notified": True}
JUDGMENT = {"on": "2022-04-28", "result": "payment_ordered", "delivered_on": "2022-04-29"}
PERFORMANCE = {"on": "2022-06-01", "performed_fen": 120_000}


def registered(client: TestClient, **facts: Any) -> dict[str, Any]:
    answer = client.post("/litigation/cases", json={**NOTICE, **facts})
    assert answer.status_code == 201, answer.text
    case: dict[str, Any] = answer.json()
    return case


def step(
    client: TestClient, case: dict[str, Any], name: str, body: dict[str, Any], **headers: str
) -> Response:
    return client.post(f"/litigation/cases/{case['id']}/steps/{name}", json=body, headers=headers)


def taken(client: TestClient, case: dict[str, Any], name: str, body: dict[str, Any]) -> dict[str, Any]:
    answer = step(client, case, name, body)
    assert answer.status_code == 200, answer.text
    changed: dict[str, Any] = answer.json()
    return changed


def corrected(client: TestClient, case: dict[str, Any], **changes: Any) -> Response:
    return client.post(
        f"/litigation/cases/{case['id']}/corrections", json={"changes": changes, "reason": "录入有误"}
    )


def test_a_unit_from_notice_to_performance(client: TestClient) -> None:
    case = registered(client)
    assert case["status"] == "notified"
    assert case["region"] == "150625"
    assert case["instance_label"] == "一审"
    assert (case["answer_due_on"], case["answer_due_provisional"]) == ("2022-03-16", False)
    assert (case["duty"], case["in_default"]) == (False, False)

    case = taken(client, case, "hearing", {**HEARING, "appearance": "staff_only"})
    assert (case["status"], case["duty"], case["met"], case["in_default"]) == ("heard", True, False, True)

    case = taken(client, case, "hearing", {**HEARING, "on": "2022-04-20"})
    assert (case["met"], case["met_by_principal"], case["in_default"]) == (True, False, False)
    assert [hearing["counts"] for hearing in case["hearings"]] == [False, True]
    assert case["hearings"][0]["appearance_label"] == "仅工作人员"

    case = taken(client, case, "judgment", JUDGMENT)
    assert (case["status"], case["lost"], case["by_judgment"]) == ("closed", True, True)
    assert (case["result_label"], case["appeal_due_on"]) == ("给付", "2022-05-16")

    case = taken(client, case, "perform", PERFORMANCE)
    assert (case["status"], case["performed_fen"], case["version"]) == ("performed", 120_000, 5)


def test_a_case_is_shown_with_its_history(client: TestClient) -> None:
    case = taken(client, registered(client), "hearing", HEARING)

    answer = client.get(f"/litigation/cases/{case['id']}")

    assert answer.headers["ETag"] == '"2"'
    shown = answer.json()
    history = shown.pop("history")
    assert shown == case
    assert [(entry["step_label"], entry["on"]) for entry in history] == [
        ("收到应诉通知", "2022-03-01"),
        ("开庭", "2022-04-06"),
    ]


def test_a_new_case_says_where_it_is(client: TestClient) -> None:
    answer = client.post("/litigation/cases", json=NOTICE)

    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/litigation/cases/{answer.json()['id']}"
    assert client.get(answer.headers["Location"]).status_code == 200


def test_the_same_number_in_another_instance_court_or_organ_is_another_unit(client: TestClient) -> None:
    registered(client)
    registered(client, instance="second")
    registered(client, court="鄂尔多斯市中级人民法院")
    registered(client, organ="杭锦旗自然资源局")
    registered(client, court=None, organ=None)

    again = client.post("/litigation/cases", json={**NOTICE, "court": None, "organ": None})

    assert again.status_code == 409
    assert again.json()["code"] == "litigation.unit_taken"
    assert len(client.get("/litigation/cases").json()["items"]) == 5


def test_of_clerks_who_register_one_unit_at_the_same_moment_one_succeeds(client: TestClient) -> None:
    answers = at_once(8, lambda _: client.post("/litigation/cases", json=NOTICE))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "litigation.unit_taken"
    }
    assert len(client.get("/litigation/cases").json()["items"]) == 1


def test_a_withdrawn_suit_closes_without_a_hearing_and_without_a_duty(client: TestClient) -> None:
    case = taken(client, registered(client), "judgment", {"on": "2022-03-20", "result": "suit_withdrawn"})

    assert (case["status"], case["duty"], case["lost"], case["by_judgment"]) == (
        "closed",
        False,
        False,
        False,
    )
    assert case["appeal_due_on"] is None


def test_a_notice_to_appear_counts_for_the_first_hearing(client: TestClient) -> None:
    case = registered(client, appearance_notified=True)
    assert (case["appearance_notified"], case["court_notified"]) == (True, True)

    case = taken(client, case, "hearing", {"on": "2022-04-06", "appearance": "principal"})

    assert (case["appearance_notified"], case["hearings"][0]["court_notified"]) == (False, True)


@pytest.mark.parametrize(
    ("name", "body", "status", "code"),
    [
        ("perform", PERFORMANCE, 409, "litigation.perform_not_allowed"),
        ("judgment", {"on": "2022-04-28", "result": "upheld"}, 409, "litigation.result_not_of_instance"),
        ("hearing", {**HEARING, "on": "2022-02-01"}, 409, "litigation.heard_before_notified"),
        ("hearing", {**HEARING, "on": "2025-02-01"}, 409, "litigation.date_in_future"),
        ("hearing", {**HEARING, "appearance": "lawyer"}, 422, "request.malformed"),
        ("hearing", {"on": "2022-04-06"}, 422, "request.malformed"),
        ("judgment", {**JUDGMENT, "opinion": "……"}, 422, "request.malformed"),
        ("perform", {**PERFORMANCE, "performed_fen": -1}, 422, "request.malformed"),
        ("cancel", {"reason": " "}, 422, "request.malformed"),
    ],
)
def test_a_refused_step_says_why_and_changes_nothing(
    client: TestClient, name: str, body: dict[str, Any], status: int, code: str
) -> None:
    case = registered(client)

    answer = step(client, case, name, body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.get(f"/litigation/cases/{case['id']}").json()["version"] == 1


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"case_number": "没有数字"}, "request.malformed"),
        ({"case_number": "（2022）\u0000行初1号"}, "request.unstorable"),
        ({"organ": "公\u0000安"}, "request.unstorable"),
        ({"court": "法" * 201}, "request.malformed"),
        ({"instance": "third"}, "request.malformed"),
        ({"region": "无此地"}, "region.unknown"),
    ],
)
def test_a_malformed_notice_is_refused(sqlite_client: TestClient, facts: dict[str, Any], code: str) -> None:
    answer = sqlite_client.post("/litigation/cases", json={**NOTICE, **facts})

    assert answer.status_code == 422
    assert answer.json()["code"] == code
    assert sqlite_client.get("/litigation/cases").json()["items"] == []


def test_the_same_request_twice_under_one_key_files_one_case(client: TestClient) -> None:
    headers = {"Idempotency-Key": "notice-1"}

    first = client.post("/litigation/cases", json=NOTICE, headers=headers)
    second = client.post("/litigation/cases", json=NOTICE, headers=headers)
    other = client.post("/litigation/cases", json={**NOTICE, "organ": "另一机关"}, headers=headers)

    assert (second.status_code, second.json(), second.headers["ETag"]) == (201, first.json(), '"1"')
    assert other.json()["code"] == "request.idempotency_key_reused"
    assert len(client.get("/litigation/cases").json()["items"]) == 1


def test_the_same_hearing_twice_under_one_key_is_held_once(client: TestClient) -> None:
    case = registered(client)

    first = step(client, case, "hearing", HEARING, **{"Idempotency-Key": "hearing-1"})
    second = step(client, case, "hearing", HEARING, **{"Idempotency-Key": "hearing-1"})

    assert first.json() == second.json()
    assert len(second.json()["hearings"]) == 1


def test_a_step_decided_on_an_older_version_is_refused(client: TestClient) -> None:
    case = registered(client)
    taken(client, case, "hearing", HEARING)

    stale = step(client, case, "judgment", JUDGMENT, **{"If-Match": '"1"'})
    fresh = step(client, case, "judgment", JUDGMENT, **{"If-Match": '"2"'})

    assert (stale.status_code, stale.json()["code"]) == (412, "request.stale_version")
    assert (fresh.status_code, fresh.headers["ETag"]) == (200, '"3"')


def test_a_correction_replaces_the_hearings_and_the_duty_follows(client: TestClient) -> None:
    case = taken(client, registered(client), "hearing", HEARING)

    hearings = [HEARING, {"on": "2022-04-20", "appearance": "staff_only", "renotified": True}]
    answer = corrected(client, case, hearings=hearings)

    assert answer.status_code == 200, answer.text
    assert (answer.json()["met"], answer.json()["in_default"]) == (False, True)
    emptied = corrected(client, case, hearings=None).json()
    assert (emptied["status"], emptied["duty"], emptied["hearings"]) == ("notified", False, [])
    history = client.get(f"/litigation/cases/{case['id']}").json()["history"]
    assert [entry["reason"] for entry in history] == [None, None, "录入有误", "录入有误"]


def test_any_recorded_fact_can_be_corrected(client: TestClient) -> None:
    case = taken(client, registered(client), "judgment", {"on": "2022-04-28", "result": "revoked"})

    answer = corrected(
        client,
        case,
        case_number="（2022）内06行终9号",
        court="鄂尔多斯市中级人民法院",
        region="鄂尔多斯市",
        instance="second",
        organ=None,
        result="upheld",
        performed_on="2022-05-05",
    )

    changed = answer.json()
    assert (changed["region"], changed["instance"], changed["organ"]) == ("150600", "second", None)
    assert (changed["result"], changed["lost"], changed["performed_on"]) == ("upheld", False, "2022-05-05")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"organ": "杭锦旗公安局"}, "litigation.nothing_to_correct"),
        ({"notified_on": None}, "request.field_required"),
        ({"region": None}, "request.field_required"),
        ({"performed_fen": None}, "request.field_required"),
        ({"result": "revoked"}, "litigation.result_without_closing"),
        ({"status": "closed"}, "request.malformed"),
    ],
)
def test_a_correction_that_cannot_stand_is_refused(
    client: TestClient, changes: dict[str, Any], code: str
) -> None:
    case = registered(client)

    answer = corrected(client, case, **changes)

    assert answer.json()["code"] == code
    assert client.get(f"/litigation/cases/{case['id']}").json()["version"] == 1


def test_a_correction_cannot_take_the_place_of_another_unit(client: TestClient) -> None:
    registered(client)
    case = registered(client, instance="second")

    assert corrected(client, case, instance="first").json()["code"] == "litigation.unit_taken"


def test_a_cancelled_case_frees_its_number_and_is_closed_to_every_step(client: TestClient) -> None:
    case = registered(client)

    cancelled = taken(client, case, "cancel", {"reason": "重复录入"})

    assert (cancelled["status"], cancelled["status_label"]) == ("cancelled", "误录已注销")
    assert step(client, case, "hearing", HEARING).json()["code"] == "litigation.hearing_not_allowed"
    assert corrected(client, case, organ="另一机关").status_code == 409
    assert registered(client)["id"] != case["id"]


def test_an_unknown_case_is_not_found(client: TestClient) -> None:
    unknown = {"id": uuid4()}

    assert client.get(f"/litigation/cases/{unknown['id']}").json()["code"] == "litigation.not_found"
    assert step(client, unknown, "hearing", HEARING).status_code == 404


def test_the_list_is_filtered_by_place_status_instance_first_hearing_and_number(client: TestClient) -> None:
    waiting = registered(client)
    heard = taken(client, registered(client, instance="second"), "hearing", HEARING)
    heard = taken(client, heard, "hearing", {**HEARING, "on": "2022-07-01"})
    closed = registered(client, region="赤峰市/红山区", case_number="（2022）内0402行初7号")
    closed = taken(client, closed, "judgment", {"on": "2022-04-28", "result": "suit_dismissed"})
    performed = registered(client, case_number="（2022）内0625行初8号")
    performed = taken(client, performed, "judgment", JUDGMENT)
    performed = taken(client, performed, "perform", PERFORMANCE)

    def found(**query: str) -> list[str]:
        answer = client.get("/litigation/cases", params=query)
        assert answer.status_code == 200, answer.text
        return [case["id"] for case in answer.json()["items"]]

    assert found() == [waiting["id"], heard["id"], closed["id"], performed["id"]]
    assert found(region="鄂尔多斯市") == [waiting["id"], heard["id"], performed["id"]]
    assert found(region="150402") == [closed["id"]]
    assert found(status="notified") == [waiting["id"]]
    assert found(status="heard") == [heard["id"]]
    assert found(status="closed") == [closed["id"]]
    assert found(status="performed") == [performed["id"]]
    assert found(status="cancelled") == []
    assert found(instance="second") == [heard["id"]]
    assert found(heard_from="2022-04-06", heard_to="2022-04-06") == [heard["id"]]
    assert found(heard_from="2022-04-07") == []
    assert found(case_number="（2022）内0402行初7号") == [closed["id"]]
    assert client.get("/litigation/cases", params={"case_number": "1\u0000"}).status_code == 422


def test_pages_follow_each_other_without_gap_or_repetition(client: TestClient) -> None:
    ids = [registered(client, case_number=f"（2022）内0625行初{n}号")["id"] for n in range(5)]

    first = client.get("/litigation/cases", params={"limit": 3}).json()
    second = client.get("/litigation/cases", params={"limit": 3, "after": first["next"]}).json()

    assert [case["id"] for case in (*first["items"], *second["items"])] == ids
    assert second["next"] is None


def test_the_books_name_version_and_digest_of_every_case(client: TestClient) -> None:
    case = taken(client, registered(client), "hearing", HEARING)
    before = client.get("/litigation/books").json()
    taken(client, case, "judgment", JUDGMENT)

    after = client.get("/litigation/books", params={"kind": "litigation_case"}).json()

    assert [(item["kind"], item["case_id"], item["version"]) for item in after["items"]] == [
        ("litigation_case", case["id"], 3)
    ]
    assert before["items"][0]["digest"] != after["items"][0]["digest"]
    assert client.get("/litigation/books", params={"kind": "mediation_case"}).status_code == 422


def test_the_log_of_events_belongs_to_this_service(client: TestClient) -> None:
    registered(client)

    log = client.get("/litigation/events").json()

    assert len(log["epoch"]) == 32
    assert log["events"] == []  # numbered by the relay, which has no broker here
    assert client.get("/readyz").json()["services"]["litigation"]["unpublished_events"] == 1
