"""From messages to facts and cells: one transaction a batch, with the same effect however often it is repeated.

A batch is read before the transaction begins and folded to the newest version of each case. Cells then change by
(new - old) of two pure results, beside the facts they were computed from, so that they always equal a recount.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC

from sqlmodel import Session

from services.reporting import facts, repository
from services.reporting.cells import CellSums
from services.reporting.facts import FactVersion, Folded, Unreadable
from services.reporting.measures import Measured, measures
from services.reporting.repository import DatedVersion, Key, Quarantined, StoredFact
from shared.kernel.clock import Clock
from shared.kernel.regions import RegionTree
from shared.kit.database import Database
from shared.kit.subscription import Message, Position

BIGGEST = 2**63 - 1  # that a column can hold; a header may say anything
FORK = "fork: this version of the case is already known with other facts"


@dataclass(frozen=True, slots=True)
class _Batch:
    """What a batch says, read and folded; `origin` leads from a version back to its message."""

    folded: Folded
    origin: dict[FactVersion, Message]
    unreadable: list[Quarantined]
    numbers: dict[tuple[str, str], list[int]]


class ReportingIntake:
    """Implements `shared.kit.subscription.Intake`."""

    def __init__(self, database: Database, tree: RegionTree, clock: Clock) -> None:
        self._database = database
        self._tree = tree
        self._clock = clock

    def position(self) -> Position | None:
        with self._database.reading() as session:
            return repository.position(session)

    def apply(self, messages: Sequence[Message], *, stream: str) -> None:
        """Take in a batch of the stream and note how far it was read."""
        if not messages:
            return
        batch = self._read(messages)
        reached = Position(stream, max(message.sequence for message in messages))
        with self._database.writing() as session:
            repository.lock(session)
            self._take(session, batch, stream=stream)
            repository.advance(session, reached)

    def apply_log(self, messages: Sequence[Message]) -> None:
        """Take in events read from a service's own log: to fill holes, or to rebuild without any stream."""
        if not messages:
            return
        batch = self._read(messages)
        with self._database.writing() as session:
            repository.lock(session)
            self._take(session, batch, stream="")

    def clear(self) -> None:
        """Forget all projections; the subscription must then be started again, from the first message."""
        with self._database.writing() as session:
            repository.lock(session)
            repository.clear(session)

    def _read(self, messages: Iterable[Message]) -> _Batch:
        origin: dict[FactVersion, Message] = {}
        unreadable: list[Quarantined] = []
        numbers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        for message in messages:
            service = facts.service_of(message.subject)
            if service is not None and 0 < message.pub_seq <= BIGGEST:
                numbers[service, message.epoch].append(message.pub_seq)
            read = facts.parse(message.subject, message.payload, region_exists=self._tree.exists)
            if isinstance(read, Unreadable):
                unreadable.append(_aside(message, read.reason))
            else:
                origin[read] = message
        return _Batch(facts.fold(origin), origin, unreadable, numbers)

    def _take(self, session: Session, batch: _Batch, *, stream: str) -> None:
        now = self._clock().astimezone(UTC)
        stored = repository.stored_facts(session, batch.folded.newest)
        newest, late, forks = _sort_out(session, batch.folded, stored)
        sums = CellSums()
        dated = [_move(version, stored.get(version.key), sums) for version in newest]
        repository.archive_stored(session, (version.key for version in newest if version.key in stored), now)
        repository.archive_late(session, (_dated(version) for version in late), now)
        repository.save_facts(session, dated, now)
        for kind, cells in sorted(sums.cells(self._tree.ancestors).items()):
            repository.add_to_cells(session, kind, cells)
        for (source, epoch), numbers in sorted(batch.numbers.items()):
            repository.arrived(session, source, epoch, numbers, now)
        contradictions = [_aside(batch.origin[version], FORK) for version in forks]
        repository.put_aside(session, stream, batch.unreadable + contradictions, now)


def _aside(message: Message, error: str) -> Quarantined:
    return Quarantined(message.sequence, message.subject, message.payload, error)


def _sort_out(
    session: Session, folded: Folded, stored: dict[Key, StoredFact]
) -> tuple[list[FactVersion], list[FactVersion], list[FactVersion]]:
    """Which versions are news, which come late, and which contradict what is known; repeated ones are none of these."""
    versions = [*folded.newest.values(), *folded.older]
    reached = {key: known.version for key, known in stored.items()}
    overtaken = {version.key for version in versions if version.version < reached.get(version.key, 0)}
    digests = {(key, known.version): known.digest for key, known in stored.items()}
    digests.update(repository.history_digests(session, overtaken))
    newest: list[FactVersion] = []
    late: list[FactVersion] = []
    forks = list(folded.forks)
    for version in versions:
        digest = digests.get((version.key, version.version))
        if digest is not None:
            if digest != version.digest:
                forks.append(version)
        elif version is folded.newest[version.key] and version.version > reached.get(version.key, 0):
            newest.append(version)
        else:
            late.append(version)
    return newest, late, forks


def _move(version: FactVersion, stored: StoredFact | None, sums: CellSums) -> DatedVersion:
    """Add (new - old) to the sums."""
    measured = measures(version.kind, version.facts)
    sums.add(version.kind, version.region, version.scope, measured)
    if stored is not None:
        old = measures(version.kind, facts.restore(version.kind, stored.payload))
        sums.add(version.kind, stored.region, stored.scope, old, sign=-1)
    return _dated(version, measured)


def _dated(version: FactVersion, measured: Sequence[Measured] | None = None) -> DatedVersion:
    if measured is None:
        measured = measures(version.kind, version.facts)
    days = [day for _, day, _ in measured]
    return DatedVersion(version, min(days, default=None), max(days, default=None))
