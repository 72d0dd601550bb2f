"""What leaves this service: every domain event as its contract, whole in facts and without a word of the parties."""

import re
from typing import Any, get_args
from uuid import UUID

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.reconsideration import domain
from services.reconsideration.domain import Case
from services.reconsideration.events import facts_of, to_contract
from services.reconsideration.terms import (
    Channel,
    LetterKind,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    Status,
    TerminationGround,
    WithdrawReason,
)
from shared.contracts.envelope import encode, partition
from shared.contracts.reconsideration import EventType, ReconsiderationEvent, ReconsiderationFacts
from tests.reconsideration.builders import (
    CLOSED_ON,
    IN_STATUS,
    NOW,
    a_case,
    a_closed_case,
    an_accepted_case,
)

CASE_ID = UUID("019aa000-0000-7000-8000-000000000001")
DOMAIN_EVENTS: tuple[Any, ...] = get_args(domain.Event)
CANARIES = {"respondent": "金丝雀甲公安局", "matter": "金丝雀乙某某处罚", "field": "金丝雀丙治安管理"}


def published(event: domain.Event, case: Case, *, version: int = 2) -> tuple[str, ReconsiderationEvent]:
    return to_contract(event, case, case_id=CASE_ID, case_version=version, now=NOW)


def test_every_domain_event_has_a_contract_of_its_own_and_every_contract_an_event() -> None:
    types = [published(kind(on=CLOSED_ON), a_closed_case())[1].type for kind in DOMAIN_EVENTS]

    assert sorted(types) == sorted(get_args(EventType))


@pytest.mark.parametrize("kind", DOMAIN_EVENTS)
def test_the_type_of_an_event_is_its_name(kind: Any) -> None:
    _, event = published(kind(on=CLOSED_ON), a_closed_case())

    name = re.sub(r"(?<!^)(?=[A-Z])", "_", kind.__name__).lower()
    assert event.type == f"dingfen.reconsideration.{name}.v1"


@pytest.mark.parametrize("kind", DOMAIN_EVENTS)
def test_the_subject_names_service_partition_and_event(kind: Any) -> None:
    subject, event = published(kind(on=CLOSED_ON), a_closed_case())

    assert re.fullmatch(r"disputes\.reconsideration\.p[0-6][0-9]\.[a-z_]+", subject)
    assert subject.split(".")[2] == partition(CASE_ID)
    assert subject.split(".")[3] == event.type.split(".")[2]


@pytest.mark.parametrize("kind", DOMAIN_EVENTS)
def test_an_encoded_event_is_a_cloudevent_that_a_stranger_can_read(kind: Any) -> None:
    _, event = published(kind(on=CLOSED_ON), a_closed_case(**CANARIES), version=7)

    read = JSONFormat().read(None, encode(event))

    assert isinstance(read, CloudEvent)
    assert read.get_specversion() == "1.0"
    assert read.get_id() == str(event.id)
    assert read.get_source() == "/reconsideration"
    assert read.get_type() == event.type
    assert read.get_subject() == str(CASE_ID)
    assert read.get_time() == NOW
    assert read.get_datacontenttype() == "application/json"
    told = read.get_data()
    assert isinstance(told, dict)
    assert told["case_id"] == str(CASE_ID)
    assert told["case_version"] == 7
    assert told["on"] == CLOSED_ON.isoformat()


@pytest.mark.parametrize("status", Status)
@pytest.mark.parametrize("kind", DOMAIN_EVENTS)
def test_no_free_text_of_a_case_is_ever_in_an_event(kind: Any, status: Status) -> None:
    case = IN_STATUS[status]()
    case = Case(**{name: getattr(case, name) for name in case.__slots__} | CANARIES)

    subject, event = published(kind(on=CLOSED_ON), case)

    sent = encode(event).decode()
    assert "金丝雀" not in sent
    assert r"\u91d1" not in sent  # the same word, escaped
    assert "金丝雀" not in subject


def test_free_text_does_not_even_change_the_facts() -> None:
    assert facts_of(a_closed_case(**CANARIES)) == facts_of(a_closed_case())


def test_the_facts_tell_everything_that_is_counted() -> None:
    case = a_closed_case(
        respondent_type=RespondentType.DEPARTMENT,
        channel=Channel.AGENT_POINT,
        is_group=True,
        outcome=Outcome.TERMINATED,
        termination_ground=TerminationGround.T1,
        withdraw_reason=WithdrawReason.SETTLED,
        opinion_letters_on=(CLOSED_ON, CLOSED_ON),
        recommendation_letters_on=(CLOSED_ON,),
    )

    assert orjson.loads(encode(published(domain.Corrected(on=CLOSED_ON), case)[1]))["data"]["facts"] == {
        "void": False,
        "case_number": "杭政复〔2024〕1号",
        "authority_region": "150625",
        "authority_level": "county",
        "respondent_type": "department",
        "channel": "agent_point",
        "law_version": "act2023",
        "is_group": True,
        "received_on": "2024-03-01",
        "accepted_on": "2024-03-05",
        "refused_on": None,
        "refusal": None,
        "procedure": "ordinary",
        "decision_due_on": "2024-05-06",
        "due_provisional": False,
        "closed_on": "2024-04-10",
        "outcome": "terminated",
        "termination_ground": "T1",
        "withdraw_reason": "settled",
        "opinion_letters_on": ["2024-04-10", "2024-04-10"],
        "recommendation_letters_on": ["2024-04-10"],
    }


def test_every_fact_of_a_case_that_is_not_free_text_is_published() -> None:
    known = set(Case.__slots__) - {
        "respondent",
        "matter",
        "field",
        "cancelled",
        "office",
    }  # the office stands beside the facts

    assert set(ReconsiderationFacts.model_fields) == known | {"law_version", "void"}


@pytest.mark.parametrize(
    ("field", "members"),
    [
        ("authority_level", OrganLevel),
        ("respondent_type", RespondentType),
        ("channel", Channel),
    ],
)
def test_every_dimension_can_be_published(field: str, members: Any) -> None:
    for member in members:
        assert getattr(facts_of(a_case(**{field: member})), field) == member.value


def test_every_ending_can_be_published() -> None:
    for outcome in Outcome:
        assert facts_of(a_closed_case(outcome=outcome)).outcome == outcome.value
    for refusal in Refusal:
        assert facts_of(a_case(refused_on=CLOSED_ON, refusal=refusal)).refusal == refusal.value
    for ground in TerminationGround:
        assert facts_of(a_closed_case(termination_ground=ground)).termination_ground == ground.value
    for reason in WithdrawReason:
        assert facts_of(a_closed_case(withdraw_reason=reason)).withdraw_reason == reason.value
    for procedure in Procedure:
        assert facts_of(an_accepted_case(procedure=procedure)).procedure == procedure.value
    assert set(LetterKind) == {LetterKind.OPINION, LetterKind.RECOMMENDATION}


def test_the_longest_possible_event_fits_into_the_log() -> None:
    letters = (CLOSED_ON,) * domain.MOST_LETTERS
    case = a_closed_case(
        case_number="杭" * 63 + "1", opinion_letters_on=letters, recommendation_letters_on=letters
    )

    assert len(encode(published(domain.Corrected(on=CLOSED_ON), case, version=2**31 - 1)[1])) < 65_536
