"""Wait for an observable result, with a bound; never for a length of time."""

import asyncio
import time
from collections.abc import Callable


async def until(condition: Callable[[], bool], *, what: str, seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s: {what}"
        await asyncio.sleep(0.02)


def until_now(condition: Callable[[], bool], *, what: str, seconds: float = 30.0) -> None:
    """The same for code that runs in threads or other processes."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while not condition():
        assert time.monotonic() < deadline, f"did not happen within {seconds} s: {what}"
        time.sleep(pause)
