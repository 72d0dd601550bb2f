"""Hashing: the same work for nobody as for somebody, two at a time, and nothing of the password in sight."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from pwdlib import PasswordHash

from services.identity.domain import LONGEST_PASSWORD
from services.identity.passwords import AT_ONCE, FOR_CHANCE, STRONG, Passwords, hash_of_chance
from services.identity.use_cases import CHARACTERS, one_time_password
from tests.identity.desk import GOOD, QUICK


def test_a_password_is_verified_however_its_accents_were_typed() -> None:
    hashing = Passwords(QUICK)
    hashed = hashing.hash("caf\u00e9 caf\u00e9 caf\u00e9")

    assert hashing.verify("cafe\u0301 cafe\u0301 cafe\u0301", hashed)
    assert not hashing.verify("cafe cafe cafe", hashed)


def test_two_hashes_of_one_password_differ() -> None:
    hashing = Passwords(QUICK)

    assert hashing.hash(GOOD) != hashing.hash(GOOD)


@pytest.mark.parametrize("somebody", [True, False])
def test_nobodys_password_takes_the_same_work(somebody: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    hashing = Passwords(QUICK)
    hashed = hashing.hash(GOOD) if somebody else None
    hashing.verify("first", None)
    compared: list[str] = []
    verify = PasswordHash.verify

    def watched(self: PasswordHash, password: str | bytes, hash: str | bytes) -> bool:
        compared.append(str(hash).rpartition("$")[0].rpartition("$")[0])
        return verify(self, password, hash)

    monkeypatch.setattr(PasswordHash, "verify", watched)

    assert hashing.verify("the password of nobody", hashed) is False
    assert compared == ["$argon2id$v=19$m=8,t=1,p=1"]


def test_only_two_are_hashed_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    hashing = Passwords(QUICK)
    inside, most = 0, 0
    guard, full = threading.Lock(), threading.Event()

    def slowly(self: PasswordHash, password: str | bytes, hash: str | bytes) -> bool:
        nonlocal inside, most
        with guard:
            inside += 1
            most = max(most, inside)
            if inside == AT_ONCE:
                full.set()
        assert full.wait(30)  # nobody leaves before as many are in as ever get in
        with guard:
            inside -= 1
        return False

    hashing.verify("first", None)
    monkeypatch.setattr(PasswordHash, "verify", slowly)
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: hashing.verify(GOOD, None), range(12)))

    assert most == AT_ONCE


def test_a_password_beyond_the_longest_is_never_right() -> None:
    hashing = Passwords(QUICK)
    longest = "p" * LONGEST_PASSWORD
    hashed = hashing.hash(longest)

    assert hashing.verify(longest, hashed)
    assert not hashing.verify(longest + "p", hashed)
    assert not hashing.verify(longest + "p" * 100_000, hashed)


def test_passwords_of_people_cost_what_the_rfc_recommends() -> None:
    assert (
        Passwords()
        .hash(GOOD)
        .startswith(f"$argon2id$v=19$m={STRONG.memory},t={STRONG.rounds},p={STRONG.lanes}$")
    )
    assert (STRONG.memory, STRONG.rounds, STRONG.lanes) == (65_536, 3, 4)
    assert hash_of_chance(GOOD).startswith(f"$argon2id$v=19$m={FOR_CHANCE.memory},")


def test_a_one_time_password_favours_no_character() -> None:
    chance = random.Random(7)
    drawn = "".join(one_time_password(chance.randbytes).replace("-", "") for _ in range(3_000))

    # 256 is no multiple of 31: without care the first eight would come up for 28 % instead of 26 %.
    share = sum(drawn.count(character) for character in CHARACTERS[:8]) / len(drawn)
    assert len(drawn) == 60_000
    assert abs(share - 8 / 31) < 0.01
    assert set(drawn) == set(CHARACTERS)
