"""Who may do what in this service: the table that every route, export, search and page goes by."""

from collections.abc import Mapping
from enum import StrEnum

from services.reconsideration.terms import Step
from shared.contracts.identity import OfficeKind, Role
from shared.kit.access import Fields

OFFICE_KINDS: tuple[OfficeKind, ...] = (OfficeKind.RECONSIDERATION,)  # whose books hold the cases


class Action(StrEnum):
    READ = "reconsideration.read"  # 查阅案件
    FILE = "reconsideration.file"  # 收到申请
    STEP = "reconsideration.step"  # 办理
    DIRECT = "reconsideration.direct"  # 机构负责人批准的事项
    DECIDE = "reconsideration.decide"  # 机关负责人批准决定
    RETURN = "reconsideration.return_decision"  # 退回重拟
    UNDO = "reconsideration.undo"  # 撤回自己刚办的一步
    CORRECT = "reconsideration.correct"  # 更正
    CANCEL = "reconsideration.cancel"  # 注销误录
    IMPORT = "reconsideration.import"  # 导入台账
    PAPERS = "reconsideration.papers"  # 制发、打开文书: 写有当事人姓名
    READ_PARTIES = "reconsideration.read_parties"  # 查阅当事人（隐去关键信息）
    WRITE_PARTIES = "reconsideration.write_parties"  # 登记、更正当事人
    REVEAL = "reconsideration.reveal"  # 查看当事人完整信息，须说明用途
    SEARCH = "reconsideration.search"  # 按证件号码查案件
    ERASE = "reconsideration.erase"  # 销毁一件案件的个人信息
    TEMPLATES = "reconsideration.templates"  # 文书模板、编号格式
    BOOKS = "reconsideration.books"  # 账册核对
    LOG = "reconsideration.log"  # 事件日志
    AUDIT = "reconsideration.audit"  # 审计记录
    CALENDAR = "reconsideration.calendar"  # 载入放假安排


_CASE, _FACTS = Fields.CASE, Fields.FACTS
_HANDLE = {Role.RECONSIDERATION_CLERK: _CASE, Role.RECONSIDERATION_OFFICE_HEAD: _CASE}
_DIRECT = {Role.RECONSIDERATION_OFFICE_HEAD: _CASE}
_HOST = {Role.OPERATOR: _CASE}
_BUREAU = {Role.BUREAU_VIEWER: _FACTS, Role.BUREAU_STATISTICIAN: _FACTS}

POLICY: Mapping[Action, Mapping[Role, Fields]] = {
    Action.READ: {**_HANDLE, Role.RECONSIDERATION_ORGAN_HEAD: _CASE, **_BUREAU, **_HOST},
    Action.FILE: {**_HANDLE, **_HOST},
    Action.STEP: {**_HANDLE, **_HOST},
    Action.DIRECT: {**_DIRECT, **_HOST},
    Action.DECIDE: {Role.RECONSIDERATION_ORGAN_HEAD: _CASE, **_HOST},
    Action.RETURN: {**_DIRECT, Role.RECONSIDERATION_ORGAN_HEAD: _CASE, **_HOST},
    Action.UNDO: {**_HANDLE, Role.RECONSIDERATION_ORGAN_HEAD: _CASE, **_HOST},
    Action.CORRECT: {**_HANDLE, **_HOST},
    Action.CANCEL: {**_DIRECT, **_HOST},
    Action.IMPORT: {**_HANDLE, **_HOST},
    # Whoever keeps the machine does not see who the parties are.
    Action.PAPERS: {**_HANDLE, Role.RECONSIDERATION_ORGAN_HEAD: _CASE},
    Action.READ_PARTIES: {**_HANDLE, Role.RECONSIDERATION_ORGAN_HEAD: _CASE},
    Action.WRITE_PARTIES: _HANDLE,
    Action.REVEAL: _HANDLE,
    Action.SEARCH: _HANDLE,
    Action.ERASE: _DIRECT,
    Action.TEMPLATES: {**_DIRECT, **_HOST},
    Action.BOOKS: {Role.SERVICE: _FACTS, **_HOST},
    Action.LOG: {Role.SERVICE: _FACTS, **_HOST},
    Action.AUDIT: {Role.AUDIT_ADMIN: _FACTS, **_HOST},
    Action.CALENDAR: {Role.SYSTEM_ADMIN: _FACTS, **_HOST},
}

# The right of the act is the right of the step, but for those that undo.
ACTION_OF: Mapping[Step, Action] = {
    Step.CANCEL: Action.CANCEL,
    # What the head of the office approves (ARL 41(1)(一), 55, 62) …
    Step.CONVERT: Action.DIRECT,
    Step.EXTEND: Action.DIRECT,
    Step.WITHDRAW: Action.DIRECT,
    Step.ENDORSE_DECISION: Action.DIRECT,
    # … and what the head of the organ does (ARL 61); either may send a draft back.
    Step.APPROVE_DECISION: Action.DECIDE,
    Step.RETURN_DECISION: Action.RETURN,
}
