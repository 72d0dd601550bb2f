"""Cases over HTTP, on both databases."""

from collections import Counter
from typing import Any

import pytest

from shared.contracts.envelope import digest
from shared.contracts.mediation import MediationEvent
from tests.kit.crowd import at_once
from tests.mediation.examples import COMMITTEE, Office, recorded_events


def test_a_case_goes_from_registration_to_confirmation(office: Office, database_url: str) -> None:
    case = office.register(source="court", referral="before_filing", dispute_type="contract")
    assert (case["status"], case["status_label"], case["version"]) == ("registered", "待受理", 1)

    case = office.step(case, "accept", on="2024-03-04")
    assert (case["status"], case["due_on"]) == ("in_mediation", "2024-04-03")

    case = office.step(
        case, "agree", on="2024-03-20", form="written", effective_on="2024-03-22", amount_fen=1_250_050
    )
    assert (case["status"], case["closed_on"], case["effective_on"]) == (
        "agreed",
        "2024-03-22",
        "2024-03-22",
    )
    assert (case["amount_fen"], case["confirmation_due_on"]) == (1_250_050, "2024-04-22")

    case = office.step(case, "confirm", on="2024-05-06", applied_on="2024-04-01")
    assert (case["status"], case["confirmed_on"], case["version"]) == ("confirmed", "2024-05-06", 4)

    events = recorded_events(database_url)
    assert [event["type"].split(".")[2] for event in events] == [
        "registered",
        "accepted",
        "agreed",
        "confirmed",
    ]
    assert [event["data"]["case_version"] for event in events] == [1, 2, 3, 4]
    assert all(COMMITTEE not in str(event) for event in events)


def test_other_ways_of_ending(office: Office) -> None:
    for number, (step, body, status) in enumerate(
        (
            ("agree", {"on": "2024-03-20", "form": "oral"}, "agreed"),
            ("fail", {"on": "2024-03-20"}, "not_agreed"),
            ("terminate", {"on": "2024-03-20", "reason": "settled_suit_dropped"}, "not_agreed"),
        )
    ):
        case = office.step(office.register(case_number=f"第{number}号"), "accept", on="2024-03-04")
        ended = office.step(case, step, **body)
        assert (ended["status"], ended["confirmation_due_on"]) == (status, None)
    declined = office.step(office.register(case_number="第9号"), "decline", on="2024-03-02")
    assert (declined["status"], declined["declined_on"], declined["due_on"]) == (
        "declined",
        "2024-03-02",
        None,
    )


def test_a_case_shows_its_history_with_reasons(office: Office) -> None:
    case = office.step(office.register(), "accept", on="2024-03-04")
    office.post(
        f"/cases/{case['id']}/corrections", {"changes": {"accepted_on": "2024-03-05"}, "reason": "日期抄错"}
    )

    shown = office.get(f"/cases/{case['id']}")

    assert shown.headers["ETag"] == '"3"'
    history = shown.json()["history"]
    assert [(entry["case_version"], entry["step_label"], entry["reason"]) for entry in history] == [
        (1, "登记", None),
        (2, "受理", None),
        (3, "更正", "日期抄错"),
    ]


def test_filing_answers_where_the_case_is_and_which_version(office: Office) -> None:
    body = {"case_number": "1号", "region": "鄂尔多斯市杭锦旗", "registered_on": "2024-03-01"}

    answer = office.post("/cases", body)

    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"/mediation/cases/{answer.json()['id']}"
    assert (answer.json()["region"], answer.json()["committee"]) == ("150625", None)
    assert office.client.get(answer.headers["Location"]).status_code == 200


