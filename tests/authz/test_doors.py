"""The doors that are not about cases: what strangers may use, one's own account, cookies, and other methods."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from itertools import count
from typing import Any

import pytest

from services.identity import second_factor
from shared.contracts.identity import Role
from shared.kit.access import COOKIES
from tests.authz.calls import call_of
from tests.authz.matrix import Matrix
from tests.authz.people import GOOD, Person
from tests.authz.world import EVERY_TRADE, World
from tests.support.suites import HERE

NEW = "another passphrase of some length"
_fresh = count(1)


def test_strangers_may_use_what_is_open(world: World, matrix: Matrix) -> None:
    found = {}
    for entry in matrix.entries.values():
        if entry.shape == "open" and entry.method != "MOUNT":
            call = call_of(world, entry, Role.SERVICE, "own", succeeds=True)
            assert call is not None
            found[entry.name] = (call.sent(world, {}).status_code, entry.success)
    assets = world.client.get("/static-offline-docs/swagger-ui.css").status_code

    assert {name: told for name, told in found.items() if told[0] != told[1]} == {}
    assert assets == 200


def test_no_route_answers_a_method_that_the_matrix_does_not_name(world: World, matrix: Matrix) -> None:
    named = {(entry.method, entry.path) for entry in matrix.entries.values()}
    found = []
    for entry in matrix.entries.values():
        call = call_of(world, entry, Role.SERVICE, "own", succeeds=False)
        assert call is not None
        for method in ("HEAD", "OPTIONS", "PATCH", "TRACE"):
            if entry.method == "MOUNT" or (method, entry.path) in named:
                continue
            for headers in ({}, world.headers(Role.OPERATOR)):
                status = world.client.request(method, call.path, headers=headers).status_code
                found += [] if status == 405 else [f"{method} {entry.path}: {status}"]

    assert found == []


def _cookie_of(world: World, person: Person, code: str | None = None) -> tuple[dict[str, str], str]:
    """A browser's session: the header that it sends by itself, and the token that only our pages know."""
    shown = {
        "login": person.login,
        "password": GOOD,
        "cookie": True,
        **({} if code is None else {"code": code}),
    }
    answer = world.client.post("/identity/sign-in", json=shown)
    world.client.cookies.clear()
    name, _, value = answer.headers["set-cookie"].partition(";")[0].partition("=")
    assert name in COOKIES
    return {"Cookie": f"{name}={value}", "Origin": HERE}, answer.json()["csrf"]


def test_a_cookie_alone_changes_nothing(world: World, matrix: Matrix) -> None:
    """A cookie travels with every request that any page makes; the token only with those of our own pages."""
    person = world.people.member(f"browser-{next(_fresh)}", EVERY_TRADE)
    cookie, token = _cookie_of(world, person)
    before = {service: world.books(service) for service in ("reconsideration", "mediation", "litigation")}
    found = []
    for entry in matrix.entries.values():
        if entry.shape == "open" or entry.method in ("GET", "MOUNT"):
            continue
        call = call_of(world, entry, Role.OPERATOR, "own", succeeds=False)
        assert call is not None
        for sent in (cookie, {**cookie, "X-CSRF-Token": "guessed"}):
            status = call.sent(world, sent).status_code
            found += [] if status == 403 else [f"{entry.name}: {status}"]
    body = world.filing.body("reconsideration-150625")
    filed = world.send("POST", "/reconsideration/cases", body, by={**cookie, "X-CSRF-Token": token})

    assert found == []
    assert filed.status_code == 201
    assert world.books("mediation") == before["mediation"]
    assert world.books("litigation") == before["litigation"]


