"""The whole suite in one process as `services.suite.application` composes it, with people, offices and cases."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any
from unittest.mock import patch

import httpx2 as httpx
import sqlalchemy as sa
from fastapi import FastAPI

from services.identity import main as identity_main
from services.identity.passwords import Passwords
from services.reporting.intake import ReportingIntake
from services.reporting.models import METADATA as REPORTING
from services.suite import application
from shared.contracts.identity import ADMINISTRATORS, NOT_GIVEN, Role
from shared.kernel.clock import system_clock
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.directory import service_token
from shared.kit.settings import Settings
from shared.kit.subscription import Message
from tests.authz.cases import REASON, Filing, a_party
from tests.authz.people import QUICK, People, Person, bearer
from tests.authz.places import BUREAUS, CASE_SERVICES, HOME, SEATS
from tests.identity import issuer as issuers
from tests.identity.issuer import AUDIENCE, CLIENT, Issuer
from tests.support.client import Client
from tests.support.suites import HERE, NOWHERE

STANDING_CASES = 2
# So far that each of them counts in an indicator of its procedure and holds words that were written at a step.
_CARRIED = {"reconsideration": ("accept", "suspend"), "mediation": ("accept",), "litigation": ("judgment",)}
# One account in several roles, for what does not depend on the role: one whose credential fails.
EVERY_TRADE = (
    (Role.RECONSIDERATION_OFFICE_HEAD, "reconsideration-150625"),
    (Role.COMMITTEE_CLERK, "judicial_office-150625"),
    (Role.LITIGATION_CLERK, "litigation-150625"),
    (Role.BUREAU_VIEWER, "bureau-150625"),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """A case that stays as it is for the whole walk."""

    id: str
    number: str
    office: str
    party: str


@dataclass
class World:
    app: FastAPI
    client: Client
    settings: Settings
    people: People
    filing: Filing
    issuer: Issuer
    tokens: dict[Role, str] = field(default_factory=dict)
    accounts: dict[Role, Person] = field(default_factory=dict)
    standing: dict[str, list[Standing]] = field(default_factory=dict)
    organisations: dict[str, str] = field(default_factory=dict)
    strangers: dict[str, dict[str, str]] = field(default_factory=dict)
    registrar: dict[str, str] = field(default_factory=dict)  # keeps the parties of every office

    def headers(self, role: Role) -> dict[str, str]:
        if role is Role.OPERATOR:
            return bearer(self.people.operator)
        if role is Role.SERVICE:  # lives for five minutes only
            return bearer(service_token(self.settings.keys, "reporting", system_clock()))
        return bearer(self.tokens[role])

    def send(
        self, method: str, path: str, body: Any = None, *, by: Role | Mapping[str, str], **more: str
    ) -> httpx.Response:
        headers = self.headers(by) if isinstance(by, Role) else dict(by)
        if isinstance(body, bytes):
            return self.client.request(method, path, content=body, headers={**headers, **more})
        return self.client.request(method, path, json=body, headers={**headers, **more})

    def books(self, service: str) -> dict[str, Any]:
        """What the tables of a service hold that a refused request must not have touched."""
        engine = sa.create_engine(self.settings.database_of(service))
        try:
            with engine.connect() as connection:
                tables = sorted(set(sa.inspect(connection).get_table_names()) - _WRITTEN_BY_REFUSALS)
                return {
                    name: sorted(map(repr, connection.exec_driver_sql(f'SELECT * FROM "{name}"').all()))
                    for name in tables
                }
        finally:
            engine.dispose()

    def count_events(self) -> None:
        """Bring reporting up to date from the services' own logs: there is no broker here."""
        messages: list[Message] = []
        for service in CASE_SERVICES:
            engine = sa.create_engine(self.settings.database_of(service))
            with engine.connect() as connection:
                rows = connection.exec_driver_sql("SELECT subject, payload FROM event ORDER BY id").all()
            engine.dispose()
            messages += [Message(0, row[0], bytes(row[1]), "e", 0) for row in rows]
        database = Database(self.settings.database_of("reporting"), REPORTING)
        ReportingIntake(database, RegionTree.builtin(), system_clock).apply_log(messages)
        database.dispose()

    def outside_token(self, subject: str, **other: Any) -> dict[str, str]:
        now = int(datetime.now(UTC).timestamp())
        claims = {"iss": self.issuer.url, "aud": AUDIENCE, "sub": subject, "iat": now, "exp": now + 600}
        return bearer(self.issuer.token({**claims, **other}))


# Refusals are written down, and the trail is chained meanwhile; sessions are seen, attempts are counted.
_WRITTEN_BY_REFUSALS = frozenset(
    {"audit", "audit_waiting", "audit_chain", "audit_checkpoint", "witnessed", "session", "sqlite_sequence"}
)


