"""Who is let in: the role, the reach of its office, the token of our own pages, and routes that forgot their rule."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated

import pytest
from fastapi import APIRouter, Depends, FastAPI
from starlette.testclient import TestClient

from shared.contracts.identity import Caller, Grant, Office, OfficeKind, Role
from shared.kernel.errors import Forbidden, NotFound
from shared.kernel.regions import RegionTree
from shared.kit import problems
from shared.kit.access import (
    Access,
    Fields,
    Gate,
    Open,
    Refusal,
    Unguarded,
    guarded,
    reach_of,
    require_rules,
)
from shared.kit.acting import Scope
from shared.kit.offices import OfficeTree
from tests.support.callers import KnownCallers, a_caller, an_office, bearer

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 22)
REGIONS = RegionTree.builtin()
BUREAU = an_office("bureau-150600", OfficeKind.BUREAU, "150600")
COUNTY = an_office("reconsideration-150625", OfficeKind.RECONSIDERATION, "150625", parent=BUREAU.code)
SIBLING = an_office("reconsideration-150621", OfficeKind.RECONSIDERATION, "150621", parent=BUREAU.code)
OFFICES = OfficeTree([BUREAU, COUNTY, SIBLING])
CLERKS = {Role.RECONSIDERATION_CLERK: Fields.CASE, Role.BUREAU_VIEWER: Fields.FACTS}
KINDS = (OfficeKind.RECONSIDERATION,)


class Act(StrEnum):
    READ = "test.read"
    CHANGE = "test.change"


def access_of(caller: Caller, offices: OfficeTree = OFFICES) -> Access:
    return Access(caller, Act.READ, reach_of(caller, CLERKS, offices, on=TODAY), offices, TODAY, "r")


def test_a_grant_reaches_the_offices_below_and_no_other() -> None:
    clerk = access_of(a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code)))
    viewer = access_of(a_caller("viewer", (Role.BUREAU_VIEWER, BUREAU.code)))

    assert clerk.scope == Scope(frozenset({COUNTY.code}))
    assert viewer.scope == Scope(frozenset({BUREAU.code, COUNTY.code, SIBLING.code}))


def test_a_role_without_the_action_reaches_nothing() -> None:
    assert access_of(a_caller("mediator", (Role.MEDIATOR, COUNTY.code))).reach == ()


def test_an_office_that_no_longer_exists_gives_its_people_nothing_yet_its_cases_stay_in_the_subtree() -> None:
    closed = COUNTY.model_copy(update={"valid_to": date(2026, 11, 21)})
    offices = OfficeTree([BUREAU, closed])

    assert access_of(a_caller("clerk", (Role.RECONSIDERATION_CLERK, closed.code)), offices).reach == ()
    viewer = access_of(a_caller("viewer", (Role.BUREAU_VIEWER, BUREAU.code)), offices)
    assert closed.code in (viewer.scope.offices or ())


def test_fields_are_those_of_the_grant_that_reaches_the_case() -> None:
    both = access_of(
        a_caller("both", (Role.RECONSIDERATION_CLERK, COUNTY.code), (Role.BUREAU_VIEWER, BUREAU.code))
    )

    assert both.fields(COUNTY.code) is Fields.CASE
    assert both.fields(SIBLING.code) is Fields.FACTS
    with pytest.raises(Forbidden):
        both.fields("reconsideration-110000")


@pytest.mark.parametrize("named", ["reconsideration-150621", "no-such-office"])
def test_filing_into_a_foreign_office_is_refused_in_the_words_for_a_missing_one(named: str) -> None:
    clerk = access_of(a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code)))

    with pytest.raises(Forbidden) as refused:
        clerk.place(KINDS, "150625", REGIONS, named=named)

    assert refused.value.code == "access.foreign_office"
    assert named not in refused.value.message


def test_a_new_case_goes_to_the_callers_own_office_and_never_beyond_its_region() -> None:
    clerk = access_of(a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code)))

    assert clerk.place(KINDS, "150625", REGIONS) == COUNTY.code
    with pytest.raises(Forbidden):
        clerk.place(KINDS, "150621", REGIONS)


def test_whoever_acts_for_all_offices_files_to_the_registered_one_else_to_the_regions_own_code() -> None:
    everybody = Caller(account="o", via="operator", grants=(Grant(role=Role.BUREAU_VIEWER, office="*"),))
    other = OfficeTree([COUNTY.model_copy(update={"code": "hangjin-fuyi"})])

    assert access_of(everybody, other).place(KINDS, "150625", REGIONS) == "hangjin-fuyi"
    assert access_of(everybody).place(KINDS, "110101", REGIONS) == "reconsideration-110101"


def test_figures_are_told_in_full_to_the_offices_that_serve_the_region() -> None:
    clerk = access_of(a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code)))
    viewer = access_of(a_caller("viewer", (Role.BUREAU_VIEWER, BUREAU.code)))

    assert clerk.inside("150625", REGIONS)
    assert not clerk.inside("150621", REGIONS)
    assert not clerk.above("150625", REGIONS)
    assert viewer.above("150625", REGIONS)
    assert not viewer.inside("150200", REGIONS)


# --- the door over HTTP -----------------------------------------------------------------------------------------


class Door:
    """One route to read and one to change, and what was written down."""

    def __init__(self, offices: list[Office]) -> None:
        self.people = KnownCallers(offices=offices)
        self.refusals: list[Refusal] = []
        gate = Gate(
            self.people, {Act.READ: CLERKS, Act.CHANGE: CLERKS}, lambda: NOW, note=self.refusals.append
        )
        router = APIRouter()

        @router.get("/thing")
        def read(access: Annotated[Access, Depends(gate.rule(Act.READ))]) -> str:
            return access.caller.account

        @router.post("/thing")
        def change(access: Annotated[Access, Depends(gate.rule(Act.CHANGE))]) -> str:
            return access.caller.account

        @router.get("/page")
        def page(access: Annotated[Access, Depends(gate.rule(Act.READ, page=True))]) -> str:
            return access.caller.account

        @router.get("/missing")
        def missing(access: Annotated[Access, Depends(gate.rule(Act.READ))]) -> str:
            raise NotFound("test.not_found", "没有这一件。")

        self.app = FastAPI()
        problems.install(self.app)
        self.app.include_router(router)


@pytest.fixture
def door() -> Door:
    return Door([BUREAU, COUNTY])


@pytest.fixture
def client(door: Door) -> Iterator[TestClient]:
    with TestClient(door.app, base_url="http://127.0.0.1") as client:
        yield client


def signed_in(door: Door, *, csrf: str | None = "t0ken") -> dict[str, str]:
    caller = a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code))
    door.people.callers["cookie-of-clerk"] = caller.model_copy(update={"via": "session", "csrf": csrf})
    return {"Cookie": "dingfen-session=cookie-of-clerk"}


@pytest.mark.parametrize("headers", [{}, bearer("nobody"), {"Authorization": "Basic abc"}])
def test_strangers_are_asked_to_sign_in(client: TestClient, headers: dict[str, str]) -> None:
    answer = client.get("/thing", headers=headers)

    assert (answer.status_code, answer.json()["code"]) == (401, "access.sign_in")
    assert "www-authenticate" in answer.headers


def test_a_page_leads_strangers_to_the_sign_in_and_back(client: TestClient) -> None:
    answer = client.get("/page?region=150625", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"] == "/identity/sign-in?next=/page"


def test_who_lacks_the_role_is_refused_and_it_is_written_down(door: Door, client: TestClient) -> None:
    door.people.callers["mediator"] = a_caller("mediator", (Role.MEDIATOR, COUNTY.code))

    answer = client.get("/thing?secret=1", headers=bearer("mediator"))

    assert (answer.status_code, answer.json()["code"]) == (403, "access.forbidden")
    (refusal,) = door.refusals
    assert (refusal.acting.actor, refusal.action, refusal.path) == ("mediator", "test.read", "/thing")


def test_what_is_revoked_is_revoked_at_the_next_request(door: Door, client: TestClient) -> None:
    door.people.callers["clerk"] = a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code))
    assert client.get("/thing", headers=bearer("clerk")).status_code == 200

    del door.people.callers["clerk"]

    assert client.get("/thing", headers=bearer("clerk")).status_code == 401


def test_what_is_not_found_is_written_down_like_what_is_foreign(door: Door, client: TestClient) -> None:
    door.people.callers["clerk"] = a_caller("clerk", (Role.RECONSIDERATION_CLERK, COUNTY.code))

    assert client.get("/missing", headers=bearer("clerk")).status_code == 404

    assert [refusal.code for refusal in door.refusals] == ["test.not_found"]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({}, 403),
        ({"x-csrf-token": "wrong", "Origin": "http://127.0.0.1"}, 403),
        ({"x-csrf-token": "t0ken"}, 403),
        ({"x-csrf-token": "t0ken", "Origin": "http://127.0.0.1"}, 200),
    ],
)
def test_a_cookie_alone_changes_nothing(
    door: Door, client: TestClient, sent: dict[str, str], status: int
) -> None:
    cookie = signed_in(door)

    assert client.get("/thing", headers=cookie).status_code == 200
    assert client.post("/thing", headers=cookie | sent).status_code == status


def test_the_token_may_come_as_a_field_of_our_own_form(door: Door, client: TestClient) -> None:
    headers = signed_in(door) | {"Origin": "http://127.0.0.1"}

    assert client.post("/thing", headers=headers, data={"csrf": "t0ken"}).status_code == 200
    assert client.post("/thing", headers=headers, data={"csrf": "other"}).status_code == 403


def test_a_session_without_a_token_of_its_own_changes_nothing(door: Door, client: TestClient) -> None:
    headers = signed_in(door, csrf=None) | {"Origin": "http://127.0.0.1", "x-csrf-token": ""}

    assert client.post("/thing", headers=headers).status_code == 403


def test_an_application_with_a_route_without_a_rule_does_not_start(door: Door) -> None:
    require_rules(door.app)

    @door.app.get("/forgotten")
    def forgotten() -> str:
        return "everything"

    with pytest.raises(Unguarded, match="/forgotten"):
        require_rules(door.app)


def test_what_is_open_says_why(door: Door) -> None:
    @door.app.get("/alive", dependencies=[Depends(Open("health"))])
    def alive() -> str:
        return "yes"

    guards = {route.path: route.guard for route in guarded(door.app)}

    alive_guard = guards["/alive"]
    assert isinstance(alive_guard, Open)
    assert alive_guard.why == "health"


def test_a_rule_for_an_action_that_no_role_has_is_refused_at_once() -> None:
    with pytest.raises(LookupError):
        Gate(KnownCallers(), {}, lambda: NOW).rule(Act.READ)
