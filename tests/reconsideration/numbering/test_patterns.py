"""What a number looks like: patterns that make numbers, and those that cannot."""

import pytest

from services.reconsideration.numbering.patterns import DEFAULT, Series, checked, derived, written
from shared.kernel.errors import RuleViolation


@pytest.mark.parametrize(
    ("series", "pattern", "number"),
    [
        (Series.CASE, "杭政复〔{year}〕{n}号", "杭政复〔2024〕7号"),
        (Series.CASE, "{year}-行复-{n}", "2024-行复-7"),
        (Series.PAPER, "杭政复{word}〔{year}〕{n}号", "杭政复不受〔2024〕7号"),
        (Series.PAPER, "杭政复字〔{year}〕第{n}号", "杭政复字〔2024〕第7号"),
    ],
)
def test_a_pattern_makes_numbers(series: Series, pattern: str, number: str) -> None:
    assert written(checked(series, pattern), year=2024, n=7, word="不受") == number


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "杭政复〔{year}〕号",
        "杭政复〔2024〕{n}号",
        "杭政复〔{year}〕{n}号{n}",
        "杭政复{word}〔{year}〕{n}号",  # a case has no word
        "杭政复{court}〔{year}〕{n}号",
        "杭政复{〔{year}〕{n}号",
        "杭政复{0}〔{year}〕{n}号",
        "{year.__class__}〔{year}〕{n}号",
        "杭政复〔{year}〕1{n}号",  # 11 is 1{1} and {11}
        "杭政复〔{year}〕{n}0号",
        "{year}{n}号",  # 2024 1 or 202 41
        "152627198703041234〔{year}〕{n}号",
        "杭政复\n〔{year}〕{n}号",
        " 杭政复〔{year}〕{n}号",
        "长" * 40 + "{year}{n}",
    ],
)
def test_a_pattern_that_makes_no_clear_numbers_is_refused(pattern: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        checked(Series.CASE, pattern)

    assert refusal.value.code == "reconsideration.number_pattern_wrong"
    assert refusal.value.field == "pattern"


def test_a_series_without_a_pattern_shares_the_code_word_of_the_other() -> None:
    assert derived(Series.PAPER, other="杭政复〔{year}〕{n}号") == "杭政复{word}〔{year}〕{n}号"
    assert derived(Series.PAPER, other="{year}-杭-{n}") == "{word}{year}-杭-{n}"
    assert derived(Series.CASE, other="杭政复{word}〔{year}〕{n}号") == "杭政复〔{year}〕{n}号"
    for series in Series:
        assert derived(series, other=None) == DEFAULT[series] == checked(series, DEFAULT[series])
