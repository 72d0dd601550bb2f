"""Loads very many reconsideration cases of offices of very different size, with their clocks, words and links."""

import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any
from uuid import UUID

import psycopg

from services.reconsideration.models import METADATA
from services.reconsideration.repository import words
from shared.contracts.identity import OfficeKind
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.offices import code_of
from tests.bench.cases import FIRST_DAY, NOW, counties
from tests.bench.rig import plain

OFFICES = 40
TODAY = NOW.date()
TABLES = ("case_file", "clock", "case_text", "case_link", "case_handler")
ORGANS = {
    "公安局": 15,
    "公安局交通管理大队": 5,
    "市场监督管理局": 20,
    "自然资源局": 12,
    "人力资源和社会保障局": 12,
    "人民政府": 10,
    "住房和城乡建设局": 10,
    "综合行政执法局": 10,
    "生态环境局": 6,
}
FIELDS = ("治安管理", "市场监管", "土地征收", "工伤认定", "房屋拆迁", "环境保护", "信息公开")
RARE = "烟草专卖局"  # three cases of one office
AN_OFFICE, A_SMALL_OFFICE = 0, 20
BUREAU = range(4, 16)
STATES = {"under_review": 50, "received": 20, "decision_pending": 12, "suspended": 8, "accepted": 5} | {
    "supplement_wait": 4,
    "draft": 1,
}
LINKED, SUED_TOGETHER = 5, 8  # every fifth case names a suit, eight cases each the same
HANDLED = 2_000  # of so many cases in a row, those of one office have the same two handlers
CLOCKS = {"received": "ar.acceptance_review", "supplement_wait": "ar.supplement"}
Row = tuple[Any, ...]


@cache
def offices() -> tuple[tuple[str, str, str], ...]:
    """Code, region and name, the largest first."""
    tree = RegionTree.builtin()
    return tuple(
        (code_of(OfficeKind.RECONSIDERATION, region), region, tree.find(region).name)
        for region in counties()[:OFFICES]
    )


@dataclass(frozen=True, slots=True)
class Book:
    """One case with its clocks, links and handlers."""

    row: Row
    clocks: tuple[Row, ...]
    links: tuple[Row, ...]
    handlers: tuple[Row, ...]
    text: tuple[UUID, str, words.Searchable]


