"""The way to the outside issuer and back, in the browser."""

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from services.identity import domain
from services.identity.desk import Desk, request_id
from services.identity.pages import HOME, ROOT, entered, onward, sign_in_page
from services.identity.terms import SERVICE
from shared.kernel.errors import RuleViolation
from shared.kit.access import Open
from shared.kit.routing import routes_of

if TYPE_CHECKING:
    from services.identity.openid import OpenIdSignIn

CALLBACK = f"{ROOT}/openid/callback"
WAITS_SECONDS = 600
FromIssuer = Annotated[str | None, Query(max_length=4000)]


def create_router(desk: Desk, openid: "OpenIdSignIn") -> APIRouter:
    router = routes_of(SERVICE, include_in_schema=False, dependencies=[Depends(Open("sign-in"))])

    @router.get("/openid/start")
    def start(request: Request, next: str = HOME) -> Response:
        try:
            address, waiting = openid.start(
                desk.address(request) + CALLBACK, next_path=domain.local_path(next, HOME)
            )
        except RuleViolation as refusal:
            return sign_in_page(desk, next, refusal=refusal)
        answer = onward(address)
        secure = desk.is_secure(request)
        # Lax: the issuer sends the browser back with a navigation of its own, which must bring it along.
        answer.set_cookie(
            cookie_name(secure=secure),
            waiting,
            max_age=WAITS_SECONDS,
            path="/",
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return answer

    @router.get("/openid/callback")
    def callback(request: Request, state: FromIssuer = None, code: FromIssuer = None) -> Response:
        secure = desk.is_secure(request)
        try:
            identity, wanted = openid.finish(
                desk.address(request) + CALLBACK,
                cookie=request.cookies.get(cookie_name(secure=secure)),
                state=state,
                code=code,
            )
            opened = desk.door.sign_in_outside(identity, request_id(request))
            answer = entered(desk, request, opened, wanted)
        except RuleViolation as refusal:
            answer = sign_in_page(desk, HOME, refusal=refusal)
        answer.delete_cookie(cookie_name(secure=secure), path="/", secure=secure, httponly=True)
        return answer

    return router


def cookie_name(*, secure: bool) -> str:
    return "__Host-dingfen-openid" if secure else "dingfen-openid"
