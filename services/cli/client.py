"""Talks to the running suite at DINGFEN_URL; a refusal ends the command with status 1 and its reason."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn, Self

import httpx2 as httpx
import typer
from rich.console import Console

from services.cli.credentials import token_for
from services.cli.words import say

REFUSED = 1
UNAUTHENTICATED = 401
DEFAULT_URL = "http://127.0.0.1:8000"
CATCH_UP_SECONDS = 120.0
SOURCES = ("reconsideration", "mediation", "litigation")

out = Console()
err = Console(stderr=True)


def refuse(sentence: str) -> NoReturn:
    err.print(f"[bold red]✗[/] {sentence}", highlight=False)
    raise typer.Exit(REFUSED)


def print_json(value: Any) -> None:
    """Plain JSON on standard output, for programs."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


class Suite:
    """The HTTP doors of the running suite."""

    def __init__(self, url: str | None = None, *, data: Path | None = None) -> None:
        self.url = (url or os.environ.get("DINGFEN_URL") or DEFAULT_URL).rstrip("/")
        # The suite is on this machine or named by its operator: no proxy stands between.
        token = token_for(self.url, data=data)
        self._http = httpx.Client(
            base_url=self.url,
            timeout=120.0,
            trust_env=False,
            headers={} if token is None else {"Authorization": f"Bearer {token}"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._http.close()

    def get(self, path: str, **query: Any) -> Any:
        return self._answer(
            "GET", path, params={key: value for key, value in query.items() if value is not None}
        )

    def post(self, path: str, **query: Any) -> Any:
        return self._answer("POST", path, params=query)

    def tell(self, path: str, body: Any, **query: Any) -> Any:
        """Post a body and wait for the answer, however long it takes."""
        return self._answer("POST", path, params=query, json=body, timeout=None)

    def _answer(self, method: str, path: str, *, params: dict[str, Any], **more: Any) -> Any:
        try:
            answer = self._http.request(method, path, params=params, **more)
        except httpx.TransportError:
            self._unreachable()
        if answer.status_code >= 400:
            refuse(_reason(answer))
        return answer.json()

    @contextmanager
    def lines(self, path: str, content: bytes, **query: Any) -> Iterator[Iterator[dict[str, Any]]]:
        """Post a body and read the answer line by line as it comes."""
        try:
            with self._http.stream(
                "POST",
                path,
                params=query,
                content=content,
                headers={"Accept": "application/x-ndjson"},
                timeout=None,
            ) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    refuse(_reason(answer))
                yield (json.loads(line) for line in answer.iter_lines() if line)
        except httpx.TransportError:
            self._unreachable()

    def ready(self) -> bool:
        try:
            return self._http.get("/readyz", timeout=2.0).status_code == 200
        except httpx.TransportError:
            return False

    def wait_until_caught_up(self) -> bool:
        """Wait until every event of the services' logs has reached reporting; False when it takes too long."""
        deadline = time.monotonic() + CATCH_UP_SECONDS
        pause = 0.05
        while time.monotonic() < deadline:
            heads = {source: self.get(f"/{source}/events/head") for source in SOURCES}
            watermarks = {
                (mark["source"], mark["epoch"]): mark["contiguous"]
                for mark in self.get("/reporting/progress")["watermarks"]
            }
            if all(
                head["waiting"] == 0 and watermarks.get((source, head["epoch"]), 0) >= head["pub_seq"]
                for source, head in heads.items()
            ):
                return True
            time.sleep(pause)
            pause = min(pause * 1.5, 0.5)
        return False

    def _unreachable(self) -> NoReturn:
        refuse(
            say(
                f"连不上 {self.url}：请先在另一个窗口运行 make run 或 dingfen up，或用 DINGFEN_URL 指明地址。",
                f"Nothing answers at {self.url}: run `make run` or `dingfen up` first, or set DINGFEN_URL.",
            )
        )


def _reason(answer: httpx.Response) -> str:
    if answer.status_code == UNAUTHENTICATED:
        return say(
            "没有登录：请在本机用 DINGFEN_DATA 指明数据文件夹，或先运行 dingfen login，或设置 DINGFEN_TOKEN。",
            "Not signed in: set DINGFEN_DATA on the suite's own machine, run `dingfen login`, or set DINGFEN_TOKEN.",
        )
    try:
        problem = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}"
    return f"{problem.get('detail', '')} [dim]({problem.get('code', answer.status_code)})[/]"
