"""A broker that knows its users: work goes on as without keys, and a refusal is noticed at once."""

import asyncio
import time
from collections.abc import Iterator
from pathlib import Path

import nats.errors
import pytest
from nats.js import api
from structlog.testing import capture_logs

from shared.kit.audit_checkpoints import ensure_audit_stream
from shared.kit.broker import (
    RELIED_ON,
    STREAM,
    BrokerGone,
    NotPermitted,
    StreamMissing,
    connect,
    ensure_stream,
    provision,
)
from shared.kit.broker_users import AUDITED
from shared.kit.embedded_broker import EmbeddedBroker
from shared.kit.keys import Keys
from shared.kit.relay import Relay
from shared.kit.subscription import Subscription
from tests.kit.test_event_path import Books, Collector, at_work
from tests.support.broker import NatsServer, running
from tests.support.waiting import until


@pytest.fixture
def keys(tmp_path: Path) -> Keys:
    return Keys(tmp_path / "keys")


@pytest.fixture
def server(tmp_path: Path, keys: Keys) -> Iterator[NatsServer]:
    """A server that knows these keys and has no streams yet."""
    with running(tmp_path / "guarded", keys) as started:
        yield started


@pytest.fixture
def books(tmp_path: Path) -> Iterator[Books]:
    made = Books(f"sqlite:///{tmp_path / 'books.db'}")
    yield made
    made.database.dispose()


def relay_of(books: Books, url: str, keys: Keys) -> Relay:
    return Relay(books.database, books.events, service="litigation", nats_url=url, keys=keys)


def subscription_of(books: Books, intake: Collector, url: str, keys: Keys) -> Subscription:
    return Subscription(books.database, intake, durable="reporting", nats_url=url, keys=keys)


def test_events_go_their_whole_way_and_go_on_after_a_restart(
    books: Books, server: NatsServer, keys: Keys
) -> None:
    expected = [*books.record(1), *books.record(2_500)]
    intake = Collector()

    async def story(count: int) -> None:
        async with at_work(
            relay_of(books, server.url, keys), subscription_of(books, intake, server.url, keys)
        ):
            await until(lambda: len(intake.ids) >= count, what="all events taken in")
            await until(lambda: books.waiting() == 0, what="all events marked as published")

    asyncio.run(provision(server.url, keys))
    with capture_logs() as logs:
        asyncio.run(story(len(expected)))
        expected += books.record(3)
        asyncio.run(story(len(expected)))

    assert intake.ids == expected
    assert [line for line in logs if line["event"] == "broker.refused"] == []


def test_relay_and_reader_wait_until_the_stream_is_provisioned(
    books: Books, server: NatsServer, keys: Keys
) -> None:
    expected = books.record(5)
    intake = Collector()

    async def story() -> None:
        relay, subscription = (
            relay_of(books, server.url, keys),
            subscription_of(books, intake, server.url, keys),
        )
        async with at_work(relay, subscription):
            await until(lambda: {"relay.waiting", "intake.waiting"} <= told(), what="both say that they wait")
            await provision(server.url, keys)
            await until(lambda: len(intake.ids) == 5, what="events taken in once there is a stream")

    def told() -> set[str]:
        return {line["event"] for line in logs if StreamMissing.__name__ in str(line.get("reason"))}

    with capture_logs() as logs:
        asyncio.run(story())

    assert intake.ids == expected


@pytest.mark.parametrize("user", AUDITED)
def test_every_service_publishes_its_checkpoints_and_reads_those_of_all(
    server: NatsServer, keys: Keys, user: str
) -> None:
    async def story() -> tuple[int, bytes | None, dict[str, int] | None]:
        await provision(server.url, keys, streams=(ensure_audit_stream,))
        client = await connect(server.url, name="audit", user=user, keys=keys)
        other = await connect(
            server.url, name="audit", user="identity" if user != "identity" else "reporting", keys=keys
        )
        acknowledged = await client.jetstream().publish(f"audit.checkpoint.{user}", b"note", stream="AUDIT")
        read = await other.jetstream().get_last_msg("AUDIT", f"audit.checkpoint.{user}", direct=True)
        subjects = (await other.jetstream().stream_info("AUDIT", subjects_filter=">")).state.subjects
        await client.close()
        await other.close()
        return acknowledged.seq, read.data, subjects

    assert asyncio.run(story()) == (1, b"note", {f"audit.checkpoint.{user}": 1})


def test_a_request_that_the_broker_refuses_fails_at_once(server: NatsServer, keys: Keys) -> None:
    async def story() -> tuple[float, bytes]:
        await provision(server.url, keys)
        client = await connect(server.url, name="relay", user="mediation", keys=keys)
        began = time.monotonic()
        with pytest.raises(NotPermitted, match=r"disputes\.litigation"):
            await client.request("disputes.litigation.p00.accepted", b"{}", timeout=60)
        took = time.monotonic() - began
        # The connection itself goes on.
        reply = await client.request("disputes.mediation.p00.accepted", b"{}", timeout=10)
        await client.close()
        return took, reply.data

    with capture_logs() as logs:
        took, reply = asyncio.run(story())

    assert took < 10
    assert b'"seq":1' in reply.replace(b" ", b"")
    assert [line["log_level"] for line in logs if line["event"] == "broker.refused"] == ["error"]


def test_a_request_that_nobody_answers_ends_as_ever(server: NatsServer, keys: Keys) -> None:
    async def story() -> None:
        client = await connect(server.url, name="relay", user="mediation", keys=keys)
        try:
            with pytest.raises(nats.errors.NoRespondersError):
                await client.request("audit.checkpoint.mediation", b"", timeout=10)
        finally:
            await client.close()

    asyncio.run(story())


