"""For whom a party acts: said when it is registered or corrected, within one case, refused by rules and database."""

from collections.abc import Iterator
from datetime import date, timedelta
from importlib import import_module
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.kit.crowd import at_once
from tests.kit.party_desk import Desk, opened_desk
from tests.support.earlier import migrate_to
from tests.support.vaults import NOW

AGENT = {"role": "agent"}
TODAY = date(2026, 11, 22)
NO_DAYS = {"powers": None, "mandate_on": None, "ended_on": None}


@pytest.fixture
def desk(database_url: str, tmp_path: Path) -> Iterator[Desk]:
    with opened_desk(database_url, tmp_path) as opened:
        yield opened


def register(desk: Desk, case_id: UUID, **values: Any) -> Any:
    body = {"role": "agent", "kind": "natural", "name": "李四"} | values
    return desk.send("POST", f"/cases/{case_id}/parties", body)


def an_agent(desk: Desk, case_id: UUID, *principals: str, **values: Any) -> str:
    answer = register(desk, case_id, acts_for=[{"party_id": each} for each in principals], **values)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["code"]


def shown(desk: Desk, case_id: UUID, party: str) -> list[dict[str, Any]]:
    items = desk.send("GET", f"/cases/{case_id}/parties").json()["items"]
    (found,) = [item["acts_for"] for item in items if item["id"] == party]
    return list(found)


def test_an_agent_is_registered_for_whom_it_acts_with_its_mandate(desk: Desk) -> None:
    case_id = desk.a_case()
    applicant, other = desk.a_party(case_id), desk.a_party(case_id, role="third_party")
    mandate = {"party_id": applicant, "powers": "special", "mandate_on": "2026-11-20", "ended_on": None}

    answer = register(desk, case_id, acts_for=[mandate, {"party_id": other}])

    assert answer.status_code == 201, answer.text
    assert answer.json()["acts_for"] == [mandate, {"party_id": other, **NO_DAYS}]
    assert shown(desk, case_id, answer.json()["id"]) == answer.json()["acts_for"]
    assert shown(desk, case_id, applicant) == []


def test_whoever_says_nothing_of_it_registers_and_corrects_as_before(desk: Desk) -> None:
    case_id = desk.a_case()
    applicant = desk.a_party(case_id)
    silent = desk.a_party(case_id, **AGENT)
    agent = an_agent(desk, case_id, applicant)

    corrected = desk.send(
        "PUT", f"/cases/{case_id}/parties/{agent}", {"role": "agent", "kind": "natural", "name": "王五"}
    )

    assert shown(desk, case_id, silent) == []
    assert corrected.json()["acts_for"] == [{"party_id": applicant, **NO_DAYS}]


def test_a_correction_names_all_for_whom_it_acts_anew(desk: Desk) -> None:
    case_id = desk.a_case()
    first, second = desk.a_party(case_id), desk.a_party(case_id)
    agent = an_agent(desk, case_id, first)
    path, body = f"/cases/{case_id}/parties/{agent}", {"role": "agent", "kind": "natural", "name": "李四"}

    changed = desk.send("PUT", path, body | {"acts_for": [{"party_id": second}]})
    emptied = desk.send("PUT", path, body | {"acts_for": []})
    again = desk.send("PUT", path, body | {"acts_for": [{"party_id": first}]})
    silent = desk.send("PUT", path, body | {"role": "applicant"})

    assert [each["party_id"] for each in changed.json()["acts_for"]] == [second]
    assert emptied.json()["acts_for"] == []
    assert [each["party_id"] for each in again.json()["acts_for"]] == [first]
    # An applicant acts for nobody, and nobody has to say so.
    assert (silent.status_code, silent.json()["acts_for"]) == (200, [])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"role": "third_party"}, "party.acts_for_nobody"),
        ({"role": "representative", "powers": "general"}, "party.no_mandate"),
        ({"mandate_on": "2026-11-23"}, "party.mandate_in_future"),
        ({"mandate_on": "2026-11-20", "ended_on": "2026-11-19"}, "party.mandate_ended_before"),
        ({"powers": "all"}, "request.malformed"),
    ],
)
def test_what_no_law_knows_is_refused_with_a_sentence(desk: Desk, values: dict[str, str], code: str) -> None:
    case_id = desk.a_case()
    of_mandate = {name: value for name, value in values.items() if name != "role"}
    role = values.get("role", "agent")

    answer = register(desk, case_id, role=role, acts_for=[{"party_id": desk.a_party(case_id), **of_mandate}])

    assert refusal(answer) == (422, code)


