"""The closed sets of this procedure. Each member's Chinese word stands beside it; labels.py prints it.

ALL = 行政诉讼法 (2017); APP = 法释〔2020〕3号, on the appearance of responsible officers.
"""

from enum import StrEnum

from shared.kernel.representation import Represents, RolesThatAct


class Instance(StrEnum):
    """审级. The duty to appear is new in each (APP 7(2))."""

    FIRST = "first"  # 一审
    SECOND = "second"  # 二审
    RETRIAL_REVIEW = "retrial_review"  # 再审审查
    RETRIAL = "retrial"  # 再审


class Appearance(StrEnum):
    """出庭情况 of one hearing: who of the organ came. A lawyer alone is nobody of the organ (2018 解释 128)."""

    PRINCIPAL = "principal"  # 正职, APP 2
    DEPUTY = "deputy"  # 副职, APP 2
    DEPUTY_LEVEL = "deputy_level"  # 参与分管的副职级别负责人, APP 2
    OTHER_IN_CHARGE = "other_in_charge"  # 其他参与分管的负责人, APP 2
    STAFF_ONLY = "staff_only"  # 仅相应的工作人员, APP 10
    NONE = "none"  # 无人出庭, APP 12(1)(三)


class Result(StrEnum):
    """裁判结果 (ALL 49-89)."""

    SUIT_DISMISSED = "suit_dismissed"  # 驳回起诉, ALL 49, 51
    SUIT_WITHDRAWN = "suit_withdrawn"  # 准许撤诉、按撤诉处理, ALL 58, 62
    MEDIATED = "mediated"  # 行政调解书, ALL 60
    CLAIMS_REJECTED = "claims_rejected"  # 驳回诉讼请求, ALL 69
    REVOKED = "revoked"  # 撤销, ALL 70
    PARTLY_REVOKED = "partly_revoked"  # 部分撤销, ALL 70
    PERFORMANCE_ORDERED = "performance_ordered"  # 限期履行, ALL 72
    PAYMENT_ORDERED = "payment_ordered"  # 给付, ALL 73
    CONFIRMED_UNLAWFUL = "confirmed_unlawful"  # 确认违法, ALL 74
    CONFIRMED_VOID = "confirmed_void"  # 确认无效, ALL 75
    REMEDY_ORDERED = "remedy_ordered"  # 采取补救措施、赔偿, ALL 76
    VARIED = "varied"  # 变更, ALL 77
    AGREEMENT_LIABLE = "agreement_liable"  # 行政协议责任, ALL 78
    UPHELD = "upheld"  # 维持, ALL 89(1)(一)
    REVERSED = "reversed"  # 改判, ALL 89(1)(二)
    REMANDED = "remanded"  # 发回重审, ALL 89(1)(三)、(四)


class Status(StrEnum):
    NOTIFIED = "notified"  # 已收应诉通知，未开庭
    HEARD = "heard"  # 已开庭，未结案
    CLOSED = "closed"  # 已结案
    PERFORMED = "performed"  # 已履行
    CANCELLED = "cancelled"  # 录入错误，已注销


class PartyRole(StrEnum):
    """Who takes part in an administrative suit besides the defendant organ (ALL 25, 29, 31; APP 2)."""

    PLAINTIFF = "plaintiff"  # 原告
    THIRD_PARTY = "third_party"  # 第三人
    AGENT = "agent"  # 委托代理人
    RESPONSIBLE_OFFICER = "responsible_officer"  # 出庭应诉的行政机关负责人


# Agents of the defendant organ, which is no party of this register, act for nobody in it (ALL 31).
ROLES_THAT_ACT: RolesThatAct = {
    PartyRole.AGENT: Represents(
        frozenset({PartyRole.PLAINTIFF.value, PartyRole.THIRD_PARTY.value}),
        by_mandate=True,
        most=2,
        too_many="当事人可以委托一至二人作为诉讼代理人，已有二人（行政诉讼法第三十一条第一款）；"
        "变更或者解除的，请先写明告知之日。",
    ),
}


class Step(StrEnum):
    REGISTER = "register"  # 收到应诉通知
    HOLD_HEARING = "hearing"  # 开庭
    JUDGE = "judgment"  # 裁判、结案
    PERFORM = "perform"  # 履行
    RECORD = "record"  # 台账录入
    CORRECT = "correct"  # 更正
    CANCEL = "cancel"  # 注销误录
