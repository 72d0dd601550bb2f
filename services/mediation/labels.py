"""Chinese words of this service's closed sets: what pages print and what ledgers may say."""

from services.mediation.terms import (
    AgreementForm,
    DisputeType,
    OrganisationStatus,
    OrganisationStep,
    OrganisationType,
    Outcome,
    PartyRole,
    Referral,
    Scope,
    Source,
    Status,
    Step,
    TerminationReason,
)
from shared.kit.ledger import Choices

STATUS = {
    Status.REGISTERED: "待受理",
    Status.IN_MEDIATION: "调解中",
    Status.AGREED: "已达成协议",
    Status.CONFIRMED: "已司法确认",
    Status.NOT_AGREED: "未达成协议",
    Status.DECLINED: "不予受理",
    Status.CANCELLED: "误录已注销",
}
PARTY_ROLES = {
    PartyRole.PARTY: "当事人",
    PartyRole.AGENT: "代理人",
    PartyRole.INVITED: "受邀参与调解的人",
}

STEP = {
    Step.REGISTER: "登记",
    Step.ACCEPT: "受理",
    Step.DECLINE: "不予受理",
    Step.AGREE: "达成协议",
    Step.FAIL: "调解不成",
    Step.TERMINATE: "终止调解",
    Step.CONFIRM: "司法确认",
    Step.RECORD: "台账录入",
    Step.CORRECT: "更正",
    Step.CANCEL: "注销误录",
    Step.RECALCULATED: "重算期限",
}
AGREEMENT_FORM = {AgreementForm.WRITTEN: "书面", AgreementForm.ORAL: "口头"}
ORGANISATION_STATUS = {
    OrganisationStatus.STANDING: "在册",
    OrganisationStatus.DISSOLVED: "已撤销",
    OrganisationStatus.CANCELLED: "误录已注销",
}
ORGANISATION_STEP = {
    OrganisationStep.REGISTER: "登记入册",
    OrganisationStep.DISSOLVE: "撤销",
    OrganisationStep.RECORD: "名册录入",
    OrganisationStep.CORRECT: "更正",
    OrganisationStep.CANCEL: "注销误录",
}

