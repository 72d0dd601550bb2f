"""Kill -9 anything at any moment: what was acknowledged stands in the books, in the facts and in the cells, once.

Two replicas of the reconsideration service share one database; one of them leads the relay. They, the reporting
service and the broker are killed at random points while clerks file and correct. Every clerk keeps a journal of
what was acknowledged and repeats what was not, under the same idempotency key, as a browser would.
"""

import contextlib
import queue
import random
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest

from tests.reconsideration.walking import ALL_MET
from tests.support.broker import NatsServer
from tests.support.processes import HTTP, ServiceProcess, client
from tests.support.waiting import until_now

# A restart costs seconds of two cores; the embedded default gets the long run.
KILLS = {"sqlite": 52, "postgresql": 16}
CLERKS = 4
CASES_A_KILL = 3
VICTIMS = ("clerks' replica", "relay leader", "reporting", "broker")


@dataclass
class Journal:
    """What a clerk knows: (case id → newest acknowledged version), and how often something had to be repeated."""

    acknowledged: dict[str, int] = field(default_factory=dict)
    answers: int = 0
    repeated: int = 0


class Clerk(threading.Thread):
    """Takes an application from the tray, files it, accepts it and corrects it, until there will be no more."""

    def __init__(self, name: str, replicas: list[ServiceProcess], tray: "queue.Queue[str | None]") -> None:
        super().__init__(name=name, daemon=True)
        self.journal = Journal()
        self.failure: BaseException | None = None
        self._replicas = replicas
        self._tray = tray
        self._choice = random.Random(name)
        self._http = client()

    def run(self) -> None:
        try:
            with self._http:
                while (number := self._tray.get()) is not None:
                    self._one_case(number)
        except BaseException as failure:
            self.failure = failure
            raise

    def _one_case(self, number: str) -> None:
        filed = self._until_acknowledged(
            "/reconsideration/cases",
            {
                "case_number": f"杭政复〔2022〕{number}号",
                "organ_region": "150625",
                "received_on": "2022-03-01",
            },
            key=f"{number} file",
        )
        case = f"/reconsideration/cases/{filed['id']}"
        accepted = {"on": "2022-03-03", "conditions": ALL_MET}
        self._until_acknowledged(f"{case}/steps/accept", accepted, key=f"{number} accept")
        # Before 2024 an application was accepted on the day it was received.
        days = {"received_on": "2022-03-02", "accepted_on": "2022-03-02"}
        correction = {"changes": {**days, "is_group": True}, "reason": "核对原卷"}
        self._until_acknowledged(f"{case}/corrections", correction, key=f"{number} correct")

    def _until_acknowledged(self, path: str, body: dict[str, Any], *, key: str) -> dict[str, Any]:
        while True:
            replica = self._choice.choice(self._replicas)
            try:
                answer = self._http.post(replica.url + path, json=body, headers={"Idempotency-Key": key})
            except httpx.TransportError:
                self.journal.repeated += 1  # nobody knows whether it was recorded: ask again
                # Asking while nobody is there would only take the processor from those who start again.
                until_now(lambda: any(each.listens() for each in self._replicas), what="a replica listens")
                continue
            assert answer.status_code in {200, 201, 503}, answer.text
            if answer.status_code == 503:
                continue
            self.journal.answers += 1
            case: dict[str, Any] = answer.json()
            newest = max(case["version"], self.journal.acknowledged.get(case["id"], 0))
            self.journal.acknowledged[case["id"]] = newest
            return case


