#!/usr/bin/env python3
"""Checks, without the system that made them, that an audit trail is whole and that a figure is what the log says.

One file that needs Python 3.11 and `cryptography` and imports nothing of the project: an auditor can read it, carry
it to another machine and run it there, offline, on copies. It opens everything read-only.

    python dingfen_verify.py audit --db FILE.db --checkpoints DIR --key FILE.pub [--witness FILE.db|FILE.jsonl|DIR ...]
    python dingfen_verify.py audit --export FILE.jsonl --checkpoints DIR --key FILE.pub
    python dingfen_verify.py figure --events EXPORT.jsonl ... --figure FIGURE.json
    python dingfen_verify.py accounting --log EXPORT.jsonl ... --facts FACTS.jsonl

Exit status: 0 all is as it should be; 1 something was tampered with, the first bad place is named; 2 it cannot be told
(a part is missing, unreadable or too old, or there is nothing to check).

What it cannot see: rows behind the last checkpoint that left the machine may be cut off, or replaced, by whoever
owns that machine. That is at most a minute of work, and it is why checkpoints are kept by others (--witness).
"""

import argparse
import base64
import binascii
import hashlib
import json
import re
import sqlite3
import sys
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

OK, TAMPERED, INCOMPLETE = 0, 1, 2
MOST_SHOWN = 20
ORIGIN = "dingfen/audit/"
INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"
# A row says when its act began. Clocks of two machines differ by seconds; a long import takes minutes to commit.
CLOCKS_DIFFER = timedelta(seconds=60)
LONGEST_ACT = timedelta(hours=1)
CHAINED_WITHIN = timedelta(seconds=1)
DOWNLOADED_WITHIN = timedelta(seconds=60)
COVERED_WITHIN = timedelta(seconds=120)  # a checkpoint is made every 60 s when there is anything new

ROW = [
    "id",
    "entry_id",
    "at",
    "actor",
    "via",
    "role",
    "office",
    "action",
    "object_kind",
    "object_id",
    "version",
    "digest",
    "outcome",
    "purpose",
    "code",
    "request_id",
]
MAY_BE_EMPTY = {"version", "digest", "purpose", "code"}
EVENT = ["event_id", "case_id", "case_version", "type", "subject", "payload", "recorded_at"]
EVENT_TYPE = re.compile(r"dingfen\.([a-z]+)\.([a-z_]+)\.v[0-9]+")
STORED_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{6})")
PLAIN_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
STORED_UUID = re.compile(r"[0-9a-f]{32}")

# Every finding: what it means for the whole, and how it is said.
SAID: Mapping[str, tuple[int, str, str]] = {
    "row.changed": (
        TAMPERED,
        "第 {seq} 条：内容与链上的哈希不符",
        "row {seq}: does not fit the hash in the chain",
    ),
    "row.missing": (
        TAMPERED,
        "第 {seq} 条：链上有，审计表中没有",
        "row {seq}: in the chain, not in the table",
    ),
    "row.malformed": (
        TAMPERED,
        "第 {seq} 条：{what} 不是系统写入的形式",
        "row {seq}: {what} was not written by the system",
    ),
    "row.time": (
        TAMPERED,
        "第 {seq} 条：时间与前后检查点矛盾",
        "row {seq}: its time contradicts the checkpoints around it",
    ),
    "chain.gap": (TAMPERED, "序号应为 {seq}，实为 {found}", "number {seq} is missing, {found} follows"),
    "row.forgotten": (
        TAMPERED,
        "有 {count} 条审计记录永远不会进入链（首条 id {id}）",
        "{count} rows will never enter the chain (first id {id})",
    ),
    "row.queued": (
        TAMPERED,
        "待入链队列与审计表矛盾（id {id}）",
        "the queue contradicts the table (id {id})",
    ),
    "row.late": (
        INCOMPLETE,
        "有 {count} 条审计记录超过一秒尚未入链（首条 id {id}）",
        "{count} rows are older than a second and not chained (first id {id})",
    ),
    "chain.cut": (
        TAMPERED,
        "检查点为 {size} 条，链上只有 {length} 条（{where}）",
        "a checkpoint says {size} rows, the chain has {length} ({where})",
    ),
    "head.differs": (
        TAMPERED,
        "第 {seq} 条处的链头与检查点不符：此前有记录被改写（{where}）",
        "the head at {seq} differs from the checkpoint: rows up to there were rewritten ({where})",
    ),
    "note.forged": (TAMPERED, "检查点无效：{where}（{what}）", "invalid checkpoint: {where} ({what})"),
    "note.differs": (
        TAMPERED,
        "数据库与文件中 {size} 条的检查点不同",
        "table and file tell two checkpoints of {size} rows",
    ),
    "note.removed": (
        TAMPERED,
        "{size} 条的检查点有文件，数据库中没有",
        "the checkpoint of {size} rows has a file and no row",
    ),
    "note.malformed": (
        TAMPERED,
        "{size} 条的检查点在数据库中与其正文不符",
        "the stored checkpoint of {size} rows contradicts its own text",
    ),
    "note.missing": (
        INCOMPLETE,
        "缺少 {size} 条之前的一个检查点",
        "a checkpoint before the one of {size} rows is missing",
    ),
    "note.unfiled": (INCOMPLETE, "{size} 条的检查点没有文件", "the checkpoint of {size} rows has no file"),
    "note.time": (
        TAMPERED,
        "{size} 条的检查点时间早于前一个",
        "the checkpoint of {size} rows is older than the one before",
    ),
    "note.old": (INCOMPLETE, "最后的检查点太旧：{at}", "the last checkpoint is too old: {at}"),
    "note.none": (INCOMPLETE, "没有检查点，无从核验", "there is no checkpoint"),
    "witness.none": (
        INCOMPLETE,
        "见证方没有本服务的检查点：{where}",
        "this witness has no checkpoint of this service: {where}",
    ),
    "event.unaudited": (
        TAMPERED,
        "事件没有审计记录：{case} 第 {version} 版",
        "event without audit row: {case} version {version}",
    ),
    "event.changed": (
        TAMPERED,
        "第 {seq} 条：与事件不符：{case} 第 {version} 版（{what}）",
        "row {seq}: differs from its event: {case} version {version} ({what})",
    ),
    "event.missing": (
        TAMPERED,
        "第 {seq} 条：审计有、事件日志没有：{case} 第 {version} 版",
        "row {seq}: audited, not in the event log: {case} version {version}",
    ),
    "event.malformed": (
        TAMPERED,
        "事件自相矛盾：{case} 第 {version} 版（{what}）",
        "event contradicts itself: {case} version {version} ({what})",
    ),
    "event.gap": (
        TAMPERED,
        "案件版本不连续：{case} 缺第 {version} 版",
        "versions are not gapless: {case} lacks version {version}",
    ),
    "unreadable": (INCOMPLETE, "无法读取：{what}", "unreadable: {what}"),
    "export.cut": (INCOMPLETE, "导出文件不完整：{what}", "the export is not complete: {what}"),
    "nothing": (INCOMPLETE, "没有可核验的内容", "there is nothing to check"),
    "figure.unknown": (INCOMPLETE, "本程序不能独立计算：{what}", "not computed independently here: {what}"),
    "figure.withheld": (INCOMPLETE, "该数字未公布给您，无从核对", "this figure was withheld"),
    "figure.differs": (
        TAMPERED,
        "{what}：公布为 {told}，重算为 {found}",
        "{what}: told {told}, recomputed {found}",
    ),
    "log.missing": (INCOMPLETE, "缺少 {what} 的事件日志", "the event log of {what} is missing"),
    "log.gap": (
        INCOMPLETE,
        "{what} 的事件日志不连续：{seq} 之后缺号",
        "the event log of {what} has a gap behind {seq}",
    ),
    "log.fork": (
        TAMPERED,
        "同一版本有两种内容：{case} 第 {version} 版",
        "one version told in two ways: {case} version {version}",
    ),
    "facts.differs": (
        TAMPERED,
        "{case}：日志为 {told}，统计为 {found}",
        "{case}: the log says {told}, reporting {found}",
    ),
}


