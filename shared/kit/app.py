"""Composes one or several services into one application: their routes, their background work, their health."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from fastapi import APIRouter, Depends, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.responses import JSONResponse

from shared.kit import problems
from shared.kit.access import Open, require_rules
from shared.kit.hardening import harden

log = structlog.get_logger()
ASKED_AGAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Health:
    """What one service says of itself: ready or not, and the measured facts behind it."""

    ready: bool
    facts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Service:
    """One service as its main.py composes it. Its routes stand where its routers say (`routing.routes_of`)."""

    name: str
    routers: tuple[APIRouter, ...]
    migrate: Callable[[], object]
    workers: tuple[Callable[[], Awaitable[None]], ...]
    health: Callable[[], Health]
    close: Callable[[], None]


def compose(
    services: Sequence[Service],
    *,
    title: str,
    routers: Sequence[APIRouter] = (),
    workers: Sequence[Callable[[], Awaitable[None]]] = (),
    public_url: str | None = None,
) -> FastAPI:
    """One FastAPI application of these services; `/docs` needs no internet.

    Raises:
        Unguarded: a route does not say who may use it
    """

    @contextlib.asynccontextmanager
    async def life(_app: FastAPI) -> AsyncIterator[None]:
        for service in services:
            await asyncio.to_thread(service.migrate)
        tasks = [
            asyncio.create_task(_staying(service.name, worker))
            for service in services
            for worker in service.workers
        ]
        tasks += [asyncio.create_task(_staying("suite", worker)) for worker in workers]
        try:
            yield
        finally:
            await _ended(tasks)
            for service in services:
                await asyncio.to_thread(service.close)

    app = FastAPIOffline(title=title, version="0.1.0", lifespan=life)
    problems.install(app)
    for service in services:
        for router in service.routers:
            app.router.routes.extend(router.routes)
    for router in routers:
        app.include_router(router)
    app.include_router(_health_routes(services))
    require_rules(app)
    harden(app, public_url=public_url)
    return app


async def _staying(service: str, worker: Callable[[], Awaitable[None]]) -> None:
    """Background work never ends by itself: if it fails in a way nobody foresaw, say so and begin again."""
    while True:
        try:
            await worker()
        except Exception as failure:  # noqa: BLE001 - the last line of defence of an endless task
            log.error("worker.failed", service=service, reason=type(failure).__name__)
        await asyncio.sleep(1.0)


async def _ended(tasks: Collection[asyncio.Task[None]]) -> None:
    """Tell every worker to end until it has: `asyncio.wait_for` may lose a cancellation that meets its result."""
    running = set(tasks)
    while running:
        for task in running:
            task.cancel()
        _, running = await asyncio.wait(running, timeout=ASKED_AGAIN_SECONDS)
    await asyncio.gather(*tasks, return_exceptions=True)


def _health_routes(services: Sequence[Service]) -> APIRouter:
    router = APIRouter(tags=["health"], dependencies=[Depends(Open("health"))])

    @router.get("/healthz", summary="进程在运行")
    async def healthz() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/readyz", summary="数据库、消息服务可用，最早未发布事件的等待时间")
    def readyz() -> JSONResponse:
        said = {service.name: service.health() for service in services}
        ready = all(health.ready for health in said.values())
        body = {"ready": ready, "services": {name: {"ready": h.ready, **h.facts} for name, h in said.items()}}
        return JSONResponse(body, status_code=200 if ready else 503)

    return router
