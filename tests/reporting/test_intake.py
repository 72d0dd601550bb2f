import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from services.reporting import models, repository
from services.reporting.facts import KINDS, restore
from services.reporting.intake import ReportingIntake
from services.reporting.recount import Recount, recount
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.subscription import Message, Position
from tests.reporting import naive
from tests.reporting.events import ORDOS, al, ar, ar_closed, case_id, message, org, pm, pm_closed
from tests.reporting.strategies import histories

STREAM = "DISPUTES@1"
Facts = dict[tuple[str, str], tuple[int, dict[str, Any]]]

on_both = settings(
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def stored_facts(database: Database) -> Facts:
    with database.reading() as session:
        rows = session.execute(select(models.fact)).all()
    return {(row.kind, row.case_id): (row.version, published(row.kind, row.payload)) for row in rows}


def published(kind: str, payload: str) -> dict[str, Any]:
    return restore(kind, payload).model_dump(mode="json")


def stored_cells(database: Database) -> dict[naive.Cell, int]:
    found: dict[naive.Cell, int] = {}
    with database.reading() as session:
        for kind in KINDS:
            for cell in repository.all_cells(session, kind):
                for measure, amount in cell.amounts.items():
                    if amount:
                        key = (kind, cell.region, cell.own, cell.scope, cell.on_date.isoformat(), measure)
                        found[key] = amount
    return found


def recounted(database: Database, tree: RegionTree) -> Recount:
    with database.reading() as session:
        return recount(session, tree)


def quarantined(database: Database) -> list[repository.QuarantineRow]:
    with database.reading() as session:
        return repository.quarantine_page(session, after=0, limit=100)


def history(database: Database) -> list[tuple[str, int]]:
    with database.reading() as session:
        table = models.fact_history
        rows = session.execute(select(table.c.case_id, table.c.version).order_by(table.c.version))
        return [(row[0], row[1]) for row in rows]


def newest(messages: Sequence[Message]) -> Facts:
    found: Facts = {}
    for each in messages:
        data = json.loads(each.payload)["data"]
        kind = kind_of(each.subject)
        known = found.get((kind, data["case_id"]))
        if known is None or data["case_version"] > known[0]:
            found[kind, data["case_id"]] = (data["case_version"], data["facts"])
    return found


def kind_of(subject: str) -> str:
    _, service, _, event = subject.split(".")
    if event.startswith("organisation"):
        return "mediation_organisation"
    return f"{service}_case"


@st.composite
def deliveries(draw: st.DrawFn) -> list[list[Message]]:
    """Batches of every version of a few cases: shuffled, some twice, some never."""
    told = [
        message(facts, case=case, version=version)
        for case, versions in enumerate(draw(st.lists(histories, min_size=1, max_size=6)))
        for version, facts in enumerate(versions, start=1)
    ]
    order = draw(st.lists(st.sampled_from(told), min_size=1, max_size=len(told) * 2))
    batches: list[list[Message]] = [[]]
    for each in order:
        batches[-1].append(each)
        if draw(st.booleans()):
            batches.append([])
    return batches


@on_both
@given(batches=deliveries())
def test_any_delivery_gives_the_facts_and_sums_of_the_newest_versions(
    database: Database, tree: RegionTree, intake: ReportingIntake, batches: list[list[Message]]
) -> None:
    intake.clear()

    for batch in batches:
        intake.apply(batch, stream=STREAM)

    delivered = [each for batch in batches for each in batch]
    expected = newest(delivered)
    assert stored_facts(database) == expected
    assert stored_cells(database) == naive.cells(
        ((key[0], facts) for key, (_, facts) in expected.items()), tree
    )
    assert recounted(database, tree).ok
    assert len(history(database)) == len({each.payload for each in delivered}) - len(expected)
    assert quarantined(database) == []


@on_both
@given(batches=deliveries())
def test_a_replay_from_the_first_message_changes_nothing(
    database: Database, intake: ReportingIntake, batches: list[list[Message]]
) -> None:
    intake.clear()
    for batch in batches:
        intake.apply(batch, stream=STREAM)
    before = (stored_facts(database), stored_cells(database), history(database))

    intake.apply_log([each for batch in batches for each in batch])

    assert (stored_facts(database), stored_cells(database), history(database)) == before
    assert quarantined(database) == []


def test_a_case_that_moves_is_counted_where_it_is_now(
    database: Database, tree: RegionTree, intake: ReportingIntake
) -> None:
    intake.apply([message(ar_closed("upheld"))], stream=STREAM)

    intake.apply([message(ar_closed("revoked", authority_region="140502"), version=2)], stream=STREAM)

    cells = stored_cells(database)
    assert {region for _, region, *_ in cells} == {"140502", "140500", "140000", "000000"}
    assert not any(measure == "upheld" for *_, measure in cells)
    assert recounted(database, tree).ok


def test_a_void_case_leaves_nothing_but_its_fact(database: Database, intake: ReportingIntake) -> None:
    intake.apply([message(pm_closed("agreed_oral"))], stream=STREAM)

    intake.apply([message(pm_closed("agreed_oral", void=True), version=2)], stream=STREAM)

    assert stored_cells(database) == {}
    assert [version for version, _ in stored_facts(database).values()] == [2]


def test_own_level_counts_the_organs_of_that_region_only(database: Database, intake: ReportingIntake) -> None:
    intake.apply([message(ar(), case=1), message(ar(authority_region=ORDOS), case=2)], stream=STREAM)

    cells = stored_cells(database)
    day = "2022-03-01"
    assert cells["reconsideration_case", ORDOS, False, "", day, "received"] == 2
    assert cells["reconsideration_case", ORDOS, True, "", day, "received"] == 1
    assert ("reconsideration_case", "150000", True, "", day, "received") not in cells


def test_what_cannot_be_read_is_put_aside_and_the_others_flow(
    database: Database, intake: ReportingIntake
) -> None:
    good = message(ar(), case=1, sequence=4)
    batch = [
        replace(good, sequence=1, payload=b"\x00\xff not an event"),
        replace(good, sequence=2, subject="disputes.tax.p00.received"),
        message(ar(authority_region="150999"), case=2, sequence=3),
        good,
        replace(good, sequence=5, payload=b"x" * 70_000),
    ]

    intake.apply(batch, stream=STREAM)
    intake.apply(batch, stream=STREAM)

    aside = quarantined(database)
    assert sorted(row.sequence for row in aside) == [1, 2, 3, 5]
    assert {row.stream for row in aside} == {STREAM}
    assert max(len(row.payload) for row in aside) == 65_536
    assert len(stored_facts(database)) == 1


@pytest.mark.parametrize("together", [True, False])
def test_a_version_told_in_two_ways_is_put_aside(
    database: Database, intake: ReportingIntake, together: bool
) -> None:
    first, other = message(ar(), sequence=1), message(ar(is_group=True), sequence=2)
    batches = [[first, other]] if together else [[first], [other]]

    for batch in batches:
        intake.apply(batch, stream=STREAM)

    assert [(row.sequence, row.error.partition(":")[0]) for row in quarantined(database)] == [(2, "fork")]
    assert [facts["is_group"] for _, facts in stored_facts(database).values()] == [False]


def test_a_fork_of_a_superseded_version_is_put_aside_too(database: Database, intake: ReportingIntake) -> None:
    intake.apply([message(ar(), version=1)], stream=STREAM)
    intake.apply([message(ar_closed("upheld"), version=2)], stream=STREAM)

    intake.apply([message(ar(is_group=True), version=1, sequence=3)], stream=STREAM)

    assert [row.sequence for row in quarantined(database)] == [3]


def test_superseded_versions_are_kept(database: Database, intake: ReportingIntake) -> None:
    told = [message(ar(is_group=bool(version % 2)), version=version) for version in (1, 2, 3, 4)]

    intake.apply([told[0]], stream=STREAM)
    intake.apply([told[1], told[3]], stream=STREAM)
    intake.apply([told[2]], stream=STREAM)

    assert history(database) == [(str(case_id(1)), version) for version in (1, 2, 3)]


def test_a_history_row_says_what_was_known_and_until_when(
    database: Database, intake: ReportingIntake
) -> None:
    intake.apply([message(ar())], stream=STREAM)
    with database.reading() as session:
        known = session.execute(select(models.fact)).one()._asdict()

    intake.apply([message(ar_closed("upheld"), version=2)], stream=STREAM)

    with database.reading() as session:
        kept = session.execute(select(models.fact_history)).one()._asdict()
    assert kept.pop("superseded_at").utcoffset() is not None
    assert kept == known


def test_the_position_follows_the_stream(database: Database, intake: ReportingIntake) -> None:
    assert intake.position() is None

    intake.apply([message(ar(), sequence=7), message(ar(), sequence=9)], stream=STREAM)
    assert intake.position() == Position(STREAM, 9)

    intake.apply_log([message(ar(), case=2, sequence=0)])
    assert intake.position() == Position(STREAM, 9)

    # A stream that lost its tail, or a new one, gives the numbers out again.
    intake.apply([message(ar(), case=3, sequence=3)], stream=STREAM)
    assert intake.position() == Position(STREAM, 3)
    intake.apply([message(ar(), case=4, sequence=1)], stream="DISPUTES@2")
    assert intake.position() == Position("DISPUTES@2", 1)


def test_holes_in_a_source_are_visible_and_filled_from_its_log(
    database: Database, intake: ReportingIntake
) -> None:
    told = [message(al(), case=number, pub_seq=number) for number in range(1, 7)]
    intake.apply([told[0], told[1], told[5]], stream=STREAM)
    with database.reading() as session:
        (mark,) = repository.progress(session)
        assert (mark.source, mark.epoch, mark.contiguous, mark.highest) == ("litigation", "e1", 2, 6)
        assert mark.gaps == ((3, 5),)
        assert repository.missing_events(session) == 3

    intake.apply_log(told[2:5])

    with database.reading() as session:
        (mark,) = repository.progress(session)
        assert (mark.contiguous, mark.gaps) == (6, ())
        assert repository.missing_events(session) == 0


def test_sources_and_their_lives_are_numbered_apart(database: Database, intake: ReportingIntake) -> None:
    intake.apply(
        [message(al(), pub_seq=1), message(pm(), pub_seq=1), message(org("village"), case=2, pub_seq=2)],
        stream=STREAM,
    )
    intake.apply([message(al(), case=3, pub_seq=5, epoch="e2")], stream=STREAM)

    with database.reading() as session:
        marks = {(mark.source, mark.epoch): mark for mark in repository.progress(session)}
    assert marks["mediation", "e1"].contiguous == 2
    assert marks["litigation", "e1"].missing == 0
    assert marks["litigation", "e2"].gaps == ((1, 4),)


def test_an_unreadable_event_has_arrived_nonetheless(database: Database, intake: ReportingIntake) -> None:
    intake.apply([replace(message(al(), pub_seq=1), payload=b"{}"), message(al(), pub_seq=2)], stream=STREAM)

    with database.reading() as session:
        assert repository.missing_events(session) == 0
        assert repository.quarantined(session) == 1


def test_a_batch_that_fails_leaves_nothing(
    database: Database, intake: ReportingIntake, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError("the disk is full")

    monkeypatch.setattr(repository, "advance", broken)
    with pytest.raises(OSError, match="disk"):
        intake.apply([message(ar(), pub_seq=1)], stream=STREAM)

    assert stored_facts(database) == {}
    assert stored_cells(database) == {}
    assert intake.position() is None


def test_clearing_forgets_everything(database: Database, intake: ReportingIntake) -> None:
    intake.apply([message(ar(), pub_seq=3), replace(message(ar()), payload=b"")], stream=STREAM)
    intake.apply([message(ar(is_group=True), version=2)], stream=STREAM)

    intake.clear()

    with database.reading() as session:
        for table in models.METADATA.tables.values():
            assert session.execute(select(table)).all() == [], table.name


def test_a_recount_finds_a_sum_that_was_changed_by_hand(
    database: Database, tree: RegionTree, intake: ReportingIntake
) -> None:
    intake.apply([message(ar())], stream=STREAM)
    with database.writing() as session:
        cells = models.CELLS["reconsideration_case"]
        session.execute(cells.update().where(cells.c.region == ORDOS).values(accepted=3))
        session.execute(cells.delete().where(cells.c.region == "150000"))

    found = recounted(database, tree)

    assert not found.ok
    assert {(each.region, each.measure, each.stored, each.counted) for each in found.differences} == {
        (ORDOS, "accepted", 3, 0),
        ("150000", "received", 0, 1),
    }


def test_text_that_databases_quote_survives(database: Database, intake: ReportingIntake) -> None:
    number = "复“1”'\"{\\},\\n\\\\号%s%%\t1"

    intake.apply([message(ar(case_number=number)), message(ar(case_number="1,NULL"), case=2)], stream=STREAM)

    assert {facts["case_number"] for _, facts in stored_facts(database).values()} == {number, "1,NULL"}


def test_an_old_version_beside_the_newest_does_not_hold_it_up(
    database: Database, intake: ReportingIntake
) -> None:
    told = {version: message(ar(is_group=version == 3), version=version) for version in (1, 2, 3)}
    intake.apply([told[2]], stream=STREAM)

    intake.apply([told[1], told[3]], stream=STREAM)

    assert [version for version, _ in stored_facts(database).values()] == [3]
    assert [version for _, version in history(database)] == [1, 2]


def test_two_intakes_at_once_count_each_case_once(
    database: Database, tree: RegionTree, intake: ReportingIntake
) -> None:
    told = [message(ar_closed("upheld"), case=case, pub_seq=case) for case in range(1, 61)]
    batches = [told[start : start + 20] for start in range(0, 60, 10)]

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda batch: intake.apply(batch, stream=STREAM), batches * 3))

    assert len(stored_facts(database)) == 60
    assert recounted(database, tree).ok
    with database.reading() as session:
        assert repository.progress(session)[0].contiguous == 60
