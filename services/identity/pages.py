"""What a person sees of their own account: plain forms that need no script."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.identity import domain, labels
from services.identity.access import OwnAccount
from services.identity.api import EVERY_STAGE, end_own, session_views
from services.identity.desk import Desk, address_of, grant_views, request_id
from services.identity.directory import SignedIn
from services.identity.sessions import drop_cookie, put_cookie
from services.identity.sign_in import Opened, Presented, acting_for_oneself
from services.identity.terms import SERVICE, SessionKind, Standing
from shared.kernel.clock import SHANGHAI
from shared.kernel.errors import Forbidden, RuleViolation, TooMany, Unauthenticated
from shared.kit.access import Credential, Open
from shared.kit.problems import status_of
from shared.kit.routing import routes_of

ROOT = "/identity"
ACCOUNT = f"{ROOT}/account"
SIGN_IN = f"{ROOT}/sign-in"
HOME = "/"

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

Secret = Annotated[str, Form(min_length=1, max_length=1024)]
Short = Annotated[str, Form(max_length=100)]
WantedForm = Annotated[str, Form(alias="next", max_length=2000)]


def render(template: str, status: int = 200, *, message: str = "", **context: Any) -> HTMLResponse:
    text = _templates.get_template(template).render(message=message, **context)
    return HTMLResponse(text, status_code=status)


def onward(path: str) -> RedirectResponse:
    return RedirectResponse(path, status_code=303)


class OwnPage:
    """The door of a page about one's own account; a stranger is sent to the sign-in by the page itself."""

    def __init__(self, desk: Desk, *stages: Standing) -> None:
        self._door = OwnAccount(desk.directory.signed_in, *stages)

    async def __call__(
        self, request: Request, _open: Annotated[None, Depends(Open("sign-in"))]
    ) -> SignedIn | None:
        try:
            own = await self._door(request, None)
        except Unauthenticated:
            return None
        return own if own.kind is SessionKind.BROWSER else None


def create_router(desk: Desk) -> APIRouter:
    router = routes_of(SERVICE, include_in_schema=False)
    _add_sign_in(router, desk)
    _add_account(router, desk)
    _add_second_factor(router, desk)
    return router


def entered(desk: Desk, request: Request, opened: Opened, wanted: str) -> Response:
    """On to where somebody wanted to go, or first to what they have to do before."""
    standing = desk.directory.signed_in(Credential("cookie", opened.token)).standing
    answer = onward(domain.local_path(wanted, HOME) if standing is Standing.FULL else ACCOUNT)
    put_cookie(answer, opened.token, secure=desk.is_secure(request))
    return answer


def sign_in_page(desk: Desk, wanted: str, *, refusal: RuleViolation | None = None) -> HTMLResponse:
    next_path = domain.local_path(wanted, HOME)
    openid = f"{ROOT}/openid/start?{urlencode({'next': next_path})}" if desk.openid else ""
    answer = render(
        "sign_in.html",
        200 if refusal is None else status_of(refusal),
        message="" if refusal is None else refusal.message,
        next=next_path,
        openid=openid,
    )
    if isinstance(refusal, TooMany):
        answer.headers["Retry-After"] = str(refusal.retry_after)
    return answer


def _add_sign_in(router: APIRouter, desk: Desk) -> None:
    @router.get("/sign-in", dependencies=[Depends(Open("sign-in"))])
    def sign_in(next: str = HOME) -> HTMLResponse:
        return sign_in_page(desk, next)

    @router.post("/sign-in/form", dependencies=[Depends(Open("sign-in"))])
    def submitted(
        request: Request, login: Short, password: Secret, code: Short = "", wanted: WantedForm = HOME
    ) -> Response:
        if "origin" not in request.headers:
            # Else another page could sign its visitor in under an account of its own; foreign origins are
            # refused at the outermost door.
            raise Forbidden("access.csrf", "这个请求不是从本系统的页面发出的，请刷新页面后再试。")
        shown = Presented(login, password, code.strip() or None, address_of(request))
        try:
            opened = desk.door.sign_in(shown, SessionKind.BROWSER, request_id(request))
        except (Unauthenticated, TooMany) as refusal:
            return sign_in_page(desk, wanted, refusal=refusal)
        return entered(desk, request, opened, wanted)

    @router.post("/sign-out/form")
    def sign_out(
        request: Request, own: Annotated[SignedIn | None, Depends(OwnPage(desk, *EVERY_STAGE))]
    ) -> Response:
        answer = onward(SIGN_IN)
        if own is not None:
            desk.door.sign_out(own, request_id(request))
        drop_cookie(answer, secure=desk.is_secure(request))
        return answer


