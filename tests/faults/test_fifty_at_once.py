"""Fifty at once, round after round: of fifty who want what only one can have, one gets it, and the books show one.

Threads over HTTP before one service, or before two replicas of it where the database is one of many processes; the
sign-ins before as many doors. A round is checked by what was answered and by every table that it may have grown. The
tests at the end take a wall away and see what the rounds then say.
"""

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from secrets import token_bytes
from typing import Any
from uuid import UUID

import pytest
from sqlmodel import Session

from services.identity import domain
from services.identity.models import METADATA as IDENTITY
from services.identity.passwords import Passwords
from services.identity.second_factor import SecondFactors
from services.identity.sign_in import Door, Presented
from services.identity.terms import SessionKind
from services.reconsideration import repository, use_cases
from services.reconsideration.models import CaseRow
from shared.kernel.errors import TooMany, Unauthenticated
from shared.kit.database import Database
from shared.kit.idempotency import Idempotency
from tests.identity import desk as desks
from tests.identity.desk import QUICK, IdentityDesk
from tests.kit.crowd import at_once
from tests.reconsideration.walking import ACCEPT
from tests.support import replicas as doubles
from tests.support.databases import NewDatabases, only_postgresql
from tests.support.replicas import CASES, HANGJIN, Replicas, replicas_on

FIFTY = 50
ROUNDS = 50
ONE_CHANGE = {"case": 0, "case_key": 0, "journal": 1, "event": 1, "outbox": 1, "audit": 1, "key": 0}
ONE_CASE_UNDER_A_KEY = dict.fromkeys(ONE_CHANGE, 1)


