"""Which articles a paper rests on, under the Act of 2023 and under the one before it: tables for a jurist to read.

The old Act is that of 1999 as amended in 2017, with its regulation 行政复议法实施条例 of 2007. What has no line under
it was not known to it, or its article is not certain: then none is named.
"""

from collections.abc import Mapping
from types import MappingProxyType

from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.domain import Case
from services.reconsideration.domain.items import WITHOUT_EVIDENCE
from services.reconsideration.terms import (
    AccessoryItem,
    LawVersion,
    Outcome,
    SuspensionGround,
    TerminationGround,
    WithdrawReason,
)

Articles = Mapping[LawVersion, str]
OLD_ACT = "《中华人民共和国行政复议法》（2017年修正）"
REGULATION = "《中华人民共和国行政复议法实施条例》"


def _by(act_2023: str, old: str | None = None) -> Articles:
    known = {LawVersion.ACT2023: act_2023, LawVersion.PRE2024: old}
    return MappingProxyType({law: articles for law, articles in known.items() if articles is not None})


RESTS_ON: Mapping[PaperKind, Articles] = {
    PaperKind.ACCEPTANCE_NOTICE: _by(
        "行政复议法第三十条第一款、第三款", "行政复议法第十七条第二款、行政复议法实施条例第二十八条"
    ),
    PaperKind.SUPPLEMENT_NOTICE: _by("行政复议法第三十一条", "行政复议法实施条例第二十九条"),
    PaperKind.NON_ACCEPTANCE_DECISION: _by(
        "行政复议法第三十条第二款、第三十四条、第三十五条",
        "行政复议法第十七条第一款、第十九条、第二十条、行政复议法实施条例第二十八条、第三十一条",
    ),
    # Neither Act knows 容缺: a practice, allowed where the conditions of acceptance can be judged without the papers.
    PaperKind.GAPS_NOTICE: _by(
        "行政复议法第三十条第一款、第三十一条第一款",
        "行政复议法第十七条第二款、行政复议法实施条例第二十八条、第二十九条",
    ),
    PaperKind.REPLY_NOTICE: _by(
        "行政复议法第四十八条、第五十四条、第七十条",
        "行政复议法第二十三条第一款、第二十八条第一款第（四）项、行政复议法实施条例第四十六条",
    ),
    PaperKind.HEARING_NOTICE: _by("行政复议法第五十条、第五十一条", "行政复议法实施条例第三十三条"),
    PaperKind.SUSPENSION_NOTICE: _by("行政复议法第三十九条", "行政复议法实施条例第四十一条"),
    PaperKind.RESUMPTION_NOTICE: _by(
        "行政复议法第三十九条第二款、第三款", "行政复议法实施条例第四十一条第二款、第三款"
    ),
    PaperKind.EXTENSION_NOTICE: _by("行政复议法第六十二条第一款", "行政复议法第三十一条第一款"),
    # 简易程序 came with the Act of 2023.
    PaperKind.CONVERSION_NOTICE: _by("行政复议法第五十五条、第六十二条第一款"),
    PaperKind.DISMISSAL_DECISION: _by(
        "行政复议法第三十三条、第三十四条、行政诉讼法第四十五条",
        "行政复议法实施条例第四十八条、行政诉讼法第四十五条",
    ),
    PaperKind.TERMINATION_DECISION: _by(
        "行政复议法第四十一条、第七十四条第二款", "行政复议法实施条例第四十二条、第三十八条"
    ),
    PaperKind.MEDIATION_STATEMENT: _by("行政复议法第五条、第七十三条", "行政复议法实施条例第五十条"),
    PaperKind.DECISION: _by(
        "行政复议法第六十一条、第七十五条、行政诉讼法第四十五条",
        "行政复议法第二十八条、第三十一条、行政诉讼法第四十五条",
    ),
    PaperKind.OPINION: _by("行政复议法第七十六条、第七十七条", "行政复议法实施条例第五十七条第一款"),
    PaperKind.RECOMMENDATION: _by("行政复议法实施条例第五十七条第二款", "行政复议法实施条例第五十七条第二款"),
    PaperKind.PERFORMANCE_ORDER: _by(
        "行政复议法第七十七条、第八十三条", "行政复议法第三十二条第二款、第三十七条"
    ),
    PaperKind.DELIVERY_RECEIPT: _by(
        "行政复议法第八十八条第一款、民事诉讼法关于送达的规定",
        "行政复议法第四十条第一款、民事诉讼法关于送达的规定",
    ),
}