class Unreadable(Exception):
    """A file cannot be read for what it should be."""


@dataclass
class Findings:
    """What was found wrong, and how much was looked at."""

    problems: list[dict[str, Any]] = field(default_factory=list)
    checked: dict[str, Any] = field(default_factory=dict)

    def add(self, code: str, **values: Any) -> None:
        self.problems.append({"code": code, **values})

    @property
    def status(self) -> int:
        grave = {SAID[problem["code"]][0] for problem in self.problems}
        return TAMPERED if TAMPERED in grave else INCOMPLETE if grave else OK


# --- what a service kept, from its SQLite file or from an export ------------------------------------------------


@dataclass(frozen=True)
class Link:
    """One place of the chain. `row` is None when the audit row is not there."""

    seq: Any
    hash: Any
    row: dict[str, Any] | None


@dataclass(frozen=True)
class Books:
    """All that is compared. `waiting` None: the source does not tell which rows wait for their place."""

    links: Callable[[], Iterator[Link]]
    unchained: list[dict[str, Any]]
    waiting: set[int] | None
    events: Callable[[], Iterator[dict[str, Any]]]
    notes: list[dict[str, Any]]
    witnessed: list[tuple[str, str]]
    at: str | None = None  # of an export: when its snapshot was taken, as the exporting service says


def open_sqlite(path: Path) -> sqlite3.Connection:
    """Read-only. Evidence is left untouched: without a write-ahead log beside it nobody is writing the file, and it is
    opened as immutable, which also works on a read-only medium. With one, the newest rows are in there."""
    if not path.is_file():
        raise Unreadable(str(path))
    mode = "mode=ro" if path.with_name(path.name + "-wal").exists() else "immutable=1"
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)
    connection.execute("BEGIN")  # one snapshot, also of a database that is being written
    return connection


def books_of_sqlite(connection: sqlite3.Connection) -> Books:
    tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if not {"audit", "audit_chain", "audit_checkpoint"} <= tables:
        raise Unreadable("audit, audit_chain, audit_checkpoint")
    columns = [name for _, name, *_ in connection.execute("PRAGMA table_info(audit)")]
    if sorted(columns) != sorted(ROW):
        raise Unreadable("audit: " + ", ".join(sorted(set(columns) ^ set(ROW))))
    audit = ", ".join(f"a.{column}" for column in ROW)

    def links() -> Iterator[Link]:
        rows = connection.execute(
            f"SELECT c.seq, c.hash, {audit} FROM audit_chain c"  # noqa: S608 - names of our own
            " LEFT JOIN audit a ON a.id = c.audit_id ORDER BY c.seq"
        )
        for seq, link, *values in rows:
            yield Link(seq, link, None if values[0] is None else _plain_row(values))

    def events() -> Iterator[dict[str, Any]]:
        for values in connection.execute(f"SELECT {', '.join(EVENT)} FROM event ORDER BY id"):  # noqa: S608
            yield _plain_event(dict(zip(EVENT, values, strict=True)))

    unchained = connection.execute(
        f"SELECT {audit} FROM audit a WHERE id NOT IN (SELECT audit_id FROM audit_chain) ORDER BY id"  # noqa: S608
    )
    notes = connection.execute("SELECT size, head, note, made_at FROM audit_checkpoint ORDER BY size")
    return Books(
        links=links,
        unchained=[_plain_row(values) for values in unchained],
        waiting={row for (row,) in connection.execute("SELECT id FROM audit_waiting")},
        events=events if "event" in tables else lambda: iter(()),
        notes=[dict(zip(("size", "head", "note", "made_at"), values, strict=True)) for values in notes],
        witnessed=list(connection.execute("SELECT service, note FROM witnessed ORDER BY id"))
        if "witnessed" in tables
        else [],
    )


def _plain_row(values: Iterable[Any]) -> dict[str, Any]:
    """The row as it was hashed."""
    row = dict(zip(ROW, values, strict=True))
    return row | {"entry_id": _uuid(row["entry_id"]), "at": _instant(row["at"])}


def _plain_event(stored: dict[str, Any]) -> dict[str, Any]:
    return stored | {
        "event_id": _uuid(stored["event_id"]),
        "case_id": _uuid(stored["case_id"]),
        "recorded_at": _instant(stored["recorded_at"]),
    }


def _uuid(value: Any) -> Any:
    """SQLite keeps 32 hexadecimal digits; anything else stays as it is and is found out."""
    return str(uuid.UUID(value)) if isinstance(value, str) and STORED_UUID.fullmatch(value) else b"?"


def _instant(value: Any) -> Any:
    found = STORED_INSTANT.fullmatch(value) if isinstance(value, str) else None
    return f"{found[1]}T{found[2]}Z" if found else b"?"


