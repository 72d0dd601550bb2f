"""The keys of a vault while they are in use: the master that wraps, and a case's own key that seals.

A key is never printed: nothing here has a repr that shows one, and no exception carries one.
"""

import contextlib
from typing import Protocol
from uuid import UUID

from shared.kernel.errors import Conflict
from shared.kit.cipher_suites import (
    INTL,
    MAC_KEY_BYTES,
    SUITES,
    SealBroken,
    Sealer,
    Suite,
    open_bytes,
    open_text,
    seal_bytes,
    seal_text,
)

_FINGERPRINT_BYTES = 8


class KeyUnusable(RuntimeError):
    """A key is missing or does not belong to these books; the sentence says what the operator can do."""


class MasterKey(Protocol):
    """What wraps the keys of the services: a file on this machine, or a device that never gives its key away."""

    @property
    def fingerprint(self) -> str:
        """At most 32 characters that tell this master from others and say nothing else of it."""

    def wrap(self, key: bytes, place: str) -> bytes: ...

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        """Raises:
        KeyUnusable: it was wrapped by another master, for another place, or was changed
        """


class FileMaster:
    """The master key as `Keys.master_key()` keeps it in a file: 32 bytes. `suite` is what it wraps with.

    What it wrapped names its suite, so that an installation may change over to the other one under the same key.
    """

    def __init__(self, key: bytes, suite: Suite = INTL) -> None:
        if len(key) != MAC_KEY_BYTES:
            raise KeyUnusable("主密钥应为 32 字节：密钥文件 master.key 不完整，请从备份中恢复。")
        # Others derive from the same file: what wraps is used for nothing else.
        self._sealers = {each.name: each.sealer(each.derive(key, "vault.master")) for each in SUITES.values()}
        self._suite = suite.name
        self._fingerprint = INTL.derive(key, "vault.master.fingerprint")[:_FINGERPRINT_BYTES].hex()

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    def wrap(self, key: bytes, place: str) -> bytes:
        return f"{self._suite}.".encode() + seal_bytes(self._sealers[self._suite], key, place)

    def unwrap(self, wrapped: bytes, place: str) -> bytes:
        suite, _, sealed = wrapped.partition(b".")
        sealer = self._sealers.get(suite.decode(errors="replace"))
        if sealer is not None:
            with contextlib.suppress(SealBroken):
                return open_bytes(sealer, sealed, place)
        raise KeyUnusable("主密钥打不开服务密钥：它被改动过，或者不是用这把主密钥封存的。")


class CaseKey:
    """The one key of one case. It seals and opens values in the place where they stand, and nowhere else.

    Not to be kept beyond the transaction that opened it: an erasure could not reach it.
    """

    __slots__ = ("_sealer", "_service", "_suite", "case_id")

    def __init__(self, service: str, case_id: UUID, suite: Suite, sealer: Sealer | None) -> None:
        self.case_id = case_id
        self._service = service
        self._suite = suite
        self._sealer = sealer

    @property
    def erased(self) -> bool:
        """Whether the key was destroyed: then every value of the case is gone for good."""
        return self._sealer is None

    def seal(self, *, table: str, column: str, row: UUID, value: str) -> str:
        """The value as the database keeps it: one line of ASCII.

        Raises:
            Conflict: `party.case_erased`
        """
        if self._sealer is None:
            raise case_erased()
        return seal_text(self._suite, self._sealer, value, self._place(table, column, row))

    def unseal(self, *, table: str, column: str, row: UUID, sealed: str | None) -> str | None:
        """The plain value; None when there is none, or when it was erased. Lists must survive an erased case.

        Raises:
            SealBroken: changed, or moved here from another place
        """
        if sealed is None or self._sealer is None:
            return None
        return open_text(self._suite, self._sealer, sealed, self._place(table, column, row))

    def _place(self, table: str, column: str, row: UUID) -> str:
        return f"{self._service}|{table}|{column}|{row}|{self.case_id}"


def case_erased() -> Conflict:
    return Conflict("party.case_erased", "此案的个人信息已依法删除，不能再登记；如需登记请另立新案。")
