"""A process that changes keys and erases cases until it is killed: `python -m tests.support.key_rotation_child`.

Every statement and every commit is one line on its output, so that whoever kills it can choose any place, also in
the middle of a transaction. `erased <id>` is said after the commit: what was said must hold for ever.
"""

import sys
import threading
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import event

from shared.kit.vault_erasure import erase
from shared.kit.vault_rotation import rotate_index_key, rotate_service_key
from tests.support.vaults import NOW, Books, opened

BATCH = 20
_said = threading.Lock()


def _say(line: str) -> None:
    with _said:  # two threads speak; a line must stay a line
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def _tell_every_statement(books: Books) -> None:
    """On every connection of these books: before each statement, and at each commit."""

    def statement(*call: Any) -> None:
        _say(f"statement {str(call[2]).split(maxsplit=1)[0]}")

    def commit(*_call: Any) -> None:
        _say("commit")

    for engine in {books.database.engine, books.database._writer}:
        event.listen(engine, "before_cursor_execute", statement)
        event.listen(engine, "commit", commit)


def _erase_all(books: Books, cases: Sequence[UUID]) -> None:
    for case_id in cases:
        with books.database.writing() as session:
            erase(session, books.vault, case_id, NOW)
        _say(f"erased {case_id}")


def main(url: str, *to_erase: str) -> None:
    books = opened(url)
    books.begin()
    _tell_every_statement(books)
    threading.Thread(target=_erase_all, args=(books, [UUID(each) for each in to_erase]), daemon=True).start()
    while True:
        done = rotate_service_key(books.database, books.vault, NOW, batch=BATCH)
        _say(f"rotated {done.active}")
        done = rotate_index_key(books.database, books.vault, NOW, batch=BATCH)
        _say(f"reindexed {done.active}")


if __name__ == "__main__":
    main(*sys.argv[1:])
