"""Cases lived through over HTTP, with their papers produced and opened again by a reader of DOCX."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.reconsideration.deeming import deem_all
from services.reconsideration.models import METADATA
from shared.kit.database import Database
from tests.reconsideration.builders import CALENDAR, HANGJIN
from tests.reconsideration.desk import Desk
from tests.reconsideration.office import CASES, Json
from tests.reconsideration.walking import ALL_MET, decided, failing, to_decision
from tests.support.callers import bearer


@pytest.fixture
def database(desk: Desk, database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    yield database
    database.dispose()


def test_a_whole_case_from_the_agent_point_to_the_end_of_the_suing_period(
    desk: Desk, database: Database
) -> None:
    case = desk.file(
        "2024-03-01", channel="agent_point", agent_point="p01", at_agent_point=True, filed_on="2024-03-01"
    )
    assert (case["status"], case["case_number"]) == ("draft", "行复〔2024〕1号")
    assert desk.step(case, "forward", "2024-03-04")["acceptance_review_due_on"] == "2024-03-11"

    assert desk.refuses_paper(case, "acceptance_notice", "2024-03-04") == "paper_without_accept"
    desk.step(case, "request_supplement", "2024-03-05", papers="营业执照副本\n处罚决定书", delivered_on=None)
    desk.step(case, "deliver_supplement", "2024-03-06")
    asked = desk.paper(case, "supplement_notice", "2024-03-06")
    assert "营业执照副本" in asked
    assert "2024年3月20日" in asked
    supplemented = desk.step(case, "receive_supplement", "2024-03-12")
    assert (supplemented["status"], supplemented["acceptance_review_due_on"]) == ("received", "2024-03-19")

    # Nobody answers within the fresh five working days.
    desk.today[0] = date(2024, 3, 25)
    assert deem_all(database, calendar=CALENDAR, now=datetime(2024, 3, 25, 1, tzinfo=UTC)) == 1
    deemed = desk.one(case)
    assert (deemed["status"], deemed["accepted_on"]) == ("accepted", "2024-03-19")
    accepted_by_silence = desk.paper(case, "acceptance_notice", "2024-03-25")
    assert "鄂尔多斯市某某商贸有限公司" in accepted_by_silence
    assert "自2024年3月19日起视为受理" in accepted_by_silence
    assert "予以受理" not in accepted_by_silence

    simplified = desk.step(
        case, "choose_procedure", "2024-03-25", procedure="summary", summary_basis="consent", is_clear=True
    )
    assert simplified["decision_due_on"] == "2024-04-18"
    desk.step(case, "send_copy", "2024-03-25", received_on=None)
    desk.step(case, "send_copy", "2024-03-26", received_on="2024-03-26")
    asked_to_reply = desk.paper(case, "reply_notice", "2024-03-26")
    assert "2024年4月2日" in asked_to_reply
    assert "自收到之日起五日内" in asked_to_reply
    assert "十日内" not in asked_to_reply

    converted = desk.step(case, "convert", "2024-03-28", by="head", reason="案情比受理时复杂")
    assert converted["decision_due_on"] == "2024-05-20"  # 60 days from the original acceptance
    assert "案情比受理时复杂" in desk.paper(case, "conversion_notice", "2024-03-28")
    assert desk.step(case, "record_reply", "2024-04-08")["status"] == "under_review"

    suspended = desk.step(case, "suspend", "2024-04-12", ground="S7", reason="法律适用问题须有权机关解释")
    assert (suspended["status"], suspended["decision_due_on"]) == ("suspended", None)
    assert "法律适用问题须有权机关解释" in desk.paper(case, "suspension_notice", "2024-04-12")
    resumed = desk.step(case, "resume", "2024-05-06", reason="解释已经作出")
    assert (resumed["status"], resumed["decision_due_on"]) == ("under_review", "2024-06-11")
    again = desk.paper(case, "resumption_notice", "2024-05-06")
    assert "解释已经作出" in again
    assert "案情比受理时复杂" not in again

    extended = desk.step(case, "extend", "2024-05-10", by="head", days=20, reason="情况复杂")
    assert extended["decision_due_on"] == "2024-07-01"  # 18 May + 24 days + 20 days
    longer = desk.paper(case, "extension_notice", "2024-05-10")
    assert "审理期限延长20日" in longer
    assert "\n情况复杂\n" in longer

    desk.step(case, "notify_hearing", "2024-05-11", set_for="2024-05-22", basis="office", place="三楼听证室")
    heard = desk.paper(
        case,
        "hearing_notice",
        "2024-05-11",
        hearing_at="2024-05-22T09:30",
        hearing_subject="处罚所依据的事实",
    )
    assert "三楼听证室" in heard
    desk.step(
        case,
        "hold_hearing",
        "2024-05-22",
        attended_by_head=False,
        listeners=2,
        head_absence_reason="外出公务",
    )

    desk.step(case, "submit_decision", "2024-05-28", **decided("revoked", redo_days=60))
    assert desk.refuses_paper(case, "decision", "2024-05-22") == "paper_without_approve_decision"
    desk.step(case, "endorse_decision", "2024-05-29", by="head")
    closed = desk.step(case, "approve_decision", "2024-05-30", by="organ", manner="head")
    assert (closed["status"], closed["outcome"], closed["closed_on"]) == ("closed", "revoked", "2024-05-30")
    assert desk.refuses_paper(case, "decision", "2024-05-29") == "paper_date_wrong"
    decision = desk.paper(
        case,
        "decision",
        "2024-05-30",
        claims="请求撤销处罚决定。",
        facts_found="经审理查明。",
        reasoning="被申请人认定事实不清。",
        legal_basis="第六十四条",
        sue_court="鄂尔多斯市中级人民法院",
    )
    assert "认定事实不清" in decision
    assert "决定如下" in decision

    (party,) = desk.client.get(f"{CASES}/{case['id']}/parties", headers=bearer("clerk")).json()["items"]
    desk.step(case, "deliver", "2024-05-31", manner="direct")
    desk.step(case, "deliver", "2024-06-03", manner="post", party=party["id"])
    desk.paper(
        case, "delivery_receipt", "2024-06-03", delivered_papers=["决定书"], delivery_manner="邮寄送达"
    )
    desk.step(case, "issue_letter", "2024-06-04", kind="opinion", words="规范处罚程序。")
    desk.step(case, "record_feedback", "2024-06-05", letter=0)
    opinion = desk.paper(
        case,
        "opinion",
        "2024-06-05",
        recipient="杭锦旗某某局",
        facts_found="程序不规范。",
    )
    assert "规范处罚程序。" in opinion
    assert "至2024年8月5日届满" in opinion

    whole = desk.one(case)
    clocks = {clock["kind"]: (clock["due_on"], clock["state"]) for clock in whole["clocks"]}
    assert clocks["supplement"] == ("2024-03-20", "met")
    assert clocks["review"] == ("2024-03-19", "met")
    assert clocks["reply"] == ("2024-04-10", "met")
    assert clocks["decision"] == ("2024-07-01", "met")
    assert clocks["sue"] == ("2024-06-18", "open")
    assert clocks["redo"] == ("2024-08-02", "open")
    assert clocks["opinion_feedback"] == ("2024-08-05", "open")
    assert {entry["recorded_by"] for entry in whole["history"]} == {"clerk", "head", "organ", "service"}
    papers = desk.client.get(f"{CASES}/{case['id']}/papers", headers=bearer("clerk")).json()["items"]
    numbers = [paper["number"] for paper in papers if paper["number"] is not None]
    assert len(numbers) == len(set(numbers)) == 10


def accepted(desk: Desk, **more: Any) -> Json:
    case = desk.file("2024-03-01")
    return desk.step(case, "accept", "2024-03-05", conditions=ALL_MET, **more)


def decided_case(desk: Desk) -> Json:
    """Decided on 10 April 2024 by three hands."""
    case = accepted(desk)
    desk.today[0] = date(2024, 4, 10)
    hands = {"endorse_decision": "head", "approve_decision": "organ"}
    for step, body in to_decision("revoked"):
        case = desk.step(case, step, by=hands.get(step, "clerk"), **body)
    return case


def test_the_other_papers_are_made_from_the_cases_that_need_them(desk: Desk) -> None:
    declined = desk.file("2024-03-01")
    desk.step(
        declined,
        "decline",
        "2024-03-05",
        conditions=failing("jurisdiction"),
        reasons="不属于本机关管辖。",
        competent="上一级税务机关",
    )
    assert "上一级税务机关" in desk.paper(declined, "non_acceptance_decision", "2024-03-05")

    gaps = desk.file("2024-03-01")
    missing = [{"name": "授权委托书", "promised_on": "2024-03-20"}]
    desk.step(gaps, "accept_with_gaps", "2024-03-05", conditions=ALL_MET, missing=missing)
    assert "授权委托书" in desk.paper(gaps, "gaps_notice", "2024-03-05")

    rejected = accepted(desk)
    desk.step(
        rejected, "reject_application", "2024-03-20", conditions=failing("interest"), reasons="没有利害关系。"
    )
    assert "没有利害关系" in desk.paper(
        rejected, "dismissal_decision", "2024-03-20", sue_court="某某人民法院"
    )

    withdrawn = accepted(desk)
    desk.step(withdrawn, "withdraw", "2024-03-20", by="head", withdraw_reason="settled", reason="双方和解")
    terminated = desk.paper(withdrawn, "termination_decision", "2024-03-20")
    assert "双方和解" in terminated
    assert "不得再以同一事实和理由" in terminated

    mediated = accepted(desk)
    desk.step(
        mediated, "sign_mediation", "2024-03-20", agreement="各退一步。", signed_by_all=True, sealed=True
    )
    statement = desk.paper(
        mediated, "mediation_statement", "2024-03-20", claims="请求撤销。", facts_found="经审理查明。"
    )
    assert "各退一步" in statement
    desk.step(mediated, "issue_letter", "2024-03-21", kind="recommendation", words="修改相关规定。")
    advice = desk.paper(
        mediated,
        "recommendation",
        "2024-03-21",
        recipient="杭锦旗人民政府",
        facts_found="规定不一致。",
    )
    assert "修改相关规定" in advice
    desk.step(mediated, "follow_up", "2024-03-21", kind="ordered", due_on="2024-04-10")
    order = desk.paper(
        mediated,
        "performance_order",
        "2024-03-21",
        decision_title="行政复议调解书",
        decision_number="行复调〔2024〕1号",
        duty_items=["返还罚款。"],
        perform_due_on="2024-04-20",
    )
    assert "返还罚款" in order


def test_a_clerk_chooses_the_wording_of_a_decision_by_its_flags(desk: Desk) -> None:
    case = decided_case(desk)
    words = {
        "claims": "请求撤销。",
        "facts_found": "经审理查明。",
        "reasoning": "认定事实不清。",
        "legal_basis": "第六十四条",
    }

    final = desk.paper(case, "decision", "2024-04-10", final_ruling=True, **words)
    council = desk.paper(case, "decision", "2024-04-10", state_council_ruling=True, **words)
    plain = desk.paper(case, "decision", "2024-04-10", final_ruling=False, **words)

    assert "本决定依法为最终裁决" in final
    assert "也可以向国务院申请裁决" in council
    assert "最终裁决" not in plain
    assert "国务院" not in plain


@pytest.mark.parametrize("value", [1, 0, "是", ["是"]])
def test_a_flag_is_true_or_false_and_nothing_else(desk: Desk, value: Any) -> None:
    case = accepted(desk)
    body = {"kind": "acceptance_notice", "issued_on": "2024-03-05", "fields": {"deemed_accepted": value}}

    answer = desk.client.post(f"{CASES}/{case['id']}/papers", json=body, headers=bearer("clerk"))

    assert (answer.status_code, answer.json()["code"]) == (409, "reconsideration.paper_field_wrong")


def test_a_paper_that_lacks_words_is_refused_by_their_names_and_takes_no_number(desk: Desk) -> None:
    case = accepted(desk)
    body = {"kind": "mediation_statement", "issued_on": "2024-03-05"}

    answer = desk.client.post(f"{CASES}/{case['id']}/papers", json=body, headers=bearer("clerk"))

    assert answer.status_code == 409
    assert answer.json()["code"] == "reconsideration.paper_incomplete"
    assert "调解协议内容" in answer.json()["detail"]
    assert "〔2024〕1号" in desk.paper(case, "acceptance_notice", "2024-03-05")


@pytest.mark.parametrize("issued_on", ["2024-02-29", "2024-03-06", "0546-10-15"])
def test_a_paper_is_dated_between_receipt_and_today(desk: Desk, issued_on: str) -> None:
    case = accepted(desk)
    body = {"kind": "acceptance_notice", "issued_on": issued_on}

    answer = desk.client.post(f"{CASES}/{case['id']}/papers", json=body, headers=bearer("clerk"))

    assert (answer.status_code, answer.json()["code"]) == (409, "reconsideration.paper_date_wrong")


def test_a_year_before_there_were_numbers_draws_none(desk: Desk) -> None:
    application = {"organ_region": HANGJIN, "received_on": "0546-10-15"}

    answer = desk.client.post(CASES, json=application, headers=bearer("clerk"))

    assert (answer.status_code, answer.json()["code"]) == (409, "reconsideration.number_year_wrong")
