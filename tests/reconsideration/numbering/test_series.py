"""Numbers are gapless and never double, whoever draws them at the same moment and whatever fails."""

from collections.abc import Iterator

import pytest
from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.reconsideration import repository
from services.reconsideration.main import MIGRATIONS
from services.reconsideration.models import METADATA, VAULT
from services.reconsideration.numbering.patterns import Series
from services.reconsideration.numbering.repository import next_number, pattern_of, set_pattern
from shared.kernel.errors import Conflict, RuleViolation
from shared.kit.acting import Acting, Scope
from shared.kit.database import Database
from shared.kit.migrations import migrate
from tests.kit.crowd import at_once
from tests.reconsideration.builders import NOW, a_case
from tests.support.sealed import unlocked

OFFICE = "reconsideration-150625"
OTHER = "reconsideration-150621"
CLERKS, EACH = 20, 10


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    opened = Database(database_url, METADATA, pool_size=CLERKS)
    migrate(opened, MIGRATIONS)
    unlocked(VAULT, opened, NOW)
    yield opened
    opened.dispose()


def draw(session: Session, office: str = OFFICE, *, year: int = 2024) -> str:
    return next_number(session, office=office, series=Series.CASE, year=year)


def draw_for(session: Session, word: str) -> str:
    return next_number(
        session, office=OFFICE, series=Series.PAPER, year=2024, word=word, taken=lambda number: False
    )


def enter(session: Session, *numbers: str, office: str = OFFICE, **what_matters: bool) -> None:
    """Cases whose numbers somebody has typed in."""
    cases = [(uuid7(), a_case(case_number=number, office=office, **what_matters), ()) for number in numbers]
    repository.add(session, cases, now=NOW)


def test_twenty_clerks_who_draw_ten_numbers_each_draw_one_to_two_hundred(database: Database) -> None:
    def work(place: int) -> list[str]:
        drawn = []
        for _ in range(EACH):
            with database.writing() as session:
                drawn.append(draw(session))
        return drawn

    drawn = [number for numbers in at_once(CLERKS, work) for number in numbers]

    assert sorted(drawn) == sorted(f"行复〔2024〕{n}号" for n in range(1, CLERKS * EACH + 1))


def test_transactions_that_fail_among_others_leave_no_gap(database: Database) -> None:
    def work(place: int) -> list[str]:
        drawn = []
        for turn in range(EACH):
            try:
                with database.writing() as session:
                    number = draw(session)
                    if (place + turn) % 3 == 0:
                        raise LookupError("the clerk thinks better of it")
                drawn.append(number)
            except LookupError:
                continue
        return drawn

    drawn = [number for numbers in at_once(CLERKS, work) for number in numbers]

    assert len(drawn) > CLERKS
    assert sorted(drawn) == sorted(f"行复〔2024〕{n}号" for n in range(1, len(drawn) + 1))


def test_a_number_is_drawn_again_when_its_case_was_not_filed(database: Database) -> None:
    with database.writing() as session:
        enter(session, draw(session))

    def file_a_double() -> None:
        with database.writing() as session:
            assert draw(session) == "行复〔2024〕2号"
            enter(session, "行复〔2024〕1号")

    with pytest.raises(repository.NumberTaken):
        file_a_double()

    with database.writing() as session:
        assert draw(session) == "行复〔2024〕2号"


def test_an_entered_number_counts_as_drawn(database: Database) -> None:
    with database.writing() as session:
        enter(session, "行复〔2024〕2号", "行复〔2024〕3号", "行复〔2024〕50号")

        assert [draw(session) for _ in range(3)] == [f"行复〔2024〕{n}号" for n in (1, 4, 5)]


def test_the_number_of_a_cancelled_case_is_not_given_out_again(database: Database) -> None:
    with database.writing() as session:
        enter(session, "行复〔2024〕1号", cancelled=True)

        assert draw(session) == "行复〔2024〕2号"


def test_offices_years_and_words_count_apart(database: Database) -> None:
    with database.writing() as session:
        enter(session, "行复〔2024〕1号", office=OTHER)

        assert [draw(session), draw(session)] == ["行复〔2024〕1号", "行复〔2024〕2号"]
        assert draw(session, OTHER) == "行复〔2024〕2号"
        assert draw(session, year=2025) == "行复〔2025〕1号"
        assert [draw_for(session, word) for word in ("受", "受", "中")] == [
            "行复受〔2024〕1号",
            "行复受〔2024〕2号",
            "行复中〔2024〕1号",
        ]


def test_papers_share_one_count_when_their_number_does_not_show_the_word(database: Database) -> None:
    with database.writing() as session:
        set_pattern(session, office=OFFICE, series=Series.PAPER, pattern="杭复文〔{year}〕{n}号", now=NOW)

        assert [draw_for(session, word) for word in ("受", "中")] == [
            "杭复文〔2024〕1号",
            "杭复文〔2024〕2号",
        ]


def test_a_pattern_that_is_changed_back_makes_no_number_twice(database: Database) -> None:
    drawn = []
    for pattern in ("甲〔{year}〕{n}号", "乙〔{year}〕{n}号", "甲〔{year}〕{n}号"):
        with database.writing() as session:
            set_pattern(session, office=OFFICE, series=Series.CASE, pattern=pattern, now=NOW)
            drawn.append(draw(session))

    assert drawn == ["甲〔2024〕1号", "乙〔2024〕2号", "甲〔2024〕3号"]


def test_a_pattern_that_makes_no_numbers_is_not_kept(database: Database) -> None:
    with pytest.raises(RuleViolation), database.writing() as session:
        set_pattern(session, office=OFFICE, series=Series.CASE, pattern="杭政复", now=NOW)

    with database.reading() as session:
        assert pattern_of(session, office=OFFICE, series=Series.CASE) == "行复〔{year}〕{n}号"


def test_a_series_that_is_taken_without_end_is_refused(database: Database) -> None:
    with pytest.raises(Conflict, match="编号格式"), database.writing() as session:
        next_number(session, office=OFFICE, series=Series.CASE, year=2024, taken=lambda number: True)


def test_another_offices_pattern_is_not_seen(database: Database) -> None:
    with database.writing() as session:
        set_pattern(session, office=OFFICE, series=Series.CASE, pattern="杭政复〔{year}〕{n}号", now=NOW)
    stranger = Acting("clerk", "session", "reconsideration_clerk", OTHER, Scope(frozenset({OTHER})))

    with database.reading(stranger) as session:
        assert pattern_of(session, office=OFFICE, series=Series.CASE) == "行复〔{year}〕{n}号"
