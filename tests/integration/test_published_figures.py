"""The figures of five published reports come out of case records, through the public doors and the real broker."""

from functools import cache

import pytest

from services.sample.published import Published, check, published
from tests.support.suite_process import SuiteProcess

_answers: dict[tuple[str, str], dict[str, object]] = {}


def _figures(suite: SuiteProcess, row: Published) -> dict[str, object]:
    asked = (row.region, row.period)
    if asked not in _answers:
        _answers[asked] = suite.json("rates", "--region", row.region, "--period", row.period)
    return _answers[asked]


@cache
def _rows() -> tuple[Published, ...]:
    return published()


@pytest.mark.parametrize("row", _rows(), ids=lambda row: row.id)
def test_a_published_figure_comes_out_of_the_cases(suite: SuiteProcess, row: Published) -> None:
    answer = _figures(suite, row)
    rates = {
        (rate["indicator"], rate["definition"]): (rate["numerator"], rate["denominator"])
        for rate in answer["rates"]  # type: ignore[attr-defined]
    }

    assert check(row, answer["counts"], rates) is None  # type: ignore[arg-type]


def test_the_report_of_hangjin_banner_reads_as_published(suite: SuiteProcess) -> None:
    answer = suite.json("rates", "--region", "150625", "--period", "2022")
    rates = {(rate["indicator"], rate["definition"]): rate["rate"] for rate in answer["rates"]}
    before = suite.json("rate", "IND-AL-1", "--region", "150625", "--period", "2021")

    counts = answer["counts"]
    assert {
        name: counts[f"ar.{name}"] for name in ("accepted", "concluded", "pending", "upheld", "revoked")
    } == {
        "accepted": 13,
        "concluded": 11,
        "pending": 2,
        "upheld": 6,
        "revoked": 3,
    }
    assert (counts["ar.application_rejected"], counts["ar.terminated"]) == (1, 1)
    assert (counts["pm.concluded"], counts["pm.agreed"], counts["pm.confirmed"]) == (429, 427, 97)
    assert rates["IND-PM-2", "D1"] == "99.53"
    assert rates["IND-AL-1", "A1"] == "100.00"
    assert before["rate"] == "52.00"
    parts = [counts[f"pm.org_{part}"] for part in ("village", "resident", "town", "industry")]
    assert (counts["pm.organisations"], parts) == (110, [76, 13, 7, 9])
    assert [flag["gap"] for flag in answer["flags"] if flag["id"] == "PM-8-parts"] == [5]


@pytest.mark.parametrize(
    "command",
    [
        ("rates", "--region", "150625", "--period", "2022"),
        ("rates", "--region", "150625", "--period", "2022", "--compare"),
        ("rate", "IND-PM-2", "--region", "150625", "--period", "2022"),
        ("rate", "IND-PM-2", "--region", "150625", "--period", "2022", "--compare"),
        ("rate", "IND-PM-2", "--region", "150625", "--period", "2012"),
    ],
    ids=" ".join,
)
def test_figures_are_printed_for_people_too(suite: SuiteProcess, command: tuple[str, ...]) -> None:
    answer = suite.command(*command)

    assert answer.returncode == 0, answer.stderr
    assert ("99.53%" in answer.stdout) == ("2022" in command)
    assert "北京时间" in answer.stdout


def test_the_case_list_behind_a_rate_is_the_rate(suite: SuiteProcess) -> None:
    query = {"region": "150625", "period": "2022", "limit": "1000"}

    met = suite.get("/reporting/rates/IND-PM-2/cases", part="numerator", **query).json()
    concluded = suite.get("/reporting/rates/IND-PM-2/cases", part="denominator", **query).json()

    assert len({item["case_id"] for item in met["items"]}) == met["total"] == 427
    assert len({item["case_id"] for item in concluded["items"]}) == concluded["total"] == 429
    first = suite.get(met["items"][0]["href"])
    assert first.json()["case_number"] == met["items"][0]["case_number"]


def test_books_facts_and_cells_agree(suite: SuiteProcess) -> None:
    result = suite.json("verify")

    assert result["ok"] is True
    assert result["differences"] == []
    assert result["cases"] > 39_000


def test_the_figures_stand_again_after_a_rebuild(suite: SuiteProcess) -> None:
    before = suite.json("rates", "--region", "150000", "--period", "2017")

    assert suite.command("rebuild").returncode == 0

    after = suite.json("rates", "--region", "150000", "--period", "2017")
    assert after["counts"] == before["counts"]
    assert [(rate["numerator"], rate["denominator"]) for rate in after["rates"]] == [
        (rate["numerator"], rate["denominator"]) for rate in before["rates"]
    ]
    assert suite.json("verify")["ok"] is True
