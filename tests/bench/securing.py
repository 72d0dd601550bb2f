"""What security costs: filing one case with authorisation, encryption and audit, beside the same without them."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import count
from statistics import median

from sqlalchemy import func, select

from services.reconsideration.models import AUDIT, EVENTS, METADATA
from shared.contracts.reconsideration import SERVICE
from shared.kit.database import Database
from shared.kit.settings import Settings
from tests.bench import cases
from tests.bench.clerk import signed_in
from tests.bench.filing import CONNECTIONS, WARM_UP, body_of, told
from tests.bench.rig import Json, Rig
from tests.bench.serving import Server, Shot, shoot, started
from tests.bench.sizes import Sizes
from tests.bench.unsecured import PARTS
from tests.support import broker
from tests.support.broker import NatsServer, free_port
from tests.support.callers import OPERATOR_TOKEN
from tests.support.processes import give_operator
from tests.support.waiting import until_now

TARGET_RATIO = 1.5
DONE_SECONDS = 60
# A turn of `filing` is cut into so many: on a machine that others use as well, only neighbours in time compare.
TURNS = 4
SECURED, UNSECURED = "secured", "unsecured"
SERVERS: Mapping[str, Sequence[str]] = {SECURED: (), UNSECURED: tuple(PARTS)}


@dataclass(frozen=True, slots=True)
class Door:
    """One server, its books, and the caller who files there."""

    server: Server
    books: Database
    token: str

    def turn(self, bodies: Sequence[bytes], *, connections: int) -> Shot:
        """File; `cpu` holds what the server did for it afterwards as well: publishing, and chaining the audit rows."""
        cpu = self.server.cpu_seconds()
        shot = shoot(self.server, bodies, connections=connections, token=self.token)
        until_now(self._is_done, what="all is published and chained", seconds=DONE_SECONDS)
        shot.cpu = self.server.cpu_seconds() - cpu
        return shot

    def _is_done(self) -> bool:
        """Asked of the books: asking the server would be counted as its work."""
        with self.books.reading() as session:
            unchained = session.execute(select(func.count()).select_from(AUDIT.waiting)).scalar_one()
            return not unchained and not EVENTS.backlog(session).count

    def check(self, *, secured: bool) -> None:
        """A measurement of the wrong thing would be worth nothing: every case is kept and audited so, or none is."""
        tables = (EVENTS.event, AUDIT.audit, METADATA.tables["case_key"])
        with self.books.reading() as session:
            cases, *guarded = (
                session.execute(select(func.count()).select_from(table)).scalar_one() for table in tables
            )
        assert cases
        assert guarded == [cases if secured else 0] * 2


def measure(rig: Rig, sizes: Sizes) -> Json:
    region, numbers = cases.counties()[0], count(1)
    shots: dict[tuple[str, int, str], list[Shot]] = {}
    with ExitStack() as stack:
        nats = stack.enter_context(broker.running(rig.folder()))
        doors = {
            (kind, who): door
            for kind in rig.kinds
            for server, left_out in SERVERS.items()
            for who, door in stack.enter_context(_opened(rig, kind, nats, region, server, left_out)).items()
        }

        def turn(door: Door, connections: int, filed: int) -> Shot:
            return door.turn([body_of(next(numbers), region) for _ in range(filed)], connections=connections)

        for door in doors.values():
            turn(door, max(CONNECTIONS), WARM_UP)
        for _ in range(sizes.compared_rounds):
            for connections in CONNECTIONS:
                filed = max(2, sizes.filed // TURNS) * min(connections, 4)
                for (kind, who), door in doors.items():
                    rig.told(f"security, {connections} at a time, {kind}, {who}")
                    shots.setdefault((kind, connections, who), []).append(turn(door, connections, filed))
        for (_, who), door in doors.items():
            door.check(secured=who != UNSECURED)
    return {"target_ratio": TARGET_RATIO} | {
        kind: {
            f"concurrency_{connections}": _compared(
                {who: shots[kind, connections, who] for place, who in doors if place == kind}
            )
            for connections in CONNECTIONS
        }
        for kind in rig.kinds
    }


def _compared(shots: Mapping[str, list[Shot]]) -> Json:
    """`ratio` is of a clerk's median answer to the unsecured one's in the same round; the operator's beside it."""
    without = shots[UNSECURED]
    return {who: told(each) for who, each in shots.items()} | {
        "ratio": _slower(shots["clerk"], without),
        "ratio_operator": _slower(shots["operator"], without),
        "cpu_ratio": _burnt(shots["clerk"], without),
    }


def _slower(ones: Sequence[Shot], others: Sequence[Shot]) -> float:
    return round(
        median(
            median(one.latencies) / median(other.latencies) for one, other in zip(ones, others, strict=True)
        ),
        3,
    )


def _burnt(ones: Sequence[Shot], others: Sequence[Shot]) -> float | None:
    """The servers' CPU time; None where it cannot be asked."""
    if not all(shot.cpu for shot in (*ones, *others)):
        return None
    return round(median(one.cpu / other.cpu for one, other in zip(ones, others, strict=True)), 3)


@contextmanager
def _opened(
    rig: Rig, kind: str, nats: NatsServer, region: str, name: str, left_out: Sequence[str]
) -> Iterator[Mapping[str, Door]]:
    """A server without these parts; who files there: a clerk with a session, and the operator of its host."""
    folder, port = rig.folder(), free_port()
    give_operator(folder)
    settings = Settings(data=folder, database_url=rig.database_url(kind, services=("identity", SERVICE)))
    token = signed_in(settings, region)
    environment = {
        "DINGFEN_DATABASE_URL": settings.database_url or "",
        "DINGFEN_NATS_URL": nats.url,
        "DINGFEN_DATA": str(folder),
    }
    command = ("tests.bench.unsecured", str(port), *left_out)
    with started(rig, command, port, SERVICE, environment) as server:
        server.wait_until_up()
        books = Database(settings.database_of(SERVICE), METADATA)
        clerk = Door(server, books, token)
        yield (
            {name: clerk} if left_out else {"clerk": clerk, "operator": replace(clerk, token=OPERATOR_TOKEN)}
        )
        books.dispose()
