"""Erasure: the key of a case is destroyed, and with it every value of the case, in every copy that is restored later.

个人信息保护法 Art. 47. No fact of the case changes: it stays counted. The list of destroyed keys is kept twice: in the
database, and as a file beside the keys, because a restored database has forgotten what was erased after its backup.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import orjson
from sqlalchemy import func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session

from shared.kit.database import Database
from shared.kit.vault import Vault


@dataclass(frozen=True, slots=True)
class Destroyed:
    """A case whose key was destroyed, and when."""

    case_id: UUID
    destroyed_at: datetime


def erase(session: Session, vault: Vault, case_id: UUID, now: datetime) -> Destroyed:
    """Destroy the key of a case and empty its sealed columns. Done twice it changes nothing."""
    keys, gone = vault.tables.case_key, vault.tables.destroyed_key
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    # A case without a key gets the mark as well: it must not be given one afterwards.
    session.execute(
        dialect.insert(keys)
        .values(case_id=case_id, kid=None, suite=None, wrapped=None, destroyed_at=now)
        .on_conflict_do_update(
            index_elements=[keys.c.case_id],
            set_={
                "kid": None,
                "suite": None,
                "wrapped": None,
                "destroyed_at": func.coalesce(keys.c.destroyed_at, now),
            },
        )
    )
    session.execute(dialect.insert(gone).values(case_id=case_id, destroyed_at=now).on_conflict_do_nothing())
    for sealed in vault.sealed_tables:
        emptied = dict.fromkeys((*sealed.sealed, *sealed.blinds))
        session.execute(update(sealed.table).where(sealed.table.c[sealed.case] == case_id).values(**emptied))
    when = session.execute(select(gone.c.destroyed_at).where(gone.c.case_id == case_id)).scalar_one()
    return Destroyed(case_id, when)


def destroyed(session: Session, vault: Vault) -> list[Destroyed]:
    """The permanent list, oldest first."""
    table = vault.tables.destroyed_key
    return [Destroyed(*row) for row in session.execute(select(table).order_by(table.c.destroyed_at)).all()]


def replay_destroyed(session: Session, vault: Vault, listed: Iterable[Destroyed]) -> int:
    """Erase again what a restored copy has brought back.

    Returns:
        how many cases were erased by this
    """
    keys = vault.tables.case_key
    known = {each.case_id for each in destroyed(session, vault)}
    known -= set(session.execute(select(keys.c.case_id).where(keys.c.wrapped.is_not(None))).scalars())
    missing = {each.case_id: each for each in listed if each.case_id not in known}
    for each in missing.values():
        erase(session, vault, each.case_id, each.destroyed_at)
    return len(missing)


class DestroyedList:
    """The list as a file, one JSON object a line, only ever appended to. It names cases, nobody's data."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def add(self, entries: Iterable[Destroyed]) -> None:
        """Append, and be sure that it is on disk. Replicas on one machine may do so at once."""
        lines = b"".join(
            b"\n" + orjson.dumps({"case_id": each.case_id, "destroyed_at": each.destroyed_at}) + b"\n"
            for each in entries
        )
        if not lines:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(handle, lines)
            os.fsync(handle)
        finally:
            os.close(handle)

    def read(self) -> list[Destroyed]:
        """Every entry. A line that a power cut tore is passed over: `reconcile` writes its case again."""
        if not self.path.exists():
            return []
        found = []
        for line in self.path.read_bytes().splitlines():
            try:
                entry = orjson.loads(line)
                found.append(Destroyed(UUID(entry["case_id"]), datetime.fromisoformat(entry["destroyed_at"])))
            except (ValueError, KeyError, TypeError):
                continue
        return found


def reconcile(database: Database, vault: Vault, listed: DestroyedList) -> int:
    """At every start: erase again what the file knows to be erased, and tell the file what only the books know.

    Returns:
        how many cases a restored copy had brought back
    """
    on_file = listed.read()
    with database.writing() as session:
        replayed = replay_destroyed(session, vault, on_file)
        in_books = destroyed(session, vault)
    known = {each.case_id for each in on_file}
    listed.add(each for each in in_books if each.case_id not in known)
    return replayed


def scrub(database: Database) -> None:
    """Cut SQLite's write-ahead log after an erasure: its older frames still hold the wrapped key.

    On PostgreSQL autovacuum clears the dead rows, and write-ahead files go as the archive's own retention says.
    """
    if not database.is_sqlite:
        return
    connection = database.engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        cursor.close()
    finally:
        connection.close()
