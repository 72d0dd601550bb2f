from hypothesis import given
from hypothesis import strategies as st

from services.reporting.watermarks import Watermark
from tests.reporting.strategies import unhurried


def test_numbers_without_holes_are_all_there() -> None:
    mark = Watermark().arrived([1, 2, 3]).arrived([5, 4])

    assert mark == Watermark(highest=5)
    assert (mark.contiguous, mark.missing) == (5, 0)


def test_a_hole_stays_visible_until_it_is_filled() -> None:
    mark = Watermark().arrived([1, 2, 6, 9])

    assert mark.gaps == ((3, 5), (7, 8))
    assert (mark.contiguous, mark.highest, mark.missing) == (2, 9, 5)
    assert mark.arrived([4]).gaps == ((3, 3), (5, 5), (7, 8))
    assert mark.arrived([3, 4, 5, 7, 8]) == Watermark(highest=9)


def test_a_first_number_above_one_tells_of_what_came_before() -> None:
    assert Watermark().arrived([4]).gaps == ((1, 3),)


@unhurried
@given(st.lists(st.lists(st.integers(1, 40), max_size=12), max_size=8))
def test_any_order_and_repetition_leaves_the_same_mark(batches: list[list[int]]) -> None:
    mark = Watermark()
    for batch in batches:
        mark = mark.arrived(batch)

    arrived = {number for batch in batches for number in batch}
    highest = max(arrived, default=0)
    missing = set(range(1, highest + 1)) - arrived
    assert mark.highest == highest
    assert {number for first, last in mark.gaps for number in range(first, last + 1)} == missing
    assert mark.missing == len(missing)
    assert mark.contiguous == min(missing, default=highest + 1) - 1
