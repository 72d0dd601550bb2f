"""New keys for old: batch by batch, each batch one transaction, resumable after a death at any point.

While a rotation runs both keys are readable and only the new one is written with. A key's bytes leave the database
in the transaction which sees that nothing needs them any more.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam, exists, insert, or_, select, update
from sqlmodel import Session

from shared.kernel.errors import Conflict
from shared.kit.cipher_suites import Suite
from shared.kit.database import Database
from shared.kit.vault import Vault
from shared.kit.vault_keys import KeyUnusable, MasterKey
from shared.kit.vault_tables import ACTIVE, DATA, INDEX, RETIRED, RETIRING, SealedTable


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a rotation did: the key that is active now, how many rows moved to it, which keys are gone."""

    active: str
    moved: int
    retired: tuple[str, ...]


def rotate_service_key(database: Database, vault: Vault, now: datetime, *, batch: int = 500) -> Rotation:
    """Wrap the key of every case by a new key of the service; an unfinished rotation is finished instead.

    Raises:
        Conflict: `vault.rotation_running`
    """
    return _rotated(database, vault, DATA, now, lambda session, kid: _rewrap(session, vault, batch))


def rotate_index_key(database: Database, vault: Vault, now: datetime, *, batch: int = 500) -> Rotation:
    """Make every blind index anew under a new index key; an unfinished rotation is finished instead.

    Searches find all rows meanwhile: they look under both keys.

    Raises:
        Conflict: `vault.rotation_running`
    """
    return _rotated(database, vault, INDEX, now, lambda session, kid: _reindex(session, vault, kid, batch))


def rotate_master(database: Database, vault: Vault, old: MasterKey, new: MasterKey) -> int:
    """Wrap the keys of the service by another master key, all in one transaction; done twice it changes nothing.

    Returns:
        how many keys were wrapped anew

    Raises:
        KeyUnusable: a key stands under neither of the two; nothing was changed
    """
    table = vault.tables.service_key
    moved = 0
    with database.writing() as session:
        rows = session.execute(select(table).where(table.c.state != RETIRED).with_for_update()).all()
        for row in rows:
            if row.master == new.fingerprint:
                continue
            if row.master != old.fingerprint:
                raise KeyUnusable(f"服务密钥 {row.kid} 不是用原来的主密钥封存的；什么也没有改动。")
            place = vault.place_of_service_key(row.kid, row.purpose, row.suite)
            session.execute(
                update(table)
                .where(table.c.kid == row.kid)
                .values(master=new.fingerprint, wrapped=new.wrap(old.unwrap(row.wrapped, place), place))
            )
            moved += 1
    vault.unlock(new, suite=vault.suite)
    return moved


def _rotated(
    database: Database, vault: Vault, purpose: str, now: datetime, move: Callable[[Session, str], int]
) -> Rotation:
    with database.leadership("vault") as held:
        if not held:
            raise Conflict("vault.rotation_running", "另一个进程正在更换密钥，请等它完成。")
        with database.writing() as session:
            active = _succeed(session, vault, purpose, vault.suite, now)
        moved = 0
        while True:
            with database.writing() as session:
                count = move(session, active)
            if count == 0:
                break
            moved += count
        with database.writing() as session:
            retired = _retire(session, vault, purpose)
        vault.forget(retired)
        return Rotation(active, moved, retired)


def _succeed(session: Session, vault: Vault, purpose: str, suite: Suite, now: datetime) -> str:
    """The key to move to: the present one while older ones are still being left, else a new one."""
    table = vault.tables.service_key
    ours = table.c.purpose == purpose
    unfinished = session.execute(select(exists().where(ours, table.c.state == RETIRING))).scalar_one()
    if not unfinished:
        # Waits for whoever is writing under the old key: afterwards all that stands under it can be seen.
        session.execute(update(table).where(ours, table.c.state == ACTIVE).values(state=RETIRING))
        session.execute(insert(table).values(**vault.fresh_service_key(purpose, suite, now)))
    return str(session.execute(select(table.c.kid).where(ours, table.c.state == ACTIVE)).scalar_one())


