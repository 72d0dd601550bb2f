"""Rows a second of a reconsideration ledger through the service's public door, events and all."""

import csv
import io
from contextlib import ExitStack
from statistics import median

from services.sample.rows import ReconsiderationRow
from tests.bench import cases
from tests.bench.rig import Json, Rig, Spent, spending
from tests.bench.serving import Server, ours
from tests.bench.sizes import Sizes
from tests.support import broker
from tests.support.processes import client

IMPORT_SECONDS = 300.0


def _ledger(first: int, rows: int) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(ReconsiderationRow._fields)
    writer.writerows(cases.ledger_row(case) for case in range(first, first + rows))
    return text.getvalue().encode()


def measure(rig: Rig, sizes: Sizes) -> Json:
    turns: dict[str, list[Spent]] = {kind: [] for kind in rig.kinds}
    with ExitStack() as stack:
        nats = stack.enter_context(broker.running(rig.folder()))
        servers = {kind: stack.enter_context(ours(rig, kind, nats)) for kind in rig.kinds}
        for server in servers.values():
            server.wait_until_up()
        for number in sizes.rounds():
            ledger = _ledger(number * sizes.ledger_rows, sizes.ledger_rows)
            for kind, server in servers.items():
                rig.told(f"import, {kind}")
                turns[kind].append(_bring(server, ledger, sizes.ledger_rows))
                server.wait_until_published()
    return {
        kind: {
            "rows": sizes.ledger_rows,
            "rounds": len(turns[kind]),
            "rows_per_s": round(median(sizes.ledger_rows / turn.seconds for turn in turns[kind])),
            "server_cpu_us_per_row": round(
                median(turn.cpu for turn in turns[kind]) / sizes.ledger_rows * 1e6
            ),
        }
        for kind in rig.kinds
    }


def _bring(server: Server, ledger: bytes, rows: int) -> Spent:
    """Import it, on a connection that waits as long as it takes; `cpu` is the server's."""
    cpu = server.cpu_seconds()
    with client() as http, spending() as spent:
        answer = http.post(
            f"{server.url}/{server.service}/imports/cases",
            params={"filename": "ledger.csv"},
            content=ledger,
            timeout=IMPORT_SECONDS,
        )
    assert answer.status_code == 200, answer.text[:2000]
    assert answer.json()["created"] == rows, answer.text[:2000]
    spent.cpu = server.cpu_seconds() - cpu
    return spent
