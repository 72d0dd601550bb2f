"""复议前置 (ARL 23): which acts go to reconsideration before they go to court, by their head and kind."""

from typing import Any

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import Moment
from services.reconsideration.domain.intake import open_points
from services.reconsideration.domain.proceeding import Application
from services.reconsideration.events import facts_of
from services.reconsideration.terms import ActHead, ActKind, Step
from shared.kernel.errors import RuleViolation
from tests.reconsideration.builders import (
    ACCEPT,
    CALENDAR,
    RECEIVED_ON,
    TODAY,
    applied,
    lived,
    received,
    took,
)
from tests.reconsideration.office import Office


def is_prerequisite(**application: Any) -> bool:
    return facts_of(received(applied(Application(**application)))).prerequisite


@pytest.mark.parametrize(
    "application",
    [
        {"act_head": ActHead.INACTION},
        {"act_head": ActHead.INFORMATION_DISCLOSURE},
        {"act_head": ActHead.NATURAL_RESOURCES},
        {"act_head": ActHead.PENALTY, "act_kind": ActKind.ON_THE_SPOT_PENALTY},
        {"act_head": ActHead.LICENCE, "prerequisite": True},  # by another law, ARL 23(1)(五)
    ],
)
def test_it_follows_from_the_act_unless_it_is_stated(application: dict[str, Any]) -> None:
    assert is_prerequisite(**application)


@pytest.mark.parametrize(
    "application",
    [
        {},
        {"act_head": ActHead.LICENCE},
        {"act_head": ActHead.PENALTY, "act_kind": ActKind.CAMERA_PENALTY},
        # Not every act on disclosure is a refusal, nor every decision on resources an infringement.
        {"act_head": ActHead.INFORMATION_DISCLOSURE, "prerequisite": False},
        {"act_head": ActHead.NATURAL_RESOURCES, "prerequisite": False},
    ],
)
def test_all_other_acts_may_go_to_court_at_once(application: dict[str, Any]) -> None:
    assert not is_prerequisite(**application)


@pytest.mark.parametrize(
    "application", [{"act_head": ActHead.INACTION}, {"act_kind": ActKind.ON_THE_SPOT_PENALTY}]
)
def test_what_the_article_names_without_exception_is_not_denied(application: dict[str, Any]) -> None:
    denied = applied(Application(prerequisite=False, **application))

    with pytest.raises(RuleViolation) as refusal:
        domain.receive(denied, moment=Moment(TODAY, CALENDAR))

    assert (refusal.value.code, refusal.value.field) == (
        "reconsideration.prerequisite_by_law",
        "prerequisite",
    )


def test_it_goes_with_the_head_from_which_it_followed() -> None:
    case = received(applied(Application(act_head=ActHead.INACTION)))

    other = took(case, Step.COMPLETE_APPLICATION, RECEIVED_ON, changes={"act_head": ActHead.LICENCE})
    again = took(other, Step.COMPLETE_APPLICATION, RECEIVED_ON, changes={"act_head": ActHead.INACTION})

    assert [facts_of(each).prerequisite for each in (case, other, again)] == [True, False, True]


def test_what_was_stated_stays_when_the_head_is_learned() -> None:
    case = received(applied(Application(prerequisite=True)))

    case = took(case, Step.COMPLETE_APPLICATION, RECEIVED_ON, changes={"act_head": ActHead.LICENCE})

    assert facts_of(case).prerequisite


def test_what_is_stated_with_another_head_is_kept() -> None:
    case = received(applied(Application(act_head=ActHead.INACTION)))
    changes = {"act_head": ActHead.LICENCE, "prerequisite": True}

    assert facts_of(took(case, Step.COMPLETE_APPLICATION, RECEIVED_ON, changes=changes)).prerequisite


def test_a_corrected_head_brings_its_prerequisite(office: Office) -> None:
    case = office.file()

    office.correct(case, proceeding={"application": {"act_head": "h11"}})

    assert office.one(case)["proceeding"]["application"] == {"act_head": "h11", "prerequisite": True}


def test_an_application_that_names_no_head_is_an_open_point() -> None:
    named = applied(Application(act_head=ActHead.PENALTY))

    assert any("第十一条" in each for each in open_points(lived(ACCEPT)))
    assert not any("第十一条" in each for each in open_points(lived(ACCEPT, of=named)))
