"""What whoever owns the machine could do to the trail: each on a copy, with the triggers dropped first.

A tampering takes the copy and a source of chance, and leaves the file changed; `None` from it means that this throw
of the dice changed nothing and another one is made.
"""

import hashlib
import json
import random
import sqlite3
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dingfen_verify import ROW, _plain_row
from shared.kit.audit_chain import first_hash
from shared.kit.audit_notes import sign
from shared.kit.keys import Keys

Row = dict[str, Any]


@dataclass(frozen=True)
class Copy:
    """One copy of an audited database with its checkpoint files, and what a thief may have besides."""

    db: sqlite3.Connection
    notes: Path  # the folder of SIZE.note files
    signed: int  # rows that the last checkpoint covers
    other: Path  # the database of another service
    older: Path  # a copy of this one from before

    def rows(self, table: str, columns: str = "*") -> list[tuple[Any, ...]]:
        return self.db.execute(f"SELECT {columns} FROM {table} ORDER BY 1").fetchall()

    def columns(self, table: str) -> list[str]:
        return [row[1] for row in self.db.execute(f"PRAGMA table_info({table})")]

    def audited(self, table: str = "audit") -> list[tuple[int, Row]]:
        """(seq, row in canonical form) in chain order."""
        columns = ", ".join(f"a.{column}" for column in ROW)
        found = self.db.execute(
            f"SELECT c.seq, {columns} FROM audit_chain c JOIN {table} a ON a.id = c.audit_id ORDER BY c.seq"
        )
        return [(seq, _plain_row(values)) for seq, *values in found]

    def rehash(self, start: int = 1) -> None:
        """Make the chain fit again from `start` on, gapless, as if nothing had been."""
        before = first_hash("litigation", "sha256")
        links = []
        for seq, (_, row) in enumerate(self.audited(), start=1):
            before = _hashed(before, row)
            links.append((seq, row["id"], before))
        kept = self.rows("audit_chain")[: start - 1]
        self.db.execute("DELETE FROM audit_chain")
        self.db.executemany("INSERT INTO audit_chain VALUES (?, ?, ?)", kept + links[start - 1 :])

    def resign(self, keys: Keys) -> None:
        """Write all checkpoints anew over what the chain is now, with keys of one's own."""
        hashes = {seq: link for seq, _, link in self.rows("audit_chain")}
        previous = "-"
        for size, _, _, made_at in self.rows("audit_checkpoint"):
            if size not in hashes:
                continue
            note = sign(
                keys.signing_key("litigation"),
                service="litigation",
                size=size,
                head=hashes[size],
                algorithm="sha256",
                made_at=datetime.fromisoformat(made_at).replace(tzinfo=UTC),
                previous=previous,
            )
            previous = hashlib.sha256(note.encode()).hexdigest()
            self.db.execute(
                "UPDATE audit_checkpoint SET head = ?, note = ? WHERE size = ?", (hashes[size], note, size)
            )
            (self.notes / f"{size}.note").write_text(note, encoding="utf-8")


def _hashed(before: str, row: Row) -> str:
    """The next hash, also of values that the system itself would never write."""
    text = json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)
    return hashlib.sha256(b"\x00" + bytes.fromhex(before) + text.encode()).hexdigest()


Chance = random.Random
Other = Callable[[Chance], Any]
Tampering = Callable[[Copy, random.Random], bool | None]
OTHER_VALUES: dict[str, Other] = {
    "id": lambda chance: 10**6 + chance.randrange(1000),
    "entry_id": lambda chance: uuid.UUID(int=chance.getrandbits(128)).hex,
    "event_id": lambda chance: uuid.UUID(int=chance.getrandbits(128)).hex,
    "case_id": lambda chance: uuid.UUID(int=chance.getrandbits(128)).hex,
    "at": lambda chance: f"2026-11-22 01:00:{chance.randrange(60):02d}.000001",
    "recorded_at": lambda chance: f"2026-11-22 01:00:{chance.randrange(60):02d}.000001",
    "made_at": lambda chance: f"2026-11-22 01:00:{chance.randrange(60):02d}.000001",
    "outcome": lambda chance: chance.choice(["done", "refused", "failed"]),
    "version": lambda chance: chance.choice([None, 1, 2, 77, 1.5, "1x"]),
    "case_version": lambda chance: 90 + chance.randrange(9),
    "seq": lambda chance: 10**6 + chance.randrange(1000),
    "size": lambda chance: 10**6 + chance.randrange(1000),
    "audit_id": lambda chance: 10**6 + chance.randrange(1000),
}


