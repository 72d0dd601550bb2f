"""The routes for parties: masked everywhere, in full only for a stated purpose, and never beyond the caller's reach."""

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from tests.kit.party_desk import A_PERSON, NUMBER, PLAIN, Desk, opened_desk


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(database_url, tmp_path) as opened:
        yield opened


def test_a_party_is_registered_and_shown_masked(desk: Desk) -> None:
    case_id = desk.a_case()

    answer = desk.send("POST", f"/cases/{case_id}/parties", A_PERSON)
    listed = desk.send("GET", f"/cases/{case_id}/parties")

    shown = answer.json()
    assert answer.status_code == 201
    assert answer.headers["location"] == f"/mediation/cases/{case_id}/parties/{shown['id']}"
    assert answer.headers["etag"] == '"1"'
    assert (shown["name"], shown["id_number"]) == ("张**", f"11{'*' * 14}{NUMBER[-2:]}")
    assert (shown["phone"], shown["address"]) == ("138******78", "鄂尔多斯市东****")
    assert listed.status_code == 200
    assert [(item["id"], item["name"]) for item in listed.json()["items"]] == [(shown["id"], "张**")]
    for each in (answer, listed):
        assert each.headers["cache-control"] == "no-store"
        assert not any(value in each.text for value in PLAIN.values())
    assert desk.audited() == [("clerk", "party.added", shown["id"], None)]


def test_the_full_values_leave_for_a_purpose_and_are_written_down(desk: Desk) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)

    answer = desk.send("POST", f"/cases/{case_id}/parties/{party}/reveal", {"purpose": "hearing"})

    assert answer.status_code == 200
    assert {field: answer.json()[field] for field in PLAIN} == PLAIN
    assert answer.headers["cache-control"] == "no-store"
    assert desk.audited()[-1] == ("clerk", "party.revealed", party, "hearing")
    assert desk.spent == [("clerk", "party.reveal")]


@pytest.mark.parametrize("body", [{}, {"purpose": "curiosity"}, {"purpose": "hearing", "more": 1}])
def test_without_a_purpose_nothing_is_revealed(desk: Desk, body: dict[str, Any]) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)

    answer = desk.send("POST", f"/cases/{case_id}/parties/{party}/reveal", body)

    assert answer.status_code == 422
    assert NUMBER not in answer.text


def test_too_many_reveals_are_refused_and_nothing_is_shown(desk: Desk) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)
    desk.limit = 2

    answers = [
        desk.send("POST", f"/cases/{case_id}/parties/{party}/reveal", {"purpose": "contact"})
        for _ in range(4)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1].headers["retry-after"] == "60"
    assert [entry[1] for entry in desk.audited()].count("party.revealed") == 2


def test_a_correction_names_its_version_and_the_old_values_are_gone(desk: Desk) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)
    path = f"/cases/{case_id}/parties/{party}"

    changed = desk.send("PUT", path, A_PERSON | {"name": "李四"}, **{"If-Match": '"1"'})
    stale = desk.send("PUT", path, A_PERSON | {"name": "王五"}, **{"If-Match": '"1"'})

    assert (changed.status_code, changed.json()["name"], changed.json()["version"]) == (200, "李*", 2)
    assert stale.status_code == 412
    plain = desk.send("POST", f"{path}/reveal", {"purpose": "contact"}).json()
    assert plain["name"] == "李四"


def test_a_removed_party_is_gone(desk: Desk) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)

    answer = desk.send("DELETE", f"/cases/{case_id}/parties/{party}", **{"If-Match": '"1"'})

    assert answer.status_code == 204
    assert desk.send("GET", f"/cases/{case_id}/parties").json() == {"items": []}
    assert desk.send("DELETE", f"/cases/{case_id}/parties/{party}").status_code == 404
    done = [entry for entry in desk.audited() if not entry[2].startswith("DELETE")]
    assert done[-1] == ("clerk", "party.removed", party, None)


