"""Filing an application over the API: what is answered, what is stored, and what is refused."""

from typing import Any

import pytest

from tests.reconsideration.office import (
    CASES,
    NOTHING,
    Books,
    Json,
    Office,
    an_application,
    of,
    refused,
)
from tests.reconsideration.walking import ACCEPT


def test_an_application_is_filed_with_its_place_and_version(office: Office, books: Books) -> None:
    answer = office.send(an_application(respondent="杭锦旗公安局", channel="post", is_group=True))

    case = answer.json()
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"] == f"{CASES}/{case['id']}"
    assert office.client.get(answer.headers["Location"]).json()["case_number"] == "杭政复〔2024〕1号"
    assert case["version"] == 1
    assert case["status"] == "received"
    assert case["status_label"] == "待受理审查"
    assert case["law_version"] == "act2023"
    assert case["organ_region"] == "150625"
    assert case["organ_level"] == "county"
    assert case["acceptance_review_due_on"] == "2024-03-08"
    assert case["respondent"] == "杭锦旗公安局"
    assert case["channel"] == "post"
    assert case["is_group"] is True
    assert books.counts() == of()


@pytest.mark.parametrize(
    ("place", "level", "code", "found"),
    [
        ("杭锦旗", None, "150625", "county"),
        ("鄂尔多斯市", None, "150600", "prefecture"),
        (" 内蒙古自治区 ", None, "150000", "province"),
        ("150625", "prefecture", "150625", "prefecture"),
    ],
)
def test_the_organ_is_named_by_code_or_name_and_its_level_follows(
    office: Office, place: str, level: str | None, code: str, found: str
) -> None:
    case = office.file(organ_region=place, organ_level=level)

    assert case["organ_region"] == code
    assert case["organ_level"] == found


def test_an_official_number_is_kept_verbatim(office: Office) -> None:
    case = office.file(case_number="  杭 政复（2024）第００１号 ")

    assert office.one(case)["case_number"] == "杭 政复（2024）第００１号"


CANARY = "金丝雀"


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("case_number", 1, "string_type"),
        ("case_number", CANARY, "number_without_digit"),
        ("case_number", f"1{CANARY * 30}", "string_too_long"),
        ("case_number", {"text": CANARY}, "string_type"),
        ("received_on", CANARY, "date_from_datetime_parsing"),
        ("received_on", "2024-02-30", "date_from_datetime_parsing"),
        ("organ_level", CANARY, "enum"),
        ("channel", CANARY, "enum"),
        ("is_group", CANARY, "bool_parsing"),
        ("respondent", "", "string_too_short"),
        ("respondent", CANARY * 200, "string_too_long"),
        ("matter", [CANARY], "string_type"),
    ],
)
def test_a_malformed_body_is_refused_without_repeating_what_was_sent(
    office: Office, books: Books, field: str, value: Any, code: str
) -> None:
    answer = office.send(an_application(**{field: value}))

    problem = refused(answer, 422, "request.malformed")
    assert [(error["field"], error["code"]) for error in problem["errors"]] == [(field, code)]
    assert CANARY not in answer.text
    assert r"\u91d1" not in answer.text
    assert books.counts() == NOTHING


def test_what_no_database_can_keep_is_refused_without_repeating_it(office: Office, books: Books) -> None:
    answer = office.send(an_application(respondent=f"{CANARY}\x00"))

    refused(answer, 422, "request.unstorable")
    assert CANARY not in answer.text
    assert books.counts() == NOTHING


def test_every_missing_and_every_unknown_field_is_named(office: Office) -> None:
    problem = refused(office.client.post(CASES, json={"unknown": CANARY}), 422, "request.malformed")

    assert {(error["field"], error["code"]) for error in problem["errors"]} == {
        ("organ_region", "missing"),
        ("received_on", "missing"),
        ("body", "extra_forbidden"),
    }
    assert CANARY not in str(problem)


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (b"", 422),
        (b'{"case_number": "' + CANARY.encode(), 422),
        (b"[" * 100_000, 422),
        (b"\xff\xfe\x00", 422),
        (b'{"case_number": "\\ud800 1", "organ_region": "150625", "received_on": "2024-03-01"}', 422),
        (b"null", 422),
    ],
)
def test_a_body_that_is_no_application_is_refused(
    office: Office, books: Books, content: bytes, status: int
) -> None:
    answer = office.client.post(CASES, content=content, headers={"Content-Type": "application/json"})

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert CANARY not in answer.text
    assert books.counts() == NOTHING


