"""地方规则: questions that the statute leaves open, the answer taken unless a place answers otherwise, and why.

A case keeps the answers under which it was received: nobody's period changes because a rule was changed later.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services.reconsideration.terms import (
    ConvertedFrom,
    ExtensionTimes,
    GoverningAct,
    HearingNotice,
    OpenReply,
    Outcome,
    ReceiptDay,
    SixtyDays,
    SmallAmount,
    SuspendedTime,
)

# The primary outcome when items differ and the handler names none (AR-6.1): the first that is among them.
PRIORITY: tuple[Outcome, ...] = (
    Outcome.VARIED,
    Outcome.REVOKED,
    Outcome.PARTLY_REVOKED,
    Outcome.CONFIRMED_VOID,
    Outcome.CONFIRMED_UNLAWFUL,
    Outcome.PERFORMANCE_ORDERED,
    Outcome.AGREEMENT_LIABLE,
    Outcome.UPHELD,
    Outcome.CLAIM_REJECTED,
)


@dataclass(frozen=True, slots=True)
class LocalRules:
    """The answers that govern one case. The defaults are those of the specification."""

    agent_point_receipt: ReceiptDay = ReceiptDay.OFFICE
    organ_receipt: ReceiptDay = ReceiptDay.OFFICE
    small_amount: SmallAmount = SmallAmount.INCLUDED
    converted_from: ConvertedFrom = ConvertedFrom.ACCEPTANCE
    open_reply: OpenReply = OpenReply.ORDINARY
    suspended_time: SuspendedTime = SuspendedTime.EXCLUDED
    extension_times: ExtensionTimes = ExtensionTimes.ONCE
    sixty_days: SixtyDays = SixtyDays.UNROLLED
    hearing_notice: HearingNotice = HearingNotice.FIVE_BACK
    governing_act: GoverningAct = GoverningAct.BY_RECEIPT
    primary_order: tuple[Outcome, ...] = PRIORITY


STATUTE_ALONE = LocalRules()


@dataclass(frozen=True, slots=True)
class Question:
    """One line: what is open, where it stands, how certain its default is (K settled knowledge, D our decision,
    ? open to a jurist). `choices` are told in words; one whose answer is an order of outcomes has none."""

    id: str
    asks: str
    basis: str
    mark: str
    choices: Mapping[StrEnum, str]


def _choices(*told: tuple[StrEnum, str]) -> Mapping[StrEnum, str]:
    return MappingProxyType(dict(told))


_QUESTIONS = (
    Question(
        "agent_point_receipt",
        "代办点收件的，哪一天是收到申请之日？",
        "法律未规定代办点；行政复议法第三十条",
        "?",
        _choices((ReceiptDay.OFFICE, "复议机构收到之日"), (ReceiptDay.ELSEWHERE, "代办点收到之日")),
    ),
    Question(
        "organ_receipt",
        "通过作出处罚决定的机关提交的，哪一天是收到申请之日？",
        "行政复议法第三十条、第三十二条",
        "D",
        _choices((ReceiptDay.OFFICE, "复议机构收到之日"), (ReceiptDay.ELSEWHERE, "该机关收到之日")),
    ),
    Question(
        "small_amount",
        "款额三千元以下，含不含三千元？",
        "行政复议法第五十三条第一款第三项",
        "K",
        _choices((SmallAmount.INCLUDED, "含三千元"), (SmallAmount.EXCLUDED, "不含三千元")),
    ),
    Question(
        "converted_from",
        "简易程序转为普通程序后，六十日自哪一天起算？",
        "行政复议法第五十五条、第六十二条",
        "K",
        _choices((ConvertedFrom.ACCEPTANCE, "原受理之日"), (ConvertedFrom.CONVERSION, "转换之日")),
    ),
    Question(
        "open_reply",
        "转为普通程序时尚未届满的答复期限怎样计算？",
        "行政复议法第四十八条、第五十四条、第五十五条",
        "D",
        _choices((OpenReply.ORDINARY, "自原收到之日改按十个工作日"), (OpenReply.KEPT, "仍按五个工作日")),
    ),
    Question(
        "suspended_time",
        "中止的时间计不计入审理期限？",
        "行政复议法第三十九条、第六十二条（法律未明文规定）",
        "K",
        _choices((SuspendedTime.EXCLUDED, "不计入"), (SuspendedTime.COUNTED, "计入")),
    ),
    Question(
        "extension_times",
        "审理期限可以延长几次？",
        "行政复议法第六十二条第一款",
        "K",
        _choices(
            (ExtensionTimes.ONCE, "只延长一次，最多三十日"),
            (ExtensionTimes.SEVERAL, "可以多次，合计最多三十日"),
        ),
    ),
    Question(
        "sixty_days",
        "中止满六十日遇节假日，顺延不顺延？",
        "行政复议法第四十一条第五项",
        "D",
        _choices((SixtyDays.UNROLLED, "不顺延"), (SixtyDays.ROLLED, "顺延至节假日后的第一日")),
    ),
    Question(
        "hearing_notice",
        "听证的五日前怎样倒数？",
        "行政复议法第五十一条第一款",
        "D",
        _choices(
            (HearingNotice.FIVE_BACK, "倒数第五个工作日当日仍可通知"),
            (HearingNotice.FIVE_CLEAR, "通知与听证之间须隔五个完整工作日"),
        ),
    ),
    Question(
        "governing_act",
        "跨 2024 年 1 月 1 日的案件适用新法还是旧法？",
        "行政复议法第九十条（法律未规定过渡办法）",
        "?",
        _choices((GoverningAct.BY_RECEIPT, "依收到申请之日"), (GoverningAct.BY_ACCEPTANCE, "依受理之日")),
    ),
    Question(
        "primary_order",
        "决定事项不止一种而承办人没有指明的，以哪一种为案件的主要结果？",
        "AR-6.1：一件案件只计一次",
        "D",
        _choices(),
    ),
)
QUESTIONS: Mapping[str, Question] = MappingProxyType({question.id: question for question in _QUESTIONS})


def departures(rules: LocalRules) -> Iterator[str]:
    """The questions that these rules answer otherwise than the default."""
    return (name for name in QUESTIONS if getattr(rules, name) != getattr(STATUTE_ALONE, name))
