"""One rule for every door: the role has the action, and the office of what is touched lies in the caller's reach.

    allow(caller, action, resource) = role has action ∧ resource.office ∈ subtree(grant.office) ∧ state ∧ field set

The state rule is the service's own ALLOWED_FROM, decided in the same transaction; the rest is decided here. A route
says its action as a dependency, `Depends(gate.rule(Action.READ))`; `require_rules` refuses an application in which
one does not.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum, StrEnum
from typing import Any, Literal, Protocol
from uuid import uuid4

from fastapi import FastAPI, Request
from fastapi.dependencies.models import Dependant
from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool

from shared.contracts.identity import EVERY_OFFICE, Caller, Grant, OfficeKind, Role
from shared.kernel.clock import Clock, legal_date
from shared.kernel.errors import Forbidden, RuleViolation, Unauthenticated
from shared.kernel.regions import RegionTree
from shared.kit.acting import EVERYTHING, Acting, Scope
from shared.kit.offices import OfficeTree, code_of
from shared.kit.paths import told_path

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIES = ("__Host-dingfen", "dingfen-session")  # over TLS; on loopback HTTP
CSRF_HEADER = "x-csrf-token"
CSRF_FIELD = "csrf"


class Fields(IntEnum):
    """How much of a case a role is shown. Personal values are a matter of their own: masked until revealed."""

    FACTS = 1  # the statistical row, without free text
    CASE = 2  # all that the service shows of a case


Policy = Mapping[Any, Mapping[Role, Fields]]


@dataclass(frozen=True, slots=True)
class Credential:
    kind: Literal["bearer", "cookie"]
    value: str


class Directory(Protocol):
    """Where callers and offices are known: identity itself, identity over HTTP, or the keys of this machine."""

    def caller(self, credential: Credential) -> Caller:
        """Who this is, with the grants of this very moment.

        Raises:
            Unauthenticated: unknown, ended, revoked, or not meant for us
        """

    def offices(self) -> OfficeTree:
        """The present tree of offices."""

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        """Both at once, for whoever needs both at every request.

        Raises:
            Unauthenticated: as `caller`
        """


@dataclass(frozen=True, slots=True)
class Refusal:
    """An access that was refused, as the audit trail keeps it. `path` has no query: queries may hold anything."""

    acting: Acting
    action: str
    code: str
    method: str
    path: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What one grant of the caller gives for one action."""

    grant: Grant
    scope: Scope
    fields: Fields