def test_only_roles_that_have_an_agent_are_acted_for_and_nobody_acts_for_himself(desk: Desk) -> None:
    case_id = desk.a_case()
    witness, applicant = desk.a_party(case_id, role="witness"), desk.a_party(case_id)
    agent = an_agent(desk, case_id, applicant)

    itself = desk.send(
        "PUT",
        f"/cases/{case_id}/parties/{agent}",
        {"role": "agent", "kind": "natural", "name": "李四", "acts_for": [{"party_id": agent}]},
    )

    assert refusal(register(desk, case_id, acts_for=[{"party_id": witness}])) == (
        422,
        "party.not_represented",
    )
    assert refusal(register(desk, case_id, acts_for=[{"party_id": agent}])) == (422, "party.not_represented")
    assert refusal(itself) == (422, "party.acts_for_itself")


def test_a_party_of_another_case_is_answered_like_one_that_is_not(desk: Desk) -> None:
    ours, other, theirs = desk.a_case(), desk.a_case(), desk.a_case("theirs")
    removed = desk.a_party(ours)
    assert desk.send("DELETE", f"/cases/{ours}/parties/{removed}").status_code == 204
    strangers = [desk.a_party(other), desk.a_party(theirs, by="neighbour"), removed, str(uuid4())]

    answers = [register(desk, ours, acts_for=[{"party_id": each}]) for each in strangers]

    assert [refusal(answer) for answer in answers] == [(404, "party.not_found")] * 4
    told = [{key: value for key, value in answer.json().items() if key != "trace_id"} for answer in answers]
    assert all(each["detail"] == told[0]["detail"] for each in told)
    assert not any(stranger in answer.text for stranger, answer in zip(strangers, answers, strict=True))
    assert desk.send("GET", f"/cases/{ours}/parties").json() == {"items": []}


def test_a_third_agent_of_one_principal_is_refused_until_a_mandate_has_ended(desk: Desk) -> None:
    case_id = desk.a_case()
    applicant, other = desk.a_party(case_id), desk.a_party(case_id)
    first, _ = an_agent(desk, case_id, applicant, other), an_agent(desk, case_id, applicant)
    third = {"acts_for": [{"party_id": applicant}]}

    refused = register(desk, case_id, **third)
    an_agent(desk, case_id, other)
    an_agent(desk, case_id, applicant, role="representative")
    ended = desk.send(
        "PUT",
        f"/cases/{case_id}/parties/{first}",
        {
            "role": "agent",
            "kind": "natural",
            "name": "李四",
            "acts_for": [{"party_id": applicant, "ended_on": "2026-11-21"}],
        },
    )

    assert refusal(refused) == (422, "party.too_many_agents")
    assert ended.status_code == 200
    assert register(desk, case_id, **third).status_code == 201


def test_who_is_acted_for_stays_until_nobody_acts_for_them(desk: Desk) -> None:
    case_id = desk.a_case()
    applicant = desk.a_party(case_id)
    agent = an_agent(desk, case_id, applicant)
    path = f"/cases/{case_id}/parties/{applicant}"

    removed = desk.send("DELETE", path)
    changed = desk.send("PUT", path, {"role": "witness", "kind": "natural", "name": "张三"})

    assert refusal(removed) == (409, "party.acted_for")
    assert refusal(changed) == (422, "party.not_represented")
    assert desk.send("DELETE", f"/cases/{case_id}/parties/{agent}").status_code == 204
    assert desk.send("DELETE", path).status_code == 204


