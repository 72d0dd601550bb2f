"""The indicators of 行政复议."""

from services.reporting.indicators.definitions import AL, AR, Definition, Indicator, before, flow

# The usual letters of these formulas.
NEW = flow(AR, "received")
ACC = flow(AR, "accepted")
REFUSED = flow(AR, "not_accepted", "abandoned")
DSP = flow(AR, "disposed")
CON = flow(AR, "concluded")
CARRY = before(AR, "accepted") - before(AR, "concluded")
CORR = flow(
    AR,
    "varied",
    "revoked",  # includes the partly revoked
    "confirmed_unlawful",
    "confirmed_void",
    "performance_ordered",
    "agreement_liable",
)
MED = flow(AR, "mediated")
WD = flow(AR, "withdrawn")
WD_SETTLED = flow(AR, "withdrawn_settled")
WD_CHANGED = flow(AR, "withdrawn_changed")
DECIDED = CON - MED - flow(AR, "terminated")

BY_CLOSING = "按审结日期计入"

RECONSIDERATION_INDICATORS = (
    Indicator(
        "IND-AR-1",
        "受理率",
        (
            Definition(
                "D1",
                "占已作处理的申请",
                ACC,
                ACC + REFUSED,
                "受理件数 ÷（受理＋不予受理＋视为放弃的件数）。",
                "按受理、不予受理、视为放弃的日期计入",
                "行政复议法第三十条、第三十一条",
            ),
            Definition(
                "D2",
                "占新收申请",
                ACC,
                NEW,
                "受理件数 ÷ 新收申请件数。",
                "受理按受理日期、新收按收到日期计入",
                "行政复议法第三十条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-2",
        "结案率",
        (
            Definition(
                "D1",
                "占上期结转与本期受理",
                CON,
                CARRY + ACC,
                "审结件数 ÷（上期结转件数＋本期受理件数）。",
                "审结按审结日期、受理按受理日期计入",
                "行政复议法第六十二条",
            ),
            Definition(
                "D2",
                "占本期受理",
                CON,
                ACC,
                "审结件数 ÷ 本期受理件数，不计上期结转。",
                "审结按审结日期、受理按受理日期计入",
                "地方法治政府建设年度报告的写法",
            ),
        ),
    ),
    Indicator(
        "IND-AR-3",
        "按期结案率",
        (
            Definition(
                "D1",
                "占审结",
                flow(AR, "concluded_in_time"),
                CON,
                "在法定审理期限（自受理起普通程序 60 日、简易程序 30 日，加延长和中止的天数，逢假日顺延）内审结的件数"
                " ÷ 审结件数；未登记期限的不计入分子。",
                BY_CLOSING,
                "行政复议法第三十九条、第六十二条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-4",
        "维持率",
        (
            Definition(
                "D1",
                "占审结",
                flow(AR, "upheld"),
                CON,
                "决定维持的件数 ÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第六十八条",
            ),
            Definition(
                "D2",
                "占作出决定",
                flow(AR, "upheld"),
                DECIDED,
                "决定维持的件数 ÷（审结件数－调解－终止）。",
                BY_CLOSING,
                "行政复议法第六十八条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-5",
        "直接纠错率",
        (
            Definition(
                "D1",
                "占审结",
                CORR,
                CON,
                "决定变更、撤销（含部分撤销）、确认违法、确认无效、责令履行、行政协议责任的件数 ÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第六十三条至第六十七条、第七十一条",
            ),
            Definition(
                "D2",
                "占作出决定",
                CORR,
                DECIDED,
                "直接纠错件数 ÷（审结件数－调解－终止）。",
                BY_CLOSING,
                "行政复议法第六十三条至第六十七条、第七十一条",
            ),
            Definition(
                "D3",
                "占本期受理",
                CORR,
                ACC,
                "直接纠错件数 ÷ 本期受理件数；分子分母不是同一批案件，仅供核对已公布数据。",
                "纠错按审结日期、受理按受理日期计入",
                "部分县级年度报告的写法",
            ),
        ),
    ),
    Indicator(
        "IND-AR-6",
        "综合纠错率",
        (
            Definition(
                "Z1",
                "含调解、和解撤回、被申请人改变行为后撤回",
                CORR + MED + WD_SETTLED + WD_CHANGED,
                CON,
                "（直接纠错＋调解＋和解后撤回＋被申请人改变行政行为后撤回）÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第五条、第四十一条、第六十三条至第六十七条、第七十一条、第七十三条、第七十四条",
            ),
            Definition(
                "Z2",
                "含调解和全部撤回",
                CORR + MED + WD,
                CON,
                "（直接纠错＋调解＋全部撤回申请）÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第四十一条、第六十三条至第六十七条、第七十一条、第七十三条",
            ),
            Definition(
                "Z3",
                "含被申请人改变行为后撤回",
                CORR + WD_CHANGED,
                CON,
                "（直接纠错＋被申请人改变行政行为后撤回）÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第四十一条、第六十三条至第六十七条、第七十一条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-7",
        "调解率",
        (
            Definition(
                "D1",
                "仅调解书",
                MED,
                CON,
                "以调解书结案的件数 ÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第五条、第七十三条",
                decimals=1,
            ),
            Definition(
                "D2",
                "含和解后撤回",
                MED + WD_SETTLED,
                CON,
                "（调解书结案＋和解后撤回）÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第五条、第七十三条、第七十四条",
                decimals=1,
            ),
        ),
    ),
    Indicator(
        "IND-AR-8",
        "调撤率",
        (
            Definition(
                "D1",
                "占办结",
                MED + WD,
                DSP,
                "（调解书结案＋撤回申请终止）÷ 办结件数（含不予受理、视为放弃、受理前撤回）。",
                "按办结日期计入",
                "行政复议法第四十一条、第七十三条、第七十四条",
            ),
            Definition(
                "D2",
                "占审结",
                MED + WD,
                CON,
                "（调解书结案＋撤回申请终止）÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第四十一条、第七十三条、第七十四条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-10",
        "行政争议化解率",
        (
            Definition(
                "D1",
                "调解、撤回与纠错",
                MED + WD + CORR,
                CON,
                "（调解书结案＋撤回申请终止＋直接纠错）÷ 审结件数；国家层面没有统一公式，引用时应写明本口径。",
                BY_CLOSING,
                "无全国统一公式，本系统口径",
            ),
            Definition(
                "D2",
                "调解、撤回、已履行的纠错与未起诉的维持",
                MED + WD + flow(AR, "corrected_performed", "upheld_unsued"),
                CON,
                "（调解书结案＋撤回申请终止＋已登记履行的直接纠错＋维持后未登记起诉）÷ 审结件数；"
                "履行和起诉发生在审结之后，数字随登记而变；国家层面没有统一公式。",
                BY_CLOSING,
                "无全国统一公式，本系统口径",
            ),
        ),
    ),
    Indicator(
        "IND-AR-13",
        "复议与一审行政诉讼之比",
        (
            Definition(
                "D2",
                "与本系统登记的一审应诉案件之比",
                NEW,
                flow(AL, "notified_first"),
                "新收复议申请件数 ÷ 同地区同期登记的一审应诉案件数；法院收案数须另行取得，本口径不能代替。",
                "复议按收到日期、应诉按收到应诉通知日期计入",
                "本系统口径；公布的倍数以法院收案数为分母",
                unit="ratio",
                decimals=1,
            ),
        ),
    ),
    Indicator(
        "IND-AR-14",
        "简易程序适用率",
        (
            Definition(
                "D1",
                "占审结",
                flow(AR, "summary_concluded"),
                CON,
                "适用简易程序审结的件数 ÷ 审结件数。",
                BY_CLOSING,
                "行政复议法第五十三条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-17",
        "网上申请占比",
        (
            Definition(
                "D1",
                "占新收",
                flow(AR, "internet_received"),
                NEW,
                "通过互联网渠道收到的申请件数 ÷ 新收申请件数。",
                "按收到日期计入",
                "行政复议法第二十二条",
            ),
        ),
    ),
    Indicator(
        "IND-AR-19",
        "代办点收件占比",
        (
            Definition(
                "D1",
                "占新收",
                flow(AR, "agent_point_received"),
                NEW,
                "经行政复议代办点收到的申请件数 ÷ 新收申请件数。",
                "按收到日期计入",
                "地方实践，本系统口径",
            ),
        ),
    ),
)
