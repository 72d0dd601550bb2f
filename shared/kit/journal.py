"""The step history of a service's cases: which act, on which legal date, recorded when, and why if corrected.

What was entered, and the reason of a correction, are free words that may name people: they are sealed under the key
of their case and go with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import (
    CheckConstraint,
    Column,
    Date,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    Uuid,
    delete,
    insert,
    select,
)
from sqlmodel import Session

from shared.kit.database import UtcDateTime
from shared.kit.vault import CaseKey, SealedTable, Vault

_WORDS = "words"


@dataclass(frozen=True, slots=True)
class Note:
    """One change of a case, to be written down."""

    case_id: UUID
    case_version: int
    step: str
    on: date
    reason: str | None = field(repr=False)
    entered: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Entry:
    """One change of a case, as it was written down; the reason of an erased case is gone."""

    case_version: int
    step: str
    on_date: date
    reason: str | None = field(repr=False)
    recorded_at: datetime

    def told(self, *, whole: bool) -> dict[str, Any]:
        """As a history shows it; the reason only to those who are shown the whole case."""
        return {
            "case_version": self.case_version,
            "step": self.step,
            "on": self.on_date,
            "reason": self.reason if whole else None,
            "recorded_at": self.recorded_at.isoformat(),
        }


class Journal:
    """The journal table of one service, made in that service's metadata. Call it within the change's transaction."""

    def __init__(self, metadata: MetaData, vault: Vault) -> None:
        self._vault = vault
        self.table = Table(
            "journal",
            metadata,
            Column("case_id", Uuid, primary_key=True),
            Column("case_version", Integer, primary_key=True),
            Column("step", String(40), nullable=False),
            Column("on_date", Date, nullable=False),
            Column(_WORDS, Text, nullable=True),
            Column("recorded_at", UtcDateTime, nullable=False),
            CheckConstraint("case_version >= 1", name="journal_version_counts_from_one"),
        )
        vault.register(SealedTable(self.table, (_WORDS,), row="case_id"))
        # Made by a migration, emptied at the first start after it.
        self._unsealed = Table(
            "journal_unsealed",
            metadata,
            Column("case_id", Uuid, primary_key=True),
            Column("case_version", Integer, primary_key=True),
            Column("step", String(40), nullable=False),
            Column("on_date", Date, nullable=False),
            Column("reason", Text),
            Column("detail", Text, nullable=False),
            Column("recorded_at", UtcDateTime, nullable=False),
            CheckConstraint("case_version >= 1", name="journal_version_counts_from_one"),
        )

    def note(
        self,
        session: Session,
        notes: Sequence[Note],
        *,
        now: datetime,
        keys: Mapping[UUID, CaseKey] | None = None,
    ) -> None:
        """Append; `keys` are those of the cases where the caller has them. Of an erased case no words are kept."""
        if keys is None:
            keys = self._keys(session, notes)
        rows = [
            {
                "case_id": note.case_id,
                "case_version": note.case_version,
                "step": note.step,
                "on_date": note.on,
                _WORDS: _sealed(keys[note.case_id], note),
                "recorded_at": now,
            }
            for note in notes
        ]
        if rows:
            session.execute(insert(self.table), rows)

    def _keys(self, session: Session, notes: Sequence[Note]) -> Mapping[UUID, CaseKey]:
        """Of the cases known so far, and new ones for those that begin with these notes."""
        known = [note.case_id for note in notes if note.case_version > 1]
        keys = dict(self._vault.open_keys(session, known)) if known else {}
        missing = [note.case_id for note in notes if note.case_id not in keys]
        keys.update(self._vault.new_keys(session, missing))
        return keys

    def seal_earlier(self, session: Session, *, batch: int = 1_000) -> None:
        """Seal what an earlier release wrote in plain; afterwards there is nothing of it left."""
        old = self._unsealed
        while rows := session.execute(select(old).order_by(old.c.case_id).limit(batch)).all():
            for row in rows:
                note = Note(
                    row.case_id, row.case_version, row.step, row.on_date, row.reason, orjson.loads(row.detail)
                )
                found = self._vault.open_keys(session, [row.case_id])
                self.note(
                    session,
                    [note],
                    now=row.recorded_at,
                    keys=found or self._vault.new_keys(session, [row.case_id]),
                )
                session.execute(
                    delete(old).where(old.c.case_id == row.case_id, old.c.case_version == row.case_version)
                )

    def history(self, session: Session, case_id: UUID) -> list[Entry]:
        """All changes of a case in order. The caller has made sure that the case may be seen."""
        key = self._vault.open_keys(session, [case_id]).get(case_id)
        rows = session.execute(
            select(self.table).where(self.table.c.case_id == case_id).order_by(self.table.c.case_version)
        )
        return [
            Entry(row.case_version, row.step, row.on_date, _reason(key, case_id, row), row.recorded_at)
            for row in rows
        ]


def _sealed(key: CaseKey, note: Note) -> str | None:
    if key.erased:
        return None
    said = {"reason": note.reason, "entered": dict(note.entered)}
    words = orjson.dumps(said, default=str, option=orjson.OPT_NON_STR_KEYS).decode()
    return key.seal(table="journal", column=_place(note.case_version), row=note.case_id, value=words)


def _reason(key: CaseKey | None, case_id: UUID, row: Any) -> str | None:
    if key is None:
        return None
    words = key.unseal(table="journal", column=_place(row.case_version), row=case_id, sealed=row.words)
    reason = None if words is None else orjson.loads(words)["reason"]
    return None if reason is None else str(reason)


def _place(version: int) -> str:
    """A journal row has two parts to its key; the version goes with the column."""
    return f"{_WORDS}/{version}"