def _word(chance: Chance) -> str:
    return f"dingfen.litigation.x{chance.getrandbits(32)}.v1"


def _one(copy: Copy, chance: Chance, table: str) -> tuple[Any, ...]:
    """A row that the last checkpoint covers."""
    if table == "audit":
        return (chance.choice(copy.audited()[: copy.signed])[1]["id"],)
    if table == "audit_chain":
        return (chance.randint(1, copy.signed),)
    row: tuple[Any, ...] = chance.choice(copy.rows(table, "rowid"))
    return row


def edit_a_column(copy: Copy, chance: Chance) -> bool | None:
    table = chance.choice(["audit"] * 6 + ["audit_chain", "audit_checkpoint"])
    column = chance.choice(copy.columns(table))
    (rowid,) = _one(copy, chance, table)
    (old,) = copy.db.execute(f"SELECT {column} FROM {table} WHERE rowid = ?", (rowid,)).fetchone()
    new = OTHER_VALUES.get(column, _word)(chance)
    if chance.random() < 0.3 and isinstance(old, str) and old != old.upper():
        new = old.upper()  # the smallest changes: the same digits in other letters
    if new == old:
        return None
    copy.db.execute(f"UPDATE {table} SET {column} = ? WHERE rowid = ?", (new, rowid))
    return True


def edit_an_event(copy: Copy, chance: Chance) -> bool | None:
    column = chance.choice([name for name in copy.columns("event") if name != "id"])
    rowid, old = chance.choice(copy.rows("event", f"id, {column}"))
    if column == "payload":
        new: Any = bytearray(old)
        new[chance.randrange(len(new))] ^= 1 << chance.randrange(7)
        new = bytes(new)
    else:
        new = OTHER_VALUES.get(column, _word)(chance)
    copy.db.execute(f"UPDATE event SET {column} = ? WHERE id = ?", (new, rowid))
    return None if new == old else True


def edit_an_event_and_its_audit_row(copy: Copy, chance: Chance) -> bool:
    """Another outcome in the event, its digest in the audit row, and the whole chain made to fit."""
    seq, row = chance.choice(
        [each for each in copy.audited()[: copy.signed] if each[1]["object_kind"] == "case"]
    )
    case, version = uuid.UUID(row["object_id"]).hex, row["version"]
    (payload,) = copy.db.execute(
        "SELECT payload FROM event WHERE case_id = ? AND case_version = ?", (case, version)
    ).fetchone()
    told = json.loads(payload)
    told["data"]["facts"]["met"] = not told["data"]["facts"]["met"]
    payload = json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    copy.db.execute(
        "UPDATE event SET payload = ? WHERE case_id = ? AND case_version = ?", (payload, case, version)
    )
    copy.db.execute(
        "UPDATE audit SET digest = ? WHERE id = ?", (hashlib.sha256(payload).hexdigest(), row["id"])
    )
    copy.rehash(seq)
    return True


def delete_rows(copy: Copy, chance: Chance) -> bool:
    (rowid,) = _one(copy, chance, "audit")
    if chance.random() < 0.5:
        copy.db.execute("DELETE FROM audit_chain WHERE audit_id = ?", (rowid,))
    copy.db.execute("DELETE FROM audit WHERE id = ?", (rowid,))
    if chance.random() < 0.5:
        copy.rehash()
    return True


def delete_a_link_or_a_checkpoint(copy: Copy, chance: Chance) -> bool:
    table = chance.choice(["audit_chain", "audit_checkpoint"])
    copy.db.execute(f"DELETE FROM {table} WHERE rowid = ?", _one(copy, chance, table))
    return True


def delete_an_event_with_its_audit_row(copy: Copy, chance: Chance) -> bool:
    seq, row = chance.choice(
        [each for each in copy.audited()[: copy.signed] if each[1]["object_kind"] == "case"]
    )
    copy.db.execute(
        "DELETE FROM event WHERE case_id = ? AND case_version = ?",
        (uuid.UUID(row["object_id"]).hex, row["version"]),
    )
    copy.db.execute("DELETE FROM audit_chain WHERE audit_id = ?", (row["id"],))
    copy.db.execute("DELETE FROM audit WHERE id = ?", (row["id"],))
    copy.rehash(seq)
    return True


