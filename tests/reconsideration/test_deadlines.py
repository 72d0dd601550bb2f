"""The table of periods against the vectors, the statute's table and the errors a naive reading makes."""

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reconsideration.deadlines import RULES, acceptance_review_due, deadline, decision_due
from services.reconsideration.terms import Procedure
from shared.kernel.calendar import Unit, due
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import CALENDAR

ORDINARY, SUMMARY = Procedure.ORDINARY, Procedure.SUMMARY
WORKING, DAYS, MONTHS = Unit.WORKING_DAY, Unit.CALENDAR_DAY, Unit.MONTH
VECTORS: dict[str, dict[str, Any]] = {
    vector["id"]: vector
    for vector in json.loads(
        (Path(__file__).parents[1] / "kernel" / "deadline_vectors.json").read_text(encoding="utf-8")
    )
}
Interval = tuple[date, date | None]


# --- The vectors, by the name of the rule


@dataclass(frozen=True)
class Told:
    """Which rule a vector is about, and what it leaves to be told apart from start and end."""

    rule: str
    procedure: Procedure = ORDINARY
    extension_days: int = 0


ABOUT = {
    "V01": Told("ar.acceptance_review"),
    "V02": Told("ar.acceptance_review"),
    "V04": Told("ar.supplement"),
    "V05": Told("ar.decision"),
    "V06": Told("ar.decision"),
    "V07": Told("ar.decision", extension_days=30),
    "V09": Told("ar.decision"),
    "V10": Told("ar.sue"),
    "V12a": Told("ar.copy"),
    "V12b": Told("ar.reply"),
    "V13a": Told("ar.copy", SUMMARY),
    "V13b": Told("ar.reply", SUMMARY),
    "V17": Told("ar.apply"),
    "V18": Told("ar.opinion_feedback"),
    "V23a": Told("ar.document_review"),
    "V23b": Told("ar.document_forward"),
    "V23c": Told("ar.document_receiver"),
    "V24": Told("ar.suspension_limit"),
    "V27": Told("ar.enforcement"),
}
# Judicial confirmation, referral to mediation, a defendant's answer, first instance: other procedures.
ELSEWHERE = {"V15", "V19", "V21", "V30"}


@pytest.mark.parametrize(
    ("vector", "told"),
    [pytest.param(vector, told, id=f"{vector}-{told.rule}") for vector, told in ABOUT.items()],
)
def test_a_vector_comes_out_under_the_name_of_its_rule(vector: str, told: Told) -> None:
    expected = VECTORS[vector]
    suspensions: list[Interval] = [
        (date.fromisoformat(since), date.fromisoformat(until))
        for since, until in expected.get("suspensions", ())
    ]

    found = deadline(
        told.rule,
        date.fromisoformat(expected["start"]),
        CALENDAR,
        procedure=told.procedure,
        extension_days=told.extension_days,
        suspensions=suspensions,
    )

    assert found.due_on == date.fromisoformat(expected["due"])
    assert abs(found.length) + found.extension_days == expected["n"]
    assert found.unit == expected["unit"].removesuffix("_noroll")
    assert not found.provisional
    assert str(found.due_on) in found.explanation


def test_every_vector_is_about_a_rule_here_or_about_another_procedure() -> None:
    assert {*ABOUT} | ELSEWHERE == {*VECTORS}


# --- The table of the statute, written down once more for a jurist

