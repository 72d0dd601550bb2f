"""The lists of cases and of deadlines, as a clerk asks for them over HTTP."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert

from services.reconsideration.models import METADATA
from shared.kit.database import Database
from tests.reconsideration.builders import TODAY
from tests.reconsideration.listing import CLOCKS, OFFICES, Kept, keep
from tests.reconsideration.office import CASES, Json, Office, refused

DEADLINES = "/reconsideration/deadlines"
FOREIGN = "reconsideration-999999"


@pytest.fixture
def database(office: Office, database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA)
    yield opened
    opened.dispose()


def a_clock(place: int, **what_matters: Any) -> dict[str, Any]:
    """An open period of the case at this place, due today."""
    return {
        "case_id": Kept(place).id,
        "office": OFFICES[0],
        "kind": "ar.decision",
        "ordinal": 1,
        "rule": "ar.decision",
        "article": "行政复议法第六十二条",
        "started_on": TODAY - timedelta(days=60),
        "length": 60,
        "unit": "calendar_day",
        "extension_days": 0,
        "excluded_days": 0,
        "due_on": TODAY,
        "provisional": False,
        "explanation": "六十日",
        "state": "open",
        "met_on": None,
        **what_matters,
    }


@pytest.fixture
def clocks(database: Database) -> None:
    """Due yesterday, today, in seven and in eight days; stopped; met; and one of another office."""
    keep(database, [Kept(place, office=OFFICES[place == 6]) for place in range(7)])
    days = [timedelta(days=days) for days in (-1, 0, 7, 8)]
    rows = [a_clock(place, due_on=TODAY + day) for place, day in enumerate(days)]
    rows += [a_clock(4, due_on=None), a_clock(5, state="met", met_on=TODAY)]
    rows += [
        a_clock(6, office=OFFICES[1], kind="ar.reply", rule="ar.reply", due_on=TODAY - timedelta(days=3))
    ]
    with database.writing() as session:
        session.execute(insert(CLOCKS), rows)


def asked(office: Office, path: str, query: Json) -> list[Json]:
    answer = office.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    items: list[Json] = answer.json()["items"]
    return items


@pytest.mark.usefixtures("clocks")
@pytest.mark.parametrize(
    ("query", "places"),
    [
        ({}, [6, 0, 1, 2, 3]),
        ({"state": "overdue"}, [6, 0]),
        ({"state": "due"}, [1, 2]),
        ({"state": "due", "days": "8"}, [1, 2, 3]),
        ({"state": "due", "days": "0"}, [1]),
        ({"office": OFFICES[0]}, [0, 1, 2, 3]),
        ({"office": FOREIGN}, []),
        ({"rule": "ar.reply"}, [6]),
        ({"kind": "ar.decision", "state": "overdue"}, [0]),
        ({"from": "2026-11-22", "to": "2026-11-29"}, [1, 2]),
        ({"state": "overdue", "from": "2026-11-21"}, [0]),
    ],
)
def test_deadlines_are_listed_earliest_first(office: Office, query: Json, places: list[int]) -> None:
    items = asked(office, DEADLINES, query)

    assert [item["case_id"] for item in items] == [str(Kept(place).id) for place in places]


@pytest.mark.usefixtures("clocks")
def test_a_deadline_tells_its_rule_and_how_many_days_are_left(office: Office) -> None:
    (item,) = asked(office, DEADLINES, {"office": OFFICES[1]})

    assert item == {
        "case_id": str(Kept(6).id),
        "case_number": "政复1号6",
        "office": OFFICES[1],
        "kind": "ar.reply",
        "rule": "ar.reply",
        "name": "被申请人答复举证期限",
        "article": "行政复议法第六十二条",
        "started_on": "2026-09-23",
        "length": 60,
        "unit": "calendar_day",
        "extension_days": 0,
        "excluded_days": 0,
        "due_on": "2026-11-19",
        "days_left": -3,
        "provisional": False,
        "explanation": "六十日",
        "is_right": False,
    }


@pytest.mark.usefixtures("clocks")
def test_pages_of_deadlines_follow_each_other(office: Office) -> None:
    first = office.client.get(DEADLINES, params={"limit": 3}).json()
    rest = office.client.get(DEADLINES, params={"limit": 3, "after": first["next"]}).json()

    ids = [item["case_id"] for item in first["items"] + rest["items"]]
    assert ids == [str(Kept(place).id) for place in (6, 0, 1, 2, 3)]
    assert rest["next"] is None


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"text": "公安"}, ["1"]),
        ({"text": "公安 治安"}, ["1"]),
        ({"text": "公安 税务"}, []),
        ({"text": "秘密"}, []),
        ({"office": "reconsideration-150625"}, ["1", "2"]),
        ({"office": FOREIGN}, []),
        ({"status": ["received", "accepted"]}, ["1", "2"]),
        ({"status": ["cancelled"]}, []),
        # The review of the first is due on 8 March, the copy of the second on 14 March.
        ({"order": "due"}, ["1", "2"]),
        ({"due_from": "2024-03-15"}, []),
        ({"due_from": "2024-03-09", "due_to": "2024-03-14"}, ["2"]),
        ({"due_to": "2024-03-13", "order": "filed"}, ["1"]),
    ],
)
def test_the_list_of_cases_is_filtered(office: Office, query: Json, numbers: list[str]) -> None:
    office.file(case_number="1", respondent="杭锦旗公安局", field="治安管理", matter="秘密的事")
    office.accepted(case_number="2")

    assert [item["case_number"] for item in asked(office, CASES, query)] == numbers


def test_pages_in_the_order_of_due_dates_follow_each_other(office: Office) -> None:
    filed = [office.accepted(case_number=str(number))["id"] for number in range(3)]

    first = office.client.get(CASES, params={"order": "due", "limit": 2}).json()
    rest = office.client.get(CASES, params={"order": "due", "limit": 2, "after": first["next"]}).json()

    assert [item["id"] for item in first["items"] + rest["items"]] == filed


@pytest.mark.parametrize(
    ("path", "query", "code"),
    [
        (CASES, {"text": "公"}, "reconsideration.text_too_short"),
        (CASES, {"text": "公\0安"}, "request.unstorable"),
        (CASES, {"text": "公\u202e安"}, "request.malformed"),
        (CASES, {"text": "公" * 65}, "request.malformed"),
        (CASES, {"office": "A b"}, "request.malformed"),
        (CASES, {"order": "sideways"}, "request.malformed"),
        (CASES, {"after": str(Kept(1).id), "order": "due"}, "request.cursor_of_another_list"),
        (CASES, {"after": f"2026-11-22~{Kept(1).id}"}, "request.cursor_of_another_list"),
        (
            CASES,
            {"after": f"2026-13-22~{Kept(1).id}", "order": "due"},
            "request.cursor_of_another_list",
        ),
        (DEADLINES, {"after": str(Kept(1).id)}, "request.malformed"),
        (
            DEADLINES,
            {"after": f"2026-02-30~{Kept(1).id}~ar.reply~1"},
            "request.cursor_of_another_list",
        ),
        (DEADLINES, {"days": "-1"}, "request.malformed"),
        (DEADLINES, {"rule": "'; --"}, "request.malformed"),
    ],
)
def test_a_question_that_no_list_answers_is_refused(
    office: Office, path: str, query: Json, code: str
) -> None:
    refused(office.client.get(path, params=query), 422, code)
