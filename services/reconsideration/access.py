"""Who may do what in this service: the table that every route, export, search and page goes by."""

from collections.abc import Mapping
from enum import StrEnum

from services.reconsideration.terms import Step
from shared.contracts.identity import OfficeKind, Role
from shared.kit.access import Fields
from shared.kit.party_routes import PartyActions

OFFICE_KINDS: tuple[OfficeKind, ...] = (OfficeKind.RECONSIDERATION,)  # whose books hold the cases


class Action(StrEnum):
    READ = "reconsideration.read"  # 查阅案件
    FILE = "reconsideration.file"  # 收到申请
    STEP = "reconsideration.step"  # 办理
    CORRECT = "reconsideration.correct"  # 更正
    CANCEL = "reconsideration.cancel"  # 注销误录
    IMPORT = "reconsideration.import"  # 导入台账
    READ_PARTIES = "reconsideration.read_parties"  # 查阅当事人（隐去关键信息）
    WRITE_PARTIES = "reconsideration.write_parties"  # 登记、更正当事人
    REVEAL = "reconsideration.reveal"  # 查看当事人完整信息，须说明用途
    SEARCH = "reconsideration.search"  # 按证件号码查案件
    ERASE = "reconsideration.erase"  # 销毁一件案件的个人信息
    BOOKS = "reconsideration.books"  # 账册核对
    LOG = "reconsideration.log"  # 事件日志
    AUDIT = "reconsideration.audit"  # 审计记录


_CASE, _FACTS = Fields.CASE, Fields.FACTS
_HANDLE = {Role.RECONSIDERATION_CLERK: _CASE, Role.RECONSIDERATION_OFFICE_HEAD: _CASE}
_DIRECT = {Role.RECONSIDERATION_OFFICE_HEAD: _CASE}
_HOST = {Role.OPERATOR: _CASE}
_BUREAU = {Role.BUREAU_VIEWER: _FACTS, Role.BUREAU_STATISTICIAN: _FACTS}

POLICY: Mapping[Action, Mapping[Role, Fields]] = {
    Action.READ: {**_HANDLE, Role.RECONSIDERATION_ORGAN_HEAD: _CASE, **_BUREAU, **_HOST},
    Action.FILE: {**_HANDLE, **_HOST},
    Action.STEP: {**_HANDLE, **_HOST},
    Action.CORRECT: {**_HANDLE, **_HOST},
    Action.CANCEL: {**_DIRECT, **_HOST},
    Action.IMPORT: {**_HANDLE, **_HOST},
    # Whoever keeps the machine does not see who the parties are.
    Action.READ_PARTIES: {**_HANDLE, Role.RECONSIDERATION_ORGAN_HEAD: _CASE},
    Action.WRITE_PARTIES: _HANDLE,
    Action.REVEAL: _HANDLE,
    Action.SEARCH: _HANDLE,
    Action.ERASE: _DIRECT,
    Action.BOOKS: {Role.SERVICE: _FACTS, **_HOST},
    Action.LOG: {Role.SERVICE: _FACTS, **_HOST},
    Action.AUDIT: {Role.AUDIT_ADMIN: _FACTS, **_HOST},
}

# The right of the act is the right of the step, but for those that undo.
ACTION_OF: Mapping[Step, Action] = {Step.CANCEL: Action.CANCEL}
PARTY_ACTIONS = PartyActions(
    read=Action.READ_PARTIES,
    change=Action.WRITE_PARTIES,
    reveal=Action.REVEAL,
    search=Action.SEARCH,
    erase=Action.ERASE,
)
