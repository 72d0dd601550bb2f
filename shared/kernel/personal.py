"""Whether a text that is kept in plain holds an identity number, which belongs into the sealed parties of a case.

公民身份号码, GB 11643-1999: 17 digits and a check character, with the date of birth inside. The check
character is not asked: a number with a slip of the pen still tells who is meant.
"""

import re
import unicodedata
from datetime import date

_CANDIDATE = re.compile(r"(?<!\d)(?=(\d{17}[\dX]))(?!\d{18}\d)")
_CENTURIES = ("18", "19", "20")


def holds_identity_number(text: str | None) -> bool:
    """True when 18 characters of it have the shape of an identity number with a date of birth.

    Full-width digits count, and blanks between are passed over.
    """
    if text is None:
        return False
    read = re.sub(r"[\s\-]", "", unicodedata.normalize("NFKC", text)).upper()
    return any(_is_identity_number(found.group(1)) for found in _CANDIDATE.finditer(read))


def _is_identity_number(number: str) -> bool:
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return number[6:8] in _CENTURIES
