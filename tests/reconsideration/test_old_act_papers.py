"""A case received before 2024 gets its papers by the old Act, from the route that issues every paper."""

from tests.reconsideration.desk import Desk
from tests.reconsideration.office import CASES
from tests.reconsideration.walking import ALL_MET
from tests.support.callers import bearer

OLD_ACT = "《中华人民共和国行政复议法》（2017年修正）"
REGULATION = "《中华人民共和国行政复议法实施条例》"
WRITTEN = {"claims": "请求撤销。", "facts_found": "经审理查明。", "reasoning": "认定事实不清。"}


def test_the_papers_of_an_old_case_name_the_articles_of_the_old_act(desk: Desk) -> None:
    case = desk.file("2023-12-28")
    desk.step(case, "accept", "2024-01-02", conditions=ALL_MET)
    accepted = desk.paper(case, "acceptance_notice", "2024-01-02")
    desk.step(case, "send_copy", "2024-01-02", received_on="2024-01-02")
    reply = desk.paper(case, "reply_notice", "2024-01-02")
    desk.step(case, "record_reply", "2024-01-10")
    desk.step(case, "suspend", "2024-01-15", ground="S4", reason="承受人尚未确定。")
    suspended = desk.paper(case, "suspension_notice", "2024-01-15")
    desk.step(case, "resume", "2024-01-22", reason="承受人已经确定。")
    desk.step(
        case, "submit_decision", "2024-02-01", items=[{"outcome": "revoked"}], main_text="撤销该处罚决定。"
    )
    desk.step(case, "endorse_decision", "2024-02-02", by="head")
    desk.step(case, "approve_decision", "2024-02-04", by="organ", manner="head")
    decision = desk.paper(case, "decision", "2024-02-04", **WRITTEN)

    assert f"依照{OLD_ACT}第十七条第二款的规定，该申请自收到之日2023年12月28日起即为受理" in accepted
    assert "请自收到之日起十日内提出书面答复" in reply
    assert "答复期限至2024年1月12日届满" in reply
    assert f"依照{REGULATION}第四十一条第一款第（三）项的规定，本机关自2024年1月15日起中止" in suspended
    assert f"依照{OLD_ACT}第二十八条第一款第（三）项的规定，本机关决定如下：\n撤销该处罚决定。" in decision
    pdf = [
        desk.client.get(f"{CASES}/{case['id']}/papers/{each['id']}/pdf", headers=bearer("clerk")).status_code
        for each in desk.client.get(f"{CASES}/{case['id']}/papers", headers=bearer("clerk")).json()["items"]
    ]
    assert pdf == [200, 200, 200, 200]


def test_no_paper_of_an_old_case_rests_on_what_the_new_act_brought(desk: Desk) -> None:
    """Pilots used the word 简易程序 before there was an article for it: the step is kept, no paper tells of it."""
    case = desk.file("2023-12-28")
    desk.step(case, "accept", "2024-01-02", conditions=ALL_MET, procedure="summary")
    desk.step(case, "convert", "2024-01-04", by="head", reason="案情复杂")

    assert desk.refuses_paper(case, "conversion_notice", "2024-01-04") == "paper_unknown_to_old_act"