def _retire(session: Session, vault: Vault, purpose: str) -> tuple[str, ...]:
    """Destroy the keys that no row needs any more."""
    table = vault.tables.service_key
    retiring = session.execute(
        select(table.c.kid).where(table.c.purpose == purpose, table.c.state == RETIRING).with_for_update()
    ).scalars()
    gone = tuple(kid for kid in retiring.all() if not _needed(session, vault, purpose, kid))
    session.execute(update(table).where(table.c.kid.in_(gone)).values(state=RETIRED, wrapped=None))
    return gone


def _needed(session: Session, vault: Vault, purpose: str, kid: str) -> bool:
    if purpose == DATA:
        uses: list[ColumnElement[bool]] = [exists().where(vault.tables.case_key.c.kid == kid)]
    else:
        uses = [
            exists().where(sealed.table.c[blind].startswith(f"{kid}."))
            for sealed in vault.sealed_tables
            for blind in sealed.blinds
        ]
    return bool(uses) and bool(session.execute(select(or_(*uses))).scalar_one())


def _rewrap(session: Session, vault: Vault, batch: int) -> int:
    """Wrap some keys of cases by the active key. An erasure that holds one of them is waited for."""
    table, service = vault.tables.case_key, vault.tables.service_key
    keys = session.execute(select(service.c.kid, service.c.state).where(service.c.purpose == DATA)).all()
    active = next(key.kid for key in keys if key.state == ACTIVE)
    old = [key.kid for key in keys if key.state == RETIRING]
    rows = session.execute(
        select(table).where(table.c.kid.in_(old)).order_by(table.c.case_id).limit(batch).with_for_update()
    ).all()
    plain = [vault.unwrapped(session, row) for row in rows]
    wrapped = vault.wrapped(
        vault.service_key(session, active),
        iter([(row.case_id, row.suite, key) for row, key in zip(rows, plain, strict=True)]),
    )
    _update_many(
        session,
        update(table).where(table.c.case_id == bindparam("row_id")),
        [
            {"row_id": row.case_id, "kid": active, "wrapped": sealed}
            for row, sealed in zip(rows, wrapped, strict=True)
        ],
    )
    return len(rows)


def _reindex(session: Session, vault: Vault, active: str, batch: int) -> int:
    for sealed in vault.sealed_tables:
        for blind, source in sealed.blinds.items():
            count = _reindex_column(session, vault, sealed, blind, source, active, batch)
            if count:
                return count
    return 0


def _reindex_column(
    session: Session, vault: Vault, sealed: SealedTable, blind: str, source: str, active: str, batch: int
) -> int:
    """Some rows of one blind index, made anew from the values that they stand for."""
    columns = sealed.table.c
    row_id, case_id = columns[sealed.row], columns[sealed.case]
    rows = session.execute(
        select(row_id.label("row_id"), case_id.label("case_id"), columns[source].label("sealed"))
        .where(columns[blind].is_not(None), ~columns[blind].startswith(f"{active}."))
        .order_by(row_id)
        .limit(batch)
        .with_for_update()
    ).all()
    keys = vault.open_keys(session, {row.case_id for row in rows})
    values: list[str | None] = [
        keys[row.case_id].unseal(table=sealed.table.name, column=source, row=row.row_id, sealed=row.sealed)
        for row in rows
    ]
    column = f"{sealed.table.name}.{source}"
    # A blind without a value must go too, or it would stand under the old key for ever.
    _update_many(
        session,
        update(sealed.table).where(row_id == bindparam("row_key")),
        [
            {"row_key": row.row_id, blind: None if value is None else vault.blind(session, column, value)}
            for row, value in zip(rows, values, strict=True)
        ],
    )
    return len(rows)


def _update_many(
    session: Session, statement: Any, rows: Sequence[dict[str, UUID | str | bytes | None]]
) -> None:
    """One executemany below the ORM, which would take a list of rows for its own bulk update."""
    if rows:
        session.connection().execute(statement, list(rows))
