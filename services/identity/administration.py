"""HTTP routes of the administrators and of the other services: offices, accounts, roles, introspection."""

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter
from sqlmodel import Session

from services.identity import schemas, use_cases
from services.identity.access import Action
from services.identity.api import session_views
from services.identity.desk import Desk, grant_views
from services.identity.domain import ONE_TIME_PASSWORD_LIVES, Account, normal_login
from services.identity.models import AccountRow
from services.identity.repository import accounts, offices
from services.identity.terms import SERVICE, AccountKind
from shared.contracts.identity import Grant, Office, Role
from shared.kit.access import Access, Credential
from shared.kit.offices import code_of
from shared.kit.pagination import After, Limit, Page, page
from shared.kit.routing import routes_of


def create_router(desk: Desk) -> APIRouter:
    router = routes_of(SERVICE)
    _add_offices(router, desk)
    _add_account_reading(router, desk)
    _add_account_acts(router, desk)
    _add_account_keeping(router, desk)
    _add_grants(router, desk)
    _add_introspection(router, desk)
    return router


def _roles(access: Access) -> list[Role]:
    """The roles by which the caller is let in here."""
    return [each.grant.role for each in access.reach]


def _add_offices(router: APIRouter, desk: Desk) -> None:
    @router.get("/offices", summary="全部机构及其版本")
    def listed(access: Annotated[Access, desk.may(Action.READ_OFFICES)]) -> schemas.OfficesAnswer:
        with desk.database.reading(access.acting) as session:
            return schemas.OfficesAnswer(
                version=offices.version(session), items=tuple(offices.every(session).values())
            )

    @router.post("/offices", status_code=201, summary="设立机构")
    def create(
        body: schemas.CreateOffice, access: Annotated[Access, desk.may(Action.KEEP_OFFICES)]
    ) -> Office:
        office = Office(**{**body.model_dump(), "code": body.code or code_of(body.kind, body.region)})
        return desk.act(
            access,
            lambda session, now: use_cases.create_office(session, office, regions=desk.regions, now=now),
        )

    @router.patch("/offices/{code}", summary="变更机构")
    def change(
        code: str, body: schemas.ChangeOffice, access: Annotated[Access, desk.may(Action.KEEP_OFFICES)]
    ) -> Office:
        changes = body.model_dump(exclude_unset=True)
        return desk.act(
            access,
            lambda session, now: use_cases.change_office(
                session, code, changes, regions=desk.regions, now=now
            ),
        )

    @router.post("/offices/{code}/close", summary="撤销机构")
    def close(
        code: str, body: schemas.CloseOffice, access: Annotated[Access, desk.may(Action.KEEP_OFFICES)]
    ) -> Office:
        return desk.act(
            access, lambda session, now: use_cases.close_office(session, code, on=body.on, now=now)
        )


def _add_account_reading(router: APIRouter, desk: Desk) -> None:
    @router.get("/accounts", summary="账户列表")
    def listed(
        access: Annotated[Access, desk.may(Action.READ_ACCOUNTS)], after: After = None, limit: Limit = 100
    ) -> Page[schemas.AccountView]:
        with desk.database.reading(access.acting) as session:
            rows = accounts.listed(session, after=after, limit=limit)
            views = _views(session, rows)
        return page(views, ids=[row.id for row in rows], limit=limit)

    @router.get("/accounts/{account_id}", summary="一个账户")
    def one(
        account_id: UUID, access: Annotated[Access, desk.may(Action.READ_ACCOUNTS)]
    ) -> schemas.AccountDetail:
        with desk.database.reading(access.acting) as session:
            row = accounts.load(session, account_id)
            (view,) = _views(session, [row])
            credential = accounts.credential(session, account_id)
            factor = accounts.factor(session, account_id)
            links = accounts.linked(session, account_id)
        return schemas.AccountDetail(
            **view.model_dump(),
            must_change_password=credential is not None and credential.must_change,
            second_factor=factor is not None and factor.confirmed,
            external_identities=[
                schemas.ExternalView(id=each.id, issuer=each.issuer, subject=each.subject) for each in links
            ],
        )

    @router.get("/accounts/{account_id}/sessions", summary="一个账户的会话")
    def sessions_of(
        account_id: UUID, access: Annotated[Access, desk.may(Action.END_SESSIONS)]
    ) -> schemas.Sessions:
        with desk.database.reading(access.acting) as session:
            accounts.load(session, account_id)
        return schemas.Sessions(items=session_views(desk, access.acting, account_id, current=None))


def _views(session: Session, rows: Sequence[AccountRow]) -> list[schemas.AccountView]:
    granted = accounts.grants_of_all(session, [row.id for row in rows])
    return [
        schemas.AccountView(
            id=row.id,
            login=row.login,
            name=row.name,
            kind=AccountKind(row.kind),
            disabled=row.disabled_at is not None,
            grants=grant_views(session, granted[row.id]),
        )
        for row in rows
    ]


