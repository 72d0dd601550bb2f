from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal, localcontext
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reporting.rates import Rate, Rounding, percentage_points
from tests.reporting.strategies import unhurried

# Worked values, column by column: no decimals, one, two, two truncated.
WORKED = [
    (97, 427, "23", "22.7", "22.72", "22.71"),
    (97, 429, "23", "22.6", "22.61", "22.61"),
    (11, 13, "85", "84.6", "84.62", "84.61"),
    (3, 11, "27", "27.3", "27.27", "27.27"),
    (6, 11, "55", "54.5", "54.55", "54.54"),
    (578, 676, "86", "85.5", "85.50", "85.50"),
    (6, 7, "86", "85.7", "85.71", "85.71"),
    (155, 1015, "15", "15.3", "15.27", "15.27"),
    (72, 1015, "7", "7.1", "7.09", "7.09"),
    (29, 151, "19", "19.2", "19.21", "19.20"),
    (29, 135, "21", "21.5", "21.48", "21.48"),
    (151 - 66, 66, "129", "128.8", "128.79", "128.78"),
    (1, 8, "13", "12.5", "12.50", "12.50"),
    # 99.5338 % is not said to be all of them: "99%以上".
    (427, 429, "99", "99.5", "99.53", "99.53"),
]


@pytest.mark.parametrize(("numerator", "denominator", "none", "one", "two", "truncated"), WORKED)
def test_the_worked_values_of_the_specification(
    numerator: int, denominator: int, none: str, one: str, two: str, truncated: str
) -> None:
    assert Rate(numerator, denominator, decimals=0).text() == none
    assert Rate(numerator, denominator, decimals=1).text() == one
    assert Rate(numerator, denominator, decimals=2).text() == two
    assert Rate(numerator, denominator, decimals=2, rounding="truncate").text() == truncated


@pytest.mark.parametrize("numerator", [0, 5])
def test_nothing_to_divide_by_is_no_rate(numerator: int) -> None:
    assert Rate(numerator, 0).text() is None
    assert Rate(numerator, None).text() is None


def test_a_hundred_percent_is_all_and_nothing_else() -> None:
    assert Rate(5, 5).text() == "100.00"
    assert Rate(99_996, 100_000).text() == "99.99"
    assert Rate(99_996, 100_000, decimals=1).text() == "99.9"
    assert Rate(999, 1000, decimals=0).text() == "99"
    assert Rate(100_001, 100_000).text() == "100.01"


def test_a_ratio_is_told_in_times() -> None:
    assert Rate(1200, 400, unit="ratio", decimals=1).text() == "3.0"
    assert Rate(1299, 433, unit="ratio", decimals=1).text() == "3.0"
    assert Rate(999, 1000, unit="ratio", decimals=1).text() == "1.0"


def test_a_count_has_no_quotient() -> None:
    assert Rate(5, None, unit="count", decimals=0).text() is None
    assert Rate(5, 7, unit="fen", decimals=0).text() is None


def test_a_fall_keeps_its_sign() -> None:
    assert Rate(-161, 1000, decimals=1).text() == "-16.1"
    assert Rate(-1, 100_000).text() == "0.00"


def test_points_are_the_difference_of_what_is_printed() -> None:
    assert percentage_points(Rate(936, 1000, decimals=1), Rate(903, 1000, decimals=1)) == "3.3"
    assert percentage_points(Rate(1, 1), Rate(52, 100)) == "48.00"
    assert percentage_points(Rate(1, 3), Rate(1, 2)) == "-16.67"
    assert percentage_points(Rate(1, 3), Rate(1, 0)) is None
    assert percentage_points(Rate(3, 1, unit="ratio"), Rate(2, 1, unit="ratio")) is None


ROUNDINGS: dict[Rounding, str] = {"half_up": ROUND_HALF_UP, "truncate": ROUND_DOWN}


@unhurried
@given(
    numerator=st.integers(0, 10**9),
    denominator=st.integers(1, 10**9),
    decimals=st.integers(0, 2),
    rounding=st.sampled_from(["half_up", "truncate"]),
)
def test_print_agrees_with_decimal_arithmetic_beside_the_whole(
    numerator: int, denominator: int, decimals: int, rounding: Literal["half_up", "truncate"]
) -> None:
    text = Rate(numerator, denominator, decimals=decimals, rounding=rounding).text()

    with localcontext(prec=60):
        exact = Decimal(numerator * 100) / Decimal(denominator)
        expected = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUNDINGS[rounding])
    assert text is not None
    if expected != 100 or numerator == denominator:
        assert text == str(expected)
    else:
        assert Decimal(text) == 100 + (1 if numerator > denominator else -1) * Decimal(1).scaleb(-decimals)
