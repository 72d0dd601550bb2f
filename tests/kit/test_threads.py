"""Whoever waits for a thread ends when the thread has, however often they are told to end."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import SimpleNamespace
from typing import cast

import pytest
from starlette.testclient import TestClient

from shared.kit.app import Health, Service, compose
from shared.kit.broker import held
from shared.kit.database import Database
from shared.kit.threads import in_thread

# So long the tests wait for what must not happen while a thread is at work.
A_WHILE = 0.3


class Hold:
    """A thread that works until it is let go."""

    def __init__(self, *, fails: bool = False) -> None:
        self.begun, self.let_go = threading.Event(), threading.Event()
        self.story: list[str] = []
        self._fails = fails

    def work(self) -> str:
        self.begun.set()
        assert self.let_go.wait(30)
        self.story.append("work ended")
        if self._fails:
            raise LookupError
        return "done"

    async def at_work(self) -> None:
        while not self.begun.is_set():
            await asyncio.sleep(0)


async def told_to_end(task: asyncio.Task[str]) -> None:
    task.cancel()
    for _ in range(5):
        await asyncio.sleep(0)


def test_result_failure_and_context_come_as_from_any_thread() -> None:
    place: ContextVar[str] = ContextVar("place")

    async def story() -> None:
        place.set("here")
        assert await in_thread(place.get) == "here"
        with pytest.raises(KeyError):
            await in_thread(dict[str, str]().__getitem__, "nothing")

    asyncio.run(story())


@pytest.mark.parametrize("fails", [False, True])
def test_who_is_told_to_end_twice_ends_when_the_thread_has(fails: bool) -> None:
    hold = Hold(fails=fails)

    async def story() -> None:
        task = asyncio.create_task(in_thread(hold.work))
        await hold.at_work()
        await told_to_end(task)
        await told_to_end(task)
        assert not task.done()
        hold.let_go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert hold.story == ["work ended"]

    asyncio.run(story())


def test_an_application_closes_its_books_when_its_threads_have_ended() -> None:
    hold, closed = Hold(), threading.Event()

    def work() -> str:
        assert hold.let_go.wait(30)
        closed.wait(A_WHILE)
        return hold.work()

    async def worker() -> None:
        hold.begun.set()
        await in_thread(work)

    def close() -> None:
        closed.set()
        hold.story.append("closed")

    service = Service(
        name="first",
        routers=(),
        migrate=lambda: None,
        workers=(worker,),
        health=lambda: Health(ready=True, facts={}),
        close=close,
    )
    with TestClient(compose([service], title="test")):
        assert hold.begun.wait(30)
        hold.let_go.set()

    assert hold.story == ["work ended", "closed"]


def test_a_leadership_that_was_won_after_the_word_to_end_is_let_go_of() -> None:
    hold = Hold()
    lead: list[str] = []

    @contextmanager
    def leadership(_name: str) -> Iterator[bool]:
        hold.work()
        lead.append("won")
        yield True
        lead.append("let go")

    books = cast(Database, SimpleNamespace(leadership=leadership))

    async def leading() -> str:
        async with held(books, "relay"):
            lead.append("led")
        return "done"

    async def story() -> None:
        task = asyncio.create_task(leading())
        await hold.at_work()
        await told_to_end(task)
        await told_to_end(task)
        hold.let_go.set()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(story())
    assert lead == ["won", "let go"]
