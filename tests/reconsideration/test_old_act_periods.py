"""Periods of a case received before 2024: those of 行政复议法（2017年修正） and its regulation."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from services.reconsideration import main
from services.reconsideration.deadlines import (
    RULES,
    Deadline,
    acceptance_review_due,
    apply_limits,
    deadline,
    decision_due,
    rule_of,
    rules_of,
)
from services.reconsideration.deeming import deem_all
from services.reconsideration.domain import Case, ClockState
from services.reconsideration.domain.local_rules import LocalRules
from services.reconsideration.domain.periods import copy_deadline, decision_deadline, reply_deadline
from services.reconsideration.domain.proceeding import Application, Proceeding
from services.reconsideration.domain.time_limit import limits
from services.reconsideration.models import METADATA
from services.reconsideration.terms import (
    Channel,
    ConvertedFrom,
    DocumentPower,
    HearingBasis,
    LawVersion,
    OpenReply,
    Procedure,
    Step,
    SuspensionGround,
)
from shared.kernel.calendar import Unit
from shared.kernel.errors import RuleViolation
from shared.kit.database import Database
from tests.reconsideration.builders import CALENDAR, TAKE, a_case, lived, plainly, running, took, why_refused
from tests.reconsideration.desk import CALLERS, Desk
from tests.reconsideration.office import Json
from tests.reconsideration.walking import ALL_MET
from tests.support.callers import bearer
from tests.support.suites import NOWHERE, client_of, settings

OLD, NEW = LawVersion.PRE2024, LawVersion.ACT2023
ACT, REGULATION = "行政复议法（2017年修正）", "行政复议法实施条例"
RECEIVED_ON = date(2023, 9, 1)
CLOCK = METADATA.tables["clock"]

# --- The table of the statute, written down once more for a jurist: 法 is the old Act, 条例 its regulation of 2007.

THE_TABLE = """
    ar.apply                     60    日      法第九条第一款
    ar.acceptance_review         5     工作日  法第十七条第一款
    ar.supplement_notice         5     工作日  条例第二十九条
    ar.supplement                10    工作日  条例第二十九条
    ar.jurisdiction_agreement    10    日      条例第三十条
    ar.jurisdiction_designation  10    日      条例第三十条
    ar.copy                      7     工作日  法第二十三条第一款
    ar.reply                     10    日      法第二十三条第一款
    ar.decision                  60    日      法第三十一条第一款
    ar.extension                 30    日      法第三十一条第一款
    ar.document_review           30    日      法第二十六条、第二十七条
    ar.document_forward          7     工作日  法第二十六条、第二十七条
    ar.document_receiver         60    日      法第二十六条
    ar.suspension_limit          60    日      条例第四十二条第二款
    ar.suspension_limit_rolled   60    日      条例第四十二条第二款
    ar.sue                       15    日      行政诉讼法第四十五条
    ar.redo                      60    日      条例第四十九条第一款
    ar.performance               60    日      法第二十八条第一款第（二）项
    ar.ordered_performance       60    日      法第三十二条第二款
    ar.opinion_feedback          60    日      条例第五十七条第一款
    ar.enforcement               3     月      行政强制法第五十三条
