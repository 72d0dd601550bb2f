"""The reconsideration service beside identity, with parts of its security left out; with nothing left out, as it is.

`python -m tests.bench.unsecured PORT [PART…]`, settings from the environment. Everything else is the very same code,
so that what remains between two such servers is the price of the parts.
"""

import sys
from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from enum import StrEnum
from typing import Any
from unittest.mock import patch
from uuid import UUID

from fastapi import Request
from sqlalchemy import Engine
from sqlmodel import Session

from services.suite import application, server_of
from shared.contracts.identity import EVERY_OFFICE, Caller, Grant, Role
from shared.kernel.clock import legal_date, system_clock
from shared.kit import case_service, database, logging
from shared.kit.access import Access, Fields, Gate, Reach, Rule
from shared.kit.acting import EVERYTHING, Acting, bind
from shared.kit.audit import AuditEntry, AuditTrail
from shared.kit.cipher_suites import INTL
from shared.kit.database import Database
from shared.kit.offices import NO_OFFICES
from shared.kit.settings import Settings
from shared.kit.vault import CaseKey, Vault


class Anybody(Rule):
    """Lets everybody in, without looking."""

    async def __call__(self, request: Request) -> Access:
        return Access(ANYBODY, self.action.value, _REACH, NO_OFFICES, _TODAY, request.state.request_id)


class OpenGate(Gate):
    def rule(self, action: StrEnum, *, page: bool = False) -> Rule:
        return Anybody(self, action, page=page)


_GRANT = Grant(role=Role.OPERATOR, office=EVERY_OFFICE)
_REACH = (Reach(_GRANT, EVERYTHING, Fields.CASE),)
_TODAY = legal_date(system_clock())
ANYBODY = Caller(account="anybody", via="operator", grants=(_GRANT,))


class PlainKey(CaseKey):
    """Seals nothing."""

    __slots__ = ()

    @property
    def erased(self) -> bool:
        return False

    def seal(self, *, table: str, column: str, row: UUID, value: str) -> str:
        return value

    def unseal(self, *, table: str, column: str, row: UUID, sealed: str | None) -> str | None:
        return sealed


def _plain_keys(vault: Vault, _session: Session, case_ids: Collection[UUID]) -> Mapping[UUID, CaseKey]:
    return {case_id: PlainKey(vault.service, case_id, INTL, None) for case_id in case_ids}


def _no_keys_to_keep(
    vault: Vault, session: Session, case_ids: Collection[UUID]
) -> tuple[Mapping[UUID, CaseKey], list[dict[str, Any]]]:
    return _plain_keys(vault, session, case_ids), []


def _no_rows(
    _trail: AuditTrail, _session: Session, _entries: Sequence[AuditEntry], _now: datetime
) -> list[dict[str, Any]]:
    return []


def _say_no_scope(_database: Database, session: Session, acting: Acting) -> None:
    bind(session, acting)


def _stay_owner(_engine: Engine) -> None:
    """The owner of the tables, whom row-level security does not touch when it is a superuser as in a bench."""


# What replaces what, by part.
PARTS: Mapping[str, Sequence[tuple[object, str, object]]] = {
    "gate": [(case_service, "Gate", OpenGate)],
    "rows": [(Database, "_bind", _say_no_scope), (database, "_take_application_role", _stay_owner)],
    "vault": [(Vault, "draw_keys", _no_keys_to_keep), (Vault, "open_keys", _plain_keys)],
    "audit": [(AuditTrail, "rows", _no_rows)],
}


def main(port: str, *left_out: str) -> None:
    logging.configure("WARNING", sys.stderr)
    settings = Settings(port=int(port))
    assert settings.nats_url is not None
    with ExitStack() as stack:
        for part in left_out:
            for target, name, double in PARTS[part]:
                stack.enter_context(patch.object(target, name, double))
        app = application(settings, nats_url=settings.nats_url, names=("identity", "reconsideration"))
        server_of(app, settings).run()


if __name__ == "__main__":
    main(*sys.argv[1:])
