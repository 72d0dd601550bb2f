"""小数不外露: figures over fewer than five cases are told to the offices they are about, and to nobody outside."""

from typing import Any

import pytest

from services.reporting.pages import WITHHELD
from shared.contracts.identity import Role
from tests.authz.world import World

FEW, MANY = (
    "litigation-150621",
    "litigation-150625",
)  # fewer than five cases were judged at the first, more at the second
ENOUGH = 6
OUTSIDE, INSIDE = "150621", "150625"
RATE = "IND-AL-4"  # 败诉率: claims lost of cases judged
OUTSIDERS = (
    Role.LITIGATION_CLERK,
    Role.RECONSIDERATION_CLERK,
    Role.MEDIATOR,
    Role.BUREAU_VIEWER,
    Role.BUREAU_STATISTICIAN,
)


@pytest.fixture(scope="module")
def figures(world: World) -> World:
    """In both counties two cases were judged in 2026 already; at the second more, and in the year before two."""
    for _ in range(ENOUGH):
        world.filing.file(MANY, "judgment")
    for office in (FEW, MANY):
        earlier = world.filing.file(office, notified_on="2025-03-02")
        judged = {"on": "2025-06-02", "result": "revoked"}
        world.filing.done(f"/litigation/cases/{earlier}/steps/judgment", judged)
    world.count_events()
    return world


def _rates(world: World, role: Role, region: str, **query: Any) -> dict[str, Any]:
    asked = {"region": region, "period": "2026", "indicator": RATE, "compare": True, **query}
    answer = world.client.get("/reporting/rates", params=asked, headers=world.headers(role))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_outsider_is_not_told_a_figure_over_fewer_than_five_cases(figures: World, role: Role) -> None:
    told = _rates(figures, role, OUTSIDE)
    (rate,) = told["rates"]

    assert rate["withheld"]
    assert (rate["numerator"], rate["denominator"], rate["rate"], rate["change_points"]) == (None,) * 4
    assert told["counts"]["al.concluded"] is None
    assert told["counts"]["ar.concluded"] == 0  # of nobody, nothing is said by a zero


@pytest.mark.parametrize("role", OUTSIDERS)
def test_an_insider_is_told_all_of_it(figures: World, role: Role) -> None:
    told = _rates(figures, role, INSIDE)
    (rate,) = told["rates"]

    assert not rate["withheld"]
    assert rate["denominator"] == 2 + 2 + ENOUGH  # both offices of the county
    assert rate["previous"]["denominator"] == 1
    assert rate["change_points"] is not None


def test_the_year_before_is_withheld_by_itself(figures: World) -> None:
    """This year's base is large enough for an outsider, last year's is not: the difference would tell it."""
    told = _rates(figures, Role.OPERATOR, INSIDE)["rates"][0]
    outsider = figures.people.member("outsider", [(Role.LITIGATION_CLERK, "litigation-110105")])
    asked = {"region": INSIDE, "period": "2026", "indicator": RATE, "compare": "true"}
    headers = {"Authorization": f"Bearer {outsider.token}"}
    rate = figures.client.get("/reporting/rates", params=asked, headers=headers).json()["rates"][0]
    page = figures.client.get("/", params=asked, headers=headers).text

    assert (rate["withheld"], rate["denominator"]) == (False, told["denominator"])
    previous = rate["previous"]
    assert (previous["numerator"], previous["denominator"], previous["rate"]) == (None, None, None)
    assert rate["change_points"] is None
    assert WITHHELD in page


@pytest.mark.parametrize("path", ["/", "/reporting", "/reporting/"])
def test_the_page_withholds_what_the_interface_withholds(figures: World, path: str) -> None:
    def page(role: Role, region: str) -> str:
        asked = {"region": region, "period": "2026", "compare": "true"}
        answer = figures.client.get(path, params=asked, headers=figures.headers(role))
        assert answer.status_code == 200
        return answer.text

    assert WITHHELD in page(Role.LITIGATION_CLERK, OUTSIDE)
    assert WITHHELD not in page(Role.LITIGATION_CLERK, INSIDE)
    assert WITHHELD not in page(Role.OPERATOR, OUTSIDE)


@pytest.mark.parametrize("role", [Role.LITIGATION_CLERK, Role.BUREAU_STATISTICIAN])
def test_the_list_behind_a_withheld_figure_says_neither_its_cases_nor_their_number(
    figures: World, role: Role
) -> None:
    asked = {"region": OUTSIDE, "period": "2026", "definition": "F1", "part": "denominator"}
    told = figures.client.get(f"/reporting/rates/{RATE}/cases", params=asked, headers=figures.headers(role))
    page = figures.client.get(
        "/reporting/cases",
        params={"region": OUTSIDE, "period": "2026", "count": "al.concluded"},
        headers=figures.headers(role),
    )

    assert (told.json()["total"], told.json()["items"], told.json()["next"]) == (0, [], None)
    assert FEW not in page.text


def test_a_reader_above_the_region_is_told_the_whole_figure_and_a_clerk_only_the_own_part(
    figures: World,
) -> None:
    asked = {"region": INSIDE, "period": "2026", "definition": "F1", "part": "denominator"}

    def total(role: Role) -> int:
        answer = figures.client.get(
            f"/reporting/rates/{RATE}/cases", params=asked, headers=figures.headers(role)
        )
        found: int = answer.json()["total"]
        return found

    assert (total(Role.BUREAU_VIEWER), total(Role.LITIGATION_CLERK)) == (2 + 2 + ENOUGH, 2 + ENOUGH)


def test_a_sum_of_money_over_fewer_than_five_cases_is_withheld(figures: World) -> None:
    """An amount is no number of cases: what one case was worth must not be told because it was worth much."""
    case = figures.filing.file(FEW, "judgment")
    paid = {"on": "2026-05-01", "performed_fen": 12_345_678}
    figures.filing.done(f"/litigation/cases/{case}/steps/perform", paid)
    figures.count_events()

    told = _rates(figures, Role.LITIGATION_CLERK, OUTSIDE)["counts"]
    page = figures.client.get(
        "/", params={"region": OUTSIDE, "period": "2026"}, headers=figures.headers(Role.LITIGATION_CLERK)
    )

    assert told["al.performed"] is None
    assert told["al.performed_amount"] is None
    assert "123456.78" not in page.text
