"""Many at once: threads that all start at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Result = TypeVar("Result")


def at_once(count: int, work: Callable[[int], Result]) -> list[Result]:
    """The results of `work(0)` … `work(count - 1)`, begun together."""
    barrier = threading.Barrier(count)

    def begin(place: int) -> Result:
        barrier.wait(timeout=30)
        return work(place)

    with ThreadPoolExecutor(count) as crowd:
        return list(crowd.map(begin, range(count)))
