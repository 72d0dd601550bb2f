"""The closed sets of this procedure. Each member's Chinese word stands beside it; labels.py prints it.

PML = 人民调解法 (2010); PM-* are the rules of the domain specification.
"""

from enum import StrEnum

from shared.kernel.representation import Represents, RolesThatAct


class Scope(StrEnum):
    """统计口径: whose cases a figure counts; reports mix them (PM-1.3)."""

    PEOPLE = "people"  # 人民调解组织
    LEGAL_SERVICE = "legal_service"  # 公共法律服务平台
    ALL_DISPUTES = "all_disputes"  # 全口径矛盾纠纷


class Source(StrEnum):
    """案件来源 (PM-1.5). 接受委托移送 is the total of the last five and therefore no member."""

    ON_APPLICATION = "on_application"  # 依申请调解, PML 17
    PROACTIVE = "proactive"  # 主动调解, PML 17
    COURT = "court"  # 法院, PML 18
    PROCURATORATE = "procuratorate"  # 检察院
    POLICE = "police"  # 公安机关, PML 18
    PETITION = "petition"  # 信访部门
    OTHER_REFERRED = "other_referred"  # 其他部门


class Referral(StrEnum):
    """法院委派、委托: only the former is mediation before filing 诉前调解 (PM-1.6)."""

    BEFORE_FILING = "before_filing"  # 委派, 法释〔2016〕14号 11
    AFTER_FILING = "after_filing"  # 委托


class DisputeType(StrEnum):
    """纠纷类型: the eighteen of the national form, in its order (PM-1.7)."""

    MARRIAGE_FAMILY = "marriage_family"  # 婚姻家庭
    NEIGHBOUR = "neighbour"  # 邻里
    HOUSING = "housing"  # 房屋宅基地
    CONTRACT = "contract"  # 合同
    PRODUCTION = "production"  # 生产经营
    DAMAGES = "damages"  # 损害赔偿
    LAND = "land"  # 山林土地
    DEMOLITION = "demolition"  # 征地拆迁
    POLLUTION = "pollution"  # 环境污染
    MIGRANT_WAGES = "migrant_wages"  # 拖欠农民工工资
    LABOUR = "labour"  # 其他劳动争议
    TOURISM = "tourism"  # 旅游
    E_COMMERCE = "e_commerce"  # 电子商务
    CONSUMER = "consumer"  # 其他消费
    MEDICAL = "medical"  # 医疗
    TRAFFIC = "traffic"  # 道路交通事故
    PROPERTY_MANAGEMENT = "property_management"  # 物业
    OTHER = "other"  # 其他


class AgreementForm(StrEnum):
    """协议形式, PML 28."""

    WRITTEN = "written"  # 书面
    ORAL = "oral"  # 口头


class Outcome(StrEnum):
    """调解结果 (PM-3.3). The two agreements are 调解成功; a dispute that settled by itself is not."""

    AGREED_WRITTEN = "agreed_written"  # 达成书面协议, PML 29
    AGREED_ORAL = "agreed_oral"  # 达成口头协议, PML 30
    FAILED = "failed"  # 调解不成, PML 26
    TERMINATED = "terminated"  # 终止


class TerminationReason(StrEnum):
    """终止原因."""

    REFUSED = "refused"  # 当事人拒绝, PML 17
    UNREACHABLE = "unreachable"  # 无法联系
    WITHDRAWN = "withdrawn"  # 撤回调解申请
    SETTLED_SUIT_DROPPED = "settled_suit_dropped"  # 息诉撤诉: courts count it in 调撤, nobody as 调解成功
    OTHER = "other"  # 其他


class Status(StrEnum):
    REGISTERED = "registered"  # 待受理
    IN_MEDIATION = "in_mediation"  # 调解中
    AGREED = "agreed"  # 已达成协议
    CONFIRMED = "confirmed"  # 已司法确认
    NOT_AGREED = "not_agreed"  # 未达成协议
    DECLINED = "declined"  # 不予受理
    CANCELLED = "cancelled"  # 录入错误，已注销


class PartyRole(StrEnum):
    """Who takes part in a people's mediation (人民调解法 20, 23): the law knows no sides, only parties."""

    PARTY = "party"  # 当事人
    AGENT = "agent"  # 代理人
    INVITED = "invited"  # 受邀参与调解的人


# 人民调解法 knows no number of agents.
ROLES_THAT_ACT: RolesThatAct = {
    PartyRole.AGENT: Represents(frozenset({PartyRole.PARTY.value}), by_mandate=True),
}


class Step(StrEnum):
    REGISTER = "register"  # 登记
    ACCEPT = "accept"  # 受理
    DECLINE = "decline"  # 不予受理
    AGREE = "agree"  # 达成协议
    FAIL = "fail"  # 调解不成
    TERMINATE = "terminate"  # 终止
    CONFIRM = "confirm"  # 司法确认
    RECORD = "record"  # 台账录入
    CORRECT = "correct"  # 更正
    CANCEL = "cancel"  # 注销误录
    RECALCULATED = "recalculated"  # 重算期限: of itself, when a year's holiday notice comes


class OrganisationType(StrEnum):
    """组织类型 (PM-1.2): people's mediation committees first, then other bodies that reports count."""

    VILLAGE = "village"  # 村调委会
    RESIDENT = "resident"  # 居（社区）调委会
    TOWN = "town"  # 乡镇（苏木）调委会
    STREET = "street"  # 街道调委会
    ENTERPRISE = "enterprise"  # 企事业单位调委会
    SOCIAL = "social"  # 社会团体和其他组织调委会
    UNSPECIFIED = "unspecified"  # 类型未写明的调委会
    STATION = "station"  # 派驻调解室
    PERSONAL_STUDIO = "personal_studio"  # 个人调解工作室
    LABOUR_MEDIATION = "labour_mediation"  # 劳动争议调解组织
    LEGAL_SERVICE_CENTRE = "legal_service_centre"  # 公共法律服务中心
    LEGAL_SERVICE_STATION = "legal_service_station"  # 公共法律服务工作站
    LEGAL_SERVICE_ROOM = "legal_service_room"  # 公共法律服务工作室
    COMMUNITY_SERVICE_ROOM = "community_service_room"  # 社区公共法律服务室


class OrganisationStatus(StrEnum):
    STANDING = "standing"  # 在册
    DISSOLVED = "dissolved"  # 已撤销
    CANCELLED = "cancelled"  # 录入错误，已注销


class OrganisationStep(StrEnum):
    REGISTER = "register"  # 登记
    DISSOLVE = "dissolve"  # 撤销
    RECORD = "record"  # 名册录入
    CORRECT = "correct"  # 更正
    CANCEL = "cancel"  # 注销误录
