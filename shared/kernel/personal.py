"""Whether a text that is kept in plain holds an identity number, which belongs into the sealed parties of a case.

公民身份号码, GB 11643-1999: 17 digits and a check character modulo 11-2, with the date of birth inside.
"""

import re
import unicodedata
from datetime import date

_CANDIDATE = re.compile(r"(?<!\d)(?=(\d{17}[\dX]))(?!\d{18}\d)")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def holds_identity_number(text: str | None) -> bool:
    """True when 18 characters of it are a valid identity number, full-width digits and blanks between included."""
    if text is None:
        return False
    read = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return any(_is_identity_number(found.group(1)) for found in _CANDIDATE.finditer(read))


def _is_identity_number(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return _CHECKS[sum(map(int.__mul__, map(int, number[:17]), _WEIGHTS)) % 11] == number[17]