@pytest.fixture
def databases(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> tuple[str, str]:
    """(books, reporting): two databases of the same kind."""
    if database_url.startswith("sqlite"):
        return database_url, f"sqlite:///{tmp_path / 'reporting.db'}"
    head, _, query = database_url.partition("?")
    other = f"{head}_reporting"
    import psycopg

    with psycopg.connect(database_url.replace("+psycopg", ""), autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{other.rpartition("/")[2]}"')
    return database_url, f"{other}?{query}" if query else other


def test_nothing_acknowledged_is_lost_and_nothing_is_doubled(
    databases: tuple[str, str], nats_server: NatsServer, tmp_path: Path
) -> None:
    books_url, reporting_url = databases
    replicas = [
        ServiceProcess("reconsideration", nats_url=nats_server.url, database_url=books_url, folder=tmp_path)
        for _ in range(2)
    ]
    reporting = ServiceProcess(
        "reporting", nats_url=nats_server.url, database_url=reporting_url, folder=tmp_path
    )
    everyone = [*replicas, reporting]
    with contextlib.ExitStack() as stack:
        for process in everyone:
            stack.callback(process.stop)
            process.start()
            process.wait_until_ready()
        _file_under_fire(
            replicas, reporting, nats_server, kills=KILLS[books_url.partition(":")[0].partition("+")[0]]
        )


def _file_under_fire(
    replicas: list[ServiceProcess], reporting: ServiceProcess, broker: NatsServer, *, kills: int
) -> None:
    tray: queue.Queue[str | None] = queue.Queue()
    clerks = [Clerk(f"c{place}", replicas, tray) for place in range(CLERKS)]
    for clerk in clerks:
        clerk.start()

    killed = _kill_at_random(replicas, reporting, broker, clerks, tray, kills=kills)
    for _ in clerks:
        tray.put(None)
    for process in (*replicas, reporting):
        process.wait_until_ready()
    for clerk in clerks:
        clerk.join(timeout=90)

    assert [clerk.failure for clerk in clerks if clerk.failure is not None] == []
    assert not any(clerk.is_alive() for clerk in clerks)
    acknowledged = {case: version for clerk in clerks for case, version in clerk.journal.acknowledged.items()}
    assert len(acknowledged) == kills * CASES_A_KILL
    assert sum(killed.values()) == kills
    assert sum(clerk.journal.repeated for clerk in clerks) > 0
    assert set(killed) == set(VICTIMS)
    _check_accounts(acknowledged, replicas[0], reporting)


def _kill_at_random(
    replicas: list[ServiceProcess],
    reporting: ServiceProcess,
    broker: NatsServer,
    clerks: list[Clerk],
    tray: "queue.Queue[str | None]",
    *,
    kills: int,
) -> Counter[str]:
    """Give the clerks work and kill in the middle of it; the moment follows their progress, not a clock."""
    dice = random.Random(20260701)
    killed: Counter[str] = Counter()
    for place in range(kills):
        for case in range(CASES_A_KILL):
            tray.put(f"{place}-{case}")
        _wait_for_answers(clerks, dice.randint(0, 2 * CASES_A_KILL))
        victim = VICTIMS[place % len(VICTIMS)]
        _kill(victim, replicas, reporting, broker, dice)
        killed[victim] += 1
    return killed


def _wait_for_answers(clerks: list[Clerk], more: int) -> None:
    def answers() -> int:
        assert [clerk.failure for clerk in clerks if clerk.failure is not None] == []
        return sum(clerk.journal.answers for clerk in clerks)

    goal = answers() + more
    until_now(lambda: answers() >= goal, what="the clerks go on filing", seconds=90)


def _kill(
    victim: str,
    replicas: list[ServiceProcess],
    reporting: ServiceProcess,
    broker: NatsServer,
    dice: random.Random,
) -> None:
    if victim == "broker":
        broker.kill()
        broker.start()
        return
    leaders = [replica for replica in replicas if (replica.health() or {}).get("relay_leading")]
    choice: dict[str, Callable[[], ServiceProcess]] = {
        "clerks' replica": lambda: dice.choice(replicas),
        "relay leader": lambda: leaders[0] if leaders else dice.choice(replicas),
        "reporting": lambda: reporting,
    }
    process = choice[victim]()
    process.kill()
    process.start()


def _check_accounts(acknowledged: dict[str, int], books: ServiceProcess, reporting: ServiceProcess) -> None:
    """Acknowledged cases = service books = reporting facts = cells."""
    booked: dict[str, tuple[int, str]] = {}
    reported: dict[str, tuple[int, str]] = {}

    def agreed() -> bool:
        booked.update(_all(books.url, "/reconsideration/books"))
        reported.update(_all(reporting.url, "/reporting/facts"))
        return booked == reported

    until_now(agreed, what="books and facts agree", seconds=90)
    assert {case: version for case, (version, _) in booked.items()} == acknowledged
    assert set(acknowledged.values()) == {3}
    recount = HTTP.get(f"{reporting.url}/reporting/recount").json()
    assert recount["ok"], recount
    answer = HTTP.get(
        f"{reporting.url}/reporting/rates", params={"region": "150625", "period": "2022"}
    ).json()
    assert answer["counts"]["ar.received"] == answer["counts"]["ar.accepted"] == len(acknowledged)
    log = _log_of(books.url)
    assert Counter(event["event"]["data"]["case_id"] for event in log) == dict.fromkeys(acknowledged, 3)
    assert [event["pub_seq"] for event in log] == list(range(1, len(log) + 1))


def _all(url: str, path: str) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    after: str | None = None
    while True:
        query: dict[str, Any] = {"kind": "reconsideration_case", "limit": 1000} | (
            {"after": after} if after else {}
        )
        answer = HTTP.get(url + path, params=query).json()
        found |= {item["case_id"]: (item["version"], item["digest"]) for item in answer["items"]}
        after = answer["next"]
        if after is None:
            return found


def _log_of(url: str) -> list[dict[str, Any]]:
    events: list[dict[str, Any]] = []
    while True:
        after = events[-1]["pub_seq"] if events else 0
        answer = HTTP.get(f"{url}/reconsideration/events", params={"after": after, "limit": 1000}).json()
        events += answer["events"]
        if answer["next"] is None:
            return events
