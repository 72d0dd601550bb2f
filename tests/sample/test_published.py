"""The sample gives the figures of the five reports, counted a second time and independently."""

import csv
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from services.sample.ledgers import seeds
from services.sample.published import Published, check, published
from tests.sample.recount import Rate, Recount

Seed = dict[str, str]
# (region, period) -> its counts and its rates
Readings = dict[tuple[str, str], tuple[dict[str, int | Decimal], dict[tuple[str, str], Rate]]]

SEED_FIGURES = Path(__file__).with_name("seed_figures.csv")
# The parts of these two sums are types of service points, of which the system counts the total.
PARTS_BY_TYPE = {
    "SD-1-1": ("150625", (1, 7, 68, 13)),
    "SD-3-1": ("1502", (11, 85, 822, 0)),
}
SERVICE_POINT_TYPES = (
    "legal_service_centre",
    "legal_service_station",
    "legal_service_room",
    "community_service_room",
)


def _seeds_to_reproduce() -> list[Seed]:
    with SEED_FIGURES.open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    return [
        row for row in rows if row["repro"] in {"R", "O"} and (row["num"] or row["den"] or row["published"])
    ]


@pytest.fixture(scope="module")
def recount() -> Recount:
    return Recount.of(seeds())


@pytest.fixture(scope="module")
def read(
    recount: Recount,
) -> Readings:
    places = {(one.region, one.period) for one in published()}
    return {place: (recount.counts(*place), recount.rates(*place)) for place in places}


def test_there_are_figures_to_reproduce() -> None:
    assert len(_seeds_to_reproduce()) == 29


@pytest.mark.parametrize("seed", _seeds_to_reproduce(), ids=lambda seed: seed["id"])
def test_a_published_figure_comes_out_of_the_sample(
    seed: Seed,
    read: Readings,
) -> None:
    bound = [one for one in published() if one.figure == seed["id"]]

    assert bound, "This figure is not bound to anything that the system counts."
    assert [check(one, *read[one.region, one.period]) for one in bound] == [None] * len(bound)


@pytest.mark.parametrize("seed", _seeds_to_reproduce(), ids=lambda seed: seed["id"])
def test_every_number_of_a_figure_is_checked(seed: Seed) -> None:
    bound = [one for one in published() if one.figure == seed["id"]]
    values = {number for one in bound for number in _numbers(one.value)}
    if seed["id"] == "SD-0-2":
        values = {value / 10_000 for value in values}
    parts = seed["num"].replace("+", " ") if seed["id"] not in PARTS_BY_TYPE else ""
    printed = seed["published"] or seed["den"]
    if seed["mode"] == "half_up" and seed["kind"] == "rate":
        parts += f" {seed['den']}"

    assert set(_numbers(parts)) <= values
    assert set(_numbers(printed)) <= values
    assert {one.region for one in bound} == {seed["region_code"]}
    assert {one.report for one in bound} == {seed["doc"]}


def _numbers(text: str) -> list[Decimal]:
    return [Decimal(number) for number in re.findall(r"\d+(?:\.\d+)?", text.replace("..", " "))]


def test_every_binding_belongs_to_a_figure_and_has_an_id_of_its_own() -> None:
    known = {seed["id"] for seed in _seeds_to_reproduce()}

    assert {one.figure for one in published()} == known
    assert set(Counter(one.id for one in published()).values()) == {1}


@pytest.mark.parametrize("figure", PARTS_BY_TYPE)
def test_the_service_points_are_of_the_types_the_report_lists(recount: Recount, figure: str) -> None:
    region, expected = PARTS_BY_TYPE[figure]
    organisations = recount.rows["organisations"]
    types = Counter(row["org_type"] for row in organisations if row["region"].startswith(region))

    assert tuple(types[kind] for kind in SERVICE_POINT_TYPES) == expected


def test_the_city_has_one_service_centre_and_each_of_its_ten_areas_one(recount: Recount) -> None:
    centres = [
        row["region"]
        for row in recount.rows["organisations"]
        if row["org_type"] == "legal_service_centre" and row["region"].startswith("1502")
    ]

    assert len(centres) == len(set(centres)) == 11
    assert {"150200", "150271"} <= set(centres)


def test_a_case_of_chifeng_in_2017_is_counted_once_in_inner_mongolia(recount: Recount) -> None:
    assert recount.counts("150400", "2017")["ar.handled"] == 359
    assert recount.counts("150000", "2017")["ar.handled"] == 1015
    assert recount.rates("150000", "2017")["IND-AR-6", "Z1"] == (155, 1015)
    assert recount.rates("150000", "2017")["IND-AR-7", "D1"] == (72, 1015)


def test_chifeng_has_the_same_number_of_cases_in_each_of_the_five_years(recount: Recount) -> None:
    for year in range(2016, 2021):
        counts = recount.counts("150400", str(year))
        assert (counts["ar.received"], counts["ar.concluded"], counts["ar.carried"]) == (359, 359, 0)


def _one(reads: str, expect: str, value: str, unit: str = "件") -> Published:
    return Published("X", "X", "000", "150625", "2022", reads, expect, value, unit, "")


@pytest.mark.parametrize(
    ("one", "agrees"),
    [
        (_one("ar.accepted-ar.concluded", "eq", "2"), True),
        (_one("ar.accepted", "eq", "12"), False),
        (_one("ar.accepted", "range", "13..13"), True),
        (_one("ar.accepted", "range", "14..20"), False),
        (_one("ar.accepted/ar.concluded", "at_least", "1.2", "倍"), False),
        (_one("IND-AR-2/D1", "rate", "84.6", "%"), True),
        (_one("IND-AR-2/D1", "rate", "84.7", "%"), False),
        (_one("IND-AR-2/D1", "at_least", "84", "%"), True),
        (_one("ar.accepted", "no_fit", "84.6", "%"), False),
        (_one("ar.accepted", "no_fit", "84.7", "%"), True),
        (_one("IND-AR-2/D9", "rate", "84.6", "%"), False),
        (_one("IND-AR-9/D1", "rate", "0", "%"), False),
        (_one("ar.unknown", "eq", "0"), False),
    ],
)
def test_a_check_says_how_the_system_differs_or_nothing(one: Published, agrees: bool) -> None:
    counts = {"ar.accepted": 13, "ar.concluded": 11}
    rates: dict[tuple[str, str], Rate] = {("IND-AR-2", "D1"): (11, 13), ("IND-AR-9", "D1"): (0, 0)}

    sentence = check(one, counts, rates)

    assert (sentence is None) == agrees


def test_a_half_is_rounded_up() -> None:
    assert check(_one("IND-X/D1", "rate", "13", "%"), {}, {("IND-X", "D1"): (1, 8)}) is None
