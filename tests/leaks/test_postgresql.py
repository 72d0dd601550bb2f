"""The same on PostgreSQL, in this process: every column of every table as bytes, and commits that fail with words
that repeat a row, as the database's own do."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from unittest.mock import patch
from uuid import uuid4

import psycopg
import pytest
import structlog
from psycopg import sql
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import IntegrityError, OperationalError

from services.identity import main as identity_main
from services.identity.passwords import Passwords
from services.suite import SERVICES, application
from shared.kit.logging import configure
from shared.kit.settings import Settings
from tests.authz.people import QUICK
from tests.leaks import breaking, flows
from tests.leaks.canaries import Canary, Crowd
from tests.leaks.flows import Walk
from tests.leaks.recorder import Recorder
from tests.leaks.scanner import Scanner
from tests.leaks.staff import employed
from tests.support.client import Client
from tests.support.suites import HERE, NOWHERE

PLANTED = Canary("name", "司徒𠮷焱")
SINKS = ("columns", "log", "answers", "without the right", "erased", "refusals", "failures", "headers")


@dataclass(frozen=True, slots=True)
class Walked:
    folder: Path
    recorder: Recorder
    url: str  # with a place for the service's name


@pytest.fixture(scope="module")
def walked(postgres_server: str, tmp_path_factory: pytest.TempPathFactory, crowd: Crowd) -> Iterator[Walked]:
    folder = tmp_path_factory.mktemp("leaks-postgresql")
    url = _databases(postgres_server)
    settings = Settings(data=folder / "data", database_url=url)
    settings.data.mkdir()
    evidence = folder / "evidence"
    (evidence / "log").mkdir(parents=True)
    with (
        _logging_into(evidence / "log" / "suite.log"),
        patch.object(identity_main, "Passwords", partial(Passwords, QUICK)),
        Client(
            application(settings, nats_url=NOWHERE), base_url=HERE, raise_server_exceptions=False
        ) as client,
    ):
        staff = employed(client, settings)
        recorder = Recorder(client, evidence, crowd)
        for walk in flows.walks(recorder, staff, crowd):
            flows.good_ways(walk)
            flows.last_ways(walk)
            _break(walk)
        _dump(url, evidence / "columns")
        yield Walked(evidence, recorder, url)


def _databases(server: str) -> str:
    name = f"t{uuid4().hex[:16]}"
    with psycopg.connect(server.replace("+psycopg", ""), autocommit=True) as connection:
        for service in SERVICES:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(f"{name}_{service}")))
    head, _, query = server.partition("?")
    return f"{head.rpartition('/')[0]}/{name}_{{service}}" + (f"?{query}" if query else "")


@contextmanager
def _logging_into(file: Path) -> Iterator[None]:
    """Everything at DEBUG, as the suite's own process configures it; afterwards as it was."""
    root = logging.getLogger()
    handlers, level, known = root.handlers[:], root.level, structlog.get_config()
    with file.open("a", encoding="utf-8") as stream:
        configure("DEBUG", stream)
        try:
            yield
        finally:
            root.handlers[:], root.level = handlers, level
            structlog.configure(**known)


def _break(walk: Walk) -> None:
    case = walk.file()
    person = walk.persons[0]
    words = f"Failing row contains ({person.name.value}, {person.id_number.value}, {walk.sentences[0].value})"
    failures: tuple[tuple[Exception, int], ...] = (
        (IntegrityError("COMMIT", {"name": words}, psycopg.errors.CheckViolation(words)), 500),
        (OperationalError("COMMIT", {"name": words}, psycopg.OperationalError(words)), 503),
        (RuntimeError(words), 500),
    )
    for failure, status in failures:
        with _failing_commits(walk.trade.service, failure):
            assert status in breaking.acts(walk, case)


@contextmanager
def _failing_commits(service: str, failure: Exception) -> Iterator[None]:
    """No transaction on the service's database is committed."""

    def refuse(connection: Connection) -> None:
        if (connection.engine.url.database or "").endswith(service):
            raise failure

    event.listen(Engine, "commit", refuse)
    try:
        yield
    finally:
        event.remove(Engine, "commit", refuse)


def _dump(url: str, into: Path) -> None:
    """As a superuser, whom row-level security does not stop; a file for each table."""
    into.mkdir(parents=True, exist_ok=True)
    for service in SERVICES:
        with psycopg.connect(url.replace("+psycopg", "").replace("{service}", service)) as connection:
            tables = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            assert tables
            for (table,) in tables:
                rows = connection.execute(
                    sql.SQL("SELECT * FROM {}").format(sql.Identifier(table))
                ).fetchall()
                lines = (b"\t".join(_bytes(cell) for cell in row) for row in rows)
                (into / f"{service}.{table}").write_bytes(b"\n".join(lines))


def _bytes(cell: object) -> bytes:
    return bytes(cell) if isinstance(cell, bytes | memoryview) else str(cell).encode()


def test_every_planted_value_went_in(walked: Walked, crowd: Crowd) -> None:
    assert set(crowd.canaries) - walked.recorder.sent == set()
    assert {500, 503} <= walked.recorder.statuses.keys()


@pytest.mark.parametrize("sink", SINKS)
def test_nothing_of_it_is_in(sink: str, walked: Walked, scanner: Scanner) -> None:
    hits = scanner.scan_folder(walked.folder / sink)

    assert any((walked.folder / sink).iterdir())
    assert not hits, f"{len(hits)} hits\n" + "\n".join(map(str, hits[:30]))


def test_leaks_in_a_column_and_in_the_log_are_found(walked: Walked, tmp_path: Path) -> None:
    scanner = Scanner([PLANTED])
    url = walked.url.replace("+psycopg", "").replace("{service}", "litigation")
    with psycopg.connect(url) as connection:
        assert connection.execute("UPDATE case_file SET organ = %s", (PLANTED.value,)).rowcount > 0
        connection.commit()
    structlog.get_logger().error("planted", row=PLANTED.value)
    _dump(walked.url, tmp_path)

    assert scanner.scan_folder(tmp_path)
    assert scanner.scan_folder(walked.folder / "log")
