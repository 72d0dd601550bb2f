"""A service speaks for itself alone: an event that comes under another's name is put aside and counts nowhere."""

from collections.abc import Callable
from dataclasses import replace

import orjson
import pytest

from services.reporting import repository
from services.reporting.intake import ReportingIntake
from shared.kit.database import Database
from shared.kit.subscription import Message
from tests.reporting.asking import STREAM
from tests.reporting.events import al, ar, case_id, message, pm


def claiming(told: Message, **attributes: str) -> Message:
    """The same event with other attributes than those its service gave it."""
    return replace(told, payload=orjson.dumps({**orjson.loads(told.payload), **attributes}))


def under(told: Message, service: str, event: str = "corrected") -> Message:
    """The same event on the subject of another service."""
    _, _, partition, _ = told.subject.split(".")
    return replace(told, subject=f"disputes.{service}.{partition}.{event}")


FOREIGN: dict[str, Callable[[], Message]] = {
    "a litigation event under a mediation subject": lambda: under(message(al()), "mediation"),
    "a litigation event under a mediation subject, said to be of mediation": lambda: claiming(
        under(message(al()), "mediation"), source="/mediation"
    ),
    "a litigation event dressed as mediation's in every attribute": lambda: claiming(
        under(message(al()), "mediation"), source="/mediation", type="dingfen.mediation.corrected.v1"
    ),
    "a mediation event under a litigation subject": lambda: under(message(pm()), "litigation"),
    "a reconsideration event that names mediation as its source": lambda: claiming(
        message(ar()), source="/mediation"
    ),
    "an event whose source only begins like its service's": lambda: claiming(
        message(pm()), source="/mediation/x"
    ),
    "an event without a source": lambda: claiming(message(pm()), source=""),
    "an event of a kind that its subject does not tell": lambda: under(
        message(pm()), "mediation", "accepted"
    ),
    "an event on the subject of a service that publishes none": lambda: under(message(pm()), "identity"),
    "an event on a subject with one token too many": lambda: replace(
        message(pm()), subject="disputes.mediation.p00.corrected.corrected"
    ),
}


@pytest.mark.parametrize("name", FOREIGN)
def test_an_event_under_a_foreign_name_is_put_aside(
    database: Database, intake: ReportingIntake, name: str
) -> None:
    foreign = replace(FOREIGN[name](), sequence=1)
    honest = message(pm(), case=2, sequence=2)

    intake.apply([foreign, honest], stream=STREAM)

    with database.reading() as session:
        (aside,) = repository.quarantine_page(session, after=0, limit=10)
        counted = [fact.case_id for fact in repository.all_facts(session)]
    assert (aside.sequence, aside.subject) == (1, foreign.subject)
    assert counted == [str(case_id(2))]


def test_the_log_of_a_service_is_read_as_strictly_as_the_stream(
    database: Database, intake: ReportingIntake
) -> None:
    intake.apply_log([under(message(al()), "mediation")])

    with database.reading() as session:
        assert repository.quarantined(session) == 1
        assert list(repository.all_facts(session)) == []
