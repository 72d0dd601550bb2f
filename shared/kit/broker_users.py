"""Who may do what on the broker: one key for each service, and exactly the subjects that its work needs.

`python -m shared.kit.broker_users KEYFOLDER` prints the block for the configuration of a server that runs apart, and
makes the keys that are missing. What subjects cannot express stands in deploy/nats/README.md.
"""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shared.kit.keys import Keys

PROVISIONER = "provisioner"  # makes the streams before anybody else comes, and changes them
PUBLISHERS = ("reconsideration", "mediation", "litigation")
READER = "reporting"
AUDITED = (*PUBLISHERS, READER, "identity")

_STREAM_API = "$JS.API.STREAM"
_CONSUMER_API = "$JS.API.CONSUMER"


@dataclass(frozen=True, slots=True)
class Permissions:
    """The subjects a user may publish to and subscribe to; every other one is refused."""

    publish: tuple[str, ...]
    subscribe: tuple[str, ...]


def inbox_prefix(user: str) -> str:
    """Where answers to this user go. Its own, or any user could read the answers to another."""
    return f"_INBOX_{user}"


def _relaying(service: str) -> tuple[str, ...]:
    """Publish own events; ask how far the stream holds them: the last message of the own subject, of no other."""
    return (
        f"disputes.{service}.>",
        f"{_STREAM_API}.INFO.DISPUTES",
        f"$JS.API.DIRECT.GET.DISPUTES.disputes.{service}.>",
    )


def _reading() -> tuple[str, ...]:
    """Keep one consumer of its own name, take messages from it and acknowledge them."""
    return (
        f"{_STREAM_API}.INFO.DISPUTES",
        f"{_CONSUMER_API}.DURABLE.CREATE.DISPUTES.{READER}",
        f"{_CONSUMER_API}.DELETE.DISPUTES.{READER}",
        f"{_CONSUMER_API}.INFO.DISPUTES.{READER}",
        f"{_CONSUMER_API}.MSG.NEXT.DISPUTES.{READER}",
        f"$JS.ACK.DISPUTES.{READER}.>",
    )


def _witnessing(service: str) -> tuple[str, ...]:
    """Publish own checkpoints and read those of all: whoever sees them can testify to them."""
    return (
        f"audit.checkpoint.{service}",
        f"{_STREAM_API}.INFO.AUDIT",
        f"{_STREAM_API}.MSG.GET.AUDIT",
        "$JS.API.DIRECT.GET.AUDIT.>",
    )


def _provisioning() -> tuple[str, ...]:
    return tuple(
        f"{_STREAM_API}.{act}.{stream}"
        for stream in ("DISPUTES", "AUDIT")
        for act in ("INFO", "CREATE", "UPDATE")
    )


def _table() -> dict[str, Permissions]:
    publish = {service: _witnessing(service) for service in AUDITED}
    for service in PUBLISHERS:
        publish[service] = _relaying(service) + publish[service]
    publish[READER] = _reading() + publish[READER]
    publish[PROVISIONER] = _provisioning()
    return {user: Permissions(subjects, (f"{inbox_prefix(user)}.>",)) for user, subjects in publish.items()}


PERMISSIONS: Mapping[str, Permissions] = _table()
USERS = tuple(PERMISSIONS)


def public_keys(keys: Keys) -> dict[str, str]:
    """The public key of every user of the broker; makes the keys that are missing."""
    import nkeys  # only who configures a broker

    return {user: nkeys.from_seed(bytearray(keys.nkey_seed(user))).public_key.decode() for user in USERS}


def authorization_block(public_keys: Mapping[str, str]) -> str:
    """The `authorization` of a server's configuration: these users, no others, and nobody without a key.

    Raises:
        KeyError: a user has no public key; a server without it would leave that service outside
    """
    lines = ["authorization {", "  users = ["]
    for user, permissions in PERMISSIONS.items():
        lines += [
            f"    # {user}",
            "    {",
            f"      nkey: {public_keys[user]}",
            "      permissions {",
            f"        publish {{ allow: [{_quoted(permissions.publish)}] }}",
            f"        subscribe {{ allow: [{_quoted(permissions.subscribe)}] }}",
            "      }",
            "    }",
        ]
    return "\n".join([*lines, "  ]", "}", ""])


def _quoted(subjects: tuple[str, ...]) -> str:
    return ", ".join(f'"{subject}"' for subject in subjects)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("python -m shared.kit.broker_users KEYFOLDER")
    sys.stdout.write(authorization_block(public_keys(Keys(Path(sys.argv[1])))))