"""
UNKNOWN_BEFORE = {
    "ar.apply_not_informed",
    "ar.apply_cap",
    "ar.apply_bar",
    "ar.apply_bar_real_estate",
    "ar.organ_forward",
    "ar.hearing_notice",
    "ar.hearing_notice_clear",
    "ar.document_ask",
    "ar.document_answer",
}
UNIT_WORDS = {Unit.WORKING_DAY: "工作日", Unit.CALENDAR_DAY: "日", Unit.MONTH: "月"}


def _in_full(article: str) -> str:
    for short, whole in (("法第", ACT), ("条例第", REGULATION)):
        if article.startswith(short):
            return whole + article.removeprefix(short[:-1])
    return article


def test_the_table_in_code_is_the_table_of_the_old_act() -> None:
    written = []
    for line in THE_TABLE.strip().splitlines():
        rule, length, unit, article = line.split()
        written.append((rule, int(length), unit, _in_full(article)))

    coded = [
        (rule.id, length, UNIT_WORDS[rule.unit], rule.article)
        for rule in rules_of(OLD).values()
        for length in set(rule.lengths.values())  # one: no procedure was a summary one
    ]

    assert sorted(coded) == sorted(written)
    assert rules_of(OLD).keys() == RULES.keys() - UNKNOWN_BEFORE


@pytest.mark.parametrize("rule", rules_of(OLD).values(), ids=lambda rule: rule.id)
def test_what_both_acts_know_has_one_name_and_one_nature(rule: Any) -> None:
    present = RULES[rule.id]

    assert (rule.name, rule.is_right, rule.rolls) == (present.name, present.is_right, present.rolls)
    assert set(rule.lengths) == set(Procedure)
    assert rule.mark in {"V", "K", "D", "?"}
    assert "行政复议法第" not in rule.article + rule.consequence


def test_of_the_days_of_the_old_act_five_and_seven_alone_are_working_days() -> None:
    """Its art. 40(2). Ten working days for 补正 are our notice's: the regulation leaves them to it."""
    for rule in rules_of(OLD).values():
        if rule.id != "ar.supplement":
            (length,) = set(rule.lengths.values())
            assert (rule.unit is Unit.WORKING_DAY) == (length in (5, 7)), rule.id


@pytest.mark.parametrize("rule", sorted(UNKNOWN_BEFORE))
def test_what_the_old_act_did_not_know_is_refused_by_name(rule: str) -> None:
    with pytest.raises(RuleViolation, match="（2017年修正）没有") as refusal:
        deadline(rule, RECEIVED_ON, CALENDAR, law=OLD)

    assert refusal.value.code == "reconsideration.unknown_deadline"
    assert rule_of(rule, NEW) is RULES[rule]


# --- Counting


@pytest.mark.parametrize(
    ("received_on", "last_day"),
    [
        (date(2023, 12, 22), date(2024, 1, 2)),  # the tenth day is New Year
        (date(2023, 9, 20), date(2023, 10, 7)),  # 30 September is a holiday, Saturday 7 October is worked
        (date(2023, 6, 12), date(2023, 6, 25)),  # 端午 from the tenth day on; Sunday the 25th is worked
        (date(2023, 11, 1), date(2023, 11, 13)),  # the tenth day is a Saturday
    ],
)
def test_ten_days_to_reply_are_days_of_the_calendar(received_on: date, last_day: date) -> None:
    found = deadline("ar.reply", received_on, CALENDAR, law=OLD)

    assert (found.due_on, found.unit, found.length) == (last_day, Unit.CALENDAR_DAY, 10)
    assert found.explanation.startswith(f"10 日，自 {received_on} 次日起算")
    assert deadline("ar.reply", received_on, CALENDAR).unit is Unit.WORKING_DAY


@pytest.mark.parametrize("procedure", Procedure)
def test_no_period_of_the_old_act_depends_on_the_procedure(procedure: Procedure) -> None:
    extended = deadline("ar.decision", RECEIVED_ON, CALENDAR, procedure=procedure, extension_days=30, law=OLD)

    assert (extended.due_on, extended.article) == (date(2023, 11, 30), f"{ACT}第三十一条第一款")
    assert decision_due(RECEIVED_ON, procedure, CALENDAR, law=OLD).on == date(2023, 10, 31)
    assert acceptance_review_due(RECEIVED_ON, CALENDAR, law=OLD).on == date(2023, 9, 8)


def test_an_extension_too_long_is_refused_with_the_old_article() -> None:
    with pytest.raises(RuleViolation, match="第三十一条第一款"):
        deadline("ar.decision", RECEIVED_ON, CALENDAR, extension_days=31, law=OLD)


