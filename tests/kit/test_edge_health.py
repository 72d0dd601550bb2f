"""What a service says of itself when its database is there, and when it is not."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import MetaData

from shared.kernel.regions import RegionTree
from shared.kit.access import Gate
from shared.kit.audit import AuditTrail
from shared.kit.calendar_keeping import CalendarKeeping
from shared.kit.calendars import Calendars
from shared.kit.database import Database
from shared.kit.edge import Edge
from shared.kit.idempotency import Idempotency
from shared.kit.outbox import EventLog
from shared.kit.relay import Relay
from shared.kit.vault import Vault
from tests.support.events import NOW, an_event
from tests.support.suites import NOWHERE, ONLY_OPERATOR


@pytest.fixture
def edge(database_url: str) -> Iterator[Edge]:
    metadata = MetaData()
    events = EventLog(metadata)
    idempotency = Idempotency(metadata, Vault(metadata, service="litigation"))
    database = Database(database_url, metadata)
    metadata.create_all(database.engine)
    yield Edge(
        service="litigation",
        database=database,
        gate=Gate(ONLY_OPERATOR, {}, lambda: NOW),
        audit=AuditTrail(metadata),
        events=events,
        idempotency=idempotency,
        relay=Relay(database, events, service="litigation", nats_url=NOWHERE),
        clock=lambda: NOW + timedelta(seconds=90),
        calendars=CalendarKeeping(database, Calendars(MetaData()), AuditTrail(MetaData()), lambda: NOW),
        tree=RegionTree.builtin(),
    )
    database.dispose()


def test_a_service_without_news_waits_for_nothing(edge: Edge) -> None:
    edge.begin()

    health = edge.health()

    assert health.ready
    assert health.facts["database"] == "ok"
    assert health.facts["broker"] == "away"
    assert health.facts["unpublished_events"] == 0
    assert health.facts["oldest_unpublished_seconds"] == 0.0


def test_what_waits_for_the_broker_is_counted_and_its_age_told(edge: Edge) -> None:
    edge.begin()
    with edge.database.writing() as session:
        edge.events.record(session, [an_event(), an_event()], NOW)
        edge.events.number(session, published_seq=0, limit=1)

    health = edge.health()

    assert health.ready
    assert health.facts["unpublished_events"] == 2
    assert health.facts["oldest_unpublished_seconds"] == 90.0


def test_a_service_whose_database_is_away_is_not_ready(edge: Edge) -> None:
    edge.database.metadata.drop_all(edge.database.engine)

    health = edge.health()

    assert not health.ready
    assert health.facts["database"] == "away"


def test_the_life_of_a_database_is_named_once(edge: Edge) -> None:
    edge.begin()
    with edge.database.reading() as session:
        first = edge.events.epoch(session)
    edge.begin()

    with edge.database.reading() as session:
        assert edge.events.epoch(session) == first
    assert len(first) == 32