def books(count: int) -> Iterator[Book]:
    chance = random.Random(20261122)
    kept = offices()
    sizes = [1 / (place + 1) for place in range(OFFICES)]
    rare = {count * part // 10 for part in (2, 5, 8)}
    for case in range(count):
        office = A_SMALL_OFFICE if case in rare else chance.choices(range(OFFICES), sizes)[0]
        yield _book(case, count, kept[office], RARE if case in rare else None, chance)


def _book(
    case: int, count: int, office: tuple[str, str, str], organ: str | None, chance: random.Random
) -> Book:
    code, region, county = office
    received = FIRST_DAY + timedelta(days=case * (TODAY - FIRST_DAY).days // count)
    open_share = 0.9 if case > count * 0.9 else 0.01
    ending: dict[str, Any] = {}
    accepted: date | None = received + timedelta(days=3)
    if chance.random() < open_share:
        status = chance.choices(tuple(STATES), tuple(STATES.values()))[0]
        accepted = (
            accepted if status in ("under_review", "suspended", "decision_pending", "accepted") else None
        )
        due = None if status in ("suspended", "draft") else TODAY + timedelta(days=chance.randrange(-10, 60))
    elif chance.random() < 0.05:
        status, due, accepted = "not_accepted", None, None
        ending = {"refused_on": received, "refusal": "not_accepted"}
    else:
        status = "closed"
        due = TODAY + timedelta(days=chance.randrange(15)) if case > count * 0.97 else None
        ending = {"closed_on": received + timedelta(days=40), "outcome": "upheld"}
    respondent = county + (organ or chance.choices(tuple(ORGANS), tuple(ORGANS.values()))[0])
    field = chance.choice(FIELDS)
    number = f"{county[:1]}政复〔{received.year}〕{case}号"
    id_ = UUID(int=(0x0197_0000_0000 + case * 60_000 << 80) | 0x7 << 76 | 0x2 << 62 | case)
    values = {
        **dict.fromkeys(_CASE),
        "id": id_,
        "version": 1,
        "case_number": number,
        "authority_region": region,
        "office": code,
        "authority_level": "county",
        "respondent": respondent,
        "respondent_type": "department",
        "field": field,
        "channel": "post",
        "is_group": False,
        "due_provisional": False,
        "cancelled": False,
        "received_on": received,
        "accepted_on": accepted,
        "status": status,
        "next_due_on": due,
        "procedure": accepted and "ordinary",
        "decision_due_on": accepted and accepted + timedelta(60),
        "proceeding": "{}",
        "opinion_letters_on": "[]",
        "recommendation_letters_on": "[]",
        "recorded_at": NOW,
        "changed_at": NOW,
        **ending,
    }
    rule = CLOCKS.get(status, "ar.sue" if status == "closed" else "ar.decision")
    started, state = accepted or received, "met" if due is None else "open"
    clock = (
        id_,
        code,
        rule,
        1,
        rule,
        "行政复议法",
        started,
        60,
        "calendar_day",
        0,
        0,
        due or started,
        False,
        "自次日起算",
        state,
        None,
    )
    return Book(
        tuple(values[name] for name in _CASE),
        (clock,),
        ((id_, "litigation", suit(case // LINKED // SUED_TOGETHER), code),) if case % LINKED == 0 else (),
        tuple((id_, handler(code, case // HANDLED + each), code) for each in range(2)) if accepted else (),
        (id_, code, words.Searchable.of(number, respondent, field)),
    )


def suit(number: int) -> UUID:
    return UUID(int=0x0197_0000_0000 << 80 | 0x7 << 76 | 0x2 << 62 | 0x50 << 48 | number)


def handler(office: str, number: int) -> str:
    return f"clerk-{number}.{office}"


_CASE = tuple(column.name for column in METADATA.tables["case_file"].columns)
_CLOCK = tuple(column.name for column in METADATA.tables["clock"].columns)
_LINK = ("case_id", "service", "linked_id", "office")
_HANDLER = ("case_id", "account", "office")
_PLACES, _PORTION = 15, 20_000


def load(database: Database, *, count: int) -> None:
    """Fill an empty, migrated database; its indexes are made when the rows are there."""
    with _indexes_later(database):
        (_into_sqlite if database.is_sqlite else _into_postgresql)(database, books(count))
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for table in TABLES:
            connection.exec_driver_sql(
                f"ANALYZE {table}" if database.is_sqlite else f"VACUUM ANALYZE {table}"
            )


@contextmanager
def _indexes_later(database: Database) -> Iterator[None]:
    told = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if database.is_sqlite
        else "SELECT indexname, indexdef FROM pg_indexes JOIN pg_class ON relname = indexname"
        " WHERE schemaname = 'public' AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = pg_class.oid)"
    )
    with database.engine.begin() as connection:
        # Those of the tables that are filled.
        known = [row for row in connection.exec_driver_sql(told).all() if f" {_table(row[1])} " in _LOADED]
        for name, _ in known:
            connection.exec_driver_sql(f"DROP INDEX {name}")
    yield
    with database.engine.begin() as connection:
        for _, definition in known:
            connection.exec_driver_sql(definition)


_LOADED = f" {' '.join(TABLES)} "


def _table(definition: str) -> str:
    return definition.partition(" ON ")[2].split()[0].removeprefix("public.")


def _into_sqlite(database: Database, rows: Iterator[Book]) -> None:
    places = {
        name: ", ".join("?" * len(columns))
        for name, columns in (
            ("case_file", _CASE),
            ("clock", _CLOCK),
            ("case_link", _LINK),
            ("case_handler", _HANDLER),
        )
    }
    tokens = cache(words.tokens)
    with database.engine.begin() as connection:
        driver = connection.connection.driver_connection
        assert driver is not None
        for portion in _portions(rows):
            for name, columns, values in (
                ("case_file", _CASE, [book.row for book in portion]),
                ("clock", _CLOCK, [clock for book in portion for clock in book.clocks]),
                ("case_link", _LINK, [link for book in portion for link in book.links]),
                ("case_handler", _HANDLER, [one for book in portion for one in book.handlers]),
            ):
                driver.executemany(
                    f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({places[name]})",
                    [tuple(map(_plainly, row)) for row in values],
                )
            texts = [(book.text[0].int >> 80 << _PLACES, *book.text) for book in portion]
            driver.executemany(
                "INSERT INTO case_text (place, case_id, office, number, words) VALUES (?, ?, ?, ?, ?)",
                [(place, id_.hex, office, text.number, text.words) for place, id_, office, text in texts],
            )
            driver.executemany(
                "INSERT INTO case_pairs (rowid, office, number, words) VALUES (?, ?, ?, ?)",
                [
                    (place, words.office_token(office), words.tokens(text.number), tokens(text.words))
                    for place, _, office, text in texts
                ],
            )
        driver.execute("INSERT INTO case_pairs (case_pairs) VALUES ('optimize')")


def _plainly(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    return (
        value.isoformat(" ") if hasattr(value, "tzinfo") else str(value) if isinstance(value, date) else value
    )


def _into_postgresql(database: Database, rows: Iterator[Book]) -> None:
    into: Sequence[tuple[str, Sequence[str], Callable[[Book], Sequence[Row]]]] = (
        ("case_file", _CASE, lambda book: [book.row]),
        ("clock", _CLOCK, lambda book: book.clocks),
        ("case_link", _LINK, lambda book: book.links),
        ("case_handler", _HANDLER, lambda book: book.handlers),
        ("case_text", ("case_id", "office", "number", "words", "pairs", "number_pairs"), _text_row),
    )
    with psycopg.connect(plain(database.url.render_as_string(hide_password=False))) as direct:
        for portion in _portions(rows):
            for name, columns, told in into:
                with direct.cursor().copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                    for book in portion:
                        for row in told(book):
                            copy.write_row(row)


def _text_row(book: Book) -> list[Row]:
    id_, office, text = book.text
    every = words.pairs_of((text.number, text.words))
    return [(id_, office, text.number, text.words, every, words.pairs_of((text.number,)))]


def _portions(rows: Iterator[Book]) -> Iterator[list[Book]]:
    portion: list[Book] = []
    for row in rows:
        portion.append(row)
        if len(portion) == _PORTION:
            yield portion
            portion = []
    yield portion
