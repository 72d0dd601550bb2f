"""视为受理 (ARL 30(3), AR-3.3): what the scheduler accepts, as of which day, once; and what it leaves alone."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.reconsideration import main
from services.reconsideration.deeming import deem_all
from services.reconsideration.models import METADATA
from shared.kit.app import Service
from shared.kit.database import Database
from tests.reconsideration.builders import CALENDAR
from tests.reconsideration.ledgers import a_row, csv_of
from tests.reconsideration.office import Books, Json, Office
from tests.reconsideration.unwatched import unwatched
from tests.support.suites import NOWHERE, ONLY_OPERATOR, client_of, settings
from tests.support.waiting import until_now

FILED_AT = datetime(2024, 3, 1, 2, 0, tzinfo=UTC)  # a Friday; the review ends on 8 March
LAST_DAY = "2024-03-08"


class Time:
    """A clock that a test moves."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def pass_days(self, days: int) -> datetime:
        self.now += timedelta(days=days)
        return self.now


@pytest.fixture
def time() -> Time:
    return Time(FILED_AT)


@pytest.fixture
def desk(database_url: str, tmp_path: Path, time: Time) -> Iterator[Office]:
    with unwatched():
        service = _service(database_url, tmp_path, time)
    with client_of(service) as client:
        yield Office(client)


def _service(database_url: str, folder: Path, time: Time) -> Service:
    return main.create(settings(database_url, folder), nats_url=NOWHERE, clock=time, directory=ONLY_OPERATOR)


@pytest.fixture
def database(desk: Office, database_url: str) -> Iterator[Database]:
    database = Database(database_url, METADATA)
    yield database
    database.dispose()


def test_an_application_without_an_answer_is_accepted_as_of_the_last_day_of_its_review_after_any_downtime(
    desk: Office, database: Database, time: Time
) -> None:
    case = desk.file()

    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(7)) == 0  # 8 March: the last day itself
    assert desk.one(case)["status"] == "received"

    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(40)) == 1
    assert deem_all(database, calendar=CALENDAR, now=time.now) == 0

    deemed = desk.one(case)
    assert (deemed["status"], deemed["accepted_on"], deemed["version"]) == ("accepted", LAST_DAY, 2)
    assert deemed["decision_due_on"] == "2024-05-07"
    assert deemed["proceeding"]["acceptance"]["mode"] == "deemed"
    assert [entry["recorded_by"] for entry in deemed["history"]] == ["operator", "service"]
    assert Books(database).versions(case) == [1, 2]


@pytest.mark.parametrize(
    ("received_on", "steps"),
    [
        ("2024-03-01", [("request_supplement", {"on": "2024-03-01", "papers": "身份证明"})]),
        ("2023-12-20", []),  # the old Act: received is accepted
        ("2024-03-01", [("withdraw_before_acceptance", {"on": "2024-03-01"})]),
    ],
)
def test_what_waits_for_somebody_else_or_has_ended_is_left_alone(
    desk: Office, database: Database, time: Time, received_on: str, steps: list[tuple[str, Json]]
) -> None:
    before = desk.walk(desk.file(received_on=received_on), steps)

    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(60)) == 0

    assert desk.one(before)["version"] == before["version"]


def test_a_draft_at_the_agent_point_is_left_alone_until_it_was_forwarded(
    desk: Office, database: Database, time: Time
) -> None:
    draft = desk.file(channel="agent_point", agent_point="p01", at_agent_point=True, filed_on="2024-03-01")
    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(30)) == 0

    desk.step(draft, "forward", on="2024-03-29")
    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(30)) == 1

    assert desk.one(draft)["accepted_on"] == "2024-04-08"  # 清明 is skipped, Sunday 7 April is worked


