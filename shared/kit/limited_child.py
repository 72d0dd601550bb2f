"""A process of its own for files of strangers: what a parser does wrong ends there, and what it may use is limited.

The parent hands the file to `LimitedChild.read`; the child's module calls `seal_off` before it reads its input.
"""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

_STANDARD_STREAMS = 3


class ChildBusy(Exception):
    """Others are being read; this one has waited its time."""


class ChildTooHeavy(Exception):
    """The file took more memory or time than is allowed, or brought its reader down."""


class ChildFailed(Exception):
    """The reader gave up: the file is not what it should be."""


class LimitedChild:
    """Starts `python -m module` for one file at a time and gives what it writes."""

    def __init__(self, module: str, *, seconds: float, at_once: int = 2) -> None:
        self.command: tuple[str, ...] = (sys.executable, "-B", "-P", "-m", module)
        self.seconds = seconds
        self.turns = threading.BoundedSemaphore(at_once)

    def read(self, content: bytes) -> bytes:
        """What the child writes about `content`.

        Raises:
            ChildBusy, ChildTooHeavy, ChildFailed
        """
        if not self.turns.acquire(timeout=self.seconds):
            raise ChildBusy
        try:
            finished = subprocess.run(  # noqa: S603 - a fixed command; the file only goes to its standard input
                self.command,
                input=content,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,  # a parser's complaint may quote the file
                timeout=self.seconds,
                env=environment(),
                check=False,
            )
        except subprocess.TimeoutExpired as slow:
            raise ChildTooHeavy from slow
        finally:
            self.turns.release()
        if finished.returncode == 1:
            raise ChildFailed
        if finished.returncode != 0:
            raise ChildTooHeavy
        return finished.stdout


def environment() -> dict[str, str]:
    """Nothing that is secret in this process belongs into one that parses strangers' files."""
    passed_on = {name: os.environ[name] for name in ("SYSTEMROOT", "LD_LIBRARY_PATH") if name in os.environ}
    return {**passed_on, "PYTHONPATH": str(Path(__file__).parents[2])}


def seal_off(load: Callable[[], None], *, memory_bytes: int, cpu_seconds: int) -> None:
    """Give up all that reading a file does not need: memory, time, files, the network and other processes.

    `load` loads what is otherwise loaded when it is first needed: soon no file can be opened any more.
    """
    if sys.platform == "win32":
        return
    import resource

    load()
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_seconds,
        resource.RLIMIT_FSIZE: 0,  # nothing of the file may reach a disk,
        resource.RLIMIT_CORE: 0,  # not even when the process dies
        resource.RLIMIT_NOFILE: _STANDARD_STREAMS,  # no file of this machine, and no socket, can be opened
        resource.RLIMIT_NPROC: 0,
    }
    if sys.platform == "darwin":  # which refuses this one
        del limits[resource.RLIMIT_AS]
    for kind, limit in limits.items():
        _, highest = resource.getrlimit(kind)
        allowed = limit if highest == resource.RLIM_INFINITY else min(limit, highest)
        resource.setrlimit(kind, (allowed, allowed))
