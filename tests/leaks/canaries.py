"""The planted persons: values that exist nowhere else, so that wherever one of them turns up it has leaked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from stdnum.cn import ric

SEED = 20261122
PERSONS = 46
MINORS = 16  # 未满十四周岁: sensitive by itself (个人信息保护法 Art. 28)
SENTENCES = 16
ADULT_BIRTHS = (date(1931, 1, 1), date(2004, 12, 31))
MINOR_BIRTHS = (date(2013, 1, 1), date(2021, 12, 31))
_REGIONS = ("150625", "110101", "330106", "411322")
# Characters outside of the usual planes and sets: 𠮷 and others of extension B, extension A, the private use area.
_RARE = "𠮷𡈽𣘺𤭢𩸽㐂㑇䶮㛃\ue000\ue0a1\uf8f1"
_SURNAMES = "欧阳慕容赫连拓跋斛律"
_TAILS = "骉羴鱻麤龘犇猋淼焱垚鑫皛"


@dataclass(frozen=True, slots=True)
class Canary:
    """One planted value. `kind`: id_number, phone, name, address or words."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Person:
    name: Canary
    id_number: Canary
    phone: Canary
    address: Canary
    is_minor: bool

    @property
    def body(self) -> dict[str, str]:
        """The fields of a party."""
        return {
            "kind": "natural",
            "name": self.name.value,
            "id_number": self.id_number.value,
            "phone": self.phone.value,
            "address": self.address.value,
        }


@dataclass(frozen=True, slots=True)
class Crowd:
    persons: tuple[Person, ...]
    sentences: tuple[Canary, ...]

    @property
    def canaries(self) -> tuple[Canary, ...]:
        of_persons = (
            each
            for person in self.persons
            for each in (person.name, person.id_number, person.phone, person.address)
        )
        return (*of_persons, *self.sentences)


def identity_number(region: str, born_on: date, serial: int) -> str:
    """GB 11643-1999, with its check character."""
    stem = f"{region}{born_on:%Y%m%d}{serial:03d}"
    check: str = ric.calc_check_digit(f"{stem}0")
    return stem + check


def miswritten(number: str) -> str:
    """The same number with a wrong check character."""
    return number[:-1] + ("0" if number[-1] != "0" else "1")


def crowd(seed: int = SEED) -> Crowd:
    """The same persons in every run."""
    random = Random(seed)
    persons = tuple(_person(random, place) for place in range(PERSONS))
    return Crowd(persons, tuple(_sentence(random, person) for person in persons[:SENTENCES]))


def _person(random: Random, place: int) -> Person:
    is_minor = place < MINORS
    first, last = MINOR_BIRTHS if is_minor else ADULT_BIRTHS
    born_on = first + timedelta(days=random.randrange((last - first).days))
    number = identity_number(random.choice(_REGIONS), born_on, random.randrange(1000))
    name = (
        _SURNAMES[place % len(_SURNAMES)] + _RARE[place % len(_RARE)] + _TAILS[random.randrange(len(_TAILS))]
    )
    street = "".join(random.sample(_TAILS, 2)) + _RARE[(place + 5) % len(_RARE)]
    address = f"内蒙古自治区鄂尔多斯市杭锦旗{street}巷{random.randrange(100, 999)}号{place}单元"
    return Person(
        name=Canary("name", name),
        id_number=Canary("id_number", number),
        phone=Canary("phone", _phone(random, place)),
        address=Canary("address", address),
        is_minor=is_minor,
    )


def _phone(random: Random, place: int) -> str:
    if place % 9 == 0:
        return f"0477-8{random.randrange(10**6):06d}"
    return f"1{random.choice('3456789')}{random.randrange(10**9):09d}"


def _sentence(random: Random, person: Person) -> Canary:
    """What a clerk writes freely: it names somebody."""
    told = f"因{person.name.value}之邻{_TAILS[random.randrange(12)]}{_RARE[random.randrange(12)]}争水"
    return Canary("words", f"{told}{random.randrange(10**5):05d}事")


def within(canaries: Iterable[Canary], text: str) -> set[Canary]:
    """Those whose value stands in `text` as it is."""
    return {each for each in canaries if each.value in text}
