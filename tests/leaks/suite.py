"""The suite in a process, through which all planted values go, and everything they could have left behind."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from shared.kit.settings import Settings
from tests.leaks import addresses, breaking, evidence, flows, ledgers
from tests.leaks.canaries import Crowd
from tests.leaks.flows import Walk
from tests.leaks.recorder import Recorder
from tests.leaks.staff import employed
from tests.support.processes import client
from tests.support.suite_process import SuiteProcess
from tests.support.waiting import until_now

SERVICES = ("reconsideration", "mediation", "litigation", "reporting", "identity")
_DESCRIBED = ("/openapi.json", "/asyncapi", "/healthz", "/readyz", "/metrics", "/docs", "/redoc")
_EXPORTS = (
    *(("events", service) for service in SERVICES[:3]),
    *(("audit", service) for service in SERVICES),
    ("facts",),
)


class LoudSuite(SuiteProcess):
    """Says all it can say, with temporary files of its own."""

    @property
    def environment(self) -> Mapping[str, str]:
        temporary = self.folder.with_name("temporary")
        temporary.mkdir(exist_ok=True)
        return {**super().environment, "DINGFEN_LOG_LEVEL": "DEBUG", "TMPDIR": str(temporary)}


def driven(suite: LoudSuite, gathered: Path, crowd: Crowd) -> Recorder:
    """Send everything, then bring together what there is, while the suite is still running."""
    with client() as plain:
        plain.headers.pop("Authorization")
        plain.base_url = suite.url
        staff = employed(plain, Settings(data=suite.folder))
        recorder = Recorder(plain, gathered, crowd)
        walks = flows.walks(recorder, staff, crowd)
        for walk in walks:
            flows.good_ways(walk)
            flows.wrong_ways(walk)
            flows.last_ways(walk)
            addresses.into_addresses(walk)
            ledgers.into_ledgers(walk)
            ledgers.into_sealed_columns(walk)
        addresses.into_pages(walks[0])
        addresses.into_headers(walks[1])
        addresses.into_sign_in(walks[2])
        for walk in walks:
            _break(suite, walk)
        _hold(suite, walks[0])
        _silence_the_broker(suite, walks[0])
        _bring_together(suite, gathered, recorder, walks[0])
    return recorder


def _break(suite: LoudSuite, walk: Walk) -> None:
    book = suite.folder / f"{walk.trade.service}.db"
    case = walk.file()
    for table in breaking.TABLES:
        with breaking.refusing(book, table):
            assert 500 in breaking.acts(walk, case), table


def _hold(suite: LoudSuite, walk: Walk) -> None:
    book = suite.folder / f"{walk.trade.service}.db"
    case = walk.file()
    with breaking.locked(book):
        body = walk.party(walk.persons[0])
        answer = walk.keeper("POST", f"{walk.trade.cases}/{case}/parties", body=body)
        assert answer.status_code == 503, answer.text


def _silence_the_broker(suite: LoudSuite, walk: Walk) -> None:
    """It takes connections and answers nobody, until the relay has given up waiting; then it goes on."""
    broker = int((suite.folder / "nats" / "nats.pid").read_text(encoding="ascii"))
    log = suite.folder / "suite.log"
    before = log.stat().st_size
    os.kill(broker, signal.SIGSTOP)
    try:
        sealed = dict.fromkeys(walk.trade.sealed, walk.sentences[0].value)
        walk.file(**sealed)

        def noticed() -> bool:
            with log.open("rb") as file:
                file.seek(before)
                return b"imeout" in file.read()

        until_now(noticed, what="the relay gives up waiting", seconds=60)
    finally:
        os.kill(broker, signal.SIGCONT)
    _wait_until_published(walk)


def _wait_until_published(walk: Walk) -> None:
    def published() -> bool:
        services = walk.recorder.send("GET", "/readyz", by=walk.staff.nobody).json()["services"]
        return all(services[name]["unpublished_events"] == 0 for name in SERVICES[:3])

    until_now(published, what="everything is published", seconds=60)


def _bring_together(suite: LoudSuite, gathered: Path, recorder: Recorder, walk: Walk) -> None:
    for path in _DESCRIBED:
        recorder.send("GET", path, by=walk.staff.operator, sink="described")
    exports = gathered / "exports"
    exports.mkdir(parents=True, exist_ok=True)
    for name in _EXPORTS:
        done = suite.command("export", *name, "-o", str(exports / "-".join(name)))
        (exports / f"{'-'.join(name)}.screen").write_text(done.stdout + done.stderr, encoding="utf-8")
        assert done.returncode == 0, done.stderr
    for service in SERVICES:
        recorder.send("GET", f"/{service}/audit?limit=1000", by=walk.staff.auditor, sink="exports")
    evidence.take_data_folder(suite.folder, gathered)
    evidence.take_folder(suite.folder.with_name("temporary"), gathered / "temporary files")
    (gathered / "screen").mkdir()
    (gathered / "screen" / "screen").write_bytes(suite.screen.read_bytes())
    work = gathered.with_name("messages")
    (work / "store").mkdir(parents=True)
    evidence.take_folder(gathered / "broker store" / "nats", work / "store")
    evidence.with_broker(work, into=gathered / "messages")