def books_of_export(path: Path, findings: Findings) -> Books:
    lines: defaultdict[str, list[Any]] = defaultdict(list)
    for entry in json_lines(path):
        kind = next(
            (
                key
                for key in ("export", "audit", "waiting", "event", "checkpoint", "witnessed", "end")
                if key in entry
            ),
            "?",
        )
        lines[kind].append(entry if kind == "audit" else entry.get(kind))
    told = lines["end"][-1] if len(lines["end"]) == 1 else {}
    found = {kind: len(lines[kind]) for kind in ("audit", "waiting", "event", "checkpoint", "witnessed")}
    if told != found or "?" in lines:
        findings.add("export.cut", what=str(path))
    return Books(
        links=lambda: (Link(each.get("seq"), each.get("hash"), each["audit"]) for each in lines["audit"]),
        unchained=lines["waiting"],
        waiting=None,
        events=lambda: iter(lines["event"]),
        notes=lines["checkpoint"],
        witnessed=[(each["service"], each["note"]) for each in lines["witnessed"]],
        at=lines["export"][0]["at"] if lines["export"] else None,
    )


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, start=1):
            try:
                entry = json.loads(line)
            except ValueError:
                raise Unreadable(f"{path}:{number}") from None
            if not isinstance(entry, dict):
                raise Unreadable(f"{path}:{number}")
            yield entry


# --- checkpoints ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Note:
    """A checkpoint whose signature was checked. `where` names the file or table it was read from."""

    service: str
    size: int
    head: str
    algorithm: str
    made_at: datetime
    previous: str
    text: str
    where: str


def load_key(path: Path) -> Ed25519PublicKey:
    try:
        key = serialization.load_pem_public_key(path.read_bytes())
    except ValueError:
        raise Unreadable(str(path)) from None
    if not isinstance(key, Ed25519PublicKey):
        raise Unreadable(str(path))
    return key


def read_note(text: str, key: Ed25519PublicKey, where: str) -> Note:
    """The note, if it is exactly of the form that services sign, and signed with this key.

    Raises:
        ValueError: what is wrong with it
    """
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    try:
        body, signature_line = text.split("\n\n")
        origin, size, head, algorithm, made_at, previous, named_key = body.split("\n")
        dash, name, signed = signature_line.removesuffix("\n").split(" ")
        signature = base64.b64decode(signed, validate=True)
        note = Note(
            service=origin.removeprefix(ORIGIN),
            size=int(size),
            head=base64.b64decode(head, validate=True).hex(),
            algorithm=algorithm.removeprefix("algorithm "),
            made_at=datetime.strptime(made_at, f"time {INSTANT}").replace(tzinfo=UTC),
            previous=previous.removeprefix("previous "),
            text=text,
            where=where,
        )
        if named_key != f"key {base64.b64encode(raw).decode()}":
            raise ValueError("signed with another key")
        key_id = hashlib.sha256(f"{origin}\n".encode() + b"\x01" + raw).digest()[:4]
        if (dash, name, signature[:4]) != ("—", origin, key_id) or not origin.startswith(ORIGIN):
            raise ValueError("not a checkpoint")
        key.verify(signature[4:], f"{body}\n".encode())
    except InvalidSignature:
        raise ValueError("the signature does not fit") from None
    except binascii.Error:
        raise ValueError("not base64") from None
    if note.algorithm not in HASHES or note.size < 1 or str(note.size) != size:
        raise ValueError("not a checkpoint")
    return note


def _sm3(content: bytes) -> str:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize().hex()


HASHES: Mapping[str, Callable[[bytes], str]] = {
    "sha256": lambda content: hashlib.sha256(content).hexdigest(),
    "sm3": _sm3,
}


def signed_notes(found: Iterable[tuple[str, str]], key: Ed25519PublicKey, findings: Findings) -> list[Note]:
    """The valid ones among (where, text), smallest first; each invalid one is a finding."""
    notes = []
    for where, text in found:
        try:
            notes.append(read_note(text, key, where))
        except ValueError as fault:
            findings.add("note.forged", where=where, what=str(fault))
    return sorted(notes, key=lambda note: note.size)


def note_folder(folder: Path, service: str | None) -> Path:
    """The folder itself, or the service's folder inside it."""
    return folder / service if service and (folder / service).is_dir() else folder


def note_files(folder: Path) -> list[tuple[str, str]]:
    """(path, text) of the `SIZE.note` files in a folder."""
    return [
        (str(path), path.read_bytes().decode("utf-8", "replace")) for path in sorted(folder.glob("*.note"))
    ]


# --- audit --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Outside:
    """What lies outside of the database: checkpoint files, and what witnesses keep. `later`: made after the moment
    that is asked about, and set aside."""

    service: str
    folder: Path
    files: list[Note]
    witnessed: list[Note]
    later: int


def check_audit(options: argparse.Namespace, findings: Findings) -> None:
    key = load_key(options.key)
    as_of: datetime = options.as_of or _made_at(options.export) or datetime.now(UTC)
    # First what lies outside: a service goes on meanwhile, and its database must not be the older of the two.
    outside = _outside(options, key, as_of, findings)
    if options.db is not None:
        with closing(open_sqlite(options.db)) as connection:
            _check_books(books_of_sqlite(connection), outside, options, key, as_of, findings)
    else:
        _check_books(books_of_export(options.export, findings), outside, options, key, as_of, findings)


def _made_at(export: Path | None) -> datetime | None:
    """When an export was made: by the time of its file, and a little earlier if it says so itself.

    Only a little: who could set its time back at will could hide behind it that rows are missing.
    """
    if export is None:
        return None
    written = datetime.fromtimestamp(export.stat().st_mtime, UTC)
    first = next(json_lines(export), {}).get("export", {})
    said = instant_of(first["at"]) if "at" in first else written
    return said if timedelta() <= written - said <= DOWNLOADED_WITHIN else written


def _outside(
    options: argparse.Namespace, key: Ed25519PublicKey, as_of: datetime, findings: Findings
) -> Outside:
    folder = note_folder(options.checkpoints, options.service)
    files = signed_notes(note_files(folder), key, findings)
    for note in files:
        if Path(note.where).name != f"{note.size}.note":
            findings.add("note.forged", where=note.where, what="name")
    service = options.service or (files[-1].service if files else "")
    witnessed = _witnesses(options, service, key, findings)
    later = [note for note in (*files, *witnessed) if note.made_at > as_of]
    return Outside(
        service,
        folder,
        [note for note in files if note.made_at <= as_of],
        [note for note in witnessed if note.made_at <= as_of],
        len(later),
    )


