"""Who may do what in this service: the table that every route, export, search and page goes by."""

from collections.abc import Mapping
from enum import StrEnum

from services.litigation.terms import Step
from shared.contracts.identity import OfficeKind, Role
from shared.kit.access import Fields

OFFICE_KINDS: tuple[OfficeKind, ...] = (OfficeKind.LITIGATION,)  # whose books hold the cases


class Action(StrEnum):
    READ = "litigation.read"  # 查阅案件
    FILE = "litigation.file"  # 收到应诉通知
    STEP = "litigation.step"  # 办理
    CORRECT = "litigation.correct"  # 更正
    CANCEL = "litigation.cancel"  # 注销误录
    IMPORT = "litigation.import"  # 导入台账
    READ_PARTIES = "litigation.read_parties"  # 查阅当事人（隐去关键信息）
    WRITE_PARTIES = "litigation.write_parties"  # 登记、更正当事人
    REVEAL = "litigation.reveal"  # 查看当事人完整信息，须说明用途
    SEARCH = "litigation.search"  # 按证件号码查案件
    ERASE = "litigation.erase"  # 销毁一件案件的个人信息
    BOOKS = "litigation.books"  # 账册核对
    LOG = "litigation.log"  # 事件日志
    AUDIT = "litigation.audit"  # 审计记录
    CALENDAR = "litigation.calendar"  # 载入放假安排


_CASE, _FACTS = Fields.CASE, Fields.FACTS
_HANDLE = {Role.LITIGATION_CLERK: _CASE}
_HOST = {Role.OPERATOR: _CASE}
_BUREAU = {Role.BUREAU_VIEWER: _FACTS, Role.BUREAU_STATISTICIAN: _FACTS}

POLICY: Mapping[Action, Mapping[Role, Fields]] = {
    Action.READ: {**_HANDLE, **_BUREAU, **_HOST},
    Action.FILE: {**_HANDLE, **_HOST},
    Action.STEP: {**_HANDLE, **_HOST},
    Action.CORRECT: {**_HANDLE, **_HOST},
    Action.CANCEL: {**_HANDLE, **_HOST},
    Action.IMPORT: {**_HANDLE, **_HOST},
    # Whoever keeps the machine does not see who the parties are.
    Action.READ_PARTIES: _HANDLE,
    Action.WRITE_PARTIES: _HANDLE,
    Action.REVEAL: _HANDLE,
    Action.SEARCH: _HANDLE,
    Action.ERASE: _HANDLE,
    Action.BOOKS: {Role.SERVICE: _FACTS, **_HOST},
    Action.LOG: {Role.SERVICE: _FACTS, **_HOST},
    Action.AUDIT: {Role.AUDIT_ADMIN: _FACTS, **_HOST},
    Action.CALENDAR: {Role.SYSTEM_ADMIN: _FACTS, **_HOST},
}

# The right of the act is the right of the step, but for those that undo.
ACTION_OF: Mapping[Step, Action] = {Step.CANCEL: Action.CANCEL}
