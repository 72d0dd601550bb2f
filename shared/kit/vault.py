"""Personal values at rest: sealed under a key of their case, so that destroying one key erases one case everywhere.

Three layers: the master key (a file or a device) wraps the keys of a service, the active one of these wraps a random
key for each case, and that one seals values. Rotation wraps anew and never touches a value. Nothing here knows what
a value means; what is sealed is said by `SealedTable`.
"""

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import Insert, MetaData, bindparam, insert, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from shared.kit.cipher_suites import (
    INTL,
    MAC_KEY_BYTES,
    NONCE_BYTES,
    SUITES,
    SealBroken,
    Sealer,
    Suite,
    open_bytes,
)
from shared.kit.vault_keys import CaseKey, KeyUnusable, MasterKey, case_erased
from shared.kit.vault_tables import ACTIVE, DATA, INDEX, RETIRED, SealedTable, VaultTables, create_tables

__all__ = ["CaseKey", "KeyUnusable", "SealedTable", "Vault", "create_tables"]

# Both databases bind far more parameters to a statement than this.
_CASES_A_QUERY = 10_000
_BLIND_BYTES = 16
# Of two starts at once one makes the key; a rotation in between makes a reader ask again.
_TRIES = 3
# Where a drawn row says which key of the service it was wrapped by without asking.
_DRAWN_UNDER = "drawn_under"
# What of a row of `service_key` opens it, besides its kid.
_OPENED_FROM = ("purpose", "suite", "master", "wrapped")


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """One unwrapped key of the service: a cipher for keys of cases, or the bytes that blind indexes need."""

    kid: str
    suite: Suite
    sealer: Sealer | None = field(repr=False)
    mac_key: bytes = field(repr=False)