# The first word is the label; the others are words that ledgers and statutes use for the same thing.
SCOPES = Choices.of(
    {
        Scope.PEOPLE: ("人民调解组织", "人民调解", "人民调解委员会", "调委会"),
        Scope.LEGAL_SERVICE: ("公共法律服务平台", "公共法律服务", "公共法律服务点"),
        Scope.ALL_DISPUTES: ("全口径矛盾纠纷", "全口径", "矛盾纠纷", "社会矛盾纠纷"),
    }
)
_SOURCES: dict[str, tuple[str, ...]] = {
    Source.ON_APPLICATION: ("依申请调解", "依申请", "当事人申请", "申请", "申请调解"),
    Source.PROACTIVE: ("主动调解", "主动", "主动介入", "主动排查", "排查"),
    Source.COURT: ("法院", "人民法院", "法院移送", "法院委派", "法院委托", "法院委派委托"),
    Source.PROCURATORATE: ("检察院", "人民检察院", "检察机关", "检察院移送"),
    Source.POLICE: ("公安机关", "公安", "派出所", "公安派出所", "公安移送", "公安机关移送"),
    Source.PETITION: ("信访部门", "信访", "信访局", "信访移送", "信访部门移送"),
    Source.OTHER_REFERRED: ("其他部门", "其他部门移送", "其他部门委托移送", "其他移送", "其他"),
}
SOURCES = Choices.of(_SOURCES)
# 接受委托移送 is the total of the five referrals: a ledger that says no more is read by its referral column.
LEDGER_SOURCES = Choices.of(_SOURCES | {"referred": ("接受委托移送", "委托移送", "接受移送")})
_REFERRALS: dict[str, tuple[str, ...]] = {
    Referral.BEFORE_FILING: ("委派", "诉前", "诉前委派", "诉前调解", "诉前委派调解", "委派调解"),
    Referral.AFTER_FILING: ("委托", "诉中", "诉中委托", "诉中调解", "诉中委托调解", "委托调解", "立案后委托"),
}
REFERRALS = Choices.of(_REFERRALS)
# A ledger may also say that no court referred the dispute.
LEDGER_REFERRALS = Choices.of(_REFERRALS | {"none": ("无", "否", "没有", "非法院委派委托", "/", "-", "—")})
DISPUTE_TYPES = Choices.of(
    {
        DisputeType.MARRIAGE_FAMILY: ("婚姻家庭", "婚姻家庭纠纷", "婚姻", "家庭纠纷", "婚姻家庭继承"),
        DisputeType.NEIGHBOUR: ("邻里", "邻里纠纷", "相邻关系"),
        DisputeType.HOUSING: ("房屋宅基地", "房屋宅基地纠纷", "房屋、宅基地", "宅基地", "房屋"),
        DisputeType.CONTRACT: ("合同", "合同纠纷"),
        DisputeType.PRODUCTION: ("生产经营", "生产经营纠纷"),
        DisputeType.DAMAGES: ("损害赔偿", "损害赔偿纠纷", "赔偿纠纷"),
        DisputeType.LAND: ("山林土地", "山林土地纠纷", "土地纠纷", "土地", "草场", "草牧场", "山林土地草场"),
        DisputeType.DEMOLITION: ("征地拆迁", "征地拆迁纠纷", "拆迁"),
        DisputeType.POLLUTION: ("环境污染", "环境污染纠纷", "环境保护"),
        DisputeType.MIGRANT_WAGES: ("拖欠农民工工资", "拖欠农民工工资纠纷", "农民工工资", "欠薪"),
        DisputeType.LABOUR: ("其他劳动争议", "其他劳动争议纠纷", "劳动争议", "劳动争议纠纷", "劳动纠纷"),
        DisputeType.TOURISM: ("旅游", "旅游纠纷"),
        DisputeType.E_COMMERCE: ("电子商务", "电子商务纠纷", "网购"),
        DisputeType.CONSUMER: ("其他消费", "其他消费纠纷", "消费", "消费纠纷"),
        DisputeType.MEDICAL: ("医疗", "医疗纠纷", "医患纠纷"),
        DisputeType.TRAFFIC: ("道路交通事故", "道路交通事故纠纷", "道路交通", "交通事故", "交通事故纠纷"),
        DisputeType.PROPERTY_MANAGEMENT: ("物业", "物业纠纷", "物业管理", "物业服务"),
        DisputeType.OTHER: ("其他", "其他纠纷"),
    }
)
_OUTCOMES: dict[str, tuple[str, ...]] = {
    # 成功 alone does not tell the form of the agreement; the column's note says that it is read as written.
    Outcome.AGREED_WRITTEN: (
        "达成书面协议",
        "书面协议",
        "书面调解协议",
        "签订书面协议",
        "书面",
        "调解成功",
        "成功",
    ),
    Outcome.AGREED_ORAL: ("达成口头协议", "口头协议", "口头调解协议", "口头"),
    Outcome.FAILED: ("调解不成", "调解不成功", "调解失败", "未成功", "失败", "不成功", "未达成协议"),
    Outcome.TERMINATED: ("终止调解", "终止", "调解终止"),
}
OUTCOMES = Choices.of(_OUTCOMES)
_SETTLED = ("息诉撤诉", "息诉", "撤诉", "自行和解", "自行和解撤回", "自行和解后撤回")
# What ledgers write into the same column although it is no outcome of mediation.
LEDGER_OUTCOMES = Choices.of(
    _OUTCOMES
    | {
        "settled_suit_dropped": _SETTLED,
        "declined": ("不予受理", "不受理"),
        "pending": ("调解中", "未结", "未结案", "未办结", "正在调解"),
    }
)
TERMINATION_REASONS = Choices.of(
    {
        TerminationReason.REFUSED: ("当事人拒绝", "拒绝调解", "一方拒绝", "不同意调解"),
        TerminationReason.UNREACHABLE: ("无法联系", "联系不上", "下落不明"),
        TerminationReason.WITHDRAWN: ("撤回调解申请", "撤回", "撤回申请"),
        TerminationReason.SETTLED_SUIT_DROPPED: _SETTLED,
        TerminationReason.OTHER: ("其他", "其他原因"),
    }
)
_ORGANISATION_TYPES: dict[str, tuple[str, ...]] = {
    OrganisationType.VILLAGE: (
        "村调委会",
        "村（嘎查）调委会",
        "嘎查村调委会",
        "村（居）调委会",
        "村人民调解委员会",
        "嘎查村人民调解委员会",
        "嘎查调委会",
        "嘎查",
        "嘎查村",
        "村",
    ),
    OrganisationType.RESIDENT: (
        "居（社区）调委会",
        "社区（居民）调委会",
        "社区调委会",
        "居民调委会",
        "居委会",
        "居委会调委会",
        "居民委员会调委会",
        "社区人民调解委员会",
        "社区",
        "居",
    ),
    OrganisationType.TOWN: (
        "乡镇（苏木）调委会",
        "乡镇调委会",
        "苏木乡镇调委会",
        "乡镇人民调解委员会",
        "苏木乡镇人民调解委员会",
        "苏木调委会",
        "苏木乡镇",
        "苏木镇",
        "乡镇",
        "苏木",
    ),
    OrganisationType.STREET: ("街道调委会", "街道人民调解委员会", "街道办事处调委会", "街道"),
    OrganisationType.ENTERPRISE: ("企事业单位调委会", "企事业单位人民调解委员会", "企业调委会", "企事业单位"),
    OrganisationType.SOCIAL: (
        "社会团体和其他组织调委会",
        "社会团体调委会",
        "社会团体和其他组织",
        "社会团体",
    ),
    OrganisationType.UNSPECIFIED: ("类型未写明的调委会", "未写明", "未登记类型", "未分类", "不详"),
    OrganisationType.STATION: ("派驻调解室", "调解室", "派驻人民调解室"),
    OrganisationType.PERSONAL_STUDIO: ("个人调解工作室", "个人调解室", "个人工作室"),
    OrganisationType.LABOUR_MEDIATION: ("劳动争议调解组织", "劳动人事争议调解组织", "劳动争议调解委员会"),
    OrganisationType.LEGAL_SERVICE_CENTRE: ("公共法律服务中心", "法律服务中心"),
    OrganisationType.LEGAL_SERVICE_STATION: ("公共法律服务工作站", "公共法律服务站", "法律服务工作站"),
    OrganisationType.LEGAL_SERVICE_ROOM: ("公共法律服务工作室", "公共法律服务室", "法律服务工作室"),
    OrganisationType.COMMUNITY_SERVICE_ROOM: ("社区公共法律服务室", "社区公共法律服务工作室"),
}
ORGANISATION_TYPES = Choices.of(_ORGANISATION_TYPES)
# Reports list 行业性、专业性 as a type; in the national form they are a part of the social bodies (PM-1.2).
LEDGER_ORGANISATION_TYPES = Choices.of(
    _ORGANISATION_TYPES
    | {
        "industry": (
            "行业性、专业性调委会",
            "行业性专业性调委会",
            "行业性、专业性人民调解委员会",
            "行业性专业性人民调解委员会",
            "行业性专业性",
            "行业性、专业性",
            "行业性调委会",
            "专业性调委会",
            "行业性",
            "专业性",
        )
    }
)
