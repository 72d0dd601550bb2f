"""A service as a process of its own, that can be killed at any moment and started again on the same books."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.support.broker import free_port
from tests.support.callers import OPERATOR_TOKEN, bearer
from tests.support.waiting import until_now

ROOT = Path(__file__).resolve().parents[2]


def client() -> httpx.Client:
    """Plain HTTP on loopback, as the operator: no proxy of the machine, no certificates to load for each request."""
    return httpx.Client(timeout=30, trust_env=False, verify=False, headers=bearer(OPERATOR_TOKEN))


def give_operator(folder: Path) -> None:
    """Let the processes on this data folder know the operator of the test, as if an earlier start had made it."""
    keys = folder / "keys"
    keys.mkdir(parents=True, exist_ok=True, mode=0o700)
    token = keys / "operator.token"
    token.touch(mode=0o600)
    token.write_text(OPERATOR_TOKEN, encoding="ascii")


HTTP = client()


class ServiceProcess:
    """`dingfen serve SERVICE` on a port of its own."""

    def __init__(self, service: str, *, nats_url: str, database_url: str, folder: Path) -> None:
        self.service = service
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._log = folder / f"{service}-{self.port}.log"
        self._environment: Mapping[str, str] = {
            **os.environ,
            "DINGFEN_NATS_URL": nats_url,
            "DINGFEN_DATABASE_URL": database_url,
            "DINGFEN_DATA": str(folder),
        }
        self._process: subprocess.Popen[bytes] | None = None
        give_operator(folder)

    def start(self) -> None:
        with self._log.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", "serve", self.service, "--port", str(self.port)],
                cwd=ROOT,
                env=dict(self._environment),
                stdout=output,
                stderr=output,
            )

    def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        if self._process is not None:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(60)
            self._process = None

    def health(self) -> dict[str, Any] | None:
        """What the service says of itself, or None while nobody answers."""
        try:
            answer = HTTP.get(f"{self.url}/readyz", timeout=5)
        except httpx.TransportError:
            return None
        facts: dict[str, Any] = answer.json()["services"][self.service]
        return facts

    def listens(self) -> bool:
        """Whether somebody takes connections, ready or not."""
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def wait_until_ready(self) -> None:
        def ready() -> bool:
            assert self._process is None or self._process.poll() is None, self._log.read_text(
                encoding="utf-8"
            )
            health = self.health()
            return health is not None and bool(health["ready"])

        until_now(ready, what=f"{self.service} ready on {self.port}", seconds=60)