def delete_an_event(copy: Copy, chance: Chance) -> bool:
    copy.db.execute("DELETE FROM event WHERE id = ?", _one(copy, chance, "event"))
    return True


def insert_a_row(copy: Copy, chance: Chance) -> bool:
    """An act that never was: unchained, queued, or put into the middle with all hashes made anew."""
    (model,) = _one(copy, chance, "audit")
    columns = [column for column in ROW if column not in ("id", "entry_id")]
    values = [
        copy.db.execute(f"SELECT {column} FROM audit WHERE id = ?", (model,)).fetchone()[0]
        for column in columns
    ]
    new = copy.db.execute(
        f"INSERT INTO audit (entry_id, {', '.join(columns)}) VALUES (?{', ?' * len(columns)})",
        (OTHER_VALUES["entry_id"](chance), *values),
    ).lastrowid
    how = chance.randrange(3)
    if how == 1:
        copy.db.execute("INSERT INTO audit_waiting VALUES (?)", (new,))
    if how == 2:
        links = copy.rows("audit_chain")
        place = chance.randrange(copy.signed)
        ids = [link[1] for link in links]
        ids.insert(place, new)
        copy.db.execute("DELETE FROM audit_chain")
        copy.db.executemany("INSERT INTO audit_chain VALUES (?, ?, '')", enumerate(ids, start=1))
        copy.rehash()
    return True


def insert_an_event(copy: Copy, chance: Chance) -> bool:
    (model,) = _one(copy, chance, "event")
    case, new = uuid.UUID(int=chance.getrandbits(128)), OTHER_VALUES["event_id"](chance)
    row = copy.db.execute(
        "SELECT type, subject, payload, recorded_at FROM event WHERE id = ?", (model,)
    ).fetchone()
    told = json.loads(row[2])
    told["id"], told["data"]["case_id"], told["data"]["case_version"] = str(uuid.UUID(new)), str(case), 1
    partition = hashlib.sha256(case.bytes).digest()[0] % 64
    copy.db.execute(
        "INSERT INTO event (event_id, case_id, case_version, type, subject, payload, recorded_at)"
        " VALUES (?, ?, 1, ?, ?, ?, ?)",
        (
            new,
            case.hex,
            row[0],
            f"disputes.litigation.p{partition:02d}.notified",
            json.dumps(told, sort_keys=True).encode(),
            row[3],
        ),
    )
    return True


def swap_two_rows(copy: Copy, chance: Chance) -> bool:
    """Exchange what two rows say, or their places in the chain, with or without making the hashes fit."""
    one, two = chance.sample(copy.audited()[: copy.signed], 2)
    ids = one[1]["id"], two[1]["id"]
    if chance.random() < 0.5:
        for seq, other in ((one[0], -1), (two[0], ids[0]), (one[0], ids[1])):
            copy.db.execute("UPDATE audit_chain SET audit_id = ? WHERE seq = ?", (other, seq))
    else:
        columns = [column for column in ROW if column not in ("id", "entry_id")]
        said = [
            copy.db.execute(f"SELECT {', '.join(columns)} FROM audit WHERE id = ?", (each,)).fetchone()
            for each in ids
        ]
        if said[0] == said[1]:
            columns, said = (
                ["entry_id"],
                [(one[1]["entry_id"].replace("-", ""),), (two[1]["entry_id"].replace("-", ""),)],
            )
            copy.db.execute("UPDATE audit SET entry_id = 'x' WHERE id = ?", (ids[0],))
        for each, values in ((ids[1], said[0]), (ids[0], said[1])):
            copy.db.execute(f"UPDATE audit SET {' = ?, '.join(columns)} = ? WHERE id = ?", (*values, each))
    if chance.random() < 0.5:
        copy.rehash()
    return True


