"""Small sealed books: a vault and a table of parties in a database of their own, as each service has them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import MetaData
from stdnum.cn import ric
from uuid_utils.compat import uuid7

from shared.kit.cipher_suites import INTL, Suite
from shared.kit.database import Database
from shared.kit.parties import Parties
from shared.kit.party_entries import PartyEntry, PartyKind
from shared.kit.vault import Vault
from shared.kit.vault_keys import FileMaster

NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
SERVICE = "mediation"
MASTER = bytes(range(32))


@dataclass(frozen=True)
class Books:
    """One process's view of the books: its own vault, so that two of them are like two replicas."""

    database: Database
    vault: Vault
    parties: Parties

    def begin(self) -> None:
        with self.database.writing() as session:
            self.vault.begin(session, NOW)

    def with_case(self, *entries: PartyEntry) -> UUID:
        """A case with these parties."""
        case_id = uuid7()
        with self.database.writing() as session:
            for entry in entries:
                self.parties.add(session, case_id, entry, NOW)
        return case_id


def opened(url: str, *, suite: Suite = INTL, master: bytes = MASTER, service: str = SERVICE) -> Books:
    """Books at `url`, with their tables."""
    metadata = MetaData()
    vault = Vault(metadata, service=service)
    parties = Parties(metadata, vault)
    vault.unlock(FileMaster(master, suite), suite=suite)
    database = Database(url, metadata)
    metadata.create_all(database.engine)
    return Books(database, vault, parties)


def identity_number(place: int) -> str:
    """A different number with a right check character for each `place`; nobody's: region 110101, day 1 of 1990."""
    stem = f"110101{19900101 + place // 1000 % 28:08d}{place % 1000:03d}"
    return stem + ric.calc_check_digit(f"{stem}0")


def a_person(place: int = 7, **values: str | None) -> PartyEntry:
    entered: dict[str, str | None] = {
        "name": f"张三丰{place}",
        "id_number": identity_number(place),
        "phone": f"138{place:08d}",
        "address": f"内蒙古自治区鄂尔多斯市东胜区{place}号",
    }
    entered.update(values)
    return PartyEntry(role="applicant", kind=PartyKind.NATURAL, **entered)  # type: ignore[arg-type]
