"""A service in which nobody looks for what time brings about: a test does it itself, and counts what it finds."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from unittest.mock import patch

from services.reconsideration import main
from shared.kit.edge import Edge


def _nobody(_edge: Edge) -> Callable[[], Awaitable[None]]:
    async def wait() -> None:
        await asyncio.Event().wait()

    return wait


@contextmanager
def unwatched() -> Iterator[None]:
    """Services that are composed meanwhile."""
    with patch.object(main, "deeming", _nobody):
        yield
