"""Data out, for checking elsewhere: event logs, facts, audit trails and figures, as files for `dingfen-verify`."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import httpx2 as httpx
import typer

from services.cli.client import SOURCES, Suite, err, refuse
from services.cli.figures import KINDS, Own, PeriodText, Region, Scope
from services.cli.words import say

PAGE = 1_000
AUDITED = (*SOURCES, "reporting", "identity")
Target = Annotated[Path, typer.Option("-o", "--output", help=say("写到这个文件", "write to this file"))]

export = typer.Typer(
    help=say("导出供独立核验的文件", "export files for independent checking"), no_args_is_help=True
)


class Downloads(Suite):
    """The suite's doors, with answers that are too long to be held in memory."""

    def download(self, path: str) -> Iterator[bytes]:
        """The body of a GET as it comes; a refusal ends the command."""
        try:
            with self._http.stream("GET", path, timeout=None) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    refuse(_reason(answer))
                yield from answer.iter_bytes()
        except httpx.TransportError:
            self._unreachable()


def _reason(answer: httpx.Response) -> str:
    try:
        problem = answer.json()
    except ValueError:
        return f"HTTP {answer.status_code}"
    return f"{problem.get('detail', '')} ({problem.get('code', answer.status_code)})"


@export.command("events", help=say("一个服务的永久事件日志", "a service's permanent event log"))
def events(service: Annotated[str, typer.Argument(help=" | ".join(SOURCES))], output: Target) -> None:
    """Every event with its number, after a line that names the service and before one that counts them."""
    _require(service, SOURCES)
    _write(output, _events(Suite(), service))


def _events(suite: Suite, service: str) -> Iterator[dict[str, Any]]:
    after, count, epoch = 0, 0, None
    while True:
        page = suite.get(f"/{service}/events", epoch=epoch, after=after, limit=PAGE)
        if epoch is None:
            epoch = page["epoch"]
            yield {"export": "events", "service": service, "epoch": epoch}
        if page["epoch"] != epoch:
            refuse(
                say(
                    "导出期间数据库被恢复，请重新导出。", "The database was restored meanwhile; export again."
                )
            )
        yield from page["events"]
        count += len(page["events"])
        if page["next"] is None:
            break
        after = page["next"]
    yield {"end": {"events": count}}


@export.command("facts", help=say("统计所知的各案件版本和摘要", "what reporting knows of each case"))
def facts(output: Target) -> None:
    """Version and digest of every case of every kind."""
    _write(output, _facts(Suite()))


def _facts(suite: Suite) -> Iterator[dict[str, Any]]:
    yield {"export": "facts"}
    count = 0
    for kind in KINDS:
        after: str | None = None
        while True:
            page = suite.get("/reporting/facts", kind=kind, after=after, limit=PAGE)
            for item in page["items"]:
                count += 1
                yield {"kind": kind, **item}
            after = page["next"]
            if after is None:
                break
    yield {"end": {"facts": count}}


@export.command("audit", help=say("一个服务的全部审计记录", "a service's whole audit trail"))
def audit(service: Annotated[str, typer.Argument(help=" | ".join(AUDITED))], output: Target) -> None:
    """The trail with its chain and checkpoints, and the events to compare it with."""
    _require(service, AUDITED)
    with output.open("wb") as file:
        for part in Downloads().download(f"/{service}/audit/export"):
            file.write(part)
    _done(output)


@export.command("figure", help=say("一个数字及其口径", "one figure with its definition"))
def figure(
    indicator: Annotated[str, typer.Argument(metavar="INDICATOR", help="IND-AR-10, IND-PM-2, IND-AL-1 …")],
    region: Region,
    period: PeriodText,
    output: Target,
    definition: Annotated[
        str | None, typer.Option("--definition", help=say("口径，例如 A2", "definition, e.g. A2"))
    ] = None,
    own: Own = False,
    scope: Scope = None,
) -> None:
    """What was told, and by which measures, as data."""
    suite = Suite()
    told = suite.get(
        "/reporting/rates",
        region=region,
        period=period,
        indicator=indicator,
        definition=definition,
        own=own or None,
        scope=scope,
    )
    rate = told["rates"][0]
    indicators = {each["id"]: each for each in suite.get("/reporting/indicators")}
    formula = next(
        each for each in indicators[rate["indicator"]]["definitions"] if each["id"] == rate["definition"]
    )
    content = {
        **{name: told[name] for name in ("region", "period", "start", "end", "own", "scope", "as_of")},
        **{
            name: rate[name]
            for name in ("indicator", "definition", "numerator", "denominator", "rate", "unit")
        },
        "withheld": rate.get("withheld", False),
        **{name: formula[name] for name in ("sentence", "decimals", "rounding")},
        "numerator_terms": formula["numerator"],
        "denominator_terms": formula["denominator"],
    }
    output.write_text(json.dumps(content, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    _done(output)


def _require(service: str, known: tuple[str, ...]) -> None:
    if service not in known:
        refuse(
            say(f"没有服务“{service}”：{'、'.join(known)}。", f"No service {service}: {', '.join(known)}.")
        )


def _write(output: Path, lines: Iterator[dict[str, Any]]) -> None:
    with output.open("w", encoding="utf-8", newline="\n") as file:
        for line in lines:
            file.write(json.dumps(line, ensure_ascii=False, separators=(",", ":")) + "\n")
    _done(output)


def _done(output: Path) -> None:
    err.print(say(f"已写到 {output}", f"written to {output}"), highlight=False)
