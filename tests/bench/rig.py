"""Where measurements take place: fresh databases of both kinds, folders, a garbage collector set as in a service."""

import asyncio
import gc
import time
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

import psycopg
import uvloop

from shared.kit import collector

Json = dict[str, Any]
SQLITE, POSTGRESQL = "sqlite", "postgresql"


@dataclass(slots=True)
class Rig:
    """`told` hears of every turn. Without `postgres_url` only SQLite is measured."""

    root: Path
    postgres_url: str | None
    told: Callable[[str], object] = lambda _turn: None
    _made: int = field(default=0, init=False)

    @property
    def kinds(self) -> tuple[str, ...]:
        return (SQLITE,) if self.postgres_url is None else (SQLITE, POSTGRESQL)

    def folder(self) -> Path:
        self._made += 1
        made = self.root / str(self._made)
        made.mkdir(parents=True)
        return made

    def database_url(self, kind: str, services: Sequence[str] = ()) -> str:
        """A new, empty database of this kind; of several services one each, with `{service}` in the URL."""
        place = "_{service}" if services else ""
        if kind == SQLITE:
            return f"sqlite:///{self.folder() / f'bench{place}.db'}"
        assert self.postgres_url is not None
        name = f"b{uuid4().hex}{place}"
        with psycopg.connect(plain(self.postgres_url), autocommit=True) as connection:
            for service in services or ("",):
                connection.execute(f'CREATE DATABASE "{name.replace("{service}", service)}"')
        head, _, query = self.postgres_url.partition("?")
        return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def plain(url: str) -> str:
    """The URL without the name of SQLAlchemy's driver."""
    return url.replace("+psycopg", "")


@dataclass(slots=True)
class Spent:
    """What a block took: seconds on the wall, and CPU seconds of this process."""

    seconds: float = 0.0
    cpu: float = 0.0


@contextmanager
def spending() -> Iterator[Spent]:
    spent, began, cpu = Spent(), time.perf_counter(), time.process_time()
    try:
        yield spent
    finally:
        spent.seconds, spent.cpu = time.perf_counter() - began, time.process_time() - cpu


def per_event(count: int, turns: Sequence[Spent]) -> Json:
    return {
        "events": count,
        "rounds": len(turns),
        "events_per_s": round(median(count / turn.seconds for turn in turns)),
        "cpu_us_per_event": round(median(turn.cpu / count * 1e6 for turn in turns), 1),
    }


def ratio(ones: Sequence[Spent], others: Sequence[Spent]) -> float:
    """How long the ones took, in units of what the others took in the same rounds."""
    return round(median(one.seconds / other.seconds for one, other in zip(ones, others, strict=True)), 3)


@contextmanager
def collecting_as_a_service_does() -> Iterator[None]:
    """With Python's defaults everything here would be slower than it is there."""
    before = gc.get_threshold()
    collector.settle()
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def run_as_a_service_does(work: Coroutine[Any, Any, None]) -> None:
    """On the event loop that uvicorn takes."""
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(work)
