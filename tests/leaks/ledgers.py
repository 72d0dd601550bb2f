"""Planted values in ledgers: in every column where they do not belong, as headings, and in files that are none."""

from collections.abc import Mapping, Sequence

from shared.kit.spreadsheets import write_xlsx
from tests.leaks.flows import Walk

NDJSON = {"Accept": "application/x-ndjson"}


def into_ledgers(walk: Walk) -> None:
    """Errors in every column, an identity number in a wrong one, unknown headings, broken files."""
    trade, person = walk.trade, walk.persons[5]
    good = {"案号": walk.number(), **trade.good_row}
    for column in trade.columns:
        if column.label in ("复议事项",):
            continue  # where words belong that are sealed
        for canary in (person.id_number, person.phone, person.name, person.address):
            if canary is not person.id_number and column.name in (*trade.texts, "remark"):
                continue  # text that is text: kept as it was written
            _import(walk, _csv([{**good, "案号": walk.number(), column.label: canary.value}]))
    for canary in (person.id_number, person.name, person.phone):
        _import(walk, _csv([{**good, "案号": walk.number(), canary.value: "x"}]))
        _import(walk, _csv([{**good, "案号": walk.number(), "": canary.value}]))
        _import(walk, _csv([{canary.value: canary.value}]))
        _import(walk, canary.value.encode())
        _import(walk, b"PK\x03\x04" + canary.value.encode() * 50, name="x.xlsx")
    rows = [[*good.values(), each.id_number.value, each.name.value] for each in walk.persons[:5]]
    header = [*good, "是否群体性案件", "结案日期"]
    _import(walk, write_xlsx([header], rows), name=f"{person.name.value}.xlsx")
    for encoding in ("utf-16", "gb18030"):
        _import(walk, _text([header, *rows]).encode(encoding))
    _import(walk, _text([header, *rows]).encode(), more=NDJSON)


def into_sealed_columns(walk: Walk) -> None:
    """A ledger with words that are sealed goes in, twice, and once with other words."""
    if not walk.trade.sealed:
        return
    number = walk.number()
    for words in (walk.sentences[0], walk.sentences[0], walk.sentences[1]):
        row = {"案号": number, **walk.trade.good_row, "复议事项": words.value}
        _import(walk, _csv([row]))
        _import(walk, _csv([row]), update="true")


def _import(
    walk: Walk,
    content: bytes,
    *,
    name: str = "台账.csv",
    more: Mapping[str, str] | None = None,
    update: str = "false",
) -> None:
    walk.keeper(
        "POST",
        f"/{walk.trade.service}/imports/cases",
        content=content,
        query={"filename": name, "update": update},
        more=more,
        sink="imports",
    )


def _csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    return _text([list(rows[0]), *(list(row.values()) for row in rows)]).encode("utf-8-sig")


def _text(rows: Sequence[Sequence[str]]) -> str:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in rows) + "\n"
