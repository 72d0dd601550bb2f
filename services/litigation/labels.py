"""Chinese words of this service's closed sets: what pages print and what ledgers may say."""

from services.litigation.terms import (
    Appearance,
    Instance,
    PartyRole,
    Result,
    Status,
    Step,
)
from shared.kit.ledger import Choices

STATUS = {
    Status.NOTIFIED: "待开庭",
    Status.HEARD: "已开庭",
    Status.CLOSED: "已结案",
    Status.PERFORMED: "已履行",
    Status.CANCELLED: "误录已注销",
}
PARTY_ROLES = {
    PartyRole.PLAINTIFF: "原告",
    PartyRole.THIRD_PARTY: "第三人",
    PartyRole.AGENT: "委托代理人",
    PartyRole.RESPONSIBLE_OFFICER: "出庭应诉的行政机关负责人",
}

STEP = {
    Step.REGISTER: "收到应诉通知",
    Step.HOLD_HEARING: "开庭",
    Step.JUDGE: "结案",
    Step.PERFORM: "履行",
    Step.RECORD: "台账录入",
    Step.CORRECT: "更正",
    Step.CANCEL: "注销误录",
}

# The first word is the label; the others are words that ledgers and statutes use for the same thing.
INSTANCES = Choices.of(
    {
        Instance.FIRST: ("一审", "第一审", "初审"),
        Instance.SECOND: ("二审", "第二审", "终审"),
        Instance.RETRIAL_REVIEW: ("再审审查", "申请再审审查", "再审申请审查"),
        Instance.RETRIAL: ("再审", "再审审理"),
    }
)
APPEARANCES = Choices.of(
    {
        Appearance.PRINCIPAL: (
            "正职",
            "正职负责人",
            "主要负责人",
            "主要领导",
            "一把手",
            "行政首长",
            "正职出庭",
            "主要负责人出庭",
        ),
        Appearance.DEPUTY: (
            "副职",
            "副职负责人",
            "分管负责人",
            "分管领导",
            "分管副职",
            "副职出庭",
            "分管负责人出庭",
            "副职负责人出庭",
        ),
        Appearance.DEPUTY_LEVEL: (
            "副职级别",
            "副职级别负责人",
            "副职级别参与分管",
            "副职级负责人",
            "参与分管的副职级别负责人",
            "参与分管被诉行政行为实施工作的副职级别的负责人",
        ),
        Appearance.OTHER_IN_CHARGE: (
            "其他负责人",
            "其他参与分管",
            "其他参与分管负责人",
            "其他参与分管的负责人",
            "其他负责人出庭",
        ),
        Appearance.STAFF_ONLY: (
            "仅工作人员",
            "工作人员",
            "仅工作人员出庭",
            "工作人员出庭",
            "委托工作人员",
            "委托工作人员出庭",
            "相应工作人员",
            "相应的工作人员",
        ),
        # A lawyer alone is never enough (2018 解释 128).
        Appearance.NONE: (
            "无人出庭",
            "无",
            "未出庭",
            "均未出庭",
            "没有人出庭",
            "仅律师",
            "仅委托律师",
            "仅律师出庭",
        ),
    }
)
RESULTS = Choices.of(
    {
        Result.SUIT_DISMISSED: ("驳回起诉", "DISMISS_SUIT", "裁定驳回起诉", "不予立案", "驳回再审申请"),
        Result.SUIT_WITHDRAWN: (
            "撤诉",
            "WITHDRAWN",
            "准许撤诉",
            "准予撤诉",
            "按撤诉处理",
            "撤回起诉",
            "撤回上诉",
            "撤回再审申请",
        ),
        Result.MEDIATED: ("调解", "调解书", "行政调解", "行政调解书", "调解结案"),
        Result.CLAIMS_REJECTED: ("驳回诉讼请求", "DISMISS_CLAIM", "判决驳回诉讼请求", "驳回原告诉讼请求"),
        Result.REVOKED: ("撤销", "REVOKE", "撤销行政行为", "判决撤销", "撤销重作", "撤销并责令重作"),
        Result.PARTLY_REVOKED: ("部分撤销", "REVOKE_PART", "判决部分撤销"),
        Result.PERFORMANCE_ORDERED: (
            "限期履行",
            "PERFORM",
            "责令履行",
            "履行法定职责",
            "责令限期履行",
            "判决履行",
        ),
        Result.PAYMENT_ORDERED: ("给付", "PAY", "履行给付义务", "判决给付"),
        Result.CONFIRMED_UNLAWFUL: ("确认违法", "ILLEGAL", "判决确认违法"),
        Result.CONFIRMED_VOID: ("确认无效", "VOID", "判决确认无效"),
        Result.REMEDY_ORDERED: (
            "补救赔偿",
            "REMEDY_COMPENSATE",
            "补救",
            "赔偿",
            "补救、赔偿",
            "采取补救措施",
            "判决赔偿",
        ),
        Result.VARIED: ("变更", "MODIFY", "判决变更"),
        Result.AGREEMENT_LIABLE: ("协议责任", "AGREEMENT_LIABLE", "行政协议责任"),
        Result.UPHELD: ("维持", "UPHELD", "维持原判", "驳回上诉，维持原判", "驳回上诉"),
        Result.REVERSED: ("改判", "REVERSED", "依法改判"),
        Result.REMANDED: ("发回重审", "REMANDED", "发回", "裁定再审", "指令再审", "提审"),
    }
)
# One code, other words: what a withdrawal or a dismissal is called depends on the instance.
_RESULT_IN_INSTANCE = {
    (Instance.SECOND, Result.SUIT_WITHDRAWN): "撤回上诉或撤诉",
    (Instance.RETRIAL_REVIEW, Result.SUIT_DISMISSED): "驳回再审申请",
    (Instance.RETRIAL_REVIEW, Result.SUIT_WITHDRAWN): "撤回再审申请",
    (Instance.RETRIAL_REVIEW, Result.REMANDED): "裁定再审",
}


def result_label(instance: Instance, result: Result) -> str:
    return _RESULT_IN_INSTANCE.get((instance, result), RESULTS.labels[result.value])
