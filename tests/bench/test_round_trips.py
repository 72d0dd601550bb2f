"""How many statements one filing takes: what security costs is paid by their number, on any machine alike."""

from datetime import UTC, date, datetime
from pathlib import Path

from services.reconsideration import main, use_cases
from services.reconsideration.domain import Case
from services.reconsideration.models import METADATA
from services.reconsideration.terms import Channel, OrganLevel, RespondentType
from shared.kernel.calendar import WorkCalendar
from shared.kit.database import Database
from shared.kit.settings import Settings
from tests.support.statements import statements

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
CALENDAR = WorkCalendar.builtin()


def a_case(number: int) -> Case:
    return Case(
        case_number=str(number),
        authority_region="150625",
        authority_level=OrganLevel.COUNTY,
        office="reconsideration-150625",
        respondent="某县公安局",
        respondent_type=RespondentType.DEPARTMENT,
        matter="行政处罚",
        field="治安管理",
        channel=Channel.INTERNET,
        is_group=False,
        received_on=date(2024, 3, 1),
    )


def test_filing_takes_no_more_statements_than_were_counted(database_url: str, tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, database_url=database_url)
    service = main.create(settings, nats_url="nats://127.0.0.1:1")
    service.migrate()
    books = Database(settings.database_of("reconsideration"), METADATA)

    def file(number: int) -> None:
        with books.writing() as session:
            use_cases.receive(session, a_case(number), calendar=CALENDAR, now=NOW)

    file(1)  # the first one asks for the active key
    with statements() as said:
        file(2)

    service.close()
    books.dispose()
    # Begin, case and whether its number is free, clocks, key, words to search, journal; event, outbox, audit, queue:
    # one on PostgreSQL.
    assert len(said) == (12 if books.is_sqlite else 7), said
