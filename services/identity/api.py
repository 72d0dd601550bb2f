"""HTTP routes of one's own way in: sign-in, sessions, password, one-time codes. The body is checked for shape."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request, Response

from services.identity import domain, labels, schemas, use_cases
from services.identity.desk import Desk, address_of, grant_views, request_id
from services.identity.directory import SignedIn
from services.identity.repository import sessions
from services.identity.sessions import drop_cookie, put_cookie
from services.identity.sign_in import Opened, Presented, acting_for_oneself
from services.identity.terms import SERVICE, SessionKind, Standing
from shared.kit.access import Credential, Open, credential_of
from shared.kit.acting import Acting
from shared.kit.directory import unknown_caller
from shared.kit.routing import routes_of

EVERY_STAGE = (Standing.MUST_CHANGE_PASSWORD, Standing.MUST_ENROL)


def create_router(desk: Desk) -> APIRouter:
    router = routes_of(SERVICE)
    _add_sign_in(router, desk)
    _add_own_account(router, desk)
    _add_own_sessions(router, desk)
    return router


def opened_answer(desk: Desk, request: Request, response: Response, opened: Opened) -> schemas.SignedInView:
    """A browser gets its token as a cookie that no script can read, a command as text."""
    kind = SessionKind.COMMAND if opened.csrf is None else SessionKind.BROWSER
    if kind is SessionKind.BROWSER:
        put_cookie(response, opened.token, secure=desk.is_secure(request))
    shown = Credential("cookie" if kind is SessionKind.BROWSER else "bearer", opened.token)
    return schemas.SignedInView(
        token=opened.token if kind is SessionKind.COMMAND else None,
        csrf=opened.csrf,
        standing=desk.directory.signed_in(shown).standing,
    )


def _add_sign_in(router: APIRouter, desk: Desk) -> None:
    @router.post("/sign-in", summary="登录", dependencies=[Depends(Open("sign-in"))])
    def sign_in(body: schemas.SignIn, request: Request, response: Response) -> schemas.SignedInView:
        shown = Presented(body.login, body.password.get_secret_value(), body.code, address_of(request))
        kind = SessionKind.BROWSER if body.cookie else SessionKind.COMMAND
        opened = desk.door.sign_in(shown, kind, request_id(request))
        return opened_answer(desk, request, response, opened)

    @router.post("/sign-out", status_code=204, summary="退出")
    def sign_out(
        request: Request, response: Response, own: Annotated[SignedIn, desk.own(*EVERY_STAGE)]
    ) -> None:
        desk.door.sign_out(own, request_id(request))
        drop_cookie(response, secure=desk.is_secure(request))

    @router.get("/me", summary="我是谁，有哪些角色", dependencies=[Depends(Open("sign-in"))])
    def me(request: Request) -> schemas.Me:
        credential = credential_of(request)
        if credential is None:
            raise unknown_caller()
        # The gate's directory knows the operator and the services as well, who have no account.
        caller = desk.gate.directory.caller(credential)
        standing = Standing.FULL
        if caller.via in ("session", "token"):
            standing = desk.directory.signed_in(credential).standing
        with desk.database.reading(acting_for_oneself(caller.account, request_id(request))) as session:
            grants = grant_views(session, [(None, grant) for grant in caller.grants])
        return schemas.Me(
            account=caller.account,
            standing=standing,
            first=labels.FIRST[standing],
            grants=grants,
            csrf=caller.csrf,
        )


def _add_own_account(router: APIRouter, desk: Desk) -> None:
    @router.post("/password", summary="修改密码")
    def change_password(
        body: schemas.ChangePassword,
        request: Request,
        response: Response,
        own: Annotated[SignedIn, desk.own(*EVERY_STAGE)],
    ) -> schemas.SignedInView:
        opened = desk.door.change_password(
            own,
            current=body.current.get_secret_value(),
            new=body.new.get_secret_value(),
            address=address_of(request),
            request_id=request_id(request),
        )
        return opened_answer(desk, request, response, opened)

    @router.post("/second-factor", summary="启用动态验证码")
    def enrol(request: Request, own: Annotated[SignedIn, desk.own(Standing.MUST_ENROL)]) -> schemas.Enrolment:
        secret, uri = desk.door.enrol(own, request_id(request))
        return schemas.Enrolment(secret=secret, uri=uri)

    @router.post("/second-factor/confirm", summary="确认动态验证码")
    def confirm(
        body: schemas.Confirm,
        request: Request,
        response: Response,
        own: Annotated[SignedIn, desk.own(Standing.MUST_ENROL)],
    ) -> schemas.SignedInView:
        opened = desk.door.confirm(own, body.code, request_id(request))
        return opened_answer(desk, request, response, opened)


def _add_own_sessions(router: APIRouter, desk: Desk) -> None:
    @router.get("/sessions", summary="我的会话")
    def listed(own: Annotated[SignedIn, desk.own()]) -> schemas.Sessions:
        acting = acting_for_oneself(own.account_id)
        return schemas.Sessions(items=session_views(desk, acting, own.account_id, current=own.session))

    @router.delete("/sessions/{session_id}", status_code=204, summary="结束我的一个会话")
    def end(session_id: UUID, request: Request, own: Annotated[SignedIn, desk.own()]) -> None:
        end_own(desk, own, session_id, request)


def end_own(desk: Desk, own: SignedIn, session_id: UUID, request: Request) -> None:
    acting = acting_for_oneself(own.account_id, request_id(request))
    with desk.database.writing(acting) as session:
        use_cases.end_sessions(session, own.account_id, session_id, now=desk.clock())


def session_views(
    desk: Desk, acting: Acting, account_id: UUID, *, current: UUID | None
) -> list[schemas.SessionView]:
    """The sessions of an account that are alive."""
    now = desk.clock()
    with desk.database.reading(acting) as session:
        rows = sessions.open_ones(session, account_id)
    return [
        schemas.SessionView(
            id=row.id,
            kind=SessionKind(row.kind),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            current=row.id == current,
        )
        for row in rows
        if domain.is_alive(sessions.to_life(row), now)
    ]
