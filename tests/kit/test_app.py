"""Services composed into one application: what starts, what stays, what is said of their health."""

import asyncio
import threading
from collections.abc import Sequence

from fastapi import Depends
from starlette.testclient import TestClient

from shared.kit.access import Open
from shared.kit.app import Health, Service, compose
from shared.kit.routing import routes_of
from tests.support.suites import HERE
from tests.support.waiting import until_now


class Story:
    """A service that writes down what is done with it."""

    def __init__(self, name: str, *, ready: bool = True, failures: int = 0) -> None:
        self.name, self.ready, self.failures = name, ready, failures
        self.told: list[str] = []
        self.worked = threading.Event()

    async def work(self) -> None:
        self.told.append("work")
        if self.failures:
            self.failures -= 1
            raise RuntimeError("unforeseen")
        self.worked.set()

    def service(self) -> Service:
        router = routes_of(self.name, dependencies=[Depends(Open("help"))])
        router.get("/name", summary="名称")(lambda: self.name)
        return Service(
            name=self.name,
            routers=(router,),
            migrate=lambda: self.told.append("migrate"),
            workers=(self.work,),
            health=lambda: Health(ready=self.ready, facts={"fact": self.name}),
            close=lambda: self.told.append("close"),
        )


def composed(stories: Sequence[Story]) -> TestClient:
    return TestClient(compose([story.service() for story in stories], title="test"), base_url=HERE)


def test_each_service_stands_under_its_name() -> None:
    with composed([Story("first"), Story("second")]) as client:
        assert client.get("/first/name").json() == "first"
        assert client.get("/second/name").json() == "second"
        assert client.get("/name").status_code == 404


def test_no_route_of_a_service_is_built_twice() -> None:
    service = Story("first").service()

    app = compose([service], title="test")

    assert all(any(route is each for each in app.routes) for route in service.routers[0].routes)


def test_a_service_is_migrated_before_it_works_and_closed_at_the_end() -> None:
    story = Story("first")

    with composed([story]):
        assert story.worked.wait(20)

    assert story.told[:2] == ["migrate", "work"]
    assert story.told[-1] == "close"
    assert story.told.count("close") == 1


def test_work_that_fails_in_an_unforeseen_way_is_begun_again() -> None:
    story = Story("first", failures=1)

    with composed([story]):
        until_now(story.worked.is_set, what="the work begun again after its failure")

    assert story.told[:3] == ["migrate", "work", "work"]


def test_the_whole_is_ready_when_every_service_is() -> None:
    with composed([Story("first"), Story("second")]) as client:
        answer = client.get("/readyz")

    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "services": {
            "first": {"ready": True, "fact": "first"},
            "second": {"ready": True, "fact": "second"},
        },
    }


def test_one_service_that_is_not_ready_makes_the_whole_unready_but_not_dead() -> None:
    with composed([Story("first"), Story("second", ready=False)]) as client:
        answer = client.get("/readyz")

        assert answer.status_code == 503
        assert answer.json()["ready"] is False
        assert answer.json()["services"]["second"] == {"ready": False, "fact": "second"}
        assert client.get("/healthz").status_code == 200


def test_a_worker_that_loses_the_first_word_to_end_does_not_keep_the_application_open() -> None:
    heard: list[str] = []

    async def hard_of_hearing() -> None:
        while True:
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                heard.append("end")
                if len(heard) > 1:
                    raise

    with TestClient(compose([], title="test", workers=[hard_of_hearing])):
        pass

    assert heard == ["end", "end"]
