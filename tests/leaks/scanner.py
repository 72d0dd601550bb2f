"""Looks through raw bytes for planted values, in every form in which a program could have written them down."""

import base64
import hashlib
import html
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from urllib.parse import quote, quote_from_bytes

from cryptography.hazmat.primitives import hashes

from tests.leaks.canaries import Canary

# Bytes by which a needle is looked up; none is shorter, or chance would find it.
HEAD = 6
_FULL_WIDTH = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")
_ZEROS = re.compile(rb"\0{32,}")
_ALNUM = frozenset(b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_SHOWN_AROUND = 60
# Of an address everything behind the part that a mask may show.
_ADDRESS_HEAD = 12


@dataclass(frozen=True, slots=True)
class Needle:
    content: bytes
    canary: Canary
    form: str
    alone: bool = False  # digits that count only where no digit or letter stands beside them


@dataclass(frozen=True, slots=True)
class Hit:
    place: str
    offset: int
    canary: Canary
    form: str
    around: bytes

    def __str__(self) -> str:
        return f"{self.place}@{self.offset}: {self.canary.kind} {self.canary.value!r} as {self.form}: {self.around!r}"


def _sm3(content: bytes) -> bytes:
    digest = hashes.Hash(hashes.SM3())
    digest.update(content)
    return digest.finalize()


_DIGESTS: Mapping[str, Callable[[bytes], bytes]] = {
    "sha256": lambda content: hashlib.sha256(content).digest(),
    "sm3": _sm3,
    "md5": lambda content: hashlib.md5(content).digest(),
    "sha1": lambda content: hashlib.sha1(content).digest(),
}


def _utf8(text: str) -> bytes:
    return text.encode("utf-8")


def _base64(text: str) -> Iterator[bytes]:
    """What is the same of it wherever in a longer text it begins."""
    content = _utf8(text)
    for before in range(3):
        coded = base64.b64encode(bytes(before) + content)
        start = (0, 2, 3)[before]
        end = len(coded) - (0, 3, 2)[(before + len(content)) % 3]
        yield coded[start : end - (1 if end < len(coded) and coded.endswith(b"=") else 0)]


def _urlsafe(text: str) -> Iterator[bytes]:
    for coded in _base64(text):
        yield coded.replace(b"+", b"-").replace(b"/", b"_")


def _hex(text: str) -> Iterator[bytes]:
    coded = _utf8(text).hex()
    yield coded.encode()
    yield coded.upper().encode()


def _quoted(text: str) -> Iterator[bytes]:
    coded = quote(text, safe="")
    yield coded.encode()
    yield re.sub(r"%..", lambda found: found.group().lower(), coded).encode()
    yield quote(coded, safe="").encode()  # an address within an address
    yield quote_from_bytes(text.encode("gb18030"), safe="").encode()


def _json_escaped(text: str) -> Iterator[bytes]:
    coded = json.dumps(text)[1:-1]
    yield coded.encode()
    yield re.sub(r"\\u....", lambda found: "\\u" + found.group()[2:].upper(), coded).encode()


def _entities(text: str) -> Iterator[bytes]:
    yield "".join(f"&#{ord(each)};" for each in text).encode()
    yield "".join(f"&#x{ord(each):x};" for each in text).encode()
    yield html.escape(text).encode()


def _hashed(text: str) -> Iterator[tuple[str, bytes]]:
    for name, digest in _DIGESTS.items():
        found = digest(_utf8(text))
        yield f"{name} raw", found
        yield f"{name} hex", found.hex().encode()
        yield f"{name} HEX", found.hex().upper().encode()
        yield f"{name} base64", base64.b64encode(found)[:-2]


_CODED: Mapping[str, Callable[[str], Iterable[bytes]]] = {
    "utf-8": lambda text: [_utf8(text)],
    "utf-16-le": lambda text: [text.encode("utf-16-le")],
    "utf-16-be": lambda text: [text.encode("utf-16-be")],
    "gb18030": lambda text: [text.encode("gb18030")],
    "base64": _base64,
    "urlsafe base64": _urlsafe,
    "hex": _hex,
    "url-quoted": _quoted,
    "json escapes": _json_escaped,
    "python escapes": lambda text: [text.encode("unicode_escape")],
    "html entities": _entities,
}
FORMS = frozenset(_CODED)


def needles_of(canary: Canary) -> Iterator[Needle]:
    """Every form of a value that would give it away."""
    for written, text in _writings(canary):
        for form, coded in _CODED.items():
            for content in coded(text):
                yield Needle(content, canary, f"{form}{written}")
        for form, content in _hashed(text):
            yield Needle(content, canary, f"{form}{written}")
    if canary.kind == "id_number":
        yield from _fragments(canary)


def _writings(canary: Canary) -> Iterator[tuple[str, str]]:
    value = canary.value
    yield "", value
    if canary.kind in ("id_number", "phone"):
        yield ", full width", value.translate(_FULL_WIDTH)
    if canary.kind == "id_number" and value.endswith("X"):
        yield ", lower case", value.lower()
    if canary.kind == "address":
        yield ", without its head", value[_ADDRESS_HEAD:]


def _fragments(canary: Canary) -> Iterator[Needle]:
    """Date of birth and last six characters: with a name they are as good as the whole number."""
    number = canary.value
    born_on = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    for written in (f"{born_on:%Y%m%d}", f"{born_on:%Y-%m-%d}"):
        yield Needle(written.encode(), canary, "date of birth", alone=True)
    chinese = f"{born_on.year}年{born_on.month}月{born_on.day}日"
    yield Needle(chinese.encode(), canary, "date of birth")
    yield Needle(number[6:].encode(), canary, "date of birth and the rest")
    if number.endswith("X"):  # six mere digits stand by chance wherever there are microseconds
        yield Needle(number[-6:].encode(), canary, "last six", alone=True)
    else:
        yield Needle(number[-8:].encode(), canary, "last eight", alone=True)


class Scanner:
    """Knows all needles of some canaries; `scan` is linear in what it is given."""

    def __init__(self, canaries: Iterable[Canary]) -> None:
        self._by_head: dict[bytes, list[Needle]] = {}
        known: set[bytes] = set()
        for needle in (each for canary in canaries for each in needles_of(canary)):
            if needle.content not in known:
                known.add(needle.content)
                assert len(needle.content) >= HEAD, needle
                self._by_head.setdefault(needle.content[:HEAD], []).append(needle)

    def scan(self, place: str, content: bytes) -> list[Hit]:
        """Every needle in it; `place` names it in the hits."""
        found: list[Hit] = []
        start = 0
        for gap in (*_ZEROS.finditer(content), None):
            # Stores set aside space that is still empty; some zeros stay, for UTF-16.
            end = len(content) if gap is None else gap.start() + 2
            found += self._scan_part(place, content, start, end)
            start = end if gap is None else gap.end() - 2
        return found

    def _scan_part(self, place: str, content: bytes, start: int, end: int) -> Iterator[Hit]:
        heads = self._by_head
        for offset in range(start, end - HEAD + 1):
            if content[offset : offset + HEAD] in heads:
                for needle in heads[content[offset : offset + HEAD]]:
                    if content.startswith(needle.content, offset) and _stands(needle, content, offset):
                        around = content[max(0, offset - _SHOWN_AROUND) : offset + _SHOWN_AROUND]
                        yield Hit(place, offset, needle.canary, needle.form, around)

    def scan_folder(self, folder: Path) -> list[Hit]:
        """Every file below `folder`, and its name."""
        found: list[Hit] = []
        for path in sorted(folder.rglob("*")):
            name = str(path.relative_to(folder))
            found += self.scan(f"name of {name}", name.encode())
            if path.is_file():
                found += self.scan(f"{folder.name}/{name}", path.read_bytes())
        return found


def _stands(needle: Needle, content: bytes, offset: int) -> bool:
    if not needle.alone:
        return True
    end = offset + len(needle.content)
    before = offset > 0 and content[offset - 1] in _ALNUM
    after = end < len(content) and content[end] in _ALNUM
    return not before and not after