THE_TABLE = """
    ar.apply                     60         日      知道行政行为
    ar.apply_not_informed        60         日      知道申请权利
    ar.apply_cap                 12         月      知道行政行为内容，一年
    ar.apply_bar                 60         月      行为作出，五年
    ar.apply_bar_real_estate     240        月      行为作出，不动产，二十年
    ar.organ_forward             5          工作日  处罚机关收到申请
    ar.acceptance_review         5          工作日  收到申请、补正材料
    ar.supplement_notice         5          工作日  收到申请
    ar.supplement                10         工作日  申请人收到补正通知
    ar.jurisdiction_agreement    10         工作日  同时收到
    ar.jurisdiction_designation  10         工作日  报请指定
    ar.copy                      7/3        工作日  受理
    ar.reply                     10/5       工作日  被申请人收到副本
    ar.hearing_notice            -5         工作日  听证之日倒数
    ar.hearing_notice_clear      -6         工作日  听证之日倒数，地方规则
    ar.decision                  60/30      日      受理
    ar.extension                 30/无      日      第六十日
    ar.document_review           30         日      中止
    ar.document_forward          7          工作日  中止
    ar.document_ask              3          工作日  中止
    ar.document_answer           10         工作日  制定机关收到通知
    ar.document_receiver         60         日      收到转送
    ar.suspension_limit          60         日      中止
    ar.suspension_limit_rolled   60         日      中止，地方规则
    ar.sue                       15         日      收到决定、期满
    ar.redo                      60         日      决定生效
    ar.performance               60         日      决定生效，另有写明的依其写明
    ar.ordered_performance       60         日      责令，另有写明的依其写明
    ar.opinion_feedback          60         日      收到意见书
    ar.enforcement               3          月      起诉期限届满
"""
UNIT_WORDS = {WORKING: "工作日", DAYS: "日", MONTHS: "月"}


def test_the_table_in_code_is_the_table_of_the_statute() -> None:
    written = [tuple(line.split()[:3]) for line in THE_TABLE.strip().splitlines()]

    coded = []
    for rule in RULES.values():
        ordinary, summary = (str(rule.lengths.get(each, "无")) for each in (ORDINARY, SUMMARY))
        length = ordinary if ordinary == summary else f"{ordinary}/{summary}"
        coded.append((rule.id, length, UNIT_WORDS[rule.unit]))

    assert sorted(coded) == sorted(written)


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_each_rule_names_its_full_article_its_trigger_and_what_follows(rule: Any) -> None:
    assert rule.article.startswith(("行政复议法第", "行政复议法实施条例第", "行政诉讼法第", "行政强制法第"))
    assert rule.trigger
    assert rule.consequence
    assert rule.mark in {"V", "K", "D", "?"}


# --- Errors that a naive reading makes, by their number in the rules


def test_error_1_three_five_seven_and_ten_days_are_working_days_and_nothing_else_is() -> None:
    for rule in (rule for rule in RULES.values() if "地方规则" not in rule.name):
        short = {abs(length) for length in rule.lengths.values()} <= {3, 5, 7, 10} and rule.unit is not MONTHS
        assert (rule.unit is WORKING) == short, rule.id


def test_error_2_make_up_weekends_and_the_worked_new_years_eve_count() -> None:
    over_spring_festival = deadline("ar.acceptance_review", date(2024, 2, 7), CALENDAR)
    over_labour_day = deadline("ar.supplement", date(2024, 4, 26), CALENDAR)
    on_a_worked_sunday = deadline("ar.decision", date(2024, 3, 29), CALENDAR, procedure=SUMMARY)

    assert over_spring_festival.due_on == date(2024, 2, 20)
    assert "2024-02-18 为调休上班日" in over_spring_festival.explanation
    assert over_labour_day.due_on == date(2024, 5, 13)
    assert on_a_worked_sunday.due_on == on_a_worked_sunday.raw_on == date(2024, 4, 28)


def test_error_5_summary_procedure_cannot_be_extended() -> None:
    with pytest.raises(RuleViolation, match="简易程序的审理期限不得延长") as refusal:
        deadline("ar.decision", date(2024, 8, 2), CALENDAR, procedure=SUMMARY, extension_days=1)

    assert refusal.value.code == "reconsideration.extension_not_allowed"
    with pytest.raises(RuleViolation) as refusal:
        deadline("ar.extension", date(2024, 8, 2), CALENDAR, procedure=SUMMARY)
    assert refusal.value.code == "reconsideration.extension_not_allowed"


