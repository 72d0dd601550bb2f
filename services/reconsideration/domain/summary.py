"""When the summary procedure 简易程序 may be used (ARL 53, AR-4.1)."""

from collections.abc import Mapping
from types import MappingProxyType

from services.reconsideration.domain.case import Case
from services.reconsideration.terms import (
    ActHead,
    ActKind,
    CommitteeBasis,
    HearingBasis,
    LawVersion,
    Procedure,
    SmallAmount,
    SummaryBasis,
)
from shared.kernel.errors import RuleViolation

UNFIT_FOR_SUMMARY = frozenset({HearingBasis.COMPLEX, CommitteeBasis.COMPLEX, CommitteeBasis.TECHNICAL})
# ARL 53(1)(三): 三千元以下; whether 3,000 is among them is settled by usage alone (AR-4.1).
LARGEST_SMALL_AMOUNT_FEN: Mapping[SmallAmount, int] = MappingProxyType(
    {SmallAmount.INCLUDED: 300_000, SmallAmount.EXCLUDED: 299_999}
)


def require_summary(
    case: Case, *, basis: SummaryBasis | None, is_clear: bool, amount_fen: int | None
) -> None:
    """Refuse a summary procedure that the article does not allow. It is a permission, never a duty (AR-4.2)."""
    if case.law_version is LawVersion.PRE2024:
        return  # pilots used the word; the period stayed the ordinary one
    if basis is None:
        raise _refused("适用简易程序须写明属于第五十三条的哪一种情形。", "summary_basis")
    if basis is not SummaryBasis.CONSENT and not is_clear:
        raise _refused("适用简易程序须事实清楚、权利义务关系明确、争议不大（第五十三条第一款）。", "is_clear")
    largest = LARGEST_SMALL_AMOUNT_FEN[case.local.small_amount]
    if basis is SummaryBasis.SMALL_AMOUNT and (amount_fen is None or amount_fen > largest):
        raise _refused("款额超过三千元或者没有写明，不能以此适用简易程序。", "amount_fen")
    if basis is SummaryBasis.ON_THE_SPOT and case.application.act_kind is ActKind.CAMERA_PENALTY:
        raise _refused(
            "依据电子监控作出的处罚不是当场作出的行政行为，不能以此适用简易程序。", "summary_basis"
        )
    is_information = case.application.act_head in (None, ActHead.INFORMATION_DISCLOSURE)
    if basis is SummaryBasis.INFORMATION_DISCLOSURE and not is_information:
        raise _refused("本案不是政府信息公开案件，不能以此适用简易程序。", "summary_basis")


def require_not_summary(case: Case, basis: CommitteeBasis | HearingBasis) -> None:
    """What is complex or technical is found unfit for the summary procedure, and converted first (ARL 53, 55)."""
    if case.law_version is LawVersion.PRE2024 or case.procedure is not Procedure.SUMMARY:
        return
    if basis in UNFIT_FOR_SUMMARY:
        raise RuleViolation(
            "reconsideration.convert_first",
            "重大、疑难、复杂或者专业性强的案件不适用简易程序，请先转为普通程序（第五十五条）。",
            field="basis",
        )


def _refused(sentence: str, field: str) -> RuleViolation:
    return RuleViolation("reconsideration.summary_not_allowed", sentence, field=field)
