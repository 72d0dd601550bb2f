"""The steps of a case over the API: from receipt to the last letter, and what is refused on the way."""

from typing import Any

import pytest

from tests.reconsideration.office import CASES, Books, Json, Office, of, refused
from tests.reconsideration.walking import ACCEPT, ALL_MET, DECLINE, MEDIATED, TO_REVIEW


def test_a_case_goes_from_receipt_to_decision_and_letter(office: Office, books: Books) -> None:
    case = office.file()

    accepted = office.step(case, "accept", **ACCEPT)
    decided = office.decided(accepted, "revoked")
    lettered = office.step(case, "issue_letter", on="2024-04-12", kind="opinion")

    assert (accepted["status"], accepted["procedure"]) == ("accepted", "ordinary")
    assert accepted["decision_due_on"] == "2024-05-06"  # 60 days end on 4 May, a holiday
    assert accepted["acceptance_review_due_on"] is None
    assert (decided["status"], decided["outcome"], decided["closed_on"]) == (
        "closed",
        "revoked",
        "2024-04-10",
    )
    assert lettered["opinion_letters_on"] == ["2024-04-12"]
    assert books.versions(case) == list(range(1, 10))
    assert books.counts() == of(journal=9, event=9, outbox=9)


SUPPLEMENT = {"on": "2024-03-05", "papers": "身份证明", "delivered_on": "2024-03-06"}


@pytest.mark.parametrize(
    ("refusal", "steps"),
    [
        ("not_accepted", [("decline", DECLINE | {"on": "2024-03-06"})]),
        ("abandoned", [("request_supplement", SUPPLEMENT), ("lapse_supplement", {"on": "2024-03-21"})]),
        ("withdrawn_before_acceptance", [("withdraw_before_acceptance", {"on": "2024-03-06"})]),
    ],
)
def test_an_application_may_end_without_acceptance(
    office: Office, refusal: str, steps: list[tuple[str, Json]]
) -> None:
    declined = office.walk(office.file(), steps)

    assert declined["status"] == "not_accepted"
    assert declined["refused_on"] == steps[-1][1]["on"]
    assert declined["refusal"] == refusal
    assert declined["decision_due_on"] is None


def test_a_withdrawn_case_is_terminated_with_its_reason(office: Office) -> None:
    terminated = office.step(office.accepted(), "withdraw", on="2024-03-20", withdraw_reason="settled")

    assert terminated["outcome"] == "terminated"
    assert terminated["termination_ground"] == "T1"
    assert terminated["withdraw_reason"] == "settled"


NOBODY = "019aa000-0000-7000-8000-000000000001"
BODIES: dict[str, Json] = {
    "accept": ACCEPT,
    "decline": DECLINE,
    "sign_mediation": MEDIATED,
    "terminate": {"on": "2024-04-10", "ground": "T2"},
    "issue_letter": {"on": "2024-04-10", "kind": "recommendation"},
    "cancel": {"reason": "重复"},
}


@pytest.mark.parametrize("step", BODIES)
def test_nothing_can_be_done_with_a_cancelled_case(office: Office, books: Books, step: str) -> None:
    case = office.cancel(office.file())

    refused(office.try_step(case, step, BODIES[step]), 409, f"reconsideration.{step}_not_allowed")
    refused(office.try_correct(case, {"matter": "x"}), 409, "reconsideration.correct_not_allowed")
    assert books.versions(case) == [1, 2]


@pytest.mark.parametrize("step", ["sign_mediation", "terminate", "issue_letter"])
def test_what_needs_acceptance_is_refused_before_it(office: Office, books: Books, step: str) -> None:
    case = office.file()

    refused(office.try_step(case, step, BODIES[step]), 409, f"reconsideration.{step}_not_allowed")
    assert office.one(case)["status"] == "received"
    assert books.versions(case) == [1]


@pytest.mark.parametrize(
    ("step", "body", "code"),
    [
        ("sign_mediation", MEDIATED | {"on": "2024-03-04"}, "before_previous_step"),
        ("sign_mediation", MEDIATED | {"on": "2026-11-23"}, "date_in_future"),
        ("sign_mediation", MEDIATED | {"sealed": False}, "mediation_not_effective"),
        (
            "reject_application",
            {"on": "2024-04-10", "conditions": ALL_MET, "reasons": "无"},
            "no_condition_fails",
        ),
        ("terminate", {"on": "2024-04-10", "ground": "T1"}, "use_withdraw"),
        ("terminate", {"on": "2024-04-10", "ground": "T5"}, "no_termination_by_time"),
        ("issue_letter", {"on": "2024-03-04", "kind": "opinion"}, "before_previous_step"),
        ("issue_letter", {"on": "2026-11-23", "kind": "opinion"}, "date_in_future"),
    ],
)
def test_a_step_against_the_rules_is_refused_and_stores_nothing(
    office: Office, books: Books, step: str, body: Json, code: str
) -> None:
    case = office.accepted()

    refused(office.try_step(case, step, body), 409, f"reconsideration.{code}")

    assert office.one(case)["version"] == 2
    assert books.counts() == of(journal=2, event=2, outbox=2)


