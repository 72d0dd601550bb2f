"""Runs the suite or one service until told to stop, and greets whoever started it."""

import asyncio
import signal
import sys
import threading
import time
from pathlib import Path

import typer
import uvicorn

from services.cli.accounts import ensure_sample, show_sample
from services.cli.client import SOURCES, Suite, out
from services.cli.figures import show
from services.cli.ledgers import load_seeds
from services.cli.words import say
from services.suite import (
    SERVICES,
    CannotStart,
    application,
    embedded,
    require_free_port,
    require_loopback,
    server_of,
)
from shared.kit import logging
from shared.kit.audit_checkpoints import ensure_audit_stream
from shared.kit.broker import provision
from shared.kit.settings import Settings

__all__ = ["SERVICES", "CannotStart", "run_service", "run_suite", "settings"]

READY_SECONDS = 60.0
PROVISION_SECONDS = 30.0
# The rates that the first start prints: the report whose figures are the most complete.
SHOWN = ("150625", "2022")


def settings(data: Path | None, port: int | None) -> Settings:
    """The environment's settings; options win."""
    found = Settings()
    return found.model_copy(update={"data": (data or found.data).expanduser(), "port": port or found.port})


def run_suite(settings: Settings, *, sample: bool) -> None:
    began = time.monotonic()
    with embedded(settings) as broker, (settings.data / "suite.log").open("a", encoding="utf-8") as log:
        logging.configure(settings.log_level, log)
        app = application(settings, nats_url=broker.url, workers=(broker.watch,))
        server = server_of(app, settings)
        broker.wait_until_it_answers()
        _provide(broker.url, settings)
        greeting = threading.Thread(
            target=_greet, args=(settings, server, began), kwargs={"sample": sample}, daemon=True
        )
        greeting.start()
        _serve_until_told(server)


def _provide(url: str, settings: Settings) -> None:
    """The broker's streams, before anybody asks for them."""
    making = provision(url, settings.keys, streams=(ensure_audit_stream,))
    try:
        asyncio.run(asyncio.wait_for(making, PROVISION_SECONDS))
    except TimeoutError as late:
        raise CannotStart(
            say(
                f"消息服务器没有在 {PROVISION_SECONDS:.0f} 秒内准备好，原因见 {settings.data / 'nats' / 'nats.log'}。",
                f"The broker was not ready within {PROVISION_SECONDS:.0f} s; see nats/nats.log in the data folder.",
            )
        ) from late


def run_service(settings: Settings, service: str) -> None:
    if settings.nats_url is None:
        raise CannotStart(
            say(
                "单独启动一个服务需要消息服务器：请用 DINGFEN_NATS_URL 指明，例如 nats://127.0.0.1:4222。",
                "A service alone needs a broker: set DINGFEN_NATS_URL, e.g. nats://127.0.0.1:4222.",
            )
        )
    require_loopback(settings)
    require_free_port(settings.host, settings.port)
    logging.configure(settings.log_level, sys.stderr)
    app = application(settings, nats_url=settings.nats_url, names=(service,))
    _serve_until_told(server_of(app, settings))


def _serve_until_told(server: uvicorn.Server) -> None:
    """Run until Ctrl-C or SIGTERM, finishing what is in hand."""
    # uvicorn raises the signal again when it is done; as an exception it lets the broker be stopped last.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.run()
    except KeyboardInterrupt:
        return
    if not server.started:
        raise CannotStart(say("服务没有启动成功，原因见日志。", "The services did not start; see the log."))


def _greet(settings: Settings, server: uvicorn.Server, began: float, *, sample: bool) -> None:
    """Once the suite answers: load the sample on first start, print rates and addresses."""
    suite = Suite(f"http://{settings.host}:{settings.port}", data=settings.data)
    while not suite.ready():
        if server.should_exit or time.monotonic() - began > READY_SECONDS:
            return
        time.sleep(0.05)
    seconds = time.monotonic() - began
    out.print(
        say(f"[green]✓[/] 已就绪（{seconds:.1f} 秒）", f"[green]✓[/] ready in {seconds:.1f} s"),
        highlight=False,
    )
    try:
        # Their passwords stand on this screen: only where nobody else can reach the suite.
        logins = ensure_sample(settings) if sample and settings.public_url is None else ()
        if sample and _wants_sample(settings.data, suite):
            (settings.data / "sample.loading").touch()
            load_seeds(suite)
            (settings.data / "sample.loading").unlink()
        if sample:
            show(suite.get("/reporting/rates", region=SHOWN[0], period=SHOWN[1], compare=True))
    except typer.Exit:  # the reason is printed; the suite itself goes on
        return
    if logins:
        show_sample(logins)
    _print_addresses(suite, settings)


def _wants_sample(folder: Path, suite: Suite) -> bool:
    """On empty books, or when an earlier loading was cut off; never into books of others."""
    if (folder / "sample.loading").exists():
        return True
    heads = [suite.get(f"/{source}/events/head") for source in SOURCES]
    return all(head["pub_seq"] == 0 and head["waiting"] == 0 for head in heads)


def _print_addresses(suite: Suite, settings: Settings) -> None:
    for what, path in (
        (say("统计", "figures"), "/reporting"),
        (say("接口文档", "HTTP API"), "/docs"),
        (say("事件契约", "events"), "/asyncapi"),
        (say("运行状况", "health"), "/readyz"),
    ):
        out.print(f"  {what}\t[link]{suite.url}{path}[/]", highlight=False)
    out.print(
        say(
            f"  数据\t{settings.data.resolve()}（日志 suite.log）\n按 Ctrl-C 停止。",
            f"  data\t{settings.data.resolve()} (log: suite.log)\nCtrl-C stops.",
        ),
        highlight=False,
    )
