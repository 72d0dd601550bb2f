"""The indicators of 行政复议 that tell how a case was heard and what became of it afterwards.

IND-AR-11 and IND-AR-12 see the same suits from their two ends: a reconsideration case says whether it was sued over,
a suit which reconsideration case it followed. Neither asks the other's facts, so their counts need not be equal.
"""

from services.reporting.indicators.definitions import AL, AR, Definition, Indicator, due, flow
from services.reporting.indicators.reconsideration import BY_CLOSING, CON, DSP

SUABLE = flow(AR, "suable")
SUING_OVER = due(AR, "suing_over")
OPINIONS = flow(AR, "opinion_letters")
RECOMMENDATIONS = flow(AR, "recommendation_letters")

BY_SUING_DATE = "按起诉期限届满日期计入，截至数据日期尚未届满的不计"
BY_ISSUE = "按制发日期计入"
SUITS = "行政复议法第十条；行政诉讼法第四十五条"

AFTER_RECONSIDERATION_INDICATORS = (
    Indicator(
        "IND-AR-9",
        "案结事了率",
        (
            Definition(
                "D1",
                "占办结",
                flow(AR, "disposed_settled"),
                DSP,
                "办结案件中截至数据日期没有登记起诉、也没有登记信访的件数 ÷ 办结件数"
                "（含不予受理、视为放弃、受理前撤回）；起诉期限未满的案件仍可能起诉，期满以前为初步数。",
                "按办结日期计入",
                "司法部公布数据的写法；行政复议法第十条",
            ),
            Definition(
                "D2",
                "占起诉期限已满",
                due(AR, "suing_over_settled"),
                SUING_OVER,
                "起诉期限（收到决定之日起 15 日）已满的案件中没有登记起诉、也没有登记信访的件数 ÷ 起诉期限已满的件数；"
                "未登记送达的案件和以调解书、撤回结案的案件没有起诉期限，不计入。",
                BY_SUING_DATE,
                SUITS,
            ),
        ),
    ),
    Indicator(
        "IND-AR-11",
        "复议后起诉率",
        (
            Definition(
                "D1",
                "占可以起诉的结案",
                flow(AR, "suable_sued"),
                SUABLE,
                "结案后登记起诉的件数 ÷ 可以起诉的结案件数（作出决定、驳回、不予受理；不含调解书结案和终止）；"
                "一件案件无论引起几件诉讼只计一次。",
                "按审结日期、不予受理日期计入",
                SUITS,
            ),
            Definition(
                "D2",
                "占审结",
                flow(AR, "concluded_sued"),
                CON,
                "审结后登记起诉的件数 ÷ 审结件数。",
                BY_CLOSING,
                SUITS,
            ),
            Definition(
                "D3",
                "占起诉期限已满",
                due(AR, "suing_over_sued"),
                SUING_OVER,
                "起诉期限（收到决定之日起 15 日）已满的案件中登记起诉的件数 ÷ 起诉期限已满的件数。",
                BY_SUING_DATE,
                SUITS,
            ),
        ),
    ),
    Indicator(
        "IND-AR-12",
        "复议后应诉败诉率",
        (
            Definition(
                "D1",
                "占经复议的一审审结",
                flow(AL, "lost_after_reconsideration"),
                flow(AL, "concluded_after_reconsideration"),
                "写明所经复议案件的一审应诉案件中败诉的件数 ÷ 这些案件的审结件数；未写明复议案件的应诉案件不计，"
                "二审、再审不计。",
                "按应诉案件的审结日期计入",
                "行政诉讼法第二十六条第二款、第四十四条、第四十五条、第七十条、第七十二条至第七十八条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-15",
        "听证率",
        (
            Definition(
                "D1",
                "占审结",
                flow(AR, "hearing_concluded"),
                CON,
                "举行过听证的审结件数 ÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第五十条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-15-2",
        "负责人参加听证率",
        (
            Definition(
                "D1",
                "占听证次数",
                flow(AR, "hearings_with_head"),
                flow(AR, "hearings_held"),
                "被申请人的负责人参加的听证次数 ÷ 举行听证的次数；只委托工作人员参加的不计入分子。",
                "按举行听证的日期计入",
                "行政复议法第五十一条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-16",
        "意见书、建议书制发数",
        (
            Definition(
                "D1",
                "意见书和建议书",
                OPINIONS + RECOMMENDATIONS,
                None,
                "制发的行政复议意见书和行政复议建议书的份数。",
                BY_ISSUE,
                "行政复议法第七十六条；行政复议法实施条例第五十七条",
                unit="count",
                decimals=0,
            ),
            Definition(
                "D2",
                "意见书",
                OPINIONS,
                None,
                "制发的行政复议意见书的份数。",
                BY_ISSUE,
                "行政复议法第七十六条",
                unit="count",
                decimals=0,
            ),
            Definition(
                "D3",
                "建议书",
                RECOMMENDATIONS,
                None,
                "制发的行政复议建议书的份数。",
                BY_ISSUE,
                "行政复议法实施条例第五十七条第二款",
                unit="count",
                decimals=0,
            ),
        ),
    ),
    Indicator(
        "IND-AR-16-2",
        "意见书落实率",
        (
            Definition(
                "D1",
                "占反馈期限已满",
                due(AR, "letters_due_adopted"),
                due(AR, "letters_due"),
                "反馈期限（收到意见书之日起 60 日）已满的意见书中已经反馈并落实的份数 ÷ 反馈期限已满的份数；"
                "逾期反馈而落实的计入分子，没有反馈期限的建议书不计。",
                "分子、分母均按反馈期限届满日期计入，截至数据日期尚未届满的不计",
                "行政复议法第七十六条、第七十七条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-18",
        "履行率",
        (
            Definition(
                "D1",
                "占履行期限已满",
                due(AR, "performance_due_met"),
                due(AR, "performance_due"),
                "履行期限已满的决定书、调解书中已经登记履行的件数 ÷ 履行期限已满的件数；逾期履行的计入分子，"
                "没有履行内容的案件不计。",
                "分子、分母均按履行期限届满日期计入，截至数据日期尚未届满的不计",
                "行政复议法第七十七条、第七十八条",
            ),
        ),
    ),
)
