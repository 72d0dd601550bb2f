"""Passwords: argon2id, at most two at a time, the same work whether the account exists or not."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from services.identity.domain import LONGEST_PASSWORD, normal_password

AT_ONCE = 2  # each takes its memory for itself: many at once would be a way to bring the machine down


@dataclass(frozen=True, slots=True)
class Cost:
    """What one hash costs; `memory` in KiB."""

    memory: int
    rounds: int
    lanes: int


STRONG = Cost(memory=65_536, rounds=3, lanes=4)  # RFC 9106 section 4, second recommendation
# For passwords that are chance themselves, 100 bits and more: no guessing reaches them at any cost.
FOR_CHANCE = Cost(memory=8, rounds=1, lanes=1)


class Passwords:
    """Hashes and verifies; `count` is told of every password that is looked at."""

    def __init__(self, cost: Cost = STRONG, *, count: Callable[[], None] = lambda: None) -> None:
        self._hasher = _hasher(cost)
        self._places = threading.BoundedSemaphore(AT_ONCE)
        self._count = count
        # What a password of nobody is compared with: it takes as long as one of somebody. Made at the first look,
        # whoever is looked at, so that starting takes no longer for it.
        self._of_nobody: str | None = None

    def hash(self, password: str) -> str:
        """`password` as it was typed; it must have been checked."""
        with self._places:
            return self._hasher.hash(normal_password(password))

    def verify(self, password: str, hashed: str | None) -> bool:
        """Whether this is the password; without a hash never, but after the same work."""
        self._count()
        # A longer one cannot be right; it is still compared, so that its answer takes as long.
        typed = normal_password(password)[: LONGEST_PASSWORD + 1]
        with self._places:
            if self._of_nobody is None:
                self._of_nobody = self._hasher.hash("the password of nobody")
            right = self._hasher.verify(typed, hashed or self._of_nobody)
        return right and hashed is not None


def hash_of_chance(password: str) -> str:
    """The hash of a password that a machine made of at least 100 bits of chance."""
    return _hasher(FOR_CHANCE).hash(password)


def _hasher(cost: Cost) -> PasswordHash:
    return PasswordHash(
        (Argon2Hasher(time_cost=cost.rounds, memory_cost=cost.memory, parallelism=cost.lanes),)
    )


@cache
def common() -> frozenset[str]:
    """The words that everybody tries first, in lower case."""
    text = (files("services.identity") / "refused_passwords.csv").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))
