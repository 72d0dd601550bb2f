"""A server in a process of its own, and a client that costs next to nothing beside it."""

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2 as httpx

from shared.contracts.reconsideration import SERVICE
from tests.bench import bare
from tests.bench.rig import Rig, Spent, run_as_a_service_does
from tests.support.broker import NatsServer, free_port
from tests.support.callers import OPERATOR_TOKEN
from tests.support.processes import HTTP, ROOT, give_operator
from tests.support.waiting import until_now

START_SECONDS = 60
DRAIN_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Server:
    """Answers on `port`; `cases` is the path that files one."""

    process: subprocess.Popen[bytes]
    port: int
    service: str

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def cases(self) -> str:
        return f"/{self.service}/cases"

    def cpu_seconds(self) -> float:
        """What the process has burnt so far; 0 where that cannot be asked of another process."""
        if sys.platform != "linux":
            return 0.0
        # clock_getcpuclockid(3), which Python lacks: exact, where the ticks of /proc/PID/stat miss short requests.
        return time.clock_gettime((~self.process.pid << 3) | 2)

    def wait_until_up(self) -> None:
        def up() -> bool:
            assert self.process.poll() is None, f"{self.service} ended by itself"
            try:
                return HTTP.get(f"{self.url}/healthz").status_code == 200
            except httpx.TransportError:
                return False

        until_now(up, what=f"{self.service} answers", seconds=START_SECONDS)

    def wait_until_published(self) -> None:
        """Until its relay is idle: what one turn left behind must not slow down the next."""

        def published() -> bool:
            return bool(HTTP.get(f"{self.url}/{self.service}/events/head").json()["waiting"] == 0)

        until_now(published, what="everything is published", seconds=DRAIN_SECONDS)


@contextmanager
def ours(rig: Rig, kind: str, nats: NatsServer) -> Iterator[Server]:
    """The reconsideration service as `dingfen serve` runs it, its relay at work."""
    folder = rig.folder()
    give_operator(folder)
    environment = {
        "DINGFEN_DATABASE_URL": rig.database_url(kind),
        "DINGFEN_NATS_URL": nats.url,
        "DINGFEN_DATA": str(folder),
    }
    port = free_port()
    command = ("services.cli", "serve", SERVICE, "--port", str(port))
    with started(rig, command, port, SERVICE, environment) as server:
        yield server


@contextmanager
def the_bare_one(rig: Rig, kind: str) -> Iterator[Server]:
    port = free_port()
    command = ("tests.bench.bare", rig.database_url(kind), str(port))
    with started(rig, command, port, bare.SERVICE, {}) as server:
        yield server


@contextmanager
def started(
    rig: Rig, command: Sequence[str], port: int, service: str, environment: Mapping[str, str]
) -> Iterator[Server]:
    """`python -m command` in a process of its own, until the block ends."""
    with (rig.folder() / "server.log").open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=output,
            stderr=output,
        )
    try:
        yield Server(process, port, service)
    finally:
        process.terminate()
        process.wait(60)


@dataclass(slots=True)
class Shot(Spent):
    """Requests that were all answered 201; `latencies` in seconds. `cpu` is the server's, 0 where unknown."""

    latencies: tuple[float, ...] = ()


def shoot(server: Server, bodies: Sequence[bytes], *, connections: int, token: str = OPERATOR_TOKEN) -> Shot:
    """Post every body as whoever has the token, over so many kept-alive connections, one request in flight on each."""
    shot, latencies = Shot(), list[float]()
    cpu = server.cpu_seconds()

    async def all_of_them() -> None:
        waiting = iter(bodies)
        opened = [await asyncio.open_connection("127.0.0.1", server.port) for _ in range(connections)]
        began = time.perf_counter()
        await asyncio.gather(*(_post(server, token, *each, waiting, latencies) for each in opened))
        shot.seconds = time.perf_counter() - began
        for _, writer in opened:
            writer.close()

    run_as_a_service_does(all_of_them())
    shot.latencies = tuple(latencies)
    shot.cpu = server.cpu_seconds() - cpu
    return shot


async def _post(
    server: Server,
    token: str,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    bodies: Iterator[bytes],
    latencies: list[float],
) -> None:
    """One request after the other. By hand: on a shared machine a general client would take the server's time."""
    for body in bodies:
        head = (
            f"POST {server.cases} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n"
            f"Authorization: Bearer {token}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        writer.write(head.encode() + body)
        answer = await reader.readuntil(b"\r\n\r\n")
        length = answer.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
        content = await reader.readexactly(int(length))
        latencies.append(time.perf_counter() - began)
        assert answer.startswith(b"HTTP/1.1 201"), (answer + content).decode()