class Vault:
    """The keys of one service's books, made in that service's metadata. `unlock` it before use."""

    def __init__(self, metadata: MetaData, *, service: str) -> None:
        self.service = service
        self.tables = VaultTables(metadata)
        self.sealed_tables: list[SealedTable] = []
        self.suite = INTL
        self._master: MasterKey | None = None
        self._opened: dict[str, ServiceKey] = {}
        self._newest: ServiceKey | None = None  # the active key for data, as it was when last asked for
        self._keep = _keeping(self.tables)

    def register(self, table: SealedTable) -> None:
        """Name a table that holds sealed values: erasure empties it, and a new index key makes it anew."""
        self.sealed_tables.append(table)

    def unlock(self, master: MasterKey, *, suite: Suite = INTL) -> None:
        """Take the master key into use. `suite` is for keys made from now on; older ones keep theirs."""
        self._master = master
        self.suite = suite
        self._opened = {}
        self._newest = None

    def begin(self, session: Session, now: datetime) -> None:
        """Make the first keys when there are none, and see that the master opens all that there are.

        Raises:
            KeyUnusable: these books were sealed under another master key
        """
        for purpose in (DATA, INDEX):
            # Replicas start together: the index `one_active_service_key` lets the first of them make it.
            session.execute(
                self._dialect(session)
                .insert(self.tables.service_key)
                .values(**self.fresh_service_key(purpose, self.suite, now))
                .on_conflict_do_nothing()
            )
        table = self.tables.service_key
        for row in session.execute(select(table).where(table.c.state != RETIRED)):
            self._open(row.kid, *(row._mapping[name] for name in _OPENED_FROM))

    # Keys of cases

    def new_key(self, session: Session, case_id: UUID) -> CaseKey:
        """The key of one new case; see `new_keys`."""
        return self.new_keys(session, [case_id])[case_id]

    def new_keys(self, session: Session, case_ids: Collection[UUID]) -> Mapping[UUID, CaseKey]:
        """Keys of cases that have none yet, all in one statement.

        Raises:
            sqlalchemy.exc.IntegrityError: one of them has a key, or had one that was destroyed
        """
        if not case_ids:
            return {}
        keys, rows = self._fresh_case_keys(session, case_ids)
        session.execute(insert(self.tables.case_key), rows)
        return keys

    def draw_keys(
        self, session: Session, case_ids: Collection[UUID]
    ) -> tuple[Mapping[UUID, CaseKey], list[dict[str, Any]]]:
        """Keys of cases that are about to be inserted, and what `keep_keys` keeps of them once they are.

        Row-level security lets a key in only after its case. The key of one case is wrapped by the key of the service
        that was active last: `keep_keys` sees whether it still is.
        """
        newest = self._newest
        if newest is None or len(case_ids) != 1:
            return self._fresh_case_keys(session, case_ids) if case_ids else ({}, [])
        keys, (row,) = self._fresh_case_keys(session, case_ids, newest)
        return keys, [{**row, _DRAWN_UNDER: newest}]

    def keep_keys(self, session: Session, rows: list[dict[str, Any]]) -> None:
        """Insert what `draw_keys` drew, in the same transaction."""
        if len(rows) == 1 and _DRAWN_UNDER in rows[0]:
            row = dict(rows[0])
            self._keep_one(session, row, row.pop(_DRAWN_UNDER))
        elif rows:
            session.execute(insert(self.tables.case_key), rows)

    def _keep_one(self, session: Session, row: dict[str, Any], by: ServiceKey) -> None:
        """Insert it if what wraps it is still active, which is then locked against retirement as `_active` does."""
        kept = session.connection().execute(self._keep, {f"new_{name}": value for name, value in row.items()})
        if kept.first() is not None:
            return
        # Rotated since the key was remembered: what was sealed stays, its own key is wrapped by the new one.
        place = self.place_of_case_key(row["case_id"], row["suite"]).decode()
        plain = open_bytes(_cipher(by), row["wrapped"], place)
        active = self._active(session, DATA)
        (wrapped,) = self.wrapped(active, iter([(row["case_id"], row["suite"], plain)]))
        session.execute(insert(self.tables.case_key), [{**row, "kid": active.kid, "wrapped": wrapped}])

    def key_for_change(self, session: Session, case_id: UUID) -> CaseKey:
        """The key of a case to which something is added; made when there is none. An erasure waits for us.

        Raises:
            Conflict: `party.case_erased`
        """
        found = self._locked(session, case_id)
        if found is None:
            _, rows = self._fresh_case_keys(session, [case_id])
            session.execute(
                self._dialect(session).insert(self.tables.case_key).values(rows).on_conflict_do_nothing()
            )
            found = self._locked(session, case_id)
        if found is None or found.erased:
            raise case_erased()
        return found

    def open_keys(self, session: Session, case_ids: Collection[UUID]) -> Mapping[UUID, CaseKey]:
        """The keys of these cases, in one query; cases that never got one are missing, destroyed ones say so."""
        keys, by = self.tables.case_key, self.tables.service_key
        # What wraps them comes in the same query: between two, a rotation could have retired it.
        asked = select(keys, *(by.c[name].label(f"by_{name}") for name in _OPENED_FROM)).outerjoin(by)
        found: dict[UUID, CaseKey] = {}
        waiting = iter(case_ids)
        while chunk := list(islice(waiting, _CASES_A_QUERY)):
            for row in session.execute(asked.where(keys.c.case_id.in_(chunk))):
                if row.kid is not None and row.kid not in self._opened:
                    self._open(row.kid, *row[-len(_OPENED_FROM) :])
                found[row.case_id] = self._case_key(session, row)
        return found

    # Blind indexes

    def blind(self, session: Session, column: str, value: str) -> str:
        """What stands in an index for a value that must be found again: `<kid>.<128 bits>`, keyed, one way.

        Equal values have equal blinds within one column of one service, and nowhere else. Pass it normalised.
        """
        return self._blind(self._active(session, INDEX), column, value)

    def blinds(self, session: Session, column: str, value: str) -> Sequence[str]:
        """Every blind under which the value may stand; more than one while the index key is being changed."""
        table = self.tables.service_key
        kids = session.execute(
            select(table.c.kid).where(table.c.purpose == INDEX, table.c.state != RETIRED)
        ).scalars()
        return [self._blind(self.service_key(session, kid), column, value) for kid in kids.all()]

    def _blind(self, key: ServiceKey, column: str, value: str) -> str:
        message = f"{self.service}|{column}|{value}".encode()
        return f"{key.kid}.{key.suite.mac(key.mac_key, message)[:_BLIND_BYTES].hex()}"

    # Keys of the service

    def fresh_service_key(self, purpose: str, suite: Suite, now: datetime) -> dict[str, Any]:
        """A new active key as a row of `service_key`."""
        master = self.master()
        kid = f"k{secrets.token_hex(6)}"
        key = suite.new_keys(1)[0] if purpose == DATA else secrets.token_bytes(MAC_KEY_BYTES)
        return {
            "kid": kid,
            "purpose": purpose,
            "suite": suite.name,
            "state": ACTIVE,
            "master": master.fingerprint,
            "wrapped": master.wrap(key, self.place_of_service_key(kid, purpose, suite.name)),
            "made_at": now,
        }

    def master(self) -> MasterKey:
        if self._master is None:
            raise KeyUnusable("密钥库还没有打开：启动时须先读取主密钥。")
        return self._master

    def place_of_service_key(self, kid: str, purpose: str, suite: str) -> str:
        return f"{self.service}|service_key|{kid}|{purpose}|{suite}"

    def service_key(self, session: Session, kid: str) -> ServiceKey:
        """A key of the service, from memory or from its row.

        Raises:
            KeyUnusable
        """
        known = self._opened.get(kid)
        if known is not None:
            return known
        table = self.tables.service_key
        row = session.execute(select(table).where(table.c.kid == kid)).one_or_none()
        if row is None or row.wrapped is None:
            raise KeyUnusable(f"服务密钥 {kid} 已不存在：数据库与密钥不是同一时间的备份。")
        return self._open(kid, *(row._mapping[name] for name in _OPENED_FROM))

    def forget(self, kids: Collection[str]) -> None:
        """Drop retired keys from memory as well."""
        self._opened = {kid: key for kid, key in self._opened.items() if kid not in kids}
        if self._newest is not None and self._newest.kid in kids:
            self._newest = None

    def _open(self, kid: str, purpose: str, suite: str, master: str, wrapped: bytes) -> ServiceKey:
        ours = self.master()
        if master != ours.fingerprint:
            raise KeyUnusable(
                "主密钥不是封存这个数据库时用的那一把：请把原来的 master.key 放回密钥文件夹，再重新启动。"
            )
        key = ours.unwrap(wrapped, self.place_of_service_key(kid, purpose, suite))
        of = SUITES[suite]
        opened = ServiceKey(kid, of, of.sealer(key) if purpose == DATA else None, key)
        self._opened[kid] = opened
        return opened

    def _active(self, session: Session, purpose: str) -> ServiceKey:
        """The key to write with. It is locked against retirement until what was written is committed."""
        table = self.tables.service_key
        asked = (
            select(table.c.kid)
            .where(table.c.purpose == purpose, table.c.state == ACTIVE)
            .with_for_update(read=True)
        )
        for _ in range(_TRIES):
            # PostgreSQL finds nothing when the row it waited for was retired meanwhile; asked again, it sees the new.
            kid = session.execute(asked).scalar_one_or_none()
            if kid is not None:
                found = self.service_key(session, kid)
                if purpose == DATA:
                    self._newest = found
                return found
        raise KeyUnusable("密钥库里没有可用的服务密钥：请先启动一次服务，由它生成。")

    # Wrapping

    def place_of_case_key(self, case_id: UUID, suite: str) -> bytes:
        return f"{self.service}|case_key|{case_id}|{suite}".encode()

    def _fresh_case_keys(
        self, session: Session, case_ids: Collection[UUID], by: ServiceKey | None = None
    ) -> tuple[dict[UUID, CaseKey], list[dict[str, Any]]]:
        """Random keys for these cases, and their rows. Chance is asked once for all: an import has thousands."""
        active = by or self._active(session, DATA)
        suite = self.suite
        plain = suite.new_keys(len(case_ids))
        wrapped = self.wrapped(active, zip(case_ids, [suite.name] * len(case_ids), plain, strict=True))
        keys = {
            case_id: CaseKey(self.service, case_id, suite, suite.sealer(key))
            for case_id, key in zip(case_ids, plain, strict=True)
        }
        rows = [
            {"case_id": case_id, "kid": active.kid, "suite": suite.name, "wrapped": sealed}
            for case_id, sealed in zip(case_ids, wrapped, strict=True)
        ]
        return keys, rows

    def wrapped(self, by: ServiceKey, keys: Iterator[tuple[UUID, str, bytes]]) -> list[bytes]:
        """Keys of cases (case, suite, key) wrapped by a key of the service."""
        sealer = _cipher(by)
        found = []
        for case_id, suite, key in keys:
            nonce = secrets.token_bytes(NONCE_BYTES)
            found.append(nonce + sealer.encrypt(nonce, key, self.place_of_case_key(case_id, suite)))
        return found

    def unwrapped(self, session: Session, row: Any) -> bytes:
        """The key of a case out of its row.

        Raises:
            KeyUnusable: the row was changed or moved
        """
        by = self.service_key(session, row.kid)
        try:
            return open_bytes(
                _cipher(by), row.wrapped, self.place_of_case_key(row.case_id, row.suite).decode()
            )
        except SealBroken:
            raise KeyUnusable(
                f"案件 {row.case_id} 的密钥打不开：它被改动过，或者来自另一个数据库。"
            ) from None

    def _case_key(self, session: Session, row: Any) -> CaseKey:
        if row.wrapped is None:
            return CaseKey(self.service, row.case_id, self.suite, None)
        suite = SUITES[row.suite]
        return CaseKey(self.service, row.case_id, suite, suite.sealer(self.unwrapped(session, row)))

    def _locked(self, session: Session, case_id: UUID) -> CaseKey | None:
        table = self.tables.case_key
        row = session.execute(
            select(table).where(table.c.case_id == case_id).with_for_update(read=True)
        ).one_or_none()
        return None if row is None else self._case_key(session, row)

    @staticmethod
    def _dialect(session: Session) -> Any:
        return postgresql if session.get_bind().dialect.name == "postgresql" else sqlite


def _keeping(tables: VaultTables) -> Insert:
    """Inserts the key of one case when the key of the service that wraps it is active, and locks that one."""
    keys, by = tables.case_key.c, tables.service_key.c
    names = ("case_id", "kid", "suite", "wrapped")
    row = select(*(bindparam(f"new_{name}", type_=keys[name].type) for name in names))
    wrapping = row.where(by.kid == bindparam("new_kid", type_=keys.kid.type), by.state == ACTIVE)
    locked = wrapping.select_from(tables.service_key).with_for_update(read=True)
    return insert(tables.case_key).from_select(list(names), locked).returning(keys.case_id)


def _cipher(key: ServiceKey) -> Sealer:
    if key.sealer is None:
        raise KeyUnusable(f"密钥 {key.kid} 是检索密钥，不能封存。")
    return key.sealer
