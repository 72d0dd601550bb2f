"""Checkpoints as text: what a service says, signed, of how long its audit chain is and where it ends.

The form follows the signed notes and checkpoints of C2SP (origin, size, hash, further lines, an empty line, the
signature after an em dash); the hash is the head of a linear chain, not the root of a tree.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

Algorithm = Literal["sha256", "sm3"]
ALGORITHMS: tuple[Algorithm, ...] = ("sha256", "sm3")
ORIGIN = "dingfen/audit/"
NOTHING_BEFORE = "-"
_SIGNED_WITH_ED25519 = b"\x01"  # C2SP signed-note, signature types
_INSTANT = "%Y-%m-%dT%H:%M:%S.%fZ"


class NoteUnreadable(ValueError):
    """This text is no checkpoint, or its signature does not fit it. Never quotes the text."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """One state of a chain. `head` is hexadecimal, `key` the raw public key that signed; `previous` the digest of
    the note before it, or `-` when it is the first."""

    service: str
    size: int
    head: str
    algorithm: Algorithm
    made_at: datetime
    previous: str
    key: bytes


def digest(algorithm: Algorithm, content: bytes) -> str:
    """The hash of one of the two suites, in hex: SHA-256 or the national SM3 (GB/T 32905)."""
    if algorithm == "sha256":
        return hashlib.sha256(content).hexdigest()
    # hashlib has SM3 only where the system's OpenSSL was built with it.
    sm3 = hashes.Hash(hashes.SM3())
    sm3.update(content)
    return sm3.finalize().hex()


def instant(moment: datetime) -> str:
    """ISO 8601 in UTC, always with microseconds: one text for one instant, whatever database kept it."""
    return moment.astimezone(UTC).strftime(_INSTANT)


def sign(
    key: Ed25519PrivateKey,
    *,
    service: str,
    size: int,
    head: str,
    algorithm: Algorithm,
    made_at: datetime,
    previous: str,
) -> str:
    """The signed note of one state of a chain."""
    said = Checkpoint(service, size, head, algorithm, made_at, previous, _raw(key.public_key()))
    text = _text(said)
    return _signed(said, _key_id(said) + key.sign(text.encode()))


def read(note: str) -> Checkpoint:
    """The checkpoint in a note, once its signature fits the key that it names; whose key that is, the reader must know.

    Raises:
        NoteUnreadable: it is not exactly what `sign` writes, or was not signed with that key
    """
    try:
        text, _, signature_line = note.partition("\n\n")
        origin, size, head, *named = text.split("\n")
        fields = dict(line.split(" ", 1) for line in named)
        algorithm: Algorithm = next(each for each in ALGORITHMS if each == fields["algorithm"])
        public = base64.b64decode(fields["key"], validate=True)
        service = origin.removeprefix(ORIGIN)
        signature = base64.b64decode(signature_line.removesuffix("\n").split(" ")[2], validate=True)
        found = Checkpoint(
            service=service,
            size=int(size),
            head=base64.b64decode(head, validate=True).hex(),
            algorithm=algorithm,
            made_at=datetime.strptime(fields["time"], _INSTANT).replace(tzinfo=UTC),
            previous=fields["previous"],
            key=public,
        )
        Ed25519PublicKey.from_public_bytes(public).verify(signature[4:], f"{text}\n".encode())
    except (ValueError, KeyError, IndexError, StopIteration, binascii.Error, InvalidSignature) as fault:
        raise NoteUnreadable(type(fault).__name__) from None
    # One checkpoint has one form: otherwise the same one could be told as two.
    if not 1 <= found.size < 2**63 or signature[:4] != _key_id(found) or note != _signed(found, signature):
        raise NoteUnreadable("not in the one form of such notes")
    return found


def _text(said: Checkpoint) -> str:
    lines = (
        f"{ORIGIN}{said.service}",
        str(said.size),
        base64.b64encode(bytes.fromhex(said.head)).decode(),
        f"algorithm {said.algorithm}",
        f"time {instant(said.made_at)}",
        f"previous {said.previous}",
        f"key {base64.b64encode(said.key).decode()}",
    )
    return "".join(f"{line}\n" for line in lines)


def _signed(said: Checkpoint, signature: bytes) -> str:
    return f"{_text(said)}\n— {ORIGIN}{said.service} {base64.b64encode(signature).decode()}\n"


def _key_id(said: Checkpoint) -> bytes:
    name = f"{ORIGIN}{said.service}\n".encode()
    return hashlib.sha256(name + _SIGNED_WITH_ED25519 + said.key).digest()[:4]


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
