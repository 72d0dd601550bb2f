import json
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.facts import KINDS, FactVersion, Unreadable, fold, parse, restore
from shared.contracts.envelope import digest
from shared.kit.subscription import Message
from tests.reporting.events import al, ar, case_id, message, org, pm
from tests.reporting.strategies import any_facts, unhurried

KNOWN = {"150625", "150600"}


def read(
    told: Message, *, subject: str | None = None, payload: bytes | None = None
) -> FactVersion | Unreadable:
    return parse(
        told.subject if subject is None else subject,
        told.payload if payload is None else payload,
        region_exists=KNOWN.__contains__,
    )


def version(told: Message) -> FactVersion:
    found = read(told)
    assert isinstance(found, FactVersion), found
    return found


@pytest.mark.parametrize(
    ("facts", "kind", "scope"),
    [
        (ar(), "reconsideration_case", ""),
        (pm(scope="legal_service"), "mediation_case", "legal_service"),
        (org("village"), "mediation_organisation", ""),
        (al(), "litigation_case", ""),
    ],
)
def test_the_type_of_an_event_tells_the_kind_of_its_case(facts: Any, kind: str, scope: str) -> None:
    found = version(message(facts, case=7, version=3))

    assert (found.kind, found.case_id, found.version) == (kind, str(case_id(7)), 3)
    assert (found.region, found.scope, found.facts) == ("150625", scope, facts)


@unhurried
@given(any_facts)
def test_facts_survive_their_canonical_text(facts: Any) -> None:
    told = message(facts)
    found = parse(told.subject, told.payload, region_exists=lambda _: True)

    assert isinstance(found, FactVersion)
    assert restore(found.kind, found.text) == facts
    assert found.digest == digest(facts)


def changed(told: Message, **changes: Any) -> bytes:
    envelope = json.loads(told.payload)
    for path, value in changes.items():
        *parents, name = path.split("__")
        inner = envelope
        for parent in parents:
            inner = inner[parent]
        inner[name] = value
    return json.dumps(envelope).encode()


def test_what_a_reader_does_not_know_it_ignores() -> None:
    told = message(ar())

    found = read(told, payload=changed(told, newer="x", data__newer=1, data__facts__newer={"a": []}))

    assert isinstance(found, FactVersion)
    assert found.digest == digest(ar())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"data__facts__authority_region": "150999"}, "region: 150999 is unknown"),
        ({"data__facts__authority_region": "张三"}, "authority_region"),
        ({"data__facts__received_on": "yesterday"}, "received_on"),
        ({"data__case_version": 0}, "case_version"),
        ({"source": "/mediation"}, "source"),
        ({"type": "dingfen.reconsideration.received.v2"}, "type"),
        ({"type": "dingfen.reconsideration.accepted.v1"}, "type: not announced"),
        ({"time": "2026-11-22T01:00:00"}, "time: names no time zone"),
        ({"time": "9999-12-31T23:59:59-10:00"}, "time: outside the calendar"),
        ({"data": None}, "data"),
    ],
)
def test_what_does_not_fit_is_unreadable_and_says_where(changes: dict[str, Any], reason: str) -> None:
    told = message(ar(), event="received")

    found = read(told, payload=changed(told, **changes))

    assert isinstance(found, Unreadable)
    assert reason in found.reason
    assert "张三" not in found.reason


@pytest.mark.parametrize("payload", [b"", b"\xff\xfe", b"[]", b"{", b"null", b"[" * 5000, b"1" * 5000])
def test_bytes_that_are_no_event_are_unreadable(payload: bytes) -> None:
    assert isinstance(read(message(ar()), payload=payload), Unreadable)


@unhurried
@given(st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_reading_never_raises(payload: bytes) -> None:
    assert isinstance(read(message(ar()), payload=payload), Unreadable)


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "disputes",
        "disputes.tax.p00.received",
        "disputes.reconsideration.p00.flown",
        "disputes.p00.received",
        "other.reconsideration.p00.corrected",
        "disputes.mediation.p00.corrected",
    ],
)
def test_a_subject_that_is_not_of_this_event_is_refused(subject: str) -> None:
    assert isinstance(read(message(ar()), subject=subject), Unreadable)


def test_every_kind_names_the_place_of_its_cases() -> None:
    assert {kind.path for kind in KINDS.values()} == {
        "/reconsideration/cases/{case_id}",
        "/mediation/cases/{case_id}",
        "/mediation/organisations/{case_id}",
        "/litigation/cases/{case_id}",
    }


def test_the_newest_version_wins_in_any_order_and_repetition() -> None:
    told = [version(message(ar(is_group=number == 2), version=number)) for number in (1, 2, 3, 3)]

    for order in permutations(told):
        folded = fold(order)
        assert [fact.version for fact in folded.newest.values()] == [3]
        assert sorted(fact.version for fact in folded.older) == [1, 2]
        assert folded.forks == []


def test_one_version_told_in_two_ways_is_a_fork() -> None:
    first, second = version(message(ar())), version(message(ar(is_group=True)))

    folded = fold([first, second, first])

    assert list(folded.newest.values()) == [first]
    assert folded.forks == [second]
