"""Work in threads for asynchronous callers: whoever is told to end ends when their thread has.

A thread cannot be stopped. Left alone it would go on in books that are closed already, and give its connection back to
a pool that nobody closes any more.
"""

import asyncio
import contextvars
import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


async def in_thread(
    work: Callable[Arguments, Result], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> Result:
    """As `asyncio.to_thread`; a cancellation, or several, count when the work has come to its end."""
    begun = functools.partial(contextvars.copy_context().run, work, *args, **kwargs)
    working = asyncio.get_running_loop().run_in_executor(None, begun)
    is_cancelled = False
    while not working.done():
        try:
            await asyncio.wait({working})
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        working.exception()  # nobody is there to be told of it
        raise asyncio.CancelledError
    return working.result()
