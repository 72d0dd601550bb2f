"""Nobody gets more through than a bucket holds and regains, however many workers spend at once."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from alembic.migration import MigrationContext
from alembic.operations import Operations
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import MetaData, func, inspect, select

from shared.kernel.errors import TooMany
from shared.kit.database import Database
from shared.kit.throttle import Throttle, account_key, address_key, create_tables
from tests.kit.crowd import at_once

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
METADATA = MetaData()
THROTTLE = Throttle(METADATA)


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    with opened.engine.begin() as connection:
        create_tables(Operations(MigrationContext.configure(connection)))
    yield opened
    opened.dispose()


def tried(
    database: Database,
    *,
    key: str = "k",
    cost: int = 1,
    capacity: int = 5,
    per_second: float = 1.0,
    after: float = 0.0,
) -> int:
    """0 when it was let through, else the seconds to wait."""
    now = NOW + timedelta(seconds=after)
    try:
        with database.writing() as session:
            THROTTLE.spend(session, key, cost=cost, capacity=capacity, per_second=per_second, now=now)
    except TooMany as refusal:
        return refusal.retry_after
    return 0


def buckets(database: Database) -> int:
    with database.reading() as session:
        return int(session.execute(select(func.count()).select_from(THROTTLE.table)).scalar_one())


def test_a_full_bucket_gives_all_it_holds_and_then_says_how_long_to_wait(database: Database) -> None:
    assert [tried(database) for _ in range(7)] == [0, 0, 0, 0, 0, 1, 1]


def test_tokens_come_back_with_time_and_never_beyond_the_brim(database: Database) -> None:
    assert tried(database, cost=5) == 0
    assert tried(database, after=0.999) == 1
    assert tried(database, after=1) == 0
    assert tried(database, cost=4, after=2) == 3
    assert [tried(database, after=100) for _ in range(6)] == [0, 0, 0, 0, 0, 1]


def test_after_the_wait_that_was_told_it_is_let_through(database: Database) -> None:
    slow = 5 / 900  # five in a quarter of an hour
    assert tried(database, cost=5, per_second=slow) == 0

    wait = tried(database, cost=2, per_second=slow)

    assert wait == 360
    assert tried(database, cost=2, per_second=slow, after=wait - 1) == 1
    assert tried(database, cost=2, per_second=slow, after=wait) == 0


def test_a_long_wait_is_told_in_minutes(database: Database) -> None:
    tried(database, cost=5, per_second=5 / 900)

    with (
        pytest.raises(TooMany, match=r"^操作过于频繁，请 3 分钟后再试。$") as caught,
        database.writing() as session,
    ):
        THROTTLE.spend(session, "k", capacity=5, per_second=5 / 900, now=NOW, code="test.often")

    assert caught.value.code == "test.often"


def test_a_short_wait_is_told_in_seconds(database: Database) -> None:
    tried(database, cost=5)

    with pytest.raises(TooMany, match=r"^操作过于频繁，请 5 秒后再试。$"), database.writing() as session:
        THROTTLE.spend(session, "k", cost=5, capacity=5, per_second=1, now=NOW)


def test_a_clock_that_runs_behind_gains_nothing(database: Database) -> None:
    assert tried(database, cost=5, after=60) == 0
    assert tried(database, after=0) == 61


def test_each_key_has_its_own_bucket(database: Database) -> None:
    assert tried(database, key="a", cost=5) == 0
    assert tried(database, key="b", cost=5) == 0
    assert tried(database, key="a") == 1


def test_what_was_spent_comes_back_with_a_transaction_that_fails(database: Database) -> None:
    def spend_and_fail() -> None:
        with database.writing() as session:
            THROTTLE.spend(session, "k", cost=5, capacity=5, per_second=1, now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        spend_and_fail()

    assert tried(database, cost=5) == 0


def test_a_bucket_can_be_filled_at_once(database: Database) -> None:
    tried(database, cost=5)

    with database.writing() as session:
        THROTTLE.fill(session, "k")

    assert tried(database, cost=5) == 0


def test_full_buckets_are_swept_away_and_others_stay(database: Database) -> None:
    tried(database, key="soon", cost=1)
    tried(database, key="late", cost=5)

    with database.writing() as session:
        assert THROTTLE.sweep(session, now=NOW + timedelta(seconds=1)) == 1

    assert buckets(database) == 1
    assert tried(database, key="late", cost=5, after=1) == 4


@pytest.mark.parametrize(("cost", "per_second"), [(6, 1.0), (0, 1.0), (-1, 1.0), (1, 0.0), (1, float("nan"))])
def test_a_price_that_no_waiting_can_pay_is_a_mistake_of_the_program(
    database: Database, cost: int, per_second: float
) -> None:
    with pytest.raises(ValueError, match="bucket"):
        tried(database, cost=cost, per_second=per_second)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    steps=st.lists(st.tuples(st.integers(0, 4_000), st.integers(1, 4)), min_size=1, max_size=25),
    capacity=st.integers(4, 8),
    per_second=st.sampled_from([0.1, 0.3, 1.0, 2.5, 7.0]),
)
def test_no_span_of_time_lets_more_through_than_it_may(
    database: Database, steps: list[tuple[int, int]], capacity: int, per_second: float
) -> None:
    key, at, passed = uuid4().hex, 0.0, list[tuple[float, int]]()
    for pause, cost in steps:
        at += pause / 1000
        wait = tried(database, key=key, cost=cost, capacity=capacity, per_second=per_second, after=at)
        spent = sum(each for _, each in passed)
        if not passed:
            assert wait == 0
        if not wait:
            passed.append((at, cost))
        else:
            assert spent + cost > capacity  # never refused what a bucket that only loses would give

    for first, (start, _) in enumerate(passed):
        for last in range(first, len(passed)):
            span = passed[last][0] - start
            through = sum(cost for _, cost in passed[first : last + 1])
            assert through <= capacity + per_second * span + 1e-6


def test_twenty_at_once_get_no_more_through_than_the_bucket_holds(database: Database) -> None:
    together = Barrier(20)

    def spend(place: int) -> list[tuple[float, int]]:
        through = []
        for turn in range(5):
            together.wait()  # time goes on for all alike: who asks in a past turn is rightly refused
            after = turn * 0.5 + place * 0.01
            if tried(database, capacity=7, per_second=4, after=after) == 0:
                through.append((after, 1))
        return through

    passed = sorted(each for answers in at_once(20, spend) for each in answers)

    last = 4 * 0.5 + 19 * 0.01
    assert 7 <= len(passed) <= 7 + 4 * last
    assert len(passed) >= 7 + 4 * 1.5  # and what time gives back is given out


def test_a_crowd_at_one_moment_shares_exactly_what_there_is(database: Database) -> None:
    assert at_once(20, lambda _: tried(database, cost=2, capacity=7)).count(0) == 3


# Keys


def test_an_address_is_not_in_its_key() -> None:
    key = address_key("sign_in", "203.0.113.9", secret=b"s")

    assert re.fullmatch(r"sign_in\|from\|[0-9a-f]{32}", key)
    assert key == address_key("sign_in", "::ffff:203.0.113.9", secret=b"s")
    assert key != address_key("sign_in", "203.0.113.9", secret=b"t")
    assert key != address_key("sign_in", "203.0.113.8", secret=b"s")
    assert key != address_key("reset", "203.0.113.9", secret=b"s")


def test_addresses_of_one_ipv6_site_share_a_bucket() -> None:
    def key(address: str) -> str:
        return address_key("sign_in", address, secret=b"s")

    assert key("2001:db8:0:1::1") == key("2001:db8:0:1:ffff::2") != key("2001:db8:0:2::1")
    assert key("fe80::1%eth0") == key("fe80::1")
    assert key("::1") != key("127.0.0.1")
    assert key("testclient") == key("")


def test_an_account_has_a_bucket_for_each_action() -> None:
    assert account_key("reveal", "a1") != account_key("export", "a1")


def test_the_migration_makes_the_table_of_the_metadata(database: Database) -> None:
    made = {column["name"]: column for column in inspect(database.engine).get_columns("throttle")}

    assert set(made) == {column.name for column in THROTTLE.table.columns}
    assert not any(column["nullable"] for column in made.values())
