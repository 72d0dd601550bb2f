"""The identity service as its tests use it: composed as in production, with a clock that they set."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx2 as httpx

from services.identity import second_factor
from services.identity.main import create
from services.identity.models import METADATA
from services.identity.passwords import Cost, Passwords
from services.identity.settings import IdentitySettings
from shared.kit.access import Directory
from shared.kit.app import compose
from shared.kit.database import Database
from shared.kit.directory import service_token
from shared.kit.settings import Settings
from tests.support.client import Client
from tests.support.suites import HERE, NOWHERE

BEGIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
GOOD = "a passphrase of some length"
QUICK = Cost(memory=8, rounds=1, lanes=1)
NO_ISSUER = IdentitySettings(issuer=None, client_id=None, audience=None, jwks_url=None)
OFFICES = (
    ("bureau-150000", "bureau", "150000", None),
    ("bureau-150600", "bureau", "150600", "bureau-150000"),
    ("bureau-150625", "bureau", "150625", "bureau-150600"),
    ("reconsideration-150625", "reconsideration", "150625", "bureau-150625"),
    ("judicial_office-150625", "judicial_office", "150625", "bureau-150625"),
    ("mediation-150625", "mediation", "150625", "judicial_office-150625"),
)


class Hand:
    """A clock that stands still until a test moves it."""

    def __init__(self, now: datetime = BEGIN) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **length: float) -> None:
        self.now += timedelta(**length)


class Looks:
    """Counts the passwords that were looked at."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass
class IdentityDesk:
    client: Client
    settings: Settings
    clock: Hand
    looks: Looks
    directory: Directory
    database: Database
    secrets: dict[str, bytes] = field(default_factory=dict)

    @property
    def operator(self) -> dict[str, str]:
        return bearer(self.settings.keys.operator_token())

    @property
    def service(self) -> dict[str, str]:
        return bearer(service_token(self.settings.keys, "mediation", self.clock.now))

    def send(
        self, method: str, path: str, body: Any = None, *, by: Mapping[str, str] | None = None
    ) -> httpx.Response:
        return self.client.request(method, f"/identity{path}", json=body, headers=by)

    def ok(self, method: str, path: str, body: Any = None, *, by: Mapping[str, str] | None = None) -> Any:
        answer = self.send(method, path, body, by=by)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def refused(
        self, method: str, path: str, body: Any = None, *, by: Mapping[str, str] | None = None
    ) -> tuple[int, str]:
        answer = self.send(method, path, body, by=by)
        return answer.status_code, answer.json().get("code", "")

    def found_offices(self) -> None:
        for code, kind, region, parent in OFFICES:
            body = {"code": code, "name": code, "kind": kind, "region": region, "parent": parent}
            self.ok("POST", "/offices", {**body, "valid_from": "2020-01-01"}, by=self.operator)

    def an_account(self, login: str, *, kind: str = "staff", password: str | None = GOOD) -> UUID:
        """An account whose owner has set a password; with None the one-time password is still the only one."""
        body = {"login": login, "name": login, "kind": kind}
        made = self.ok("POST", "/accounts", body, by=self.operator)
        if password is not None:
            token = self.ok("POST", "/sign-in", {"login": login, "password": made["password"]})["token"]
            change = {"current": made["password"], "new": password}
            opened = self.ok("POST", "/password", change, by=bearer(token))
            self.ok("POST", "/sign-out", by=bearer(opened["token"]))
        return UUID(made["id"])

    def code(self, login: str) -> str:
        """What this account's authenticator shows; the clock moves on, for a code counts once."""
        self.clock.forward(seconds=second_factor.STEP_SECONDS)
        return second_factor.code_at(self.secrets[login], self.clock.now)

    def token(self, login: str, *, password: str = GOOD) -> str:
        """A command's session; whoever must enrol does."""
        body = {"login": login, "password": password}
        if login in self.secrets:
            body["code"] = self.code(login)
        opened = self.ok("POST", "/sign-in", body)
        if opened["standing"] == "must_enrol":
            opened = self.enrol(login, opened["token"])
        found: str = opened["token"]
        return found

    def enrol(self, login: str, token: str) -> Any:
        made = self.ok("POST", "/second-factor", by=bearer(token))
        self.secrets[login] = second_factor.from_text(made["secret"])
        return self.ok("POST", "/second-factor/confirm", {"code": self.code(login)}, by=bearer(token))

    def administrator(self, kind: str) -> dict[str, str]:
        """Headers of an administrator of a kind, as the command on the host makes the first of each."""
        login = f"{kind}-admin"
        if login not in self.secrets:
            made = first_administrator(self, kind)
            body = {"login": login, "password": made, "code": self.code(login)}
            token = self.ok("POST", "/sign-in", body)["token"]
            self.ok("POST", "/password", {"current": made, "new": GOOD}, by=bearer(token))
        return bearer(self.token(login))

    def give(self, account: UUID, role: str, office: str) -> UUID:
        body = {"role": role, "office": office}
        made = self.ok("POST", f"/accounts/{account}/grants", body, by=self.administrator("security"))
        return UUID(made["id"])

    def member(self, login: str, role: str, office: str) -> UUID:
        account = self.an_account(login)
        self.give(account, role, office)
        return account

    def browser(self, login: str) -> str:
        """Sign this test's client in as a browser; the token that its forms repeat."""
        body = {"login": login, "password": GOOD, "cookie": True}
        if login in self.secrets:
            body["code"] = self.code(login)
        csrf: str = self.ok("POST", "/sign-in", body)["csrf"]
        return csrf

    def audited(self) -> list[tuple[str, str, str, str | None]]:
        """(action, actor, outcome, code) in order."""
        with self.database.engine.connect() as connection:
            rows = connection.exec_driver_sql(
                "SELECT action, actor, outcome, code FROM audit ORDER BY id"
            ).all()
        return [tuple(row) for row in rows]


def first_administrator(desk: IdentityDesk, kind: str) -> str:
    """The one-time password of the first administrator of a kind."""
    from secrets import token_bytes

    from services.identity import use_cases
    from services.identity.terms import AccountKind

    factors = second_factor.SecondFactors(desk.settings.keys.master_key(), token_bytes)
    password = use_cases.one_time_password(token_bytes)
    with desk.database.writing() as session:
        made = use_cases.create_first_admin(
            session,
            login=f"{kind}-admin",
            kind=AccountKind(kind),
            password=password,
            hashed=Passwords(QUICK).hash(password),
            secret=factors.new_secret(),
            seal=factors.sealed,
            now=desk.clock.now,
        )
    desk.secrets[made.login] = made.secret
    return password


@contextmanager
def opened(
    database_url: str,
    folder: Path,
    *,
    clock: Hand | None = None,
    outside: IdentitySettings = NO_ISSUER,
    base_url: str = HERE,
    public_url: str | None = None,
) -> Iterator[IdentityDesk]:
    clock, looks = clock or Hand(), Looks()
    settings = Settings(data=folder, database_url=database_url, public_url=public_url)
    service, directory = create(
        settings, nats_url=NOWHERE, clock=clock, outside=outside, hashing=Passwords(QUICK, count=looks)
    )
    database = Database(database_url, METADATA)
    app = compose([service], title="test", public_url=public_url)
    try:
        with Client(app, base_url=base_url, follow_redirects=False) as client:
            yield IdentityDesk(client, settings, clock, looks, directory, database)
    finally:
        database.dispose()
