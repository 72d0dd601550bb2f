"""Chinese words of this service's closed sets: what pages print and what ledgers may say."""

from services.reconsideration.terms import (
    Channel,
    Inaction,
    LinkedService,
    NoticeOf,
    OrganLevel,
    Outcome,
    PartyRole,
    Procedure,
    Reached,
    Refusal,
    RespondentType,
    Status,
    Step,
    TerminationGround,
    WithdrawReason,
)
from shared.kit.ledger import Choices

STATUS = {
    Status.DRAFT: "在代办点或者作出处罚的机关，尚未转来",
    Status.RECEIVED: "待受理审查",
    Status.SUPPLEMENT_WAIT: "待补正",
    Status.ACCEPTED: "已受理，待被申请人答复",
    Status.UNDER_REVIEW: "审理中",
    Status.SUSPENDED: "已中止",
    Status.DECISION_PENDING: "决定待批准",
    Status.CLOSED: "已审结",
    Status.NOT_ACCEPTED: "未受理办结",
    Status.CANCELLED: "录入错误，已注销",
}
PARTY_ROLES = {
    PartyRole.APPLICANT: "申请人",
    PartyRole.REPRESENTATIVE: "申请人代表",
    PartyRole.LEGAL_REPRESENTATIVE: "法定代理人",
    PartyRole.THIRD_PARTY: "第三人",
    PartyRole.AGENT: "代理人",
}

STEP = {
    Step.RECEIVE: "收到申请",
    Step.FORWARD: "转送复议机构",
    Step.SELF_CORRECT: "作出处罚的机关自行纠正",
    Step.ACCEPT: "受理",
    Step.ACCEPT_WITH_GAPS: "容缺受理",
    Step.DECLINE: "不予受理",
    Step.REQUEST_SUPPLEMENT: "通知补正",
    Step.DEEM_ACCEPTED: "视为受理",
    Step.DELIVER_SUPPLEMENT: "补正通知送达",
    Step.RECEIVE_SUPPLEMENT: "收到补正材料",
    Step.EXTEND_SUPPLEMENT: "延长补正期限",
    Step.LAPSE_SUPPLEMENT: "逾期不补正，视为放弃",
    Step.WITHDRAW_BEFORE_ACCEPTANCE: "受理前撤回",
    Step.FILL_GAP: "补齐容缺材料",
    Step.ASSIGN_HANDLERS: "确定承办人",
    Step.CHANGE_RESPONDENT: "变更被申请人",
    Step.COMPLETE_APPLICATION: "补充申请信息",
    Step.CHOOSE_PROCEDURE: "确定审理程序",
    Step.SEND_COPY: "向被申请人发送申请书副本",
    Step.RECORD_REPLY: "被申请人答复",
    Step.LAPSE_REPLY: "逾期未答复",
    Step.RECORD_EVIDENCE: "当事人提交证据",
    Step.CONVERT: "简易程序转普通程序",
    Step.HEAR_OPINION: "听取意见",
    Step.NOTIFY_HEARING: "通知听证",
    Step.HOLD_HEARING: "举行听证",
    Step.CONSULT_COMMITTEE: "咨询行政复议委员会",
    Step.DECIDE_STAY: "停止执行",
    Step.LIFT_STAY: "解除停止执行",
    Step.SUSPEND: "中止",
    Step.RESUME: "恢复",
    Step.RECORD_NOTICE: "登记书面告知",
    Step.EXCLUDE_TIME: "扣除勘验、鉴定等期间",
    Step.BEGIN_EXCLUSION: "扣除期间开始",
    Step.END_EXCLUSION: "扣除期间结束",
    Step.REVIEW_DOCUMENT: "附带审查规范性文件",
    Step.EXTEND: "延长审理期限",
    Step.WITHDRAW: "撤回申请，终止",
    Step.TERMINATE: "终止",
    Step.SIGN_MEDIATION: "调解书生效",
    Step.REJECT_APPLICATION: "驳回复议申请",
    Step.SUBMIT_DECISION: "报批决定",
    Step.ENDORSE_DECISION: "机构负责人审核",
    Step.RETURN_DECISION: "退回重拟",
    Step.APPROVE_DECISION: "机关负责人批准",
    Step.DELIVER: "送达",
    Step.ISSUE_LETTER: "制发意见书、建议书",
    Step.RECORD_FEEDBACK: "意见书反馈",
    Step.RECORD_PERFORMANCE: "履行",
    Step.FOLLOW_UP: "责令履行、约谈、通报、强制执行",
    Step.COPY_TO_SUPERIOR: "抄告上级主管部门",
    Step.RECORD_SUIT: "起诉",
    Step.RECORD_PETITION: "信访",
    Step.PUBLISH: "公开",
    Step.REOPEN: "恢复审理、重新审理",
    Step.LINK: "关联案件、合并审理",
    Step.RECORD: "台账录入",
    Step.CORRECT: "更正",
    Step.RECALCULATE: "重算期限",
    Step.UNDO: "撤回上一步",
    Step.CANCEL: "注销误录",
    Step.CONCLUDE: "审结（旧版登记）",
}
NOTICE_OF = {
    NoticeOf.SUSPENSION: "中止",
    NoticeOf.RESUMPTION: "恢复",
    NoticeOf.EXTENSION: "延长审理期限",
}
LINKED_SERVICE = {
    LinkedService.RECONSIDERATION: "行政复议",
    LinkedService.MEDIATION: "人民调解",
    LinkedService.LITIGATION: "行政应诉",
}
REACHED = {
    Reached.ON_THE_SPOT: "当场作出",
    Reached.DIRECT_DELIVERY: "直接送达",
    Reached.POST: "邮寄送达",
    Reached.PUBLIC_NOTICE: "公告",
    Reached.TOLD_LATER: "事后补充告知",
    Reached.PROVEN: "证据证明其知道",
    Reached.NOT_DELIVERED: "应当送达而未送达",
}
INACTION = {
    Inaction.TERM_SET: "有履行期限规定",
    Inaction.NO_TERM: "没有履行期限规定",
    Inaction.EMERGENCY: "紧急情况",
}
REFUSAL = {
    Refusal.NOT_ACCEPTED: "不予受理",
    Refusal.ABANDONED: "视为放弃",
    Refusal.WITHDRAWN_BEFORE_ACCEPTANCE: "受理前撤回",
}

