"""The embedded nats-server: one child process that lives and dies with the suite, and is restarted if it dies alone."""

import asyncio
import contextlib
import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import structlog

from shared.kit.broker import server_binary, server_config
from shared.kit.broker_users import public_keys
from shared.kit.keys import Keys
from shared.kit.threads import in_thread

START_SECONDS = 15.0
STOP_SECONDS = 10.0
_PR_SET_PDEATHSIG = 1

log = structlog.get_logger()


class BrokerMissing(RuntimeError):
    """There is no nats-server, or it does not start; the message says what to do."""


class EmbeddedBroker:
    """nats-server on a free loopback port with its store in `folder`.

    With `keys` it lets in only the users of `shared.kit.broker_users`, whose keys are made on first use.
    """

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        self._folder = folder
        self._keys = keys
        self._process: subprocess.Popen[bytes] | None = None
        self._port = _free_port()
        self.url = f"nats://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start and wait until it answers.

        Raises:
            BrokerMissing: no binary, or no answer; the sentence says what to do
        """
        self.spawn()
        self.wait_until_it_answers()

    def spawn(self) -> None:
        """Start it without waiting, so that its start-up and ours go on at the same time."""
        binary = server_binary()
        if binary is None:
            raise BrokerMissing("找不到 nats-server：请先运行 make setup，它随依赖一起安装。")
        self._folder.mkdir(parents=True, exist_ok=True)
        _end_orphan(self._folder)
        config = self._folder / "nats.conf"
        users = public_keys(self._keys) if self._keys is not None else None
        config.write_text(server_config(self._folder, port=self._port, users=users), encoding="utf-8")
        with (self._folder / "nats.log").open("ab") as output:
            self._process = subprocess.Popen(  # noqa: S603 - the binary of our own dependencies
                [binary, "-c", str(config)],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,  # Ctrl-C is for the suite; it stops the broker last
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,
            )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process is not None and self._process.poll() is None:
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", self._port), timeout=1) as probe,
            ):
                if b'"jetstream":true' in probe.recv(4096):
                    return
        self.stop()
        raise BrokerMissing(f"nats-server 没有启动成功，原因见 {self._folder / 'nats.log'}。")

    async def watch(self) -> None:
        """Start it again whenever it ends by itself; after a full disk only a restart helps it."""
        while True:
            if self._process is not None and self._process.poll() is not None:
                log.error("broker.died", status=self._process.returncode)
                try:
                    await in_thread(self.start)
                except BrokerMissing as failure:
                    log.error("broker.not_restarted", reason=str(failure))
            await asyncio.sleep(0.5)

    def stop(self) -> None:
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _die_with_parent() -> None:
    """Ask Linux to end the broker when the suite is killed; two brokers on one store would destroy it."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _end_orphan(folder: Path) -> None:
    """End a broker that an earlier suite left behind on this store, and wait until it is gone."""
    try:
        pid = int((folder / "nats.pid").read_text(encoding="ascii").strip())
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError):
        return
    if str(folder / "nats.conf").encode() not in command:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while Path(f"/proc/{pid}").exists() and time.monotonic() < deadline:
        time.sleep(0.05)
