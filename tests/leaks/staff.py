"""Who works in the suite of these tests: real accounts with real grants, in offices of two counties."""

from collections.abc import Mapping
from dataclasses import dataclass

import httpx2 as httpx
from starlette.testclient import TestClient

from shared.contracts.identity import Role
from shared.kit.settings import Settings
from tests.authz.people import People, bearer

HOME, AWAY = "150625", "150621"
_KEEPERS: Mapping[str, Role] = {
    "reconsideration": Role.RECONSIDERATION_OFFICE_HEAD,
    "judicial_office": Role.COMMITTEE_CLERK,
    "litigation": Role.LITIGATION_CLERK,
}


@dataclass(frozen=True, slots=True)
class Staff:
    """Headers of who calls. `keeper` has every right at home, `elsewhere` the same in the next county, `viewer`
    sees facts only, `operator` keeps the machine, `auditor` reads the trail."""

    keeper: Mapping[str, str]
    elsewhere: Mapping[str, str]
    viewer: Mapping[str, str]
    auditor: Mapping[str, str]
    operator: Mapping[str, str]
    nobody: Mapping[str, str]


def employed(client: httpx.Client, settings: Settings) -> Staff:
    """Offices, accounts and grants, made as administrators make them."""
    # It only asks for what both kinds of client have.
    people = People(client, settings)  # type: ignore[arg-type]
    assert isinstance(client, httpx.Client | TestClient)
    for region in (HOME, AWAY):
        for kind in ("bureau", *_KEEPERS):
            code, parent = f"{kind}-{region}", None if kind == "bureau" else f"bureau-{region}"
            body = {"code": code, "name": code, "kind": kind, "region": region, "parent": parent}
            people.ok("POST", "/offices", {**body, "valid_from": "2020-01-01"}, token=people.operator)
    people.administrator(Role.SECURITY_ADMIN)
    auditor = people.administrator(Role.AUDIT_ADMIN)

    def keepers(region: str) -> list[tuple[Role, str]]:
        return [(role, f"{kind}-{region}") for kind, role in _KEEPERS.items()]

    return Staff(
        keeper=bearer(people.member("keeper", keepers(HOME)).token),
        elsewhere=bearer(people.member("elsewhere", keepers(AWAY)).token),
        viewer=bearer(people.member("viewer", [(Role.BUREAU_VIEWER, f"bureau-{HOME}")]).token),
        auditor=bearer(auditor.token),
        operator=bearer(people.operator),
        nobody={},
    )
