"""The two suites in which personal values are sealed: the international one and the one of the 国密 standards.

A suite is an authenticated cipher and a keyed hash. What is sealed names its suite, so both may lie in one database.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12  # 96 bits: the only length for which GCM needs no second derivation (NIST SP 800-38D, 8.2.2)
TAG_BYTES = 16
VERSION = "v1"


class SealBroken(RuntimeError):
    """What was to be opened was changed, moved to another place, or sealed under another key."""


class Sealer(Protocol):
    """One key of one suite, ready for work."""

    def encrypt(self, nonce: bytes, plain: bytes, place: bytes) -> bytes: ...

    def decrypt(self, nonce: bytes, sealed: bytes, place: bytes) -> bytes:
        """Raises cryptography's InvalidTag."""


class _Sm4Gcm:
    """SM4-GCM (GB/T 32907, RFC 8998) with the interface of AESGCM: the tag stands at the end."""

    def __init__(self, key: bytes) -> None:
        self._algorithm = algorithms.SM4(key)

    def encrypt(self, nonce: bytes, plain: bytes, place: bytes) -> bytes:
        worker = Cipher(self._algorithm, modes.GCM(nonce)).encryptor()
        worker.authenticate_additional_data(place)
        return worker.update(plain) + worker.finalize() + worker.tag

    def decrypt(self, nonce: bytes, sealed: bytes, place: bytes) -> bytes:
        if len(sealed) < TAG_BYTES:
            raise InvalidTag
        body, tag = sealed[:-TAG_BYTES], sealed[-TAG_BYTES:]
        worker = Cipher(self._algorithm, modes.GCM(nonce, tag)).decryptor()
        worker.authenticate_additional_data(place)
        return worker.update(body) + worker.finalize()


@dataclass(frozen=True, slots=True)
class Suite:
    """A cipher and a keyed hash that belong together; `key_bytes` is the length of the cipher's key."""

    name: str
    key_bytes: int
    _sealer: Callable[[bytes], Sealer] = field(repr=False)
    _hash: Callable[[], hashes.HashAlgorithm] = field(repr=False)

    def sealer(self, key: bytes) -> Sealer:
        return self._sealer(key)

    def new_keys(self, count: int) -> list[bytes]:
        """Random keys; one call to the kernel for all of them."""
        length = self.key_bytes
        pool = secrets.token_bytes(length * count)
        return [pool[start : start + length] for start in range(0, len(pool), length)]

    def derive(self, secret: bytes, purpose: str) -> bytes:
        """A cipher key for one purpose out of a secret that serves several (HKDF, RFC 5869)."""
        return HKDF(self._hash(), self.key_bytes, None, f"dingfen|{self.name}|{purpose}".encode()).derive(
            secret
        )

    def mac(self, key: bytes, message: bytes) -> bytes:
        """HMAC, 32 bytes in both suites."""
        worker = hmac.HMAC(key, self._hash())
        worker.update(message)
        return worker.finalize()


INTL = Suite("intl", 32, AESGCM, hashes.SHA256)  # AES-256-GCM, HMAC-SHA256
GM = Suite("gm", 16, _Sm4Gcm, hashes.SM3)  # SM4-GCM, HMAC-SM3
SUITES = {suite.name: suite for suite in (INTL, GM)}
MAC_KEY_BYTES = 32


def seal_bytes(sealer: Sealer, plain: bytes, place: str) -> bytes:
    """Nonce, ciphertext and tag. `place` is bound to it and must be said again when it is opened."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + sealer.encrypt(nonce, plain, place.encode())


def open_bytes(sealer: Sealer, sealed: bytes, place: str) -> bytes:
    """The opposite of `seal_bytes`.

    Raises:
        SealBroken: changed, moved, or sealed under another key
    """
    try:
        return sealer.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError):
        # From None: the chain of exceptions must not carry what was looked at into a log.
        raise SealBroken("封存的内容被改动、被移到了别处，或者不是用这把密钥封存的。") from None


def seal_text(suite: Suite, sealer: Sealer, plain: str, place: str) -> str:
    """`v1.<suite>.<nonce>.<ciphertext and tag>` as one line of ASCII for a text column."""
    sealed = seal_bytes(sealer, plain.encode(), place)
    return f"{VERSION}.{suite.name}.{_line(sealed[:NONCE_BYTES])}.{_line(sealed[NONCE_BYTES:])}"


def open_text(suite: Suite, sealer: Sealer, sealed: str, place: str) -> str:
    """The opposite of `seal_text`.

    Raises:
        SealBroken: also when it is not of this version or suite
    """
    try:
        version, name, nonce, body = sealed.split(".")
        if (version, name) != (VERSION, suite.name):
            raise ValueError
        raw = _bytes(nonce) + _bytes(body)
    except ValueError:
        raise SealBroken("封存的内容不是这个版本或这套算法的。") from None
    return open_bytes(sealer, raw, place).decode()


def _line(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(line: str) -> bytes:
    return base64.b64decode(line + "=" * (-len(line) % 4), altchars=b"-_", validate=True)
