"""What a clerk entered for a step can be read back from the case: dates, declarations, persons, papers."""

from tests.reconsideration.office import Office
from tests.reconsideration.walking import ACCEPT, MEDIATED, TO_REVIEW


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


def test_what_was_declared_of_a_summary_case_a_suspension_and_a_mediation_is_shown(office: Office) -> None:
    basis = {"procedure": "summary", "summary_basis": "small_amount", "is_clear": True, "amount_fen": 90_000}
    case = office.step(office.file(), "accept", **ACCEPT | basis)
    office.step(case, "suspend", on="2024-03-08", ground="S6", reason="正在调解", both_agree=True)
    office.step(case, "resume", on="2024-03-12", reason="调解成功")
    office.step(case, "sign_mediation", **MEDIATED)

    proceeding = office.one(case)["proceeding"]

    assert proceeding["handling"]["is_clear"] is True
    assert proceeding["handling"]["amount_fen"] == 90_000
    assert proceeding["handling"]["suspensions"][0]["both_agree"] is True
    assert (proceeding["closing"]["signed_by_all"], proceeding["closing"]["sealed"]) == (True, True)


def test_any_step_may_tell_the_papers_it_rests_on(office: Office) -> None:
    case = office.accepted()
    for on, papers in (("2024-03-08", "死亡证明"), ("2024-03-18", "法院受理通知书")):
        office.step(case, "suspend", on=on, ground="S5", reason="洪水", evidence=papers)
        office.step(case, "resume", on=on, reason="消除")

    texts = office.one(case)["texts"]

    assert {key: words for key, words in texts.items() if key.startswith("evidence.")} == {
        "evidence.suspend.1": "死亡证明",
        "evidence.suspend.2": "法院受理通知书",
    }


def test_a_case_under_expertise_is_kept_without_a_due_date(office: Office) -> None:
    case = office.accepted()

    asked = office.step(case, "begin_exclusion", on="2024-03-08", kind="expert_opinion")
    ended = office.step(case, "end_exclusion", on="2024-03-18", kind="expert_opinion")

    assert (asked["status"], asked["decision_due_on"]) == ("accepted", None)
    assert ended["decision_due_on"] == "2024-05-14"