# Of the Act. 确认无效 and the liability under an agreement are none of the old Act's decisions.
_REVOKED_BEFORE = "第二十八条第一款第（三）项"
DECIDED_BY: Mapping[Outcome | AccessoryItem, Articles] = {
    Outcome.UPHELD: _by("第六十八条", "第二十八条第一款第（一）项"),
    Outcome.VARIED: _by("第六十三条第一款", _REVOKED_BEFORE),
    Outcome.REVOKED: _by("第六十四条第一款", _REVOKED_BEFORE),
    Outcome.PARTLY_REVOKED: _by("第六十四条第一款", _REVOKED_BEFORE),
    Outcome.CONFIRMED_UNLAWFUL: _by("第六十五条", _REVOKED_BEFORE),
    Outcome.CONFIRMED_VOID: _by("第六十七条"),
    Outcome.PERFORMANCE_ORDERED: _by("第六十六条", "第二十八条第一款第（二）项"),
    Outcome.AGREEMENT_LIABLE: _by("第七十一条"),
    Outcome.CLAIM_REJECTED: _by("第六十九条", f"第二十八条第一款、{REGULATION}第四十八条第一款第（一）项"),
    AccessoryItem.COMPENSATED: _by("第七十二条第一款", "第二十九条第一款"),
    AccessoryItem.COMPENSATION_REJECTED: _by("第七十二条第一款"),
}
# Where the act is deemed without evidence; the old Act has it revoked, and nothing else.
DECIDED_WITHOUT_EVIDENCE: Mapping[Outcome | AccessoryItem, Articles] = {
    **dict.fromkeys(WITHOUT_EVIDENCE, _by("第七十条")),
    Outcome.REVOKED: _by("第七十条", "第二十八条第一款第（四）项"),
    Outcome.PARTLY_REVOKED: _by("第七十条", "第二十八条第一款第（四）项"),
}
# Of the Act of 2023; before it, of the regulation.
SUSPENDED_BY: Mapping[SuspensionGround, Articles] = {
    SuspensionGround.S1: _by("第三十九条第一款第一项", "第四十一条第一款第（一）项"),
    SuspensionGround.S2: _by("第三十九条第一款第二项", "第四十一条第一款第（二）项"),
    SuspensionGround.S3: _by("第三十九条第一款第三项", "第四十一条第一款第（四）项"),
    SuspensionGround.S4: _by("第三十九条第一款第四项", "第四十一条第一款第（三）项"),
    # The regulation's (五) is 不可抗力 alone: 其他正当理由 would be (八), and the ground does not tell which it was.
    SuspensionGround.S5: _by("第三十九条第一款第五项", "第四十一条第一款"),
    SuspensionGround.S6: _by("第三十九条第一款第六项", "第四十一条第一款第（八）项"),
    SuspensionGround.S7: _by("第三十九条第一款第七项", "第四十一条第一款第（六）项"),
    SuspensionGround.S8: _by("第三十九条第一款第八项", "第四十一条第一款第（七）项"),
    SuspensionGround.S9: _by(
        "第三十九条第一款第九项", f"第四十一条第一款第（八）项、{OLD_ACT}第二十六条、第二十七条"
    ),
    SuspensionGround.S10: _by("第三十九条第一款第十项", "第四十一条第一款第（八）项"),
}
TERMINATED_BY: Mapping[TerminationGround, Articles] = {
    TerminationGround.T1: _by("第四十一条第一项", f"第四十二条第一款第（一）项、{OLD_ACT}第二十五条"),
    TerminationGround.T2: _by("第四十一条第二项", "第四十二条第一款第（二）项"),
    TerminationGround.T3: _by("第四十一条第三项", "第四十二条第一款第（三）项"),
    TerminationGround.T4: _by("第四十一条第四项", "第四十二条第一款第（五）项"),
    TerminationGround.T5: _by("第四十一条第五项", "第四十二条第二款"),
}
# Whoever settles withdraws (ARL 74); the regulation has an item for it.
ENDED_BY_SETTLEMENT = _by("第四十一条第一项", "第四十二条第一款第（四）项")


def decision_articles(case: Case) -> str | None:
    """Of all that is decided, or proposed: each article once, in the order of the items."""
    submission = case.closing.submission
    items = case.closing.items if submission is None else submission.items
    of_ledger = () if case.outcome is None else (case.outcome,)
    decided = tuple(item.outcome for item in items) or of_ledger
    found = dict.fromkeys(filter(None, (_decided_by(case, each) for each in decided)))
    return "、".join(found) or None


def _decided_by(case: Case, decided: Outcome | AccessoryItem) -> str | None:
    handling = case.handling
    is_unproven = handling.has_no_evidence and not handling.third_party_evidence
    silent = DECIDED_WITHOUT_EVIDENCE.get(decided, {}) if is_unproven else {}
    return silent.get(case.law_version) or DECIDED_BY.get(decided, {}).get(case.law_version)


def suspension_article(case: Case) -> str | None:
    """Of the last suspension."""
    suspensions = case.handling.suspensions
    return SUSPENDED_BY[suspensions[-1].ground].get(case.law_version) if suspensions else None


def termination_article(case: Case) -> str | None:
    ground = case.termination_ground
    if ground is None:
        return None
    is_settled = ground is TerminationGround.T1 and case.withdraw_reason is WithdrawReason.SETTLED
    return (ENDED_BY_SETTLEMENT if is_settled else TERMINATED_BY[ground]).get(case.law_version)