@dataclass(frozen=True, slots=True)
class Access:
    """A caller who may do one action, and where. Routes get it from their rule."""

    caller: Caller
    action: str
    reach: tuple[Reach, ...]
    offices: OfficeTree
    on: date
    request_id: str

    @property
    def scope(self) -> Scope:
        return Scope.union(each.scope for each in self.reach)

    @property
    def acting(self) -> Acting:
        first = self.reach[0].grant
        return Acting(
            actor=self.caller.account,
            via=self.caller.via,
            role=first.role.value,
            office=first.office,
            scope=self.scope,
            request_id=self.request_id,
        )

    def fields(self, office: str) -> Fields:
        """What the caller is shown of a case of `office`.

        Raises:
            Forbidden: the office is not in the caller's reach; a query without its condition would end here
        """
        shown = [each.fields for each in self.reach if each.scope.covers(office)]
        if not shown:
            raise Forbidden("access.foreign_office", "这件事项不属于您的机构。")
        return max(shown)

    def require_place(self, office: str, region: str, regions: RegionTree) -> None:
        """After a correction: a case stays in a region that its office serves.

        Raises:
            RuleViolation: `request.region_of_another_office`
        """
        keeper = self.offices.get(office)
        if keeper is not None and region not in regions.subtree(keeper.region):
            raise RuleViolation(
                "request.region_of_another_office",
                "这个地区不归本案所在的机构办理；应由别的机构办理的，请注销后由该机构登记。",
            )

    def inside(self, region: str, regions: RegionTree) -> bool:
        """Whether an office of the caller serves the region: its own figures are told to it in full."""
        return any(self._serves(each, region, regions, kinds=None) for each in self.reach)

    def above(self, region: str, regions: RegionTree) -> bool:
        """Whether a bureau of the caller, or the whole suite, stands above every office of the region."""
        return any(self._serves(each, region, regions, kinds=_BUREAUS) for each in self.reach)

    def _serves(
        self, each: Reach, region: str, regions: RegionTree, *, kinds: frozenset[OfficeKind] | None
    ) -> bool:
        if each.scope.offices is None:
            return True
        office = self.offices.get(each.grant.office)
        if office is None or (kinds is not None and office.kind not in kinds):
            return False
        return region in regions.subtree(office.region)

    def place(
        self, kinds: tuple[OfficeKind, ...], region: str, regions: RegionTree, *, named: str | None = None
    ) -> str:
        """The office whose books a new case of a region belongs to.

        The office that was named; else the caller's own that serves the region; else the registered one, and for
        whoever acts for every office the region's own code, which waits for an office to be registered.

        Raises:
            Forbidden: `access.foreign_office`, the same sentence whether the office exists or not
        """
        if named is not None:
            office = self.offices.get(named)
            if (
                office is not None
                and office.kind in kinds
                and office.exists_on(self.on)
                and self.scope.covers(named)
                and region in regions.subtree(office.region)
            ):
                return named
            raise _not_yours()
        for each in self.reach:
            own = self.offices.get(each.grant.office)
            if own is not None and own.kind in kinds and region in regions.subtree(own.region):
                return own.code
        serving = [self.offices.serving(kind, region, self.on) for kind in kinds]
        found = next((office for office in serving if office is not None), None)
        if found is not None and self.scope.covers(found.code):
            return found.code
        if found is None and self.scope.offices is None:
            return code_of(kinds[0], region)
        raise _not_yours()


_BUREAUS = frozenset({OfficeKind.BUREAU})


def _not_yours() -> Forbidden:
    return Forbidden("access.foreign_office", "您的机构不办理这个地区或这个机构的案件。")


def reach_of(
    caller: Caller, allowed: Mapping[Role, Fields], offices: OfficeTree, *, on: date
) -> tuple[Reach, ...]:
    """What the caller's grants give for an action that the roles `allowed` have; () when nothing."""
    found = []
    for grant in caller.grants:
        fields = allowed.get(grant.role)
        if fields is None:
            continue
        if grant.office == EVERY_OFFICE:
            found.append(Reach(grant, EVERYTHING, fields))
            continue
        office = offices.get(grant.office)
        if office is not None and office.exists_on(on):
            found.append(Reach(grant, Scope(offices.subtree(grant.office)), fields))
    return tuple(found)


class Gate:
    """The door of one service: who calls, by which policy, and where refusals are written down."""

    def __init__(
        self,
        directory: Directory,
        policy: Policy,
        clock: Clock,
        *,
        note: Callable[[Refusal], None] = lambda refusal: None,
        throttle: Callable[[Caller, str], None] = lambda caller, action: None,
    ) -> None:
        self.directory = directory
        self.policy = policy
        self._clock = clock
        self._note = note
        self._throttle = throttle

    def rule(self, action: StrEnum, *, page: bool = False) -> "Rule":
        """The dependency of a route that does `action`; a page sends strangers to the sign-in."""
        return Rule(self, action, page=page)

    def admit(self, credential: Credential | None, action: StrEnum, request: Request) -> Access:
        """Who may come in.

        Raises:
            Unauthenticated, Forbidden, TooMany
        """
        if credential is None:
            raise Unauthenticated("access.sign_in", "请先登录。")
        caller, offices = self.directory.known(credential)
        on = legal_date(self._clock())
        request_id = getattr(request.state, "request_id", "") or uuid4().hex
        reach = reach_of(caller, self.policy[action], offices, on=on)
        if not reach:
            nobody = Acting(caller.account, caller.via, "", "", Scope(frozenset()), request_id)
            self._note(
                Refusal(nobody, action.value, "access.forbidden", request.method, told_path(request.url.path))
            )
            raise Forbidden("access.forbidden", "您没有办理这一项的权限。")
        self._throttle(caller, action.value)
        return Access(caller, action.value, reach, offices, on, request_id)

    def refused(self, access: Access, refusal: RuleViolation, request: Request) -> None:
        """Write down that something was not there for this caller, or not theirs to do."""
        self._note(
            Refusal(access.acting, access.action, refusal.code, request.method, told_path(request.url.path))
        )


