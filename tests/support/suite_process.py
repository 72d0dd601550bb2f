"""The whole suite as a newcomer starts it: `dingfen up`, in a process of its own, with its own broker."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx2 as httpx

from tests.support.broker import free_port
from tests.support.processes import HTTP, ROOT, give_operator
from tests.support.waiting import until_now


class SuiteProcess:
    """`dingfen up` on a free port with its data in `folder`."""

    def __init__(self, folder: Path, *, sample: bool = True) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._options = () if sample else ("--no-sample",)
        self._process: subprocess.Popen[bytes] | None = None
        self.screen = folder.with_suffix(".screen")

    @property
    def environment(self) -> Mapping[str, str]:
        return {**os.environ, "DINGFEN_DATA": str(self.folder), "DINGFEN_URL": self.url, "COLUMNS": "200"}

    def start(self, *, seconds: float = 240) -> None:
        """Start and wait until the addresses are printed: the sample is then loaded and counted."""
        give_operator(self.folder)
        with self.screen.open("ab") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "services.cli", "up", "--port", str(self.port), *self._options],
                cwd=ROOT,
                env=dict(self.environment),
                stdout=output,
                stderr=output,
            )
        began = len(self.printed())

        def greeted() -> bool:
            assert self._process is not None
            assert self._process.poll() is None, self.printed()
            return "Ctrl-C" in self.printed()[began:]

        until_now(greeted, what="the suite greets", seconds=seconds)

    def printed(self) -> str:
        return self.screen.read_text(encoding="utf-8") if self.screen.exists() else ""

    def stop(self, how: signal.Signals = signal.SIGINT) -> int:
        """Ctrl-C; the exit status."""
        assert self._process is not None
        self._process.send_signal(how)
        status = self._process.wait(60)
        self._process = None
        return status

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """One `dingfen` command against this suite."""
        return subprocess.run(
            [sys.executable, "-m", "services.cli", *arguments],
            cwd=ROOT,
            env=dict(self.environment),
            capture_output=True,
            encoding="utf-8",
            timeout=240,
        )

    def json(self, *arguments: str) -> Any:
        answer = self.command(*arguments, "--json")
        assert answer.returncode == 0, answer.stdout + answer.stderr
        return json.loads(answer.stdout)

    def get(self, path: str, **query: str) -> httpx.Response:
        # Empty parameters would erase a query that the path brings along.
        return HTTP.get(self.url + path, params=query or None)

    def post(self, path: str, body: dict[str, Any], **headers: str) -> httpx.Response:
        return HTTP.post(self.url + path, json=body, headers=headers)
