"""Cases filed a second over HTTP, beside a bare insert of one SQLModel row in the same framework."""

import json
from contextlib import ExitStack
from itertools import count
from statistics import median, quantiles

from tests.bench import cases
from tests.bench.rig import Json, Rig, ratio
from tests.bench.serving import Server, Shot, ours, shoot, the_bare_one
from tests.bench.sizes import Sizes
from tests.support import broker

CONNECTIONS = (1, 8)
WARM_UP = 30


def body_of(number: int, region: str | None = None) -> bytes:
    """An application, of one county after the other unless one is named."""
    application = {
        "case_number": cases.number_of(number),
        "organ_region": region or cases.counties()[number % len(cases.counties())],
        "organ_level": "county",
        "respondent": "某县公安局",
        "respondent_type": "department",
        "matter": "行政处罚",
        "field": "治安管理",
        "channel": "internet",
        "is_group": False,
        "received_on": "2024-03-01",
    }
    return json.dumps(application, ensure_ascii=False).encode()


def measure(rig: Rig, sizes: Sizes) -> Json:
    numbers = count(1)

    def turn(server: Server, connections: int, filed: int) -> Shot:
        shot = shoot(server, [body_of(next(numbers)) for _ in range(filed)], connections=connections)
        if server.service != "bare":
            server.wait_until_published()
        return shot

    with ExitStack() as stack:
        nats = stack.enter_context(broker.running(rig.folder()))
        servers = {
            (kind, who): stack.enter_context(
                ours(rig, kind, nats) if who == "ours" else the_bare_one(rig, kind)
            )
            for kind in rig.kinds
            for who in ("ours", "bare")
        }
        for server in servers.values():
            server.wait_until_up()
            turn(server, max(CONNECTIONS), WARM_UP)
        shots: dict[tuple[str, int, str], list[Shot]] = {}
        for _ in sizes.rounds():
            for connections in CONNECTIONS:
                for (kind, who), server in servers.items():
                    rig.told(f"filing, {connections} at a time, {kind}, {who}")
                    shot = turn(server, connections, sizes.filed * min(connections, 4))
                    shots.setdefault((kind, connections, who), []).append(shot)
    return {
        kind: {
            f"concurrency_{connections}": _compared(
                shots[kind, connections, "ours"], shots[kind, connections, "bare"]
            )
            for connections in CONNECTIONS
        }
        for kind in rig.kinds
    }


def _compared(ours: list[Shot], bare: list[Shot]) -> Json:
    """`ratio` is of the rates: how much of the bare insert's speed is left; `cpu_ratio` of the servers' CPU time."""
    compared = {"ours": told(ours), "bare": told(bare), "ratio": ratio(bare, ours)}
    burnt = sum(shot.cpu for shot in bare)
    return compared | ({"cpu_ratio": round(sum(shot.cpu for shot in ours) / burnt, 3)} if burnt else {})


def told(shots: list[Shot]) -> Json:
    latencies = [latency * 1000 for shot in shots for latency in shot.latencies]
    filed = len(latencies)
    return {
        "cases_per_s": round(median(len(shot.latencies) / shot.seconds for shot in shots)),
        "p50_ms": round(median(latencies), 2),
        "p99_ms": round(quantiles(latencies, n=100, method="inclusive")[-1], 2),
        "server_cpu_us_per_case": round(sum(shot.cpu for shot in shots) / filed * 1e6),
        "rounds": len(shots),
    }