@pytest.fixture
def replicas(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[Replicas]:
    with (
        new_databases.migrated(database_kind, tmp_path, "reconsideration") as url,
        doubles.running(url, tmp_path) as running,
    ):
        yield running


# One case, fifty writers


def an_application(number: int, **what_matters: Any) -> dict[str, Any]:
    return {
        "case_number": f"杭政复〔2024〕{number}号",
        "organ_region": HANGJIN,
        "received_on": "2024-03-01",
        "matter": "行政处罚",
        **what_matters,
    }


def one_step(replicas: Replicas, case: str, place: int) -> Any:
    """受理, every second writer naming the version that all have seen: the step itself refuses the others."""
    seen = '"1"' if place % 4 < 2 else None
    return replicas.post(place, f"{case}/steps/accept", ACCEPT, if_match=seen)


def one_version(replicas: Replicas, case: str, place: int) -> Any:
    """更正 of the version that all have seen; each of another field's value, and lawful at any time."""
    body = {"changes": {"matter": f"第 {place} 人所写"}, "reason": "核对原卷"}
    return replicas.post(place, f"{case}/corrections", body, if_match='"1"')


def of_fifty_writers_one_wins(replicas: Replicas, number: int) -> None:
    """One round."""
    filed = replicas.post(number, CASES, an_application(number))
    assert filed.status_code == 201, filed.text
    case_id = filed.json()["id"]
    before = replicas.counts()
    write: Callable[[Replicas, str, int], Any] = one_step if number % 2 else one_version

    answers = at_once(FIFTY, lambda place: write(replicas, f"{CASES}/{case_id}", place))

    statuses = Counter(answer.status_code for answer in answers)
    assert statuses[200] == 1, (number, statuses)
    assert statuses[409] + statuses[412] == FIFTY - 1, (number, statuses)
    assert {answer.json()["code"] for answer in answers if answer.status_code != 200} <= {
        "request.stale_version",
        "reconsideration.changed_meanwhile",
        "request.recorded_meanwhile",
        "reconsideration.accept_not_allowed",
    }
    assert grown(replicas, before) == ONE_CHANGE
    assert replicas.versions(case_id) == {
        "case": [2],
        "journal": [1, 2],
        "event": [1, 2],
        "audit": [1, 2],
    }
    (won,) = (answer.json() for answer in answers if answer.status_code == 200)
    shown = replicas.clients[0].get(f"{CASES}/{case_id}").json()
    assert {name: shown[name] for name in won} == won


def grown(replicas: Replicas, before: dict[str, int]) -> dict[str, int]:
    after = replicas.counts()
    return {name: after[name] - before[name] for name in after}


def test_of_fifty_writers_of_one_case_one_wins(replicas: Replicas) -> None:
    for number in range(1, ROUNDS + 1):
        of_fifty_writers_one_wins(replicas, number)


# One key, fifty senders


def fifty_senders_of_one_key_file_one_case(replicas: Replicas, number: int) -> None:
    """One round; in every second one half of the senders have another application under the same key."""
    before = replicas.counts()
    is_group = [number % 2 == 1 and place // 2 % 2 == 1 for place in range(FIFTY)]

    answers = at_once(
        FIFTY,
        lambda place: replicas.post(
            place, CASES, an_application(number, is_group=is_group[place]), key=f"key {number}"
        ),
    )

    statuses = Counter(answer.status_code for answer in answers)
    filed = [answer for answer in answers if answer.status_code == 201]
    assert filed, (number, statuses)
    assert (
        len({(answer.content, answer.headers["ETag"], answer.headers["Location"]) for answer in filed}) == 1
    )
    case = filed[0].json()
    assert [answer.status_code == 201 for answer in answers] == [
        kind == case["is_group"] for kind in is_group
    ], (number, statuses)
    assert {(answer.status_code, answer.json()["code"]) for answer in answers if answer not in filed} <= {
        (422, "request.idempotency_key_reused")
    }
    assert grown(replicas, before) == ONE_CASE_UNDER_A_KEY
    assert set(map(tuple, replicas.versions(case["id"]).values())) == {(1,)}


def test_fifty_senders_of_one_key_file_one_case(replicas: Replicas) -> None:
    for number in range(1, ROUNDS + 1):
        fifty_senders_of_one_key_file_one_case(replicas, number)


# One series, fifty who draw from it and enter into it

CONTESTED = 5  # numbers ahead of the count that are entered by hand, by five clerks each


def fifty_leave_neither_gap_nor_double(replicas: Replicas, number: int, filed: int) -> int:
    """One round on a series that has come to `filed`; how far it has come then."""
    before = replicas.counts()
    entered = {
        place: f"行复〔2024〕{filed + 1 + place // 2 % CONTESTED}号"
        for place in range(FIFTY)
        if place // 4 % 2
    }

    answers = at_once(
        FIFTY, lambda place: replicas.post(place, CASES, an_application(1, case_number=entered.get(place)))
    )

    statuses = Counter(answer.status_code for answer in answers)
    assert {answers[place].status_code for place in range(FIFTY) if place not in entered} == {201}, statuses
    assert set(statuses) == {201, 409}, (number, statuses)
    for answer in answers:
        if answer.status_code == 409:
            problem = answer.json()
            assert (problem["code"], problem["field"]) == ("reconsideration.number_taken", "case_number")
            assert problem["detail"] == "本机关已有这个案号的案件，请核对案号。"
    numbers = [answer.json()["case_number"] for answer in answers if answer.status_code == 201]
    now = filed + len(numbers)
    assert sorted(numbers) == sorted(f"行复〔2024〕{n}号" for n in range(filed + 1, now + 1)), number
    assert grown(replicas, before) == {**dict.fromkeys(ONE_CHANGE, len(numbers)), "key": 0}
    return now


def test_fifty_who_draw_and_enter_numbers_leave_neither_gap_nor_double(replicas: Replicas) -> None:
    filed = 0
    for number in range(1, ROUNDS // 5 + 1):
        filed = fifty_leave_neither_gap_nor_double(replicas, number, filed)


# One lock, fifty at the door

FREE = domain.FREE_FAILURES  # wrong passwords that are looked at; the last of them closes the lock


@pytest.fixture
def desk(new_databases: NewDatabases, database_kind: str, tmp_path: Path) -> Iterator[IdentityDesk]:
    with (
        new_databases.migrated(database_kind, tmp_path, "identity") as url,
        desks.opened(url, tmp_path) as opened,
    ):
        yield opened


class Doors:
    """The doors of several workers on one database, which count the passwords that they look at together."""

    def __init__(self, desk: IdentityDesk, databases: Sequence[Database]) -> None:
        self.desk = desk
        self.looks = 0
        self._guard = threading.Lock()
        self._doors = tuple(self._door(database) for database in databases)

    def _door(self, database: Database) -> Door:
        master = self.desk.settings.keys.master_key()
        hashing = Passwords(QUICK, count=self._look)
        return Door(
            database,
            self.desk.clock,
            hashing,
            SecondFactors(master, token_bytes),
            master=master,
            chance=token_bytes,
        )

    def _look(self) -> None:
        with self._guard:
            self.looks += 1

    def tried(self, place: int) -> str:
        """What became of a wrong password: the code of its refusal."""
        shown = Presented("somebody", "the wrong passphrase", None, "192.0.2.1")
        with pytest.raises((TooMany, Unauthenticated)) as refused:
            self._doors[place % len(self._doors)].sign_in(shown, SessionKind.COMMAND)
        assert isinstance(refused.value, TooMany | Unauthenticated)
        return refused.value.code


@pytest.fixture
def doors(desk: IdentityDesk) -> Iterator[Doors]:
    second = Database(desk.settings.database_of("identity"), IDENTITY)
    yield Doors(desk, (desk.database, second)[: replicas_on(second)])
    second.dispose()


def close_the_lock(doors: Doors) -> None:
    for _ in range(FREE):
        assert doors.tried(0) == "identity.sign_in_refused"
    assert doors.tried(1) == "identity.locked"


def of_fifty_at_a_lock_that_opens_one_is_looked_at(doors: Doors, number: int) -> None:
    """One round, at the moment at which the lock of the last one opens: the longer, the more have failed."""
    doors.desk.clock.forward(seconds=domain.wait_after(FREE + number - 1).total_seconds())
    doors.looks, before = 0, len(doors.desk.audited())

    outcomes = Counter(at_once(FIFTY, doors.tried))

    expected = {"identity.sign_in_refused": 1, "identity.locked": FIFTY - 1}
    assert (doors.looks, outcomes) == (1, expected), number
    written = doors.desk.audited()[before:]
    assert Counter(code for _, _, _, code in written) == expected
    assert {(action, actor, outcome) for action, actor, outcome, _ in written} == {
        ("identity.signed_in", "unknown", "refused")
    }


def test_of_fifty_at_a_lock_that_opens_one_is_looked_at(doors: Doors) -> None:
    close_the_lock(doors)
    for number in range(1, ROUNDS + 1):
        of_fifty_at_a_lock_that_opens_one_is_looked_at(doors, number)


# A wall less


def test_the_rounds_see_that_nobody_looks_at_the_version(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(use_cases, "require_version", lambda if_match, current: None)

    with pytest.raises(AssertionError, match=r"Counter\(\{200: 50\}\)"):
        of_fifty_writers_one_wins(replicas, 2)


def test_the_rounds_see_that_nobody_holds_the_key(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Idempotency, "_claim", lambda *_: True)

    with pytest.raises(AssertionError, match="201"):
        fifty_senders_of_one_key_file_one_case(replicas, 2)


def test_the_rounds_see_that_nobody_counts_the_attempts(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    close_the_lock(doors)
    monkeypatch.setattr(Door, "_take_attempt", lambda *_: None)

    with pytest.raises(AssertionError, match="50"):
        of_fifty_at_a_lock_that_opens_one_is_looked_at(doors, 1)


def _unlocked(session: Session, case_id: UUID) -> CaseRow:
    return repository.load(session, case_id)


@only_postgresql  # SQLite has one writer at a time anyway
def test_without_the_lock_of_the_row_one_still_wins(
    replicas: Replicas, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(repository, "load_for_update", _unlocked)

    for number in (1, 2, 3, 4):
        of_fifty_writers_one_wins(replicas, number)