@pytest.mark.parametrize(
    ("step", "body", "field"),
    [
        ("accept", {"conditions": ALL_MET}, "on"),
        ("accept", {"on": "2024-03-05"}, "conditions"),
        ("accept", ACCEPT | {"on": "金丝雀"}, "on"),
        ("accept", ACCEPT | {"procedure": "金丝雀"}, "procedure"),
        ("accept", ACCEPT | {"extra": "金丝雀"}, "body"),
        ("decline", DECLINE | {"reasons": ""}, "reasons"),
        ("cancel", {"reason": " "}, "reason"),
    ],
)
def test_a_malformed_step_is_refused(office: Office, step: str, body: Json, field: str) -> None:
    answer = office.try_step(office.file(), step, body)

    problem = refused(answer, 422, "request.malformed")
    assert [error["field"] for error in problem["errors"]] == [field]
    assert "金丝雀" not in answer.text


# Versions


def test_a_step_decided_on_the_newest_version_is_taken(office: Office) -> None:
    case = office.file()

    for if_match in ('"1"', 'W/"2"', "*"):
        answer = office.try_correct(case, {"matter": if_match}, if_match=if_match)

        assert answer.status_code == 200
        assert answer.headers["ETag"] == f'"{answer.json()["version"]}"'


@pytest.mark.parametrize("if_match", ['"1"', '"3"', '"0"', '"9999999999"'])
def test_a_step_decided_on_another_version_is_refused(office: Office, books: Books, if_match: str) -> None:
    case = office.accepted()

    answer = office.try_step(case, "sign_mediation", MEDIATED, if_match=if_match)

    refused(answer, 412, "request.stale_version")
    assert books.versions(case) == [1, 2]


@pytest.mark.parametrize("if_match", ["", '"one"', '"1", "2"', "9" * 5000, '"-1"'])
def test_an_unreadable_if_match_is_refused(office: Office, books: Books, if_match: str) -> None:
    case = office.file()

    answer = office.try_correct(case, {"matter": "x"}, if_match=if_match)

    refused(answer, 422, "request.if_match_unreadable")
    assert books.versions(case) == [1]


# What is not there


@pytest.mark.parametrize("step", BODIES)
def test_a_step_on_a_case_that_is_not_there_is_not_found(office: Office, step: str) -> None:
    refused(office.try_step({"id": NOBODY}, step, BODIES[step]), 404, "reconsideration.not_found")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        (f"{CASES}/{NOBODY}", 404, "reconsideration.not_found"),
        (f"{CASES}/1", 422, "request.malformed"),
        ("/reconsideration/nowhere", 404, "http.404"),
        ("/nowhere", 404, "http.404"),
    ],
)
def test_what_is_not_there_is_answered_as_a_problem(
    office: Office, path: str, status: int, code: str
) -> None:
    refused(office.client.get(path), status, code)


def test_a_method_that_is_not_offered_is_answered_as_a_problem(office: Office) -> None:
    refused(office.client.delete(CASES), 405, "http.405")


# Taking back


def test_whoever_took_the_last_step_takes_it_back(office: Office, books: Books) -> None:
    case = office.accepted(matter="乙事")
    before = office.one(case)
    suspended = office.step(case, "suspend", on="2024-03-08", ground="S1", reason="申请人死亡")

    back = office.step(suspended, "undo")

    assert back == case | {"version": 4}
    shown = office.one(back)
    assert (shown["texts"], shown["proceeding"]) == (before["texts"], before["proceeding"])
    assert [entry["step"] for entry in shown["history"]][-2:] == ["suspend", "undo"]
    refused(office.try_step(back, "undo", {}), 409, "reconsideration.undo_too_late")
    assert books.versions(case) == [1, 2, 3, 4]


# Corrections and cancelling