def test_only_the_sixty_days_from_knowing_bar_an_application() -> None:
    """Neither a year for whom nobody informed, nor five or twenty years: art. 9 alone, obstacles by its paragraph 2."""
    found = apply_limits(
        date(2023, 3, 1),
        CALENDAR,
        informed_of_rights_on=date(2023, 8, 1),
        never_informed=True,
        act_made_on=date(2010, 1, 1),
        obstacles=[(date(2023, 4, 1), date(2023, 4, 11))],
        law=OLD,
    )

    assert [(each.rule, each.due_on, each.article) for each in found] == [
        ("ar.apply", date(2023, 5, 10), f"{ACT}第九条第一款")
    ]
    assert apply_limits(None, CALENDAR, act_made_on=date(2010, 1, 1), law=OLD) == ()
    assert limits(_of_old(application=Application(act_made_on=date(2010, 1, 1))), CALENDAR) == ()


# --- Cases


def _of_old(*, channel: Channel | None = None, **told: Any) -> Case:
    return a_case(received_on=RECEIVED_ON, channel=channel, proceeding=Proceeding(**told))


ACCEPTED = plainly(Step.ACCEPT, date(2023, 9, 6))
COPIED = plainly(Step.SEND_COPY, date(2023, 9, 8), received_on=date(2023, 9, 20))


def _told(found: Deadline | None) -> tuple[str, int, Unit, date | None]:
    assert found is not None
    return found.article, found.length, found.unit, found.due_on


def test_the_clocks_of_an_old_case_name_the_articles_of_the_old_act() -> None:
    clocks = running(lived(ACCEPTED, COPIED, of=_of_old()), today=date(2023, 9, 21))

    assert {kind: _told(clock.deadline) for (kind, _), clock in clocks.items()} == {
        "review_before_2024": (f"{ACT}第十七条第一款", 5, Unit.WORKING_DAY, date(2023, 9, 8)),
        "copy": (f"{ACT}第二十三条第一款", 7, Unit.WORKING_DAY, date(2023, 9, 12)),
        "reply": (f"{ACT}第二十三条第一款", 10, Unit.CALENDAR_DAY, date(2023, 10, 7)),
        "decision": (f"{ACT}第三十一条第一款", 60, Unit.CALENDAR_DAY, date(2023, 10, 31)),
        "sue_silence": ("行政诉讼法第四十五条", 15, Unit.CALENDAR_DAY, date(2023, 11, 15)),
    }
    assert clocks["review_before_2024", 1].state is ClockState.ENDED  # accepted on receipt, by its art. 17(2)
    assert clocks["copy", 1].state is ClockState.MET
    assert clocks["reply", 1].state is ClockState.OPEN


@pytest.mark.parametrize("local", [LocalRules(), LocalRules(converted_from=ConvertedFrom.CONVERSION)])
@pytest.mark.parametrize("open_reply", OpenReply)
def test_a_pilots_summary_case_has_the_ordinary_periods(local: LocalRules, open_reply: OpenReply) -> None:
    pilot = lived(
        plainly(Step.ACCEPT, date(2023, 9, 6), procedure=Procedure.SUMMARY),
        COPIED,
        of=_of_old(local=replace(local, open_reply=open_reply)),
    )
    ordinary = lived(ACCEPTED, COPIED, of=_of_old())
    converted = took(pilot, Step.CONVERT, date(2023, 9, 25), reason="案情复杂")

    assert pilot.procedure is Procedure.SUMMARY
    for period in (copy_deadline, reply_deadline, decision_deadline):
        assert period(pilot, CALENDAR) == period(converted, CALENDAR) == period(ordinary, CALENDAR)
    answered = took(pilot, Step.RECORD_REPLY, date(2023, 10, 7))
    extended = took(answered, Step.EXTEND, date(2023, 10, 20), days=30, reason="案情复杂")
    assert extended.decision_due_on == date(2023, 11, 30)


def test_a_reply_after_the_calendar_days_is_late() -> None:
    case = lived(ACCEPTED, COPIED, of=_of_old())

    assert took(case, Step.RECORD_REPLY, date(2023, 10, 7)).handling.replied_on == date(2023, 10, 7)
    assert why_refused(case, Step.RECORD_REPLY, date(2023, 10, 8)) == "reply_late"
    with pytest.raises(RuleViolation, match=r"（2017年修正）第二十八条第一款第（四）项"):
        took(case, Step.RECORD_REPLY, date(2023, 10, 8))