@contextmanager
def opened(settings: Settings) -> Iterator[World]:
    """The suite with everything in it. Passwords are hashed at no cost: nothing here is about how dear that is."""
    with issuers.running() as issuer, patch.object(identity_main, "Passwords", partial(Passwords, QUICK)):
        outside = {
            "DINGFEN_OIDC_ISSUER": issuer.url,
            "DINGFEN_OIDC_AUDIENCE": AUDIENCE,
            "DINGFEN_OIDC_JWKS_URL": f"{issuer.url}/jwks",
            "DINGFEN_OIDC_CLIENT_ID": CLIENT,
        }
        with patch.dict("os.environ", outside):
            app = application(settings, nats_url=NOWHERE)
        # A failure is an answer too: 500 instead of what the matrix says.
        with Client(app, base_url=HERE, follow_redirects=False, raise_server_exceptions=False) as client:
            people = People(client, settings)
            world = World(app, client, settings, people, Filing(client, people.operator), issuer)
            _found_offices(world)
            _employ(world)
            _keep_books(world)
            _turn_away(world)
            world.count_events()
            yield world


def _found_offices(world: World) -> None:
    bureaus = [(code, "bureau", region, parent) for code, region, parent in BUREAUS]
    seats = [(seat.code, seat.kind.value, seat.region, seat.parent) for seat in SEATS.values()]
    for code, kind, region, parent in bureaus + seats:
        body = {"code": code, "name": code, "kind": kind, "region": region, "parent": parent}
        token = world.people.operator
        world.people.ok("POST", "/offices", {**body, "valid_from": "2020-01-01"}, token=token)


def _employ(world: World) -> None:
    administrators = sorted(ADMINISTRATORS, key=lambda role: role is not Role.SECURITY_ADMIN)
    people = {role: world.people.administrator(role) for role in administrators}
    for role in set(Role) - ADMINISTRATORS - NOT_GIVEN:
        people[role] = world.people.member(role.value.replace("_", "-"), [(role, HOME[role])])
    world.accounts = people
    world.tokens = {role: person.token for role, person in people.items()}


def _keep_books(world: World) -> None:
    """Standing cases, each corrected once for its journal, with a party each; one entry of the register an office."""
    keeper = {
        "reconsideration": Role.RECONSIDERATION_OFFICE_HEAD,
        "judicial_office": Role.COMMITTEE_CLERK,
        "mediation": Role.COMMITTEE_CLERK,
        "litigation": Role.LITIGATION_CLERK,
    }
    posts = [(keeper[seat.kind.value], seat.code) for seat in SEATS.values()]
    world.registrar = bearer(world.people.member("registrar", posts).token)
    for seat in SEATS.values():
        cases = f"/{seat.service}/cases"
        for _ in range(STANDING_CASES):
            number = world.filing.number(seat.code)
            made = world.filing.file(seat.code, *_CARRIED[seat.service], case_number=number)
            date_field = {"reconsideration": "received_on", "mediation": "registered_on"}.get(
                seat.service, "notified_on"
            )
            changes = {"changes": {date_field: "2026-03-01"}, "reason": REASON}
            world.filing.done(f"{cases}/{made}/corrections", changes)
            party = a_party(seat.service, seat.code)
            answer = world.send("POST", f"{cases}/{made}/parties", party, by=world.registrar)
            assert answer.status_code == 201, answer.text
            kept = Standing(made, number, seat.code, answer.json()["id"])
            world.standing.setdefault(seat.code, []).append(kept)
        if seat.service == "mediation":
            world.organisations[seat.code] = world.filing.organisation(seat.code)


def _turn_away(world: World) -> None:
    """Credentials that do not count, or count no more."""
    people = world.people
    ended = people.member("ended", EVERY_TRADE)
    people.ok("DELETE", f"/accounts/{ended.account}/sessions", token=people.security)
    disabled = people.member("disabled", EVERY_TRADE)
    people.ok("POST", f"/accounts/{disabled.account}/disable", token=people.operator)
    for subject in ("outside", "role-taken"):
        person = people.fresh(subject)
        link = {"issuer": world.issuer.url, "subject": subject}
        people.ok("POST", f"/accounts/{person.account}/external-identities", link, token=people.operator)
        grants = [people.give(person.account, *grant) for grant in EVERY_TRADE]
        if subject == "role-taken":
            for grant in grants:
                people.ok("DELETE", f"/accounts/{person.account}/grants/{grant}", token=people.security)
    now = int(datetime.now(UTC).timestamp())
    world.strangers = {
        "no_token": {},
        "unknown_token": bearer("nobody-has-this-one"),
        "session_ended": bearer(ended.token),
        "account_disabled": bearer(disabled.token),
        "expired": world.outside_token("outside", iat=now - 900, exp=now - 300),
        "wrong_audience": world.outside_token("outside", aud="another-system"),
        "role_taken": world.outside_token("role-taken"),
    }