# The first word is the label; the others are words that ledgers and statutes use for the same thing.
ORGAN_LEVELS = Choices.of(
    {
        OrganLevel.NATION: ("国家", "中央", "部委", "national"),
        OrganLevel.PROVINCE: (
            "省级",
            "省",
            "自治区",
            "自治区级",
            "直辖市",
            "省本级",
            "自治区本级",
            "provincial",
        ),
        OrganLevel.PREFECTURE: (
            "市级",
            "市",
            "地市级",
            "盟市级",
            "设区的市",
            "盟",
            "市本级",
            "州级",
            "city",
            "municipal",
        ),
        OrganLevel.COUNTY: ("县级", "县", "区", "旗", "区县级", "旗县级", "县区级", "district"),
    }
)
RESPONDENT_TYPES = Choices.of(
    {
        RespondentType.GOVERNMENT: ("人民政府", "政府", "县级以上人民政府"),
        RespondentType.DEPARTMENT: ("工作部门", "政府部门", "部门"),
        RespondentType.TOWNSHIP_GOVERNMENT: ("乡镇人民政府", "乡镇政府", "乡镇街道", "街道办事处", "苏木"),
        RespondentType.AGENCY_OFFICE: ("派出机构", "派出机关"),
        RespondentType.AUTHORISED_ORGANISATION: ("授权的组织", "被授权组织", "法律法规授权的组织"),
        RespondentType.MINISTRY: ("国务院部门", "部委"),
        RespondentType.JUSTICE_DEPARTMENT: ("司法行政部门", "司法局"),
        RespondentType.CUSTOMS: ("海关",),
        RespondentType.FINANCE: ("金融管理机关", "金融机关"),
        RespondentType.FOREIGN_EXCHANGE: ("外汇管理机关", "外汇局"),
        RespondentType.TAX: ("税务机关", "税务局"),
        RespondentType.STATE_SECURITY: ("国家安全机关",),
        RespondentType.OTHER: ("其他",),
    }
)
CHANNELS = Choices.of(
    {
        Channel.IN_PERSON: ("当面提交", "当面", "现场", "来访"),
        Channel.POST: ("邮寄", "信件"),
        Channel.INTERNET: ("互联网", "网上", "网络", "线上", "掌上复议", "online"),
        Channel.ORAL: ("口头",),
        Channel.VIA_ORGAN: ("通过行政机关", "行政机关转送"),
        Channel.AGENT_POINT: ("代办点", "联系点"),
        Channel.FAX_EMAIL: ("传真、电子邮件", "传真", "电子邮件", "邮件"),
    }
)
PROCEDURES = Choices.of(
    {
        Procedure.ORDINARY: ("普通程序", "普通", "一般程序"),
        Procedure.SUMMARY: ("简易程序", "简易", "simplified"),
    }
)
_OUTCOMES: dict[str, tuple[str, ...]] = {
    Outcome.UPHELD: ("维持", "MAINTAIN", "维持决定"),
    Outcome.VARIED: ("变更", "MODIFY", "变更决定"),
    Outcome.REVOKED: ("撤销", "REVOKE", "撤销决定"),
    Outcome.PARTLY_REVOKED: ("部分撤销", "REVOKE_PART"),
    Outcome.CONFIRMED_UNLAWFUL: ("确认违法", "CONFIRM_ILLEGAL"),
    Outcome.CONFIRMED_VOID: ("确认无效", "CONFIRM_VOID"),
    Outcome.PERFORMANCE_ORDERED: (
        "责令履行",
        "ORDER_PERFORM",
        "ORDERED_TO_PERFORM",
        "限期履行",
        "责令限期履行",
    ),
    Outcome.AGREEMENT_LIABLE: ("行政协议责任", "AGREEMENT_LIABLE"),
    Outcome.CLAIM_REJECTED: ("驳回复议请求", "REJECT_CLAIM", "REQUEST_REJECTED", "驳回请求"),
    Outcome.APPLICATION_REJECTED: ("驳回复议申请", "REJECT_APPLICATION", "DISMISSED", "驳回申请"),
    Outcome.MEDIATED: ("调解", "调解书", "调解结案"),
    Outcome.TERMINATED: ("终止", "终止审理", "终止决定"),
}
OUTCOMES = Choices.of(_OUTCOMES)
# What ledgers write into the same column although it is no outcome of an accepted case.
LEDGER_OUTCOMES = Choices.of(
    _OUTCOMES
    | {
        "withdrawn": ("撤回申请", "撤回", "准予撤回", "申请人撤回申请"),
        "not_accepted": ("不予受理", "不受理", "TOLD_OTHER_ORGAN", "告知有管辖权机关"),
        "settled": ("终止（和解）", "和解", "和解终止", "和解撤回"),
        "rejected": ("驳回",),
        "abandoned": ("视为放弃", "DEEMED_ABANDONED", "视为放弃申请"),
    }
)
TERMINATION_GROUNDS = Choices.of(
    {
        TerminationGround.T1: ("撤回申请", "申请人撤回申请", "撤回"),
        TerminationGround.T2: ("申请人死亡",),
        TerminationGround.T3: ("组织终止",),
        TerminationGround.T4: ("采取刑事强制措施",),
        TerminationGround.T5: ("中止满六十日", "中止满60日"),
    }
)
# 终止事由 in the words of the statute, as papers print them.
GROUND = {
    TerminationGround.T1: "申请人撤回申请，准予撤回",
    TerminationGround.T2: "申请人死亡，无近亲属或近亲属放弃",
    TerminationGround.T3: "法人或者组织终止，无承受人或承受人放弃",
    TerminationGround.T4: "申请人因同一违法行为被采取刑事强制措施",
    TerminationGround.T5: "中止满六十日，中止原因仍未消除",
}
# By 实施条例 42, where it says something else.
GROUND_BEFORE_2024 = GROUND | {
    TerminationGround.T3: "法人或者其他组织终止，其权利义务的承受人放弃行政复议权利",
    TerminationGround.T4: "申请人因同一违法行为涉嫌犯罪，行政拘留或者限制人身自由的行政强制措施变更为刑事拘留",
}
WITHDRAW_REASONS = Choices.of(
    {
        WithdrawReason.SETTLED: ("和解", "和解协议", "达成和解", "和解撤回"),
        WithdrawReason.RESPONDENT_CHANGED_ACT: (
            "被申请人改变行为",
            "被申请人改变后撤回",
            "被申请人改变原行政行为",
            "被申请人自行改变",
            "respondent_changed",
        ),
        WithdrawReason.VOLUNTARY: ("自愿撤回", "自愿", "自愿撤回申请"),
        WithdrawReason.OTHER: ("其他", "其他原因"),
    }
)
