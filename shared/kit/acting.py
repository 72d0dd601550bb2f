"""Who acts in a transaction and whose rows it may touch. Every session carries it; without it nothing is seen."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, false, func, select, true
from sqlmodel import Session, col

_KEY = "acting"
_LISTED = 200


@dataclass(frozen=True, slots=True)
class Scope:
    """The offices whose rows may be seen. None: every office."""

    offices: frozenset[str] | None

    def covers(self, office: str) -> bool:
        return self.offices is None or office in self.offices

    def setting(self) -> str:
        """As the database's row-level security reads it."""
        return "*" if self.offices is None else ",".join(sorted(self.offices))

    @staticmethod
    def union(scopes: Iterable["Scope"]) -> "Scope":
        together: set[str] = set()
        for scope in scopes:
            if scope.offices is None:
                return EVERYTHING
            together |= scope.offices
        return Scope(frozenset(together))


EVERYTHING = Scope(None)
NOTHING = Scope(frozenset())


@dataclass(frozen=True, slots=True)
class Acting:
    """`actor` is an account's id, never a name; `office` and `role` are those that allowed the act."""

    actor: str
    via: str
    role: str
    office: str
    scope: Scope
    request_id: str = ""


# Relays, schedulers, migrations: the service itself, which knows no offices.
OWN_WORK = Acting(actor="service", via="service", role="service", office="*", scope=EVERYTHING)


def bind(session: Session, acting: Acting) -> None:
    session.info[_KEY] = acting


def acting_in(session: Session) -> Acting:
    """Who acts in this session.

    Raises:
        LookupError: nobody was bound; a session must be opened through `Database`
    """
    found = session.info.get(_KEY)
    if not isinstance(found, Acting):
        raise LookupError("this session does not say who acts in it")
    return found


def visible(session: Session, office: Any) -> ColumnElement[bool]:
    """The condition that keeps the rows of foreign offices out; every query of office-owned rows has it."""
    offices = acting_in(session).scope.offices
    if offices is None:
        return true()
    if not offices:
        return false()
    if len(offices) == 1:  # a clerk's; a list of them would be spelled out anew at each query
        return col(office) == next(iter(offices))
    if len(offices) <= _LISTED:
        return col(office).in_(sorted(offices))
    # As one parameter: a province has more offices than a statement should list.
    if session.get_bind().dialect.name == "sqlite":
        told = func.json_each(json.dumps(sorted(offices))).table_valued("value")
        return col(office).in_(select(told.c.value))
    return col(office) == func.any(sorted(offices))
