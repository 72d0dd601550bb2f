"""Databases for tests: new and empty, or new and as a service's migrations leave them.

The migrations of a service run once for a worker, all of them, and every test gets a copy of what they made: a copied
file, or a database with that template. A copy on PostgreSQL must bear the very name under which the migrations ran,
because they make a role for it and grant to that role; so the name is free again only when its test is over.
"""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib import import_module
from itertools import count
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest

from services.suite import SERVICES
from shared.kit.database import Database
from shared.kit.migrations import migrate

# For the few tests that are about one kind of database.
only_sqlite = pytest.mark.parametrize("database_kind", ["sqlite"], indirect=True)
only_postgresql = pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)


class NewDatabases:
    """The databases of one worker; `server` starts or finds its PostgreSQL, and is asked only when a test needs it."""

    def __init__(self, folder: Path, server: Callable[[], str]) -> None:
        self._folder = folder
        self._server = server
        self._migrated: set[str] = set()
        self._places: set[int] = set()

    @contextmanager
    def empty(self, kind: str, folder: Path) -> Iterator[str]:
        """The URL of a database without anything in it."""
        if kind == "sqlite":
            yield f"sqlite:///{folder / 'books.db'}"
            return
        name = f"t{uuid4().hex}"
        with self._new(name, "template1"):
            yield self._url(name)

    @contextmanager
    def migrated(self, kind: str, folder: Path, service: str) -> Iterator[str]:
        """The URL of a database as the migrations of this service leave it."""
        with self.suite(kind, folder, (service,)) as url:
            yield url.replace("{service}", service)

    @contextmanager
    def suite(self, kind: str, folder: Path, services: Sequence[str] = SERVICES) -> Iterator[str]:
        """The same for several: a URL with `{service}` in it, on SQLite where an installation has its files."""
        if kind == "sqlite":
            for service in services:
                shutil.copyfile(self._file(service), folder / f"{service}.db")
            yield f"sqlite:///{folder}/{{service}}.db"
            return
        place = next(place for place in count() if place not in self._places)
        self._places.add(place)
        with ExitStack() as stack:
            stack.callback(self._places.discard, place)
            for service in services:
                name = f"books{place}_{service}"
                stack.enter_context(self._new(name, self._template(name, service)))
            yield self._url(f"books{place}_{{service}}")

    def _file(self, service: str) -> Path:
        path = self._folder / f"{service}.db"
        if path.name not in self._migrated:
            _migrate(f"sqlite:///{path}", service)
            # Closing brought the write-ahead log home: this one file is all of the database.
            assert not path.with_name(f"{path.name}-wal").exists()
            self._migrated.add(path.name)
        return path

    def _template(self, name: str, service: str) -> str:
        template = f"{name}_template"
        if template not in self._migrated:
            self._run(f'CREATE DATABASE "{name}"')
            _migrate(self._url(name), service)
            self._run(f'ALTER DATABASE "{name}" RENAME TO "{template}"')
            self._migrated.add(template)
        return template

    @contextmanager
    def _new(self, name: str, template: str) -> Iterator[None]:
        # Copying files is quicker here than writing each page to the log of a server that never recovers.
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
        try:
            yield
        finally:  # hundreds of databases would keep the server's own housekeeping busy
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server().replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement)

    def _url(self, name: str) -> str:
        head, _, query = self._server().partition("?")
        return f"{head.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def _migrate(url: str, service: str) -> None:
    """Exactly what the service does at its first start."""
    database = Database(url, import_module(f"services.{service}.models").METADATA)
    try:
        assert migrate(database, import_module(f"services.{service}.main").MIGRATIONS)
    finally:
        database.dispose()
