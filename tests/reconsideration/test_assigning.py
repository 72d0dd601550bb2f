"""确定承办人 (ARL 36; 实施条例 32): two or more hands, by their accounts; and 变更被申请人 (实施条例 22)."""

from datetime import date
from typing import Any

import pytest

from services.reconsideration.domain.intake import open_points
from services.reconsideration.events import facts_of
from services.reconsideration.terms import Step
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    RECEIVED_ON,
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
