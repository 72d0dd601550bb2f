"""A notice is read from CSV and JSON, and one that cannot be right is refused in a sentence."""

import json
from collections.abc import Sequence
from datetime import date, timedelta
from importlib.resources import files

import pytest

from shared.kernel.errors import RuleViolation
from shared.kernel.holidays import load_builtin
from shared.kernel.holidays.notice import MOST_OFF, checked, read_csv, read_json
from tests.support.holidays import OFF, ON, YEAR_2027, a_notice

TODAY = date(2026, 11, 22)
TABLE = (files("shared.kernel.holidays") / "table.csv").read_text(encoding="utf-8")


def refused(
    off: Sequence[date] = OFF, on: Sequence[date] = ON, *, year: int = 2027
) -> tuple[str, str | None]:
    with pytest.raises(RuleViolation, match=r"。$") as caught:
        checked(year, off, on, today=TODAY)
    return caught.value.code, caught.value.field


def test_a_notice_that_may_be_right_is_taken() -> None:
    assert checked(2027, OFF, ON, today=TODAY) == YEAR_2027


@pytest.mark.parametrize("notice", load_builtin(), ids=lambda notice: str(notice.year))
def test_every_notice_that_was_really_published_would_be_taken(notice: object) -> None:
    (published,) = [each for each in load_builtin() if each == notice]

    assert checked(published.year, sorted(published.off), sorted(published.on), today=TODAY) == published


def test_a_day_that_is_named_twice_is_refused() -> None:
    assert refused([*OFF, OFF[0]]) == ("calendar.day_twice", "off")
    assert refused(on=[*ON, ON[0]]) == ("calendar.day_twice", "on")


def test_a_day_that_is_both_off_and_worked_is_refused() -> None:
    assert refused(on=[*ON, date(2027, 1, 2)])[0] == "calendar.contradictory_notice"


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2028, 2, 1), date(2207, 1, 1)])
def test_a_day_far_from_the_year_is_refused(day: date) -> None:
    assert refused([*OFF, day]) == ("calendar.foreign_date", "off")


@pytest.mark.parametrize("day", [date(2026, 12, 31), date(2028, 1, 1)])
def test_a_notice_may_reach_into_the_turn_of_the_year(day: date) -> None:
    assert day in checked(2027, [*OFF, day], ON, today=TODAY).off


def test_people_are_called_to_work_on_weekends_only() -> None:
    assert refused(on=[*ON, date(2027, 2, 17)]) == ("calendar.on_not_weekend", "on")


def test_too_few_or_too_many_days_off_are_refused() -> None:
    many = [date(2027, 3, 1) + timedelta(days=day) for day in range(MOST_OFF + 1)]

    assert refused(OFF[:7]) == ("calendar.implausible_count", "off")
    assert refused(many) == ("calendar.implausible_count", "off")
    assert checked(2027, OFF[:8], [], today=TODAY).year == 2027


@pytest.mark.parametrize("year", [1999, 2028, 9999])
def test_a_year_that_has_no_notice_yet_is_refused(year: int) -> None:
    assert refused([], [], year=year) == ("calendar.year_out_of_range", "year")


def test_the_table_as_the_program_ships_it_is_read_year_by_year() -> None:
    for notice in load_builtin():
        brought = read_csv(TABLE, notice.year)

        assert (frozenset(brought.off), frozenset(brought.on)) == (notice.off, notice.on)


def test_a_table_without_years_is_read_for_the_year_that_is_named() -> None:
    brought = read_csv("date,kind\n2027-01-01,off\n\n# 调休\n2027-02-20,on\n", 2027)

    assert (brought.year, brought.off, brought.on) == (2027, (date(2027, 1, 1),), (date(2027, 2, 20),))


def test_json_is_read_with_its_source() -> None:
    brought = read_json(json.dumps(a_notice()))

    assert checked(brought.year, brought.off, brought.on, today=TODAY) == YEAR_2027
    assert brought.source == a_notice()["source"]


@pytest.mark.parametrize(
    ("text", "year", "why"),
    [
        (TABLE, None, "多个年份"),
        (TABLE, 2027, "没有 2027 年"),
        ("year,date,kind\n", None, "没有日期"),
        ("year,kind\n2027,off\n", None, "缺少列 date"),
        ("date,kind\n2027-01-01,off\n", None, "没有写明年份"),
        ("year,date,kind\n2027,2027-01-01,放假\n", None, "第 2 行的 kind"),
        ("year,date,kind\n2027,1月1日,off\n", None, "2027-01-01 的样子"),
        ("", None, "缺少列"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(text: str, year: int | None, why: str) -> None:
    with pytest.raises(RuleViolation, match=why) as caught:
        read_csv(text, year)

    assert caught.value.code == "calendar.unreadable_notice"


@pytest.mark.parametrize(
    ("text", "year", "why"),
    [
        ("{", None, "不是 JSON"),
        ("[]", None, "应为"),
        ('{"year": 2027, "off": "2027-01-01"}', None, "应为"),
        ('{"off": []}', None, "没有写明年份"),
        ('{"year": "2027"}', None, "没有写明年份"),
        ('{"year": 2027, "off": [1]}', None, "2027-01-01 的样子"),
        ('{"year": 2027}', 2026, "没有 2026 年"),
    ],
)
def test_json_that_cannot_be_read_says_why(text: str, year: int | None, why: str) -> None:
    with pytest.raises(RuleViolation, match=why):
        read_json(text, year)
