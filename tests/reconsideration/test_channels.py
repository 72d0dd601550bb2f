"""By which way an application came, and what each way needs (ARL 22, 32; 实施条例 18, 20; DOMAIN 2.3)."""

from datetime import date, timedelta
from typing import Any

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import Moment
from services.reconsideration.domain.intake import open_points
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.terms import ActKind, Channel, DocumentPower, Status, Step, SuspensionGround
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    ALL_MET,
    CALENDAR,
    RECEIVED_ON,
    TODAY,
    applied,
    received,
    took,
)
from tests.reconsideration.office import Office, refused

DAY = timedelta(days=1)
SIXTIETH_ON = RECEIVED_ON - DAY  # of a limit that ended the day before the application arrived
KNEW_ON = SIXTIETH_ON - 60 * DAY


def came_by(channel: Channel, **application: Any) -> domain.Case:
    return received(applied(Application(**application), channel=channel))


def why_not_filed(channel: Channel, **application: Any) -> tuple[str, str | None]:
    with pytest.raises(RuleViolation) as refusal:
        domain.receive(applied(Application(**application), channel=channel), moment=Moment(TODAY, CALENDAR))
    assert refusal.value.message.endswith("。")
    return refusal.value.code.removeprefix("reconsideration."), refusal.value.field


@pytest.mark.parametrize("channel", [Channel.IN_PERSON, Channel.ORAL])
def test_who_comes_in_person_files_on_the_day_of_receipt(channel: Channel) -> None:
    told = {"is_oral_record_signed": channel is Channel.ORAL}

    came_by(channel, filed_on=RECEIVED_ON, **told)

    earlier = why_not_filed(channel, filed_on=RECEIVED_ON - DAY, **told)
    assert earlier == ("filed_elsewhen", "filed_on")


def test_a_posted_application_is_in_time_by_its_postmark_and_without_one_by_its_arrival() -> None:
    posted = came_by(Channel.POST, knew_on=KNEW_ON, filed_on=SIXTIETH_ON)
    unmarked = came_by(Channel.POST, knew_on=KNEW_ON)

    assert took(posted, Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET).status is Status.ACCEPTED
    with pytest.raises(RuleViolation, match="邮戳") as refusal:
        took(unmarked, Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET)
    assert refusal.value.code == "reconsideration.out_of_time"
    known = took(unmarked, Step.COMPLETE_APPLICATION, RECEIVED_ON, changes={"filed_on": SIXTIETH_ON})
    assert took(known, Step.ACCEPT, RECEIVED_ON, conditions=ALL_MET).status is Status.ACCEPTED


def test_it_is_said_that_without_a_postmark_the_arrival_counts() -> None:
    assert any("邮戳" in each for each in open_points(came_by(Channel.POST)))
    marked = came_by(Channel.POST, filed_on=SIXTIETH_ON)
    assert not any("邮戳" in each for each in open_points(marked))


def test_an_agent_point_is_named() -> None:
    assert why_not_filed(Channel.AGENT_POINT) == ("agent_point_missing", "agent_point")
    assert came_by(Channel.AGENT_POINT, agent_point="p01").application.agent_point == "p01"


def test_an_agent_point_is_named_only_where_the_application_came_by_it() -> None:
    assert why_not_filed(Channel.INTERNET, agent_point="p01") == ("agent_point_elsewhere", "agent_point")


def test_an_oral_application_is_recorded_on_the_spot_and_signed() -> None:
    assert why_not_filed(Channel.ORAL) == ("oral_record_missing", "is_oral_record_signed")
    assert came_by(Channel.ORAL, is_oral_record_signed=True).status is Status.RECEIVED


def test_only_penalties_come_through_the_organ() -> None:
    assert why_not_filed(Channel.VIA_ORGAN) == ("channel_not_allowed", "channel")
    came_by(Channel.VIA_ORGAN, act_kind=ActKind.CAMERA_PENALTY)


def test_a_channel_is_completed_and_corrected_by_the_same_rules(office: Office) -> None:
    case = office.file(channel="in_person")
    day_before = {"on": "2024-03-04", "filed_on": "2024-02-29"}

    refused(office.try_step(case, "complete_application", day_before), 409, "reconsideration.filed_elsewhen")
    refused(office.try_correct(case, {"channel": "oral"}), 409, "reconsideration.oral_record_missing")


def test_a_request_to_review_a_document_is_told_with_the_application_or_later(office: Office) -> None:
    asked = office.file(asks_document_review=True)
    later = office.accepted(case_number="2")
    later = office.step(later, "complete_application", on="2024-03-06", asks_document_review=True)

    for case in (asked, later):
        shown = office.one(case)
        assert shown["proceeding"]["application"]["asks_document_review"]
        assert any("附带审查" in each for each in shown["open_points"])


def test_a_request_that_was_answered_is_no_open_point() -> None:
    case = received(applied(Application(asks_document_review=True)))
    case = took(case, Step.ACCEPT, date(2024, 3, 5), conditions=ALL_MET)

    stopped = took(
        case,
        Step.SUSPEND,
        date(2024, 3, 6),
        ground=SuspensionGround.S9,
        reason="附带审查",
        document_power=DocumentPower.OWN,
    )

    assert any("附带审查" in each for each in open_points(case))
    assert not any("附带审查" in each for each in open_points(stopped))