def test_a_correction_changes_only_what_it_names(office: Office) -> None:
    case = office.closed(respondent="甲局", matter="乙事")

    corrected = office.correct(case, is_group=True, respondent=None)

    assert corrected == case | {"version": 4, "is_group": True, "respondent": None}
    assert office.one(case)["history"][-1]["reason"] == "录入有误"


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"organ_region": "鄂尔多斯市"}, {"organ_region": "150600", "organ_level": "prefecture"}),
        (
            {"organ_region": "鄂尔多斯市", "organ_level": "county"},
            {"organ_region": "150600", "organ_level": "county"},
        ),
        ({"organ_level": "prefecture"}, {"organ_region": "150625", "organ_level": "prefecture"}),
        ({"opinion_letters_on": ["2024-04-12"]}, {"opinion_letters_on": ["2024-04-12"]}),
        ({"opinion_letters_on": None, "is_group": True}, {"opinion_letters_on": [], "is_group": True}),
        (
            {"accepted_on": "2024-03-08", "procedure": "summary"},
            {"accepted_on": "2024-03-08", "decision_due_on": "2024-04-07", "procedure": "summary"},
        ),
    ],
)
def test_corrections_are_written_in_the_words_of_the_api(
    office: Office, changes: Json, shown: dict[str, Any]
) -> None:
    case = office.closed()

    corrected = office.correct(case, **changes)

    assert {name: corrected[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({}, 409, "reconsideration.nothing_to_correct"),
        ({"outcome": "mediated"}, 409, "reconsideration.nothing_to_correct"),
        ({"closed_on": None}, 409, "reconsideration.outcome_without_closing"),
        ({"received_on": None}, 422, "request.field_required"),
        ({"case_number": None}, 422, "request.field_required"),
        ({"is_group": None}, 422, "request.field_required"),
        ({"organ_level": None}, 422, "request.field_required"),
        ({"organ_region": None}, 422, "request.region_required"),
        ({"organ_region": "没有这个地方"}, 422, "region.unknown"),
        ({"opinion_letters_on": ["2024-04-12"] * 6000}, 409, "reconsideration.too_many_letters"),
        ({"received_on": "9999-12-31"}, 409, "reconsideration.accepted_before_received"),
        ({"accepted_on": "9999-12-31", "closed_on": "9999-12-31"}, 422, "calendar.out_of_range"),
        ({"cancelled": True}, 422, "request.malformed"),
        ({"decision_due_on": "2024-05-01"}, 422, "request.malformed"),
    ],
)
def test_a_correction_that_makes_no_sense_is_refused(
    office: Office, books: Books, changes: Json, status: int, code: str
) -> None:
    case = office.closed()

    refused(office.try_correct(case, changes), status, code)

    assert books.versions(case) == [1, 2, 3]


def test_a_corrected_part_of_the_proceeding_leaves_the_others_as_they_were(office: Office) -> None:
    case = office.walk(office.accepted(), TO_REVIEW)
    before = office.one(case)["proceeding"]
    handling = before["handling"] | {"replied_on": "2024-03-15"}

    office.correct(case, proceeding={"handling": handling})

    after = office.one(case)["proceeding"]
    assert after["handling"]["replied_on"] == "2024-03-15"
    assert {name: after.get(name) for name in ("application", "acceptance")} == {
        name: before.get(name) for name in ("application", "acceptance")
    }
    assert before["acceptance"]["conditions"]


@pytest.mark.parametrize(
    "proceeding",
    [
        {"nothing": "x"},
        {"moved_on": "2024-03-05"},
        {"from_ledger": True},
        {"handling": {"repliedon": "2024-03-15"}},
        {
            "handling": {
                "suspensions": [{"ground": "S1", "on": "2024-03-15", "notified_on": "2024-03-15", "x": 1}]
            }
        },
        {"handling": {"replied_on": "金丝雀"}},
    ],
)
def test_a_part_of_the_proceeding_that_cannot_be_read_is_refused(
    office: Office, books: Books, proceeding: Json
) -> None:
    case = office.accepted()

    answer = office.try_correct(case, {"proceeding": proceeding})

    assert answer.json()["code"] == "request.proceeding_unreadable", answer.text
    assert "金丝雀" not in answer.text
    assert books.versions(case) == [1, 2]


def test_a_number_cannot_be_corrected_into_one_that_is_taken(office: Office) -> None:
    office.file()
    case = office.file(case_number="2")

    refused(
        office.try_correct(case, {"case_number": "杭政复〔2024〕1号"}), 409, "reconsideration.number_taken"
    )


def test_a_cancelled_case_keeps_its_history_and_frees_its_number(office: Office, books: Books) -> None:
    case = office.closed()

    cancelled = office.cancel(case)
    again = office.file()

    assert cancelled["status"] == "cancelled"
    assert [entry["step"] for entry in office.one(case)["history"]][-1] == "cancel"
    assert again["case_number"] == case["case_number"]
    assert books.versions(case) == [1, 2, 3, 4]


def test_the_history_tells_every_step_its_date_and_its_reason(office: Office) -> None:
    case = office.cancel(office.closed())

    assert [
        (entry["case_version"], entry["step"], entry["step_label"], entry["on"], entry["reason"])
        for entry in office.one(case)["history"]
    ] == [
        (1, "receive", "收到申请", "2024-03-01", None),
        (2, "accept", "受理", "2024-03-05", None),
        (3, "sign_mediation", "调解书生效", "2024-04-10", None),
        (4, "cancel", "注销误录", "2026-11-22", "重复录入"),
    ]
