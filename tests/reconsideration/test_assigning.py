"""确定承办人 (ARL 36; 实施条例 32): two or more hands, by their accounts; and 变更被申请人 (实施条例 22)."""

from datetime import date
from typing import Any

import pytest

from services.reconsideration.domain.intake import open_points
from services.reconsideration.events import facts_of
from services.reconsideration.terms import RespondentType, Step
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    ALL_MET,
    RECEIVED_ON,
    a_case,
    lived,
    received,
    took,
    why_refused,
)
from tests.reconsideration.office import Office, refused

TWO = ("li-si", "wang-wu")


def assigned(*handlers: str, on: date = RECEIVED_ON) -> Any:
    return took(received(), Step.ASSIGN_HANDLERS, on, handlers=handlers)


def test_a_case_is_handled_by_at_least_two() -> None:
    case = assigned(*TWO)

    assert case.proceeding.handlers == TWO
    for too_few in ((), ("li-si",), ("li-si", "li-si")):
        refusal = why_refused(received(), Step.ASSIGN_HANDLERS, RECEIVED_ON, handlers=too_few)
        assert refusal == "too_few_handlers"


def test_handlers_are_changed_by_naming_the_new_ones_whole() -> None:
    again = took(assigned(*TWO), Step.ASSIGN_HANDLERS, RECEIVED_ON, handlers=("li-si", "zhao-liu"))

    assert again.proceeding.handlers == ("li-si", "zhao-liu")


def test_who_handles_a_case_leaves_the_house_in_no_fact() -> None:
    assert "li-si" not in facts_of(assigned(*TWO)).model_dump_json()


def test_an_accepted_case_without_handlers_is_an_open_point() -> None:
    accepted = lived(ACCEPT)

    assert any("承办人" in each for each in open_points(accepted))
    handled = took(accepted, Step.ASSIGN_HANDLERS, ACCEPTED_ON, handlers=TWO)
    assert not any("承办人" in each for each in open_points(handled))


def test_handlers_are_assigned_and_shown_over_the_api(office: Office) -> None:
    case = office.file()

    office.step(case, "assign_handlers", on="2024-03-04", handlers=list(TWO))

    assert office.one(case)["proceeding"]["handlers"] == list(TWO)


@pytest.mark.parametrize("handler", ["", "张三", "a b", "x" * 65])
def test_a_handler_is_an_account_and_no_name(office: Office, handler: str) -> None:
    body = {"on": "2024-03-04", "handlers": ["li-si", handler]}

    refused(office.try_step(office.file(), "assign_handlers", body), 422, "request.malformed")


def test_no_name_gets_among_the_accounts_by_another_way() -> None:
    assert why_refused(received(), Step.ASSIGN_HANDLERS, RECEIVED_ON, handlers=("张三", "李四")) == (
        "words_instead_of_codes"
    )


# --- 错列被申请人 (实施条例 22)

OTHER: dict[str, Any] = {"respondent": "杭锦旗林业和草原局", "respondent_type": RespondentType.DEPARTMENT}


def test_a_wrong_respondent_is_changed_and_the_former_one_is_kept() -> None:
    filed = received(a_case(respondent="杭锦旗自然资源局", respondent_type=RespondentType.TAX))
    assert why_refused(filed, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET) == "outside_jurisdiction"

    case = took(filed, Step.CHANGE_RESPONDENT, RECEIVED_ON, reason="错列", **OTHER)

    assert (case.respondent, case.respondent_type) == tuple(OTHER.values())
    assert case.application.respondent_changes == (RECEIVED_ON,)
    assert case.texts["respondent.1"] == "杭锦旗自然资源局"
    assert took(case, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET).accepted_on == ACCEPTED_ON


def test_another_change_keeps_both_former_respondents() -> None:
    once = took(received(a_case(respondent="甲局")), Step.CHANGE_RESPONDENT, RECEIVED_ON, respondent="乙局")
    twice = took(once, Step.CHANGE_RESPONDENT, RECEIVED_ON, respondent="丙局")

    assert [twice.texts[f"respondent.{number}"] for number in (1, 2)] == ["甲局", "乙局"]


def test_the_respondent_that_it_has_already_is_no_change() -> None:
    case = received(a_case(respondent="甲局"))

    assert why_refused(case, Step.CHANGE_RESPONDENT, RECEIVED_ON, respondent="甲局") == "same_respondent"


def test_a_respondent_is_changed_over_the_api(office: Office) -> None:
    case = office.file(respondent="杭锦旗自然资源局")

    changed = office.step(case, "change_respondent", on="2024-03-04", respondent="杭锦旗林业和草原局")

    shown = office.one(case)
    assert changed["respondent"] == "杭锦旗林业和草原局"
    assert shown["texts"]["respondent.1"] == "杭锦旗自然资源局"
    assert shown["history"][-1]["step_label"] == "变更被申请人"
