"""Witnesses: checkpoints reach the other services over a real broker, and what contradicts is kept as evidence."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from nats.js import JetStreamContext
from nats.js.errors import APIError

from shared.kit.audit_checkpoints import STREAM, ensure_audit_stream, subject
from shared.kit.audit_keeping import AuditKeeping
from shared.kit.audit_notes import read, sign
from shared.kit.audit_witness import ACCEPTED, FOREIGN_KEY, FORKED, LATE, SHRUNK, UNREADABLE, Witness
from shared.kit.broker import connect
from tests.support.broker import NatsServer
from tests.support.events import NOW
from tests.support.waiting import until
from tests.verify.audited import Audited

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER_KEY = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def audited(database_url: str, tmp_path: Path) -> Iterator[Audited]:
    made = Audited(database_url, tmp_path)
    yield made
    made.database.dispose()


@pytest.fixture
def witness(audited: Audited) -> Witness:
    return audited.witness()


def a_note(size: int, head: str = "ab", *, minute: int = 0, key: Ed25519PrivateKey = KEY) -> str:
    return sign(
        key,
        service="mediation",
        size=size,
        head=head * 32,
        algorithm="sha256",
        made_at=NOW.replace(minute=minute),
        previous="-",
    )


def test_what_extends_is_accepted_and_kept_once(audited: Audited, witness: Witness) -> None:
    assert witness.keep("mediation", a_note(5)) == ACCEPTED
    assert witness.keep("mediation", a_note(9, minute=1)) == ACCEPTED
    assert witness.keep("mediation", a_note(9, minute=1)) == ACCEPTED

    assert audited.rows("SELECT size, verdict FROM witnessed ORDER BY id") == [(5, ACCEPTED), (9, ACCEPTED)]


@pytest.mark.parametrize(
    ("note", "verdict"),
    [
        (a_note(9, "cd", minute=2), FORKED),
        (a_note(7, minute=2), SHRUNK),
        (a_note(7), LATE),
        (a_note(11, minute=2, key=OTHER_KEY), FOREIGN_KEY),
        (a_note(11).replace("11", "12", 1), UNREADABLE),
        ("anything", UNREADABLE),
        (a_note(11).replace("mediation", "reporting"), UNREADABLE),
    ],
    ids=["forked", "shrunk", "late", "foreign key", "touched", "no note", "of another"],
)
def test_what_contradicts_is_refused_and_kept_as_evidence(
    audited: Audited, witness: Witness, note: str, verdict: str
) -> None:
    witness.keep("mediation", a_note(5))
    witness.keep("mediation", a_note(9, minute=1))

    assert witness.keep("mediation", note) == verdict

    assert audited.rows("SELECT note, verdict FROM witnessed ORDER BY id")[2:] == [(note, verdict)]
    assert witness.keep("mediation", a_note(12, minute=3)) == ACCEPTED


def test_a_note_of_one_service_is_none_of_another(witness: Witness) -> None:
    assert witness.keep("reporting", a_note(5)) == UNREADABLE


def test_each_service_keeps_the_checkpoints_of_the_others(tmp_path: Path, nats_server: NatsServer) -> None:
    services = {
        name: Audited(f"sqlite:///{tmp_path / name}.db", tmp_path / name, service=name)
        for name in ("litigation", "mediation")
    }
    seen = "SELECT service, size, verdict FROM witnessed ORDER BY id"

    async def story() -> None:
        client = await connect(nats_server.url, name="provisioner")
        keepings = [
            AuditKeeping(
                audited.database,
                audited.trail,
                service=name,
                keys=audited.keys,
                folder=audited.folder / "checkpoints",
                nats_url=nats_server.url,
                clock=audited.clock,
                algorithm="sha256",
            )
            for name, audited in services.items()
        ]
        tasks = [asyncio.ensure_future(worker()) for keeping in keepings for worker in keeping.workers]
        services["litigation"].happen(3)
        services["mediation"].happen(1)
        await until(lambda: all(len(each.notes()) == 1 for each in services.values()), what="signed")
        await ensure_audit_stream(client.jetstream())
        await ensure_audit_stream(client.jetstream())
        await until(lambda: services["mediation"].rows(seen) == [("litigation", 4, ACCEPTED)], what="seen")
        await until(lambda: services["litigation"].rows(seen) == [("mediation", 2, ACCEPTED)], what="seen")

        nats_server.kill()
        services["litigation"].happen(3)
        services["litigation"].pass_time(61)
        await until(lambda: len(services["litigation"].notes()) == 2, what="signed without the broker")
        nats_server.start()
        later = [("litigation", 4, ACCEPTED), ("litigation", 8, ACCEPTED)]
        await until(lambda: services["mediation"].rows(seen) == later, what="published later")
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.close()

    asyncio.run(story())
    for audited in services.values():
        audited.database.dispose()


def test_the_stream_keeps_every_checkpoint_once_and_nobody_can_remove_one(
    audited: Audited, witness: Witness, nats_server: NatsServer
) -> None:
    for _ in range(3):
        audited.happen(2)
        audited.sign()

    async def story() -> list[str]:
        client = await connect(nats_server.url, name="test")
        jetstream = client.jetstream()
        await ensure_audit_stream(jetstream)
        assert [await witness.publish(jetstream), await audited.witness().publish(jetstream)] == [3, 0]
        with pytest.raises(APIError):
            await jetstream.purge_stream(STREAM)
        with pytest.raises(APIError):
            await jetstream.delete_msg(STREAM, 1)
        kept = [await jetstream.get_msg(STREAM, sequence) for sequence in (1, 2, 3)]
        await client.close()
        assert {message.subject for message in kept} == {subject("litigation")}
        return [(message.data or b"").decode() for message in kept]

    assert asyncio.run(story()) == audited.notes()
    assert [read(note).service for note in audited.notes()] == ["litigation"] * 3


def test_a_publisher_that_slept_cannot_bring_an_older_state_after_a_newer_one(
    audited: Audited, witness: Witness, nats_server: NatsServer
) -> None:
    for _ in range(3):
        audited.happen(2)
        audited.sign()

    async def story() -> int:
        client = await connect(nats_server.url, name="test")
        jetstream = client.jetstream()
        await ensure_audit_stream(jetstream)
        await audited.witness().publish(jetstream)

        async def asleep_since_then(_: JetStreamContext) -> tuple[int, int]:
            return 0, 0

        witness._reached = asleep_since_then  # type: ignore[method-assign, assignment]
        with pytest.raises(APIError, match="wrong last sequence"):
            await witness.publish(jetstream)
        messages = (await jetstream.stream_info(STREAM)).state.messages
        await client.close()
        return int(messages)

    assert asyncio.run(story()) == 3