def test_the_same_key_files_one_case(office: Office, database_url: str) -> None:
    body = {"case_number": "1号", "region": "150625", "registered_on": "2024-03-01"}

    first = office.post("/cases", body, Idempotency_Key="k1")
    again = office.post("/cases", body, Idempotency_Key="k1")
    other = office.post("/cases", {**body, "case_number": "2号"}, Idempotency_Key="k1")

    assert (first.status_code, again.status_code, other.status_code) == (201, 201, 422)
    assert first.json() == again.json()
    assert first.headers["ETag"] == again.headers["ETag"]
    assert other.json()["code"] == "request.idempotency_key_reused"
    assert len(recorded_events(database_url)) == 1


def test_a_step_decided_on_an_older_version_is_refused(office: Office) -> None:
    case = office.register()
    office.step(case, "accept", on="2024-03-04")
    path = f"/cases/{case['id']}/steps/fail"

    stale = office.post(path, {"on": "2024-03-20"}, If_Match='"1"')
    fresh = office.post(path, {"on": "2024-03-20"}, If_Match='"2"')

    assert (stale.status_code, stale.json()["code"]) == (412, "request.stale_version")
    assert fresh.status_code == 200


def test_a_refused_step_leaves_the_case_and_the_log_unchanged(office: Office, database_url: str) -> None:
    case = office.register()
    before = office.get(f"/cases/{case['id']}").json()

    refused = office.post(f"/cases/{case['id']}/steps/agree", {"on": "2024-03-20", "form": "written"})

    assert (refused.status_code, refused.json()["code"]) == (409, "mediation.agree_not_allowed")
    assert office.get(f"/cases/{case['id']}").json() == before
    assert len(recorded_events(database_url)) == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"registered_on": "2026-11-23"}, 409, "mediation.date_in_future"),
        ({"region": "没有这个地方"}, 422, "region.unknown"),
        ({"case_number": "无号"}, 422, "request.malformed"),
        ({"committee": "一\u0000二"}, 422, "request.unstorable"),
        ({"accepted_on": "2024-03-01"}, 422, "request.malformed"),
        ({"dispute_type": "quarrel"}, 422, "request.malformed"),
    ],
)
def test_a_case_that_cannot_be_filed_is_refused_with_a_code(
    office: Office, body: dict[str, Any], status: int, code: str
) -> None:
    given = {"case_number": "1号", "region": "150625", "registered_on": "2024-03-01", **body}

    answer = office.post("/cases", given)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_number_is_used_once_per_committee(office: Office) -> None:
    office.register()
    other = office.register(committee="另一个调委会")

    again = office.post(
        "/cases",
        {
            "case_number": "杭调〔2024〕001号",
            "region": "150625",
            "committee": COMMITTEE,
            "registered_on": "2024-04-01",
        },
    )
    moved = office.post(
        f"/cases/{other['id']}/corrections", {"changes": {"committee": COMMITTEE}, "reason": "填错"}
    )

    for refused in (again, moved):
        assert (refused.status_code, refused.json()["code"]) == (409, "mediation.number_taken")
        assert refused.json()["field"] == "case_number"


def test_of_clerks_who_file_one_number_at_the_same_moment_one_succeeds(
    office: Office, database_url: str
) -> None:
    body = {"case_number": "1号", "region": "150625", "registered_on": "2024-03-01"}

    answers = at_once(8, lambda _: office.post("/cases", body))

    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 7}
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {
        "mediation.number_taken"
    }
    assert len(recorded_events(database_url)) == 1


def test_a_cancelled_case_counts_nowhere_and_frees_its_number(office: Office, database_url: str) -> None:
    case = office.register()

    cancelled = office.step(case, "cancel", reason="重复录入")
    office.register()

    assert cancelled["status"] == "cancelled"
    assert [event["data"]["facts"]["void"] for event in recorded_events(database_url)] == [
        False,
        True,
        False,
    ]


