"""The closed sets of this service. What they mean for people stands in labels.py."""

from enum import StrEnum

SERVICE = "identity"


class AccountKind(StrEnum):
    """What an account can ever be: the three administrators 三员 exclude each other and everything else.

    网络安全等级保护 (GB/T 22239-2019, 8.1.5.1-8.1.5.3) separates system, audit and security management.
    """

    STAFF = "staff"  # 业务人员
    SYSTEM = "system"  # 系统管理员
    SECURITY = "security"  # 安全管理员
    AUDIT = "audit"  # 审计管理员


class SessionKind(StrEnum):
    BROWSER = "browser"  # a cookie; changes need its token besides
    COMMAND = "command"  # a bearer token of the command or of a program


class Standing(StrEnum):
    """How far a session reaches; all but FULL reach only what leads to FULL."""

    FULL = "full"
    MUST_CHANGE_PASSWORD = "must_change_password"  # noqa: S105 - not a password
    MUST_ENROL = "must_enrol"
