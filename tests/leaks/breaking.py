"""A database that refuses, in the middle of what is done with planted values."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

from tests.leaks.flows import Walk

TABLES = ("party", "journal", "case_file", "event", "idempotency", "audit")


@contextmanager
def refusing(book: Path, table: str) -> Iterator[None]:
    """Every change of a table of a SQLite book fails, as by a constraint that nobody foresaw."""
    database = sqlite3.connect(book, isolation_level=None, timeout=30)
    try:
        for act in ("INSERT", "UPDATE"):
            database.execute(
                f"CREATE TRIGGER broken_{act} BEFORE {act} ON {table}"
                " BEGIN SELECT RAISE(ABORT, 'Failing row contains'); END"
            )
        yield
    finally:
        for act in ("INSERT", "UPDATE"):
            database.execute(f"DROP TRIGGER IF EXISTS broken_{act}")
        database.close()


@contextmanager
def locked(book: Path) -> Iterator[None]:
    """Another process holds the book: whoever wants to write gives up after ten seconds."""
    database = sqlite3.connect(book, isolation_level=None, timeout=30)
    try:
        database.execute("BEGIN IMMEDIATE")
        yield
    finally:
        database.execute("ROLLBACK")
        database.close()


def acts(walk: Walk, case: str, *, more: int = 1) -> list[int]:
    """Everything that writes values, while the database refuses: the statuses."""
    found: list[int] = []
    trade, words = walk.trade, [each.value for each in walk.sentences]
    sealed = dict.fromkeys(trade.sealed, words[0])
    path = f"{trade.cases}/{case}"
    for person in walk.persons[:more]:
        for method, to, body in (
            ("POST", trade.cases, trade.body(walk.number(), **sealed)),
            ("POST", f"{path}/parties", walk.party(person)),
            ("POST", f"{path}/corrections", {"changes": {"case_number": walk.number()}, "reason": words[0]}),
            ("POST", f"/{trade.service}/parties/search", {"id_number": person.id_number.value}),
            # Refused, and the refusal cannot be written down either.
            ("POST", f"{path}/parties/{quote(person.id_number.value)}/reveal", {"purpose": "contact"}),
        ):
            # After a 500 the server hangs up without having said so.
            key = {"Idempotency-Key": walk.number().encode().hex()[:100], "Connection": "close"}
            by = walk.staff.viewer if to.endswith("reveal") else walk.staff.keeper
            answer = walk.recorder.send(method, to, by=by, body=body, more=key, plain=True)
            found.append(answer.status_code)
    return found
