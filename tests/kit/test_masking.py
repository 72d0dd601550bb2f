"""Masks let a clerk recognise somebody and nobody else find them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kit.masking import mask_address, mask_identity_number, mask_name, mask_phone

DIGITS = "0123456789"
NUMBERS = st.text(DIGITS, min_size=17, max_size=17).flatmap(
    lambda stem: st.sampled_from(f"{DIGITS}X").map(lambda check: stem + check)
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张三丰", "张**"),
        ("张三", "张*"),
        ("张", "*"),
        ("", ""),
        ("𠮷田茂", "𠮷**"),
        ("阿卜杜拉·买买提", "阿****"),
    ],
)
def test_a_name_shows_its_first_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("13812345678", "138******78"), ("0477-8123456", "047*******56"), ("12345", "*****"), ("", "")],
)
def test_a_phone_shows_its_ends(phone: str, shown: str) -> None:
    assert mask_phone(phone) == shown


@pytest.mark.parametrize(
    ("number", "shown"),
    [("11010119900307451X", "11**************1X"), ("110101900307451", "11***********51"), ("1234", "****")],
)
def test_an_identity_number_shows_its_province_and_its_end(number: str, shown: str) -> None:
    assert mask_identity_number(number) == shown


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("内蒙古自治区鄂尔多斯市东胜区1号", "内蒙古自治区****"),
        ("东胜区1号", "东胜****"),
        ("家", "****"),
        ("", "****"),
    ],
)
def test_an_address_shows_at_most_six_characters_and_half(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@given(number=NUMBERS)
def test_no_mask_of_an_identity_number_tells_birth_date_or_last_six(number: str) -> None:
    # Whatever field the number was typed into by mistake.
    for mask in (mask_identity_number, mask_name, mask_phone, mask_address):
        shown = mask(number)
        kept = [place for place, character in enumerate(shown[: len(number)]) if character != "*"]
        assert not set(range(6, 14)) & set(kept)
        assert len(set(range(12, 18)) & set(kept)) <= 2


@given(value=st.text(max_size=60))
def test_every_mask_hides_at_least_half(value: str) -> None:
    for mask in (mask_identity_number, mask_phone, mask_address):
        kept = len(mask(value)) - mask(value).count("*")
        assert kept <= len(value) / 2
    assert len(mask_name(value)) - mask_name(value).count("*") <= 1
