"""Chinese labels of this service's closed sets, for pages and answers."""

from collections.abc import Mapping

from services.identity.terms import AccountKind, SessionKind, Standing
from shared.contracts.identity import OfficeKind, Role

ROLE: Mapping[Role, str] = {
    Role.RECONSIDERATION_CLERK: "复议承办人",
    Role.RECONSIDERATION_OFFICE_HEAD: "复议机构负责人",
    Role.RECONSIDERATION_ORGAN_HEAD: "复议机关负责人",
    Role.MEDIATOR: "人民调解员",
    Role.COMMITTEE_CLERK: "调委会（司法所）内勤",
    Role.LITIGATION_CLERK: "应诉承办人",
    Role.BUREAU_VIEWER: "司法行政机关查询人员",
    Role.BUREAU_STATISTICIAN: "司法行政机关统计人员",
    Role.SYSTEM_ADMIN: "系统管理员",
    Role.SECURITY_ADMIN: "安全管理员",
    Role.AUDIT_ADMIN: "审计管理员",
    Role.OPERATOR: "运维",
    Role.SERVICE: "内部服务",
}
OFFICE_KIND: Mapping[OfficeKind, str] = {
    OfficeKind.RECONSIDERATION: "行政复议机构",
    OfficeKind.MEDIATION: "人民调解委员会",
    OfficeKind.JUDICIAL_OFFICE: "司法所",
    OfficeKind.LITIGATION: "应诉部门",
    OfficeKind.BUREAU: "司法行政机关",
}
ACCOUNT_KIND: Mapping[AccountKind, str] = {
    AccountKind.STAFF: "业务人员",
    AccountKind.SYSTEM: "系统管理员",
    AccountKind.SECURITY: "安全管理员",
    AccountKind.AUDIT: "审计管理员",
}
SESSION_KIND: Mapping[SessionKind, str] = {SessionKind.BROWSER: "浏览器", SessionKind.COMMAND: "命令或程序"}
# What somebody has to do first, when a session does not reach any further.
FIRST: Mapping[Standing, str] = {
    Standing.FULL: "",
    Standing.MUST_CHANGE_PASSWORD: "请先修改一次性密码。",
    Standing.MUST_ENROL: "您的角色须使用动态验证码，请先启用。",
}
EVERYWHERE = "全系统"
