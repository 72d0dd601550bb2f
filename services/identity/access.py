"""Who may do what in this service; and the door of what everybody does with their own account."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from services.identity import labels
from services.identity.directory import SignedIn
from services.identity.terms import Standing
from shared.contracts.identity import Role
from shared.kernel.errors import Forbidden
from shared.kit.access import SAFE_METHODS, Credential, Fields, Open, credential_of, require_token
from shared.kit.directory import unknown_caller


class Action(StrEnum):
    READ_OFFICES = "identity.read_offices"  # 查看机构
    KEEP_OFFICES = "identity.keep_offices"  # 设立、变更、撤销机构
    READ_ACCOUNTS = "identity.read_accounts"  # 查看账户和授权
    KEEP_ACCOUNTS = "identity.keep_accounts"  # 建立、停用账户，重置密码，关联外部身份
    KEEP_GRANTS = "identity.keep_grants"  # 授予、收回角色
    END_SESSIONS = "identity.end_sessions"  # 查看、结束他人的会话
    REMOVE_FACTORS = "identity.remove_factors"  # 解除他人的动态验证码
    INTROSPECT = "identity.introspect"  # 其他服务查询来者是谁
    AUDIT = "identity.audit"  # 审计记录


_ALL = Fields.CASE
_SYSTEM, _SECURITY = {Role.SYSTEM_ADMIN: _ALL}, {Role.SECURITY_ADMIN: _ALL}
_AUDIT, _HOST, _SERVICE = {Role.AUDIT_ADMIN: _ALL}, {Role.OPERATOR: _ALL}, {Role.SERVICE: _ALL}
_READERS = {**_SYSTEM, **_SECURITY, **_AUDIT, **_HOST}

POLICY: Mapping[Action, Mapping[Role, Fields]] = {
    Action.READ_OFFICES: {**_READERS, **_SERVICE},
    Action.KEEP_OFFICES: {**_SYSTEM, **_HOST},
    Action.READ_ACCOUNTS: _READERS,
    Action.KEEP_ACCOUNTS: {**_SYSTEM, **_HOST},
    # Whoever keeps accounts gives no roles, and the other way round.
    Action.KEEP_GRANTS: _SECURITY,
    Action.END_SESSIONS: {**_SECURITY, **_HOST},
    Action.REMOVE_FACTORS: {**_SECURITY, **_HOST},
    Action.INTROSPECT: _SERVICE,
    Action.AUDIT: {**_AUDIT, **_HOST},
}


class OwnAccount:
    """The dependency of a route that concerns the caller's own account, whatever roles it has.

    `stages` are the standings it serves besides a full one: a session that must first change its password reaches
    only that. To strangers it is as open as the sign-in: they are told to sign in.
    """

    def __init__(self, signed_in: Callable[[Credential], SignedIn], *stages: Standing) -> None:
        self._signed_in = signed_in
        self._stages = frozenset({Standing.FULL, *stages})

    async def __call__(self, request: Request, _open: Annotated[None, Depends(Open("sign-in"))]) -> SignedIn:
        credential = credential_of(request)
        if credential is None:
            raise unknown_caller()
        own = await run_in_threadpool(self._signed_in, credential)
        if own.session is None:
            raise Forbidden("identity.outside_token", "外部令牌不能办理账户事项，请登录后再办。")
        if credential.kind == "cookie" and request.method not in SAFE_METHODS:
            await require_token(request, own.csrf or "")
        if own.standing not in self._stages:
            raise Forbidden(f"identity.{own.standing.value}", labels.FIRST[own.standing])
        return own
