"""An identity number is found in a text that is kept in plain, and other long numbers are not taken for one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from services.litigation import domain as litigation
from services.mediation import case as mediation
from services.mediation import organisations
from services.reconsideration import domain as reconsideration
from services.reconsideration.domain.checks import PLAIN_WORDS as OF_AN_APPLICATION
from shared.kernel.errors import RuleViolation
from shared.kernel.personal import holds_identity_number
from tests.litigation.builders import a_case as a_unit
from tests.mediation.examples import a_case as a_dispute
from tests.mediation.examples import an_organisation
from tests.reconsideration.builders import a_case as an_application

NUMBER = "11010519491231002X"  # the example of GB 11643-1999
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        NUMBER,
        NUMBER.lower(),
        f"张某（{NUMBER}）",
        "１１０１０５１９４９１２３１００２Ｘ",
        "110105 19491231 002X",
        "110105194912310021",
    ],
)
def test_an_identity_number_is_found_however_it_is_written(text: str) -> None:
    assert holds_identity_number(text)


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "（2022）内0625行初1号",
        "110105194913310020",
        f"9{NUMBER[:17]}",
        "杭政复〔2022〕13号",
    ],
)
def test_other_numbers_are_not(text: str | None) -> None:
    assert not holds_identity_number(text)


@given(st.integers(0, 999), st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_it_agrees_with_the_check_character_of_the_library(serial: int, born: date) -> None:
    body = f"150625{born:%Y%m%d}{serial:03d}"
    number = body + ric.calc_check_digit(body + "0")

    assert holds_identity_number(f"第{number}号")


RULED: list[tuple[Callable[..., None], Any, tuple[str, ...]]] = [
    (reconsideration.check, an_application(), OF_AN_APPLICATION),
    (mediation.check, a_dispute(), mediation.PLAIN_WORDS),
    (litigation.check, a_unit(), litigation.PLAIN_WORDS),
    (organisations.check, an_organisation(), organisations.PLAIN_WORDS),
]


@pytest.mark.parametrize(
    ("check", "case", "field"), [(check, case, field) for check, case, fields in RULED for field in fields]
)
def test_no_plain_field_of_any_service_takes_one(check: Callable[..., None], case: Any, field: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        check(replace(case, **{field: f"第{NUMBER}号"}), today=TODAY)

    assert (refusal.value.code, refusal.value.field) == ("request.identity_number_in_plain", field)
    assert NUMBER not in refusal.value.message
