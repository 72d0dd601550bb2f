"""补充申请信息: facts of an application that are learned after it was filed, one by one; and correcting a part."""

from datetime import date
from typing import Any

import pytest

from services.reconsideration.domain.intake import JUDGED_FACTS
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import ActHead, Channel, Reached, Step
from tests.reconsideration.builders import (
    ACCEPT,
    ACCEPTED_ON,
    ALL_MET,
    RECEIVED_ON,
    applied,
    lived,
    plainly,
    received,
    took,
    why_refused,
)
from tests.reconsideration.office import CASES, Office, refused

KNEW_ON = date(2023, 12, 1)


def completed(case: Any, on: date = RECEIVED_ON, **changes: Any) -> Any:
    return took(case, Step.COMPLETE_APPLICATION, on, changes=changes)


def test_what_is_learned_later_changes_only_what_is_named() -> None:
    told = Application(act_head=ActHead.LICENCE, act_number="杭林罚〔2024〕3号", applicant_count=7)
    case = received(applied(told))

    case = completed(case, representative_count=2)

    assert case.application == Application(
        act_head=ActHead.LICENCE,
        act_number="杭林罚〔2024〕3号",
        applicant_count=7,
        representative_count=2,
        filed_on=case.application.filed_on,
    )
    assert took(case, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET).accepted_on == ACCEPTED_ON


def test_an_obstacle_that_is_proven_later_saves_the_application() -> None:
    case = received(applied(Application(knew_on=KNEW_ON)))
    assert why_refused(case, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET) == "out_of_time"

    case = completed(case, obstacles=((date(2023, 12, 20), date(2024, 2, 20)),))

    assert took(case, Step.ACCEPT, ACCEPTED_ON, conditions=ALL_MET).accepted_on == ACCEPTED_ON


def test_what_was_judged_at_acceptance_is_corrected_and_not_completed() -> None:
    case = lived(ACCEPT)

    for name in JUDGED_FACTS:
        value = {"changes": {name: getattr(Application(), name)}}
        assert why_refused(case, Step.COMPLETE_APPLICATION, ACCEPTED_ON, **value) == "judged_already"
    assert completed(case, ACCEPTED_ON, is_enterprise=True).application.is_enterprise


def test_of_a_case_deemed_accepted_nothing_was_judged_and_all_may_be_completed() -> None:
    case = completed(
        lived(plainly(Step.DEEM_ACCEPTED)), date(2024, 3, 11), reached=Reached.POST, reached_on=KNEW_ON
    )

    assert case.application.reached is Reached.POST


def test_a_completion_is_held_to_the_rules_of_filing() -> None:
    case = received()
    late = {"changes": {"knew_on": date(2024, 3, 2)}}
    nothing: dict[str, Any] = {"changes": {}}

    assert why_refused(case, Step.COMPLETE_APPLICATION, RECEIVED_ON, **late) == "known_after_filing"
    assert why_refused(case, Step.COMPLETE_APPLICATION, RECEIVED_ON, **nothing) == "nothing_to_complete"


def test_a_draft_stays_a_draft() -> None:
    told = Application(is_draft=True, agent_point="p01")
    draft = received(applied(told, channel=Channel.AGENT_POINT))

    assert completed(draft, applicant_count=2).application.is_draft


def test_a_completion_over_the_api_names_its_fields_and_is_kept_in_the_history(office: Office) -> None:
    case = office.file(act_head="h02", applicant_count=6)

    office.step(case, "complete_application", on="2024-03-04", representative_count=1)

    found = office.one(case)
    assert found["proceeding"]["application"]["act_head"] == "h02"
    assert found["proceeding"]["application"]["representative_count"] == 1
    entry = found["history"][-1]
    assert (entry["step"], entry["step_label"], entry["on"]) == (
        "complete_application",
        "补充申请信息",
        "2024-03-04",
    )


@pytest.mark.parametrize("field", ["is_draft", "at_agent_point", "self_corrected_on"])
def test_where_an_application_waits_is_no_fact_to_complete(office: Office, field: str) -> None:
    body = {"on": "2024-03-04", field: None}

    refused(office.try_step(office.file(), "complete_application", body), 422, "request.malformed")


def test_a_corrected_part_keeps_the_fields_that_are_not_named(office: Office) -> None:
    case = office.file(act_head="h02", act_number="杭林罚〔2024〕3号", prerequisite=True, applicant_count=6)

    office.correct(case, proceeding={"application": {"applicant_count": 5, "act_number": None}})

    told = office.client.get(f"{CASES}/{case['id']}").json()["proceeding"]["application"]
    assert told == {"act_head": "h02", "prerequisite": True, "applicant_count": 5}


def test_a_draft_that_is_corrected_still_waits_where_it_was(office: Office) -> None:
    draft = office.file(channel="agent_point", agent_point="p01", at_agent_point=True)

    corrected = office.correct(draft, proceeding={"application": {"is_enterprise": True}})

    assert (corrected["status"], corrected["filed_on"]) == ("draft", "2024-03-01")
