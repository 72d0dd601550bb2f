"""A release that counts something new counts the cases that were taken in before it, too."""

from collections.abc import Callable
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import delete, func, select, update
from starlette.testclient import TestClient

from services.reporting import models
from services.reporting.intake import ReportingIntake
from services.reporting.main import MIGRATIONS
from services.reporting.measures import counting
from services.reporting.recount import count_anew, recount
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.reporting.asking import STREAM, asked
from tests.reporting.events import ORDOS, ar_closed, message, pm_closed

SOON_DUE = {"sue_due_on": "2022-05-09", "performance_due_on": "2022-06-20"}


@pytest.fixture
def older(client: TestClient, intake: ReportingIntake) -> dict[str, Any]:
    """The figures of some cases, and the books as they were when fewer measures were summed."""
    intake.apply(
        [
            message(ar_closed("upheld", **SOON_DUE), case=1),
            message(ar_closed("revoked", authority_region=ORDOS, sued_on="2022-05-01"), case=2),
            message(pm_closed("agreed_oral", amount_fen=100), case=3),
        ],
        stream=STREAM,
    )
    return figures(client)


def figures(client: TestClient) -> dict[str, Any]:
    told = asked(client, region=ORDOS)
    return {"counts": told["counts"], "rates": told["rates"]}


def forget_by_hand(database: Database) -> None:
    with database.writing() as session:
        cells = models.CELLS["reconsideration_case"]
        session.execute(update(cells).values(suable=0, performance_due=7))
        session.execute(update(models.fact).values(last_on=models.fact.c.first_on))
        session.execute(delete(models.counted_by))


def go_back_one_release(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("path_separator", "os")
    with database.engine.begin() as connection:
        config.attributes.update(connection=connection, metadata=database.metadata)
        command.downgrade(config, "0002")
    assert migrate(database, MIGRATIONS)


@pytest.mark.parametrize("forget", [forget_by_hand, go_back_one_release])
def test_sums_made_by_other_measures_are_made_again_from_the_facts(
    client: TestClient,
    database: Database,
    tree: RegionTree,
    older: dict[str, Any],
    forget: Callable[[Database], None],
) -> None:
    forget(database)
    assert figures(client) != older

    assert count_anew(database, tree)

    assert figures(client) == older
    with database.reading() as session:
        assert recount(session, tree).ok
    behind = asked(client, "/reporting/rates/IND-AR-18/cases", part="denominator")
    assert (behind["total"], len(behind["items"])) == (1, 1)


def test_sums_made_by_these_measures_are_left_alone(
    client: TestClient, database: Database, tree: RegionTree, older: dict[str, Any]
) -> None:
    assert count_anew(database, tree)  # nobody had noted by what they were counted
    forget_by_hand(database)
    with database.writing() as session:
        session.execute(models.counted_by.insert().values(id=1, measures=counting()))

    assert not count_anew(database, tree)

    assert figures(client) != older


def test_what_the_sums_were_made_by_outlives_a_rebuild(
    database: Database, tree: RegionTree, intake: ReportingIntake, older: dict[str, Any]
) -> None:
    count_anew(database, tree)
    intake.clear()

    assert not count_anew(database, tree)
    with database.reading() as session:
        assert session.execute(select(func.count()).select_from(models.fact)).scalar_one() == 0


def test_an_empty_book_is_marked_and_stays_empty(database: Database, tree: RegionTree) -> None:
    assert count_anew(database, tree)

    with database.reading() as session:
        assert recount(session, tree).cells == 0


def test_events_go_on_from_the_sums_that_were_made_again(
    client: TestClient,
    database: Database,
    tree: RegionTree,
    intake: ReportingIntake,
    older: dict[str, Any],
) -> None:
    forget_by_hand(database)
    count_anew(database, tree)

    intake.apply([message(ar_closed("mediated", **SOON_DUE), case=1, version=2)], stream=STREAM)

    with database.reading() as session:
        assert recount(session, tree).ok
    assert asked(client)["counts"]["ar.mediated"] == 1
