"""The same applicant on the same act once more: what bars acceptance, and what does not (ARL 30(1)(七), 74(2))."""

from typing import Any
from uuid import UUID

import pytest

from services.reconsideration.models import PARTIES
from services.reconsideration.terms import PartyRole
from shared.kit.party_entries import PartyEntry, PartyKind
from tests.reconsideration.builders import NOW
from tests.reconsideration.office import CASES, Books, Json, Office, refused
from tests.reconsideration.walking import ACCEPT, DECLINE, MEDIATED

ACT = {"act_number": "杭公罚决字〔2024〕3号"}
APPLICANT = PartyEntry(
    role=PartyRole.APPLICANT.value, kind=PartyKind.NATURAL, name="测试甲", id_number="110105194912310021"
)
WITHDRAWN = ("withdraw", {"on": "2024-03-20", "withdraw_reason": "settled"})


def filed(office: Office, books: Books, number: str, **what_matters: Any) -> Json:
    """An application of the one applicant on the one act."""
    case = office.file(case_number=number, **ACT, **what_matters)
    with books.database.writing() as session:
        PARTIES.add(session, UUID(case["id"]), APPLICANT, NOW)
    return case


@pytest.mark.parametrize("ending", [None, ("sign_mediation", MEDIATED)])
def test_an_application_that_was_accepted_before_bars_another(
    office: Office, books: Books, ending: tuple[str, Json] | None
) -> None:
    earlier = office.step(filed(office, books, "1"), "accept", **ACCEPT)
    office.walk(earlier, [ending] if ending else [])
    again = filed(office, books, "2")

    answer = office.try_step(again, "accept", {**ACCEPT, "withdrawal_not_voluntary": True})

    refused(answer, 409, "reconsideration.already_accepted")


@pytest.mark.parametrize(
    "ending", [("decline", DECLINE), ("withdraw_before_acceptance", {"on": "2024-03-06"})]
)
def test_an_application_that_was_never_accepted_bars_none(
    office: Office, books: Books, ending: tuple[str, Json]
) -> None:
    office.walk(filed(office, books, "1"), [ending])

    office.step(filed(office, books, "2"), "accept", **ACCEPT)


def test_who_withdrew_does_not_apply_again_unless_it_was_against_their_will(
    office: Office, books: Books
) -> None:
    office.walk(filed(office, books, "1"), [("accept", ACCEPT), WITHDRAWN])
    again = filed(office, books, "2")

    problem = refused(office.try_step(again, "accept", ACCEPT), 409, "reconsideration.withdrawn_already")
    accepted = office.step(again, "accept", **ACCEPT, withdrawal_not_voluntary=True)

    assert problem["field"] == "withdrawal_not_voluntary"
    assert accepted["status"] == "accepted"
    assert office.one(again)["proceeding"]["acceptance"]["is_withdrawal_not_voluntary"]


def test_a_preview_tells_of_the_earlier_application_too(office: Office, books: Books) -> None:
    office.step(filed(office, books, "1"), "accept", **ACCEPT)
    again = filed(office, books, "2")

    answer = office.client.post(f"{CASES}/{again['id']}/steps/accept/preview", json=ACCEPT)

    refused(answer, 409, "reconsideration.already_accepted")
