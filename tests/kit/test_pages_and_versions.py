"""Keyset pages and If-Match, as every service uses them."""

from uuid import UUID, uuid4

import pytest
from uuid_utils.compat import uuid7

from shared.kernel.errors import RuleViolation
from shared.kit.concurrency import etag, require_version
from shared.kit.pagination import page
from shared.kit.problems import StaleVersion

IDS = [uuid4() for _ in range(4)]


@pytest.mark.parametrize(
    ("asked_for", "limit", "shown", "following"),
    [
        (0, 3, 0, None),
        (2, 3, 2, None),
        (3, 3, 3, None),
        (4, 3, 3, IDS[2]),
        (2, 1, 1, IDS[0]),
    ],
)
def test_the_row_too_many_tells_that_there_is_more_and_is_not_shown(
    asked_for: int, limit: int, shown: int, following: UUID | None
) -> None:
    rows = [f"row {number}" for number in range(asked_for)]

    made = page(rows, ids=IDS[:asked_for], limit=limit)

    assert made.items == rows[:shown]
    assert made.next == following


def test_ids_rise_in_the_order_of_filing() -> None:
    made = [uuid7() for _ in range(10_000)]

    assert made == sorted(made)
    assert [each.hex for each in made] == sorted(each.hex for each in made)


@pytest.mark.parametrize("if_match", [None, "*", " * ", etag(3), "3", 'W/"3"', ' "3" '])
def test_a_change_of_the_newest_version_is_let_through(if_match: str | None) -> None:
    require_version(if_match, 3)


@pytest.mark.parametrize("if_match", [etag(2), etag(4), "0", "9999999999"])
def test_a_change_of_another_version_is_stale(if_match: str) -> None:
    with pytest.raises(StaleVersion) as refusal:
        require_version(if_match, 3)

    assert refusal.value.code == "request.stale_version"


@pytest.mark.parametrize(
    "if_match", ["", '""', '"x"', '"1", "3"', "-3", "3.0", "³", "٣", "3" * 11, "3" * 5000]
)
def test_an_if_match_that_is_no_version_is_refused(if_match: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        require_version(if_match, 3)

    assert refusal.value.code == "request.if_match_unreadable"