def test_a_hearing_needs_no_notice_of_five_working_days() -> None:
    """条例 33 knows hearings, and no period for telling of them."""
    case = lived(ACCEPTED, COPIED, of=_of_old())

    told = {"set_for": date(2023, 9, 26), "basis": HearingBasis.OFFICE, "place": "听证室"}
    notified = took(case, Step.NOTIFY_HEARING, date(2023, 9, 25), **told)

    assert ("hearing_notice", 1) not in running(notified)


def test_a_document_is_dealt_with_by_the_old_articles_and_nobody_is_asked() -> None:
    suspended = lived(
        ACCEPTED,
        COPIED,
        plainly(
            Step.SUSPEND,
            date(2023, 9, 22),
            ground=SuspensionGround.S9,
            document_power=DocumentPower.OWN,
        ),
        of=_of_old(),
    )

    kinds = {kind: clock for (kind, _), clock in running(suspended).items() if kind.startswith("document")}

    assert _told(kinds.pop("document_review").deadline) == (
        f"{ACT}第二十六条、第二十七条",
        30,
        Unit.CALENDAR_DAY,
        date(2023, 10, 23),
    )
    assert kinds == {}


def test_an_application_through_the_organ_has_no_period_of_forwarding() -> None:
    filed = _of_old(channel=Channel.VIA_ORGAN, application=Application(filed_on=date(2023, 8, 25)))

    assert ("forward", 1) not in running(filed)


def test_supplementing_is_dated_by_the_regulation() -> None:
    asked = lived(
        plainly(Step.REQUEST_SUPPLEMENT, date(2023, 9, 5), delivered_on=date(2023, 9, 6)), of=_of_old()
    )

    clocks = running(asked)

    assert clocks["review_before_2024", 1].state is ClockState.MET
    assert _told(clocks["supplement", 1].deadline)[0] == f"{REGULATION}第二十九条"
    answered = took(asked, Step.RECEIVE_SUPPLEMENT, date(2023, 9, 12))
    again = running(took(answered, Step.ACCEPT, date(2023, 9, 13), conditions=ALL_MET))
    assert again["review_before_2024", 2].state is ClockState.ENDED
    declined = took(answered, Step.DECLINE, date(2023, 9, 20), **TAKE[Step.DECLINE])
    assert running(declined)["review_before_2024", 2].state is ClockState.MISSED


def test_the_time_of_supplementing_is_not_counted() -> None:
    supplemented = lived(
        plainly(Step.REQUEST_SUPPLEMENT, date(2023, 9, 5), delivered_on=date(2023, 9, 6)),
        plainly(Step.RECEIVE_SUPPLEMENT, date(2023, 9, 12)),
        plainly(Step.ACCEPT, date(2023, 9, 13)),
        of=_of_old(),
    )
    suspended = took(supplemented, Step.SUSPEND, date(2023, 9, 20), **TAKE[Step.SUSPEND])
    resumed = took(suspended, Step.RESUME, date(2023, 10, 10), **TAKE[Step.RESUME])

    found = running(supplemented)["decision", 1].deadline
    both = running(resumed)["decision", 1].deadline

    assert (supplemented.accepted_on, found.due_on) == (RECEIVED_ON, date(2023, 11, 7))  # 10-31 + 7
    assert "扣除补正 2023-09-05 至 2023-09-12 共 7 日" in found.explanation
    assert both.due_on == resumed.decision_due_on == date(2023, 11, 27)
    assert "扣除中止和补正" in both.explanation


def test_who_may_sue_over_silence_after_an_obligatory_reconsideration_reads_the_old_article() -> None:
    case = lived(ACCEPTED, of=_of_old(application=Application(prerequisite=True)))

    explanation = running(case)["sue_silence", 1].deadline.explanation

    assert f"（行政诉讼法第四十五条、{ACT}第十九条）" in explanation


