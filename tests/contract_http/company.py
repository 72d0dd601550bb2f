"""The suite in this process, with one account for each role and something in its books to ask for."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import httpx2 as httpx

from services.identity import main as identity_main
from services.identity.passwords import Passwords
from services.suite import application
from shared.contracts.identity import ADMINISTRATORS, NOT_GIVEN, Role
from shared.kernel.clock import system_clock
from shared.kit.directory import service_token
from shared.kit.settings import Settings
from tests.authz.people import QUICK, People, Person, bearer
from tests.support.client import Client
from tests.support.suites import HERE, NOWHERE

SERVICES = ("identity", "reconsideration", "mediation", "litigation", "reporting")
HOME = "150625"
_KIND: Mapping[Role, str] = {
    Role.RECONSIDERATION_CLERK: "reconsideration",
    Role.RECONSIDERATION_OFFICE_HEAD: "reconsideration",
    Role.RECONSIDERATION_ORGAN_HEAD: "reconsideration",
    Role.MEDIATOR: "mediation",
    Role.COMMITTEE_CLERK: "judicial_office",
    Role.LITIGATION_CLERK: "litigation",
    Role.BUREAU_VIEWER: "bureau",
    Role.BUREAU_STATISTICIAN: "bureau",
}
# Above each office, in the order in which they are founded.
_OFFICES: Mapping[str, str | None] = {
    "bureau": None,
    "reconsideration": "bureau",
    "judicial_office": "bureau",
    "mediation": "judicial_office",
    "litigation": "bureau",
}
_FILED: Mapping[str, tuple[Role, Mapping[str, Any], str]] = {
    "reconsideration": (
        Role.RECONSIDERATION_OFFICE_HEAD,
        {"organ_region": HOME, "received_on": "2026-03-02", "matter": "不服处罚"},
        "applicant",
    ),
    "mediation": (Role.COMMITTEE_CLERK, {"region": HOME, "registered_on": "2026-03-02"}, "party"),
    "litigation": (Role.LITIGATION_CLERK, {"region": HOME, "notified_on": "2026-03-02"}, "plaintiff"),
}
# Who may do most in a service: what is refused at the door reaches nothing that could break.
KEEPER: Mapping[str, Role] = {
    "identity": Role.OPERATOR,
    "reconsideration": Role.RECONSIDERATION_OFFICE_HEAD,
    "mediation": Role.COMMITTEE_CLERK,
    "litigation": Role.LITIGATION_CLERK,
    "reporting": Role.OPERATOR,
}
_PERSON = {"kind": "natural", "name": "张三丰", "phone": "13812345678"}


@dataclass
class Company:
    client: Client
    people: People
    settings: Settings
    staff: dict[Role, Person] = field(default_factory=dict)
    # What stands in a path, by service and name of the parameter.
    known: dict[str, dict[str, str]] = field(default_factory=dict)

    def headers(self, role: Role | None) -> dict[str, str]:
        """None is a stranger."""
        if role is None:
            return {}
        if role is Role.OPERATOR:
            return bearer(self.people.operator)
        if role is Role.SERVICE:  # lives for five minutes only
            return bearer(service_token(self.settings.keys, "reporting", system_clock()))
        return bearer(self.staff[role].token)

    def locked_out(self) -> list[Role]:
        """Whose session has ended meanwhile: what was sent for them proved nothing from then on."""
        asked = {role: self.send("GET", "/identity/me", by=role).status_code for role in Role}
        return [role for role, status in asked.items() if status != 200]

    def send(self, method: str, path: str, *, by: Role | None, **more: Any) -> httpx.Response:
        headers = {**more.pop("headers", {}), **self.headers(by)}
        answer = self.client.request(method, path, headers=headers, **more)
        self.client.cookies.clear()
        return answer


@contextmanager
def opened(folder: Path) -> Iterator[Company]:
    """On SQLite; the broker is away. Passwords are hashed at no cost."""
    settings = Settings(data=folder)
    with (
        patch.object(identity_main, "Passwords", partial(Passwords, QUICK)),
        Client(
            application(settings, nats_url=NOWHERE),
            base_url=HERE,
            follow_redirects=False,
            raise_server_exceptions=False,
        ) as client,
    ):
        company = Company(client, People(client, settings), settings)
        _employ(company)
        _file(company)
        yield company


def _employ(company: Company) -> None:
    people = company.people
    for kind, above in _OFFICES.items():
        code, parent = f"{kind}-{HOME}", above and f"{above}-{HOME}"
        body = {"code": code, "name": code, "kind": kind, "region": HOME, "parent": parent}
        people.ok("POST", "/offices", {**body, "valid_from": "2020-01-01"}, token=people.operator)
    for role in (Role.SECURITY_ADMIN, Role.SYSTEM_ADMIN, Role.AUDIT_ADMIN):
        company.staff[role] = people.administrator(role)
    for role in set(Role) - ADMINISTRATORS - NOT_GIVEN:
        login = role.value.replace("_", "-")
        company.staff[role] = people.member(login, [(role, f"{_KIND[role]}-{HOME}")])


def _file(company: Company) -> None:
    for service, (role, body, party) in _FILED.items():
        number = {"case_number": f"某字〔{datetime.now(UTC).year}〕1号"}
        case = company.send("POST", f"/{service}/cases", by=role, json={**body, **number}).json()["id"]
        person = {"role": party, **_PERSON}
        answer = company.send("POST", f"/{service}/cases/{case}/parties", by=role, json=person)
        company.known[service] = {"case_id": case, "party_id": answer.json()["id"], "kind": "cases"}
    entry = {"name": "某调解委员会", "region": HOME}
    made = company.send("POST", "/mediation/organisations", by=Role.COMMITTEE_CLERK, json=entry)
    company.known["mediation"]["organisation_id"] = made.json()["id"]
    company.known["reporting"] = {"indicator": "IND-AR-1"}
    # Nobody's: what is done to it locks none of the roles out.
    spare = company.people.fresh("spare")
    company.known["identity"] = {"code": f"bureau-{HOME}", "account_id": spare.account}