def test_of_four_agents_at_once_two_are_taken(desk: Desk) -> None:
    case_id = desk.a_case()
    applicant = desk.a_party(case_id)

    answers = at_once(4, lambda _: register(desk, case_id, acts_for=[{"party_id": applicant}]))

    assert sorted(answer.status_code for answer in answers) == [201, 201, 422, 422]


def test_an_erased_case_still_tells_who_acted_for_whom_by_id_alone(desk: Desk) -> None:
    case_id = desk.a_case()
    applicant = desk.a_party(case_id)
    agent = an_agent(desk, case_id, applicant)
    body = {"ground": "court_order", "confirm": str(case_id)}

    assert desk.send("POST", f"/cases/{case_id}/erasure", body, by="head").status_code == 204

    assert [each["party_id"] for each in shown(desk, case_id, agent)] == [applicant]


@pytest.mark.parametrize(
    "wrong",
    ["another case", "nobody", "itself", "powers", "days"],
)
def test_the_database_refuses_what_the_rules_refuse(desk: Desk, wrong: str) -> None:
    case_id, other = desk.a_case(), desk.a_case()
    applicant, stranger = desk.a_party(case_id), desk.a_party(other)
    agent = desk.a_party(case_id, **AGENT)
    table = desk.database.metadata.tables["party_acts_for"]
    row: dict[str, Any] = {"case_id": case_id, "party_id": UUID(agent), "principal_id": UUID(applicant)}
    broken: dict[str, dict[str, Any]] = {
        "another case": {"principal_id": UUID(stranger)},
        "nobody": {"principal_id": uuid4()},
        "itself": {"principal_id": UUID(agent)},
        "powers": {"powers": "all"},
        "days": {"mandate_on": TODAY, "ended_on": TODAY - timedelta(days=1)},
    }

    with pytest.raises(IntegrityError), desk.database.writing() as session:
        session.execute(insert(table).values(row | broken[wrong]))

    with desk.database.writing() as session:
        session.execute(insert(table).values(row))
        assert len(session.execute(select(table)).all()) == 1


BEFORE = {"reconsideration": "0009", "mediation": "0003", "litigation": "0004"}


@pytest.mark.parametrize("service", BEFORE)
def test_parties_of_an_earlier_release_stay_and_act_for_nobody(empty_url: str, service: str) -> None:
    module = import_module(f"services.{service}.main")
    models = import_module(f"services.{service}.models")
    database = Database(empty_url, models.METADATA)
    case_id, party_id = uuid4(), uuid4()
    row = {
        "id": party_id,
        "case_id": case_id,
        "version": 1,
        "role": "agent",
        "kind": "natural",
        "recorded_at": NOW,
    }
    migrate_to(database, module.MIGRATIONS, BEFORE[service])
    with database.writing() as session:
        session.execute(insert(models.TABLES.parties.table).values(row))

    migrate(database, module.MIGRATIONS)

    with database.reading() as session:
        assert models.TABLES.parties.roles(session, case_id) == {party_id: "agent"}
        assert models.TABLES.parties.acting(session, case_id) == {}
    database.dispose()


@pytest.mark.parametrize(
    ("service", "most", "article"),
    [
        ("reconsideration", 2, "行政复议法第十七条第一款"),
        ("litigation", 2, "行政诉讼法第三十一条第一款"),
        ("mediation", None, ""),
    ],
)
def test_each_service_says_by_its_own_law_who_acts_for_whom(
    service: str, most: int | None, article: str
) -> None:
    terms = import_module(f"services.{service}.terms")
    roles = {role.value for role in terms.PartyRole}
    rules = terms.ROLES_THAT_ACT

    assert set(rules) <= roles
    for rule in rules.values():
        assert rule.principals <= roles - set(rules)
        assert (rule.most is None) == (rule.too_many == "")
    assert (rules["agent"].most, rules["agent"].by_mandate) == (most, True)
    assert article in rules["agent"].too_many
    assert [role for role, rule in rules.items() if rule.by_mandate] == ["agent"]