def cut_the_tail(copy: Copy, chance: Chance) -> bool:
    """Everything from a row on that the last checkpoint covers; sometimes the checkpoints and files as well."""
    start = chance.randint(1, copy.signed)
    gone = [row["id"] for seq, row in copy.audited() if seq >= start]
    marks = ", ".join("?" * len(gone))
    if chance.random() < 0.7:
        for _, row in copy.audited()[start - 1 :]:
            if row["object_kind"] == "case":
                case = uuid.UUID(row["object_id"]).hex
                copy.db.execute(
                    "DELETE FROM event WHERE case_id = ? AND case_version = ?", (case, row["version"])
                )
    copy.db.execute(f"DELETE FROM audit_chain WHERE audit_id IN ({marks})", gone)
    copy.db.execute(f"DELETE FROM audit WHERE id IN ({marks})", gone)
    how = chance.randrange(3)  # the witness still has the checkpoints
    if how:
        copy.db.execute("DELETE FROM audit_checkpoint WHERE size >= ?", (start,))
    if how == 2:
        for file in copy.notes.glob("*.note"):
            if int(file.stem) >= start:
                file.unlink()
    return True


def rewrite_and_rehash(copy: Copy, chance: Chance) -> bool | None:
    (rowid,) = _one(copy, chance, "audit")
    column = chance.choice([name for name in ROW if name != "id"])
    (old,) = copy.db.execute(f"SELECT {column} FROM audit WHERE id = ?", (rowid,)).fetchone()
    new = OTHER_VALUES.get(column, _word)(chance)
    copy.db.execute(f"UPDATE audit SET {column} = ? WHERE id = ?", (new, rowid))
    copy.rehash()
    return None if new == old else True


def swap_keys(copy: Copy, chance: Chance) -> bool:
    """Rewrite, hash again and sign everything again, with keys of one's own."""
    while rewrite_and_rehash(copy, chance) is None:
        pass
    copy.resign(Keys(copy.notes.parent / "stolen"))
    return True


def restore_an_old_copy(copy: Copy, chance: Chance) -> bool:
    """The database of before, with the checkpoint files of now, or those of before as well."""
    copy.db.commit()
    with sqlite3.connect(copy.older) as older:
        older.backup(copy.db)
    older.close()
    if chance.random() < 0.5:
        sizes = {size for (size,) in copy.rows("audit_checkpoint", "size")}
        for file in copy.notes.glob("*.note"):
            if int(file.stem) not in sizes:
                file.unlink()
    return True


def take_a_row_of_another_service(copy: Copy, chance: Chance) -> bool:
    """In the place of one of ours: the row alone, or with its hash."""
    (ours,) = _one(copy, chance, "audit")
    with sqlite3.connect(copy.other) as other:
        foreign = other.execute(
            f"SELECT {', '.join(f'a.{column}' for column in ROW)}, c.hash FROM audit a"
            " JOIN audit_chain c ON c.audit_id = a.id ORDER BY random() LIMIT 1"
        ).fetchone()
    other.close()
    columns = ROW[1:]
    copy.db.execute(f"UPDATE audit SET {' = ?, '.join(columns)} = ? WHERE id = ?", (*foreign[1:-1], ours))
    if chance.random() < 0.5:
        copy.db.execute("UPDATE audit_chain SET hash = ? WHERE audit_id = ?", (foreign[-1], ours))
    return True


def touch_a_checkpoint_file(copy: Copy, chance: Chance) -> bool:
    file = chance.choice(sorted(copy.notes.glob("*.note")))
    content = bytearray(file.read_bytes())
    how = chance.randrange(4)
    if how == 0:
        content[chance.randrange(len(content))] ^= 1 << chance.randrange(7)
        file.write_bytes(bytes(content))
    elif how == 1:
        file.write_bytes(bytes(content[: chance.randrange(len(content))]))
    elif how == 2:
        file.unlink()
    else:
        file.rename(file.with_name(f"{int(file.stem) + 1}.note"))
    return True


TAMPERINGS: tuple[Tampering, ...] = (
    edit_a_column,
    edit_an_event,
    edit_an_event_and_its_audit_row,
    delete_rows,
    delete_a_link_or_a_checkpoint,
    delete_an_event,
    delete_an_event_with_its_audit_row,
    insert_a_row,
    insert_an_event,
    swap_two_rows,
    cut_the_tail,
    rewrite_and_rehash,
    swap_keys,
    restore_an_old_copy,
    take_a_row_of_another_service,
    touch_a_checkpoint_file,
)
