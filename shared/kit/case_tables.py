"""The tables that every case service has beside its own cases, made in the metadata of that service."""

from sqlalchemy import MetaData

from shared.kernel.representation import RolesThatAct
from shared.kit.audit import AuditTrail
from shared.kit.calendars import Calendars
from shared.kit.idempotency import Idempotency
from shared.kit.journal import Journal
from shared.kit.outbox import EventLog
from shared.kit.parties import Parties
from shared.kit.throttle import Throttle
from shared.kit.vault import Vault


class CaseTables:
    """Log, journal, parties and what keeps them: one set a service, in its own database."""

    def __init__(self, metadata: MetaData, *, service: str, roles_that_act: RolesThatAct) -> None:
        self.metadata = metadata
        self.audit = AuditTrail(metadata)
        self.events = EventLog(metadata, self.audit)
        self.vault = Vault(metadata, service=service)
        self.idempotency = Idempotency(metadata, self.vault)
        self.journal = Journal(metadata, self.vault)
        self.parties = Parties(metadata, self.vault, roles_that_act=roles_that_act)
        self.throttle = Throttle(metadata)
        self.calendars = Calendars(metadata)
