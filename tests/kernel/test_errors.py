import pickle

import pytest

from shared.kernel.errors import CalendarNotLoaded, Conflict, NotFound, RuleViolation


def test_a_refusal_carries_a_code_a_sentence_and_the_field() -> None:
    violation = RuleViolation("reconsideration.already_closed", "案件已经结案，不能再受理。", field="case")

    assert (violation.code, violation.message, violation.field) == (
        "reconsideration.already_closed",
        "案件已经结案，不能再受理。",
        "case",
    )
    assert str(violation) == "案件已经结案，不能再受理。"


@pytest.mark.parametrize("kind", [NotFound, Conflict, CalendarNotLoaded])
def test_every_expected_refusal_is_a_rule_violation(kind: type[RuleViolation]) -> None:
    assert issubclass(kind, RuleViolation)


def test_a_calendar_not_loaded_names_its_year() -> None:
    violation = CalendarNotLoaded(2031)

    assert violation.year == 2031
    assert violation.code == "calendar.not_loaded"
    assert "2031" in violation.message


@pytest.mark.parametrize(
    "violation",
    [
        RuleViolation("a.b", "不可以。", field="start"),
        NotFound("a.c", "没有。"),
        Conflict("a.d", "晚了。"),
        CalendarNotLoaded(2031, field="received_on"),
    ],
)
def test_a_refusal_survives_the_way_out_of_a_worker_process(violation: RuleViolation) -> None:
    returned = pickle.loads(pickle.dumps(violation))

    assert type(returned) is type(violation)
    assert vars(returned) == vars(violation)
