from datetime import date

import pytest

from services.reporting.periods import Period, parse, year_earlier
from shared.kernel.errors import RuleViolation


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-H1", "2022-01-01", "2022-06-30"),
        ("2022-H2", "2022-07-01", "2022-12-31"),
        ("2022-Q1", "2022-01-01", "2022-03-31"),
        ("2022-Q3", "2022-07-01", "2022-09-30"),
        ("2022-q4", "2022-10-01", "2022-12-31"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        (" 2022-05 ", "2022-05-01", "2022-05-31"),
        ("2022-01-01..2022-11-30", "2022-01-01", "2022-11-30"),
        ("2022-05-06..2022-05-06", "2022-05-06", "2022-05-06"),
        ("2020-03-01..2022-02-28", "2020-03-01", "2022-02-28"),
    ],
)
def test_a_period_has_its_first_and_its_last_day(text: str, start: str, end: str) -> None:
    period = parse(text)

    assert (period.start, period.end) == (date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "二〇二二",
        "22",
        "2022-13",
        "2022-00",
        "2022-Q5",
        "2022-H3",
        "2022-5",
        "2022-02-30..2022-03-01",
        "2022-03-02..2022-03-01",
        "2022..2023",
        "0000",
        "1900",
        "9999",
        "2022-01-01",
        "2022-01-01..",
        "２０２２",
    ],
)
def test_nonsense_is_refused_in_words(text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        parse(text)

    assert refusal.value.code == "period.unreadable"
    assert refusal.value.field == "period"
    assert "统计期间" in refusal.value.message


@pytest.mark.parametrize(
    ("text", "earlier"),
    [
        ("2022", Period("2021", date(2021, 1, 1), date(2021, 12, 31))),
        ("2022-H1", Period("2021-H1", date(2021, 1, 1), date(2021, 6, 30))),
        ("2022-Q3", Period("2021-Q3", date(2021, 7, 1), date(2021, 9, 30))),
        ("2024-02", Period("2023-02", date(2023, 2, 1), date(2023, 2, 28))),
        ("2025-02", Period("2024-02", date(2024, 2, 1), date(2024, 2, 29))),
        (
            "2022-01-01..2022-11-30",
            Period("2021-01-01..2021-11-30", date(2021, 1, 1), date(2021, 11, 30)),
        ),
        (
            "2024-02-29..2024-03-15",
            Period("2023-02-28..2023-03-15", date(2023, 2, 28), date(2023, 3, 15)),
        ),
    ],
)
def test_the_same_period_a_year_earlier(text: str, earlier: Period) -> None:
    assert year_earlier(parse(text)) == earlier