def test_a_client_that_the_broker_closed_for_good_says_so_at_once(nats_server: NatsServer) -> None:
    """As after a message whose headers made it too large: the library looks at the payload alone."""

    async def story() -> float:
        silent, client = [await connect(nats_server.url, name=name) for name in ("silent", "relay")]
        asked = await silent.subscribe("question")
        await silent.flush()
        began = time.monotonic()
        waiting = asyncio.create_task(client.request("question", b"", timeout=60))
        await asked.next_msg(timeout=20)
        await client._process_err("'maximum payload violation'")
        with pytest.raises(BrokerGone):
            await waiting
        with pytest.raises(BrokerGone):
            await client.request("question", b"", timeout=60)
        await silent.close()
        return time.monotonic() - began

    with capture_logs() as logs:
        took = asyncio.run(story())

    assert took < 20
    assert [(line["event"], line["client"]) for line in logs] == [("broker.closed", "relay")]


def test_a_client_that_leaves_is_no_event(server: NatsServer, keys: Keys) -> None:
    async def story() -> None:
        client = await connect(server.url, name="relay", user="mediation", keys=keys)
        await client.close()
        with pytest.raises(BrokerGone):
            await client.request("disputes.mediation.p00.accepted", b"{}", timeout=10)

    with capture_logs() as logs:
        asyncio.run(story())

    assert logs == []


def test_withdrawn_keys_stop_the_work_and_once_they_are_valid_again_it_goes_on(
    books: Books, server: NatsServer, keys: Keys, tmp_path: Path
) -> None:
    intake = Collector()

    def refused() -> set[str]:
        return {line["client"] for line in logs if "authorization" in str(line.get("error")).lower()}

    async def story() -> None:
        await provision(server.url, keys)
        async with at_work(
            relay_of(books, server.url, keys), subscription_of(books, intake, server.url, keys)
        ):
            books.record(1)
            await until(lambda: len(intake.ids) == 1, what="the first event taken in")
            server.admit(Keys(tmp_path / "others"))
            server.reload()
            await until(lambda: refused() == {"relay-litigation", "reporting"}, what="both are refused")
            books.record(1)
            server.admit(keys)
            server.reload()
            await until(lambda: len(intake.ids) == 2, what="the second event taken in", seconds=60)

    with capture_logs() as logs:
        asyncio.run(story())


# Provisioning


def test_provisioning_twice_changes_nothing(server: NatsServer, keys: Keys) -> None:
    async def story() -> tuple[str, str]:
        lives = []
        for _ in range(2):
            await provision(server.url, keys, streams=(ensure_audit_stream,))
            client = await connect(server.url, name="relay", user="mediation", keys=keys)
            lives.append(await ensure_stream(client.jetstream()))
            await client.close()
        return lives[0], lives[1]

    with capture_logs() as logs:
        first, second = asyncio.run(story())

    assert first == second
    assert logs == []


def test_a_stream_of_an_earlier_release_is_brought_up_to_date_and_keeps_its_events(
    nats_server: NatsServer,
) -> None:
    async def story() -> tuple[api.StreamInfo, api.StreamInfo]:
        client = await connect(nats_server.url, name="earlier")
        jetstream = client.jetstream()
        await jetstream.add_stream(
            name=STREAM, subjects=["disputes.>"], storage=api.StorageType.FILE, max_msgs=10_000
        )
        await jetstream.publish("disputes.mediation.p00.accepted", b"{}")
        before = await jetstream.stream_info(STREAM)
        await provision(nats_server.url, None)
        after = await jetstream.stream_info(STREAM)
        await client.close()
        return before, after

    before, after = asyncio.run(story())

    assert not before.config.deny_purge
    assert after.state.messages == 1
    assert after.config.max_msgs == 10_000
    assert after.config.discard == api.DiscardPolicy.NEW
    for flag in ("deny_delete", "deny_purge", "allow_direct", "allow_atomic"):
        assert flag in RELIED_ON
        assert getattr(after.config, flag) is True, flag


def test_provisioning_waits_for_the_broker(server: NatsServer, keys: Keys) -> None:
    server.stop()

    async def story() -> None:
        work = asyncio.create_task(provision(server.url, keys))
        await until(
            lambda: any(line["event"] == "broker.error" for line in logs), what="the broker is missed"
        )
        assert not work.done()
        await asyncio.to_thread(server.start)
        await asyncio.wait_for(work, 60)

    with capture_logs() as logs:
        asyncio.run(story())


# The broker of the suite


def test_the_embedded_broker_lets_only_its_users_in(tmp_path: Path, keys: Keys) -> None:
    embedded = EmbeddedBroker(tmp_path / "nats", keys)

    async def story() -> None:
        await provision(embedded.url, keys)
        client = await connect(embedded.url, name="relay", user="mediation", keys=keys)
        with pytest.raises(NotPermitted):
            await client.jetstream().purge_stream(STREAM)
        await client.close()

    embedded.start()
    try:
        asyncio.run(story())
        assert keys.nkey_seed("mediation").decode() not in (tmp_path / "nats/nats.conf").read_text()
        assert "authorization {" in (tmp_path / "nats/nats.conf").read_text()
    finally:
        embedded.stop()


def test_an_open_broker_does_not_mind_a_key(nats_server: NatsServer, keys: Keys) -> None:
    async def story() -> str:
        client = await connect(nats_server.url, name="relay", user="mediation", keys=keys)
        life = await ensure_stream(client.jetstream())
        await client.close()
        return life

    assert len(asyncio.run(story())) == 16
