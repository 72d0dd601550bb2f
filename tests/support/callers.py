"""A directory of callers that a test names itself: real enough to pass every check, without an identity service."""

from collections.abc import Iterable, Mapping
from datetime import date

from shared.contracts.identity import EVERY_OFFICE, Caller, Grant, Office, OfficeKind, Role
from shared.kernel.errors import Unauthenticated
from shared.kit.access import Credential
from shared.kit.offices import OfficeTree

OPERATOR_TOKEN = "operator-of-the-test"
OPERATOR = Caller(
    account="operator", via="operator", grants=(Grant(role=Role.OPERATOR, office=EVERY_OFFICE),)
)


class KnownCallers:
    """Callers by their token; what is not there is unknown. Tests add and take away as they go."""

    def __init__(self, callers: Mapping[str, Caller] = {}, offices: Iterable[Office] = ()) -> None:
        self.callers = {OPERATOR_TOKEN: OPERATOR, **callers}
        self.tree = OfficeTree(offices)

    def caller(self, credential: Credential) -> Caller:
        found = self.callers.get(credential.value)
        if found is None:
            raise Unauthenticated("access.sign_in", "请先登录。")
        return found

    def offices(self) -> OfficeTree:
        return self.tree

    def known(self, credential: Credential) -> tuple[Caller, OfficeTree]:
        return self.caller(credential), self.tree


def a_caller(token: str, *grants: tuple[Role, str]) -> Caller:
    """An account whose id is its token."""
    return Caller(
        account=token,
        via="token",
        grants=tuple(Grant(role=role, office=office) for role, office in grants),
    )


def an_office(code: str, kind: OfficeKind, region: str, parent: str | None = None) -> Office:
    return Office(code=code, name=code, kind=kind, region=region, parent=parent, valid_from=date(2000, 1, 1))


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
