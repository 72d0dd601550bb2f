"""What people type is kept as they meant it; what nobody can see, store or mean is refused."""

import re
import unicodedata
from typing import Annotated

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.kit.text import (
    LINE_PATTERN,
    MOST_EXACT,
    MOST_INTEGER,
    WORDS_PATTERN,
    Count,
    Exact,
    Line,
    Number,
    Version,
    Words,
    is_storable,
)

ANY_TEXT = st.text(alphabet=st.characters(), max_size=40)


class Sent(BaseModel):
    name: Annotated[str, Line(10)] | None = None
    reason: Annotated[str, Words(20)] | None = None
    number: Annotated[str, Number(16)] | None = None
    note: Annotated[str, Line(10, least=0)] = ""
    count: Count = 0
    version: Version = 1
    exact: Exact = 0


def refused(**sent: object) -> str:
    with pytest.raises(ValidationError) as caught:
        Sent.model_validate(sent)
    (error,) = caught.value.errors()
    return str(error["type"])


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  张三\t\n", "张三"),
        ("\ufeff\u200b 张三 \u200b", "张三"),
        ("Gu\u0308nther", "G\u00fcnther"),
        ("𠮷田\ue000", "𠮷田\ue000"),
        ("م\u200cن\u200f", "م\u200cن\u200f"),
    ],
    ids=["blanks", "copied edges", "composed", "rare and private use", "joiners of Uyghur"],
)
def test_a_line_is_kept_as_it_was_meant(typed: str, kept: str) -> None:
    assert Sent(name=typed).name == kept


def test_words_may_run_over_several_lines() -> None:
    assert Sent(reason=" 一\r\n二\r三\t四 ").reason == "一\n二\n三\t四"
    assert refused(name="一\n二") == "text_unprintable"
    assert refused(name="一\t二") == "text_unprintable"


@pytest.mark.parametrize(
    "character",
    [*"\0\x08\x0b\x1b\x7f\x85\u2028\u202e\u2066\u200b\ufeff\uffff", "\ud800", "\U000e0041"],
    ids=ascii,
)
@pytest.mark.parametrize("field", ["name", "reason", "number"])
def test_what_cannot_be_seen_or_stored_is_refused(field: str, character: str) -> None:
    assert refused(**{field: f"第1{character}号"}) == "text_unprintable"


@pytest.mark.parametrize(
    ("sent", "error"),
    [
        ({"name": " \u200b "}, "string_too_short"),
        ({"name": "一二三四五六七八九十甲"}, "string_too_long"),
        ({"name": 7}, "string_type"),
        ({"number": "京行初号"}, "number_without_digit"),
        ({"number": ""}, "string_too_short"),
        ({"number": None, "name": ["x"]}, "string_type"),
        ({"count": -1}, "greater_than_equal"),
        ({"count": MOST_INTEGER + 1}, "less_than_equal"),
        ({"count": "1"}, "int_type"),
        ({"count": True}, "int_type"),
        ({"count": 1.0}, "int_type"),
        ({"version": 0}, "greater_than_equal"),
        ({"exact": MOST_EXACT + 1}, "less_than_equal"),
    ],
)
def test_what_does_not_fit_is_refused_by_its_kind(sent: dict[str, object], error: str) -> None:
    assert refused(**sent) == error


def test_the_length_is_that_of_what_is_kept() -> None:
    assert Sent(name=f"  {'e' + chr(0x301)}{'一' * 9}  ").name == "é" + "一" * 9
    assert Sent(note="  ").note == ""


@pytest.mark.parametrize("number", ["(2026)京01行初12号", "京行初第１２号", "1"])
def test_an_official_number_is_kept_verbatim(number: str) -> None:
    assert Sent(number=number).number == number


@given(typed=ANY_TEXT)
@example(typed="\u200b \ufeff x \u2060")
@example(typed="\x1f\x1c")
def test_what_is_accepted_is_normal_and_stays_itself(typed: str) -> None:
    try:
        kept = Sent(name=typed).name
    except ValidationError:
        return
    assert kept is not None
    assert kept == unicodedata.normalize("NFC", kept) == kept.strip()
    assert is_storable(kept)
    assert kept.isprintable() or any(unicodedata.category(each) in {"Cf", "Co", "Cn", "Zs"} for each in kept)
    assert Sent(name=kept).name == kept


@given(typed=ANY_TEXT)
def test_the_described_pattern_admits_what_is_accepted(typed: str) -> None:
    for name, pattern in (("name", LINE_PATTERN), ("reason", WORDS_PATTERN)):
        try:
            kept = getattr(Sent.model_validate({name: typed}), name)
        except ValidationError:
            continue
        assert re.fullmatch(pattern, kept)


def test_the_description_names_lengths_and_patterns() -> None:
    properties = Sent.model_json_schema()["properties"]

    assert properties["name"]["anyOf"][0] == {
        "type": "string",
        "minLength": 1,
        "maxLength": 10,
        "pattern": LINE_PATTERN,
    }
    assert properties["reason"]["anyOf"][0]["pattern"] == WORDS_PATTERN
    assert re.search(properties["number"]["anyOf"][0]["pattern"], "京01号")
    assert not re.search(properties["number"]["anyOf"][0]["pattern"], "京号")


@given(text=st.text(alphabet=st.characters(), max_size=20))
@example(text="\ud800")
@example(text="\U0001f600\0")
def test_storable_is_what_utf_8_can_write_and_postgresql_keeps(text: str) -> None:
    try:
        expected = b"\0" not in text.encode()
    except UnicodeEncodeError:
        expected = False

    assert is_storable(text) is expected
