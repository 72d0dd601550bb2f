"""Texts and whole numbers as people may send them: what cannot be stored, seen or meant is refused at the rim.

For the schemas of all services: `Annotated[str, Line(64)]`. Which fields there are, and how long each may be, is
for the service to say.
"""

import re
import unicodedata
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

# The largest whole number that every JSON reader keeps exactly (RFC 8259, section 6).
MOST_EXACT = 2**53
MOST_INTEGER = 2**31 - 1  # of an integer column on PostgreSQL

# Never meant by anybody, and each does harm: PostgreSQL cannot keep NUL or half a surrogate pair, control
# characters rewrite a terminal's line or a log, the bidirectional ones let a number be read in another order, and
# what cannot be seen makes two numbers look like one. The marks and joiners that Uyghur and Mongolian need stay.
_INVISIBLE = (
    r"\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, but for tab and line feed
    r"\u2028\u2029"  # line and paragraph separators
    r"\u202a-\u202e\u2066-\u2069"  # bidirectional embeddings, overrides and isolates
    r"\u200b\u2060\ufeff"  # zero width
    r"\ufdd0-\ufdef\ufffe\uffff"  # noncharacters
)
_HALF_PAIRS = r"\ud800-\udfff"
_TAGS = r"\U000e0000-\U000e007f"  # that only programs read
_BREAKS = r"\t\n"
# For readers of the description of the interface, many of whom have no pattern for half pairs and tags.
LINE_PATTERN = f"^[^{_BREAKS}{_INVISIBLE}]*$"
WORDS_PATTERN = f"^[^{_INVISIBLE}]*$"
_LINE_REFUSED = re.compile(f"[{_BREAKS}{_INVISIBLE}{_HALF_PAIRS}{_TAGS}]")
_HALF_PAIR = re.compile(f"[{_HALF_PAIRS}]")
_WORDS_REFUSED = re.compile(f"[{_INVISIBLE}{_HALF_PAIRS}{_TAGS}]")
_EDGES = "\u200b\u2060\ufeff"  # what copying from a page or a file often leaves at the ends


def normalised(text: str) -> str:
    """`text` in NFC, with one kind of line end and nothing invisible or blank around it."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    while (stripped := text.strip().strip(_EDGES)) != text:
        text = stripped
    return text


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text, `least` to `most` characters after normalising.

    Refused with the pydantic types `text_unprintable`, `string_too_short`, `string_too_long`.
    """

    most: int
    least: int = 1

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        lengths = core_schema.str_schema(min_length=self.least, max_length=self.most)
        return core_schema.no_info_before_validator_function(self._read, lengths)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {**handler(schema), "pattern": self._pattern()}

    def _read(self, value: object) -> object:
        if not isinstance(value, str):
            return value  # the string schema says what is wrong with it
        text = normalised(value)
        if self._refused().search(text):
            raise PydanticCustomError("text_unprintable", "holds characters that cannot be seen or stored")
        return text

    def _pattern(self) -> str:
        return LINE_PATTERN

    def _refused(self) -> re.Pattern[str]:
        return _LINE_REFUSED


@dataclass(frozen=True, slots=True)
class Words(Line):
    """Text that may run over several lines and hold tabs."""

    def _pattern(self) -> str:
        return WORDS_PATTERN

    def _refused(self) -> re.Pattern[str]:
        return _WORDS_REFUSED


@dataclass(frozen=True, slots=True)
class Number(Line):
    """An official number, kept verbatim: one line with at least one digit. Else `number_without_digit`."""

    def _read(self, value: object) -> object:
        # `Line._read`, not `super()`: a dataclass with slots is a new class, which `super()` does not know.
        text = Line._read(self, value)
        if isinstance(text, str) and text and not any(character.isdecimal() for character in text):
            raise PydanticCustomError("number_without_digit", "an official number has a digit")
        return text

    def _pattern(self) -> str:
        kept = LINE_PATTERN.removeprefix("^").removesuffix("$")
        return rf"^{kept}\d{kept}$"


# Whole numbers in bodies: a JSON number, neither a text nor true or false. Query parameters are texts and need
# their own `Query(ge=…, le=MOST_INTEGER)`.
Count = Annotated[int, Field(strict=True, ge=0, le=MOST_INTEGER)]
Version = Annotated[int, Field(strict=True, ge=1, le=MOST_INTEGER)]
Exact = Annotated[int, Field(strict=True, ge=-MOST_EXACT, le=MOST_EXACT)]


def printable(text: str) -> str:
    """`text` normalised and without what nobody can see: for words that are printed rather than refused."""
    return _WORDS_REFUSED.sub("", normalised(text))


def is_storable(text: str) -> bool:
    """Whether every database keeps `text`: it holds neither NUL nor half a surrogate pair."""
    return "\0" not in text and (text.isascii() or not _HALF_PAIR.search(text))
