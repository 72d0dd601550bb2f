"""Sends requests and keeps every answer as evidence, but for the few that are meant to tell the whole value."""

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import httpx2 as httpx
import orjson

from tests.leaks.canaries import Canary, Crowd, within

# Told apart even when they refuse: what a page or a ledger's answer repeats is another question.
_OF_THEIR_OWN = frozenset({"pages", "imports"})


_TOLD_AGAIN = re.compile(rb'"(?:found|unknown_columns)":(?:"(?:[^"\\\\]|\\\\.)*"|\[[^\]]*\])')
_NUMBER = re.compile(rb"\d{7}")


def _beyond_the_own_file(content: bytes) -> bytes:
    """An import tells its sender which cell of the own file was wrong, and with what in it; numbers it does not repeat.

    Hence cells and headings are left out here, unless they hold a long number.
    """
    return _TOLD_AGAIN.sub(lambda told: told[0] if _NUMBER.search(told[0]) else b'"cell":""', content)


class Recorder:
    """`sent` are the planted values that went out, `described` says which request an evidence file answers."""

    def __init__(self, client: httpx.Client, evidence: Path, crowd: Crowd) -> None:
        self._client = client
        self._evidence = evidence
        self._canaries = crowd.canaries
        self._count = 0
        self.sent: set[Canary] = set()
        self.statuses: dict[int, int] = {}
        self.described: dict[str, str] = {}

    @property
    def origin(self) -> str:
        """Where our own pages come from."""
        return str(self._client.base_url).rstrip("/")

    def send(
        self,
        method: str,
        path: str,
        *,
        by: Mapping[str, str],
        body: Any = None,
        content: bytes | None = None,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        more: Mapping[str, str] | None = None,
        plain: bool = False,
        sink: str = "answers",
    ) -> httpx.Response:
        """`plain`: this caller may read the values in the body of a good answer, so that is not looked through."""
        headers = {**by, **(more or {})}
        given: dict[str, Any] = {"json": body} if body is not None else {}
        if content is not None:
            given = {"content": content}
        if form is not None:
            given = {"data": form}
        answer = self._client.request(
            method, path, params=query, headers=headers, follow_redirects=False, **given
        )
        self._note_sent(path, query, headers, orjson.dumps(body).decode() + str(form), content)
        self._keep(answer, f"{method} {path} {query or ''} {body or form or ''}", plain=plain, sink=sink)
        return answer

    def _note_sent(
        self,
        path: str,
        query: Mapping[str, str] | None,
        headers: Mapping[str, str],
        body: str,
        content: bytes | None,
    ) -> None:
        texts: Iterable[str] = (
            unquote(path),
            str(query),
            str(headers),
            body,
            (content or b"").decode("utf-8", "ignore"),
        )
        for text in texts:
            self.sent |= within(self._canaries, text)

    def _keep(self, answer: httpx.Response, told: str, *, plain: bool, sink: str) -> None:
        self._count += 1
        name = f"{self._count:05d}-{answer.status_code}"
        self.described[name] = told
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
        headers = "\n".join(f"{key}: {value}" for key, value in answer.headers.items())
        self._write("headers", name, headers.encode())
        if answer.status_code >= 500:
            sink = "failures"
        elif answer.status_code >= 400 and sink not in _OF_THEIR_OWN:
            sink = "refusals"
        elif plain:
            return
        self._write(sink, name, _beyond_the_own_file(answer.content) if sink == "imports" else answer.content)

    def _write(self, sink: str, name: str, content: bytes) -> None:
        folder = self._evidence / sink
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
