"""What can be searched for: words of two or more characters in the number, the respondent and the field of a case.

Only columns that stand in plain take part. The index knows pairs of neighbouring characters, since Chinese writes no
spaces between words; folding is done here, so that both databases find the same.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from shared.kernel.errors import RuleViolation

SHORTEST = 2
MOST_WORDS = 5


@lru_cache(maxsize=4096)  # the same organs are complained of again and again
def fold(text: str) -> str:
    """As it is searched: full-width forms and capitals mean the same as plain ones."""
    return unicodedata.normalize("NFKC", text).casefold()


@dataclass(frozen=True, slots=True)
class Searchable:
    """The searchable words of one case, folded. `words` has the respondent and the field, a line each."""

    number: str
    words: str

    @classmethod
    def of(cls, case_number: str, respondent: str | None, field: str | None) -> "Searchable":
        return cls(fold(case_number), "\n".join(fold(text) for text in (respondent, field) if text))


@dataclass(frozen=True, slots=True)
class Sought:
    """Each of the words must stand somewhere in the case; `numbers_only` for whoever may not read the others."""

    words: tuple[str, ...]
    numbers_only: bool = False

    def found_in(self, case: Searchable) -> bool:
        return all(
            word in case.number or (not self.numbers_only and word in case.words) for word in self.words
        )


def sought(text: str | None, *, numbers_only: bool = False) -> Sought | None:
    """The words of a question; None when nothing was asked.

    Raises:
        RuleViolation: `reconsideration.text_too_short`, `reconsideration.text_too_many_words`
    """
    words = tuple(dict.fromkeys(fold(text or "").split()))
    if not words:
        return None
    if any(len(word) < SHORTEST for word in words):
        raise RuleViolation("reconsideration.text_too_short", "每个检索词至少两个字。", field="text")
    if len(words) > MOST_WORDS:
        raise RuleViolation("reconsideration.text_too_many_words", "一次最多检索五个词。", field="text")
    return Sought(words, numbers_only)


def pairs(text: str) -> list[str]:
    """The neighbouring characters of each run without blanks."""
    return [run[place : place + 2] for run in text.split() for place in range(len(run) - 1)]


def pairs_of(texts: Iterable[str]) -> list[str]:
    """Each pair once, for an index that knows no places."""
    return sorted({pair for text in texts for pair in pairs(text)})


# SQLite's index splits at all that is neither letter nor digit, hence pairs in hexadecimal. Nothing of what people
# write reaches its query language.


def _token(pair: str) -> str:
    return "".join(f"{ord(character):06x}" for character in pair)


def office_token(office: str) -> str:
    return office.encode().hex()


def tokens(text: str) -> str:
    """The pairs in order; a token of its own keeps runs apart."""
    return " x ".join(" ".join(map(_token, pairs(run))) for run in text.split())


def full_text_query(asked: Sought, offices: Sequence[str] | None) -> str:
    """As FTS5 reads it."""
    columns = "number" if asked.numbers_only else "{number words}"
    parts = [f'({columns} : "{tokens(word)}")' for word in asked.words]
    if offices is not None:
        parts.append("(office : (" + " OR ".join(f'"{office_token(office)}"' for office in offices) + "))")
    return " AND ".join(parts)