def test_error_5_a_converted_case_counts_sixty_days_from_its_first_acceptance() -> None:
    accepted_on = date(2024, 6, 6)

    summary = deadline("ar.decision", accepted_on, CALENDAR, procedure=SUMMARY)
    converted = deadline("ar.decision", accepted_on, CALENDAR, procedure=ORDINARY)

    assert (summary.due_on, converted.due_on) == (date(2024, 7, 8), date(2024, 8, 5))


def test_error_6_overlapping_suspensions_shift_the_due_date_once() -> None:
    found = deadline(
        "ar.decision",
        date(2024, 3, 1),
        CALENDAR,
        suspensions=[
            (date(2024, 4, 1), date(2024, 5, 10)),
            (date(2024, 3, 21), date(2024, 4, 10)),
            (date(2024, 4, 2), date(2024, 4, 3)),
        ],
    )

    assert (found.excluded_days, found.due_on) == (50, date(2024, 6, 19))
    assert "扣除中止 2024-03-21 至 2024-05-10 共 50 日" in found.explanation


def test_error_6_a_case_that_is_suspended_has_no_due_date() -> None:
    found = deadline(
        "ar.decision",
        date(2024, 3, 1),
        CALENDAR,
        suspensions=[(date(2024, 3, 11), date(2024, 3, 16)), (date(2024, 3, 21), None)],
    )

    assert (found.due_on, found.raw_on, found.provisional) == (None, None, False)
    assert found.explanation == (
        "60 日，自 2024-03-01 次日起算，扣除中止 2024-03-11 至 2024-03-16 共 5 日，2024-03-21 起中止，尚未恢复，"
        "中止期间不计入，自恢复当日起尚余 46 日，恢复后确定届满日。"
    )


def test_error_6_sixty_days_of_suspension_are_a_threshold_that_no_holiday_moves() -> None:
    on_a_saturday = deadline("ar.suspension_limit", date(2024, 4, 2), CALENDAR)

    assert on_a_saturday.due_on == on_a_saturday.raw_on == date(2024, 6, 1)
    assert "不因休息日顺延" in on_a_saturday.explanation


# --- Extension and exclusion


def test_extension_and_suspension_move_the_unrolled_day_which_then_rolls_once() -> None:
    # Given a case whose 60th day is National Day, which alone would roll to 8 October.
    accepted_on = date(2024, 8, 2)

    found = deadline(
        "ar.decision",
        accepted_on,
        CALENDAR,
        extension_days=30,
        suspensions=[(date(2024, 9, 1), date(2024, 9, 20))],
    )

    assert found.raw_on == found.due_on == accepted_on + timedelta(days=60 + 30 + 19)
    assert found.explanation == (
        "60 日，自 2024-08-02 次日起算，原末日 2024-10-01，延长 30 日，"
        "扣除中止 2024-09-01 至 2024-09-20 共 19 日，2024-11-19 届满。"
    )


@pytest.mark.parametrize(
    ("rule", "days", "code"),
    [
        ("ar.decision", 31, "reconsideration.extension_too_long"),
        ("ar.decision", -1, "reconsideration.extension_not_positive"),
        ("ar.supplement", 5, "reconsideration.extension_not_allowed"),
        ("ar.sue", 1, "reconsideration.extension_not_allowed"),
    ],
)
def test_only_the_decision_period_is_extended_and_by_thirty_days_at_most(
    rule: str, days: int, code: str
) -> None:
    with pytest.raises(RuleViolation) as refusal:
        deadline(rule, date(2024, 8, 2), CALENDAR, extension_days=days)

    assert refusal.value.code == code


def test_in_a_period_of_working_days_the_working_days_of_a_suspension_do_not_count() -> None:
    # Given ten working days from Tuesday 18 June, suspended from Thursday to the Tuesday after.
    received_on = date(2024, 6, 18)

    found = deadline("ar.reply", received_on, CALENDAR, suspensions=[(date(2024, 6, 20), date(2024, 6, 25))])
    still_open = deadline("ar.reply", received_on, CALENDAR, suspensions=[(date(2024, 6, 20), None)])
    afterwards = deadline("ar.reply", received_on, CALENDAR, suspensions=[(date(2024, 7, 20), None)])

    assert (found.due_on, found.excluded_days) == (date(2024, 7, 5), 3)
    assert "扣除中止 2024-06-20 至 2024-06-25 共 3 个工作日" in found.explanation
    assert still_open.due_on is None
    assert "尚余 9 个工作日" in still_open.explanation
    assert afterwards.due_on == date(2024, 7, 2)


def test_a_suspension_after_the_last_day_is_excluded_but_flagged() -> None:
    found = deadline(
        "ar.decision", date(2024, 3, 1), CALENDAR, suspensions=[(date(2024, 5, 21), date(2024, 5, 23))]
    )

    assert found.excluded_days == 2
    assert "2024-05-21 起的中止开始于末日之后，能否扣除请核实" in found.explanation


def test_a_notice_of_a_hearing_is_counted_back_and_not_moved() -> None:
    hearing_on = date(2024, 10, 10)

    found = deadline("ar.hearing_notice", hearing_on, CALENDAR)

    assert found.due_on == date(2024, 9, 27)
    with pytest.raises(RuleViolation) as refusal:
        deadline("ar.hearing_notice", hearing_on, CALENDAR, suspensions=[(date(2024, 9, 1), None)])
    assert refusal.value.code == "reconsideration.counted_back"


@pytest.mark.parametrize(
    ("rule", "allowed", "refused"),
    [
        ("ar.decision", 45, 61),  # only a shorter one, and only by a law
        ("ar.apply", 90, 59),  # only a longer one, and only by a law
        ("ar.supplement", 15, 9),  # prolonged for a good reason
        ("ar.redo", 30, 0),
        ("ar.performance", 1, 0),
        ("ar.ordered_performance", 15, -1),
        ("ar.sue", 15, 16),
    ],
)
def test_another_length_is_taken_only_where_the_law_leaves_room(
    rule: str, allowed: int, refused: int
) -> None:
    assert deadline(rule, date(2024, 3, 1), CALENDAR, length=allowed).length == allowed

    with pytest.raises(RuleViolation) as refusal:
        deadline(rule, date(2024, 3, 1), CALENDAR, length=refused)
    assert refusal.value.code == "reconsideration.length_not_allowed"


def test_an_unknown_rule_is_refused_with_the_names_of_the_known() -> None:
    with pytest.raises(RuleViolation, match=r"ar\.decision") as refusal:
        deadline("ar.decide", date(2024, 3, 1), CALENDAR)

    assert refusal.value.code == "reconsideration.unknown_deadline"


def test_a_resumption_before_its_suspension_is_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        deadline(
            "ar.decision", date(2024, 3, 1), CALENDAR, suspensions=[(date(2024, 4, 2), date(2024, 4, 1))]
        )

    assert refusal.value.code == "calendar.interval_reversed"


def test_a_period_that_ends_in_a_year_without_a_holiday_notice_is_provisional() -> None:
    assert decision_due(date(2026, 11, 20), ORDINARY, CALENDAR).provisional
    assert acceptance_review_due(date(2026, 12, 30), CALENDAR).provisional
    assert deadline("ar.decision", date(2026, 10, 9), CALENDAR, extension_days=30).provisional
    assert not decision_due(date(2026, 10, 9), ORDINARY, CALENDAR).provisional


@pytest.mark.parametrize(
    ("accepted_on", "procedure", "due_on"),
    [
        (date(2024, 3, 1), ORDINARY, date(2024, 4, 30)),
        (date(2024, 8, 2), ORDINARY, date(2024, 10, 8)),  # day 60 is National Day
        (date(2024, 3, 1), SUMMARY, date(2024, 4, 1)),  # day 30 is a Sunday
        (date(2024, 6, 6), SUMMARY, date(2024, 7, 8)),  # day 30 is a Saturday
    ],
)
def test_the_kernels_telling_of_the_decision_period_is_that_of_the_table(
    accepted_on: date, procedure: Procedure, due_on: date
) -> None:
    by_kernel = decision_due(accepted_on, procedure, CALENDAR)
    by_rule = deadline("ar.decision", accepted_on, CALENDAR, procedure=procedure)

    assert by_kernel.on == by_rule.due_on == due_on
    assert by_kernel.explanation == by_rule.explanation


# --- Laws that hold for all dates

starts = st.dates(date(2021, 3, 1), date(2025, 3, 1))
intervals = st.tuples(st.integers(-20, 120), st.integers(0, 60))
forward_rules = st.sampled_from([rule for rule in RULES.values() if rule.lengths[ORDINARY] > 0])
movable_rules = st.sampled_from(["ar.decision", "ar.reply", "ar.supplement", "ar.apply", "ar.sue"])


def from_days(start: date, drawn: list[tuple[int, int]]) -> list[Interval]:
    return [
        (start + timedelta(days=since), start + timedelta(days=since + length)) for since, length in drawn
    ]


def the_day(found: date | None) -> date:
    assert found is not None
    return found


@given(starts, forward_rules)
def test_no_forward_period_ends_before_or_on_its_start(start: date, rule: Any) -> None:
    found = deadline(rule.id, start, CALENDAR)

    assert the_day(found.due_on) >= the_day(found.raw_on) > start


@given(starts, movable_rules, st.lists(intervals, max_size=5), intervals)
def test_one_more_suspension_never_brings_the_due_date_forward(
    start: date, rule: str, drawn: list[tuple[int, int]], more: tuple[int, int]
) -> None:
    before = deadline(rule, start, CALENDAR, suspensions=from_days(start, drawn))
    after = deadline(rule, start, CALENDAR, suspensions=from_days(start, [*drawn, more]))

    assert the_day(after.raw_on) >= the_day(before.raw_on)
    assert the_day(after.due_on) >= the_day(before.due_on)


@given(starts, st.lists(intervals, max_size=3), st.integers(0, 30), st.integers(0, 30))
def test_a_longer_extension_never_brings_the_due_date_forward(
    start: date, drawn: list[tuple[int, int]], one: int, other: int
) -> None:
    suspensions = from_days(start, drawn)
    shorter, longer = (
        deadline("ar.decision", start, CALENDAR, extension_days=days, suspensions=suspensions)
        for days in sorted((one, other))
    )

    assert the_day(longer.raw_on) - the_day(shorter.raw_on) == timedelta(days=abs(one - other))
    assert the_day(longer.due_on) >= the_day(shorter.due_on)


@given(starts, st.lists(intervals, max_size=6))
def test_a_day_of_suspension_counts_once_however_often_it_is_covered(
    start: date, drawn: list[tuple[int, int]]
) -> None:
    covered = {
        day for since, length in drawn for day in range(since, since + length) if day >= 0
    }  # days after the start

    found = deadline("ar.decision", start, CALENDAR, suspensions=from_days(start, [*drawn, *drawn]))

    assert found.excluded_days == len(covered)
    assert found.raw_on == start + timedelta(days=60 + len(covered))
    assert found.due_on == due(the_day(found.raw_on), 0, DAYS, CALENDAR).on


@given(starts, st.lists(intervals, max_size=4))
def test_a_reply_has_ten_working_days_outside_all_suspensions(
    start: date, drawn: list[tuple[int, int]]
) -> None:
    covered = {start + timedelta(days=since + day) for since, length in drawn for day in range(length)}

    end = the_day(deadline("ar.reply", start, CALENDAR, suspensions=from_days(start, drawn)).due_on)

    passed = [start + timedelta(days=day) for day in range(1, (end - start).days + 1)]
    usable = [day for day in passed if CALENDAR.is_working_day(day) and day not in covered]
    assert (len(usable), usable[-1]) == (10, end)
