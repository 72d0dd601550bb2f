"""One-time codes (RFC 6238) of an authenticator, and the seal under which their secrets lie in the books."""

import base64
import binascii
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.twofactor.totp import TOTP

Chance = Callable[[int], bytes]

STEP_SECONDS = 30
DIGITS = 6
DRIFT = 1  # steps before and after the present one that still count, for clocks that are a little off
SECRET_BYTES = 20
NONCE_BYTES = 12
KEY_BYTES = 32
ISSUER = "定分"


class Unsealable(RuntimeError):
    """What is in the books was not sealed with this installation's master key, or not for this purpose."""


def derived(master: bytes, purpose: str) -> bytes:
    """A key of one purpose; the master key itself seals nothing here."""
    return HKDF(SHA256(), KEY_BYTES, salt=None, info=f"identity {purpose} v1".encode()).derive(master)


class Seal:
    """AES-256-GCM; what was sealed for one owner cannot be opened for another."""

    def __init__(self, key: bytes, chance: Chance) -> None:
        self._cipher = AESGCM(key)
        self._chance = chance

    def close(self, plain: bytes, *, owner: bytes) -> bytes:
        nonce = self._chance(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plain, owner)

    def open(self, sealed: bytes, *, owner: bytes) -> bytes:
        """
        Raises:
            Unsealable: another key, another owner, or changed
        """
        try:
            return self._cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], owner)
        except (InvalidTag, ValueError) as failure:
            raise Unsealable("sealed with another key, or for another owner") from failure


class SecondFactors:
    """Makes, seals and checks the secrets of one-time codes."""

    def __init__(self, master: bytes, chance: Chance) -> None:
        self._seal = Seal(derived(master, "second factor"), chance)
        self._chance = chance

    def new_secret(self) -> bytes:
        return self._chance(SECRET_BYTES)

    def sealed(self, secret: bytes, account_id: UUID) -> bytes:
        return self._seal.close(secret, owner=account_id.bytes)

    def matching_step(self, sealed: bytes, account_id: UUID, code: str, now: datetime) -> int | None:
        """The time step whose code this is, among those that count at `now`; None when it is of none."""
        secret = self._seal.open(sealed, owner=account_id.bytes)
        present = step_of(now)
        typed = code.replace(" ", "").encode()
        for step in range(present - DRIFT, present + DRIFT + 1):
            if bytes_eq(_code(secret, step), typed):
                return step
        return None


def step_of(now: datetime) -> int:
    return int(now.timestamp()) // STEP_SECONDS


def code_at(secret: bytes, now: datetime) -> str:
    """What an authenticator with this secret shows."""
    return _code(secret, step_of(now)).decode()


def as_text(secret: bytes) -> str:
    """As people type it into an authenticator."""
    return base64.b32encode(secret).decode()


def from_text(text: str) -> bytes:
    """
    Raises:
        ValueError: not base32
    """
    try:
        return base64.b32decode(text.replace(" ", "").upper())
    except binascii.Error as unreadable:
        raise ValueError("not base32") from unreadable


def address_of(secret: bytes, login: str) -> str:
    """The otpauth address that an authenticator reads from a link or a QR code."""
    return _totp(secret).get_provisioning_uri(login, ISSUER)


def _code(secret: bytes, step: int) -> bytes:
    return _totp(secret).generate(step * STEP_SECONDS)


def _totp(secret: bytes) -> TOTP:
    # SHA-1 and six digits are what every authenticator understands (RFC 6238); an HMAC is not hurt by collisions.
    return TOTP(secret, DIGITS, SHA1(), STEP_SECONDS)  # noqa: S303
