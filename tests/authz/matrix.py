"""Reads the matrix and says what it means for one route, role and relation."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from fastapi import FastAPI

from shared.contracts.identity import Role
from shared.kit.access import Open, Rule, guarded
from tests.authz.places import RELATIONS

FILE = Path(__file__).with_name("matrix.yaml")
SUCCESS = "success"


@dataclass(frozen=True, slots=True)
class Entry:
    """One route of the matrix."""

    method: str
    path: str
    action: str | None
    open: str | None
    who: Mapping[Role, str]
    shape: str
    success: int
    page: bool
    strangers: Mapping[str, int]

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def service(self) -> str:
        return self.path.split("/")[1]


@dataclass(frozen=True)
class Matrix:
    entries: Mapping[str, Entry]
    shapes: Mapping[str, Mapping[str, int | str]]
    everywhere: frozenset[Role]
    not_listed: int
    stranded: int  # what a page answers to strangers
    strangers: Mapping[str, int]
    relations: Mapping[str, str] = field(repr=False)

    def expected(self, entry: Entry, role: Role, relation: str) -> int | None:
        """The status; None where the shape knows no such relation."""
        if entry.shape == "open":
            return entry.success
        told = self.shapes[entry.shape].get(relation)
        if told is None:
            return None
        if role not in entry.who:
            return self._unlisted(entry)
        if told == SUCCESS or (role in self.everywhere and relation != "missing"):
            return entry.success
        return int(told)

    def _unlisted(self, entry: Entry) -> int:
        if entry.shape != "self":
            return self.not_listed
        return self.of_stranger(entry, "no_token")  # the operator and the services have no account

    def of_stranger(self, entry: Entry, credential: str) -> int:
        """What a credential that does not count is answered."""
        told = entry.strangers.get(credential, self.strangers[credential])
        return self.stranded if entry.page and told == 401 else told


def read(file: Path = FILE) -> Matrix:
    told: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
    groups = {
        name: {Role(role): shown for role, shown in listed.items()} for name, listed in told["groups"].items()
    }
    return Matrix(
        entries={name: _entry(name, given, groups) for name, given in told["routes"].items()},
        shapes=told["shapes"],
        everywhere=frozenset(map(Role, told["everywhere"])),
        not_listed=told["not_listed"],
        stranded=told["pages_send_strangers_to"],
        strangers=told["strangers"],
        relations=told["relations"],
    )


def _entry(name: str, given: Mapping[str, Any], groups: Mapping[str, Mapping[Role, str]]) -> Entry:
    method, _, path = name.partition(" ")
    return Entry(
        method=method,
        path=path,
        action=given.get("action"),
        open=given.get("open"),
        who=groups[given["who"]],
        shape=given["shape"],
        success=given["success"],
        page=given.get("page", False),
        strangers=given.get("strangers", {}),
    )


def contradictions(matrix: Matrix, app: FastAPI) -> list[str]:
    """Where the routes of an application and the matrix do not tell the same."""
    found = []
    real: dict[str, Rule | Open | None] = {}
    for route in guarded(app):
        real.update({f"{method} {route.path}": route.guard for method in route.methods or ("MOUNT",)})
    found += [f"no entry: {name}" for name in sorted(real.keys() - matrix.entries.keys())]
    found += [f"no route: {name}" for name in sorted(matrix.entries.keys() - real.keys())]
    for name, guard in sorted(real.items()):
        entry = matrix.entries.get(name)
        if guard is None:
            found.append(f"no rule: {name}")
        elif entry is not None:
            found += _differences(entry, guard)
    return found


def _differences(entry: Entry, guard: Rule | Open) -> Iterator[str]:
    if isinstance(guard, Open):
        if (entry.action, entry.open) != (None, guard.why):
            yield f"{entry.name}: open for {guard.why}, not {entry.open or entry.action}"
        return
    if (entry.action, entry.open) != (guard.action.value, None):
        yield f"{entry.name}: does {guard.action.value}, not {entry.action or entry.open}"
    if guard.page != entry.page:
        yield f"{entry.name}: {'a page' if guard.page else 'no page'}"
    allowed = {role.value for role in guard.gate.policy[guard.action]}
    listed = {role.value for role in entry.who}
    if allowed != listed:
        yield f"{entry.name}: let in are {sorted(allowed)}, listed are {sorted(listed)}"


def malformed(matrix: Matrix) -> list[str]:
    """Words of the file that mean nothing."""
    known = set(RELATIONS)
    found = [f"relation {name}" for name in matrix.relations if name not in known]
    for shape, told in matrix.shapes.items():
        found += [f"{shape}: {name}" for name in told if name not in known]
    found += [
        f"{entry.name}: {entry.shape}"
        for entry in matrix.entries.values()
        if entry.shape not in matrix.shapes
    ]
    return found
