"""In time or too late: the limits of ARL 20 and 21, their first days, and obstacles on the way."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reconsideration.deadlines import (
    apply_limit,
    apply_limits,
    inaction_from,
    known_from,
)
from services.reconsideration.terms import Inaction, Reached
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import CALENDAR

KNEW_ON = date(2024, 3, 4)


@pytest.mark.parametrize(
    ("told", "rule", "due_on"),
    [
        pytest.param({}, "ar.apply", date(2024, 5, 6), id="60-days-from-knowing"),  # 3 May is a holiday
        pytest.param({"longer_days": 90}, "ar.apply", date(2024, 6, 3), id="a-law-gives-90"),
        pytest.param(
            {"informed_of_rights_on": KNEW_ON}, "ar.apply", date(2024, 5, 6), id="informed-with-the-act"
        ),
        pytest.param(
            {"informed_of_rights_on": date(2024, 9, 2)},
            "ar.apply_not_informed",
            date(2024, 11, 1),
            id="informed-later",
        ),
        pytest.param(
            {"informed_of_rights_on": date(2025, 2, 24)},
            "ar.apply_cap",
            date(2025, 3, 4),
            id="capped-at-a-year",
        ),
        pytest.param({"never_informed": True}, "ar.apply_cap", date(2025, 3, 4), id="never-informed"),
        pytest.param(
            {"act_made_on": date(2019, 4, 8)}, "ar.apply_bar", date(2024, 4, 8), id="five-years-from-the-act"
        ),
        pytest.param(
            {"act_made_on": date(2019, 4, 8), "real_estate": True},
            "ar.apply",
            date(2024, 5, 6),
            id="real-estate-has-twenty-years",
        ),
        pytest.param(
            {"act_made_on": date(2004, 4, 8), "real_estate": True},
            "ar.apply_bar_real_estate",
            date(2024, 4, 8),
            id="twenty-years-from-the-act",
        ),
    ],
)
def test_the_limit_that_ends_first_bars_the_application(
    told: dict[str, Any], rule: str, due_on: date
) -> None:
    found = apply_limit(KNEW_ON, CALENDAR, **told)

    assert (found.rule, found.due_on) == (rule, due_on)
    assert "不予受理" in found.explanation
    assert found.article in found.explanation


def test_the_explanation_names_the_limits_that_end_later() -> None:
    found = apply_limit(KNEW_ON, CALENDAR, act_made_on=date(2020, 1, 6))

    assert found.explanation == (
        "60 日，自 2024-03-04 次日起算，末日 2024-05-03（星期五）逢放假，顺延至其后第一个工作日 2024-05-06 届满。"
        "另有最长申请期限（五年） 2025-01-06 届满，以先届满者为准。"
        "逾期且无正当理由的，不予受理（行政复议法第二十条第一款）。"
    )


def test_after_an_obstacle_the_remainder_continues_and_no_fresh_period_begins() -> None:
    # Given that 40 of 60 days have passed when the obstacle comes.
    obstacle = (KNEW_ON + timedelta(days=41), date(2024, 6, 3))

    found = apply_limit(KNEW_ON, CALENDAR, obstacles=[obstacle])

    # Then 20 days are left, the day of its end among them.
    assert found.raw_on == date(2024, 6, 22)
    assert found.due_on == date(2024, 6, 24)
    assert "扣除障碍 2024-04-14 至 2024-06-03 共 50 日" in found.explanation


def test_while_the_obstacle_lasts_only_the_absolute_bar_runs() -> None:
    obstacle = (date(2024, 4, 1), None)

    without_the_act = apply_limit(KNEW_ON, CALENDAR, obstacles=[obstacle])
    with_the_act = apply_limit(KNEW_ON, CALENDAR, obstacles=[obstacle], act_made_on=date(2024, 3, 1))

    assert without_the_act.due_on is None
    assert "2024-04-01 起发生障碍，尚未消除" in without_the_act.explanation
    assert (with_the_act.rule, with_the_act.due_on) == ("ar.apply_bar", date(2029, 3, 1))
    assert "另有申请期限尚不能确定届满日" in with_the_act.explanation


def test_an_obstacle_after_the_limit_revives_nothing() -> None:
    found = apply_limit(KNEW_ON, CALENDAR, obstacles=[(date(2024, 5, 7), date(2024, 8, 1))])

    assert (found.due_on, found.excluded_days) == (date(2024, 5, 6), 0)


def test_an_obstacle_on_the_days_off_after_the_last_day_leaves_the_day_of_its_end() -> None:
    found = apply_limit(KNEW_ON, CALENDAR, obstacles=[(date(2024, 5, 4), date(2024, 5, 22))])

    assert found.due_on == date(2024, 5, 22)


def test_an_obstacle_does_not_move_the_five_years() -> None:
    found = apply_limit(
        KNEW_ON, CALENDAR, act_made_on=date(2019, 4, 8), obstacles=[(date(2024, 3, 10), date(2024, 6, 10))]
    )

    assert (found.rule, found.due_on) == ("ar.apply_bar", date(2024, 4, 8))


def test_a_law_cannot_shorten_the_sixty_days() -> None:
    with pytest.raises(RuleViolation) as refusal:
        apply_limit(KNEW_ON, CALENDAR, longer_days=30)

    assert refusal.value.code == "reconsideration.length_not_allowed"


def test_nobody_knows_of_an_act_before_it_is_made() -> None:
    with pytest.raises(RuleViolation) as refusal:
        apply_limit(KNEW_ON, CALENDAR, act_made_on=KNEW_ON + timedelta(days=1))

    assert (refusal.value.code, refusal.value.field) == ("reconsideration.known_before_made", "knew_on")


def test_an_act_that_was_never_delivered_is_barred_by_its_age_alone() -> None:
    assert apply_limits(None, CALENDAR) == ()

    (bar,) = apply_limits(None, CALENDAR, act_made_on=date(2020, 1, 6))
    assert (bar.rule, bar.due_on) == ("ar.apply_bar", date(2025, 1, 6))


@pytest.mark.parametrize(
    ("reached", "article"),
    [
        (Reached.ON_THE_SPOT, "第十五条第一款第一项"),
        (Reached.DIRECT_DELIVERY, "第十五条第一款第二项"),
        (Reached.POST, "第十五条第一款第三项"),
        (Reached.PUBLIC_NOTICE, "第十五条第一款第四项"),
        (Reached.TOLD_LATER, "第十五条第一款第五项"),
        (Reached.PROVEN, "第十五条第一款第六项"),
    ],
)
def test_the_first_day_follows_how_the_act_reached_the_person(reached: Reached, article: str) -> None:
    known = known_from(reached, KNEW_ON)

    assert (known.on, known.article) == (KNEW_ON, f"行政复议法实施条例{article}")
    assert str(KNEW_ON) in known.explanation
    with pytest.raises(RuleViolation) as refusal:
        known_from(reached, None)
    assert refusal.value.code == "reconsideration.start_day_missing"


def test_an_act_that_was_not_delivered_is_not_known() -> None:
    known = known_from(Reached.NOT_DELIVERED, None)

    assert (known.on, known.article) == (None, "行政复议法实施条例第十五条第二款")


def test_against_inaction_the_limit_runs_from_the_term_or_from_day_sixty() -> None:
    term = inaction_from(Inaction.TERM_SET, date(2024, 3, 4))
    # Day 60 of the request is 1 June 2024, a Saturday; it is a threshold and stays.
    no_term = inaction_from(Inaction.NO_TERM, date(2024, 4, 2))

    assert term.on == date(2024, 3, 4)
    assert no_term.on == date(2024, 6, 1)
    assert apply_limit(date(2024, 6, 1), CALENDAR).due_on == date(2024, 7, 31)


def test_in_an_emergency_inaction_is_not_limited() -> None:
    emergency = inaction_from(Inaction.EMERGENCY, None)

    assert emergency.on is None
    assert "不受" in emergency.explanation


@given(
    st.dates(date(2021, 3, 1), date(2024, 6, 1)),
    st.lists(st.tuples(st.integers(-20, 120), st.integers(0, 60)), max_size=4),
)
def test_obstacles_never_shorten_the_time_to_apply(knew_on: date, drawn: list[tuple[int, int]]) -> None:
    obstacles = [
        (knew_on + timedelta(days=since), knew_on + timedelta(days=since + length)) for since, length in drawn
    ]

    without = apply_limit(knew_on, CALENDAR).due_on
    found = apply_limit(knew_on, CALENDAR, obstacles=obstacles).due_on

    assert without is not None
    assert found is not None
    assert found >= without
    # The person can use the last day: no obstacle lies over it.
    assert not any(since <= found < until for since, until in obstacles)
