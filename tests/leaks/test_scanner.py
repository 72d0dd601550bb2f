"""The scanner itself: what it must find, and what it must not take for a leak."""

import base64
import hashlib
import json
from datetime import date
from urllib.parse import quote

import pytest
from stdnum.cn import ric

from shared.kernel.personal import holds_identity_number
from tests.leaks import canaries
from tests.leaks.canaries import Canary
from tests.leaks.scanner import Scanner, needles_of

CROWD = canaries.crowd()
SCANNER = Scanner(CROWD.canaries)
LONGEST_BEFORE = 4


def test_two_hundred_values_are_planted_and_the_numbers_are_valid() -> None:
    assert len(set(CROWD.canaries)) == len(CROWD.canaries) == 200
    assert all(holds_identity_number(person.id_number.value) for person in CROWD.persons)
    assert not any(ric.is_valid(canaries.miswritten(each.id_number.value)) for each in CROWD.persons)
    assert sum(person.is_minor for person in CROWD.persons) == canaries.MINORS
    assert any("\ue000" in person.name.value for person in CROWD.persons)
    assert any("𠮷" in person.name.value for person in CROWD.persons)


@pytest.mark.parametrize("before", range(LONGEST_BEFORE))
def test_every_form_of_every_value_is_found_at_every_alignment(before: int) -> None:
    for canary in CROWD.canaries:
        for needle in needles_of(canary):
            content = b"-" * before + needle.content + b"-"
            assert canary in {hit.canary for hit in SCANNER.scan("here", content)}, needle


@pytest.mark.parametrize("canary", CROWD.canaries[:8], ids=lambda canary: canary.kind)
def test_forms_written_by_others_are_found(canary: Canary) -> None:
    """Written with the library's own functions, not with the scanner's."""
    value = canary.value
    sentence = f"前面{value}后面".encode()
    written = [
        sentence,
        *(base64.b64encode(b"a" * more + sentence) for more in range(3)),
        *(base64.urlsafe_b64encode(b"a" * more + sentence) for more in range(3)),
        sentence.hex().encode(),
        quote(f"/x?y={value}").encode(),
        json.dumps({"x": [value]}).encode(),
        repr({"x": value}).encode(),
        ascii(value).encode(),
        value.encode("utf-16"),
        value.encode("gb18030"),
        hashlib.sha256(value.encode()).digest(),
        hashlib.md5(value.encode()).hexdigest().encode(),
    ]
    for content in written:
        assert any(hit.canary == canary for hit in SCANNER.scan("here", b"x" + content)), content


def test_a_value_behind_empty_space_is_found() -> None:
    value = CROWD.persons[0].name.value.encode("utf-16-le")
    assert SCANNER.scan("here", bytes(5000) + value + bytes(5000) + value)


def test_parts_of_longer_numbers_are_no_leak() -> None:
    number = CROWD.persons[0].id_number.value
    assert SCANNER.scan("here", number[6:14].encode())
    assert not SCANNER.scan("here", b"a" + number[6:14].encode())
    assert not SCANNER.scan("here", b"9" + number[-8:].encode())


def test_masked_values_are_no_leak() -> None:
    person = CROWD.persons[20]
    number, phone = person.id_number.value, person.phone.value
    masked = (
        number[:2] + "*" * 14 + number[-2:],
        phone[:3] + "*" * 6 + phone[-2:],
        person.name.value[0] + "**",
        person.address.value[:6] + "****",
        str(date(2026, 11, 22)),
    )
    assert not SCANNER.scan("here", " ".join(masked).encode())
