"""Puts the parts of a service's audit together: sequencer, checkpoints and witness, as its background work."""

from collections.abc import Awaitable, Callable
from pathlib import Path

from shared.kernel.clock import Clock
from shared.kit.audit import AuditTrail
from shared.kit.audit_chain import Sequencer
from shared.kit.audit_checkpoints import Checkpoints
from shared.kit.audit_notes import Algorithm
from shared.kit.audit_witness import Witness
from shared.kit.broker import connect
from shared.kit.database import Database
from shared.kit.keys import Keys


class AuditKeeping:
    """What keeps one service's trail. `workers` belong to its Service; `wake` may be called after a commit."""

    def __init__(
        self,
        database: Database,
        trail: AuditTrail,
        *,
        service: str,
        keys: Keys,
        folder: Path,
        nats_url: str,
        clock: Clock,
        algorithm: Algorithm,
    ) -> None:
        """`folder` is where checkpoint files are written, one folder a service inside it."""
        self._signing: Checkpoints | None = None

        def signing() -> None:
            # The key is read in the worker: composing an application must not make key files.
            if self._signing is None:
                self._signing = Checkpoints(
                    database,
                    trail,
                    service=service,
                    key=keys.signing_key(service),
                    folder=folder,
                    clock=clock,
                    algorithm=algorithm,
                )
            self._signing.keep_up()

        self.sequencer = Sequencer(database, trail, service=service, algorithm=algorithm, after=signing)
        self.witness = Witness(
            database,
            trail,
            service=service,
            connecting=lambda: connect(nats_url, name=f"audit-{service}", user=service, keys=keys),
            clock=clock,
        )
        self.wake = self.sequencer.wake

    @property
    def workers(self) -> tuple[Callable[[], Awaitable[None]], ...]:
        return (self.sequencer.run, self.witness.run)