def test_the_same_request_registers_once_and_keeps_no_plain_value(desk: Desk) -> None:
    case_id = desk.a_case()

    answers = [
        desk.send("POST", f"/cases/{case_id}/parties", A_PERSON, **{"Idempotency-Key": "k"}) for _ in range(3)
    ]

    assert [answer.status_code for answer in answers] == [201] * 3
    assert len({answer.json()["id"] for answer in answers}) == 1
    stored = desk.stored()
    assert not any(value in stored for value in (*PLAIN.values(), "138******78", "张**"))


def test_an_answer_that_was_kept_goes_with_the_case(desk: Desk) -> None:
    case_id = desk.a_case()
    desk.send("POST", f"/cases/{case_id}/parties", A_PERSON, **{"Idempotency-Key": "k"})
    body = {"ground": "court_order", "confirm": str(case_id)}
    assert desk.send("POST", f"/cases/{case_id}/erasure", body, by="head").status_code == 204

    again = desk.send("POST", f"/cases/{case_id}/parties", A_PERSON, **{"Idempotency-Key": "k"})

    assert (again.status_code, again.json()["code"]) == (409, "party.case_erased")


def test_a_foreign_case_is_refused_like_one_that_is_not(desk: Desk) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)

    def attempts(case: UUID, who: str) -> list[tuple[int, Any]]:
        asked = [
            ("GET", f"/cases/{case}/parties", None),
            ("POST", f"/cases/{case}/parties", A_PERSON),
            ("PUT", f"/cases/{case}/parties/{party}", A_PERSON),
            ("DELETE", f"/cases/{case}/parties/{party}", None),
            ("POST", f"/cases/{case}/parties/{party}/reveal", {"purpose": "contact"}),
        ]
        answers = [desk.send(method, path, body, by=who) for method, path, body in asked]
        return [(answer.status_code, answer.json()["code"]) for answer in answers]

    foreign = attempts(case_id, "neighbour")
    missing = attempts(uuid4(), "neighbour")

    assert foreign == missing == [(404, "mediation.case_not_found")] * 5
    assert desk.send("GET", f"/cases/{case_id}/parties").json()["items"][0]["version"] == 1


def test_a_party_is_not_reached_through_another_case(desk: Desk) -> None:
    ours, other = desk.a_case(), desk.a_case("theirs")
    party = desk.a_party(other, by="neighbour")

    answer = desk.send("POST", f"/cases/{ours}/parties/{party}/reveal", {"purpose": "contact"})

    assert (answer.status_code, answer.json()["code"]) == (404, "party.not_found")


def test_a_role_that_is_shown_facts_only_sees_no_party(desk: Desk) -> None:
    case_id = desk.a_case()
    desk.a_party(case_id)

    answer = desk.send("GET", f"/cases/{case_id}/parties", by="viewer")
    found = desk.send("POST", "/parties/search", {"id_number": NUMBER}, by="viewer")

    assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    assert found.json() == {"items": []}


def test_roles_do_only_what_the_policy_gives_them(desk: Desk) -> None:
    case_id = desk.a_case()
    party = desk.a_party(case_id)

    refused = [
        desk.send("POST", f"/cases/{case_id}/parties/{party}/reveal", {"purpose": "contact"}, by="head"),
        desk.send("POST", f"/cases/{case_id}/parties", A_PERSON, by="viewer"),
        desk.send("POST", f"/cases/{case_id}/erasure", {"ground": "court_order", "confirm": str(case_id)}),
        desk.send("POST", "/parties/search", {"id_number": NUMBER}, by="head"),
        desk.send("GET", f"/cases/{case_id}/parties", by="stranger"),
    ]

    assert [answer.status_code for answer in refused] == [403, 403, 403, 403, 401]


