"""What a case service does once at its start, before it answers anybody: keys unlocked, old plain words sealed."""

from collections.abc import Callable
from pathlib import Path

from sqlmodel import Session

from shared.kernel.clock import Clock
from shared.kit.case_tables import CaseTables
from shared.kit.cipher_suites import SUITES
from shared.kit.database import Database
from shared.kit.migrations import migrate
from shared.kit.settings import Settings
from shared.kit.vault_erasure import DestroyedList, reconcile
from shared.kit.vault_keys import FileMaster


def open_books(
    database: Database,
    migrations: Path,
    settings: Settings,
    clock: Clock,
    *,
    tables: CaseTables,
    destroyed: DestroyedList,
    begin: Callable[[Session], None],
) -> None:
    """Migrate, unlock, and leave nothing in plain that an earlier release wrote so. Replicas do it one by one.

    `begin` is the service's own part of it, in the same transaction.

    Raises:
        KeyUnusable: the books were sealed under another master key
    """
    migrate(database, migrations)
    suite = SUITES[settings.suite]
    tables.vault.unlock(FileMaster(settings.keys.master_key(), suite), suite=suite)
    tables.idempotency.unlock(settings.keys.service_secret())
    with database.writing() as session:
        database.alone(session, "open")
        tables.vault.begin(session, clock())
        tables.journal.seal_earlier(session)
        begin(session)
    reconcile(database, tables.vault, destroyed)