def test_a_correction_names_only_what_changes(office: Office) -> None:
    case = office.step(office.register(dispute_type="land"), "accept", on="2024-03-04")
    path = f"/cases/{case['id']}/corrections"

    corrected = office.post(
        path,
        {
            "changes": {"referral": "after_filing", "dispute_type": None, "committee": None},
            "reason": "补录",
        },
    ).json()
    refused = office.post(path, {"changes": {"registered_on": None}, "reason": "清空"})

    assert (corrected["due_on"], corrected["dispute_type"], corrected["committee"]) == (
        "2024-03-19",
        None,
        None,
    )
    assert corrected["accepted_on"] == "2024-03-04"
    assert (refused.status_code, refused.json()["field"]) == (422, "registered_on")


def test_a_case_is_linked_to_the_organisation_of_its_committees_name(office: Office) -> None:
    unlinked = office.register()
    elsewhere = office.register(case_number="2号", region="150602")
    entry = office.enrol()

    assert unlinked["organisation_id"] is None
    assert office.get(f"/cases/{unlinked['id']}").json()["organisation_id"] == entry["id"]
    assert office.get(f"/cases/{elsewhere['id']}").json()["organisation_id"] is None


def test_cases_are_found_by_region_status_date_and_number(office: Office) -> None:
    first = office.register(case_number="1号")
    second = office.step(
        office.register(case_number="2号", registered_on="2024-05-01"), "accept", on="2024-05-02"
    )
    third = office.register(case_number="3号", region="140502")
    ended = office.step(
        office.step(office.register(case_number="4号"), "accept", on="2024-03-04"), "fail", on="2024-06-03"
    )

    def found(**query: Any) -> list[str]:
        return [case["id"] for case in office.get("/cases", **query).json()["items"]]

    assert found() == [first["id"], second["id"], third["id"], ended["id"]]
    assert found(region="内蒙古自治区", status="registered") == [first["id"]]
    assert found(status="in_mediation") == [second["id"]]
    assert found(status="not_agreed") == [ended["id"]]
    assert found(status="agreed") == found(status="confirmed") == found(status="cancelled") == []
    assert found(registered_from="2024-04-01", registered_to="2024-05-01") == [second["id"]]
    assert found(closed_from="2024-06-03", closed_to="2024-06-03") == [ended["id"]]
    assert found(case_number="3号") == [third["id"]]


def test_pages_follow_each_other_without_gap(office: Office) -> None:
    filed = [office.register(case_number=f"{n}号")["id"] for n in range(5)]

    seen, after = [], None
    while True:
        page = office.get("/cases", limit=2, **({"after": after} if after else {})).json()
        seen += [case["id"] for case in page["items"]]
        after = page["next"]
        if after is None:
            break

    assert seen == filed


def test_the_books_agree_with_the_log(office: Office, database_url: str) -> None:
    office.step(office.register(), "accept", on="2024-03-04")
    entry = office.enrol()

    cases = office.get("/books").json()
    entries = office.get("/books", kind="mediation_organisation").json()

    newest = MediationEvent.model_validate(recorded_events(database_url)[1]).data
    assert cases == {
        "items": [
            {
                "kind": "mediation_case",
                "case_id": str(newest.case_id),
                "version": 2,
                "digest": digest(newest.facts),
            }
        ],
        "next": None,
    }
    assert [(item["kind"], item["case_id"]) for item in entries["items"]] == [
        ("mediation_organisation", entry["id"])
    ]
    assert office.get("/books", kind="litigation_case").status_code == 422


def test_the_log_can_be_read_over_http(office: Office) -> None:
    office.register()

    answer = office.get("/events").json()

    assert set(answer) == {"epoch", "events", "next"}


def test_what_is_not_there_is_not_found(office: Office) -> None:
    nobody = "00000000-0000-7000-8000-000000000000"

    for answer in (
        office.get(f"/cases/{nobody}"),
        office.post(f"/cases/{nobody}/steps/accept", {"on": "2024-03-04"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "mediation.not_found")
    for answer in (
        office.get(f"/organisations/{nobody}"),
        office.post(f"/organisations/{nobody}/steps/dissolve", {"on": "2024-03-04"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (404, "mediation.organisation_not_found")