def _witnesses(
    options: argparse.Namespace, service: str, key: Ed25519PublicKey, findings: Findings
) -> list[Note]:
    """What others keep of this service's checkpoints. Contradictions that they kept count like any other."""
    notes: list[Note] = []
    for path in options.witness:
        if path.is_dir():
            told = note_files(note_folder(path, service))
        elif path.suffix == ".jsonl":
            told = [
                (f"{path}", note)
                for about, note in books_of_export(path, findings).witnessed
                if about == service
            ]
        else:
            with closing(open_sqlite(path)) as connection:
                rows = connection.execute("SELECT service, note FROM witnessed ORDER BY id")
                told = [(f"{path}", str(note)) for about, note in rows if about == service]
        found = [note for note in signed_notes(told, key, findings) if note.service == service]
        if not found:
            findings.add("witness.none", where=str(path))
        notes += found
    return notes


def _check_books(
    books: Books,
    outside: Outside,
    options: argparse.Namespace,
    key: Ed25519PublicKey,
    as_of: datetime,
    findings: Findings,
) -> None:
    notes = _checkpoints(books, outside, key, findings)
    witnessed = outside.witnessed
    service = outside.service or (notes[-1].service if notes else "")
    algorithm = notes[-1].algorithm if notes else "sha256"
    if not notes:
        findings.add("note.none")
    for note in notes:
        if (note.service, note.algorithm) != (service, algorithm):
            findings.add("note.forged", where=note.where, what=f"{note.service} {note.algorithm}")
    log = _EventLog(books, service, findings)
    walk = _Walk(service, algorithm, notes, {note.size for note in (*notes, *witnessed)}, as_of)
    walk.go(books, log, findings)
    for note in sorted((*notes, *witnessed), key=lambda note: note.size):
        if note.size in walk.heads and walk.heads[note.size] != note.head:
            findings.add("head.differs", seq=note.size, where=note.where)
        if note.size > walk.length and walk.whole:
            findings.add("chain.cut", size=note.size, length=walk.length, where=note.where)
    if walk.whole:  # otherwise what was not reached says nothing
        _unchained(books, log, as_of, findings)
        log.finish()
    if notes:
        _is_recent(notes[-1], walk.uncovered, as_of, options.max_age, findings)
    findings.checked |= {
        "service": service,
        "as_of": as_of.strftime(INSTANT),
        "rows": walk.length,
        "events": log.count,
        "checkpoints": len(notes),
        "witnessed": len(witnessed),
        "later_checkpoints_set_aside": outside.later,
        "head": walk.head,
        "last_checkpoint": notes[-1].size if notes else 0,
    }


def _checkpoints(books: Books, outside: Outside, key: Ed25519PublicKey, findings: Findings) -> list[Note]:
    """The checkpoints, from the files and the table: both must tell the same, without a gap."""
    filed = {note.size: note for note in outside.files}
    named = {path.stem for path in outside.folder.glob("*.note")}  # also what was written since we looked
    stored: dict[int, str] = {}
    for row in books.notes:
        size, text = row["size"], str(row["note"])
        stored[size] = text
        if size in filed and filed[size].text != text:
            findings.add("note.differs", size=size)
    for size in sorted(filed.keys() - stored.keys()):
        findings.add("note.removed", size=size)
    in_table = [(f"audit_checkpoint {size}", text) for size, text in stored.items() if size not in filed]
    only_there = signed_notes(in_table, key, findings)
    for note in only_there:
        if str(note.size) not in named:
            findings.add("note.unfiled", size=note.size)
    notes = sorted([*outside.files, *only_there], key=lambda note: note.size)
    by_size = {note.size: note for note in notes}
    for row in books.notes:
        told = by_size.get(row["size"])
        strange = told is not None and (
            row.get("head", told.head) != told.head
            or ("made_at" in row and _instant(row["made_at"]) != told.made_at.strftime(INSTANT))
        )
        if strange:
            findings.add("note.malformed", size=row["size"])
    _in_order(notes, findings)
    return notes


def _in_order(notes: Sequence[Note], findings: Findings) -> None:
    """Each names the one before, and none is older than that."""
    before: Note | None = None
    for note in notes:
        if note.previous != ("-" if before is None else HASHES[note.algorithm](before.text.encode())):
            findings.add("note.missing", size=note.size)
        if before is not None and note.made_at < before.made_at:
            findings.add("note.time", size=note.size)
        before = note


class _Walk:
    """Recomputes the chain. `heads` at the sizes wanted; `uncovered`: time of the first row behind the last
    checkpoint; `whole`: the end was reached."""

    def __init__(
        self, service: str, algorithm: str, notes: Sequence[Note], wanted: set[int], as_of: datetime
    ) -> None:
        self._digest = HASHES[algorithm]
        self._covered = notes[-1].size if notes else 0
        self._wanted = wanted
        self._times = _Times(notes, as_of)
        self.head = self._digest(b"\x00" + f"{ORIGIN}{service}".encode())
        self.heads: dict[int, str] = {}
        self.length = 0
        self.uncovered: str | None = None
        self.whole = False

    def go(self, books: Books, log: "_EventLog", findings: Findings) -> None:
        for link in books.links():
            seq = self.length + 1
            fault = self._fault(seq, link)
            if fault is not None:
                findings.add(fault[0], seq=seq, **fault[1])
                return
            row = link.row or {}
            self.length = seq
            if not self._times.fits(seq, row["at"]):
                findings.add("row.time", seq=seq)
            if self.uncovered is None and seq > self._covered:
                self.uncovered = row["at"]
            log.see(seq, row)
            if seq in self._wanted:
                self.heads[seq] = self.head
        self.whole = True

    def _fault(self, seq: int, link: Link) -> tuple[str, dict[str, Any]] | None:
        """Why the walk cannot go on here, else None and the head has moved on."""
        if type(link.seq) is not int or link.seq != seq:
            return "chain.gap", {"found": link.seq}
        if link.row is None:
            return "row.missing", {}
        strange = misformed(link.row)
        if strange is not None:
            return "row.malformed", {"what": strange}
        self.head = self._digest(b"\x00" + bytes.fromhex(self.head) + canonical(link.row))
        return None if link.hash == self.head else ("row.changed", {})


