"""Links to cases of any service: typed, kept, shown, told and found; and those that earlier releases wrote."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from services.reconsideration import main, repository
from services.reconsideration.domain.proceeding import Link
from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import METADATA, VAULT, FormerRow
from services.reconsideration.terms import LinkedService
from shared.contracts.envelope import digest
from shared.contracts.identity import OfficeKind, Role
from shared.contracts.reconsideration import ReconsiderationEvent
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.reconsideration.builders import NOW
from tests.reconsideration.listing import CASES as CASE_FILE
from tests.reconsideration.listing import Kept, keep
from tests.reconsideration.office import CASES, Books, Json, Office, refused
from tests.support.callers import KnownCallers, a_caller, an_office, bearer
from tests.support.earlier import migrate_to
from tests.support.suites import NOWHERE, client_of, settings

SUIT, MEDIATION, OTHER = (f"019aa000-0000-7000-8000-00000000000{n}" for n in (1, 2, 3))
LINKS = METADATA.tables["case_link"]
DAY = "2024-03-05"


def a_link(case_id: str = SUIT, service: str = "litigation") -> Json:
    return {"service": service, "case_id": case_id}


def linked(office: Office, case: Json, *links: Json) -> Json:
    for link in links:
        case = office.step(case, "link", on=DAY, reference=link)
    return case


def numbers(office: Office, linked_to: str, **query: Any) -> list[str]:
    return [case["case_number"] for case in office.listed(linked_to=linked_to, **query)]


def newest_facts(books: Books) -> Json:
    told: Json = orjson.loads(books.number()[-1].payload)["data"]["facts"]
    return told


# Naming


def test_a_link_is_shown_and_told(office: Office, books: Books) -> None:
    case = linked(
        office, office.file(), a_link(), a_link(MEDIATION, "mediation"), a_link(OTHER, "reconsideration")
    )

    assert case["linked"] == [
        {"service": "litigation", "service_label": "行政应诉", "case_id": SUIT},
        {"service": "mediation", "service_label": "人民调解", "case_id": MEDIATION},
        {"service": "reconsideration", "service_label": "行政复议", "case_id": OTHER},
    ]
    shown = office.one(case)
    assert shown["linked"] == case["linked"]
    assert shown["proceeding"]["linked"][0] == a_link()
    assert newest_facts(books)["linked"] == [
        a_link(),
        a_link(MEDIATION, "mediation"),
        a_link(OTHER, "reconsideration"),
    ]


def test_a_merged_case_tells_into_which_one(office: Office, books: Books) -> None:
    case = office.step(office.file(), "link", on=DAY, merged_into=OTHER)

    assert (case["merged_into"], case["linked"]) == (OTHER, [])
    facts = newest_facts(books)
    assert (facts["merged"], facts["merged_into"], facts["linked"]) == (True, OTHER, [])


def test_a_case_without_links_names_none(office: Office, books: Books) -> None:
    case = office.file()

    assert (case["merged_into"], case["linked"]) == (None, [])
    assert books.count(LINKS) == 0


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "reconsideration.link_what"),
        ({"reference": a_link(), "merged_into": OTHER}, "reconsideration.link_what"),
        ({"reference": a_link()}, "reconsideration.already_linked"),
        ({"reference": a_link(service="identity")}, "request.malformed"),
        ({"reference": a_link("1")}, "request.malformed"),
        ({"reference": {"service": "litigation"}}, "request.malformed"),
        ({"reference": {**a_link(), "words": "某某"}}, "request.malformed"),
        ({"reference": f"litigation:{OTHER}"}, "request.malformed"),
    ],
)
def test_what_is_no_link_is_refused(office: Office, body: Json, code: str) -> None:
    case = linked(office, office.file(), a_link())

    status = 422 if code.startswith("request.") else 409
    refused(office.try_step(case, "link", {"on": DAY, **body}), status, code)


@pytest.mark.parametrize("preview", ["", "/preview"])
def test_a_case_is_neither_linked_to_itself_nor_merged_into_itself(office: Office, preview: str) -> None:
    case = office.file()

    for body in ({"reference": a_link(case["id"], "reconsideration")}, {"merged_into": case["id"]}):
        answer = office.try_step(case, f"link{preview}", {"on": DAY, **body})
        refused(answer, 409, "reconsideration.linked_to_itself")
    wrong = {"proceeding": {"linked": [a_link(case["id"], "reconsideration")]}}
    refused(office.try_correct(case, wrong), 409, "reconsideration.linked_to_itself")


def test_a_correction_replaces_the_links_and_holds_them_to_the_rules(office: Office) -> None:
    case = linked(office, office.file(), a_link())

    corrected = office.correct(case, proceeding={"linked": [a_link(OTHER)]})

    assert [link["case_id"] for link in corrected["linked"]] == [OTHER]
    assert numbers(office, f"litigation/{SUIT}") == []
    assert numbers(office, f"litigation/{OTHER}") == [case["case_number"]]
    for wrong, code in (
        ([a_link(), a_link()], "reconsideration.already_linked"),
        ([a_link(service="identity")], "request.proceeding_unreadable"),
        (["某某"], "request.proceeding_unreadable"),
        ([{**a_link(), "words": "某某"}], "request.proceeding_unreadable"),
    ):
        status = 422 if code.startswith("request.") else 409
        refused(office.try_correct(corrected, {"proceeding": {"linked": wrong}}), status, code)


# Finding


def test_the_cases_that_name_another_one_are_found(office: Office) -> None:
    linked(office, office.file(case_number="1"), a_link())
    linked(office, office.accepted(case_number="2", received_on="2024-03-01"), a_link(OTHER), a_link())
    linked(office, office.file(case_number="3"), a_link(service="mediation"))
    merged = office.step(office.file(case_number="4"), "link", on=DAY, merged_into=SUIT)

    assert numbers(office, f"litigation/{SUIT}") == ["1", "2"]
    assert numbers(office, f"litigation/{SUIT.replace('-', '').upper()}") == ["1", "2"]
    assert numbers(office, f"litigation/{SUIT}", limit=1) == ["1", "2"]
    assert numbers(office, f"litigation/{SUIT}", status="accepted") == ["2"]
    assert numbers(office, f"litigation/{SUIT}", case_number="1") == ["1"]
    assert numbers(office, f"litigation/{SUIT}", region="150621") == []
    assert numbers(office, f"litigation/{SUIT}", order="due", due_from="2024-03-09") == ["2"]
    assert numbers(office, f"mediation/{SUIT}") == ["3"]
    assert numbers(office, f"reconsideration/{SUIT}") == [merged["case_number"]]
    assert numbers(office, f"mediation/{OTHER}") == []


@pytest.mark.parametrize(
    "text",
    [
        SUIT,
        f"identity/{SUIT}",
        "litigation/1",
        f"litigation:{SUIT}",
        f"litigation/{{{SUIT}}}",
        f"litigation/{SUIT}x",
        f"litigation/{SUIT}/",
        "金丝雀/1",
    ],
)
def test_what_names_no_case_is_refused(office: Office, text: str) -> None:
    answer = office.client.get(CASES, params={"linked_to": text})

    assert "金丝雀" not in refused(answer, 422, "request.reference_unreadable")["detail"]


def test_a_link_that_is_taken_back_is_found_no_more(office: Office, books: Books) -> None:
    case = linked(office, office.file(), a_link())

    office.step(case, "undo")

    assert numbers(office, f"litigation/{SUIT}") == []
    assert books.count(LINKS) == 0


HANGJIN, DALAD = (f"reconsideration-{region}" for region in ("150625", "150621"))


@pytest.fixture
def clerks(database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    """Two offices, each with a clerk of the name of its region."""
    offices = [
        an_office(code, OfficeKind.RECONSIDERATION, code.rpartition("-")[2]) for code in (HANGJIN, DALAD)
    ]
    callers = {code: a_caller(code, (Role.RECONSIDERATION_CLERK, code)) for code in (HANGJIN, DALAD)}
    service = main.create(
        settings(database_url, tmp_path),
        nats_url=NOWHERE,
        clock=lambda: NOW,
        directory=KnownCallers(callers, offices),
    )
    with client_of(service) as client:
        yield client


def test_only_cases_within_reach_are_found_by_what_they_name(clerks: TestClient) -> None:
    for number, code in enumerate((HANGJIN, DALAD), start=1):
        filed = clerks.post(
            CASES,
            json={
                "case_number": str(number),
                "organ_region": code.rpartition("-")[2],
                "received_on": "2024-03-01",
            },
            headers=bearer(code),
        )
        assert filed.status_code == 201, filed.text
        link = {"on": DAY, "reference": a_link()}
        answer = clerks.post(f"{CASES}/{filed.json()['id']}/steps/link", json=link, headers=bearer(code))
        assert answer.status_code == 200, answer.text

    def found(code: str, **query: str) -> list[str]:
        asked = {"linked_to": f"litigation/{SUIT}", **query}
        answer = clerks.get(CASES, params=asked, headers=bearer(code)).json()
        return [case["case_number"] for case in answer["items"]]

    assert (found(HANGJIN), found(DALAD)) == (["1"], ["2"])
    assert found(HANGJIN, office=DALAD) == []


# What earlier releases wrote: references as texts, which the proceeding still holds.

EARLIER = {
    "linked": [
        f"litigation:{SUIT}",
        f"mediation:{MEDIATION}",
        f"litigation:{SUIT.replace('-', '')}----",  # the same one, written otherwise
        f"mediation:{'-' * 36}",  # nothing
    ],
    "merged_into": OTHER,
}
READ = (
    Link(LinkedService.LITIGATION, UUID(SUIT)),
    Link(LinkedService.MEDIATION, UUID(MEDIATION)),
)


def test_earlier_references_are_read_and_go_on(office: Office, books: Books) -> None:
    case = office.file()
    with books.database.writing() as session:
        session.execute(update(CASE_FILE).values(proceeding=EARLIER))

    shown = office.one(case)
    changed = office.step(case, "link", on=DAY, reference=a_link(OTHER))

    assert [(link["service"], link["case_id"]) for link in shown["linked"]] == [
        ("litigation", SUIT),
        ("mediation", MEDIATION),
    ]
    assert shown["merged_into"] == OTHER
    assert [link["case_id"] for link in changed["linked"]] == [SUIT, MEDIATION, OTHER]
    assert books.count(LINKS) == 4
    (told,) = office.client.get("/reconsideration/books").json()["items"]
    event = ReconsiderationEvent.model_validate_json(books.number()[-1].payload)
    assert told["digest"] == digest(event.data.facts)


def test_a_step_is_taken_back_to_what_an_earlier_release_had_kept(office: Office, books: Books) -> None:
    case = linked(office, office.file(), a_link(OTHER))
    with books.database.writing() as session:
        row, former = repository.former.last(session, UUID(case["id"])) or pytest.fail("nothing is kept")
        told = orjson.loads(repository.former._CASE.dump_json(former))
        told["proceeding"] |= EARLIER
        key = VAULT.open_keys(session, [row.case_id])[row.case_id]
        sealed = key.seal(table="former", column="content", row=row.case_id, value=json.dumps(told))
        session.execute(update(FormerRow).values(content=sealed))

    undone = office.step(case, "undo")

    assert [link["case_id"] for link in undone["linked"]] == [SUIT, MEDIATION]
    assert numbers(office, f"mediation/{MEDIATION}") == [case["case_number"]]


def test_the_migration_makes_earlier_references_findable(empty_url: str) -> None:
    database = Database(empty_url, METADATA)
    migrate_to(database, MIGRATIONS, "0006")
    kept = [Kept(place, office=office) for place, office in enumerate((HANGJIN, HANGJIN, DALAD))]
    keep(database, kept)
    with database.writing() as session:
        for case in kept[1:]:
            session.execute(update(CASE_FILE).where(CASE_FILE.c.id == case.id).values(proceeding=EARLIER))

    assert migrate(database, MIGRATIONS)

    with database.reading() as session:
        rows = session.execute(LINKS.select()).all()
        assert {(row.case_id, row.office, row.service, row.linked_id) for row in rows} == {
            (case.id, case.office, link.service.value, link.case_id)
            for case in kept[1:]
            for link in (*READ, Link(LinkedService.RECONSIDERATION, UUID(OTHER)))
        }
        assert set(repository.link_rows.naming(session, READ[0])) == {case.id for case in kept[1:]}
    database.dispose()