def account_page(desk: Desk, own: SignedIn, refusal: RuleViolation | None = None) -> HTMLResponse:
    acting = acting_for_oneself(own.account_id)
    with desk.database.reading(acting) as session:
        grants = grant_views(session, [(None, grant) for grant in own.grants])
    return render(
        "account.html",
        200 if refusal is None else status_of(refusal),
        message="" if refusal is None else refusal.message,
        standing=own.standing.value,
        first=labels.FIRST[own.standing],
        strong=own.strong,
        csrf=own.csrf,
        grants=grants,
        sessions=[
            {
                "id": each.id,
                "created": each.created_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                "seen": each.last_seen_at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"),
                "kind": labels.SESSION_KIND[each.kind],
                "current": each.current,
            }
            for each in session_views(desk, acting, own.account_id, current=own.session)
        ],
    )


def _add_account(router: APIRouter, desk: Desk) -> None:
    anyone = Depends(OwnPage(desk, *EVERY_STAGE))

    @router.get("/account")
    def account(own: Annotated[SignedIn | None, anyone]) -> Response:
        return onward(f"{SIGN_IN}?next={ACCOUNT}") if own is None else account_page(desk, own)

    @router.post("/account/password")
    def change_password(
        request: Request,
        own: Annotated[SignedIn | None, anyone],
        current: Secret,
        new: Secret,
        again: Secret,
    ) -> Response:
        if own is None:
            return onward(SIGN_IN)
        try:
            if new != again:
                raise RuleViolation("identity.passwords_differ", "两次输入的新密码不一样。")
            opened = desk.door.change_password(
                own, current=current, new=new, address=address_of(request), request_id=request_id(request)
            )
        except RuleViolation as refusal:
            return account_page(desk, own, refusal)
        return entered(desk, request, opened, ACCOUNT)

    @router.post("/account/sessions/{session_id}/end")
    def end(
        session_id: UUID, request: Request, own: Annotated[SignedIn | None, Depends(OwnPage(desk))]
    ) -> Response:
        if own is None:
            return onward(SIGN_IN)
        try:
            end_own(desk, own, session_id, request)
        except RuleViolation as refusal:
            return account_page(desk, own, refusal)
        return onward(ACCOUNT)


def _add_second_factor(router: APIRouter, desk: Desk) -> None:
    enrolling = Depends(OwnPage(desk, Standing.MUST_ENROL))

    @router.post("/account/second-factor")
    def enrol(request: Request, own: Annotated[SignedIn | None, enrolling]) -> Response:
        if own is None:
            return onward(SIGN_IN)
        try:
            secret, uri = desk.door.enrol(own, request_id(request))
        except RuleViolation as refusal:
            return account_page(desk, own, refusal)
        return render("second_factor.html", secret=secret, uri=uri, csrf=own.csrf)

    @router.post("/account/second-factor/confirm")
    def confirm(request: Request, own: Annotated[SignedIn | None, enrolling], code: Short) -> Response:
        if own is None:
            return onward(SIGN_IN)
        try:
            opened = desk.door.confirm(own, code, request_id(request))
        except RuleViolation as refusal:
            context = {"secret": "", "uri": "", "csrf": own.csrf}
            return render("second_factor.html", status_of(refusal), message=refusal.message, **context)
        return entered(desk, request, opened, ACCOUNT)