def test_a_ledger_case_whose_review_had_not_ended_is_deemed_accepted_and_an_older_one_left_alone(
    desk: Office, database: Database, time: Time
) -> None:
    untold = {"受理日期": "", "结案日期": "", "审结结果": ""}
    running = a_row("杭政复〔2024〕11号", 收到日期="2024-03-01", **untold)
    over = a_row("杭政复〔2024〕12号", 收到日期="2024-02-28", **untold)
    waiting = a_row("杭政复〔2024〕13号", 收到日期="2024-03-01", **untold)
    time.now = datetime(2024, 3, 7, 2, 0, tzinfo=UTC)  # the review of 28 February ended on 6 March
    assert desk.bring(csv_of(running, over, waiting)).status_code == 200
    known = {case["case_number"]: case for case in desk.listed()}
    assert [case["case_number"] for case in desk.listed(order="due")] == [running["案号"], waiting["案号"]]
    desk.step(known[waiting["案号"]], "request_supplement", on="2024-03-06", papers="身份证明")

    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(1)) == 0  # 8 March: the last day itself
    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(40)) == 1

    deemed = desk.one(known[running["案号"]])
    assert (deemed["status"], deemed["accepted_on"]) == ("accepted", LAST_DAY)
    assert deemed["proceeding"]["acceptance"]["mode"] == "deemed"
    assert desk.one(known[over["案号"]])["status"] == "received"
    assert desk.one(known[waiting["案号"]])["status"] == "supplement_wait"


def test_a_later_ledger_says_how_the_case_was_really_accepted_or_that_it_was_not(
    desk: Office, database: Database, time: Time
) -> None:
    untold = {"受理日期": "", "结案日期": "", "审结结果": "", "收到日期": "2024-03-01"}
    rows = [a_row(f"杭政复〔2024〕1{place}号", **untold) for place in range(3)]
    time.now = datetime(2024, 3, 4, 2, 0, tzinfo=UTC)
    assert desk.bring(csv_of(*rows)).status_code == 200
    assert desk.bring(csv_of(*rows)).json()["unchanged"] == 3
    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(30)) == 3

    later = [rows[0] | {"受理日期": "2024-03-05"}, rows[1] | {"不予受理日期": "2024-03-06"}]
    assert desk.bring(csv_of(*later), update=True).json()["updated"] == 2

    accepted, refused, deemed = (desk.one(case) for case in desk.listed())
    assert (accepted["accepted_on"], accepted["proceeding"].get("acceptance")) == ("2024-03-05", None)
    assert (refused["status"], refused["proceeding"].get("acceptance")) == ("not_accepted", None)
    assert deemed["proceeding"]["acceptance"]["mode"] == "deemed"


def test_a_service_that_starts_finds_by_itself_what_ran_out_meanwhile(
    desk: Office, database_url: str, tmp_path: Path, time: Time
) -> None:
    case = desk.file()
    time.pass_days(30)

    with client_of(_service(database_url, tmp_path, time)):
        until_now(lambda: desk.one(case)["accepted_on"] == LAST_DAY, what="the worker accepts it")


def test_a_case_that_was_touched_today_is_left_to_its_clerk_until_tomorrow(
    desk: Office, database: Database, time: Time
) -> None:
    case = desk.file()
    time.pass_days(20)
    desk.correct(case, matter="更正后的事项")

    assert deem_all(database, calendar=CALENDAR, now=time.now) == 0
    assert deem_all(database, calendar=CALENDAR, now=time.pass_days(1)) == 1

    assert desk.one(case)["accepted_on"] == LAST_DAY


def test_replicas_that_look_at_once_accept_each_case_exactly_once(
    desk: Office, database_url: str, time: Time
) -> None:
    cases = [desk.file(case_number=f"杭政复〔2024〕{number}号") for number in range(12)]
    now = time.pass_days(30)

    with ExitStack() as stack, ThreadPoolExecutor(4) as pool:
        replicas = [Database(database_url, METADATA) for _ in range(4)]
        for replica in replicas:
            stack.callback(replica.dispose)
        done = list(pool.map(lambda replica: deem_all(replica, calendar=CALENDAR, now=now), replicas))

    assert sum(done) == len(cases)
    assert {(desk.one(case)["version"], desk.one(case)["accepted_on"]) for case in cases} == {(2, LAST_DAY)}


def test_what_was_deemed_accepted_goes_on_like_any_other_case(
    desk: Office, database: Database, time: Time
) -> None:
    case = desk.file()
    deem_all(database, calendar=CALENDAR, now=time.pass_days(30))

    decided = desk.walk(case, [("send_copy", {"on": "2024-03-12", "received_on": "2024-03-13"})])

    assert decided["status"] == "accepted"
