"""Whether those who must take part are registered, and for whom they act: never named (ARL 14-17, 30; 实施条例 8)."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services.reconsideration import labels, main
from services.reconsideration.domain.intake import open_points
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.domain.taking_part import Registered, TakesPart
from services.reconsideration.models import PARTIES
from services.reconsideration.terms import PartyRole
from shared.kit.party_entries import PartyEntry, PartyKind
from tests.reconsideration.builders import ACCEPT, NOW, applied, lived, received
from tests.reconsideration.office import CASES, HEADS, Books, Json, Office, heads_of, refused
from tests.reconsideration.walking import ACCEPT as ACCEPTING
from tests.support.suites import NOWHERE, client_of, settings

APPLICANT, REPRESENTATIVE, AGENT = PartyRole.APPLICANT, PartyRole.REPRESENTATIVE, PartyRole.AGENT
THIRD_PARTY, GUARDIAN = PartyRole.THIRD_PARTY, PartyRole.LEGAL_REPRESENTATIVE
TOO_MANY, SILENT = "限额", "没有写明为哪位"


def those(*parties: PartyRole | tuple[PartyRole, Iterable[int]]) -> Registered:
    """Parties in their order; who acts for others names them by their places, from nought."""
    told = [each if isinstance(each, tuple) else (each, ()) for each in parties]
    return {
        UUID(int=place): TakesPart(role, frozenset(UUID(int=each) for each in acts_for))
        for place, (role, acts_for) in enumerate(told)
    }


@pytest.mark.parametrize(
    ("registered", "word"),
    [
        pytest.param(those(), "尚未登记申请人", id="nobody"),
        pytest.param(those(*[APPLICANT] * 6), "代表", id="six-without-representative"),
        pytest.param(those(*[APPLICANT] * 9, *[REPRESENTATIVE] * 6), "代表", id="six-representatives"),
        pytest.param(those(APPLICANT, (AGENT, [0]), AGENT), "有 1 名代理人没有写明", id="whose-agent"),
        pytest.param(those(APPLICANT, AGENT, GUARDIAN), "有 1 名法定代理人没有写明", id="whose-guardian"),
        pytest.param(those(APPLICANT, AGENT, AGENT, AGENT), TOO_MANY, id="three-silent-agents-of-one"),
        pytest.param(those(APPLICANT, (AGENT, [0]), (AGENT, [0]), AGENT), TOO_MANY, id="no-room-left"),
        pytest.param(those(APPLICANT, THIRD_PARTY, *[(AGENT, [0])] * 3), TOO_MANY, id="three-of-one-of-two"),
        pytest.param(
            those(APPLICANT, APPLICANT, *[(AGENT, [0, 1])] * 2, AGENT), TOO_MANY, id="two-who-act-for-both"
        ),
    ],
)
def test_who_is_missing_or_too_many_is_an_open_point(registered: Registered, word: str) -> None:
    assert any(word in each for each in open_points(lived(ACCEPT), registered))


@pytest.mark.parametrize(
    ("registered", "word"),
    [
        pytest.param(those(APPLICANT, *[(AGENT, [0])] * 2), SILENT, id="all-say-for-whom"),
        pytest.param(
            those(APPLICANT, APPLICANT, (AGENT, [0]), AGENT, AGENT, AGENT), TOO_MANY, id="room-for-all"
        ),
        pytest.param(those(APPLICANT, REPRESENTATIVE), SILENT, id="a-representative-of-those-who-chose"),
        pytest.param(those(AGENT), TOO_MANY, id="before-any-principal"),
    ],
)
def test_what_may_be_right_is_not_told_as_wrong(registered: Registered, word: str) -> None:
    assert not any(word in each for each in open_points(lived(ACCEPT), registered))


def test_whoever_is_registered_as_the_law_wants_leaves_nothing_open() -> None:
    agents = [(AGENT, [place]) for place in (0, 0, 1, 7)]
    registered = those(*[APPLICANT] * 6, REPRESENTATIVE, THIRD_PARTY, *agents, (GUARDIAN, [2]))

    found = open_points(received(applied(Application(applicant_count=6))), registered)

    assert not [each for each in found if "申请人" in each or "代理人" in each]


@pytest.fixture
def heads(database_url: str, tmp_path: Path) -> Iterator[Office]:
    service = main.create(
        settings(database_url, tmp_path), nats_url=NOWHERE, clock=lambda: NOW, directory=HEADS
    )
    with client_of(service) as client:
        yield heads_of(client)


def an_agent(heads: Office, case: Json, **values: Any) -> Any:
    body = {"role": "agent", "kind": "natural", "name": "律师", **values}
    return heads.client.post(f"{CASES}/{case['id']}/parties", json=body)


def test_a_case_tells_of_agents_who_do_not_say_for_whom_they_act(heads: Office) -> None:
    case = heads.file()
    applicant = heads.party(case, "applicant")
    silent, told = an_agent(heads, case), an_agent(heads, case, acts_for=[{"party_id": applicant}])

    before = [each for each in heads.one(case)["open_points"] if "代理人" in each]
    path = f"{CASES}/{case['id']}/parties/{silent.json()['id']}"
    acts_for = [{"party_id": applicant, "mandate_on": "2024-03-01", "ended_on": "2024-03-05"}]
    body = {"role": "agent", "kind": "natural", "name": "律师", "acts_for": acts_for}
    assert heads.client.put(path, json=body).status_code == 200
    after = [each for each in heads.one(case)["open_points"] if "代理人" in each]

    assert told.status_code == 201
    assert before == ["有 1 名代理人没有写明为哪位申请人、第三人代理（第十四条第三款、第十七条）。"]
    assert after == []


def test_a_third_agent_of_one_applicant_is_refused_by_the_article(heads: Office) -> None:
    case = heads.file()
    acts_for = [{"party_id": heads.party(case, "applicant")}]

    answers = [an_agent(heads, case, acts_for=acts_for) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 201, 422]
    refused(answers[2], 422, "party.too_many_agents")
    assert "行政复议法第十七条第一款" in answers[2].json()["detail"]


def test_agents_who_do_not_say_for_whom_keep_no_case_from_acceptance(heads: Office) -> None:
    case = heads.file()
    heads.party(case, "applicant")
    for _ in range(3):
        assert an_agent(heads, case).status_code == 201

    assert heads.step(case, "accept", **ACCEPTING)["status"] == "accepted"
    assert any(TOO_MANY in each for each in heads.one(case)["open_points"])


@pytest.mark.parametrize(
    ("role", "principal", "code"),
    [
        ("representative", "third_party", "party.not_represented"),
        ("agent", "representative", "party.not_represented"),
        ("third_party", "applicant", "party.acts_for_nobody"),
        ("legal_representative", "third_party", None),
        ("representative", "applicant", None),
    ],
)
def test_each_role_acts_for_those_whom_the_act_names(
    heads: Office, role: str, principal: str, code: str | None
) -> None:
    case = heads.file()
    acts_for = [{"party_id": heads.party(case, principal)}]

    answer = an_agent(heads, case, role=role, acts_for=acts_for)

    assert answer.json().get("code") == code


def test_a_preview_of_acceptance_warns_while_no_applicant_is_registered(office: Office, books: Books) -> None:
    case = office.file()
    preview = f"{CASES}/{case['id']}/steps/accept/preview"

    before = office.client.post(preview, json=ACCEPTING).json()["open_points"]
    entry = PartyEntry(role=APPLICANT.value, kind=PartyKind.NATURAL, name="测试甲")
    with books.database.writing() as session:
        PARTIES.add(session, UUID(case["id"]), entry, NOW)
    after = office.client.post(preview, json=ACCEPTING).json()["open_points"]

    assert [each for each in before if each not in after] == [
        "尚未登记申请人：受理须有明确的申请人（第三十条第一款第一项），是否重复申请也据此查对。"
    ]
    assert office.one(case)["open_points"] == [each for each in after if "承办人" not in each]


def test_a_legal_representative_takes_part_in_a_role_of_its_own() -> None:
    assert labels.PARTY_ROLES[PartyRole.LEGAL_REPRESENTATIVE] == "法定代理人"
    assert set(labels.PARTY_ROLES) == set(PartyRole)
