"""What a test says to its databases."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import current_thread
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import Engine


@contextmanager
def statements() -> Iterator[list[str]]:
    """What this thread says to any database meanwhile: the background work of a running service has its own."""
    said: list[str] = []
    asked = current_thread()

    def before(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if current_thread() is asked:
            said.append(statement)

    event.listen(Engine, "before_cursor_execute", before)
    try:
        yield said
    finally:
        event.remove(Engine, "before_cursor_execute", before)
