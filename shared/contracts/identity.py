"""What the identity service tells the others: who calls, which roles at which offices, and the tree of offices.

Owned by services/identity. Nothing here names a person: an account is an opaque id.
"""

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

SERVICE = "identity"
EVERY_OFFICE = "*"  # the office of whoever acts for the whole suite: its operator and its services


class Role(StrEnum):
    """What an account may be at an office. A role says nothing by itself: each service's policy does."""

    RECONSIDERATION_CLERK = "reconsideration_clerk"  # 复议承办人
    RECONSIDERATION_OFFICE_HEAD = "reconsideration_office_head"  # 复议机构负责人
    RECONSIDERATION_ORGAN_HEAD = "reconsideration_organ_head"  # 复议机关负责人
    MEDIATOR = "mediator"  # 人民调解员
    COMMITTEE_CLERK = "committee_clerk"  # 调委会、司法所内勤
    LITIGATION_CLERK = "litigation_clerk"  # 应诉承办人
    BUREAU_VIEWER = "bureau_viewer"  # 司法行政机关查询人员
    BUREAU_STATISTICIAN = "bureau_statistician"  # 司法行政机关统计人员, may publish
    SYSTEM_ADMIN = "system_admin"  # 系统管理员
    SECURITY_ADMIN = "security_admin"  # 安全管理员
    AUDIT_ADMIN = "audit_admin"  # 审计管理员
    OPERATOR = "operator"  # 运维: the command on the suite's own machine; no account can be given it
    SERVICE = "service"  # another service of the suite; no account can be given it


ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})
NOT_GIVEN = frozenset({Role.OPERATOR, Role.SERVICE})


class OfficeKind(StrEnum):
    RECONSIDERATION = "reconsideration"  # 行政复议机构
    MEDIATION = "mediation"  # 人民调解委员会
    JUDICIAL_OFFICE = "judicial_office"  # 司法所
    LITIGATION = "litigation"  # 应诉部门
    BUREAU = "bureau"  # 司法行政机关


class Office(BaseModel):
    """One office in the tree. `valid_to` is the last day on which it exists; None while it goes on."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    kind: OfficeKind
    region: str
    parent: str | None = None
    valid_from: date
    valid_to: date | None = None

    def exists_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class Grant(BaseModel):
    """One role at one office; it reaches the offices below."""

    model_config = ConfigDict(frozen=True)

    role: Role
    office: str


class Caller(BaseModel):
    """Who makes a request. `via` says how that was proved; `session` is set for a browser's session only."""

    model_config = ConfigDict(frozen=True)

    account: str
    via: Literal["session", "token", "operator", "service"]
    grants: tuple[Grant, ...]
    session: str | None = None
    csrf: str | None = None  # what a change sent with a cookie must repeat
