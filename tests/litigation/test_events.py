"""What leaves the service: a contract for every event, and the statistical row without a name or a text."""

from dataclasses import fields
from datetime import UTC, datetime
from typing import get_args
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.litigation import domain, events
from services.litigation.appearance import Hearing
from services.litigation.terms import Appearance, Instance, Result, Status
from shared.contracts import litigation as contract
from shared.contracts.envelope import encode
from tests.litigation.builders import HEARD_ON, a_case, a_hearing

NOW = datetime(2022, 12, 31, 2, 0, tzinfo=UTC)
ALL_EVENTS = [event(on=HEARD_ON) for event in get_args(domain.Event)]


@pytest.mark.parametrize("event", ALL_EVENTS)
def test_every_event_has_its_contract(event: domain.Event) -> None:
    case_id = uuid4()

    subject, published = events.to_contract(event, a_case(), case_id=case_id, case_version=3, now=NOW)

    assert published.type in get_args(contract.EventType)
    assert subject == f"disputes.litigation.{subject.split('.')[2]}.{published.type.split('.')[2]}"
    assert (published.source, published.subject, published.time) == ("/litigation", str(case_id), NOW)
    assert (published.data.case_id, published.data.case_version) == (case_id, 3)
    assert published.data.on == HEARD_ON


def test_the_contract_has_no_event_that_nobody_publishes() -> None:
    published = {
        events.to_contract(event, a_case(), case_id=uuid4(), case_version=1, now=NOW)[1].type
        for event in ALL_EVENTS
    }

    assert published == set(get_args(contract.EventType))


def test_the_closed_sets_are_those_of_the_contract() -> None:
    assert [each.value for each in Instance] == list(get_args(contract.Instance))
    assert [each.value for each in Result] == list(get_args(contract.Result))
    officers = [each.value for each in Appearance if a_hearing(each).officer_came]
    assert officers == list(get_args(contract.Officer))


def test_facts_tell_the_duty_and_the_result() -> None:
    hearings = (a_hearing(Appearance.PRINCIPAL, court_notified=True),)

    facts = events.facts_of(a_case(Status.PERFORMED, hearings=hearings))

    assert (facts.duty, facts.met, facts.met_by_principal, facts.excused) == (True, True, True, False)
    assert facts.court_notified
    assert facts.first_heard_on == HEARD_ON
    assert facts.hearings == (contract.HearingFacts(on=HEARD_ON, officer="principal"),)
    assert (facts.result, facts.lost, facts.by_judgment) == ("payment_ordered", True, True)
    assert facts.performed_fen == 120_000
    assert not facts.void


@pytest.mark.parametrize(
    ("hearing", "officer"),
    [
        (a_hearing(Appearance.DEPUTY), "deputy"),
        (a_hearing(Appearance.DEPUTY_LEVEL), "deputy_level"),
        (a_hearing(Appearance.OTHER_IN_CHARGE), "other_in_charge"),
        (a_hearing(Appearance.STAFF_ONLY), None),
        (a_hearing(Appearance.NONE), None),
        (a_hearing(Appearance.PRINCIPAL, left_early=True), None),
        (a_hearing(Appearance.PRINCIPAL, identity_accepted=False), None),
    ],
)
def test_facts_name_the_officer_of_a_hearing_only_where_his_attendance_counts(
    hearing: Hearing, officer: str | None
) -> None:
    assert events.facts_of(a_case(hearings=(hearing,))).hearings[0].officer == officer


def test_an_unheard_unit_has_no_duty_even_where_the_court_has_already_notified() -> None:
    facts = events.facts_of(a_case(appearance_notified=True))

    assert facts.court_notified
    assert not facts.duty


def test_a_cancelled_case_is_void() -> None:
    assert events.facts_of(a_case(Status.CANCELLED)).void


CANARY = "张三身份证150625199001011234"


@given(st.sampled_from(Status))
def test_no_free_text_ever_leaves(status: Status) -> None:
    case = a_case(status, court=CANARY, organ=CANARY)

    _, published = events.to_contract(
        domain.Corrected(on=HEARD_ON), case, case_id=uuid4(), case_version=2, now=NOW
    )

    assert CANARY.encode() not in encode(published)
    assert not {"court", "organ"} & set(contract.LitigationFacts.model_fields)


def test_a_unit_with_as_many_hearings_as_allowed_fits_into_an_event() -> None:
    hearings = tuple(a_hearing() for _ in range(domain.MOST_HEARINGS))

    _, published = events.to_contract(
        domain.Heard(on=HEARD_ON), a_case(hearings=hearings), case_id=uuid4(), case_version=2, now=NOW
    )

    assert len(encode(published)) < 65_536


def test_every_field_of_a_case_is_published_or_kept_on_purpose() -> None:
    kept = {
        "court",
        "organ",
        "appearance_notified",
        "delivered_on",
        "office",
    }  # the office stands beside the facts
    renamed = {"cancelled": "void"}

    for field in fields(domain.Case):
        name = renamed.get(field.name, field.name)
        assert (name in contract.LitigationFacts.model_fields) != (field.name in kept)
