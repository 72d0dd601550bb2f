"""The closed sets of this procedure. Each member's Chinese word stands beside it; labels.py prints it."""

from enum import StrEnum


class OrganLevel(StrEnum):
    NATION = "nation"  # 国家
    PROVINCE = "province"  # 省级
    PREFECTURE = "prefecture"  # 市级
    COUNTY = "county"  # 县级


class RespondentType(StrEnum):
    GOVERNMENT = "government"  # 人民政府
    DEPARTMENT = "department"  # 工作部门
    TOWNSHIP_GOVERNMENT = "township_government"  # 乡镇人民政府、街道办事处
    AGENCY_OFFICE = "agency_office"  # 派出机构
    AUTHORISED_ORGANISATION = "authorised_organisation"  # 法律、法规、规章授权的组织
    OTHER = "other"  # 其他


class Channel(StrEnum):
    IN_PERSON = "in_person"  # 当面提交, ARL 22(2)
    POST = "post"  # 邮寄, ARL 22(2)
    INTERNET = "internet"  # 互联网渠道, ARL 22(2)
    ORAL = "oral"  # 口头, ARL 22(1)
    VIA_ORGAN = "via_organ"  # 通过作出处罚决定的行政机关, ARL 32
    AGENT_POINT = "agent_point"  # 代办点, local practice
    FAX_EMAIL = "fax_email"  # 传真、电子邮件, 实施条例 18


class Procedure(StrEnum):
    ORDINARY = "ordinary"  # 普通程序
    SUMMARY = "summary"  # 简易程序, ARL 53


class Outcome(StrEnum):
    """Primary outcome of an accepted case (ARL 33, 41, 63-73)."""

    UPHELD = "upheld"  # 维持, ARL 68
    VARIED = "varied"  # 变更, ARL 63
    REVOKED = "revoked"  # 撤销, ARL 64
    PARTLY_REVOKED = "partly_revoked"  # 部分撤销, ARL 64
    CONFIRMED_UNLAWFUL = "confirmed_unlawful"  # 确认违法, ARL 65
    CONFIRMED_VOID = "confirmed_void"  # 确认无效, ARL 67
    PERFORMANCE_ORDERED = "performance_ordered"  # 责令履行, ARL 66
    AGREEMENT_LIABLE = "agreement_liable"  # 行政协议责任, ARL 71
    CLAIM_REJECTED = "claim_rejected"  # 驳回复议请求, ARL 69
    APPLICATION_REJECTED = "application_rejected"  # 驳回复议申请, ARL 33
    MEDIATED = "mediated"  # 调解书, ARL 73
    TERMINATED = "terminated"  # 终止, ARL 41


class Refusal(StrEnum):
    """How an application left the books without having been accepted."""

    NOT_ACCEPTED = "not_accepted"  # 不予受理, ARL 30(2)
    ABANDONED = "abandoned"  # 视为放弃, ARL 31
    WITHDRAWN_BEFORE_ACCEPTANCE = "withdrawn_before_acceptance"  # 受理前撤回


class TerminationGround(StrEnum):
    """终止事由, ARL 41."""

    T1 = "T1"  # 申请人撤回申请，准予撤回
    T2 = "T2"  # 申请人死亡，无近亲属或近亲属放弃
    T3 = "T3"  # 法人或者组织终止，无承受人或承受人放弃
    T4 = "T4"  # 申请人因同一违法行为被采取刑事强制措施
    T5 = "T5"  # 中止满六十日，中止原因仍未消除


class WithdrawReason(StrEnum):
    """撤回原因 under T1 (AR-5.5)."""

    SETTLED = "settled"  # 和解
    RESPONDENT_CHANGED_ACT = "respondent_changed_act"  # 被申请人改变行为
    VOLUNTARY = "voluntary"  # 自愿撤回
    OTHER = "other"  # 其他


class LetterKind(StrEnum):
    OPINION = "opinion"  # 行政复议意见书, ARL 76
    RECOMMENDATION = "recommendation"  # 行政复议建议书, 实施条例 57


class LawVersion(StrEnum):
    """Which Act governs, by the date of receipt (AR-0.4, ARL 90)."""

    PRE2024 = "pre2024"  # 行政复议法 (2017)
    ACT2023 = "act2023"  # 行政复议法 (2023)


class Status(StrEnum):
    RECEIVED = "received"  # 待受理审查
    UNDER_REVIEW = "under_review"  # 审理中
    CLOSED = "closed"  # 已审结
    NOT_ACCEPTED = "not_accepted"  # 未受理办结
    CANCELLED = "cancelled"  # 录入错误，已注销


class PartyRole(StrEnum):
    """Who takes part in a reconsideration besides the respondent organ (ARL 14, 16, 17)."""

    APPLICANT = "applicant"  # 申请人
    REPRESENTATIVE = "representative"  # 申请人代表, more than five applicants
    THIRD_PARTY = "third_party"  # 第三人
    AGENT = "agent"  # 代理人


class Step(StrEnum):
    RECEIVE = "receive"  # 收到申请
    ACCEPT = "accept"  # 受理
    DECLINE = "decline"  # 不予受理
    CONCLUDE = "conclude"  # 审结
    TERMINATE = "terminate"  # 终止
    ISSUE_LETTER = "issue_letter"  # 制发意见书、建议书
    RECORD = "record"  # 台账录入
    CORRECT = "correct"  # 更正
    CANCEL = "cancel"  # 注销误录
