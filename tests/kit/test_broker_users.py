"""Each service may do its own work on the broker and nothing else, and nobody without a key may do anything."""

import asyncio
import base64
import socket
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import nats.errors
import nkeys
import orjson
import pytest
from structlog.testing import capture_logs

from shared.kit.audit_checkpoints import ensure_audit_stream
from shared.kit.broker import BrokerClient, connect, provision, server_binary, server_config
from shared.kit.broker_users import (
    AUDITED,
    PERMISSIONS,
    PROVISIONER,
    USERS,
    authorization_block,
    public_keys,
)
from shared.kit.keys import Keys
from tests.support import broker
from tests.support.waiting import until

API = "$JS.API"
# What each user's work needs, one example for each subject with a wildcard.
NEEDED = {
    **{
        service: {
            f"disputes.{service}.p00.accepted",
            f"{API}.STREAM.INFO.DISPUTES",
            f"{API}.DIRECT.GET.DISPUTES.disputes.{service}.p63.closed",
        }
        for service in ("reconsideration", "mediation", "litigation")
    },
    "reporting": {
        f"{API}.STREAM.INFO.DISPUTES",
        f"{API}.CONSUMER.DURABLE.CREATE.DISPUTES.reporting",
        f"{API}.CONSUMER.DELETE.DISPUTES.reporting",
        f"{API}.CONSUMER.INFO.DISPUTES.reporting",
        f"{API}.CONSUMER.MSG.NEXT.DISPUTES.reporting",
        "$JS.ACK.DISPUTES.reporting.1.1.1.1.0",
    },
    "identity": set(),
    "provisioner": {
        f"{API}.STREAM.{act}.{stream}"
        for act in ("INFO", "CREATE", "UPDATE")
        for stream in ("DISPUTES", "AUDIT")
    },
}
WITNESSED = {
    f"{API}.STREAM.INFO.AUDIT",
    f"{API}.STREAM.MSG.GET.AUDIT",
    f"{API}.DIRECT.GET.AUDIT.audit.checkpoint.mediation",
}
# What no service ever needs.
NEVER = {
    *(
        f"{API}.STREAM.{act}.{stream}"
        for act in ("DELETE", "PURGE", "MSG.DELETE", "SNAPSHOT", "RESTORE", "PEER.REMOVE", "LEADER.STEPDOWN")
        for stream in ("DISPUTES", "AUDIT")
    ),
    f"{API}.STREAM.CREATE.OTHER",
    f"{API}.STREAM.MSG.GET.DISPUTES",
    f"{API}.STREAM.LIST",
    f"{API}.STREAM.NAMES",
    f"{API}.DIRECT.GET.DISPUTES",
    f"{API}.DIRECT.GET.DISPUTES.disputes.>",
    f"{API}.DIRECT.GET.DISPUTES.disputes.mediations.p00.accepted",
    f"{API}.CONSUMER.CREATE.DISPUTES",
    f"{API}.CONSUMER.CREATE.DISPUTES.reporting",
    f"{API}.CONSUMER.DURABLE.CREATE.DISPUTES.other",
    f"{API}.CONSUMER.DURABLE.CREATE.AUDIT.reporting",
    f"{API}.CONSUMER.DELETE.DISPUTES.other",
    f"{API}.CONSUMER.MSG.NEXT.DISPUTES.other",
    f"{API}.CONSUMER.PAUSE.DISPUTES.reporting",
    f"{API}.CONSUMER.LIST.DISPUTES",
    f"{API}.INFO",
    f"{API}.ACCOUNT.PURGE.G",
    "$JS.ACK.DISPUTES.other.1.1.1.1.0",
    "$JS.ACK.AUDIT.reporting.1.1.1.1.0",
    "$SYS.REQ.SERVER.PING",
    "$SYS.REQ.USER.INFO",
    "disputes.identity.p00.accepted",
    "disputes",
    "audit.checkpoint.other",
    "audit.checkpoint.mediation.more",
    "anything",
    *(f"_INBOX_{user}.answer" for user in USERS),
    "_INBOX.answer",
}
MAY = {
    user: subjects | ((WITNESSED | {f"audit.checkpoint.{user}"}) if user != "provisioner" else set())
    for user, subjects in NEEDED.items()
}
EVERYTHING = sorted(NEVER.union(*MAY.values()))
LISTENED = sorted(
    {
        ">",
        "*",
        "_INBOX.>",
        *(f"_INBOX_{user}.>" for user in USERS),
        "disputes.>",
        "disputes.mediation.>",
        "audit.checkpoint.>",
        "$JS.>",
        "$JS.EVENT.>",
        "$SYS.>",
        "anything",
    }
)


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Keys:
    return Keys(tmp_path_factory.mktemp("broker") / "keys")


