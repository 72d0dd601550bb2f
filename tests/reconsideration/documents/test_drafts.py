"""What a head approves is a draft: the paper as it would be, marked, without number and day; nothing of it is kept."""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import unquote

import pytest
from docx import Document
from docx.document import Document as Docx
from sqlalchemy import func, select

from services.reconsideration import labels
from services.reconsideration.api.drafts import SHAPES
from services.reconsideration.documents import repository
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.drafting import DAY_TO_COME, DRAFTS, MARK, draft, require_ahead
from services.reconsideration.documents.kinds import PAPERS, PaperKind
from services.reconsideration.documents.models import PAPERS_ISSUED
from services.reconsideration.models import AUDIT, JOURNAL, METADATA
from services.reconsideration.numbering.models import SERIES
from services.reconsideration.numbering.patterns import to_come
from services.reconsideration.schemas import BODIES
from services.reconsideration.terms import LawVersion, Status
from shared.kernel.errors import RuleViolation
from shared.kit.database import Database
from tests.reconsideration.builders import IN_STATUS, NOW
from tests.reconsideration.desk import APPLICANT, OFFICE, Desk
from tests.reconsideration.documents.filling import filled
from tests.reconsideration.documents.reading import opened_docx, words_of_docx
from tests.reconsideration.office import Json, refused
from tests.reconsideration.walking import ALL_MET, failing

NUMBER_TO_COME = "行复{word}〔2024〕　　号"
WRITTEN = {"claims": "请求撤销。", "facts_found": "经审理查明。", "reasoning": "认定事实不清，证据不足。"}
REVOKED: Json = {"on": "2024-03-28", "items": [{"outcome": "revoked"}], "main_text": "撤销该处罚决定。"}


