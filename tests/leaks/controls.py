"""One leak for each sink, planted into a copy of it in the way in which it would have come there.

A scan that finds nothing proves nothing until the same scan has found something in the same place.
"""

import base64
import json
import shutil
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from urllib.parse import quote

from tests.leaks import evidence
from tests.leaks.canaries import Canary

Control = Callable[[Path, Canary], None]


def _into_book(folder: Path, canary: Canary) -> None:
    book = folder / "reconsideration.db"
    _write_row(book, canary, "PRAGMA journal_mode = DELETE")
    assert canary.value.encode() in book.read_bytes()


def _into_wal(folder: Path, canary: Canary) -> None:
    """Copied while the writer is still there, or SQLite would have tidied the log away."""
    book = folder / "probe.db"
    database = sqlite3.connect(book, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA wal_autocheckpoint = 0")
    database.execute("CREATE TABLE kept (words TEXT)")
    database.execute("INSERT INTO kept VALUES (?)", (canary.value,))
    shutil.copyfile(folder / "probe.db-wal", folder / "planted.db-wal")
    database.close()
    book.unlink()
    assert canary.value.encode() in (folder / "planted.db-wal").read_bytes()


def _write_row(book: Path, canary: Canary, mode: str) -> None:
    database = sqlite3.connect(book, isolation_level=None)
    database.execute(mode)
    changed = database.execute("UPDATE case_file SET respondent = ?", (canary.value,)).rowcount
    database.close()
    assert changed > 0


def _as_event(canary: Canary) -> bytes:
    return json.dumps({"data": {"facts": {"case_number": canary.value}}}).encode()


def _into_store(folder: Path, canary: Canary) -> None:
    """A broker on the copy takes the message in, compressed as it compresses all of them."""
    work = folder.with_name("store-with-leak")
    shutil.copytree(folder / "nats", work / "store")
    evidence.with_broker(work, publish=_as_event(canary))
    shutil.rmtree(folder / "nats")
    (work / "store").rename(folder / "nats")


def _into_messages(folder: Path, canary: Canary) -> None:
    """Through the broker and the reader that brought the messages together."""
    work = folder.with_name("messages-with-leak")
    shutil.copytree(folder.with_name("broker store") / "nats", work / "store")
    evidence.with_broker(work, publish=_as_event(canary), into=folder)


def _line(write: Callable[[str], bytes]) -> Control:
    """The value in a line at the end of the sink's largest file."""

    def plant(folder: Path, canary: Canary) -> None:
        files = [path for path in folder.rglob("*") if path.is_file()]
        largest = max(files, key=lambda path: path.stat().st_size)
        with largest.open("ab") as file:
            file.write(b"\n" + write(canary.value) + b"\n")

    return plant


def _into_file(folder: Path, canary: Canary) -> None:
    (folder / "tmp-spooled").write_bytes(b"\0" * 4096 + canary.value.encode("utf-16"))


CONTROLS: Mapping[str, Control] = {
    evidence.BOOKS: _into_book,
    "write-ahead logs": _into_wal,
    "broker store": _into_store,
    "messages": _into_messages,
    "suite log": _line(lambda value: json.dumps({"event": "x", "row": f"({value}, …)"}).encode()),
    "broker log": _line(lambda value: f"[ERR] {value!r}".encode()),
    "other data": _line(lambda value: base64.b64encode(f"dropped {value}".encode())),
    "screen": _line(lambda value: f"✗ {value}".encode()),
    "temporary files": _into_file,
    "described": _line(lambda value: json.dumps({"example": value}, ensure_ascii=False).encode()),
    "exports": _line(lambda value: json.dumps({"object_id": f"GET /cases/{quote(value)}"}).encode()),
    "answers": _line(lambda value: json.dumps({"items": [{"name": value}]}).encode()),
    "without the right": _line(lambda value: json.dumps({"matter": value}, ensure_ascii=False).encode()),
    "erased": _line(lambda value: json.dumps({"reason": value}).encode()),
    "pages": _line(lambda value: "".join(f"&#{ord(each)};" for each in value).encode()),
    "imports": _line(lambda value: json.dumps({"why": value}).encode()),
    "refusals": _line(lambda value: f"invalid input: {value}".encode()),
    "failures": _line(lambda value: ascii(value).encode()),
    "headers": _line(lambda value: f"location: /sign-in?next={quote(quote(value))}".encode()),
}
