"""Whether those who must take part are registered: counted by role, never named (ARL 14-17, 30; 实施条例 8)."""

from collections.abc import Mapping
from uuid import UUID

import pytest

from services.reconsideration import labels
from services.reconsideration.domain.intake import open_points
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.models import PARTIES
from services.reconsideration.terms import PartyRole
from shared.kit.party_entries import PartyEntry, PartyKind
from tests.reconsideration.builders import ACCEPT, NOW, applied, lived, received
from tests.reconsideration.office import CASES, Books, Office
from tests.reconsideration.walking import ACCEPT as ACCEPTING

APPLICANT, REPRESENTATIVE, AGENT = PartyRole.APPLICANT, PartyRole.REPRESENTATIVE, PartyRole.AGENT


@pytest.mark.parametrize(
    ("registered", "word"),
    [
        pytest.param({}, "尚未登记申请人", id="nobody"),
        pytest.param({APPLICANT: 6}, "代表", id="six-without-representative"),
        pytest.param({APPLICANT: 9, REPRESENTATIVE: 6}, "代表", id="six-representatives"),
        pytest.param({APPLICANT: 1, AGENT: 3}, "代理人", id="three-agents-of-one"),
    ],
)
def test_who_is_missing_or_too_many_is_an_open_point(registered: Mapping[PartyRole, int], word: str) -> None:
    assert any(word in each for each in open_points(lived(ACCEPT), registered))


def test_whoever_is_registered_as_the_law_wants_leaves_nothing_open() -> None:
    registered = {APPLICANT: 6, REPRESENTATIVE: 1, AGENT: 4, PartyRole.THIRD_PARTY: 1}

    found = open_points(received(applied(Application(applicant_count=6))), registered)

    assert not [each for each in found if "申请人" in each or "代理人" in each]


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
