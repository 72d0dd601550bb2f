"""Who may do what in this service: the table that every route, export, search and page goes by."""

from collections.abc import Mapping
from enum import StrEnum

from services.mediation.terms import Step
from shared.contracts.identity import OfficeKind, Role
from shared.kit.access import Fields

OFFICE_KINDS: tuple[OfficeKind, ...] = (
    OfficeKind.MEDIATION,
    OfficeKind.JUDICIAL_OFFICE,
)  # whose books hold the cases
REGISTER_KINDS: tuple[OfficeKind, ...] = (
    OfficeKind.JUDICIAL_OFFICE,
    OfficeKind.MEDIATION,
)  # and the register of organisations


class Action(StrEnum):
    READ = "mediation.read"  # 查阅案件
    FILE = "mediation.file"  # 登记纠纷
    STEP = "mediation.step"  # 办理
    CORRECT = "mediation.correct"  # 更正
    CANCEL = "mediation.cancel"  # 注销误录
    IMPORT = "mediation.import"  # 导入台账
    READ_REGISTER = "mediation.read_register"  # 查阅调解组织名册
    KEEP_REGISTER = "mediation.keep_register"  # 登记、变更、撤销调解组织
    READ_PARTIES = "mediation.read_parties"  # 查阅当事人（隐去关键信息）
    WRITE_PARTIES = "mediation.write_parties"  # 登记、更正当事人
    REVEAL = "mediation.reveal"  # 查看当事人完整信息，须说明用途
    SEARCH = "mediation.search"  # 按证件号码查案件
    ERASE = "mediation.erase"  # 销毁一件案件的个人信息
    BOOKS = "mediation.books"  # 账册核对
    LOG = "mediation.log"  # 事件日志
    AUDIT = "mediation.audit"  # 审计记录
    CALENDAR = "mediation.calendar"  # 载入放假安排


_CASE, _FACTS = Fields.CASE, Fields.FACTS
_HANDLE = {Role.MEDIATOR: _CASE, Role.COMMITTEE_CLERK: _CASE}
_KEEP = {Role.COMMITTEE_CLERK: _CASE}
_HOST = {Role.OPERATOR: _CASE}
_BUREAU = {Role.BUREAU_VIEWER: _FACTS, Role.BUREAU_STATISTICIAN: _FACTS}

POLICY: Mapping[Action, Mapping[Role, Fields]] = {
    Action.READ: {**_HANDLE, **_BUREAU, **_HOST},
    Action.FILE: {**_HANDLE, **_HOST},
    Action.STEP: {**_HANDLE, **_HOST},
    Action.CORRECT: {**_HANDLE, **_HOST},
    Action.CANCEL: {**_KEEP, **_HOST},
    Action.IMPORT: {**_KEEP, **_HOST},
    Action.READ_REGISTER: {**_HANDLE, **_BUREAU, **_HOST},
    Action.KEEP_REGISTER: {**_KEEP, **_HOST},
    # Whoever keeps the machine does not see who the parties are.
    Action.READ_PARTIES: _HANDLE,
    Action.WRITE_PARTIES: _HANDLE,
    Action.REVEAL: _HANDLE,
    Action.SEARCH: _HANDLE,
    Action.ERASE: _KEEP,
    Action.BOOKS: {Role.SERVICE: _FACTS, **_HOST},
    Action.LOG: {Role.SERVICE: _FACTS, **_HOST},
    Action.AUDIT: {Role.AUDIT_ADMIN: _FACTS, **_HOST},
    Action.CALENDAR: {Role.SYSTEM_ADMIN: _FACTS, **_HOST},
}

# The right of the act is the right of the step, but for those that undo.
ACTION_OF: Mapping[Step, Action] = {Step.CANCEL: Action.CANCEL}
