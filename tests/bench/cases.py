"""Reconsideration cases of a hundred counties in three provinces over two years; the same at every run."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from services.sample.rows import ReconsiderationRow
from shared.contracts.envelope import CaseChanged, encode, subject
from shared.contracts.identity import OfficeKind
from shared.contracts.reconsideration import SERVICE, EventType, ReconsiderationEvent, ReconsiderationFacts
from shared.kernel.regions import RegionTree
from shared.kit.offices import code_of
from shared.kit.subscription import Message

PROVINCES = ("140000", "150000", "610000")
COUNTIES_OF_EACH = 3  # of every prefecture
FIRST_DAY = date(2021, 1, 1)
DAYS = 24 * 30
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
EPOCH = "bench"
FULLY_KEPT = 5  # one case in so many was kept here step by step
# A later version comes this many events after the one before it, so that it meets its case already stored.
APART = 3_000
OUTCOMES = {
    "upheld": 45,
    "revoked": 12,
    "partly_revoked": 3,
    "confirmed_unlawful": 4,
    "claim_rejected": 10,
    "application_rejected": 5,
    "mediated": 1,
    "terminated": 20,
}
CHANNELS = ("in_person", "post", "internet", "agent_point")


@dataclass(frozen=True, slots=True)
class Event:
    """One event as a service's log holds it."""

    event_id: UUID
    case_id: UUID
    version: int
    type: EventType
    subject: str
    payload: bytes


@cache
def counties() -> tuple[str, ...]:
    tree = RegionTree.builtin()
    return tuple(
        county.code
        for province in PROVINCES
        for prefecture in tree.children(province, on=FIRST_DAY)
        for county in tree.children(prefecture.code, on=FIRST_DAY)[:COUNTIES_OF_EACH]
    )


def number_of(case: int) -> str:
    return f"政复〔2022〕{case:07d}号"


def identity(case: int, version: int = 0) -> UUID:
    """In order of the cases, as UUIDv7 are; version 0 is the case itself."""
    return UUID(int=0x019AA000_0000_7000_8000_000000000000 + (version << 40) + case)


def closed(case: int) -> ReconsiderationFacts:
    """The facts of a case that went its whole way."""
    chance = random.Random(case)
    received = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    accepted = received + timedelta(days=chance.randrange(6))
    (outcome,) = chance.choices(tuple(OUTCOMES), tuple(OUTCOMES.values()))
    ending: dict[str, Any] = {"outcome": outcome}
    if outcome == "terminated":
        ending |= {"termination_ground": "T1", "withdraw_reason": chance.choice(("settled", "voluntary"))}
    return ReconsiderationFacts(
        case_number=number_of(case),
        authority_region=chance.choice(counties()),
        authority_level="county",
        respondent_type="department",
        channel=chance.choice(CHANNELS),
        law_version="pre2024",
        received_on=received,
        accepted_on=accepted,
        procedure="ordinary",
        decision_due_on=accepted + timedelta(days=60),
        closed_on=accepted + timedelta(days=chance.randrange(10, 70)),
        opinion_letters_on=(accepted + timedelta(days=70),) if chance.random() < 0.05 else (),
        **ending,
    )


def _history(case: int) -> Iterator[Event]:
    """One event of a ledger, or the three of a case that was kept here step by step."""
    facts = closed(case)
    if case % FULLY_KEPT:
        yield _event(case, 1, "dingfen.reconsideration.ledger_recorded.v1", facts)
        return
    nothing = dict.fromkeys(("closed_on", "outcome", "termination_ground", "withdraw_reason"))
    under_review = facts.model_copy(update={**nothing, "opinion_letters_on": ()})
    received = under_review.model_copy(
        update=dict.fromkeys(("accepted_on", "procedure", "decision_due_on")),
    )
    yield _event(case, 1, "dingfen.reconsideration.received.v1", received)
    yield _event(case, 2, "dingfen.reconsideration.accepted.v1", under_review)
    yield _event(case, 3, "dingfen.reconsideration.concluded.v1", facts)


def _event(case: int, version: int, type_: EventType, facts: ReconsiderationFacts) -> Event:
    case_id, event_id = identity(case), identity(case, version)
    envelope = ReconsiderationEvent(
        id=event_id,
        type=type_,
        subject=str(case_id),
        time=NOW,
        data=CaseChanged(
            case_id=case_id,
            case_version=version,
            on=facts.received_on,
            office=code_of(OfficeKind.RECONSIDERATION, facts.authority_region),
            facts=facts,
        ),
    )
    announced = subject(SERVICE, case_id, type_.split(".")[2])
    return Event(event_id, case_id, version, type_, announced, encode(envelope))


@cache
def backlog(cases: int) -> tuple[Event, ...]:
    """The events of so many cases as they were recorded: the versions of a case in order, those of others between."""
    placed = [
        (case + APART * (event.version - 1), event) for case in range(cases) for event in _history(case)
    ]
    return tuple(event for _, event in sorted(placed, key=lambda each: each[0]))


def messages(cases: int) -> list[Message]:
    """The same backlog as a subscription hands it over."""
    return [
        Message(place, event.subject, event.payload, EPOCH, place)
        for place, event in enumerate(backlog(cases), start=1)
    ]


def ledger_row(case: int) -> ReconsiderationRow:
    facts = closed(case)
    days = {name: getattr(facts, name).isoformat() for name in ("received_on", "accepted_on", "closed_on")}
    return ReconsiderationRow(
        case_number=facts.case_number,
        organ_region=facts.authority_region,
        organ_level=facts.authority_level,
        respondent="某县公安局",
        respondent_type=facts.respondent_type or "",
        matter="行政处罚",
        field="治安管理",
        channel=facts.channel or "",
        outcome=facts.outcome or "",
        termination_ground=facts.termination_ground or "",
        withdraw_reason=facts.withdraw_reason or "",
        **days,
    )
