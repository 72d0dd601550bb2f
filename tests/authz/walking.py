"""Walks the matrix: every route, role and relation. First all that is refused, then all that is allowed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.suite import SERVICES
from shared.contracts.identity import Role
from tests.authz.calls import Call, call_of
from tests.authz.looking import ERROR, faults, traces
from tests.authz.matrix import Entry, Matrix
from tests.authz.places import RELATIONS
from tests.authz.world import World


@dataclass(frozen=True, slots=True)
class Visit:
    """One square of the matrix."""

    entry: Entry
    role: Role
    relation: str
    status: int

    @property
    def name(self) -> str:
        return f"{self.entry.name} as {self.role.value}, {self.relation}"


def squares(
    matrix: Matrix,
    *,
    roles: Iterable[Role] = tuple(Role),
    shapes: Sequence[str] | None = None,
    services: Sequence[str] | None = None,
) -> list[Visit]:
    """All squares of these roles, shapes and services. One's own account and what is open are walked elsewhere."""
    found = []
    for entry in matrix.entries.values():
        if entry.action is None or (shapes is not None and entry.shape not in shapes):
            continue
        if services is not None and entry.service not in services:
            continue
        for role in roles:
            for relation in RELATIONS:
                status = matrix.expected(entry, role, relation)
                if status is not None:
                    found.append(Visit(entry, role, relation, status))
    return found


def refused(world: World, visits: Iterable[Visit]) -> list[str]:
    """What went otherwise than the matrix says among the squares that are refused; the books are then as before."""
    before = {service: world.books(service) for service in SERVICES}
    found = [fault for visit in visits if visit.status >= ERROR for fault in _visited(world, visit)]
    for service in SERVICES:
        after = world.books(service)
        found += [
            f"refused requests changed {service}.{table}"
            for table in after
            if after[table] != before[service][table]
        ]
    return found


def allowed(world: World, visits: Iterable[Visit]) -> list[str]:
    """The same for what is allowed."""
    return [fault for visit in visits if visit.status < ERROR for fault in _visited(world, visit)]


def _visited(world: World, visit: Visit) -> Iterator[str]:
    call = call_of(world, visit.entry, visit.role, visit.relation, succeeds=visit.status < ERROR)
    if call is None:
        return
    answer = call.sent(world, world.headers(visit.role))
    if answer.status_code != visit.status:
        yield f"{visit.name}: {answer.status_code} instead of {visit.status}: {answer.text[:200]}"
        return
    yield from (f"{visit.name}: {fault}" for fault in faults(world, visit.entry, visit.role, call, answer))
    if visit.entry.shape == "search" and visit.status < ERROR:
        yield from _found(visit, call, answer.json()["items"], world)


def _found(visit: Visit, call: Call, items: list[dict[str, str]], world: World) -> Iterator[str]:
    """The parties of this number are found exactly where their office is in reach."""
    standing = {kept.id for kept in world.standing[call.office or ""]}
    found = {item["case_id"] for item in items} & standing
    expected = standing if visit.relation in ("own", "sub_office") else set()
    if found != expected or (not expected and items):
        yield f"{visit.name}: {len(items)} found"


def turned_away(world: World, matrix: Matrix) -> list[str]:
    """Every route with every credential that does not count."""
    found = []
    before = {service: world.books(service) for service in SERVICES}
    for entry in matrix.entries.values():
        if entry.shape == "open":
            continue
        for credential, headers in world.strangers.items():
            expected = matrix.of_stranger(entry, credential)
            call = call_of(world, entry, Role.OPERATOR, "own", succeeds=False)
            assert call is not None
            answer = call.sent(world, headers)
            if answer.status_code != expected:
                found.append(f"{entry.name} with {credential}: {answer.status_code} instead of {expected}")
            if traces(answer.text, Role.SERVICE) or "号" in answer.text:
                found.append(f"{entry.name} with {credential}: tells of a case")
    for service in SERVICES:
        if world.books(service) != before[service]:
            found.append(f"strangers changed {service}")
    return found
