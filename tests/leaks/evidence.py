"""Where values could have gone, and how what lies there is brought together: one folder of evidence for each sink."""

import asyncio
import shutil
from collections.abc import Mapping
from pathlib import Path

from nats.aio.client import Client

from shared.kit.audit_checkpoints import STREAM as AUDIT_STREAM
from shared.kit.broker import STREAM
from tests.support import broker

# The sinks of the suite in a process. `answers`: what callers with the right got, masked.
BOOKS = "books"
SINKS: Mapping[str, str] = {
    BOOKS: "SQLite files of all services",
    "write-ahead logs": "what SQLite has not yet moved into its files, and its index of it",
    "broker store": "raw files of JetStream",
    "messages": "every message of every stream, with its headers",
    "suite log": "suite.log at DEBUG",
    "broker log": "nats.log",
    "other data": "whatever else lies in the data folder",
    "screen": "what was printed",
    "temporary files": "the process's own TMPDIR",
    "described": "interfaces, event contracts, health, metrics",
    "exports": "dingfen export, and audit rows as the auditor gets them",
    "answers": "answers to who may",
    "without the right": "answers to who may not",
    "erased": "a case after its erasure",
    "pages": "what browsers show",
    "imports": "answers to ledgers",
    "refusals": "bodies of 4xx",
    "failures": "bodies of 5xx",
    "headers": "headers of every answer",
}
_WALS = (".db-wal", ".db-shm", ".db-journal")


def sink_of(relative: Path) -> str:
    """Which sink a file of the data folder belongs to."""
    name = relative.name
    if name.endswith(".db"):
        return BOOKS
    if name.endswith(_WALS):
        return "write-ahead logs"
    if relative.parts[0] == "nats":
        return "broker log" if name == "nats.log" else "broker store"
    return "suite log" if name == "suite.log" else "other data"


def take_data_folder(data: Path, evidence: Path) -> None:
    """Copy it as it is, while everything runs."""
    for path in sorted(data.rglob("*")):
        relative = path.relative_to(data)
        if path.is_file():
            _copy(path, evidence / sink_of(relative) / relative)


def take_folder(folder: Path, evidence: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            _copy(path, evidence / path.relative_to(folder))
    evidence.mkdir(parents=True, exist_ok=True)


def _copy(path: Path, to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    try:
        shutil.copyfile(path, to)
    except FileNotFoundError:
        return  # it lived shorter than the walk through the folder


async def _read(url: str, into: Path) -> None:
    client = Client()
    await client.connect(url)
    stream_manager = client.jetstream()
    for stream in (STREAM, AUDIT_STREAM):
        state = (await stream_manager.stream_info(stream)).state
        for place in range(state.first_seq, state.last_seq + 1):
            message = await stream_manager.get_msg(stream, place)
            headers = "".join(f"{key}: {value}\n" for key, value in (message.headers or {}).items())
            told = f"{message.subject}\n{headers}\n".encode() + (message.data or b"")
            (into / f"{stream}-{place:06d}").write_bytes(told)
    await client.close()


async def _publish(url: str, content: bytes) -> None:
    client = Client()
    await client.connect(url)
    await client.jetstream().publish("disputes.reconsideration.p00.planted", content)
    await client.close()


def with_broker(folder: Path, *, publish: bytes | None = None, into: Path | None = None) -> None:
    """On a folder that holds a copied store as `store`: put a message in, take all messages out."""
    with broker.running(folder) as server:
        if publish is not None:
            asyncio.run(_publish(server.url, publish))
        if into is not None:
            into.mkdir(parents=True, exist_ok=True)
            asyncio.run(_read(server.url, into))
