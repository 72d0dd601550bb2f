"""Who may do what with figures: the table that every route and page of this service goes by."""

from collections.abc import Mapping
from enum import StrEnum

from shared.contracts.identity import ADMINISTRATORS, NOT_GIVEN, Role
from shared.kit.access import Fields

SERVICE = "reporting"


class Action(StrEnum):
    FIGURES = "reporting.figures"  # 查看统计数字
    CASES = "reporting.cases"  # 查看数字背后的案件
    PROGRESS = "reporting.progress"  # 读到何处
    CHECK = "reporting.check"  # 与业务系统核对
    REBUILD = "reporting.rebuild"  # 清空重建
    AUDIT = "reporting.audit"  # 审计记录


_FACTS = Fields.FACTS
_PEOPLE = dict.fromkeys(set(Role) - ADMINISTRATORS - NOT_GIVEN, _FACTS)
_HOST = {Role.OPERATOR: _FACTS}

POLICY: Mapping[Action, Mapping[Role, Fields]] = {
    Action.FIGURES: {**_PEOPLE, **_HOST},
    Action.CASES: {**_PEOPLE, **_HOST},
    Action.PROGRESS: {
        Role.BUREAU_STATISTICIAN: _FACTS,
        Role.SYSTEM_ADMIN: _FACTS,
        Role.SERVICE: _FACTS,
        **_HOST,
    },
    # These tell of the cases of every office.
    Action.CHECK: {Role.SERVICE: _FACTS, **_HOST},
    Action.REBUILD: _HOST,
    Action.AUDIT: {Role.AUDIT_ADMIN: _FACTS, **_HOST},
}