# --- On the API, on both databases


def _replying(desk: Desk) -> Json:
    """A case of an office that tried a summary procedure before the Act knew one."""
    case = desk.file("2023-12-15")
    desk.step(case, "accept", "2023-12-18", conditions=ALL_MET, procedure="summary")
    desk.step(case, "send_copy", "2023-12-22", received_on="2023-12-22")
    return case


def test_a_clock_of_an_old_case_is_told_with_its_article_and_why(desk: Desk) -> None:
    case = _replying(desk)

    clocks = {each["kind"]: each for each in desk.one(case)["clocks"]}
    listed = desk.client.get("/reconsideration/deadlines", headers=bearer("clerk")).json()["items"]

    reply, (in_list,) = clocks["reply"], [each for each in listed if each["kind"] == "reply"]
    for told in (reply, in_list):
        assert (told["name"], told["article"]) == ("被申请人答复举证期限", f"{ACT}第二十三条第一款")
        assert told["due_on"] == "2024-01-02"
        assert told["explanation"].startswith("10 日，自 2023-12-22 次日起算，")
        assert "2024-01-01" in told["explanation"]
    assert (reply["unit"], reply["length"]) == ("calendar_day", 10)
    assert clocks["copy"]["article"] == f"{ACT}第二十三条第一款"
    assert clocks["decision"]["article"] == f"{ACT}第三十一条第一款"


def test_the_reply_notice_tells_the_last_of_the_calendar_days(desk: Desk) -> None:
    notice = desk.paper(_replying(desk), "reply_notice", "2023-12-22")

    assert "请自收到之日起十日内提出书面答复" in notice
    assert "答复期限至2024年1月2日届满" in notice


def test_an_old_application_is_never_deemed_accepted_however_long_its_review_is_over(
    desk: Desk, database_url: str
) -> None:
    case = desk.file("2023-12-15")
    database = Database(database_url, METADATA)

    deemed = deem_all(database, calendar=CALENDAR, now=datetime(2024, 6, 3, 2, tzinfo=UTC))
    database.dispose()

    (clock,) = desk.one(case)["clocks"]
    assert deemed == 0
    assert (clock["rule"], clock["due_on"], clock["state"]) == ("ar.acceptance_review", "2023-12-22", "open")


# --- Books of the release that counted old cases by the Act of 2023


def test_clocks_that_an_earlier_release_counted_by_the_wrong_act_are_counted_anew(
    desk: Desk, database_url: str, tmp_path: Path
) -> None:
    case, present = _replying(desk), desk.file("2024-03-04")
    kept = desk.one(case), desk.one(present)
    rows = _rows(database_url)
    database = Database(database_url, METADATA)
    with database.writing() as session:
        session.execute(sa.delete(CLOCK).where(CLOCK.c.kind.in_(["reply", "copy"])))
        session.execute(sa.update(CLOCK).values(article="行政复议法第六十二条", explanation="旧"))
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0011'"))
    database.dispose()

    service = main.create(
        settings(database_url, tmp_path),
        nats_url=NOWHERE,
        clock=lambda: datetime(2024, 3, 4, 2, tzinfo=UTC),
        directory=CALLERS,
    )
    with client_of(service, token="clerk") as client:
        again = Desk(client, desk.today)
        found = again.one(case), again.one(present)

    assert found == kept  # the case itself is no other: no version, no step, nothing announced
    of_old = [row for row in rows if str(row.case_id) == case["id"]]
    assert [row for row in _rows(database_url) if str(row.case_id) == case["id"]] == of_old
    assert {row.explanation for row in _rows(database_url) if str(row.case_id) == present["id"]} == {"旧"}


def _rows(url: str) -> Sequence[Any]:
    database = Database(url, METADATA)
    with database.reading() as session:
        found = session.execute(sa.select(CLOCK).order_by(CLOCK.c.case_id, CLOCK.c.kind)).all()
    database.dispose()
    return found