def _add_account_acts(router: APIRouter, desk: Desk) -> None:
    def one_time(account_id: UUID, password: str) -> schemas.OneTimePassword:
        hours = int(ONE_TIME_PASSWORD_LIVES.total_seconds()) // 3600
        return schemas.OneTimePassword(id=account_id, password=password, hours=hours)

    @router.post("/accounts", status_code=201, summary="建立账户，一次性密码只显示这一次")
    def create(
        body: schemas.CreateAccount, access: Annotated[Access, desk.may(Action.KEEP_ACCOUNTS)]
    ) -> schemas.OneTimePassword:
        account = Account(normal_login(body.login), body.kind, body.name)
        password = use_cases.one_time_password(desk.chance)
        hashed = desk.passwords.hash(password)
        account_id = desk.act(
            access, lambda session, now: use_cases.create_account(session, account, hashed=hashed, now=now)
        )
        return one_time(account_id, password)

    @router.post("/accounts/{account_id}/reset-password", summary="重置密码，一次性密码只显示这一次")
    def reset(
        account_id: UUID, access: Annotated[Access, desk.may(Action.KEEP_ACCOUNTS)]
    ) -> schemas.OneTimePassword:
        password = use_cases.one_time_password(desk.chance)
        hashed = desk.passwords.hash(password)
        desk.act(
            access,
            lambda session, now: use_cases.reset_password(
                session, account_id, hashed=hashed, by=_roles(access), now=now
            ),
        )
        return one_time(account_id, password)


def _add_account_keeping(router: APIRouter, desk: Desk) -> None:
    @router.post("/accounts/{account_id}/disable", status_code=204, summary="停用账户")
    def disable(account_id: UUID, access: Annotated[Access, desk.may(Action.KEEP_ACCOUNTS)]) -> None:
        desk.act(
            access, lambda session, now: use_cases.disable(session, account_id, by=_roles(access), now=now)
        )

    @router.post("/accounts/{account_id}/enable", status_code=204, summary="恢复账户")
    def enable(account_id: UUID, access: Annotated[Access, desk.may(Action.KEEP_ACCOUNTS)]) -> None:
        desk.act(
            access, lambda session, now: use_cases.enable(session, account_id, by=_roles(access), now=now)
        )

    @router.post("/accounts/{account_id}/external-identities", status_code=201, summary="关联外部身份")
    def link(
        account_id: UUID, body: schemas.Link, access: Annotated[Access, desk.may(Action.KEEP_ACCOUNTS)]
    ) -> schemas.Given:
        link_id = desk.act(
            access,
            lambda session, now: use_cases.link(
                session, account_id, issuer=body.issuer, subject=body.subject, by=_roles(access), now=now
            ),
        )
        return schemas.Given(id=link_id)

    @router.delete(
        "/accounts/{account_id}/external-identities/{link_id}", status_code=204, summary="解除外部身份"
    )
    def unlink(
        account_id: UUID, link_id: UUID, access: Annotated[Access, desk.may(Action.KEEP_ACCOUNTS)]
    ) -> None:
        desk.act(
            access,
            lambda session, now: use_cases.unlink(session, account_id, link_id, by=_roles(access), now=now),
        )


def _add_grants(router: APIRouter, desk: Desk) -> None:
    @router.post("/accounts/{account_id}/grants", status_code=201, summary="授予角色")
    def give(
        account_id: UUID, body: schemas.GiveRole, access: Annotated[Access, desk.may(Action.KEEP_GRANTS)]
    ) -> schemas.Given:
        grant = Grant(role=body.role, office=body.office)
        grant_id = desk.act(
            access, lambda session, now: use_cases.give_role(session, account_id, grant, now=now)
        )
        return schemas.Given(id=grant_id)

    @router.delete("/accounts/{account_id}/grants/{grant_id}", status_code=204, summary="收回角色")
    def take(
        account_id: UUID, grant_id: UUID, access: Annotated[Access, desk.may(Action.KEEP_GRANTS)]
    ) -> None:
        desk.act(access, lambda session, now: use_cases.take_role(session, account_id, grant_id, now=now))

    @router.delete("/accounts/{account_id}/second-factor", status_code=204, summary="解除动态验证码")
    def remove_factor(account_id: UUID, access: Annotated[Access, desk.may(Action.REMOVE_FACTORS)]) -> None:
        desk.act(access, lambda session, now: use_cases.remove_factor(session, account_id, now=now))

    @router.delete(
        "/accounts/{account_id}/sessions/{session_id}", status_code=204, summary="结束他人的一个会话"
    )
    def end_session(
        account_id: UUID, session_id: UUID, access: Annotated[Access, desk.may(Action.END_SESSIONS)]
    ) -> None:
        desk.act(
            access, lambda session, now: use_cases.end_sessions(session, account_id, session_id, now=now)
        )

    @router.delete("/accounts/{account_id}/sessions", status_code=204, summary="结束他人的全部会话")
    def end_all(account_id: UUID, access: Annotated[Access, desk.may(Action.END_SESSIONS)]) -> None:
        desk.act(access, lambda session, now: use_cases.end_sessions(session, account_id, None, now=now))


def _add_introspection(router: APIRouter, desk: Desk) -> None:
    @router.post("/introspect", summary="来者是谁（供其他服务查询）")
    def introspect(
        body: schemas.Introspect, access: Annotated[Access, desk.may(Action.INTROSPECT)]
    ) -> schemas.Introspection:
        # Of the accounts only: who may ask, and on which machine an operator sits, is each service's own matter.
        caller, offices = desk.directory.known(Credential(body.kind, body.value))
        return schemas.Introspection(caller=caller, offices_version=offices.version)
