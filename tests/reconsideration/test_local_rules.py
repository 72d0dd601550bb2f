"""What the statute leaves open: each answer changes its own rule, and only where and when it holds."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from services.cli.app import app
from services.reconsideration import main
from services.reconsideration.domain.local_rules import PRIORITY, QUESTIONS, STATUTE_ALONE, LocalRules
from services.reconsideration.domain.proceeding import Application, Proceeding
from services.reconsideration.local_rules import LocalRuleBook, told
from services.reconsideration.terms import (
    ActKind,
    Channel,
    LawVersion,
    Outcome,
    Step,
    SummaryBasis,
)
from services.suite import CannotStart
from services.suite import application as suite
from shared.kernel.errors import RuleViolation
from shared.kernel.regions import RegionTree
from tests.reconsideration.builders import (
    ACCEPT,
    ANSWERED,
    HEARD,
    NOW,
    SUMMARILY,
    SUMMARY,
    SUSPEND,
    a_case,
    decided,
    lived,
    plainly,
    running,
    took,
    why_refused,
)
from tests.reconsideration.office import Office, refused
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings

TREE = RegionTree.builtin()
FUJIAN, FUZHOU, GULOU, HANGJIN = "350000", "350100", "350102", "150625"
NUMBER = "杭政复〔2026〕1号"


def under(**answers: Any) -> Any:
    """An application under these local rules."""
    return a_case(proceeding=Proceeding(local=LocalRules(**answers)))


def handed_in(channel: Channel, **answers: Any) -> Any:
    point = "p01" if channel is Channel.AGENT_POINT else None
    filed: dict[str, Any] = {"is_draft": True, "filed_on": date(2024, 3, 1), "agent_point": point}
    application = Application(act_kind=ActKind.CAMERA_PENALTY, **filed)
    return a_case(
        channel=channel, proceeding=Proceeding(application=application, local=LocalRules(**answers))
    )


def converted(**answers: Any) -> Any:
    """Accepted on 2024-03-05 in summary procedure, copy received on 03-07, converted on 03-12 (a Tuesday)."""
    copied = plainly(Step.SEND_COPY)
    return lived(SUMMARY, copied, plainly(Step.CONVERT, date(2024, 3, 12)), of=under(**answers))


def small(amount_fen: int, **answers: Any) -> str:
    case = lived(of=under(**answers))
    entered = {
        **plainly(Step.ACCEPT)[2],
        **SUMMARILY,
        "summary_basis": SummaryBasis.SMALL_AMOUNT,
        "is_clear": True,
        "amount_fen": amount_fen,
    }
    try:
        return str(took(case, Step.ACCEPT, date(2024, 3, 5), **entered).procedure)
    except RuleViolation as refusal:
        return refusal.code


def extended_twice(**answers: Any) -> Any:
    once = lived(ACCEPT, *ANSWERED, plainly(Step.EXTEND, date(2024, 3, 20), days=10), of=under(**answers))
    try:
        twice = took(once, Step.EXTEND, date(2024, 4, 1), days=15, reason="情况复杂").handling.extension
        return None if twice is None else twice.days
    except RuleViolation as refusal:
        return refusal.code


def sixty_days(**answers: Any) -> date | None:
    stopped = plainly(Step.SUSPEND, date(2024, 4, 2))  # the sixtieth day is Saturday, 2024-06-01
    return running(lived(ACCEPT, *ANSWERED, stopped, of=under(**answers)))[
        "suspension_limit", 1
    ].deadline.due_on


def latest_notice(**answers: Any) -> date | None:
    noticed = plainly(Step.NOTIFY_HEARING, date(2024, 4, 22))
    case = lived(ACCEPT, *ANSWERED, noticed, of=under(**answers))
    return running(case)["hearing_notice", 1].deadline.due_on


def old_or_new(**answers: Any) -> LawVersion:
    waiting = a_case(received_on=date(2023, 12, 28), proceeding=Proceeding(local=LocalRules(**answers)))
    return took(lived(of=waiting), Step.ACCEPT, date(2024, 1, 3), **plainly(Step.ACCEPT)[2]).law_version


def primary(**answers: Any) -> Outcome:
    proposed = decided(Outcome.REVOKED, Outcome.CONFIRMED_UNLAWFUL)
    case = lived(ACCEPT, *ANSWERED, HEARD, of=under(**answers))
    submission = took(case, Step.SUBMIT_DECISION, date(2024, 4, 1), **proposed).closing.submission
    assert submission is not None
    return submission.primary


UNLAWFUL_FIRST = (
    Outcome.CONFIRMED_UNLAWFUL,
    *(outcome for outcome in PRIORITY if outcome is not Outcome.CONFIRMED_UNLAWFUL),
)
# question: what it decides, its other answer, what follows by default, what follows otherwise
EFFECTS: Mapping[str, tuple[Callable[..., Any], Any, Any, Any]] = {
    "agent_point_receipt": (
        lambda **answers: (
            lived(plainly(Step.FORWARD), of=handed_in(Channel.AGENT_POINT, **answers)).received_on
        ),
        "elsewhere",
        date(2024, 3, 4),
        date(2024, 3, 1),
    ),
    "organ_receipt": (
        lambda **answers: (
            lived(plainly(Step.FORWARD), of=handed_in(Channel.VIA_ORGAN, **answers)).received_on
        ),
        "elsewhere",
        date(2024, 3, 4),
        date(2024, 3, 1),
    ),
    "small_amount": (
        lambda **answers: small(300_000, **answers),
        "excluded",
        "summary",
        "reconsideration.summary_not_allowed",
    ),
    "converted_from": (
        lambda **answers: converted(**answers).decision_due_on,
        "conversion",
        date(2024, 5, 6),  # 60 days from 03-05 end in the holidays of May
        date(2024, 5, 11),  # 60 days from 03-12, a Saturday that is worked
    ),
    "open_reply": (
        lambda **answers: running(converted(**answers))["reply", 1].deadline.due_on,
        "kept",
        date(2024, 3, 21),
        date(2024, 3, 14),
    ),
    "suspended_time": (
        lambda **answers: lived(ACCEPT, *ANSWERED, SUSPEND, of=under(**answers)).decision_due_on,
        "counted",
        None,
        date(2024, 5, 6),
    ),
    "extension_times": (extended_twice, "several", "reconsideration.extended_twice", 25),
    "sixty_days": (sixty_days, "rolled", date(2024, 6, 1), date(2024, 6, 3)),
    "hearing_notice": (latest_notice, "five_clear", date(2024, 4, 30), date(2024, 4, 29)),
    "governing_act": (old_or_new, "by_acceptance", LawVersion.PRE2024, LawVersion.ACT2023),
    "primary_order": (primary, UNLAWFUL_FIRST, Outcome.REVOKED, Outcome.CONFIRMED_UNLAWFUL),
}


def _typed(question: str, answer: Any) -> Any:
    return next((each for each in QUESTIONS[question].choices if each.value == answer), answer)


def test_every_question_is_shown_to_decide_something() -> None:
    assert {*EFFECTS} == {*QUESTIONS} == {each.name for each in fields(LocalRules)}


@pytest.mark.parametrize("question", EFFECTS)
def test_each_answer_changes_what_its_question_decides(question: str) -> None:
    decide, other, by_default, otherwise = EFFECTS[question]

    assert decide() == by_default
    assert decide(**{question: _typed(question, other)}) == otherwise


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=lambda question: question.id)
def test_the_default_is_the_first_answer_and_each_question_says_where_it_stands(question: Any) -> None:
    assert question.mark in {"K", "D", "?"}
    assert question.asks.endswith("？")
    assert question.basis
    if question.choices:
        assert next(iter(question.choices)) == getattr(STATUTE_ALONE, question.id)


def test_extensions_by_instalments_never_pass_thirty_days() -> None:
    several = under(extension_times=_typed("extension_times", "several"))
    once = lived(ACCEPT, *ANSWERED, plainly(Step.EXTEND, date(2024, 3, 20), days=20), of=several)

    assert why_refused(once, Step.EXTEND, date(2024, 4, 1), days=11, reason="复杂") == "extension_too_long"


def test_who_counts_from_elsewhere_enters_that_day_as_the_day_of_receipt() -> None:
    filed = Application(filed_on=date(2024, 2, 28))
    elsewhere = LocalRules(agent_point_receipt=_typed("agent_point_receipt", "elsewhere"))
    case = a_case(channel=Channel.AGENT_POINT, proceeding=Proceeding(application=filed, local=elsewhere))

    with pytest.raises(RuleViolation) as refusal:
        lived(of=case)
    assert (refusal.value.code, refusal.value.field) == ("reconsideration.received_elsewhere", "received_on")


# --- The file

FILE = """
[[rule]]
id = "agent_point_receipt"
answer = "elsewhere"
region = "350000"
since = 2024-05-01
source = "福建省行政复议收件办法（示例）"

