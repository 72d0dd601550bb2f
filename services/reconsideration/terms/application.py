"""Who applies, against whom, by which way, and what the office checks before it accepts."""

from enum import StrEnum

from shared.kernel.representation import Represents, RolesThatAct


class OrganLevel(StrEnum):
    NATION = "nation"  # 国家
    PROVINCE = "province"  # 省级
    PREFECTURE = "prefecture"  # 市级
    COUNTY = "county"  # 县级


class RespondentType(StrEnum):
    """被申请人 by what decides jurisdiction over it (ARL 24-28)."""

    GOVERNMENT = "government"  # 人民政府
    DEPARTMENT = "department"  # 工作部门
    TOWNSHIP_GOVERNMENT = "township_government"  # 乡镇人民政府、街道办事处
    AGENCY_OFFICE = "agency_office"  # 派出机构
    AUTHORISED_ORGANISATION = "authorised_organisation"  # 法律、法规、规章授权的组织
    MINISTRY = "ministry"  # 国务院部门
    JUSTICE_DEPARTMENT = "justice_department"  # 司法行政部门, ARL 28
    CUSTOMS = "customs"  # 海关, ARL 27
    FINANCE = "finance"  # 金融管理机关, ARL 27
    FOREIGN_EXCHANGE = "foreign_exchange"  # 外汇管理机关, ARL 27
    TAX = "tax"  # 税务机关, ARL 27
    STATE_SECURITY = "state_security"  # 国家安全机关, ARL 27
    OTHER = "other"  # 其他


class Channel(StrEnum):
    IN_PERSON = "in_person"  # 当面提交, ARL 22(2)
    POST = "post"  # 邮寄, ARL 22(2)
    INTERNET = "internet"  # 互联网渠道, ARL 22(2)
    ORAL = "oral"  # 口头, ARL 22(1)
    VIA_ORGAN = "via_organ"  # 通过作出处罚决定的行政机关, ARL 32
    AGENT_POINT = "agent_point"  # 代办点, local practice
    FAX_EMAIL = "fax_email"  # 传真、电子邮件, 实施条例 18


class ActKind(StrEnum):
    """What was done on the spot or seen by a camera may be challenged through the organ itself (ARL 32)."""

    ON_THE_SPOT_PENALTY = "on_the_spot_penalty"  # 当场作出的行政处罚
    CAMERA_PENALTY = "camera_penalty"  # 依据电子技术监控设备记录的违法事实作出的行政处罚
    OTHER = "other"  # 其他行政行为


class ActHead(StrEnum):
    """受案范围, the fifteen heads of ARL 11."""

    PENALTY = "h01"  # （一）行政处罚
    COERCION = "h02"  # （二）行政强制措施、行政强制执行
    LICENCE = "h03"  # （三）行政许可
    NATURAL_RESOURCES = "h04"  # （四）自然资源确权
    EXPROPRIATION = "h05"  # （五）征收征用及补偿
    STATE_COMPENSATION = "h06"  # （六）行政赔偿
    WORK_INJURY = "h07"  # （七）工伤认定
    BUSINESS_AUTONOMY = "h08"  # （八）经营自主权、承包经营权
    COMPETITION = "h09"  # （九）滥用行政权力排除、限制竞争
    UNLAWFUL_CHARGES = "h10"  # （十）违法集资、摊派费用
    INACTION = "h11"  # （十一）不履行法定职责
    SOCIAL_BENEFITS = "h12"  # （十二）抚恤金、社会保险待遇、最低生活保障
    ADMINISTRATIVE_AGREEMENT = "h13"  # （十三）行政协议
    INFORMATION_DISCLOSURE = "h14"  # （十四）政府信息公开
    OTHER = "h15"  # （十五）其他行政行为

    @property
    def number(self) -> int:
        return int(self.value[1:])


class Reached(StrEnum):
    """知道行政行为的方式: how the act reached the person (AR-2.4, 条例 15)."""

    ON_THE_SPOT = "on_the_spot"  # 当场作出
    DIRECT_DELIVERY = "direct_delivery"  # 直接送达
    POST = "post"  # 邮寄送达
    PUBLIC_NOTICE = "public_notice"  # 公告
    TOLD_LATER = "told_later"  # 事后补充告知
    PROVEN = "proven"  # 证据证明其知道
    NOT_DELIVERED = "not_delivered"  # 应当送达而未送达


class Inaction(StrEnum):
    """不履行法定职责的情形 (AR-2.5, 条例 16)."""

    TERM_SET = "term_set"  # 有履行期限规定
    NO_TERM = "no_term"  # 没有履行期限规定
    EMERGENCY = "emergency"  # 紧急情况


class Condition(StrEnum):
    """受理条件, the seven of ARL 30(1), recorded one by one (AR-3.1)."""

    PARTIES = "parties"  # ① 有明确的申请人和符合规定的被申请人
    INTEREST = "interest"  # ② 申请人与被申请行政行为有利害关系
    CLAIM = "claim"  # ③ 有具体的行政复议请求和理由
    IN_TIME = "in_time"  # ④ 在法定申请期限内提出
    SCOPE = "scope"  # ⑤ 属于行政复议范围
    JURISDICTION = "jurisdiction"  # ⑥ 属于本机关的管辖范围
    NOT_PENDING = "not_pending"  # ⑦ 未就同一行政行为申请复议或者起诉且已被受理


class AcceptMode(StrEnum):
    DECISION = "decision"  # 审查后受理, ARL 30(1)
    GAP = "gap"  # 容缺受理, local practice (AR-3.6)
    DEEMED = "deemed"  # 视为受理, ARL 30(3)


class Refusal(StrEnum):
    """How an application left the books without having been accepted."""

    NOT_ACCEPTED = "not_accepted"  # 不予受理, ARL 30(2)
    ABANDONED = "abandoned"  # 视为放弃, ARL 31
    WITHDRAWN_BEFORE_ACCEPTANCE = "withdrawn_before_acceptance"  # 受理前撤回


class LawVersion(StrEnum):
    """Which Act governs, by the date of receipt (AR-0.4, ARL 90)."""

    PRE2024 = "pre2024"  # 行政复议法 (2017)
    ACT2023 = "act2023"  # 行政复议法 (2023)


class PartyRole(StrEnum):
    """Who takes part in a reconsideration besides the respondent organ (ARL 14, 16, 17)."""

    APPLICANT = "applicant"  # 申请人
    REPRESENTATIVE = "representative"  # 申请人代表, more than five applicants
    LEGAL_REPRESENTATIVE = "legal_representative"  # 法定代理人, ARL 14(3)
    THIRD_PARTY = "third_party"  # 第三人
    AGENT = "agent"  # 代理人


MOST_AGENTS = 2  # of each applicant or third party, ARL 17(1)
_REPRESENTED = frozenset({PartyRole.APPLICANT.value, PartyRole.THIRD_PARTY.value})
# Who acts for whom: chosen (ARL 15), by law (ARL 14(3)) or by a mandate (ARL 17).
ROLES_THAT_ACT: RolesThatAct = {
    PartyRole.REPRESENTATIVE: Represents(frozenset({PartyRole.APPLICANT.value})),
    PartyRole.LEGAL_REPRESENTATIVE: Represents(_REPRESENTED),
    PartyRole.AGENT: Represents(
        _REPRESENTED,
        by_mandate=True,
        most=MOST_AGENTS,
        too_many="每名申请人、第三人可以委托一至二名代理人，已有二名（行政复议法第十七条第一款）；"
        "变更或者解除的，请先写明告知之日。",
    ),
}
