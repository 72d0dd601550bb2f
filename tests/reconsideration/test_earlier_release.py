"""Books of the release before the whole procedure: its cases stand in the lists, deadlines and search of this one."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.reconsideration import main
from services.reconsideration.models import JOURNAL, METADATA, VAULT
from shared.kit.database import Database, UtcDateTime
from shared.kit.journal import Note
from shared.kit.settings import Settings
from shared.kit.vault_keys import FileMaster
from tests.reconsideration.builders import NOW
from tests.reconsideration.office import Json, Office
from tests.reconsideration.walking import ACCEPT
from tests.support.earlier import migrate_to
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings
from tests.support.waiting import until_now

FIRST, SECOND = (
    "0001",
    "0002",
)  # what the releases called their books; the first one had no offices and sealed nothing
OFFICE = "reconsideration-150625"
RECORDED_AT = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
# A case as that release wrote it: no state, no proceeding, no clocks. Its due date is the decision's alone.
CASE = sa.table(
    "case_file",
    sa.column("id", sa.Uuid),
    sa.column("recorded_at", UtcDateTime),
    *(sa.column(name, sa.JSON) for name in ("opinion_letters_on", "recommendation_letters_on")),
    *(
        sa.column(name, sa.Date)
        for name in ("received_on", "accepted_on", "refused_on", "decision_due_on", "closed_on")
    ),
    *(sa.column(name, sa.Boolean) for name in ("is_group", "due_provisional", "cancelled")),
    sa.column("version", sa.Integer),
    *(
        sa.column(name, sa.String)
        for name in (
            *(
                "case_number",
                "authority_region",
                "authority_level",
                "office",
                "respondent",
                "matter",
                "field",
            ),
            *("refusal", "procedure", "outcome"),
        )
    ),
)
PLAIN_JOURNAL = sa.table(
    "journal",
    sa.column("case_id", sa.Uuid),
    sa.column("case_version", sa.Integer),
    *(sa.column(name, sa.String) for name in ("step", "detail")),
    sa.column("on_date", sa.Date),
    sa.column("recorded_at", UtcDateTime),
)
ACCEPTED: Json = {
    "received_on": date(2026, 11, 2),
    "accepted_on": date(2026, 11, 5),
    "procedure": "ordinary",
    "decision_due_on": date(2027, 1, 4),
}
# By number: the steps of its life, and what its row says.
LIVES: dict[int, tuple[tuple[str, ...], Json]] = {
    1: (("receive",), {"received_on": date(2026, 11, 19)}),
    2: (("receive", "accept"), ACCEPTED | {"respondent": "某市税务局"}),
    3: (
        ("receive", "accept", "conclude"),
        ACCEPTED | {"closed_on": date(2026, 11, 18), "outcome": "upheld"},
    ),
    4: (("receive", "decline"), {"refused_on": date(2026, 11, 20), "refusal": "not_accepted"}),
    5: (("receive", "cancel"), {"cancelled": True}),
    6: (("record",), ACCEPTED | {"field": "市场监管"}),
    7: (("record",), {"received_on": date(2024, 3, 1)}),  # that nobody answered it is not told by a ledger
    8: (("receive",), {"received_on": date(2024, 3, 1)}),
}


def number(place: int) -> str:
    return f"杭政复〔2026〕{place}号"


@pytest.fixture(params=[FIRST, SECOND])
def kept(request: pytest.FixtureRequest, empty_url: str, tmp_path: Path) -> Settings:
    """Where the books of the earlier release lie, with the keys under which it sealed."""
    found = settings(empty_url, tmp_path)
    database = Database(empty_url, METADATA)
    try:
        migrate_to(database, main.MIGRATIONS, request.param)
        with database.writing() as session:
            if request.param == SECOND:
                VAULT.unlock(FileMaster(found.keys.master_key()))
                VAULT.begin(session, RECORDED_AT)
            for place in LIVES:
                (_write_plainly if request.param == FIRST else _write)(session, place)
    finally:
        database.dispose()
    return found


def _row(case_id: UUID, place: int) -> dict[str, Any]:
    steps, said = LIVES[place]
    return {
        **dict.fromkeys(column.name for column in CASE.columns),
        "id": case_id,
        "version": len(steps),
        "case_number": number(place),
        "authority_region": "150625",
        "authority_level": "county",
        "office": OFFICE,
        "matter": "行政处罚",
        "is_group": False,
        "received_on": date(2026, 11, 19),
        "due_provisional": False,
        "cancelled": False,
        "opinion_letters_on": [],
        "recommendation_letters_on": [],
        "recorded_at": RECORDED_AT,
        **said,
    }


def _write(session: Session, place: int) -> None:
    case_id = uuid7()
    row = _row(case_id, place)
    keys, drawn = VAULT.draw_keys(session, [case_id])
    row["matter"] = keys[case_id].seal(table="case_file", column="matter", row=case_id, value=row["matter"])
    session.execute(sa.insert(CASE), [row])
    VAULT.keep_keys(session, drawn)
    notes = [
        Note(case_id, version, step, row["received_on"], None, {})
        for version, step in enumerate(LIVES[place][0], start=1)
    ]
    JOURNAL.note(session, notes, now=RECORDED_AT, keys=keys)


def _write_plainly(session: Session, place: int) -> None:
    case_id = uuid7()
    row = _row(case_id, place)
    del row["office"]
    session.execute(sa.insert(CASE), [row])
    for version, step in enumerate(LIVES[place][0], start=1):
        session.execute(
            sa.insert(PLAIN_JOURNAL).values(
                case_id=case_id,
                case_version=version,
                step=step,
                on_date=row["received_on"],
                detail="{}",
                recorded_at=RECORDED_AT,
            )
        )


@pytest.fixture
def office(kept: Settings) -> Iterator[Office]:
    """This release, started on the books of that one."""
    service = main.create(kept, nats_url=NOWHERE, clock=lambda: NOW, directory=ONLY_OPERATOR)
    with client_of(service) as client:
        opened = Office(client)
        # What nobody has answered within the period is deemed accepted soon after the start.
        until_now(
            lambda: opened.listed(case_number=number(8))[0]["version"] == 2, what="a case is deemed accepted"
        )
        yield opened


def places(cases: list[Json]) -> list[int]:
    return [next(place for place in LIVES if number(place) == case["case_number"]) for case in cases]


def deadlines(office: Office, **asked: Any) -> list[tuple[int, str, str, int]]:
    answer = office.client.get("/reconsideration/deadlines", params=asked)
    assert answer.status_code == 200, answer.text
    found = answer.json()["items"]
    return [
        (place, item["kind"], item["due_on"], item["days_left"])
        for place, item in zip(places(found), found, strict=True)
    ]


def test_cases_of_an_earlier_release_stand_in_the_lists(office: Office) -> None:
    assert places(office.listed()) == list(LIVES)
    assert {place: case["status"] for place, case in zip(LIVES, office.listed(), strict=True)} == {
        1: "received",
        2: "accepted",
        3: "closed",
        4: "not_accepted",
        5: "cancelled",
        6: "accepted",
        7: "received",
        8: "accepted",
    }
    for status, expected in (
        ("received", [1, 7]),
        ("accepted", [2, 6, 8]),
        ("closed", [3]),
        ("cancelled", [5]),
    ):
        assert places(office.listed(status=status)) == expected, status
    assert places(office.listed(office=OFFICE, region="150625")) == list(LIVES)
    assert places(office.listed(case_number=number(5))) == [5]


def test_their_clocks_stand_among_the_deadlines(office: Office) -> None:
    """The review of 1; of an accepted case what this release knows from its dates; of 7 and what has ended nothing."""
    own = [found for found in deadlines(office) if found[0] != 8]

    assert own == [
        (2, "copy", "2026-11-16", -6),
        (6, "copy", "2026-11-16", -6),
        (1, "review", "2026-11-26", 4),
        (2, "decision", "2027-01-04", 43),
        (6, "decision", "2027-01-04", 43),
    ]
    assert {found[:2] for found in deadlines(office, state="overdue") if found[0] != 8} == {
        (2, "copy"),
        (6, "copy"),
    }
    assert [place for place in places(office.listed(order="due")) if place != 8] == [2, 6, 1]
    assert places(office.listed(due_from="2026-11-20", due_to="2026-11-30")) == [1]


def test_their_words_are_found(office: Office) -> None:
    assert places(office.listed(text="税务")) == [2]
    assert places(office.listed(text="市场监管")) == [6]
    assert places(office.listed(text="〔2026〕3号")) == [3]


def test_they_are_opened_and_live_on(office: Office) -> None:
    (closed,) = office.listed(case_number=number(3))
    (begun,) = office.listed(case_number=number(1))

    assert [entry["step_label"] for entry in office.one(closed)["history"]] == [
        "收到申请",
        "受理",
        "审结（旧版登记）",
    ]
    assert office.one(closed)["matter"] == "行政处罚"
    office.step(begun, "accept", **ACCEPT | {"on": "2026-11-20"})
    assert [found[1] for found in deadlines(office) if found[0] == 1] == ["copy", "decision"]


def test_a_second_start_changes_nothing(office: Office, kept: Settings) -> None:
    before = (office.listed(), deadlines(office))
    service = main.create(
        kept, nats_url=NOWHERE, clock=lambda: NOW + timedelta(hours=1), directory=ONLY_OPERATOR
    )

    with client_of(service) as client:
        again = Office(client)
        assert (again.listed(), deadlines(again)) == before


def test_what_a_ledger_left_open_is_not_deemed_accepted(office: Office) -> None:
    (told,) = office.listed(case_number=number(7))

    assert (told["status"], told["version"], office.one(told)["clocks"]) == ("received", 1, [])
