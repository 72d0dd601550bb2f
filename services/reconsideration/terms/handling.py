"""How an accepted case is handled: procedure, suspension, hearing, documents, stay."""

from enum import StrEnum


class Procedure(StrEnum):
    ORDINARY = "ordinary"  # 普通程序
    SUMMARY = "summary"  # 简易程序, ARL 53


class SummaryBasis(StrEnum):
    """Why the summary procedure may be used (ARL 53, AR-4.1)."""

    ON_THE_SPOT = "on_the_spot"  # 被申请行政行为是当场作出的
    WARNING = "warning"  # 警告或者通报批评
    SMALL_AMOUNT = "small_amount"  # 涉及款额三千元以下
    INFORMATION_DISCLOSURE = "information_disclosure"  # 政府信息公开案件
    CONSENT = "consent"  # 当事人各方同意


class EvidenceBy(StrEnum):
    """Whose evidence came after the reply, or instead of one (ARL 70)."""

    RESPONDENT = "respondent"  # 被申请人
    THIRD_PARTY = "third_party"  # 第三人


class SuspensionGround(StrEnum):
    """中止事由, ARL 39(1)."""

    S1 = "S1"  # 作为申请人的公民死亡，其近亲属尚未确定是否参加行政复议
    S2 = "S2"  # 作为申请人的公民丧失参加行政复议的行为能力，尚未确定法定代理人
    S3 = "S3"  # 作为申请人的公民下落不明
    S4 = "S4"  # 作为申请人的法人或者其他组织终止，尚未确定权利义务承受人
    S5 = "S5"  # 不可抗力或者其他正当理由
    S6 = "S6"  # 依法进行调解、和解，申请人和被申请人同意中止
    S7 = "S7"  # 涉及的法律适用问题需要有权机关作出解释或者确认
    S8 = "S8"  # 需要以其他案件的审理结果为依据，而其他案件尚未审结
    S9 = "S9"  # 附带审查规范性文件或者依据
    S10 = "S10"  # 其他情形


class ExclusionKind(StrEnum):
    """Time that is not counted although the case is not suspended (AR-5.2, 实施条例 30, 34, 37)."""

    SITE_INSPECTION = "site_inspection"  # 现场勘验, 实施条例 34
    EXPERT_OPINION = "expert_opinion"  # 鉴定, 实施条例 37
    JURISDICTION = "jurisdiction"  # 管辖协商、指定, 实施条例 30


class NoticeOf(StrEnum):
    """书面告知当事人 (ARL 39(3), 62(1))."""

    SUSPENSION = "suspension"  # 中止
    RESUMPTION = "resumption"  # 恢复
    EXTENSION = "extension"  # 延长审理期限


class OpinionOf(StrEnum):
    """当事人 whose opinion is heard (ARL 49)."""

    APPLICANT = "applicant"  # 申请人
    RESPONDENT = "respondent"  # 被申请人
    THIRD_PARTY = "third_party"  # 第三人


class OpinionManner(StrEnum):
    """听取意见 (ARL 49)."""

    IN_PERSON = "in_person"  # 当面
    INTERNET = "internet"  # 互联网
    PHONE = "phone"  # 电话
    NOT_POSSIBLE = "not_possible"  # 因当事人原因不能听取，书面审理


class HearingBasis(StrEnum):
    """听证 (ARL 50)."""

    COMPLEX = "complex"  # 重大、疑难、复杂案件，应当听证
    OFFICE = "office"  # 机构认为有必要
    APPLICANT = "applicant"  # 申请人请求


class CommitteeBasis(StrEnum):
    """提请行政复议委员会提出咨询意见 (ARL 52)."""

    COMPLEX = "complex"  # 案情重大、疑难、复杂
    TECHNICAL = "technical"  # 专业性、技术性较强
    OWN_REVIEW = "own_review"  # 省级人民政府管辖对本机关行政行为的复议案件, ARL 24(2)
    OFFICE = "office"  # 机构认为有必要


class StayGround(StrEnum):
    """停止执行 (ARL 42)."""

    RESPONDENT = "respondent"  # 被申请人认为需要停止执行
    AUTHORITY = "authority"  # 复议机关认为需要停止执行
    REQUEST = "request"  # 申请人、第三人申请，复议机关认为其要求合理
    STATUTE = "statute"  # 法律、法规、规章规定


class StayAskedBy(StrEnum):
    """Who asked for the stay, or thought it necessary (ARL 42)."""

    APPLICANT = "applicant"  # 申请人
    THIRD_PARTY = "third_party"  # 第三人
    RESPONDENT = "respondent"  # 被申请人
    OFFICE = "office"  # 行政复议机关


class DocumentPower(StrEnum):
    """附带审查 (ARL 56, 57): who decides on a normative document or a basis."""

    OWN = "own"  # 本机关有权处理
    OTHER = "other"  # 无权处理，转送有权机关


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
