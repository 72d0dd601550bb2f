"""确定承办人 (ARL 36; 实施条例 32): two or more hands, by their accounts; and 变更被申请人 (实施条例 22)."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from services.reconsideration import main, repository
from services.reconsideration.domain.intake import open_points
from services.reconsideration.events import facts_of
from services.reconsideration.models import METADATA
from services.reconsideration.terms import RespondentType, Step
from shared.contracts.identity import OfficeKind, Role
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    ALL_MET,
    NOW,
    RECEIVED_ON,
    a_case,
    lived,
    received,
    took,
    why_refused,
)
from tests.reconsideration.listing import Kept, keep
from tests.reconsideration.office import CASES, Office, refused
from tests.support.callers import KnownCallers, a_caller, an_office, bearer
from tests.support.earlier import migrate_to
from tests.support.suites import NOWHERE, client_of, settings

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


# --- 由本人承办的案件: handler=me

HANGJIN, DALAD = (f"reconsideration-{region}" for region in ("150625", "150621"))
ME, OTHER_CLERK, NEIGHBOUR = "li-si", "wang-wu", "sun-qi"
CLERKS = {ME: HANGJIN, OTHER_CLERK: HANGJIN, NEIGHBOUR: DALAD}
HANDLERS = METADATA.tables["case_handler"]


@pytest.fixture
def clerks(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Two clerks of one office and one of another; bearer tokens are their accounts."""
    kind = OfficeKind.RECONSIDERATION
    offices = [an_office(code, kind, code.rpartition("-")[2]) for code in (HANGJIN, DALAD)]
    callers = {
        account: a_caller(account, (Role.RECONSIDERATION_CLERK, code)) for account, code in CLERKS.items()
    }
    service = main.create(
        settings(database_url, tmp_path),
        nats_url=NOWHERE,
        clock=lambda: NOW,
        directory=KnownCallers(callers, offices),
    )
    with client_of(service) as client:
        yield client


def filed(clerks: TestClient, number: str, *handlers: str, by: str = ME) -> str:
    region = CLERKS[by].rpartition("-")[2]
    body = {"case_number": number, "organ_region": region, "received_on": "2024-03-01"}
    answer = clerks.post(CASES, json=body, headers=bearer(by))
    assert answer.status_code == 201, answer.text
    case = str(answer.json()["id"])
    if handlers:
        assign(clerks, case, *handlers, by=by)
    return case


def assign(clerks: TestClient, case: str, *handlers: str, by: str = ME) -> None:
    body = {"on": "2024-03-04", "handlers": list(handlers)}
    answer = clerks.post(f"{CASES}/{case}/steps/assign_handlers", json=body, headers=bearer(by))
    assert answer.status_code == 200, answer.text


def mine(clerks: TestClient, by: str, **query: Any) -> list[str]:
    answer = clerks.get(CASES, params={"handler": "me", **query}, headers=bearer(by))
    assert answer.status_code == 200, answer.text
    return [case["case_number"] for case in answer.json()["items"]]


def test_whoever_asks_is_shown_the_cases_that_they_handle(clerks: TestClient) -> None:
    filed(clerks, "1号")
    filed(clerks, "2号", ME, OTHER_CLERK)
    filed(clerks, "3号", OTHER_CLERK, NEIGHBOUR)
    filed(clerks, "4号", ME, NEIGHBOUR, by=NEIGHBOUR)

    # What is handled in the books of another office is not seen for that.
    assert mine(clerks, ME) == ["2号"]
    assert mine(clerks, OTHER_CLERK) == ["2号", "3号"]
    assert mine(clerks, NEIGHBOUR) == ["4号"]
    assert mine(clerks, OTHER_CLERK, case_number="3号") == ["3号"]
    assert mine(clerks, OTHER_CLERK, status="closed") == []


def test_the_list_follows_every_change_of_hands(clerks: TestClient) -> None:
    case = filed(clerks, "1号", ME, OTHER_CLERK)

    assign(clerks, case, OTHER_CLERK, "zhao-liu")
    changed = mine(clerks, ME)
    undone = clerks.post(f"{CASES}/{case}/steps/undo", json={}, headers=bearer(ME))

    assert (changed, undone.status_code) == ([], 200)
    assert mine(clerks, ME) == ["1号"]


def test_nobody_asks_for_the_cases_of_another_account(clerks: TestClient) -> None:
    answer = clerks.get(CASES, params={"handler": OTHER_CLERK}, headers=bearer(ME))

    refused(answer, 422, "request.malformed")


def test_the_migration_makes_cases_of_before_findable_by_who_handles_them(empty_url: str) -> None:
    database = Database(empty_url, METADATA)
    migrate_to(database, main.MIGRATIONS, "0010")
    cases = METADATA.tables["case_file"]
    kept = [Kept(place, office=office) for place, office in enumerate((HANGJIN, HANGJIN, DALAD))]
    keep(database, kept)
    with database.writing() as session:
        for case in kept[1:]:
            told = {"handlers": list(TWO)}
            session.execute(update(cases).where(cases.c.id == case.id).values(proceeding=told))

    assert migrate(database, main.MIGRATIONS)

    with database.reading() as session:
        rows = session.execute(HANDLERS.select()).all()
        assert set(repository.handler_rows.handled_by(session, "li-si")) == {case.id for case in kept[1:]}
    assert {(row.case_id, row.office, row.account) for row in rows} == {
        (case.id, case.office, account) for case in kept[1:] for account in TWO
    }
    database.dispose()


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
