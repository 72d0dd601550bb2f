"""What a case ends in, and what follows: decision items, approval, delivery, letters, performance."""

from enum import StrEnum


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


class AccessoryItem(StrEnum):
    """行政赔偿 (ARL 72): decided beside another item, never alone (DOMAIN 2.9)."""

    COMPENSATED = "compensated"  # 责令赔偿
    COMPENSATION_REJECTED = "compensation_rejected"  # 驳回赔偿请求


class Declaration(StrEnum):
    """What whoever proposes a decision declares, since nothing else in the case tells it."""

    NOT_WORSE = "not_worse"  # 不对申请人更为不利, ARL 63(2)
    THIRD_PARTY_REQUEST = "third_party_request"  # 第三人提出相反请求, ARL 63(2)
    VOID_REQUESTED = "void_requested"  # 申请人申请确认无效, ARL 67


class ApprovalManner(StrEnum):
    """ARL 61: the head of the organ agrees, or it is discussed collectively."""

    HEAD = "head"  # 机关负责人同意
    COLLECTIVE = "collective"  # 集体讨论通过


class DeliveryManner(StrEnum):
    """送达方式 (ARL 88, 民事诉讼法 87-95, CAL-9)."""

    DIRECT = "direct"  # 直接送达
    ELECTRONIC = "electronic"  # 电子送达
    POST = "post"  # 邮寄送达
    LEFT = "left"  # 留置送达
    ENTRUSTED = "entrusted"  # 委托送达
    PUBLIC_NOTICE = "public_notice"  # 公告送达


class LetterKind(StrEnum):
    OPINION = "opinion"  # 行政复议意见书, ARL 76
    RECOMMENDATION = "recommendation"  # 行政复议建议书, 实施条例 57


class FollowUp(StrEnum):
    """What an office may do when a decision is not performed (ARL 77, 78)."""

    ORDERED = "ordered"  # 责令限期履行
    INTERVIEWED = "interviewed"  # 约谈
    CRITICISED = "criticised"  # 通报批评
    ENFORCED = "enforced"  # 强制执行或者申请强制执行


class LinkedService(StrEnum):
    """Where a case stands that another one is linked to (AR-7.8)."""

    RECONSIDERATION = "reconsideration"  # 行政复议
    MEDIATION = "mediation"  # 人民调解
    LITIGATION = "litigation"  # 行政应诉


class ReopenedBy(StrEnum):
    """Who had the case taken up again (ARL 35, 40; 实施条例 48)."""

    SUPERIOR = "superior"  # 上级行政机关责令
    COURT = "court"  # 法院裁判