def test_a_search_finds_within_reach_only_and_is_written_down(desk: Desk) -> None:
    ours, theirs = desk.a_case(), desk.a_case("theirs")
    party, _ = desk.a_party(ours), desk.a_party(theirs, by="neighbour")

    answer = desk.send("POST", "/parties/search", {"id_number": NUMBER.lower()})

    assert answer.json() == {"items": [{"case_id": str(ours), "party_id": party, "role": "applicant"}]}
    assert answer.headers["cache-control"] == "no-store"
    assert desk.audited()[-2:] == [
        ("clerk", "party.searched", "-", None),
        ("clerk", "party.found", party, None),
    ]
    assert desk.spent == [("clerk", "party.search")]


def test_an_erasure_is_confirmed_counted_and_final(desk: Desk) -> None:
    case_id, other = desk.a_case(), desk.a_case()
    desk.a_party(case_id)
    body = {"ground": "retention_ended", "confirm": str(case_id)}

    wrong = desk.send("POST", f"/cases/{case_id}/erasure", body | {"confirm": str(other)}, by="head")
    before = desk.send("GET", f"/cases/{case_id}/parties").json()["items"][0]
    answers = [desk.send("POST", f"/cases/{case_id}/erasure", body, by="head") for _ in range(2)]
    after = desk.send("GET", f"/cases/{case_id}/parties").json()["items"][0]
    again = desk.send("POST", f"/cases/{case_id}/parties", A_PERSON)

    assert (wrong.status_code, wrong.json()["code"]) == (422, "party.erasure_not_confirmed")
    assert (before["name"], before["erased"]) == ("张**", False)
    assert [answer.status_code for answer in answers] == [204, 204]
    assert (after["name"], after["id_number"], after["erased"]) == (None, None, True)
    assert (again.status_code, again.json()["code"]) == (409, "party.case_erased")
    assert ("head", "party.case_erased", str(case_id), "retention_ended") in desk.audited()
    assert {each.case_id for each in desk.destroyed.read()} == {case_id}
    assert desk.spent == [("head", "party.erase")] * 2
    found = desk.send("POST", "/parties/search", {"id_number": NUMBER})
    assert found.json() == {"items": []}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"id_number": NUMBER[:-1] + "0" if NUMBER[-1] != "0" else "1"}, "party.identity_number_wrong"),
        ({"phone": "12345678901"}, "party.phone_wrong"),
        ({"name": NUMBER}, "party.name_wrong"),
        ({"role": "judge"}, "request.malformed"),
        ({"name": "张\x00三"}, "request.malformed"),
        ({"name": "某" * 101}, "request.malformed"),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, dict) else None,
)
def test_what_is_wrong_is_refused_without_being_repeated(
    desk: Desk, values: dict[str, str], code: str
) -> None:
    case_id = desk.a_case()

    answer = desk.send("POST", f"/cases/{case_id}/parties", A_PERSON | values)

    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert not any(value in answer.text for value in (*PLAIN.values(), *values.values()))


def test_no_plain_value_reaches_a_table_or_a_log(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        case_id = desk.a_case()
        party = desk.a_party(case_id)
        path = f"/cases/{case_id}/parties/{party}"
        desk.send("PUT", path, A_PERSON)
        desk.send("PUT", path, A_PERSON | {"phone": "1"})
        desk.send("POST", f"{path}/reveal", {"purpose": "contact"})
        desk.send("POST", "/parties/search", {"id_number": NUMBER})
        desk.database.engine.dispose()
        desk.send("POST", f"/cases/{uuid4()}/parties", A_PERSON)
        root.debug("seen %s", case_id)
    finally:
        root.removeHandler(handler)
        root.setLevel(level)

    said = written.getvalue() + "".join(capsys.readouterr())
    forbidden = [*PLAIN.values(), NUMBER[-6:], "19900101"]
    assert str(case_id) in said  # the log is heard
    assert [value for value in forbidden if value in said] == []
    assert [value for value in forbidden if value in desk.stored()] == []
