"""What a clerk entered for a step can be read back from the case: dates, declarations, persons, papers."""

from tests.reconsideration.office import Office
from tests.reconsideration.walking import TO_REVIEW


def test_a_notice_that_nobody_has_entered_is_shown_as_missing_until_it_is(office: Office) -> None:
    case = office.accepted()
    office.step(case, "suspend", on="2024-03-08", ground="S5", reason="洪水")

    missing = office.one(case)["notices_missing"]
    office.step(case, "record_notice", on="2024-03-11", of="suspension")

    assert missing == [{"of": "suspension", "label": "中止", "number": 0, "on": "2024-03-08"}]
    shown = office.one(case)
    assert shown["notices_missing"] == []
    assert shown["proceeding"]["handling"]["suspensions"][0]["notified_on"] == "2024-03-11"


def test_a_reply_without_evidence_and_a_third_partys_evidence_are_shown(office: Office) -> None:
    sent = office.walk(office.accepted(), TO_REVIEW[:1])
    office.step(sent, "record_reply", on="2024-03-18", with_evidence=False)
    office.step(sent, "record_evidence", on="2024-03-25", by="third_party")

    handling = office.one(sent)["proceeding"]["handling"]

    assert (handling["replied_on"], handling["replied_without_evidence"]) == ("2024-03-18", True)
    assert handling["third_party_evidence_on"] == "2024-03-25"
