"""What is published of a case and of an organisation, and what never is."""

from datetime import date
from typing import get_args
from uuid import uuid4

import pytest

from services.mediation import domain, organisations
from services.mediation.events import (
    facts_of,
    organisation_facts_of,
    organisation_to_contract,
    to_contract,
)
from services.mediation.terms import (
    OrganisationType,
    Outcome,
    Referral,
    Scope,
    Source,
    Status,
    TerminationReason,
)
from shared.contracts import mediation
from shared.contracts.envelope import canonical, encode, subject
from tests.mediation.examples import NOW, RULED, a_case, an_organisation

ON = date(2024, 3, 20)
CASE_EVENTS = get_args(domain.Event)
ORGANISATION_EVENTS = get_args(organisations.Event)


def test_every_event_of_a_case_has_a_contract_of_its_own_and_every_contract_an_event() -> None:
    types = {
        to_contract(event(on=ON), a_case(), case_id=uuid4(), case_version=1, now=NOW)[1].type
        for event in CASE_EVENTS
    }

    assert types == set(get_args(mediation.CaseEventType))
    assert len(types) == len(CASE_EVENTS)


def test_every_event_of_the_register_has_a_contract_of_its_own_and_every_contract_an_event() -> None:
    types = {
        organisation_to_contract(event(on=ON), an_organisation(), id_=uuid4(), version=1, now=NOW)[1].type
        for event in ORGANISATION_EVENTS
    }

    assert types == set(get_args(mediation.OrganisationEventType))
    assert len(types) == len(ORGANISATION_EVENTS)


@pytest.mark.parametrize("event", CASE_EVENTS)
def test_an_event_is_announced_on_the_subject_of_its_case(event: type[domain.Registered]) -> None:
    case_id = uuid4()

    where, published = to_contract(event(on=ON), a_case(), case_id=case_id, case_version=3, now=NOW)

    assert where == subject("mediation", case_id, published.type.split(".")[2])
    assert (published.data.case_id, published.data.case_version, published.data.on) == (case_id, 3, ON)
    assert mediation.MediationEvent.model_validate_json(encode(published)) == published


def test_facts_carry_the_whole_statistical_row() -> None:
    case = a_case(
        Status.CONFIRMED,
        scope=Scope.LEGAL_SERVICE,
        source=Source.COURT,
        referral=Referral.BEFORE_FILING,
    )

    facts = facts_of(case)

    assert (facts.outcome, facts.confirmed_on, facts.amount_fen) == ("agreed_written", RULED, 250_000)
    assert (facts.scope, facts.source, facts.referral) == ("legal_service", "court", "before_filing")
    carried = set(mediation.MediationFacts.model_fields) - {"void"}
    assert carried == set(case.__slots__) - {"committee", "due_provisional", "cancelled", "office"}


def test_a_cancelled_case_and_a_cancelled_entry_are_void() -> None:
    assert facts_of(a_case(Status.CANCELLED)).void
    assert organisation_facts_of(an_organisation(cancelled=True)).void


def test_no_name_leaves_this_service() -> None:
    canary = "金丝雀调委会"
    case_event = to_contract(
        domain.Corrected(on=ON), a_case(committee=canary), case_id=uuid4(), case_version=1, now=NOW
    )[1]
    entry = an_organisation(name=canary)
    entry_event = organisation_to_contract(
        organisations.Corrected(on=ON), entry, id_=uuid4(), version=1, now=NOW
    )[1]

    for published in (case_event, entry_event):
        assert canary not in encode(published).decode()
        assert canary not in canonical(published.data.facts).decode()


@pytest.mark.parametrize(
    ("closed_set", "contract"),
    [
        (Scope, mediation.Scope),
        (Referral, mediation.Referral),
        (Outcome, mediation.Outcome),
        (TerminationReason, mediation.TerminationReason),
        (OrganisationType, mediation.OrganisationType),
    ],
)
def test_the_closed_sets_are_those_of_the_contract(closed_set: type[Scope], contract: object) -> None:
    assert {member.value for member in closed_set} == set(get_args(contract))
