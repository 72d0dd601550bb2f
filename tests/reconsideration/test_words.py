"""Words as they are searched: folded, in pairs, and never a part of the query language."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.reconsideration.repository.words import (
    Searchable,
    Sought,
    fold,
    full_text_query,
    pairs,
    sought,
    tokens,
)
from shared.kernel.errors import RuleViolation


def test_full_width_forms_and_capitals_mean_the_same_as_plain_ones() -> None:
    assert fold("（2026）ＡＢ号") == "(2026)ab号"


def test_pairs_do_not_reach_across_blanks() -> None:
    assert pairs("公安局 甲\n乙丙") == ["公安", "安局", "乙丙"]


@pytest.mark.parametrize("text", [None, "", "  ", "\u3000"])
def test_nothing_asked_is_no_question(text: str | None) -> None:
    assert sought(text) is None


@pytest.mark.parametrize("text", ["公", "公安 局", "a"])
def test_a_word_of_one_character_is_refused(text: str) -> None:
    with pytest.raises(RuleViolation) as refusal:
        sought(text)

    assert (refusal.value.code, refusal.value.field) == ("reconsideration.text_too_short", "text")


def test_more_than_five_words_are_refused() -> None:
    with pytest.raises(RuleViolation) as refusal:
        sought("一一 二二 三三 四四 五五 六六")

    assert refusal.value.code == "reconsideration.text_too_many_words"


def test_every_word_must_be_found_and_may_stand_anywhere() -> None:
    case = Searchable.of("杭政复〔2026〕1号", "杭锦旗公安局", "治安")

    assert Sought(("公安局", "2026")).found_in(case)
    assert not Sought(("公安局", "税务")).found_in(case)
    assert not Sought(("公安局治",)).found_in(case)


def test_whoever_may_not_read_the_words_searches_the_number_only() -> None:
    case = Searchable.of("杭政复〔2026〕1号", "杭锦旗公安局", None)

    assert Sought(("政复",), numbers_only=True).found_in(case)
    assert not Sought(("公安",), numbers_only=True).found_in(case)


@given(st.text(min_size=2, max_size=20), st.text(max_size=10))
def test_nothing_of_a_word_reaches_the_query_language(text: str, office: str) -> None:
    asked = Sought(tuple(word for word in fold(text).split() if len(word) > 1) or ("公安",))

    query = full_text_query(asked, [office])

    assert re.fullmatch(r'(?:\(\{number words\} : "[0-9a-fx ]+"\) AND )+\(office : \("[0-9a-f]*"\)\)', query)


@given(st.text(max_size=12), st.text(min_size=2, max_size=6), st.text(max_size=12))
def test_the_tokens_of_a_part_stand_in_those_of_the_whole(before: str, word: str, after: str) -> None:
    if len(word.split()) == 1 and len(word.split()[0]) == len(word):
        assert tokens(word) in tokens(f"{before}{word}{after}")