def misformed(row: Mapping[str, Any]) -> str | None:
    """The first column whose value the system never writes in this form."""
    if sorted(row) != sorted(ROW):
        return "columns"
    for column, value in row.items():
        wanted = int if column in ("id", "version") else str
        if type(value) is not wanted and not (value is None and column in MAY_BE_EMPTY):
            return column
    return None if PLAIN_INSTANT.fullmatch(row["at"]) else "at"


def canonical(row: Mapping[str, Any]) -> bytes:
    return json.dumps(row, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


class _Times:
    """Whether a row's time lies between the checkpoints around it; ISO texts of one form compare like instants."""

    def __init__(self, notes: Sequence[Note], as_of: datetime) -> None:
        self._spans: list[tuple[int, str, str]] = []
        low = ""
        for size, made_at in (*((note.size, note.made_at) for note in notes), (sys.maxsize, as_of)):
            self._spans.append((size, low, (made_at + CLOCKS_DIFFER).strftime(INSTANT)))
            low = (made_at - LONGEST_ACT).strftime(INSTANT)
        self._at = 0

    def fits(self, seq: int, at: str) -> bool:
        while seq > self._spans[self._at][0]:
            self._at += 1
        _, low, high = self._spans[self._at]
        return low <= at <= high


class _EventLog:
    """The event log beside the trail: every event has one audit row, every such row its event."""

    def __init__(self, books: Books, service: str, findings: Findings) -> None:
        self._findings = findings
        self._events: dict[tuple[str, int], dict[str, str]] = {}
        self._seen: set[tuple[str, int]] = set()
        self.count = 0
        for event in books.events():
            self.count += 1
            case, version = event["case_id"], event["case_version"]
            fault = _contradiction(event, service)
            if fault is not None or (case, version) in self._events:
                findings.add("event.malformed", case=str(case), version=version, what=fault or "twice")
                continue
            digest = hashlib.sha256(_bytes(event["payload"])).hexdigest()
            self._events[case, version] = {
                "type": event["type"],
                "digest": digest,
                "recorded_at": event["recorded_at"],
            }

    def see(self, seq: int | str, row: Mapping[str, Any]) -> None:
        """Compare an audit row with its event; rows of other acts pass."""
        if row["object_kind"] != "case" or not EVENT_TYPE.fullmatch(str(row["action"])):
            return
        case, version = row["object_id"], row["version"]
        event = self._events.get((case, version))
        if event is None or (case, version) in self._seen:
            self._findings.add("event.missing", seq=seq, case=case, version=version)
            return
        self._seen.add((case, version))
        for column, value in (("type", row["action"]), ("digest", row["digest"]), ("recorded_at", row["at"])):
            if event[column] != value:
                self._findings.add("event.changed", seq=seq, case=case, version=version, what=column)

    def finish(self) -> None:
        for case, version in sorted(self._events.keys() - self._seen):
            self._findings.add("event.unaudited", case=case, version=version)
        for case, version in sorted(self._events):
            if version > 1 and (case, version - 1) not in self._events:
                self._findings.add("event.gap", case=case, version=version - 1)


def _bytes(payload: Any) -> bytes:
    return payload if isinstance(payload, bytes) else str(payload).encode()


def _contradiction(event: Mapping[str, Any], service: str) -> str | None:
    """The first column that says something else than the event's own text."""
    found = EVENT_TYPE.fullmatch(str(event["type"]))
    try:
        told = json.loads(_bytes(event["payload"]))
        partition = hashlib.sha256(uuid.UUID(event["case_id"]).bytes).digest()[0] % 64
        expected = {
            "event_id": told["id"],
            "case_id": told["data"]["case_id"],
            "case_version": told["data"]["case_version"],
            "type": told["type"],
            "subject": f"disputes.{service}.p{partition:02d}.{found[2] if found else ''}",
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return "payload"
    if found is None or found[1] != service or not isinstance(event["recorded_at"], str):
        return "type" if isinstance(event["recorded_at"], str) else "recorded_at"
    return next((column for column, value in expected.items() if event[column] != value), None)


def _unchained(books: Books, log: _EventLog, as_of: datetime, findings: Findings) -> None:
    # Of an export only its own clock knows what had waited for how long when it was taken.
    taken = as_of if books.at is None else min(as_of, instant_of(books.at))
    limit = (taken - CHAINED_WITHIN).strftime(INSTANT)
    late = [row for row in books.unchained if not isinstance(row["at"], str) or row["at"] < limit]
    if late:
        findings.add("row.late", count=len(late), id=late[0]["id"])
    ids = {row["id"] for row in books.unchained}
    if books.waiting is not None and ids - books.waiting:
        findings.add("row.forgotten", count=len(ids - books.waiting), id=min(ids - books.waiting))
    if books.waiting is not None and books.waiting - ids:
        findings.add("row.queued", id=min(books.waiting - ids))
    for row in books.unchained:
        log.see("-", row)


def _is_recent(
    last: Note, uncovered: str | None, as_of: datetime, max_age: float | None, findings: Findings
) -> None:
    too_old = max_age is not None and as_of - last.made_at > timedelta(seconds=max_age)
    if too_old or (uncovered is not None and uncovered < (as_of - COVERED_WITHIN).strftime(INSTANT)):
        findings.add("note.old", at=last.made_at.strftime(INSTANT))


# --- figure -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Case:
    """The newest version of one case, as the event log tells it."""

    kind: str
    id: str
    version: int
    facts: Mapping[str, Any]

    @property
    def region(self) -> str:
        return str(self.facts["authority_region" if self.kind == "reconsideration_case" else "region"])


# Facts of each kind with the value that is left out of the canonical form. The digest of a case is SHA-256 of that.
NO_DEFAULT = object()
_MUST = dict.fromkeys
FACTS: Mapping[str, Mapping[str, Any]] = {
    "reconsideration_case": {
        "void": False,
        **_MUST(
            ["case_number", "authority_region", "authority_level", "law_version", "received_on"], NO_DEFAULT
        ),
        **_MUST(
            [
                "respondent_type",
                "channel",
                "accepted_on",
                "refused_on",
                "refusal",
                "procedure",
                "decision_due_on",
            ]
        ),
        **_MUST(["closed_on", "outcome", "termination_ground", "withdraw_reason"]),
        **_MUST(("is_group", "due_provisional"), False),
        "opinion_letters_on": [],
        "recommendation_letters_on": [],
        **_MUST(("filed_on", "agent_point", "act_head", "applicant_count", "accept_mode")),
        **_MUST(("supplement_requested_on", "converted_on", "suspended_since", "committee_consulted_on")),
        **_MUST(("delivered_on", "effective_on", "sue_due_on", "sued_on", "suit_reference", "petitioned_on")),
        **_MUST(("performance_due_on", "performed_on", "reopened_on", "compensation_fen", "merged_into")),
        **_MUST(("prerequisite", "is_enterprise", "merged", "refused_to_other_organ"), False),
        **_MUST(("resolved_before_acceptance", "no_evidence", "redo_ordered"), False),
        **_MUST(("extension_days", "suspended_days"), 0),
        "hearings": [],
        "decision_items": [],
        "letters": [],
        "linked": [],
    },
    "mediation_case": {
        "void": False,
        **_MUST(("case_number", "region", "registered_on"), NO_DEFAULT),
        "scope": "people",
        **_MUST(
            [
                "source",
                "referral",
                "dispute_type",
                "accepted_on",
                "declined_on",
                "due_on",
                "closed_on",
                "outcome",
            ]
        ),
        **_MUST(("termination_reason", "effective_on", "confirmed_on")),
        "amount_fen": 0,
    },
    "mediation_organisation": {
        "void": False,
        **_MUST(("region", "org_type"), NO_DEFAULT),
        **_MUST(("is_industry", "is_agent_point"), False),
        **_MUST(("established_on", "dissolved_on")),
    },
    "litigation_case": {
        "void": False,
        **_MUST(("case_number", "region", "instance", "notified_on"), NO_DEFAULT),
        **_MUST(("first_heard_on", "closed_on", "result", "reconsideration_case", "performed_on")),
        "hearings": [],
        **_MUST(
            ["duty", "court_notified", "met", "met_by_principal", "excused", "lost", "by_judgment"], False
        ),
        "performed_fen": 0,
    },
}
# The same for what stands in the lists of a kind.
LISTED: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("reconsideration_case", "hearings"): _MUST(("held_on", "attended_by_head"), NO_DEFAULT),
    ("reconsideration_case", "letters"): {
        **_MUST(("kind", "issued_on"), NO_DEFAULT),
        **_MUST(("received_on", "due_on", "feedback_on", "adopted")),
    },
    ("reconsideration_case", "linked"): _MUST(("service", "case_id"), NO_DEFAULT),
    ("litigation_case", "hearings"): {"on": NO_DEFAULT, "officer": None},
}
SERVICE_OF = {kind: kind.partition("_")[0] for kind in FACTS}

# Measures: dated by the first of these facts that is known, counted when all conditions hold; a tuple means one of.
Condition = Mapping[str, Any]
_CLOSED: tuple[tuple[str, ...], Condition] = (("closed_on",), {"accepted_on": ...})
_T1 = {"outcome": "terminated", "termination_ground": "T1"}
_DUTY = {"duty": True}
_AFTER_RECONSIDERATION = {"instance": "first", "reconsideration_case": ...}


def _outcomes(**measures: Any) -> dict[str, tuple[tuple[str, ...], Condition]]:
    return {name: (_CLOSED[0], {**_CLOSED[1], "outcome": value}) for name, value in measures.items()}


MEASURES: Mapping[str, Mapping[str, tuple[tuple[str, ...], Condition]]] = {
    "reconsideration_case": {
        "received": (("received_on",), {}),
        "accepted": (("accepted_on",), {}),
        "not_accepted": (("refused_on",), {"refusal": "not_accepted"}),
        "abandoned": (("refused_on",), {"refusal": "abandoned"}),
        "disposed": (("refused_on", "closed_on"), {}),
        "concluded": _CLOSED,
        **_outcomes(
            upheld="upheld",
            varied="varied",
            revoked=("revoked", "partly_revoked"),
            confirmed_unlawful="confirmed_unlawful",
            confirmed_void="confirmed_void",
            performance_ordered="performance_ordered",
            agreement_liable="agreement_liable",
            mediated="mediated",
            terminated="terminated",
        ),
        "withdrawn": (_CLOSED[0], {**_CLOSED[1], **_T1}),
        "withdrawn_settled": (_CLOSED[0], {**_CLOSED[1], **_T1, "withdraw_reason": "settled"}),
        "withdrawn_changed": (_CLOSED[0], {**_CLOSED[1], **_T1, "withdraw_reason": "respondent_changed_act"}),
        "summary_concluded": (_CLOSED[0], {**_CLOSED[1], "procedure": "summary"}),
    },
    "mediation_case": {
        "accepted": (("accepted_on",), {}),
        "concluded": (("closed_on",), {"declined_on": None}),
        "agreed": (("closed_on",), {"declined_on": None, "outcome": ("agreed_written", "agreed_oral")}),
        "agreed_written": (("closed_on",), {"declined_on": None, "outcome": "agreed_written"}),
        "failed": (("closed_on",), {"declined_on": None, "outcome": "failed"}),
    },
    "litigation_case": {
        "notified": (("notified_on",), {}),
        "heard": (("first_heard_on",), {}),
        "duty": (("first_heard_on",), _DUTY),
        "met": (("first_heard_on",), {**_DUTY, "met": True}),
        "principal": (("first_heard_on",), {**_DUTY, "met": True, "met_by_principal": True}),
        "excused": (("first_heard_on",), {**_DUTY, "excused": True, "met": False}),
        "required": (("first_heard_on",), {**_DUTY, "court_notified": True}),
        "required_met": (("first_heard_on",), {**_DUTY, "court_notified": True, "met": True}),
        "concluded": (("closed_on",), {}),
        "concluded_first": (("closed_on",), {"instance": "first"}),
        "lost_first": (("closed_on",), {"instance": "first", "lost": True}),
        "concluded_after_reconsideration": (("closed_on",), _AFTER_RECONSIDERATION),
        "lost_after_reconsideration": (("closed_on",), {**_AFTER_RECONSIDERATION, "lost": True}),
    },
}


def newest_cases(paths: Sequence[Path], findings: Findings) -> tuple[dict[tuple[str, str], Case], set[str]]:
    """The newest version of each case, and the services whose logs were read."""
    cases: dict[tuple[str, str], Case] = {}
    told: dict[tuple[str, int], str] = {}
    services: set[str] = set()
    for path in paths:
        for service, event in _logged_events(path, findings):
            services.add(service)
            if event is None:
                continue
            told_facts = event["data"]["facts"]
            case_id, version = str(event["data"]["case_id"]), int(event["data"]["case_version"])
            is_organisation = event["type"].startswith("dingfen.mediation.organisation_")
            kind = "mediation_organisation" if is_organisation else f"{service}_case"
            case = Case(kind, case_id, version, told_facts)
            if told.setdefault((case_id, version), facts_digest(case)) != facts_digest(case):
                findings.add("log.fork", case=case_id, version=version)
            known = cases.get((kind, case_id))
            if known is None or version > known.version:
                cases[kind, case_id] = case
    return cases, services


def _logged_events(path: Path, findings: Findings) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    """(service, None) and then (service, event) of one export; a hole in the numbers or a missing end is a finding."""
    service, before, ended = "", 0, False
    for line in json_lines(path):
        if "export" in line:
            service = str(line["service"])
            yield service, None
        elif "end" in line:
            ended = line["end"] == {"events": before}
        else:
            if line["pub_seq"] != before + 1:
                findings.add("log.gap", what=service, seq=before)
            before = line["pub_seq"]
            yield service, line["event"]
    if not ended:
        findings.add("export.cut", what=str(path))


def facts_digest(case: Case) -> str:
    """As services and reporting compute it: known facts that differ from their default, keys sorted."""
    facts = _without_defaults(case.facts, FACTS[case.kind])
    for (kind, name), known in LISTED.items():
        if kind == case.kind and name in facts:
            facts[name] = [_without_defaults(listed, known) for listed in facts[name]]
    return hashlib.sha256(canonical(facts)).hexdigest()


def _without_defaults(told: Mapping[str, Any], known: Mapping[str, Any]) -> dict[str, Any]:
    return {name: told[name] for name, default in known.items() if name in told and told[name] != default}


def check_figure(options: argparse.Namespace, findings: Findings) -> None:
    figure = json.loads(options.figure.read_text(encoding="utf-8"))
    parts = {"numerator": figure["numerator_terms"], "denominator": figure["denominator_terms"] or []}
    unknown = {
        f"{term['kind']}.{term['measure']} {term['basis']}"
        for terms in parts.values()
        for term in terms
        if term["measure"] not in MEASURES.get(term["kind"], {}) or term["basis"] not in BASES
    }
    if unknown or figure["unit"] not in ("percent", "ratio", "count"):
        findings.add("figure.unknown", what=", ".join(sorted(unknown)) or figure["unit"])
        return
    if figure.get("withheld"):
        findings.add("figure.withheld")
        return
    cases, services = newest_cases(options.events, findings)
    for kind in sorted({term["kind"] for terms in parts.values() for term in terms}):
        if SERVICE_OF[kind] not in services:
            findings.add("log.missing", what=SERVICE_OF[kind])
    counted = {part: _counted(cases.values(), terms, figure) for part, terms in parts.items()}
    numerator = sum(counted["numerator"].values())
    denominator = None if figure["denominator_terms"] is None else sum(counted["denominator"].values())
    found = {
        "numerator": numerator,
        "denominator": denominator,
        "rate": rate_text(numerator, denominator, figure),
    }
    for name, value in found.items():
        if figure[name] != value:
            findings.add("figure.differs", what=name, told=figure[name], found=value)
    listed = sorted({case for part in counted.values() for case in part})
    lines = "".join(
        f"{kind} {case} {cases[kind, case].version} {facts_digest(cases[kind, case])}\n"
        for kind, case in listed
    )
    findings.checked |= {
        "indicator": figure["indicator"],
        "definition": figure["definition"],
        **found,
        "digest": hashlib.sha256(lines.encode()).hexdigest(),
        "cases": [
            {"kind": kind, "case_id": case, **{part: counted[part].get((kind, case), 0) for part in counted}}
            for kind, case in listed
        ],
    }


BASES: Mapping[str, Callable[[str, str, str], bool]] = {
    "flow": lambda day, start, end: start <= day <= end,
    "stock_start": lambda day, start, end: day < start,
    "stock_end": lambda day, start, end: day <= end,
}


def _counted(
    cases: Iterable[Case], terms: Sequence[Mapping[str, Any]], figure: Mapping[str, Any]
) -> dict[tuple[str, str], int]:
    """What each case adds to a sum of terms; cases that add nothing are left out."""
    found: dict[tuple[str, str], int] = {}
    for case in cases:
        if case.facts.get("void") or not _belongs(case, figure):
            continue
        amount = 0
        for term in terms:
            if term["kind"] == case.kind:
                day = _measured_on(case, term["measure"])
                inside = day is not None and BASES[term["basis"]](day, figure["start"], figure["end"])
                amount += term["sign"] if inside else 0
        if amount:
            found[case.kind, case.id] = amount
    return found


def _belongs(case: Case, figure: Mapping[str, Any]) -> bool:
    """Region and scope. What contains a region is written in its code: 150625 lies in 150600, 150000 and 000000."""
    if case.kind == "mediation_case" and case.facts.get("scope", "people") != figure["scope"]:
        return False
    code, asked = case.region, str(figure["region"])
    if figure["own"]:
        return code == asked
    county = code[:6]
    return asked in {code, code[:9], county, county[:4] + "00", county[:2] + "0000", "000000"}


def _measured_on(case: Case, measure: str) -> str | None:
    dates, conditions = MEASURES[case.kind][measure]
    for name, wanted in conditions.items():
        value = case.facts.get(name, FACTS[case.kind][name])
        if wanted is ...:
            holds = value is not None
        else:
            holds = value in wanted if isinstance(wanted, tuple) else value == wanted
        if not holds:
            return None
    return next((str(case.facts[name]) for name in dates if case.facts.get(name) is not None), None)


def rate_text(numerator: int, denominator: int | None, figure: Mapping[str, Any]) -> str | None:
    """The quotient in the declared decimals, by whole numbers alone. 100 % is said of all, never of nearly all."""
    if figure["unit"] == "count" or denominator is None or denominator <= 0:
        return None
    scale, step = (100 if figure["unit"] == "percent" else 1), 10 ** int(figure["decimals"])
    printed, rest = divmod(abs(numerator) * scale * step, denominator)
    printed += figure["rounding"] == "half_up" and 2 * rest >= denominator
    if figure["unit"] == "percent" and abs(numerator) < denominator:
        printed = min(printed, 100 * step - 1)
    if figure["unit"] == "percent" and abs(numerator) > denominator:
        printed = max(printed, 100 * step + 1)
    whole, fraction = divmod(printed, step)
    sign = "-" if numerator < 0 and printed else ""
    return f"{sign}{whole}" + (f".{fraction:0{figure['decimals']}d}" if figure["decimals"] else "")


# --- accounting ---------------------------------------------------------------------------------------------------


def check_accounting(options: argparse.Namespace, findings: Findings) -> None:
    cases, services = newest_cases(options.log, findings)
    logged = {key: (case.version, facts_digest(case)) for key, case in cases.items()}
    reported: dict[tuple[str, str], tuple[int, str]] = {}
    ended = False
    for line in json_lines(options.facts):
        if "export" in line:
            continue
        if "end" in line:
            ended = line["end"] == {"facts": len(reported)}
            continue
        reported[line["kind"], line["case_id"]] = (line["version"], line["digest"])
    if not ended:
        findings.add("export.cut", what=str(options.facts))
    for kind, service in SERVICE_OF.items():
        if service not in services and any(key[0] == kind for key in reported):
            findings.add("log.missing", what=service)
    for key in sorted(logged.keys() | reported.keys()):
        if SERVICE_OF[key[0]] in services and logged.get(key) != reported.get(key):
            findings.add("facts.differs", case=" ".join(key), told=logged.get(key), found=reported.get(key))
    if not logged and not reported:
        findings.add("nothing")
    findings.checked |= {"cases": len(logged), "facts": len(reported), "services": sorted(services)}


# --- command line -------------------------------------------------------------------------------------------------


def instant_of(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("name the time zone")
    return found.astimezone(UTC)


def parser() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(prog="dingfen-verify", description="独立核验审计记录与公布的数字。")
    shared = argparse.ArgumentParser(add_help=False)
    shared.add_argument("--lang", choices=("zh", "en"), default="zh", help="输出语言 / language")
    shared.add_argument("--json", action="store_true", help="输出 JSON")
    commands = options.add_subparsers(dest="command", required=True)
    audit = commands.add_parser("audit", parents=[shared], help="核验一个服务的审计记录")
    source = audit.add_mutually_exclusive_group(required=True)
    source.add_argument("--db", type=Path, help="该服务的 SQLite 文件（只读打开）")
    source.add_argument("--export", type=Path, help="dingfen export audit 的输出（PostgreSQL 用）")
    audit.add_argument("--checkpoints", type=Path, required=True, help="检查点文件夹")
    audit.add_argument("--key", type=Path, required=True, help="该服务的检查点公钥（.pub），须另行保管")
    audit.add_argument(
        "--witness",
        type=Path,
        action="append",
        default=[],
        help="见证方：别的服务的数据库、导出或检查点文件夹",
    )
    audit.add_argument("--service", help="服务名")
    audit.add_argument("--max-age", type=float, help="最后的检查点不得早于多少秒")
    audit.add_argument(
        "--as-of",
        type=instant_of,
        help="副本、导出的制作时间，如 2026-11-22T08:00:00+08:00；缺省为现在，对导出为文件的时间",
    )
    audit.set_defaults(check=check_audit)
    figure = commands.add_parser("figure", parents=[shared], help="由事件日志重算一个公布的数字")
    figure.add_argument("--events", type=Path, nargs="+", required=True, help="dingfen export events 的输出")
    figure.add_argument("--figure", type=Path, required=True, help="dingfen export figure 的输出")
    figure.set_defaults(check=check_figure)
    accounting = commands.add_parser("accounting", parents=[shared], help="比较事件日志与统计所知")
    accounting.add_argument("--log", type=Path, nargs="+", required=True, help="dingfen export events 的输出")
    accounting.add_argument("--facts", type=Path, required=True, help="dingfen export facts 的输出")
    accounting.set_defaults(check=check_accounting)
    return options


def main(arguments: Sequence[str] | None = None) -> int:
    """Check and say what was found; the exit status."""
    options = parser().parse_args(arguments)
    findings = Findings()
    try:
        options.check(options, findings)
    except Exception as fault:  # noqa: BLE001 - a damaged file must end as "cannot be told", never as a traceback
        findings.add("unreadable", what=f"{type(fault).__name__}: {fault}")
    _say(findings, options)
    return findings.status


def _say(findings: Findings, options: argparse.Namespace) -> None:
    language = 1 if options.lang == "zh" else 2
    texts = [str(SAID[problem["code"]][language]).format(**problem) for problem in findings.problems]
    if options.json:
        result = {OK: "ok", TAMPERED: "tampered", INCOMPLETE: "incomplete"}[findings.status]
        problems = [problem | {"text": text} for problem, text in zip(findings.problems, texts, strict=True)]
        answer = {
            "result": result,
            "exit": findings.status,
            "checked": findings.checked,
            "problems": problems,
        }
        sys.stdout.write(json.dumps(answer, ensure_ascii=False, indent=1, default=str) + "\n")
        return
    stop = "。" if options.lang == "zh" else "."
    marks = {OK: "✓", TAMPERED: "✗", INCOMPLETE: "？"}
    for problem, text in list(zip(findings.problems, texts, strict=True))[:MOST_SHOWN]:
        sys.stdout.write(f"{marks[SAID[problem['code']][0]]} {text}{stop}\n")
    for name, value in findings.checked.items():
        shown = f"{len(value)}" if isinstance(value, list) else value
        sys.stdout.write(f"  {name}: {shown}\n")
        for entry in value if isinstance(value, list) and name == "cases" else ():
            sys.stdout.write("    " + " ".join(str(part) for part in entry.values()) + "\n")
    sys.stdout.write(f"{marks[findings.status]} {VERDICTS[findings.status][language - 1]}\n")
    if options.command == "audit" and findings.status == OK:
        sys.stdout.write(f"  {NOT_COVERED[language - 1]}\n")


VERDICTS = {
    OK: ("核验通过。", "Verified."),
    TAMPERED: ("发现篡改或矛盾。", "Tampering or a contradiction was found."),
    INCOMPLETE: ("无法得出结论。", "No conclusion is possible."),
}
NOT_COVERED = (
    "最后一个检查点之后的记录（至多约一分钟）不在保证之内。",
    "Rows behind the last checkpoint (about a minute at most) are not covered.",
)


if __name__ == "__main__":
    sys.exit(main())
