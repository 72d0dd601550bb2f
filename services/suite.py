"""All services composed into one process on one port, with a broker of their own: the embedded default."""

import contextlib
import os
import socket
from collections.abc import Awaitable, Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

import uvicorn
from fastapi import APIRouter, Depends, FastAPI
from starlette.responses import JSONResponse

from shared.contracts.asyncapi import document
from shared.kernel.clock import system_clock
from shared.kernel.errors import RuleViolation
from shared.kit import collector
from shared.kit.access import Directory, Open
from shared.kit.app import Service, compose
from shared.kit.directory import HostDirectory, Nobody, RemoteDirectory, service_token
from shared.kit.embedded_broker import BrokerMissing, EmbeddedBroker
from shared.kit.settings import Settings

SERVICES = ("identity", "reconsideration", "mediation", "litigation", "reporting")
LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
STOP_SECONDS = 20
MOST_AT_ONCE = 1_000  # connections; beyond that a request is told to come again


class CannotStart(RuntimeError):
    """Why nothing was started, in one sentence that says what to do."""


def application(
    settings: Settings,
    *,
    nats_url: str,
    names: tuple[str, ...] = SERVICES,
    workers: Sequence[Callable[[], Awaitable[None]]] = (),
) -> FastAPI:
    """The services `names` as one application; the suite is all of them."""
    services, inner = [], _elsewhere(settings)
    if "identity" in names:
        identity, inner = import_module("services.identity.main").create(settings, nats_url=nats_url)
        services.append(identity)
    directory = HostDirectory(settings.keys, inner, system_clock)
    services += [_create(name, settings, nats_url, directory) for name in names if name != "identity"]
    return compose(
        services,
        title="定分 Dingfen",
        routers=(_contracts(),),
        workers=workers,
        public_url=settings.public_url,
    )


def _elsewhere(settings: Settings) -> Directory:
    """Who knows callers when identity does not run in this process: identity itself, over HTTP, or nobody."""
    if settings.identity_url is None:
        return Nobody()
    return RemoteDirectory(
        settings.identity_url, lambda: service_token(settings.keys, "services", system_clock())
    )


def _create(name: str, settings: Settings, nats_url: str, directory: Directory) -> Service:
    """Only the services that are wanted are imported: one alone starts in half the time."""
    try:
        service: Service = import_module(f"services.{name}.main").create(
            settings, nats_url=nats_url, directory=directory
        )
    except RuleViolation as refusal:  # a file of settings that cannot be understood
        raise CannotStart(refusal.message) from refusal
    return service


def _contracts() -> APIRouter:
    router = APIRouter(tags=["suite"], dependencies=[Depends(Open("help"))])

    @router.get("/asyncapi", summary="事件契约（AsyncAPI 3）")
    def asyncapi() -> JSONResponse:
        return JSONResponse(document())

    return router


class _Server(uvicorn.Server):
    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        collector.settle()


def server_of(app: FastAPI, settings: Settings) -> uvicorn.Server:
    """One worker: a second would not help SQLite, and on PostgreSQL processes are started apart."""
    return _Server(
        uvicorn.Config(
            app,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            server_header=False,
            limit_concurrency=MOST_AT_ONCE,
            timeout_graceful_shutdown=STOP_SECONDS,
        )
    )


@contextlib.contextmanager
def embedded(settings: Settings) -> Iterator[EmbeddedBroker]:
    """The data folder, held by this process alone, and a broker in it, started but not yet waited for.

    Raises:
        CannotStart: port taken, folder unwritable or in use, tool missing
    """
    require_loopback(settings)
    require_free_port(settings.host, settings.port)
    with _held_folder(settings.data):
        broker = EmbeddedBroker(settings.data.resolve() / "nats", settings.keys)
        try:
            broker.spawn()
            yield broker
        except BrokerMissing as missing:
            raise CannotStart(str(missing)) from missing
        finally:
            broker.stop()


def require_loopback(settings: Settings) -> None:
    """Passwords must not travel in the open: beyond this machine only behind a gateway that speaks https."""
    if settings.host not in LOOPBACK and settings.public_url is None:
        raise CannotStart(
            f"没有 https 网关时只能监听本机地址 127.0.0.1，不能监听 {settings.host}；请去掉 DINGFEN_HOST，"
            "或在前面设好网关，并用 DINGFEN_PUBLIC_URL 写明它的地址，例如 https://dingfen.example.gov.cn。"
        )


def require_free_port(host: str, port: int) -> None:
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            raise CannotStart(
                f"端口 {port} 已被占用：请先关闭占用它的程序，或换一个端口，例如 dingfen up --port {port + 1}"
                f"（make run PORT={port + 1}）。"
            ) from taken


@contextlib.contextmanager
def _held_folder(folder: Path) -> Iterator[None]:
    import fcntl  # POSIX only

    os.umask(0o077)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        # SQLite and the broker hold case data: nobody else on this machine reads it.
        folder.chmod(0o700)
        lock = (folder / "suite.lock").open("a+")
    except OSError as failure:
        raise CannotStart(
            f"数据文件夹 {folder} 不能写入：请换一个，例如 dingfen up --data ~/dingfen，或修正它的权限。"
        ) from failure
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise CannotStart(
                f"数据文件夹 {folder} 正由另一个定分进程使用：请先停掉它，或用 --data 换一个文件夹。"
            ) from held
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield
