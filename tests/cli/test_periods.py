"""`dingfen deadline`: periods by the name of their rule, or by length and unit alone."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from services.cli.app import app
from services.reconsideration.deadlines import RULES, rules_of
from services.reconsideration.terms import LawVersion
from tests.support.holidays import a_notice


def command(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["deadline", *arguments], env={"COLUMNS": "400"})


def answer(*arguments: str) -> Any:
    told = command(*arguments, "--json")
    assert told.exit_code == 0, told.output
    return json.loads(told.stdout)


CASE = (
    *("--rule", "ar.decision", "--accepted-on", "2024-08-02", "--procedure", "ordinary"),
    *("--extension", "30", "--suspended", "2024-09-01..2024-09-20"),
)


def test_a_decision_is_dated_with_its_extension_and_suspension_in_words() -> None:
    told = command(*CASE)

    assert told.exit_code == 0
    assert told.stdout.splitlines()[0] == "2024-11-19"
    assert "审理期限（行政复议法第六十二条）" in told.stdout
    assert "延长 30 日" in told.stdout
    assert "扣除中止 2024-09-01 至 2024-09-20 共 19 日" in told.stdout


def test_programs_get_the_date_the_rule_and_its_article() -> None:
    found = answer(*CASE)

    assert {*found} == {"due_on", "provisional", "rule", "article", "explanation"}
    assert (found["due_on"], found["provisional"]) == ("2024-11-19", False)
    assert (found["rule"], found["article"]) == ("ar.decision", "行政复议法第六十二条")


@pytest.mark.parametrize(
    ("arguments", "due_on"),
    [
        ("--rule ar.acceptance_review --received-on 2024-02-07", "2024-02-20"),
        ("--rule ar.sue --received-on 2024-09-23", "2024-10-08"),
        ("--rule ar.sue --from 2024-09-23", "2024-10-08"),
        ("--rule ar.copy --accepted-on 2024-06-06 --procedure summary", "2024-06-12"),
        ("--rule ar.reply --received-on 2024-06-12 --procedure summary", "2024-06-19"),
        ("--rule ar.enforcement --from 2024-06-30", "2024-09-30"),
        ("--rule ar.redo --from 2024-06-03 --days 30", "2024-07-03"),
        ("--rule ar.hearing_notice --from 2024-10-10", "2024-09-27"),
    ],
)
def test_each_rule_takes_its_own_first_day(arguments: str, due_on: str) -> None:
    assert answer(*arguments.split())["due_on"] == due_on


def test_suspensions_may_be_several_and_one_may_be_open() -> None:
    start = ("--rule", "ar.decision", "--accepted-on", "2024-03-01")
    twice = ("--suspended", "2024-03-21..2024-05-10", "--suspended", "2024-04-01..2024-04-20")

    assert answer(*start, *twice)["due_on"] == "2024-06-19"
    still_open = answer(*start, "--suspended", "2024-03-21..")
    assert still_open["due_on"] is None
    assert "尚未恢复" in still_open["explanation"]
    assert command(*start, "--suspended", "2024-03-21..").stdout.startswith("尚不能确定")


def test_a_year_without_a_holiday_notice_is_marked() -> None:
    assert answer("--rule", "ar.decision", "--accepted-on", "2031-03-03")["provisional"] is True
    assert "（暂定）" in command("--rule", "ar.decision", "--accepted-on", "2031-03-03").stdout


def test_all_rules_are_listed_with_length_article_and_first_day() -> None:
    listed = command("--list-rules").stdout
    described = answer("--list-rules")

    assert [rule["rule"] for rule in described] == [*RULES]
    assert all(rule_id in listed and RULES[rule_id].article in listed for rule_id in RULES)
    assert "ar.decision 审理期限 60 / 30 日" in listed
    assert "ar.hearing_notice 听证通知期限 提前 5 个工作日" in listed
    assert "自受理之日（--accepted-on）" in listed


@pytest.mark.parametrize(
    ("arguments", "due_on", "article"),
    [
        ("--rule ar.reply --received-on 2023-12-22", "2024-01-02", "第二十三条第一款"),
        ("--rule ar.reply --received-on 2023-12-22 --procedure summary", "2024-01-02", "第二十三条第一款"),
        ("--rule ar.copy --accepted-on 2023-12-22", "2024-01-03", "第二十三条第一款"),
        ("--rule ar.decision --accepted-on 2023-09-01 --extension 30", "2023-11-30", "第三十一条第一款"),
    ],
)
def test_periods_of_the_old_act_are_counted_by_its_own_table(
    arguments: str, due_on: str, article: str
) -> None:
    found = answer("--law", "pre2024", *arguments.split())

    assert (found["due_on"], found["article"]) == (due_on, f"行政复议法（2017年修正）{article}")


def test_the_rules_of_the_old_act_are_listed_apart_and_those_in_force_are_the_default() -> None:
    old = answer("--list-rules", "--law", "pre2024")

    assert [rule["rule"] for rule in old] == [*rules_of(LawVersion.PRE2024)]
    assert "ar.decision 审理期限 60 日" in command("--list-rules", "--law", "pre2024").stdout
    assert answer("--list-rules", "--law", "act2023") == answer("--list-rules")


def test_what_the_old_act_did_not_know_is_wrong_usage() -> None:
    refused = command("--rule", "ar.apply_bar", "--from", "2019-04-08", "--law", "pre2024")

    assert refused.exit_code == 2
    assert "没有最长申请期限（五年）" in refused.stderr


def test_a_period_without_a_rule_is_told_as_before() -> None:
    found = answer("--from", "2024-02-07", "--days", "5", "--unit", "working_day")

    assert {*found} == {"due_on", "provisional", "explanation"}
    assert found["due_on"] == "2024-02-20"
    assert answer("--from", "2024-02-20", "--days", "-5")["due_on"] == "2024-02-07"
    assert answer("--from", "2024-08-31", "--days", "6", "--unit", "month")["due_on"] == "2025-02-28"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--procedure summary --extension 5", "简易程序的审理期限不得延长"),
        ("--extension 31", "最多延长 30 日"),
        ("--suspended 2024-09-20..2024-09-01", "早于中止日期"),
        ("--days 61", "只能更短"),
    ],
)
def test_what_the_law_refuses_is_status_1_with_a_sentence(arguments: str, sentence: str) -> None:
    refused = command("--rule", "ar.decision", "--accepted-on", "2024-08-02", *arguments.split())

    assert refused.exit_code == 1
    assert sentence in refused.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("", "请用 --from 写明起算日"),
        ("--from 2024-02-07", "请用 --days 写明长度"),
        ("--from 2024-02-07 --days 5 --extension 3", "--extension 要与 --rule 一起用"),
        ("--rule ar.decide --from 2024-02-07", "没有名为 ar.decide 的期限"),
        ("--rule ar.decision", "写明一个起算日"),
        ("--rule ar.decision --from 2024-02-07 --accepted-on 2024-02-07", "写明一个起算日"),
        ("--rule ar.sue --accepted-on 2024-02-07", "不用 --accepted-on"),
        ("--rule ar.decision --accepted-on 2024-02-30", "“2024-02-30”不是日期"),
        ("--rule ar.decision --accepted-on 20240207", "“20240207”不是日期"),
        ("--rule ar.decision --accepted-on 2024-02-07 --suspended 2024-03-01", "不是中止期间"),
        ("--rule ar.decision --accepted-on 2024-02-07 --suspended 2024-03-01..x", "“x”不是日期"),
        ("--rule ar.decision --accepted-on 2024-02-07 --procedure simple", "程序只能是"),
        ("--rule ar.decision --accepted-on 2024-02-07 --unit month", "单位由期限决定"),
    ],
)
def test_wrong_usage_is_status_2_with_a_sentence(arguments: str, sentence: str) -> None:
    refused = command(*arguments.split())

    assert refused.exit_code == 2
    assert sentence in refused.stderr


def test_a_notice_that_is_not_shipped_yet_makes_the_day_exact(tmp_path: Path) -> None:
    asked = ("--rule", "ar.acceptance_review", "--received-on", "2027-02-01")
    notice = tmp_path / "2027.json"
    notice.write_text(json.dumps(a_notice()), encoding="utf-8")

    assert answer(*asked)["provisional"] is True
    exact = answer(*asked, "--calendar", str(notice))
    assert (exact["due_on"], exact["provisional"]) == ("2027-02-16", False)
    assert command(*asked, "--calendar", str(tmp_path / "none.json")).exit_code == 1
