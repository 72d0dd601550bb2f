"""Which act is possible in which state, and where it leads: the table of the law equals the table of the code."""

import re
from copy import deepcopy

import pytest

from services.reconsideration import domain
from services.reconsideration.domain import ACTS, ALLOWED_FROM, Moment
from services.reconsideration.terms import Status, Step
from shared.kernel.errors import Conflict
from tests.reconsideration.builders import CALENDAR, IN_STATUS, LATER_ON, TAKE, TODAY, suited, took, when
from tests.reconsideration.state_table import BEYOND_THE_TABLE, LEADS_TO, STEPS, TABLE

BOOK_KEEPING = (Step.CORRECT, Step.CANCEL, Step.UNDO, Step.RECALCULATE)
LISTED = [(status, step) for status in Status for step in ACTS if (status, step) in LEADS_TO]
UNLISTED = [(status, step) for status in Status for step in ACTS if (status, step) not in LEADS_TO]


def test_the_acts_of_the_code_are_the_acts_of_the_table() -> None:
    listed = {(status, step) for step, act in ACTS.items() for status in act.allowed_from}

    assert listed == set(LEADS_TO)
    assert set(ACTS) == STEPS == set(TAKE)


@pytest.mark.parametrize("step", ACTS)
def test_an_act_leads_where_the_table_says(step: Step) -> None:
    act = ACTS[step]

    for status in act.allowed_from:
        assert LEADS_TO[status, step] == (act.leads_to or {status})


@pytest.mark.parametrize("step", ACTS)
def test_an_act_bears_the_number_of_its_row_and_its_article(step: Step) -> None:
    rows = (*TABLE, *(row for row, _ in BEYOND_THE_TABLE))

    assert ACTS[step].row in {row.number for row in rows if step in row.acts.split()}
    assert re.search(r"第.+条|IND-AR-\d", ACTS[step].article)


def test_every_row_of_the_specification_has_its_act() -> None:
    numbers = {number for row in TABLE for number in row.number.split(", ")}

    assert numbers == {str(number) for number in range(2, 32)}


def test_a_case_can_stand_in_every_state() -> None:
    assert {status: make().status for status, make in IN_STATUS.items()} == {each: each for each in Status}


@pytest.mark.parametrize(("status", "step"), LISTED)
def test_an_act_that_the_state_allows_succeeds_and_leads_where_the_table_says(
    status: Status, step: Step
) -> None:
    case = suited(status, step)
    assert case.status is status

    changed = took(case, step, when(step), **TAKE[step])

    assert changed.status in LEADS_TO[status, step]
    assert changed != case
    domain.check(changed, today=TODAY)


@pytest.mark.parametrize(("status", "step"), UNLISTED)
def test_any_other_act_is_refused_with_a_code_and_a_sentence(status: Status, step: Step) -> None:
    case = IN_STATUS[status]()
    before = deepcopy(case)

    with pytest.raises(Conflict) as refusal:
        took(case, step, LATER_ON, **TAKE[step])

    assert refusal.value.code == f"reconsideration.{step.value}_not_allowed"
    assert re.fullmatch(r"此案[\u4e00-\u9fff，；]+。", refusal.value.message)
    assert case == before


@pytest.mark.parametrize("step", sorted(set(Step) - set(ACTS)))
@pytest.mark.parametrize("status", Status)
def test_what_is_no_act_of_the_procedure_is_not_taken_as_a_step(status: Status, step: Step) -> None:
    with pytest.raises(Conflict) as refusal:
        took(IN_STATUS[status](), step, LATER_ON)

    assert refusal.value.code == f"reconsideration.{step.value}_not_allowed"
    assert refusal.value.message.endswith("。")


@pytest.mark.parametrize("step", BOOK_KEEPING)
def test_the_books_are_kept_in_every_state_but_the_cancelled(step: Step) -> None:
    assert ALLOWED_FROM[step] == set(Status) - {Status.CANCELLED}


def test_a_cancelled_case_is_neither_corrected_nor_undone_nor_cancelled_again() -> None:
    case = IN_STATUS[Status.CANCELLED]()

    with pytest.raises(Conflict):
        domain.correct(case, changes={"matter": "改"}, by_head=True, calendar=CALENDAR, today=TODAY)
    with pytest.raises(Conflict):
        domain.undo(case, case, today=TODAY)
    with pytest.raises(Conflict):
        domain.recalculate(case, calendar=CALENDAR, today=TODAY)
    with pytest.raises(Conflict):
        domain.cancel(case, today=TODAY)


@pytest.mark.parametrize(("status", "step"), LISTED)
def test_the_same_step_on_the_same_case_gives_the_same_result(status: Status, step: Step) -> None:
    case, moment = suited(status, step), Moment(TODAY, CALENDAR)
    before = deepcopy(case)

    once, twice = (
        domain.take(case, step, on=when(step), entered=TAKE[step], moment=moment) for _ in range(2)
    )

    assert once == twice
    assert case == before
