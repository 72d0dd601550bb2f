"""The published language only grows: readers ignore what they do not know, and old digests stay what they are."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any, get_args
from uuid import UUID, uuid5

import orjson
import pytest
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from pydantic import BaseModel, ValidationError

from shared.contracts import litigation, mediation, reconsideration
from shared.contracts.envelope import (
    Envelope,
    Facts,
    canonical,
    digest,
    encode,
    partition,
    subject,
)
from tests.contracts.samples import CASE_ID, EVENTS, FACTS, an_event

FACTS_SHAPES = [type(facts) for facts in FACTS]


# Reading


@pytest.mark.parametrize("event", EVENTS)
def test_what_is_read_is_what_was_written(event: Envelope[Any]) -> None:
    assert type(event).model_validate_json(encode(event)) == event


@pytest.mark.parametrize("event", EVENTS)
def test_a_reader_ignores_what_it_does_not_know(event: Envelope[Any]) -> None:
    told: dict[str, Any] = orjson.loads(encode(event))
    told["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    told["data"]["recorded_by"] = "later"
    told["data"]["facts"]["new_dimension"] = {"nested": [1]}
    for listed in ("hearings", "letters", "linked"):
        for part in told["data"]["facts"].get(listed, ()):
            part["room"] = "3"

    read = type(event).model_validate(told)

    assert read == event
    assert digest(read.data.facts) == digest(event.data.facts)


@pytest.mark.parametrize("event", EVENTS)
def test_a_reader_takes_an_event_of_before_an_optional_field_was_added(event: Envelope[Any]) -> None:
    told: dict[str, Any] = orjson.loads(encode(event))
    optional = {
        name for name, field in type(event.data.facts).model_fields.items() if not field.is_required()
    }
    told["data"]["facts"] = {
        name: value
        for name, value in told["data"]["facts"].items()
        if name not in optional or value != type(event.data.facts).model_fields[name].default
    }

    assert type(event).model_validate(told) == event


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("specversion",), "0.3"),
        (("source",), "/somebody"),
        (("type",), "dingfen.unknown.happened.v1"),
        (("data", "case_version"), 0),
        (("data", "case_version"), 2**31),
        (("data", "case_id"), "1"),
        (("data", "on"), "yesterday"),
    ],
)
def test_what_is_not_of_the_contract_is_not_read(
    event: Envelope[Any], place: tuple[str, ...], value: object
) -> None:
    told: dict[str, Any] = orjson.loads(encode(event))
    within = told
    for part in place[:-1]:
        within = within[part]
    within[place[-1]] = value

    with pytest.raises(ValidationError):
        type(event).model_validate(told)


@pytest.mark.parametrize("event", EVENTS)
def test_an_event_is_a_cloudevent_of_version_1_0(event: Envelope[Any]) -> None:
    read = JSONFormat().read(None, encode(event))

    assert isinstance(read, CloudEvent)
    assert read.get_type() == event.type
    assert read.get_time() == event.time
    assert orjson.loads(encode(event))["time"].endswith("Z")


@pytest.mark.parametrize(
    "types",
    [
        reconsideration.EventType,
        mediation.CaseEventType,
        mediation.OrganisationEventType,
        litigation.EventType,
    ],
)
def test_a_type_names_service_event_and_version(types: Any) -> None:
    for type_ in get_args(types):
        assert re.fullmatch(r"dingfen\.(reconsideration|mediation|litigation)\.[a-z_]{1,40}\.v1", type_)
        assert len(type_) <= 80


# No room for personal data


def _text_fields(shape: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """(path, pattern) of every field of free text in the JSON schema; an empty pattern is free indeed."""
    schema = shape.model_json_schema()
    todo: list[tuple[str, dict[str, Any]]] = [("", schema)]
    for name, definition in schema.get("$defs", {}).items():
        todo.append((name, definition))
    while todo:
        path, at = todo.pop()
        if at.get("type") == "string" and "enum" not in at and "const" not in at and "format" not in at:
            yield path, at.get("pattern", "")
        todo += [(f"{path}.{name}", part) for name, part in at.get("properties", {}).items()]
        todo += [(path, part) for part in at.get("anyOf", ())]
        if isinstance(at.get("items"), dict):
            todo.append((path, at["items"]))


@pytest.mark.parametrize("shape", FACTS_SHAPES)
def test_no_field_of_the_facts_has_room_for_a_name_or_a_story(shape: type[Facts]) -> None:
    for path, pattern in _text_fields(shape):
        if path in (".case_number", ".suit_reference"):  # official numbers, see below
            continue
        assert pattern.startswith("^"), path
        assert pattern.endswith("$"), path
        assert re.fullmatch(pattern, "张三") is None
        assert re.fullmatch(pattern, "150625198001011234") is None
        assert re.fullmatch(pattern, "13800138000") is None


@pytest.mark.parametrize("number", ["", "张三李四", "1" * 65])
def test_an_official_number_is_short_and_has_a_digit(number: str) -> None:
    with pytest.raises(ValidationError):
        mediation.MediationFacts(case_number=number, region="150625", registered_on=date(2024, 3, 1))


@pytest.mark.parametrize("region", ["", "15062", "1506250", "杭锦旗", "150625\n", "15062500000"])
def test_a_region_is_a_code(region: str) -> None:
    with pytest.raises(ValidationError):
        mediation.OrganisationFacts(region=region, org_type="village")


# Canonical facts and their digest


def test_the_canonical_form_leaves_defaults_out_and_sorts_the_rest() -> None:
    assert canonical(FACTS[0]).decode() == (
        '{"authority_level":"county","authority_region":"150625","case_number":"杭政复〔2024〕1号",'
        '"law_version":"act2023","received_on":"2024-03-01"}'
    )


@pytest.mark.parametrize(
    ("facts", "hexadecimal"),
    list(
        zip(
            FACTS,
            (
                "f433d289fddc893934474b15f7acbb833f5a88fd2859dc3813c59a05dd174f0e",
                "50870cafad5188a175b36d48b66eabec1f24f2cee52ad3f7566fa52e7e1a38d8",
                "205b4a1edd1fdee7ecd60850e7612e221de27b4dd92d8a3f7aaefc6f1ecae4bb",
                "1e6db1b54f10d5b5b5451151f987e564c6af4cfd37c74be2d5a72db6e56c1522",
                "ada613ac9e97f961719e37e35bf76f037176fe8340e89f42879042c5af92837d",
                "449f373987940f9f6714680c0f19429651127fa0cc6b284cfb1f0b8605204f05",
                "1dfa8fc5c17ceb12c782ed9cf274dfe39e53db3ee256559b91c4eed6a315933c",
            ),
            strict=True,
        )
    ),
)
def test_a_digest_once_computed_stays_what_it_is(facts: Facts, hexadecimal: str) -> None:
    assert digest(facts) == hexadecimal
    assert digest(facts) == hashlib.sha256(canonical(facts)).hexdigest()


def test_a_new_optional_field_keeps_the_digest_of_old_cases() -> None:
    class Grown(reconsideration.ReconsiderationFacts):
        prerequisite: bool = False
        compensation_fen: int | None = None
        documents_on: tuple[date, ...] = ()

    old = FACTS[0]
    grown = Grown.model_validate(old.model_dump())

    assert digest(grown) == digest(old)
    assert digest(grown.model_copy(update={"prerequisite": True})) != digest(old)


# What the first release told of a reconsideration case. Fields may come, never go, and none may be demanded later.
FIRST_DEMANDED = {"case_number", "authority_region", "authority_level", "law_version", "received_on"}
FIRST_OPTIONAL = {
    *("void", "respondent_type", "channel", "is_group", "accepted_on", "refused_on", "refusal", "procedure"),
    *("decision_due_on", "due_provisional", "closed_on", "outcome", "termination_ground", "withdraw_reason"),
    *("opinion_letters_on", "recommendation_letters_on"),
}


def test_reconsideration_facts_only_grow() -> None:
    fields = reconsideration.ReconsiderationFacts.model_fields

    assert {name for name, field in fields.items() if field.is_required()} == FIRST_DEMANDED
    assert fields.keys() >= FIRST_OPTIONAL


def test_the_fullest_reconsideration_case_fits_into_an_event() -> None:
    """An event is at most 64 KiB, and the outbox refuses a longer one."""
    day, many = date(2024, 12, 31), reconsideration.MAX_LISTED
    optional_days = {
        name: day
        for name, field in reconsideration.ReconsiderationFacts.model_fields.items()
        if field.annotation == date | None
    }
    letter = reconsideration.Letter(
        kind="recommendation", issued_on=day, received_on=day, due_on=day, feedback_on=day, adopted=False
    )
    fullest = FACTS[0].model_copy(
        update={
            **optional_days,
            "case_number": "复" * 63 + "1",
            "suit_reference": "诉" * 63 + "1",
            "hearings": (reconsideration.Hearing(held_on=day, attended_by_head=False),) * many,
            "decision_items": ("i" * 32,) * many,
            "letters": (letter,) * many,
            "opinion_letters_on": (day,) * many,
            "recommendation_letters_on": (day,) * many,
            "compensation_fen": 2**53,
        }
    )

    assert len(encode(an_event(fullest))) < 40_000


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("act_head", 0),
        ("act_head", 16),
        ("applicant_count", -1),
        ("applicant_count", 2**31),
        ("extension_days", -1),
        ("suspended_days", 2**31),
        ("compensation_fen", -1),
        ("compensation_fen", 2**53 + 1),
        ("decision_items", ["revoke"] * 100),
        ("decision_items", ["张三"]),
        ("agent_point", "东胜区司法所"),
        ("suit_reference", "另案起诉"),
        ("accept_mode", "tacit"),
        ("hearings", [{"held_on": "2024-03-01"}]),
        ("letters", [{"kind": "order", "issued_on": "2024-03-01"}]),
    ],
)
def test_what_no_database_or_figure_could_hold_is_not_read(field: str, value: object) -> None:
    told = FACTS[0].model_dump(mode="json")

    with pytest.raises(ValidationError, match=field):
        reconsideration.ReconsiderationFacts.model_validate({**told, field: value})


@pytest.mark.parametrize("facts", FACTS)
def test_a_digest_does_not_depend_on_how_the_facts_were_read(facts: Facts) -> None:
    through_json = type(facts).model_validate_json(facts.model_dump_json())
    turned = type(facts).model_validate(dict(reversed(json.loads(facts.model_dump_json()).items())))

    assert digest(through_json) == digest(turned) == digest(facts)


@pytest.mark.parametrize("facts", FACTS)
def test_a_digest_tells_a_void_case_from_a_counted_one(facts: Facts) -> None:
    assert digest(facts.model_copy(update={"void": True})) != digest(facts)


def test_facts_cannot_be_changed_after_they_were_told() -> None:
    event: Any = an_event(FACTS[0])

    with pytest.raises(ValidationError, match="frozen"):
        event.data.facts.void = True
    with pytest.raises(ValidationError, match="frozen"):
        event.data.case_version = 2


# Subjects


@pytest.mark.parametrize(
    ("case_id", "token"),
    [
        ("00000000-0000-0000-0000-000000000000", "p55"),
        ("019aa000-0000-7000-8000-000000000001", "p19"),
        ("ffffffff-ffff-ffff-ffff-ffffffffffff", "p26"),
    ],
)
def test_the_partition_of_a_case_never_changes(case_id: str, token: str) -> None:
    assert partition(UUID(case_id)) == token


def test_partitions_share_the_cases_evenly() -> None:
    shares = Counter(partition(uuid5(CASE_ID, str(number))) for number in range(6_400))

    assert set(shares) == {f"p{place:02d}" for place in range(64)}
    assert max(shares.values()) < 2 * 100


def test_a_subject_names_service_partition_and_event() -> None:
    assert subject("mediation", CASE_ID, "agreed") == f"disputes.mediation.{partition(CASE_ID)}.agreed"
