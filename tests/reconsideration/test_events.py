"""What leaves this service: every domain event as its contract, whole in facts and without a word of the parties."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from typing import Any, get_args, get_type_hints
from uuid import UUID

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from services.reconsideration import domain
from services.reconsideration.domain import Case, Happened
from services.reconsideration.domain.proceeding import (
    Application,
    Closing,
    DecisionItem,
    Handling,
    Link,
    Proceeding,
)
from services.reconsideration.events import EVENT_TYPE, facts_of, to_contract
from services.reconsideration.terms import (
    AccessoryItem,
    Channel,
    LetterKind,
    LinkedService,
    OrganLevel,
    Outcome,
    Procedure,
    Refusal,
    RespondentType,
    Status,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.contracts.envelope import encode, partition
from shared.contracts.reconsideration import EventType, ReconsiderationEvent, ReconsiderationFacts
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    CLOSED_ON,
    IN_STATUS,
    NOW,
    TODAY,
    a_case,
    a_closed_case,
    an_accepted_case,
)

CASE_ID = UUID("019aa000-0000-7000-8000-000000000001")
TOLD = tuple(step for step in Step if step is not Step.CONCLUDE)  # that one is in old journals only
CANARIES: dict[str, Any] = {
    "respondent": "金丝雀甲公安局",
    "matter": "金丝雀乙某某处罚",
    "field": "金丝雀丙治安管理",
    "texts": {"suspension.1": "金丝雀丁死亡", "decision.main": "金丝雀戊", "金丝雀己": "金丝雀庚"},
}


def happened(step: Step) -> Happened:
    return Happened(step, CLOSED_ON)


def published(event: Happened, case: Case, *, version: int = 2) -> tuple[str, ReconsiderationEvent]:
    return to_contract(event, case, case_id=CASE_ID, case_version=version, now=NOW)


def test_every_step_is_told_by_a_contract_and_every_contract_tells_a_step() -> None:
    assert set(EVENT_TYPE) == set(TOLD)
    assert set(EVENT_TYPE.values()) == set(get_args(EventType))


@pytest.mark.parametrize(
    ("step", "name"),
    [
        (Step.RECEIVE, "received"),
        (Step.ACCEPT, "accepted"),
        (Step.ACCEPT_WITH_GAPS, "accepted"),
        (Step.DEEM_ACCEPTED, "accepted"),
        (Step.DECLINE, "not_accepted"),
        (Step.LAPSE_SUPPLEMENT, "not_accepted"),
        (Step.SUSPEND, "suspended"),
        (Step.RESUME, "resumed"),
        (Step.WITHDRAW, "terminated"),
        (Step.TERMINATE, "terminated"),
        (Step.SIGN_MEDIATION, "concluded"),
        (Step.REJECT_APPLICATION, "concluded"),
        (Step.SUBMIT_DECISION, "decision_proposed"),
        (Step.APPROVE_DECISION, "concluded"),
        (Step.REOPEN, "reopened"),
        (Step.RECORD, "ledger_recorded"),
        (Step.CORRECT, "corrected"),
        (Step.CANCEL, "cancelled"),
    ],
)
def test_steps_that_come_to_the_same_are_told_alike(step: Step, name: str) -> None:
    _, event = published(happened(step), a_closed_case())

    assert event.type == f"dingfen.reconsideration.{name}.v1"


@pytest.mark.parametrize("step", TOLD)
def test_the_subject_names_service_partition_and_event(step: Step) -> None:
    subject, event = published(happened(step), a_closed_case())

    assert re.fullmatch(r"disputes\.reconsideration\.p[0-6][0-9]\.[a-z_]+", subject)
    assert subject.split(".")[2] == partition(CASE_ID)
    assert subject.split(".")[3] == event.type.split(".")[2]


@pytest.mark.parametrize("step", TOLD)
def test_an_encoded_event_is_a_cloudevent_that_a_stranger_can_read(step: Step) -> None:
    _, event = published(happened(step), a_closed_case(**CANARIES), version=7)

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
@pytest.mark.parametrize("step", TOLD)
def test_no_free_text_of_a_case_is_ever_in_an_event(step: Step, status: Status) -> None:
    case = IN_STATUS[status]()
    case = replace(case, **CANARIES)

    subject, event = published(happened(step), case)

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

    assert orjson.loads(encode(published(happened(Step.CORRECT), case)[1]))["data"]["facts"] == {
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
        "filed_on": None,
        "agent_point": None,
        "act_head": None,
        "prerequisite": False,
        "is_enterprise": False,
        "applicant_count": None,
        "merged": False,
        "merged_into": None,
        "linked": [],
        "accept_mode": "decision",
        "supplement_requested_on": None,
        "refused_to_other_organ": False,
        "resolved_before_acceptance": False,
        "converted_on": None,
        "extension_days": 0,
        "suspended_days": 0,
        "suspended_since": None,
        "hearings": [],
        "committee_consulted_on": None,
        "no_evidence": False,
        "decision_items": [],
        "redo_ordered": False,
        "compensation_fen": None,
        "letters": [
            letter("opinion"),
            letter("opinion"),
            letter("recommendation"),
        ],
        "delivered_on": None,
        "effective_on": None,
        "sue_due_on": None,
        "sued_on": None,
        "suit_reference": None,
        "petitioned_on": None,
        "performance_due_on": None,
        "performed_on": None,
        "reopened_on": None,
    }


def letter(kind: str) -> dict[str, Any]:
    """One of which only the day of issue is known."""
    unknown = dict.fromkeys(("received_on", "due_on", "feedback_on", "adopted"))
    return {"kind": kind, "issued_on": "2024-04-10", **unknown}


# Of a case: free words, the office, which stands beside the facts, and what is told in other terms.
KEPT_BACK = {"respondent", "matter", "field", "texts", "office", "cancelled", "proceeding"}
# Of its proceeding, part by part: what a figure is made of. All else stays here.
TOLD_OF = {
    "filed_on": Application,
    "agent_point": Application,
    "act_head": Application,
    "prerequisite": Application,
    "is_enterprise": Application,
    "applicant_count": Application,
    "converted_on": Handling,
    "hearings": Handling,
    "letters": Closing,
    "sue_due_on": Closing,
    "petitioned_on": Closing,
    "performance_due_on": Closing,
    "performed_on": Closing,
}
# Counts, sums and days that are computed of it.
COMPUTED = {
    *(
        "void",
        "law_version",
        "merged",
        "merged_into",
        "linked",
        "accept_mode",
        "supplement_requested_on",
        "refused_to_other_organ",
    ),
    *("resolved_before_acceptance", "extension_days", "suspended_days", "suspended_since"),
    *("committee_consulted_on", "no_evidence", "decision_items", "redo_ordered", "compensation_fen"),
    *("delivered_on", "effective_on", "sued_on", "suit_reference", "reopened_on"),
}


def test_every_fact_is_one_of_the_case_or_computed_of_its_proceeding() -> None:
    of_the_case = set(Case.__slots__) - KEPT_BACK

    assert set(ReconsiderationFacts.model_fields) == of_the_case | set(TOLD_OF) | COMPUTED
    for name, part in TOLD_OF.items():
        assert name in {field.name for field in fields(part)}


def test_a_proceeding_has_no_place_for_free_words() -> None:
    """Its texts are numbers and codes, which the rules hold to their form; everything else is closed sets and days."""
    assert set(texts_in(Proceeding)) == {
        "application.agent_point",
        "application.act_number",
        "handling.silence_suit.number",
        "closing.suit_number",
        "cycles.outcome",
        "cycles.handling.silence_suit.number",
        "cycles.closing.suit_number",
        "handlers",
    }


def texts_in(kind: Any, place: str = "") -> Iterator[str]:
    """Where a dataclass holds plain text, by the names that lead there."""
    if is_dataclass(kind):
        for name, type_ in get_type_hints(kind).items():
            yield from texts_in(type_, f"{place}.{name}".removeprefix("."))
    elif kind is str:
        yield place
    else:
        for each in get_args(kind):
            yield from texts_in(each, place)


def with_application(**told: Any) -> Case:
    return a_case().changed("application", **told)


def with_closing(**told: Any) -> Case:
    return a_closed_case().changed("closing", **told)


IDENTITY_NUMBER = "11010519491231002X"  # the example of GB 11643-1999


@pytest.mark.parametrize(
    ("case", "code"),
    [
        (with_application(act_number=f"第{IDENTITY_NUMBER}号"), "request.identity_number_in_plain"),
        (with_closing(suit_number=f"第{IDENTITY_NUMBER}号"), "request.identity_number_in_plain"),
        (with_application(act_number="无"), "reconsideration.number_unreadable"),
        (with_closing(suit_number="1" * 65), "reconsideration.number_unreadable"),
        (with_application(agent_point="某某代办点"), "reconsideration.words_instead_of_codes"),
        (with_application(applicant_count=-1), "reconsideration.beyond_counting"),
        (
            with_closing(items=(DecisionItem(AccessoryItem.COMPENSATED, amount_fen=10**15),) * 2),
            "reconsideration.beyond_counting",
        ),
        (
            with_closing(items=(DecisionItem(AccessoryItem.COMPENSATED, amount_fen=-1),)),
            "reconsideration.beyond_counting",
        ),
    ],
)
def test_what_no_event_may_tell_is_refused(case: Case, code: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        domain.check(case, today=TODAY)

    assert refusal.value.code == code
    assert IDENTITY_NUMBER not in refusal.value.message


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
    links = tuple(
        Link(LinkedService.RECONSIDERATION, UUID(int=number)) for number in range(domain.MOST_LETTERS)
    )
    case = replace(case, proceeding=replace(case.proceeding, linked=links, merged_into=UUID(int=0)))

    assert len(encode(published(happened(Step.CORRECT), case, version=2**31 - 1)[1])) < 65_536
