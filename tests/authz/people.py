"""Accounts of the world: made by the routes that administrators use, signed in as people and programs do."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from secrets import token_bytes
from typing import Any

from starlette.testclient import TestClient

from services.identity import second_factor, use_cases
from services.identity.main import open_books
from services.identity.passwords import Cost, Passwords
from services.identity.terms import AccountKind
from shared.contracts.identity import Role
from shared.kit.settings import Settings

GOOD = "a passphrase of some length"
QUICK = Cost(memory=8, rounds=1, lanes=1)
KIND_OF = {Role.SYSTEM_ADMIN: "system", Role.SECURITY_ADMIN: "security", Role.AUDIT_ADMIN: "audit"}


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


@dataclass(frozen=True, slots=True)
class Person:
    account: str
    login: str
    token: str


class People:
    """The front office of identity in the world."""

    def __init__(self, client: TestClient, settings: Settings) -> None:
        self._client = client
        self._settings = settings
        self.operator = settings.keys.operator_token()
        self.security = ""

    def ok(self, method: str, path: str, body: Any = None, *, token: str | None) -> Any:
        headers = {} if token is None else bearer(token)
        answer = self._client.request(method, f"/identity{path}", json=body, headers=headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else None

    def administrator(self, role: Role) -> Person:
        """The first of a kind, as the command on the machine makes it."""
        database = open_books(self._settings)
        factors = second_factor.SecondFactors(self._settings.keys.master_key(), token_bytes)
        now = datetime.now(UTC)
        kind, password = AccountKind(KIND_OF[role]), use_cases.one_time_password(token_bytes)
        with database.writing() as session:
            made = use_cases.create_first_admin(
                session,
                login=f"{kind.value}-admin",
                kind=kind,
                password=password,
                hashed=Passwords(QUICK).hash(password),
                secret=factors.new_secret(),
                seal=factors.sealed,
                now=now,
            )
        database.dispose()
        code = second_factor.code_at(made.secret, now)
        shown = {"login": made.login, "password": password, "code": code}
        first = self.ok("POST", "/sign-in", shown, token=None)["token"]
        token = self._own_password(password, first)
        if role is Role.SECURITY_ADMIN:
            self.security = token
        return Person(str(made.account_id), made.login, token)

    def fresh(self, login: str) -> Person:
        """An account of staff without a role, whose owner has set a password."""
        body = {"login": login, "name": login, "kind": "staff"}
        made = self.ok("POST", "/accounts", body, token=self.operator)
        first = self.ok("POST", "/sign-in", {"login": login, "password": made["password"]}, token=None)
        return Person(made["id"], login, self._own_password(made["password"], first["token"]))

    def member(self, login: str, grants: Iterable[tuple[Role, str]]) -> Person:
        person = self.fresh(login)
        for role, office in grants:
            self.give(person.account, role, office)
        return self.signed_in(person)

    def give(self, account: str, role: Role, office: str) -> str:
        body = {"role": role.value, "office": office}
        found: str = self.ok("POST", f"/accounts/{account}/grants", body, token=self.security)["id"]
        return found

    def signed_in(self, person: Person) -> Person:
        """A new session; who needs a second factor for the role enrols now."""
        opened = self.ok("POST", "/sign-in", {"login": person.login, "password": GOOD}, token=None)
        token: str = opened["token"]
        if opened["standing"] == "must_enrol":
            token = self.enrolled(token)
        return Person(person.account, person.login, token)

    def enrolled(self, token: str) -> str:
        secret = second_factor.from_text(self.ok("POST", "/second-factor", token=token)["secret"])
        code = second_factor.code_at(secret, datetime.now(UTC))
        found: str = self.ok("POST", "/second-factor/confirm", {"code": code}, token=token)["token"]
        return found

    def _own_password(self, current: str, token: str) -> str:
        found: str = self.ok("POST", "/password", {"current": current, "new": GOOD}, token=token)["token"]
        return found
