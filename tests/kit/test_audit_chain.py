"""The sequencer: every row once, without a gap, whoever writes how late, and whatever is killed."""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from functools import partial
from multiprocessing.synchronize import Event as Flag
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import MetaData, insert

from shared.kit.audit import AuditEntry, AuditTrail
from shared.kit.audit_chain import Head, Sequencer, chained, first_hash, head, next_hash
from shared.kit.audit_notes import Algorithm
from shared.kit.database import Database
from tests.kit.crowd import at_once
from tests.support.databases import only_postgresql
from tests.support.events import NOW
from tests.support.waiting import until, until_now
from tests.verify.audited import CLERK, Audited


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(database_url, tmp_path)
    yield made
    made.database.dispose()


def is_whole(audited: Audited) -> int:
    """Assert that every audit row has its place and every hash fits; the length."""
    rows = audited.ask(
        lambda session: session.execute(
            audited.trail.audit.select()
            .join(audited.trail.chain, audited.trail.chain.c.audit_id == audited.trail.audit.c.id)
            .order_by(audited.trail.chain.c.seq)
        ).all()
    )
    links = audited.rows("SELECT seq, audit_id, hash FROM audit_chain ORDER BY seq")
    again = chained(Head(0, first_hash(audited.service, "sha256")), rows, "sha256")
    assert [(link["seq"], link["audit_id"], link["hash"]) for link in again] == links
    assert audited.rows("SELECT count(*) FROM audit") == [(len(links),)]
    assert audited.rows("SELECT id FROM audit_waiting") == []
    return len(links)


def test_rows_are_chained_in_the_order_of_their_ids(audited: Audited) -> None:
    audited.happen(20)

    audited.chain()

    assert is_whole(audited) == 24
    assert audited.rows("SELECT seq, audit_id FROM audit_chain ORDER BY seq") == [
        (place, place) for place in range(1, 25)
    ]


@only_postgresql
def test_a_row_that_commits_late_is_found_by_the_next_round(audited: Audited) -> None:
    early = AuditEntry("early", "case", "1")
    with audited.database.writing(CLERK) as slow:
        audited.trail.record(slow, [AuditEntry("late", "case", "2")], NOW)
        with audited.database.writing(CLERK) as quick:
            audited.trail.record(quick, [early], NOW)
        assert audited.chain() == 1

    assert audited.chain() == 1

    chain = "SELECT a.action, a.id FROM audit_chain c JOIN audit a ON a.id = c.audit_id ORDER BY c.seq"
    assert audited.rows(chain) == [("early", 2), ("late", 1)]
    assert is_whole(audited) == 2


def test_four_writers_and_two_sequencers_leave_one_whole_chain(audited: Audited) -> None:
    def write(writer: int) -> None:
        for number in range(40):
            with audited.database.writing(CLERK) as session:
                audited.trail.record(session, [AuditEntry("act", "case", f"{writer}-{number}")] * 3, NOW)

    async def story() -> None:
        sequencers = [Sequencer(audited.database, audited.trail, service=audited.service) for _ in range(2)]
        tasks = [asyncio.create_task(sequencer.run()) for sequencer in sequencers]
        await asyncio.to_thread(at_once, 4, write)
        await until(lambda: audited.rows("SELECT count(*) FROM audit_chain") == [(480,)], what="all chained")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(story())

    assert is_whole(audited) == 480


def test_a_second_sequencer_that_believes_to_lead_cannot_add_to_the_chain(audited: Audited) -> None:
    audited.happen(3)
    other = Sequencer(audited.database, audited.trail, service=audited.service)
    asked = other._waiting

    def beaten(session: object) -> object:
        waiting = asked(session)  # type: ignore[arg-type]
        audited.chain()
        return waiting

    other._waiting = beaten  # type: ignore[method-assign, assignment]
    with pytest.raises(Exception, match=r"(?i)unique"):
        other.step()

    assert is_whole(audited) == 4