@pytest.mark.parametrize(
    ("place", "code"),
    [
        ("999999", "region.unknown"),
        ("没有这个地方", "region.unknown"),
        ("城区", "region.ambiguous"),
        ("独贵塔拉镇", "region.without_organ"),
    ],
)
def test_an_organ_is_where_there_can_be_one(office: Office, books: Books, place: str, code: str) -> None:
    problem = refused(office.send(an_application(organ_region=place)), 422, code)

    assert problem["field"] == "organ_region"
    assert books.counts() == NOTHING


def test_an_application_cannot_have_arrived_tomorrow(office: Office, books: Books) -> None:
    office.file(received_on="2026-11-22")  # today in Beijing

    answer = office.send(an_application(case_number="2", received_on="2026-11-23"))

    assert refused(answer, 409, "reconsideration.date_in_future")["field"] == "received_on"
    assert books.counts() == of()


def test_an_organ_uses_a_number_once(office: Office, books: Books) -> None:
    office.file()

    problem = refused(office.send(an_application()), 409, "reconsideration.number_taken")

    assert problem["field"] == "case_number"
    assert books.counts() == of()


def test_a_number_that_was_corrected_away_and_given_out_cannot_be_taken_back(office: Office) -> None:
    case = office.file()
    office.correct(case, case_number="杭政复〔2024〕2号")
    office.file()

    refused(office.try_step(case, "undo", {}), 409, "reconsideration.number_taken")

    assert office.one(case)["case_number"] == "杭政复〔2024〕2号"


def test_another_organ_may_use_the_same_number(office: Office, books: Books) -> None:
    office.file()
    office.file(organ_region="150621")

    assert books.counts() == of(case=2, journal=2, event=2, outbox=2)


# Idempotency


def test_the_same_request_under_the_same_key_gets_the_same_answer_once(office: Office, books: Books) -> None:
    first = office.send(an_application(), key="k1")
    again = office.send(an_application(), key="k1")

    assert again.status_code == first.status_code == 201
    assert again.content == first.content
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Location"] == first.headers["Location"]
    assert books.counts() == of(key=1)


def test_a_key_cannot_be_used_for_another_request(office: Office, books: Books) -> None:
    case = office.send(an_application(), key="k1").json()

    other_body = office.send(an_application(case_number="2"), key="k1")
    other_route = office.try_step(case, "accept", ACCEPT, key="k1")

    refused(other_body, 422, "request.idempotency_key_reused")
    refused(other_route, 422, "request.idempotency_key_reused")
    assert books.counts() == of(key=1)
    assert office.one(case)["version"] == 1


def test_a_refused_request_leaves_its_key_free(office: Office, books: Books) -> None:
    taken = office.file()
    refused(office.send(an_application(), key="k1"), 409, "reconsideration.number_taken")
    office.cancel(taken)

    answer = office.send(an_application(), key="k1")

    assert answer.status_code == 201
    assert books.counts() == of(case=2, journal=3, event=3, outbox=3, key=1)


def test_a_step_under_a_key_is_taken_once(office: Office, books: Books) -> None:
    case = office.file()
    answers = [office.try_step(case, "accept", ACCEPT, key="k2") for _ in range(3)]

    assert {answer.status_code for answer in answers} == {200}
    assert {answer.content for answer in answers} == {answers[0].content}
    assert {answer.headers["ETag"] for answer in answers} == {'"2"'}
    assert books.versions(case) == [1, 2]


def test_a_key_answers_as_it_did_even_when_the_case_has_moved_on(office: Office) -> None:
    case: Json = office.send(an_application(), key="k1").json()
    office.step(case, "accept", **ACCEPT)

    assert office.send(an_application(), key="k1").json() == case


@pytest.mark.parametrize("key", ["", "k" * 121])
def test_a_key_has_a_bounded_length(office: Office, books: Books, key: str) -> None:
    refused(office.send(an_application(), key=key), 422, "request.malformed")

    assert books.counts() == NOTHING