@pytest.fixture
def database(desk: Desk, database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    yield database
    database.dispose()


def accepted(desk: Desk) -> Json:
    case = desk.file("2024-03-01")
    return desk.step(case, "accept", "2024-03-05", conditions=ALL_MET)


def reviewed(desk: Desk) -> Json:
    case = accepted(desk)
    desk.step(case, "send_copy", "2024-03-06", received_on="2024-03-06")
    desk.step(case, "record_reply", "2024-03-13")
    return desk.step(case, "hear_opinion", "2024-03-20", of="applicant", manner="phone", record="坚持请求。")


def submitted(desk: Desk) -> Json:
    return desk.step(reviewed(desk), "submit_decision", **REVOKED)


def marks(document: Docx) -> list[str]:
    """The first line of the head of every page."""
    section = document.sections[0]
    return [header.paragraphs[0].text for header in (section.header, section.even_page_header)]


def kept(database: Database) -> tuple[Any, ...]:
    """How much the books hold that a draft must not add to."""
    with database.reading() as session:
        counted = [
            session.execute(select(func.count()).select_from(table)).scalar()
            for table in (PAPERS_ISSUED, JOURNAL.table)
        ]
        drawn = session.execute(select(SERIES.c.series, SERIES.c.word, SERIES.c.last).order_by(SERIES.c.word))
        return (*counted, *drawn.all())


def audited(database: Database) -> list[Any]:
    with database.reading() as session:
        told = select(AUDIT.audit).where(AUDIT.audit.c.action == "reconsideration.paper_drafted")
        return list(session.execute(told.order_by(AUDIT.audit.c.id)))


def test_a_decision_is_looked_at_before_it_is_approved_and_then_takes_the_next_number(
    desk: Desk, database: Database
) -> None:
    case = submitted(desk)
    before = kept(database)
    answers = [desk.try_draft(case, "decision", by=by, fields=WRITTEN) for by in ("clerk", "head", "organ")]

    document = opened_docx(answers[-1].content)
    words = words_of_docx(answers[-1].content)
    assert {answer.status_code for answer in answers} == {200}
    assert unquote(answers[0].headers["content-disposition"]).endswith("行政复议决定书（草稿）.docx")
    assert marks(document) == [MARK, MARK]
    assert "草稿" in MARK
    for part in (*WRITTEN.values(), "撤销该处罚决定。", APPLICANT["name"], "第六十四条第一款"):
        assert part in words
    assert NUMBER_TO_COME.format(word="决") in words
    assert words.endswith(DAY_TO_COME)
    assert not re.search(r"〕\d+号", words.replace(case["case_number"], ""))
    assert kept(database) == before
    assert len(audited(database)) == 3

    desk.step(case, "endorse_decision", "2024-04-01", by="head")
    desk.step(case, "approve_decision", "2024-04-10", by="organ", manner="head")
    issued = desk.paper(case, "decision", "2024-04-10", **WRITTEN)
    assert "行复决〔2024〕1号" in issued
    assert "草稿" not in issued


PROPOSED = [
    (
        "non_acceptance_decision",
        lambda desk: desk.file("2024-03-01"),
        {"on": "2024-03-05", "conditions": failing("in_time"), "reasons": "逾期申请。"},
        {},
        ("逾期申请。", NUMBER_TO_COME.format(word="不受")),
    ),
    (
        "suspension_notice",
        accepted,
        {"on": "2024-03-18", "ground": "S4", "reason": "承受人尚未确定。"},
        {},
        ("承受人尚未确定。", "第三十九条第一款第四项", "自2024年3月18日起中止"),
    ),
    (
        "extension_notice",
        reviewed,
        {"on": "2024-03-25", "days": 30, "reason": "涉及面广。"},
        {},
        # Sixty days from 2024-03-05 and thirty more, as the step would count them.
        ("涉及面广。", "审理期限延长30日，至2024年6月3日届满"),
    ),
    (
        "dismissal_decision",
        accepted,
        {"on": "2024-03-18", "conditions": {"interest": False}, "reasons": "没有利害关系。"},
        {"sue_court": "某某人民法院"},
        ("没有利害关系。", "向某某人民法院提起行政诉讼"),
    ),
    (
        "termination_decision",
        accepted,
        {"on": "2024-03-18", "ground": "T2", "reason": "申请人死亡，没有近亲属。"},
        {},
        ("申请人死亡，没有近亲属。", "第四十一条第二项", "自2024年3月18日起终止"),
    ),
    (
        "termination_decision",
        accepted,
        {"on": "2024-03-18", "withdraw_reason": "settled"},
        {},
        ("第四十一条第一项", "不得再以同一事实和理由提出行政复议申请"),
    ),
    (
        "mediation_statement",
        accepted,
        None,
        {"claims": "请求退款。", "facts_found": "查明。", "agreement_items": ["退还三百元。"]},
        ("退还三百元。", NUMBER_TO_COME.format(word="调")),
    ),
    ("decision", reviewed, REVOKED, WRITTEN, ("撤销该处罚决定。", "第六十四条第一款")),
]


@pytest.mark.parametrize(("kind", "standing", "step", "fields", "expected"), PROPOSED)
def test_a_paper_is_drafted_with_the_step_that_is_proposed_and_the_step_is_not_taken(
    desk: Desk,
    database: Database,
    kind: str,
    standing: Any,
    step: Json | None,
    fields: Json,
    expected: tuple[str, ...],
) -> None:
    case = standing(desk)
    desk.today[0] = date(2024, 3, 29)
    before, books = desk.one(case), kept(database)

    proposed: Json = {} if step is None else {"step": step}
    content = desk.draft(case, kind, fields=fields, **proposed)

    words = words_of_docx(content)
    assert [part for part in expected if part not in words] == []
    assert marks(opened_docx(content)) == [MARK, MARK]
    assert (desk.one(case), kept(database)) == (before, books)


def test_a_conversion_is_drafted_for_the_head_of_the_office(desk: Desk) -> None:
    case = desk.file("2024-03-01")
    summary = {"procedure": "summary", "summary_basis": "consent"}
    desk.step(case, "accept", "2024-03-05", conditions=ALL_MET, **summary)

    words = words_of_docx(
        desk.draft(case, "conversion_notice", step={"on": "2024-03-05", "reason": "案情复杂"})
    )

    assert "案情复杂" in words
    assert "自2024年3月5日起转为普通程序审理" in words


def test_who_drew_a_draft_is_written_down_because_names_stand_on_it(desk: Desk, database: Database) -> None:
    case = submitted(desk)
    desk.draft(case, "decision", by="organ", fields=WRITTEN)

    (row,) = audited(database)
    assert (row.object_kind, row.object_id) == ("paper_draft", f"{case['id']}/decision")
    assert (row.actor, row.outcome) == ("organ", "done")
    assert re.fullmatch("[0-9a-f]{64}", row.digest)


def test_another_office_finds_no_case_to_draft(desk: Desk, database: Database) -> None:
    case = submitted(desk)

    refused(
        desk.try_draft(case, "decision", by="neighbour", fields=WRITTEN), 404, "reconsideration.not_found"
    )
    assert audited(database) == []


def test_what_has_no_paper_ahead_is_refused_with_its_state(desk: Desk, database: Database) -> None:
    case = submitted(desk)
    desk.step(case, "endorse_decision", "2024-04-01", by="head")
    desk.step(case, "approve_decision", "2024-04-10", by="organ", manner="head")

    told = refused(desk.try_draft(case, "decision", fields=WRITTEN), 409, "reconsideration.no_draft_ahead")
    assert told["detail"] == "此案的状态是“已审结”，没有待批的《行政复议决定书》，不能打印草稿。"
    assert audited(database) == []


def test_before_it_is_submitted_a_decision_says_what_it_would_be(desk: Desk) -> None:
    """A decision that was returned leaves its words in the books: they are no proposal any more."""
    case = submitted(desk)
    desk.step(case, "return_decision", "2024-03-29", by="head", reason="说理不够")

    answer = desk.try_draft(case, "decision", fields=WRITTEN)

    told = refused(answer, 409, "reconsideration.draft_without_proposal")
    assert "报批决定" in told["detail"]
    anew = {**REVOKED, "on": "2024-03-29", "main_text": "另行拟定的主文。"}
    assert "另行拟定的主文。" in words_of_docx(desk.draft(case, "decision", fields=WRITTEN, step=anew))


def test_a_step_that_could_not_be_taken_cannot_be_drafted(desk: Desk) -> None:
    case = reviewed(desk)
    proposal = {"on": "2024-03-20", "days": 31, "reason": "情况复杂"}

    refused(
        desk.try_draft(case, "extension_notice", step=proposal), 409, "reconsideration.extension_too_long"
    )
    refused(
        desk.try_draft(submitted(desk), "decision", fields=WRITTEN, step=REVOKED),
        409,
        "reconsideration.submit_decision_not_allowed",
    )


def test_what_a_draft_lacks_is_told_as_when_it_is_issued(desk: Desk) -> None:
    told = refused(desk.try_draft(submitted(desk), "decision"), 409, "reconsideration.paper_incomplete")

    assert "查明的事实" in told["detail"]


@pytest.mark.parametrize("kind", ["acceptance_notice", "delivery_receipt", "nonsense"])
def test_what_nobody_approves_has_no_draft(desk: Desk, kind: str) -> None:
    assert desk.try_draft(accepted(desk), kind).status_code in {404, 405}


@pytest.mark.parametrize("kind", DRAFTS)
@pytest.mark.parametrize("status", Status)
def test_a_draft_is_drawn_where_its_step_is_possible_and_nowhere_else(
    kind: PaperKind, status: Status
) -> None:
    case = IN_STATUS[status]()

    def refusal(*, is_proposed: bool) -> str:
        try:
            require_ahead(kind, case, is_proposed=is_proposed)
        except RuleViolation as found:
            return found.code.removeprefix("reconsideration.")
        return ""

    nowhere = "paper_of_cancelled_case" if status is Status.CANCELLED else "no_draft_ahead"
    is_ahead = status in DRAFTS[kind].states
    assert refusal(is_proposed=True) == ("" if is_ahead else nowhere)
    lies = status in DRAFTS[kind].lies_in
    assert refusal(is_proposed=False) == ("" if lies else "draft_without_proposal" if is_ahead else nowhere)


def test_every_draft_has_a_shape_and_every_step_of_it_a_body() -> None:
    assert SHAPES.keys() == DRAFTS.keys()
    for kind, proposal in DRAFTS.items():
        assert all(step in labels.STEP for step in proposal.steps)
        told = str(SHAPES[kind].model_fields.get("step"))
        assert all(BODIES[step].__name__ in told for step in proposal.steps), kind
    assert to_come("杭政复{word}〔{year}〕{n}号", year=2026, word="决") == "杭政复决〔2026〕　　号"


def test_an_offices_own_template_is_marked_above_what_its_pages_bear(desk: Desk, database: Database) -> None:
    own = _with_head("本机构的页眉")
    with database.writing() as session:
        repository.replace_template(session, OFFICE, PaperKind.DECISION, own, now=NOW)
    fields = {name: value for name, value in filled(PaperKind.DECISION).items() if name != "issued_on"}

    with database.reading() as session:
        made, old = (
            draft(
                session,
                PaperKind.DECISION,
                office=OFFICE,
                law=law,
                fields=fields,
                today=date(2024, 3, 5),
            )
            for law in (LawVersion.ACT2023, LawVersion.PRE2024)
        )

    head = [paragraph.text for paragraph in opened_docx(made).sections[0].header.paragraphs]
    assert head == [MARK, "本机构的页眉"]
    assert "本机构的页眉" not in [each.text for each in opened_docx(old).sections[0].header.paragraphs]
    assert "（2017年修正）" in words_of_docx(old)
    assert PAPERS[PaperKind.DECISION].title in words_of_docx(made)


def _with_head(text: str) -> bytes:
    import io

    document = Document(io.BytesIO(built_template(PaperKind.DECISION)))
    document.sections[0].header.paragraphs[0].text = text
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
