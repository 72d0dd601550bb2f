"""The indicators of 行政应诉."""

from services.reporting.indicators.definitions import AL, Definition, Indicator, flow

DUTY = flow(AL, "duty")
MET = flow(AL, "met")

BY_HEARING = "按首次开庭日期计入"
BY_CLOSING = "按审结日期计入"

LITIGATION_INDICATORS = (
    Indicator(
        "IND-AL-1",
        "行政机关负责人出庭应诉率",
        (
            Definition(
                "A1",
                "占全部应当出庭的开庭案件",
                MET,
                DUTY,
                "负责人已出庭的件数 ÷ 已开庭且负责人应当出庭的件数，以案件、审级、被诉机关为一件。",
                BY_HEARING,
                "行政诉讼法第三条第三款；法释〔2020〕3号第七条",
            ),
            Definition(
                "A2",
                "占法院通知出庭",
                flow(AL, "required_met"),
                flow(AL, "required"),
                "法院通知负责人出庭的件数中，负责人已出庭的件数所占比例。",
                BY_HEARING,
                "法释〔2020〕3号第四条、第五条",
            ),
            Definition(
                "A3",
                "扣除有正当理由",
                MET,
                DUTY - flow(AL, "excused"),
                "负责人已出庭的件数 ÷（应当出庭的件数－法院认可有正当理由不能出庭的件数）。",
                BY_HEARING,
                "法释〔2020〕3号第八条、第九条",
            ),
            Definition(
                "A4",
                "按庭次",
                flow(AL, "hearings_attended"),
                flow(AL, "hearings"),
                "应当出庭的案件中，有负责人出庭的庭次 ÷ 全部庭次。",
                "按每次开庭日期计入",
                "行政诉讼法第三条第三款",
            ),
        ),
    ),
    Indicator(
        "IND-AL-2",
        "正职负责人出庭率",
        (
            Definition(
                "D1",
                "占全部应当出庭的开庭案件",
                flow(AL, "principal"),
                DUTY,
                "正职负责人已出庭的件数 ÷ 已开庭且负责人应当出庭的件数。",
                BY_HEARING,
                "法释〔2020〕3号第二条",
            ),
            Definition(
                "D2",
                "占负责人已出庭",
                flow(AL, "principal"),
                MET,
                "正职负责人已出庭的件数 ÷ 负责人已出庭的件数。",
                BY_HEARING,
                "法释〔2020〕3号第二条",
            ),
        ),
    ),
    Indicator(
        "IND-AL-4",
        "败诉率",
        (
            Definition(
                "F1",
                "占一审审结",
                flow(AL, "lost_first"),
                flow(AL, "concluded_first"),
                "一审败诉件数 ÷ 一审审结件数。",
                BY_CLOSING,
                "行政诉讼法第七十条、第七十二条至第七十八条",
            ),
            Definition(
                "F2",
                "占一审判决",
                flow(AL, "judged_lost_first"),
                flow(AL, "judged_first"),
                "一审判决败诉件数 ÷ 一审以判决结案的件数。",
                BY_CLOSING,
                "行政诉讼法第七十条、第七十二条至第七十八条",
            ),
        ),
    ),
    Indicator(
        "IND-AL-6",
        "撤诉调解率",
        (
            Definition(
                "D1",
                "占审结",
                flow(AL, "suit_withdrawn", "mediated"),
                flow(AL, "concluded"),
                "（撤诉＋调解）件数 ÷ 审结件数，含各审级。",
                BY_CLOSING,
                "行政诉讼法第六十条、第六十二条",
            ),
        ),
    ),
)
