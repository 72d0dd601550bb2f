"""The table of periods 期限表: every clock of the procedure with its article, its length and what follows when missed.

It is that of the Act in force; the table of the Act before stands beside it in `old_act`.

ARL = 行政复议法 (2023). Its 3, 5, 7 and 10 days are working days (ARL 88(2), CAL-1); all else is calendar time.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from services.reconsideration.terms import Procedure
from shared.kernel.calendar import Unit

_WORKING, _DAYS, _MONTHS = Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH


class OtherLength(StrEnum):
    """Whether a single case may have another length than the table, and which."""

    NONE = "none"  # 法定，不得另定
    SHORTER = "shorter"  # 只能更短
    LONGER = "longer"  # 只能更长
    ANY = "any"  # 依决定或者其他规定


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """一种期限: one line of the table. A negative length counts back (CAL-7)."""

    id: str
    name: str
    article: str
    trigger: str
    consequence: str
    unit: Unit
    # A procedure without an entry has no such period.
    lengths: Mapping[Procedure, int]
    mark: str = "V"  # V in the statute's text, K settled knowledge, D our decision, ? open to a jurist
    rolls: bool = True
    is_right: bool = False  # 当事人的权利: the office is never late with it
    other_length: OtherLength = OtherLength.NONE


def both(ordinary: int, summary: int | None = None) -> Mapping[Procedure, int]:
    """One number where the procedure does not matter, two where it does."""
    return MappingProxyType(
        {Procedure.ORDINARY: ordinary, Procedure.SUMMARY: ordinary if summary is None else summary}
    )


_APPLYING = (
    DeadlineRule(
        "ar.apply",
        "申请期限",
        "行政复议法第二十条第一款",
        "自知道或者应当知道行政行为之日",
        "逾期且无正当理由的，不予受理",
        _DAYS,
        both(60),
        other_length=OtherLength.LONGER,  # Only a 法律 may set it, and only a longer one (AR-2.1).
    ),
    DeadlineRule(
        "ar.apply_not_informed",
        "申请期限（未告知申请权利、复议机关和期限）",
        "行政复议法第二十条第三款",
        "自知道或者应当知道申请权利、复议机关和申请期限之日",
        "逾期且无正当理由的，不予受理",
        _DAYS,
        both(60),
        other_length=OtherLength.LONGER,
    ),
    DeadlineRule(
        "ar.apply_cap",
        "申请期限（未告知时最长一年）",
        "行政复议法第二十条第三款",
        "自知道或者应当知道行政行为内容之日",
        "超过一年的，不予受理",
        _MONTHS,
        both(12),
    ),
    DeadlineRule(
        "ar.apply_bar",
        "最长申请期限（五年）",
        "行政复议法第二十一条",
        "自行政行为作出之日",
        "超过五年的，不予受理",
        _MONTHS,
        both(60),
    ),
    DeadlineRule(
        "ar.apply_bar_real_estate",
        "最长申请期限（不动产，二十年）",
        "行政复议法第二十一条",
        "自行政行为作出之日",
        "超过二十年的，不予受理",
        _MONTHS,
        both(240),
    ),
)

_ACCEPTANCE = (
    DeadlineRule(
        "ar.organ_forward",
        "处罚机关转送",
        "行政复议法第三十二条第二款",
        "自作出处罚决定的行政机关收到申请之日",
        "逾期未转送，提示督促",
        _WORKING,
        both(5),
    ),
    DeadlineRule(
        "ar.acceptance_review",
        "受理审查期限",
        "行政复议法第三十条第一款",
        "自收到申请或者补正材料之日",
        "届满未作出不予受理决定的，自届满之日起视为受理（第三十条第三款）",
        _WORKING,
        both(5),
    ),
    DeadlineRule(
        "ar.supplement_notice",
        "补正通知期限",
        "行政复议法第三十一条第一款",
        "自收到申请之日",
        "逾期不得再通知补正，审查期限届满视为受理",
        _WORKING,
        both(5),
    ),
    DeadlineRule(
        "ar.supplement",
        "补正期限",
        "行政复议法第三十一条第二款",
        "自申请人收到补正通知之日",
        "无正当理由逾期不补正的，视为放弃行政复议申请",
        _WORKING,
        both(10),
        other_length=OtherLength.LONGER,  # 有正当理由的，可以延长合理的补正期限
    ),
    DeadlineRule(
        "ar.jurisdiction_agreement",
        "管辖协商期限",
        "行政复议法实施条例第三十条",
        "自同时收到申请之日",
        "协商不成的，报共同上一级行政机关指定",
        _WORKING,
        both(10),
        mark="?",  # The 条例 has no working-day clause; read with ARL 88(2) (AR-3.9).
    ),
    DeadlineRule(
        "ar.jurisdiction_designation",
        "管辖指定期限",
        "行政复议法实施条例第三十条",
        "自报请指定之日",
        "逾期未指定，提示督促",
        _WORKING,
        both(10),
        mark="?",
    ),
)

_HANDLING = (
    DeadlineRule(
        "ar.copy",
        "发送申请书副本",
        "行政复议法第四十八条、第五十四条第一款",
        "自受理之日",
        "逾期未发送，提示督促",
        _WORKING,
        both(7, summary=3),
    ),
    DeadlineRule(
        "ar.reply",
        "被申请人答复举证期限",
        "行政复议法第四十八条、第五十四条第一款",
        "自被申请人收到申请书副本之日",
        "逾期不答复、不举证的，视为没有证据、依据（第七十条）",
        _WORKING,
        both(10, summary=5),
    ),
    DeadlineRule(
        "ar.hearing_notice",
        "听证通知期限",
        "行政复议法第五十一条第一款",
        "举行听证之日倒数",
        "通知晚于该日的，应当另定听证日期",
        _WORKING,
        both(-5),
        mark="D",  # The article is the statute's; how to count back is our decision (CAL-7).
    ),
    DeadlineRule(
        "ar.hearing_notice_clear",
        "听证通知期限（地方规则：隔五个完整工作日）",
        "行政复议法第五十一条第一款",
        "举行听证之日倒数",
        "通知晚于该日的，应当另定听证日期",
        _WORKING,
        both(-6),
        mark="D",
    ),
    DeadlineRule(
        "ar.decision",
        "审理期限",
        "行政复议法第六十二条",
        "自受理之日",
        "逾期未决定的，申请人可以自期满之日起十五日内起诉",
        _DAYS,
        both(60, summary=30),
        other_length=OtherLength.SHORTER,  # 法律规定的行政复议期限少于六十日的除外
    ),
    DeadlineRule(
        "ar.extension",
        "延长审理期限",
        "行政复议法第六十二条第一款",
        "自审理期限末日（未顺延）",
        "最多延长三十日，只延长一次，简易程序不得延长",
        _DAYS,
        # The clause stands in the paragraph on ordinary procedure alone (AR-6.2).
        MappingProxyType({Procedure.ORDINARY: 30}),
        mark="K",  # "once"
        other_length=OtherLength.SHORTER,
    ),
    DeadlineRule(
        "ar.document_review",
        "规范性文件处理期限（有权处理）",
        "行政复议法第五十六条、第五十七条",
        "自行政复议中止或者认为依据不合法之日",
        "逾期未处理，提示督促",
        _DAYS,
        both(30),
    ),
    DeadlineRule(
        "ar.document_forward",
        "规范性文件转送期限（无权处理）",
        "行政复议法第五十六条、第五十七条",
        "自行政复议中止或者认为依据不合法之日",
        "逾期未转送，提示督促",
        _WORKING,
        both(7),
    ),
    DeadlineRule(
        "ar.document_ask",
        "通知制定机关书面答复",
        "行政复议法第五十八条第一款",
        "自行政复议中止之日",
        "逾期未通知，提示督促",
        _WORKING,
        both(3),
    ),
    DeadlineRule(
        "ar.document_answer",
        "制定机关答复期限",
        "行政复议法第五十八条第一款",
        "自制定机关收到书面通知之日",
        "逾期未答复，提示督促",
        _WORKING,
        both(10),
    ),
    DeadlineRule(
        "ar.document_receiver",
        "接受转送机关回复期限",
        "行政复议法第六十条",
        "自收到转送之日",
        "逾期未回复，提示督促",
        _DAYS,
        both(60),
    ),
    DeadlineRule(
        "ar.suspension_limit",
        "中止满六十日",
        "行政复议法第四十一条第五项",
        "自行政复议中止之日",
        "依第三十九条第一款第一项、第二项、第四项中止而原因仍未消除的，终止行政复议",
        _DAYS,
        both(60),
        mark="D",  # A threshold, not a deadline: it does not roll (V24).
        rolls=False,
    ),
    DeadlineRule(
        "ar.suspension_limit_rolled",
        "中止满六十日（地方规则：遇节假日顺延）",
        "行政复议法第四十一条第五项",
        "自行政复议中止之日",
        "依第三十九条第一款第一项、第二项、第四项中止而原因仍未消除的，终止行政复议",
        _DAYS,
        both(60),
        mark="D",
    ),
)

_AFTERWARDS = (
    DeadlineRule(
        "ar.sue",
        "起诉期限",
        "行政诉讼法第四十五条",
        "自收到行政复议决定书之日或者行政复议期满之日",
        "逾期未起诉的，行政复议决定不再可诉",
        _DAYS,
        both(15),
        is_right=True,
    ),
    DeadlineRule(
        "ar.redo",
        "重新作出行政行为期限",
        "行政复议法实施条例第四十九条第一款",
        "自行政复议决定生效之日",
        "逾期未重作的，依行政复议法第八十三条追究责任",
        _DAYS,
        both(60),
        other_length=OtherLength.ANY,  # 法律、法规、规章规定期限的，从其规定
    ),
    DeadlineRule(
        "ar.performance",
        "履行期限",
        "行政复议法第六十六条、第七十七条第一款",
        "自行政复议决定、调解书生效之日",
        "逾期的，责令限期履行，可以约谈、通报批评（第七十七条第二款）",
        _DAYS,
        # 一定期限: the decision writes it, and without a written term no such clock runs.
        both(60),
        mark="D",
        other_length=OtherLength.ANY,
    ),
    DeadlineRule(
        "ar.ordered_performance",
        "责令限期履行的期限",
        "行政复议法第七十七条第二款",
        "自责令限期履行之日",
        "逾期的，依法处理（第八十三条）",
        _DAYS,
        both(60),
        mark="D",
        other_length=OtherLength.ANY,
    ),
    DeadlineRule(
        "ar.opinion_feedback",
        "意见书反馈期限",
        "行政复议法第七十六条",
        "自收到行政复议意见书之日",
        "逾期的，责令限期履行，可以约谈、通报批评（第七十七条第二款）",
        _DAYS,
        both(60),
    ),
    DeadlineRule(
        "ar.enforcement",
        "申请法院强制执行期限",
        "行政强制法第五十三条",
        "自起诉期限届满之日",
        "无正当理由逾期申请的，人民法院不予受理（法释〔2018〕1号第一百五十六条）",
        _MONTHS,
        both(3),
        is_right=True,  # 可以申请: nobody is late who does not ask
    ),
)

RULES: Mapping[str, DeadlineRule] = MappingProxyType(
    {rule.id: rule for rule in (*_APPLYING, *_ACCEPTANCE, *_HANDLING, *_AFTERWARDS)}
)
RIGHTS = frozenset(rule.id for rule in RULES.values() if rule.is_right)