def test_everybody_with_an_account_sees_their_own_and_nobody_else_has_one(
    world: World, matrix: Matrix
) -> None:
    found = []
    for name in ("GET /identity/me", "GET /identity/sessions"):
        entry = matrix.entries[name]
        for role in Role:
            answer = world.send("GET", entry.path, by=role)
            if answer.status_code != matrix.expected(entry, role, "own"):
                found.append(f"{name} as {role.value}: {answer.status_code}")
            person = world.accounts.get(role)
            if name.endswith("/me") and person is not None and answer.json()["account"] != person.account:
                found.append(f"{name} as {role.value}: another account")

    assert found == []


def _own_session(world: World, headers: Mapping[str, str]) -> str:
    found: str = world.send("GET", "/identity/sessions", by=headers).json()["items"][0]["id"]
    return found


Making = Callable[[World, dict[str, str]], tuple[str, Any]]
BY_TOKEN: Mapping[str, Making] = {
    "DELETE /identity/sessions/{session_id}": lambda world, own: (
        f"/identity/sessions/{_own_session(world, own)}",
        None,
    ),
    "POST /identity/password": lambda world, own: ("/identity/password", {"current": GOOD, "new": NEW}),
    "POST /identity/sign-out": lambda world, own: ("/identity/sign-out", None),
    "POST /identity/second-factor": lambda world, own: ("/identity/second-factor", None),
    "POST /identity/second-factor/confirm": lambda world, own: (
        "/identity/second-factor/confirm",
        {"code": _begun(world, own)},
    ),
}


def _begun(world: World, own: Mapping[str, str]) -> str:
    """The code that confirms an enrolment which begins now."""
    begun = world.send("POST", "/identity/second-factor", by=own).json()
    return second_factor.code_at(second_factor.from_text(begun["secret"]), datetime.now(UTC))


@pytest.mark.parametrize("name", BY_TOKEN)
def test_a_person_changes_their_own_account(world: World, matrix: Matrix, name: str) -> None:
    person = world.people.member(f"self-{next(_fresh)}", EVERY_TRADE)
    own = {"Authorization": f"Bearer {person.token}"}
    path, body = BY_TOKEN[name](world, own)

    answer = world.send(name.partition(" ")[0], path, body, by=own)

    assert answer.status_code == matrix.entries[name].success, answer.text


BY_COOKIE: Mapping[str, Callable[[World, dict[str, str]], tuple[str, dict[str, str]]]] = {
    "POST /identity/account/password": lambda world, own: (
        "/identity/account/password",
        {"current": GOOD, "new": NEW, "again": NEW},
    ),
    "POST /identity/account/second-factor": lambda world, own: ("/identity/account/second-factor", {}),
    "POST /identity/account/second-factor/confirm": lambda world, own: (
        "/identity/account/second-factor/confirm",
        {"code": _begun(world, own)},
    ),
    "POST /identity/account/sessions/{session_id}/end": lambda world, own: (
        f"/identity/account/sessions/{_own_session(world, own)}/end",
        {},
    ),
    "POST /identity/sign-out/form": lambda world, own: ("/identity/sign-out/form", {}),
}


@pytest.mark.parametrize("name", BY_COOKIE)
def test_a_person_changes_their_own_account_on_its_page(world: World, matrix: Matrix, name: str) -> None:
    person = world.people.member(f"page-{next(_fresh)}", EVERY_TRADE)
    cookie, token = _cookie_of(world, person)
    path, fields = BY_COOKIE[name](world, {**cookie, "X-CSRF-Token": token})

    page = world.client.get("/identity/account", headers=cookie)
    answer = world.client.post(path, data={**fields, "csrf": token}, headers=cookie)
    world.client.cookies.clear()

    assert page.status_code == matrix.entries["GET /identity/account"].success
    assert answer.status_code == matrix.entries[name].success, answer.text


def test_the_doors_of_ones_own_account_are_all_tried(matrix: Matrix) -> None:
    read = {"GET /identity/me", "GET /identity/sessions", "GET /identity/account"}
    every = {entry.name for entry in matrix.entries.values() if entry.shape == "self"}

    assert every == read | set(BY_TOKEN) | set(BY_COOKIE)
