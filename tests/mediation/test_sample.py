"""The ledgers of the sample reports come in through the public door, whole and without an error."""

from collections import Counter
from pathlib import Path

from services.sample.ledgers import Ledger, seeds
from shared.kit.spreadsheets import write_csv
from tests.mediation import examples
from tests.mediation.examples import Office

KINDS = {"organisations": "organisations", "mediation": "cases"}
LEDGERS = [ledger for ledger in seeds() if ledger.kind in KINDS]
SMALL = 1_000


def _file(ledger: Ledger) -> bytes:
    return write_csv([list(ledger.header)], ledger.rows)


def test_the_smaller_ledgers_of_the_sample_are_imported(office: Office) -> None:
    for ledger in LEDGERS:
        if len(ledger.rows) <= SMALL:
            result = office.load(KINDS[ledger.kind], _file(ledger))
            assert (result["created"], result["unknown_columns"]) == (len(ledger.rows), [])

    confirmed = office.get("/cases", status="confirmed", limit=1000).json()["items"]
    assert len(confirmed) == 97
    assert all(case["organisation_id"] for case in confirmed)
    dropped = [
        case
        for case in office.get("/cases", region="140502", status="not_agreed", limit=1000).json()["items"]
        if case["termination_reason"] == "settled_suit_dropped"
    ]
    assert len(dropped) == 115


def test_every_row_of_the_sample_is_imported_once(tmp_path: Path) -> None:
    created, unchanged = Counter[str](), Counter[str]()

    with examples.office(f"sqlite:///{tmp_path / 'books.db'}", tmp_path) as office:
        for ledger in LEDGERS:
            created[ledger.kind] += office.load(KINDS[ledger.kind], _file(ledger))["created"]
        for ledger in LEDGERS:
            unchanged[ledger.kind] += office.load(KINDS[ledger.kind], _file(ledger))["unchanged"]

    assert created == unchanged == {"organisations": 3_868, "mediation": 31_205}
