"""A paper names the articles of the Act that governs its case: that of 2023, or the old one with its regulation."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.reconsideration import labels
from services.reconsideration.documents.citations import RESTS_ON
from services.reconsideration.documents.docx_building import built_template
from services.reconsideration.documents.docx_rendering import render_docx
from services.reconsideration.documents.filling import Names, fields_for
from services.reconsideration.documents.kinds import FIELDS, PAPERS, PaperKind, Shape
from services.reconsideration.documents.occasions import require_occasion
from services.reconsideration.documents.pdf_rendering import render_pdf
from services.reconsideration.documents.wording import lines_of
from services.reconsideration.domain import Case
from services.reconsideration.domain.proceeding import (
    Closing,
    DecisionItem,
    Handling,
    Proceeding,
    Submission,
    Suspension,
)
from services.reconsideration.terms import (
    AccessoryItem,
    LawVersion,
    Outcome,
    Procedure,
    Step,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import CALENDAR, TODAY, a_case, lived, plainly
from tests.reconsideration.documents.filling import filled
from tests.reconsideration.documents.reading import squeezed, words_of_docx, words_of_pdf

NEW, OLD = LawVersion.ACT2023, LawVersion.PRE2024
# What the texts of the papers name, by paper: 法 is the Act of the column, 条例 its regulation of 2007.
CITED: Mapping[PaperKind, tuple[str, str | None]] = {
    PaperKind.ACCEPTANCE_NOTICE: (
        "法30.1 法30.3 法62 法17 法47 法50 法42 法29.1 法87",
        "条例28 法17.2 法31.1 条例10 法23.2 条例33 法21 法16.1 法39",
    ),
    PaperKind.SUPPLEMENT_NOTICE: ("法30.1 法31.1 法31.2", "条例29"),
    PaperKind.NON_ACCEPTANCE_DECISION: ("法30.1 法30.2 法34 法35", "条例28 法17.1 法19 法20 条例31"),
    PaperKind.GAPS_NOTICE: ("法30.1 法31", "条例28 法17.2 条例29"),
    PaperKind.REPLY_NOTICE: ("法48 法54.1 法44.1 法46.1 法70 法82", "法23.1 法24 法28.1.4 条例46 法36"),
    PaperKind.HEARING_NOTICE: ("法50 法51.1 法51.2 法51.3", "条例33"),
    PaperKind.SUSPENSION_NOTICE: ("法39.1", "条例41.1"),
    PaperKind.RESUMPTION_NOTICE: ("法39.2 法39.3", "条例41.2 条例41.3"),
    PaperKind.EXTENSION_NOTICE: ("法62.1", "法31.1"),
    PaperKind.CONVERSION_NOTICE: ("法55 法62.1", None),
    PaperKind.DISMISSAL_DECISION: ("法30.1 法33 法35", "条例28 条例48.1.2 条例48.2"),
    PaperKind.TERMINATION_DECISION: ("法41 法74.2 条例38", "条例42 条例38.2"),
    PaperKind.MEDIATION_STATEMENT: ("法5 法73 法77 法78", "条例50.1 条例50.2"),
    PaperKind.DECISION: ("法75.2 法78", "法31.3 法33 条例52"),
    PaperKind.OPINION: ("法76 法77.2 法83", "条例57.1"),
    PaperKind.RECOMMENDATION: ("条例57.2", "条例57.2"),
    PaperKind.PERFORMANCE_ORDER: ("法77 法83", "法32.2 法37"),
    PaperKind.DELIVERY_RECEIPT: ("法88.1", "法40.1"),
}
# What the old Act does not know, nor its regulation.
UNKNOWN_BEFORE = ("视为受理", "简易程序", "行政复议委员会", "约谈", "通报批评", "机构的负责人批准")
LAST_ARTICLE = {"法": 43, "条例": 66}
WORKING_DAYS = "（不含法定休假日）"

_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
_LAW = (
    r"(?P<act>(?:《中华人民共和国行政复议法》|(?<!国)行政复议法(?=第|（))(?P<year>（2017年修正）)?|该法)"
    r"|(?P<regulation>《中华人民共和国行政复议法实施条例》|该条例)"
)
_ARTICLE = r"第(?P<article>[一二三四五六七八九十]+)条"
_PART = r"(?:第(?P<paragraph>[一二三四五]+)款)?(?:第（?(?P<item>[一二三四五六七八九十]+)）?项)?"
_SIGN = re.compile(f"{_LAW}|{_ARTICLE}{_PART}|、?第(?P<also>[一二三四五]+)款")


def number(chinese: str) -> int:
    """一 … 九十九."""
    tens, ten, ones = chinese.rpartition("十")
    return (_DIGITS[tens] if tens else 1) * 10 * bool(ten) + (_DIGITS[ones] if ones else 0)


def cited(text: str) -> Iterator[str]:
    """法30.1 for 第三十条第一款, of the law named last before it; 第二款、第三款 are two."""
    law, article = "", ""
    for sign in _SIGN.finditer(text):
        if sign["act"]:
            law = "法"
        elif sign["regulation"]:
            law = "条例"
        else:
            if sign["article"]:
                article = f"{law}{number(sign['article'])}"
            parts = (sign["paragraph"] or sign["also"], sign["item"])
            yield ".".join([article, *(str(number(each)) for each in parts if each)])


def printed(kind: PaperKind, law: LawVersion) -> str:
    """All that the paper can say: its flags up, down, and with nothing that is optional."""
    flags = [name for name in PAPERS[kind].fields if FIELDS[name].shape is Shape.FLAG]
    bare = {name: value for name, value in filled(kind).items() if name in PAPERS[kind].required}
    ways = (filled(kind), filled(kind, **dict.fromkeys(flags, True)), bare)
    return "\n".join(words_of_docx(render_docx(kind, fields, law=law)) for fields in ways)


IN_BOTH = [kind for kind, (_, old) in CITED.items() if old is not None]
EVERY_PAPER = pytest.mark.parametrize(
    ("kind", "law"), [(kind, law) for kind in PaperKind for law in LawVersion if law in RESTS_ON[kind]]
)


@EVERY_PAPER
def test_every_article_on_a_paper_is_the_one_of_the_table(kind: PaperKind, law: LawVersion) -> None:
    expected = CITED[kind][0 if law is NEW else 1]

    assert expected is not None
    assert set(cited(printed(kind, law))) == set(expected.split())


@pytest.mark.parametrize("kind", IN_BOTH)
def test_no_paper_of_the_old_act_says_what_the_new_one_brought(kind: PaperKind) -> None:
    text = printed(kind, OLD)

    assert [words for words in UNKNOWN_BEFORE if words in text] == []
    assert re.findall(r"行政复议法》(?!（2017年修正）)", text) == []
    for each in cited(text):
        law, article = re.findall(r"^(\D+)(\d+)", each)[0]
        assert int(article) <= LAST_ARTICLE[law], each


@EVERY_PAPER
def test_a_paper_rests_on_articles_that_stand_on_it(kind: PaperKind, law: LawVersion) -> None:
    """The list of templates names them; of a decision its basis is written by the case."""
    first = next(
        cited(RESTS_ON[kind][law].replace("行政复议法实施条例", "《中华人民共和国行政复议法实施条例》"))
    )

    found = {each.partition(".")[0] for each in cited(printed(kind, law))}
    assert first.partition(".")[0] in found or kind is PaperKind.DECISION


@pytest.mark.parametrize("kind", IN_BOTH)
def test_a_paper_of_the_old_act_is_as_whole_as_one_of_the_new(kind: PaperKind) -> None:
    fields = filled(kind)

    text = words_of_docx(render_docx(kind, fields, law=OLD))

    assert PAPERS[kind].title in text
    assert not any(sign in text for sign in ("{", "}", "%", "None"))
    assert squeezed(text.splitlines()[-1])[:12] in words_of_pdf(render_pdf(kind, fields, law=OLD))
    assert not any(sign in printed(kind, OLD) for sign in ("，，", "。。", "（）"))


@pytest.mark.parametrize(
    ("kind", "law", "period"),
    [
        (PaperKind.REPLY_NOTICE, NEW, f"十日内{WORKING_DAYS}"),
        # Old Act 40(2): of its days only 五日 and 七日 are working days.
        (PaperKind.REPLY_NOTICE, OLD, "请自收到之日起十日内提出书面答复"),
        (PaperKind.SUPPLEMENT_NOTICE, NEW, f"十日内{WORKING_DAYS}"),
        # 条例 29 leaves the period to the notice; our books count ten working days.
        (PaperKind.SUPPLEMENT_NOTICE, OLD, "十个工作日内"),
        (PaperKind.EXTENSION_NOTICE, NEW, "经行政复议机构的负责人批准"),
        (PaperKind.EXTENSION_NOTICE, OLD, "经行政复议机关的负责人批准"),
        (PaperKind.DECISION, NEW, "十五日内"),
        (PaperKind.DECISION, OLD, "十五日内"),
        (PaperKind.NON_ACCEPTANCE_DECISION, OLD, "十五日内"),
        (PaperKind.OPINION, OLD, "六十日内"),
    ],
)
def test_periods_and_hands_are_those_of_the_act(kind: PaperKind, law: LawVersion, period: str) -> None:
    assert period in printed(kind, law)
    assert (WORKING_DAYS in printed(kind, law)) is (WORKING_DAYS in period)


def test_what_the_old_act_did_not_know_is_not_issued() -> None:
    """简易程序 came with the Act of 2023; pilots that used the word had no article to name."""
    case = replace(lived(of=a_case(received_on=date(2023, 6, 1))), procedure=Procedure.SUMMARY)

    with pytest.raises(RuleViolation) as refusal:
        require_occasion(PaperKind.CONVERSION_NOTICE, case, issued_on=TODAY, today=TODAY)

    assert refusal.value.code == "reconsideration.paper_unknown_to_old_act"
    assert refusal.value.message.endswith("。")
    assert {kind for kind in PaperKind if OLD not in RESTS_ON[kind]} == {PaperKind.CONVERSION_NOTICE}


def test_the_tables_cover_every_paper() -> None:
    assert CITED.keys() == RESTS_ON.keys() == set(PaperKind)
    assert all(lines_of(kind, law) for kind in PaperKind for law in RESTS_ON[kind])
    assert built_template(PaperKind.DECISION, NEW) == built_template(PaperKind.DECISION)
    assert built_template(PaperKind.DECISION, OLD) != built_template(PaperKind.DECISION, NEW)


# What a case tells of its own articles.

LAW = "《中华人民共和国行政复议法》（2017年修正）"
REGULATION = "《中华人民共和国行政复议法实施条例》"
DECIDED_BY: Mapping[Any, tuple[str, str | None]] = {
    Outcome.UPHELD: ("第六十八条", "第二十八条第一款第（一）项"),
    Outcome.VARIED: ("第六十三条第一款", "第二十八条第一款第（三）项"),
    Outcome.REVOKED: ("第六十四条第一款", "第二十八条第一款第（三）项"),
    Outcome.PARTLY_REVOKED: ("第六十四条第一款", "第二十八条第一款第（三）项"),
    Outcome.CONFIRMED_UNLAWFUL: ("第六十五条", "第二十八条第一款第（三）项"),
    Outcome.CONFIRMED_VOID: ("第六十七条", None),
    Outcome.PERFORMANCE_ORDERED: ("第六十六条", "第二十八条第一款第（二）项"),
    Outcome.AGREEMENT_LIABLE: ("第七十一条", None),
    Outcome.CLAIM_REJECTED: ("第六十九条", f"第二十八条第一款、{REGULATION}第四十八条第一款第（一）项"),
}
BESIDE: Mapping[Any, tuple[str, str | None]] = {
    AccessoryItem.COMPENSATED: ("第七十二条第一款", "第二十九条第一款"),
    AccessoryItem.COMPENSATION_REJECTED: ("第七十二条第一款", None),
}
SUSPENDED_BY: Mapping[SuspensionGround, tuple[str, str]] = {
    SuspensionGround.S1: ("第三十九条第一款第一项", "第四十一条第一款第（一）项"),
    SuspensionGround.S2: ("第三十九条第一款第二项", "第四十一条第一款第（二）项"),
    SuspensionGround.S3: ("第三十九条第一款第三项", "第四十一条第一款第（四）项"),
    SuspensionGround.S4: ("第三十九条第一款第四项", "第四十一条第一款第（三）项"),
    # 不可抗力 is (五) of the regulation, 其他正当理由 is not there: which of them it was, the case does not tell.
    SuspensionGround.S5: ("第三十九条第一款第五项", "第四十一条第一款"),
    SuspensionGround.S6: ("第三十九条第一款第六项", "第四十一条第一款第（八）项"),
    SuspensionGround.S7: ("第三十九条第一款第七项", "第四十一条第一款第（六）项"),
    SuspensionGround.S8: ("第三十九条第一款第八项", "第四十一条第一款第（七）项"),
    SuspensionGround.S9: (
        "第三十九条第一款第九项",
        f"第四十一条第一款第（八）项、{LAW}第二十六条、第二十七条",
    ),
    SuspensionGround.S10: ("第三十九条第一款第十项", "第四十一条第一款第（八）项"),
}
TERMINATED_BY: Mapping[TerminationGround, tuple[str, str]] = {
    TerminationGround.T1: ("第四十一条第一项", f"第四十二条第一款第（一）项、{LAW}第二十五条"),
    TerminationGround.T2: ("第四十一条第二项", "第四十二条第一款第（二）项"),
    TerminationGround.T3: ("第四十一条第三项", "第四十二条第一款第（三）项"),
    TerminationGround.T4: ("第四十一条第四项", "第四十二条第一款第（五）项"),
    TerminationGround.T5: ("第四十一条第五项", "第四十二条第二款"),
}
NAMES = Names("某某人民政府", "某某司法局", ["张三"], [])
RECEIVED_UNDER = {NEW: date(2024, 3, 1), OLD: date(2023, 12, 31)}
BOTH = pytest.mark.parametrize("law", LawVersion)


def of_the(law: LawVersion, **what_matters: Any) -> Case:
    received_on = RECEIVED_UNDER[law]
    return a_case(received_on=received_on, accepted_on=received_on, **what_matters)


def told(kind: PaperKind, case: Case, name: str, **entered: Any) -> Any:
    return fields_for(kind, case, NAMES, entered, calendar=CALENDAR).get(name)


def deciding(*outcomes: Any, handling: Handling | None = None) -> Proceeding:
    items = tuple(DecisionItem(outcome) for outcome in outcomes)
    return Proceeding(handling=handling or Handling(), closing=Closing(items=items))


@BOTH
@pytest.mark.parametrize("outcome", DECIDED_BY)
def test_a_decision_names_the_article_of_its_outcome(outcome: Outcome, law: LawVersion) -> None:
    case = of_the(law, outcome=outcome, proceeding=deciding(outcome))

    assert told(PaperKind.DECISION, case, "legal_basis") == DECIDED_BY[outcome][law is OLD]
    assert told(PaperKind.DECISION, case, "legal_basis", legal_basis="第某条") == "第某条"


@BOTH
@pytest.mark.parametrize("item", BESIDE)
def test_what_is_decided_beside_it_adds_its_article(item: AccessoryItem, law: LawVersion) -> None:
    case = of_the(law, outcome=Outcome.REVOKED, proceeding=deciding(Outcome.REVOKED, item))
    alone, beside = DECIDED_BY[Outcome.REVOKED][law is OLD], BESIDE[item][law is OLD]

    expected = alone if beside is None else f"{alone}、{beside}"
    assert told(PaperKind.DECISION, case, "legal_basis") == expected


@BOTH
def test_an_article_is_named_once_and_a_case_of_a_ledger_goes_by_its_outcome(law: LawVersion) -> None:
    several = of_the(law, proceeding=deciding(Outcome.REVOKED, Outcome.PARTLY_REVOKED))
    of_ledger = of_the(law, outcome=Outcome.REVOKED)

    expected = DECIDED_BY[Outcome.REVOKED][law is OLD]
    assert told(PaperKind.DECISION, several, "legal_basis") == expected
    assert told(PaperKind.DECISION, of_ledger, "legal_basis") == expected


@pytest.mark.parametrize(("law", "article"), [(NEW, "第七十条"), (OLD, "第二十八条第一款第（四）项")])
def test_an_act_without_evidence_is_revoked_by_the_article_of_silence(law: LawVersion, article: str) -> None:
    silent = Handling(reply_lapsed_on=date(2024, 3, 29))
    proven = replace(silent, third_party_evidence=True)

    revoked = of_the(law, proceeding=deciding(Outcome.REVOKED, handling=silent))
    defended = of_the(law, proceeding=deciding(Outcome.REVOKED, handling=proven))

    assert told(PaperKind.DECISION, revoked, "legal_basis") == article
    assert told(PaperKind.DECISION, defended, "legal_basis") == DECIDED_BY[Outcome.REVOKED][law is OLD]


def test_what_is_proposed_names_its_articles_before_it_is_approved() -> None:
    submission = Submission(date(2024, 3, 28), Outcome.UPHELD, (DecisionItem(Outcome.UPHELD),))
    case = of_the(NEW, proceeding=Proceeding(closing=Closing(submission=submission)))

    assert told(PaperKind.DECISION, case, "legal_basis") == "第六十八条"


@BOTH
@pytest.mark.parametrize("ground", SuspensionGround)
def test_a_suspension_names_the_article_of_its_ground(ground: SuspensionGround, law: LawVersion) -> None:
    day = date(2024, 3, 18)
    case = of_the(law, proceeding=Proceeding(handling=Handling(suspensions=(Suspension(ground, day, day),))))

    assert told(PaperKind.SUSPENSION_NOTICE, case, "ground_article") == SUSPENDED_BY[ground][law is OLD]


@BOTH
@pytest.mark.parametrize("ground", TerminationGround)
def test_a_termination_names_the_article_of_its_ground(ground: TerminationGround, law: LawVersion) -> None:
    case = of_the(law, outcome=Outcome.TERMINATED, termination_ground=ground)

    assert told(PaperKind.TERMINATION_DECISION, case, "ground_article") == TERMINATED_BY[ground][law is OLD]
    words = told(PaperKind.TERMINATION_DECISION, case, "ground")
    assert words == (labels.GROUND if law is NEW else labels.GROUND_BEFORE_2024)[ground]


def test_a_settlement_ends_a_case_of_the_old_act_by_an_item_of_its_own() -> None:
    """条例 42(1)(四); under the Act of 2023 who settles withdraws (ARL 74)."""
    settled: dict[str, Any] = {
        "outcome": Outcome.TERMINATED,
        "termination_ground": TerminationGround.T1,
        "withdraw_reason": WithdrawReason.SETTLED,
    }

    articles = [
        told(PaperKind.TERMINATION_DECISION, of_the(law, **settled), "ground_article") for law in (NEW, OLD)
    ]

    assert articles == ["第四十一条第一项", "第四十二条第一款第（四）项"]


def test_the_last_day_to_reply_is_that_of_the_act() -> None:
    """Ten working days under the Act of 2023; the old Act's ten days are days of the calendar (its art. 40(2))."""
    copied = (plainly(Step.ACCEPT), plainly(Step.SEND_COPY))
    old = lived(
        plainly(Step.ACCEPT, date(2023, 12, 29)),
        plainly(Step.SEND_COPY, date(2024, 1, 2), received_on=date(2024, 1, 3)),
        of=a_case(received_on=date(2023, 12, 28)),
    )

    assert told(PaperKind.REPLY_NOTICE, lived(*copied), "reply_due_on") == date(2024, 3, 21)
    assert told(PaperKind.REPLY_NOTICE, old, "reply_due_on") == date(2024, 1, 15)
