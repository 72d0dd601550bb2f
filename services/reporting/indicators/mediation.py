"""The indicators of 人民调解."""

from services.reporting.indicators.definitions import ORG, PM, Definition, Indicator, flow, until_end

AGREED = flow(PM, "agreed")

MEDIATION_INDICATORS = (
    Indicator(
        "IND-PM-1",
        "调解件数",
        (
            Definition(
                "D1",
                "受理件数",
                flow(PM, "accepted"),
                None,
                "受理的调解案件数。",
                "按受理日期计入",
                "人民调解法第十七条、第二十七条",
                unit="count",
                decimals=0,
            ),
            Definition(
                "D2",
                "办结件数",
                flow(PM, "concluded"),
                None,
                "调解结束（达成协议、调解不成、终止）的案件数。",
                "按结束日期计入",
                "人民调解法第二十六条至第二十八条",
                unit="count",
                decimals=0,
            ),
        ),
    ),
    Indicator(
        "IND-PM-2",
        "调解成功率",
        (
            Definition(
                "D1",
                "占已结束",
                AGREED,
                flow(PM, "concluded"),
                "达成书面或口头协议的件数 ÷ 调解结束的件数；未结束的不计入。",
                "按结束日期计入",
                "人民调解法第二十八条",
            ),
        ),
    ),
    Indicator(
        "IND-PM-3",
        "书面协议比例",
        (
            Definition(
                "D1",
                "占调解成功",
                flow(PM, "agreed_written"),
                AGREED,
                "达成书面协议的件数 ÷ 达成协议的件数。",
                "按结束日期计入",
                "人民调解法第二十八条至第三十条",
            ),
        ),
    ),
    Indicator(
        "IND-PM-4",
        "司法确认率",
        (
            Definition(
                "D1",
                "占调解成功",
                flow(PM, "confirmed"),
                AGREED,
                "法院裁定确认有效的件数 ÷ 达成协议的件数；两者日期不同，分子不一定在分母之内。",
                "确认按裁定日期、协议按结束日期计入",
                "人民调解法第三十三条",
            ),
            Definition(
                "D2",
                "占书面协议",
                flow(PM, "confirmed"),
                flow(PM, "agreed_written"),
                "法院裁定确认有效的件数 ÷ 达成书面协议的件数；两者日期不同，分子不一定在分母之内。",
                "确认按裁定日期、协议按结束日期计入",
                "人民调解法第二十九条、第三十三条",
            ),
        ),
    ),
    Indicator(
        "IND-PM-5",
        "诉前调解调撤率",
        (
            Definition(
                "D1",
                "占诉前委派调解结束",
                flow(PM, "pre_resolved"),
                flow(PM, "pre_concluded"),
                "法院诉前委派案件中（达成协议＋息诉撤诉）÷ 调解结束的件数。",
                "按结束日期计入",
                "人民法院在线调解规则；年度报告的写法",
                decimals=1,
            ),
        ),
    ),
    Indicator(
        "IND-PM-7",
        "涉案金额",
        (
            Definition(
                "D1",
                "协议金额",
                flow(PM, "amount_fen"),
                None,
                "达成协议的案件的协议金额之和，单位为分。",
                "按结束日期计入",
                "人民调解统计报表",
                unit="fen",
                decimals=0,
            ),
        ),
    ),
    Indicator(
        "IND-PM-8",
        "调解组织数",
        (
            Definition(
                "D1",
                "期末人民调解委员会",
                until_end(ORG, "organisations"),
                None,
                "期末存在的各类人民调解委员会数；派驻调解室、个人调解工作室和劳动争议调解组织不计入。",
                "按期末日期计数",
                "人民调解法第八条、第十条、第三十四条",
                unit="count",
                decimals=0,
            ),
        ),
    ),
)