[[rule]]
id = "agent_point_receipt"
answer = "office"
region = "350102"
source = "鼓楼区的规定（示例）"

[[rule]]
id = "hearing_notice"
answer = "five_clear"
until = 2024-12-31
source = "全国通行的解释（示例）"
"""


def book(text: str = FILE) -> LocalRuleBook:
    return LocalRuleBook.of(tomllib.loads(text), TREE)


@pytest.mark.parametrize(
    ("region", "on", "point", "notice"),
    [
        (FUZHOU, date(2024, 6, 1), "elsewhere", "five_clear"),
        (FUZHOU, date(2024, 5, 1), "elsewhere", "five_clear"),
        (FUZHOU, date(2024, 4, 30), "office", "five_clear"),
        (GULOU, date(2024, 6, 1), "office", "five_clear"),  # the nearest place answers
        (HANGJIN, date(2024, 6, 1), "office", "five_clear"),
        (FUZHOU, date(2025, 1, 1), "elsewhere", "five_back"),
    ],
)
def test_the_nearest_place_answers_for_what_was_received_in_its_time(
    region: str, on: date, point: str, notice: str
) -> None:
    rules = book().of_case(region, on)

    assert (rules.agent_point_receipt.value, rules.hearing_notice.value) == (point, notice)


def test_an_order_of_outcomes_is_written_out() -> None:
    order = [outcome.value for outcome in UNLAWFUL_FIRST]
    rules = book(f'[[rule]]\nid = "primary_order"\nanswer = {order}\nsource = "示例"\n').of_case(
        HANGJIN, date.max
    )

    assert rules.primary_order == UNLAWFUL_FIRST
    assert told(rules, "primary_order") == order


RULE = '[[rule]]\nid = "sixty_days"\nanswer = "rolled"\nsource = "示例"\n'


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("[[rule]\n", "读不出来"),
        ("[rules]\n", "只能有若干个 [[rule]]"),
        ("rule = 5\n", "只能有若干个 [[rule]]"),
        (RULE.replace("sixty_days", "ninety_days"), "第 1 条：没有名为 ninety_days 的问题"),
        (RULE.replace("rolled", "sometimes"), "第 1 条：sixty_days 的 answer 只能是：unrolled、rolled"),
        (RULE.replace('"rolled"', '["rolled"]'), "第 1 条：sixty_days 的 answer 只能是：unrolled、rolled"),
        (RULE.replace("示例", ""), "第 1 条：source 写得不对或者缺少"),
        (RULE + 'because = "不知道"\n', "第 1 条：because 写得不对或者缺少"),
        (RULE + 'region = "999999"\n', "第 1 条：没有行政区划 999999"),
        (RULE + "since = 2025-01-01\nuntil = 2024-01-01\n", "第 1 条：since 晚于 until"),
        (RULE + "until = 2024-06-01\n" + RULE + "since = 2024-06-01\n", "第 2 条：与第 1 条对同一地区"),
        (
            RULE.replace("sixty_days", "primary_order").replace('"rolled"', '["upheld", "upheld"]'),
            "第 1 条：primary_order 的 answer 须把下列结果各写一次",
        ),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused_with_its_place(
    text: str, sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "local-rules.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(RuleViolation) as refusal:
        LocalRuleBook.read(path, TREE)
    assert refusal.value.code == "reconsideration.local_rules_unreadable"
    assert sentence in refusal.value.message


def test_the_suite_does_not_start_on_a_wrong_file(tmp_path: Path) -> None:
    (tmp_path / "local-rules.toml").write_text(RULE.replace("rolled", "sometimes"), encoding="utf-8")

    with pytest.raises(CannotStart, match="sixty_days 的 answer 只能是"):
        suite(settings(f"sqlite:///{tmp_path}/{{service}}.db", tmp_path), nats_url=NOWHERE)


def test_a_file_that_is_named_but_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RuleViolation, match="读不出来"):
        LocalRuleBook.read(tmp_path / "nowhere.toml", TREE)


# --- From the file to the case and back


def test_a_case_keeps_the_rules_under_which_it_was_received(tmp_path: Path) -> None:
    file = tmp_path / "local-rules.toml"
    file.write_text(RULE + f'region = "{HANGJIN}"\nuntil = 2026-12-31\n', encoding="utf-8")
    where = settings(f"sqlite:///{tmp_path}/reconsideration.db", tmp_path)

    with client_of(
        main.create(where, nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR)
    ) as client:
        office = Office(client)
        filed = office.file(received_on="2026-11-02", case_number=NUMBER)
        assert office.one(filed)["proceeding"]["local"]["sixty_days"] == "rolled"
        answer = client.get("/reconsideration/local-rules", params={"region": HANGJIN, "on": "2026-11-02"})
        rules = {rule["id"]: rule for rule in answer.json()["rules"]}
        assert {*rules} == {*QUESTIONS}
        assert (rules["sixty_days"]["answer"], rules["sixty_days"]["source"]) == ("rolled", "示例")
        assert rules["small_amount"]["source"] is None

    file.write_text("", encoding="utf-8")
    with client_of(
        main.create(where, nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR)
    ) as client:
        office = Office(client)
        assert office.one(filed)["proceeding"]["local"]["sixty_days"] == "rolled"
        later = office.file(received_on="2026-11-02", case_number=NUMBER.replace("1", "2"))
        assert "local" not in office.one(later)["proceeding"]  # only what departs from the default is told
        refused(
            office.try_correct(later, {"proceeding": {"local": {}}}), 422, "request.proceeding_unreadable"
        )
        kept = office.correct(filed, respondent="杭锦旗公安局")
        assert office.one(kept)["proceeding"]["local"]["sixty_days"] == "rolled"
        moved = office.correct(filed, received_on="2026-11-03")  # by the file of today
        assert "local" not in office.one(moved)["proceeding"]


def test_the_command_shows_what_holds_where(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(FILE, encoding="utf-8")

    shown = CliRunner().invoke(
        app, ["local-rules", "--file", str(file), "--region", FUZHOU, "--on", "2024-06-01"]
    )
    wrong = CliRunner().invoke(app, ["local-rules", "--file", str(tmp_path / "none.toml")])

    assert "代办点收到之日（福建省：福建省行政复议收件办法（示例））" in shown.output
    assert wrong.exit_code == 1
