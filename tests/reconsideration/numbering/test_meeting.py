"""One number wanted by two at the same moment: who is first has it, who entered it is told so, who draws goes on."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import pytest
from sqlalchemy import select
from sqlmodel import Session

from services.reconsideration import use_cases
from services.reconsideration.documents import issuing
from services.reconsideration.documents.kinds import PaperKind
from services.reconsideration.documents.models import PAPERS_ISSUED
from services.reconsideration.domain.local_rules import LocalRules
from services.reconsideration.models import EVENTS, METADATA, VAULT
from services.reconsideration.terms import LawVersion
from services.reconsideration.use_cases import NOT_NUMBERED
from shared.kernel.errors import Conflict
from shared.kit.database import Database
from tests.kit.crowd import at_once
from tests.reconsideration.builders import CALENDAR, NOW, a_case
from tests.reconsideration.documents.filling import filled
from tests.support.sealed import unlocked
from tests.support.waiting import until_now

OFFICE = "reconsideration-150625"
FIRST, SECOND = "行复〔2024〕1号", "行复〔2024〕2号"
FIRST_PAPER, SECOND_PAPER = "行复决〔2024〕1号", "行复决〔2024〕2号"
Work = Callable[[Session], str | None]


_WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


class ThoughtBetter(Exception):
    """The first one gives up, and the whole transaction with them."""


@dataclass(frozen=True, slots=True)
class Desk:
    """An office with two cases of other numbers."""

    database: Database
    cases: tuple[UUID, UUID]

    def file(self, number: str) -> Work:
        def work(session: Session) -> str:
            application = a_case(case_number=number, office=OFFICE)
            return use_cases.receive(session, application, calendar=CALENDAR, now=NOW)[2].case_number

        return work

    def correct(self, number: str) -> Work:
        def work(session: Session) -> str:
            filed = use_cases.correct(
                session,
                self.cases[0],
                changes={"case_number": number},
                reason="录入有误",
                rules=lambda *_: LocalRules(),
                by_head=lambda _: True,
                calendar=CALENDAR,
                if_match=None,
                now=NOW,
            )
            return filed[2].case_number

        return work

    def issue(self, place: int, number: str | None) -> Work:
        fields = {
            name: value
            for name, value in filled(PaperKind.DECISION).items()
            if name not in {"paper_number", "issued_on"}
        }

        def work(session: Session) -> str | None:
            issued = issuing.issue(
                session,
                self.cases[place],
                office=OFFICE,
                kind=PaperKind.DECISION,
                law=LawVersion.ACT2023,
                fields=fields,
                case_version=1,
                issued_on=date(2024, 3, 5),
                now=NOW,
                number=number,
            )
            return issued.number

        return work

    def done(self, work: Work) -> str | None:
        """In a transaction of its own: the number, or the code of the refusal."""
        try:
            with self.database.writing() as session:
                return work(session)
        except Conflict as refusal:
            return refusal.code

    def meeting(self, first: Work, second: Work, *, gives_up: bool = False) -> tuple[str | None, str | None]:
        """`second` begins when `first` has written and not yet committed, and cannot go on before it ends."""
        begun = threading.Event()

        def follow() -> str | None:
            begun.set()
            return self.done(second)

        with ThreadPoolExecutor(1) as other:
            following: Future[str | None]
            try:
                with self.database.writing() as session:
                    had = first(session)
                    following = other.submit(follow)
                    assert begun.wait(30)
                    until_now(self._somebody_waits, what="the second one waits for the first")
                    if gives_up:
                        raise ThoughtBetter
            except ThoughtBetter:
                had = None
            return had, following.result(60)

    def _somebody_waits(self) -> bool:
        if self.database.is_sqlite:
            return True  # for the one writer, which nobody can see
        with self.database.engine.connect() as connection:
            return bool(connection.exec_driver_sql(_WAITING).scalar_one())


@pytest.fixture
def desk(database_url: str) -> Iterator[Desk]:
    database = Database(database_url, METADATA, pool_size=20)
    unlocked(VAULT, database, NOW)
    with database.writing() as session:
        EVENTS.begin_life(session)
    cases = []
    for number in ("甲1号", "甲2号"):
        with database.writing() as session:
            application = a_case(case_number=number, office=OFFICE)
            cases.append(use_cases.receive(session, application, calendar=CALENDAR, now=NOW)[0])
    yield Desk(database, (cases[0], cases[1]))
    database.dispose()


TAKEN, PAPER_TAKEN = "reconsideration.number_taken", "reconsideration.paper_number_taken"


def test_of_two_who_enter_a_number_the_second_is_told_that_it_is_taken(desk: Desk) -> None:
    assert desk.meeting(desk.file(FIRST), desk.file(FIRST)) == (FIRST, TAKEN)


def test_a_drawn_number_goes_on_to_the_next_when_its_own_is_being_entered(desk: Desk) -> None:
    assert desk.meeting(desk.file(FIRST), desk.file(NOT_NUMBERED)) == (FIRST, SECOND)
    assert desk.done(desk.file(NOT_NUMBERED)) == "行复〔2024〕3号"


def test_a_number_that_is_being_drawn_cannot_be_entered(desk: Desk) -> None:
    assert desk.meeting(desk.file(NOT_NUMBERED), desk.file(FIRST)) == (FIRST, TAKEN)
    assert desk.done(desk.file(NOT_NUMBERED)) == SECOND


def test_a_number_is_free_again_when_whoever_entered_it_gives_up(desk: Desk) -> None:
    assert desk.meeting(desk.file(FIRST), desk.file(NOT_NUMBERED), gives_up=True) == (None, FIRST)
    assert desk.meeting(desk.file(SECOND), desk.file(SECOND), gives_up=True) == (None, SECOND)
    assert desk.done(desk.file(NOT_NUMBERED)) == "行复〔2024〕3号"


def test_a_number_that_was_drawn_and_given_up_leaves_no_gap(desk: Desk) -> None:
    assert desk.meeting(desk.file(NOT_NUMBERED), desk.file(FIRST), gives_up=True) == (None, FIRST)
    assert desk.done(desk.file(NOT_NUMBERED)) == SECOND


def test_a_correction_to_a_number_meets_filings_in_the_same_way(desk: Desk) -> None:
    assert desk.meeting(desk.correct(FIRST), desk.file(NOT_NUMBERED)) == (FIRST, SECOND)
    assert desk.meeting(desk.file("行复〔2024〕9号"), desk.correct("行复〔2024〕9号")) == (
        "行复〔2024〕9号",
        TAKEN,
    )


def test_papers_meet_in_the_same_way(desk: Desk) -> None:
    assert desk.meeting(desk.issue(0, FIRST_PAPER), desk.issue(1, FIRST_PAPER)) == (FIRST_PAPER, PAPER_TAKEN)
    assert desk.meeting(desk.issue(0, SECOND_PAPER), desk.issue(1, None)) == (
        SECOND_PAPER,
        "行复决〔2024〕3号",
    )
    assert desk.meeting(desk.issue(0, None), desk.issue(1, "行复决〔2024〕4号")) == (
        "行复决〔2024〕4号",
        PAPER_TAKEN,
    )
    number = "行复决〔2024〕5号"
    assert desk.meeting(desk.issue(0, number), desk.issue(1, None), gives_up=True) == (None, number)


def test_many_who_draw_and_enter_papers_at_once_leave_no_gap(desk: Desk) -> None:
    """Every second one enters one of the next three numbers by hand."""

    def work(place: int) -> str | None:
        return desk.done(
            desk.issue(place // 2 % 2, None if place % 2 else f"行复决〔2024〕{1 + place % 3}号")
        )

    told = at_once(12, work)

    numbers = sorted(number for number in told if number is not None and number != PAPER_TAKEN)
    assert set(told[1::2]) <= set(numbers)
    assert numbers == [f"行复决〔2024〕{n}号" for n in range(1, len(numbers) + 1)]
    with desk.database.reading() as session:
        assert sorted(session.execute(select(PAPERS_ISSUED.c.number)).scalars()) == numbers