class Rule:
    """A route's dependency: gives its Access, or refuses."""

    def __init__(self, gate: Gate, action: StrEnum, *, page: bool = False) -> None:
        if action not in gate.policy:
            raise LookupError(f"no role has the action {action}")
        self.gate = gate
        self.action = action
        self.page = page

    async def __call__(self, request: Request) -> Access:
        request.state.rule = self
        credential = credential_of(request)
        access = await run_in_threadpool(self.gate.admit, credential, self.action, request)
        if credential is not None and credential.kind == "cookie" and request.method not in SAFE_METHODS:
            await require_token(request, access.caller.csrf)
        request.state.access = access
        return access


class Open:
    """The dependency of a route that strangers may use; `why` is one of few reasons."""

    def __init__(self, why: Literal["health", "sign-in", "help", "assets"]) -> None:
        self.why = why

    async def __call__(self, request: Request) -> None:
        return None


async def require_token(request: Request, expected: str | None) -> None:
    """Refuse a change that a cookie alone would allow: a cookie travels by itself, the token only with our own pages.

    Raises:
        Forbidden: `access.csrf`
    """
    sent = request.headers.get(CSRF_HEADER)
    if sent is None and request.headers.get("content-type", "").startswith(
        "application/x-www-form-urlencoded"
    ):
        field = (await request.form()).get(CSRF_FIELD)
        sent = field if isinstance(field, str) else None
    is_ours = hmac.compare_digest((sent or "").encode(), (expected or "").encode())
    if not sent or not is_ours or "origin" not in request.headers:
        raise Forbidden("access.csrf", "这个请求不是从本系统的页面发出的，什么也没有改动；请刷新页面后再试。")


def credential_of(request: Request) -> Credential | None:
    """The bearer token, else the session cookie of our own pages."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and value.strip():
        return Credential("bearer", value.strip())
    for name in COOKIES:
        if request.cookies.get(name):
            return Credential("cookie", request.cookies[name])
    return None


# Routes that the framework adds by itself: the interface's help, and its assets.
HELP_PATHS = frozenset({"/docs", "/docs/oauth2-redirect", "/redoc", "/openapi.json"})
ASSETS_PATHS = frozenset({"/static-offline-docs"})


class Unguarded(RuntimeError):
    """A route does not say who may use it: the application must not start."""


@dataclass(frozen=True, slots=True)
class Guarded:
    """One route of an application as a request meets it."""

    path: str
    methods: tuple[str, ...]
    guard: Rule | Open | None


def guarded(app: FastAPI) -> Iterator[Guarded]:
    """Every route of the application with what guards it."""
    for route in iter_route_contexts(app.routes):
        path = route.path or ""
        yield Guarded(
            path, tuple(sorted(route.methods or ())), _guard(path, getattr(route, "dependant", None))
        )


def require_rules(app: FastAPI) -> None:
    """Refuse an application with a route that has no rule.

    Raises:
        Unguarded: names the routes
    """
    bare = sorted(f"{'/'.join(route.methods)} {route.path}" for route in guarded(app) if route.guard is None)
    if bare:
        raise Unguarded("no rule says who may use: " + ", ".join(bare))


def _guard(path: str, dependant: Dependant | None) -> Rule | Open | None:
    if path in HELP_PATHS:
        return Open("help")
    if path in ASSETS_PATHS:
        return Open("assets")
    return None if dependant is None else next(_guards(dependant), None)


def _guards(dependant: Dependant) -> Iterator[Rule | Open]:
    for each in dependant.dependencies:
        if isinstance(each.call, Rule | Open):
            yield each.call
        yield from _guards(each)