@pytest.fixture(scope="module")
def guarded(keys: Keys, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a server that knows these keys, with both streams."""
    with broker.running(tmp_path_factory.mktemp("guarded"), keys) as server:
        asyncio.run(provision(server.url, keys, streams=(ensure_audit_stream,)))
        yield server.url


def refused(logs: Sequence[Mapping[str, Any]]) -> set[str]:
    """The subjects that the broker refused; it names them in lower case."""
    return {str(line["reason"]).split('"')[1] for line in logs if line["event"] == "broker.refused"}


def lowered(subjects: set[str]) -> set[str]:
    return {subject.lower() for subject in subjects}


def test_the_users_are_the_services_and_the_provisioner() -> None:
    assert set(USERS) == {
        "reconsideration",
        "mediation",
        "litigation",
        "reporting",
        "identity",
        "provisioner",
    }
    assert set(AUDITED) == set(USERS) - {PROVISIONER}
    assert set(MAY) == set(USERS)


def refusals(
    url: str,
    keys: Keys,
    user: str,
    attempt: Callable[[BrokerClient, str], Awaitable[object]],
    subjects: list[str],
) -> set[str]:
    """Which of the subjects the broker refuses to this user, in lower case as it names them."""
    last = "last.of.all"

    async def attempt_everything(logs: Sequence[Mapping[str, Any]]) -> set[str]:
        client = await connect(url, name="test", user=user, keys=keys)
        try:
            for subject in (*subjects, last):
                await attempt(client, subject)
            await until(lambda: last in refused(logs), what="the refusal of what nobody may")
        finally:
            await client.close()
        return refused(logs) - {last}

    with capture_logs() as logs:
        return asyncio.run(attempt_everything(logs))


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_publish_what_its_work_needs_and_nothing_else(guarded: str, keys: Keys, user: str) -> None:
    # Without a reply subject the API answers nobody, and without a body it changes nothing.
    found = refusals(guarded, keys, user, lambda client, subject: client.publish(subject, b""), EVERYTHING)

    assert found == lowered(set(EVERYTHING) - MAY[user])


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_listen_to_its_own_answers_and_nothing_else(guarded: str, keys: Keys, user: str) -> None:
    found = refusals(guarded, keys, user, lambda client, subject: client.subscribe(subject), LISTENED)

    assert found == lowered(set(LISTENED) - {f"_INBOX_{user}.>"})


def test_nobody_can_take_events_away_not_even_who_made_the_stream(guarded: str, keys: Keys) -> None:
    async def stored() -> tuple[int, int]:
        relay = await connect(guarded, name="test", user="mediation", keys=keys)
        before = (await relay.jetstream().stream_info("DISPUTES")).state.messages
        await relay.request("disputes.mediation.p00.accepted", b"{}", timeout=5)
        for user in USERS:
            client = await connect(guarded, name="test", user=user, keys=keys)
            for subject in (f"{API}.STREAM.PURGE.DISPUTES", f"{API}.STREAM.DELETE.DISPUTES"):
                with pytest.raises(nats.errors.Error):
                    await client.request(subject, b"", timeout=5)
            await client.close()
        after = (await relay.jetstream().stream_info("DISPUTES")).state.messages
        await relay.close()
        return before, after

    before, after = asyncio.run(stored())

    assert after == before + 1


def said_to(url: str, proof: Callable[[str], dict[str, str]]) -> str:
    """What the server answers to whoever introduces himself with `proof` of its nonce, and then pings."""
    address = urlsplit(url)
    with (
        socket.create_connection((address.hostname, address.port), timeout=10) as connection,
        connection.makefile("rwb") as line,
    ):
        greeting = orjson.loads(line.readline().removeprefix(b"INFO "))
        hello = {"verbose": False, "pedantic": False, "lang": "test", "version": "1", "protocol": 1}
        line.write(b"CONNECT " + orjson.dumps(hello | proof(greeting["nonce"])) + b"\r\nPING\r\n")
        line.flush()
        return line.readline().decode().strip()


def signed(seed: bytes, *, as_user: bytes | None = None) -> Callable[[str], dict[str, str]]:
    pair = nkeys.from_seed(bytearray(seed))
    named = nkeys.from_seed(bytearray(as_user or seed)).public_key.decode()
    return lambda nonce: {"nkey": named, "sig": base64.b64encode(pair.sign(nonce.encode())).decode()}


def test_who_has_one_of_our_keys_is_let_in(guarded: str, keys: Keys) -> None:
    assert said_to(guarded, signed(keys.nkey_seed("mediation"))) == "PONG"


def test_who_has_none_of_our_keys_is_not_let_in(guarded: str, keys: Keys, tmp_path: Path) -> None:
    unknown = Keys(tmp_path).nkey_seed("mediation")
    strangers: dict[str, Callable[[str], dict[str, str]]] = {
        "nobody": lambda nonce: {},
        "unknown key": signed(unknown),
        "the name of a known key": signed(unknown, as_user=keys.nkey_seed("mediation")),
        "a known key without proof": lambda nonce: {"nkey": public_keys(keys)["mediation"]},
        "a password": lambda nonce: {"user": "mediation", "pass": "mediation"},
    }

    answers = {name: said_to(guarded, proof) for name, proof in strangers.items()}

    assert answers == dict.fromkeys(strangers, "-ERR 'Authorization Violation'")


# What a server reads


def test_the_block_holds_public_keys_only(keys: Keys) -> None:
    block = authorization_block(public_keys(keys))

    for user in USERS:
        assert block.count(public_keys(keys)[user]) == 1
        assert keys.nkey_seed(user).decode() not in block
    assert len(set(public_keys(keys).values())) == len(USERS)
    assert all(key.startswith("U") and len(key) == 56 for key in public_keys(keys).values())


def test_keys_are_made_once_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    made = Keys(tmp_path / "keys")

    assert public_keys(made) == public_keys(made)
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in (tmp_path / "keys").iterdir()} == {0o600}


def test_a_user_without_a_key_is_noticed_before_a_server_starts() -> None:
    with pytest.raises(KeyError):
        authorization_block({user: "U" for user in USERS if user != "identity"})


def test_no_user_listens_to_another_and_none_is_without_limits() -> None:
    for user, permissions in PERMISSIONS.items():
        assert permissions.subscribe == (f"_INBOX_{user}.>",)
        assert permissions.publish  # an empty list of what is allowed would allow everything
        assert not {">", "*", "$JS.>", "$JS.API.>"} & set(permissions.publish)


def test_the_command_prints_a_block_that_a_server_takes(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "shared.kit.broker_users", str(tmp_path / "keys")]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    config = tmp_path / "nats.conf"
    config.write_text(server_config(tmp_path, port=4222) + printed, encoding="utf-8")
    binary = server_binary()
    assert binary is not None

    checked = subprocess.run([binary, "-c", str(config), "-t"], capture_output=True, text=True)

    assert checked.returncode == 0, checked.stderr
    assert printed == authorization_block(public_keys(Keys(tmp_path / "keys")))


def test_the_command_needs_a_folder() -> None:
    asked = subprocess.run([sys.executable, "-m", "shared.kit.broker_users"], capture_output=True, text=True)

    assert (asked.returncode, "KEYFOLDER" in asked.stderr) == (1, True)