def test_a_committed_row_is_chained_within_a_second(audited: Audited) -> None:
    async def story() -> list[float]:
        task = asyncio.create_task(audited.sequencer.run())
        await until(lambda: audited.sequencer.leading, what="leading")
        waits = []
        for _ in range(5):
            await asyncio.to_thread(audited.happen, 1)
            done = time.monotonic()
            await until(lambda: audited.rows("SELECT id FROM audit_waiting") == [], what="chained")
            waits.append(time.monotonic() - done)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return waits

    waits = asyncio.run(story())

    assert max(waits) < 1.0, waits


def _write_and_chain(url: str, ready: Flag) -> None:
    """The body of a process that will be killed: it writes and chains until then."""
    metadata = MetaData()
    trail = AuditTrail(metadata)
    database = Database(url, metadata)
    sequencer = Sequencer(database, trail, service="litigation")

    async def work() -> None:
        task = asyncio.create_task(sequencer.run())
        number = 0
        while not task.done():
            with database.writing(CLERK) as session:
                trail.record(session, [AuditEntry("act", "case", str(number))] * 7, NOW)
            number += 1
            if number == 5:
                ready.set()
            await asyncio.sleep(0)

    asyncio.run(work())


def test_nothing_is_lost_or_doubled_when_the_sequencer_is_killed(audited: Audited) -> None:
    url = audited.database.url.render_as_string(hide_password=False)
    context = multiprocessing.get_context("spawn")

    def length() -> int:
        return int(str(audited.rows("SELECT count(*) FROM audit_chain")[0][0]))

    def is_longer(than: int) -> bool:
        return length() > than

    before = 0
    for _ in range(3):
        ready = context.Event()
        process = context.Process(target=_write_and_chain, args=(url, ready))
        process.start()
        assert ready.wait(30)
        until_now(partial(is_longer, before), what="chaining goes on")
        assert process.pid is not None
        os.kill(process.pid, signal.SIGKILL)
        process.join()
        before = length()

    async def finish() -> None:
        task = asyncio.create_task(audited.sequencer.run())
        await until(lambda: audited.rows("SELECT id FROM audit_waiting") == [], what="the rest is chained")
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(finish())

    assert is_whole(audited) >= before


KNOWN: dict[Algorithm, str] = {
    "sha256": "b95889624f5622c879a0c74ab2869ecef8760a68c1e25674765bdf9e9920fa39",
    "sm3": "e98055f987304846a26309be6e0877b91724b0b5babdf1ea8e66765b8f21c04d",
}


@pytest.mark.parametrize("algorithm", ["sha256", "sm3"])
def test_equal_rows_have_equal_hashes_in_every_kind_of_database(
    database_url: str, tmp_path: Path, algorithm: Algorithm
) -> None:
    audited = Audited(database_url, tmp_path, algorithm=algorithm)
    row = {
        "entry_id": UUID("01a20181-b46a-723d-8bb7-4385304885cd"),
        "at": NOW,
        "actor": "8c1f",
        "via": "session",
        "role": "clerk",
        "office": "*",
        "action": "litigation.read",
        "object_kind": "case",
        "object_id": "7",
        "version": 3,
        "digest": None,
        "outcome": "done",
        "purpose": None,
        "code": None,
        "request_id": "",
    }
    with audited.database.writing() as session:
        session.execute(insert(audited.trail.audit), [row])
        session.execute(insert(audited.trail.waiting), [{"id": 1}])

    audited.chain()

    end = audited.ask(lambda session: head(session, audited.trail, service="litigation", algorithm=algorithm))
    assert end == Head(1, KNOWN[algorithm])
    audited.database.dispose()


def test_the_chain_is_what_the_decision_says() -> None:
    import hashlib

    start = hashlib.sha256(b"\x00dingfen/audit/mediation").digest()
    expected = hashlib.sha256(b"\x00" + start + '{"a":null,"b":1,"c":"中"}'.encode()).hexdigest()

    assert first_hash("mediation", "sha256") == start.hex()
    assert next_hash("sha256", start.hex(), {"c": "中", "b": 1, "a": None}) == expected
