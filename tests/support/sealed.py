"""A service's vault, opened on a test's books as the service itself does at its start."""

from datetime import datetime

from shared.kit.database import Database
from shared.kit.vault import Vault
from shared.kit.vault_keys import FileMaster


def unlocked(vault: Vault, database: Database, now: datetime) -> None:
    vault.unlock(FileMaster(bytes(range(32))))
    with database.writing() as session:
        vault.begin(session, now)
