"""What time alone brings about. 视为受理 (ARL 30(3), AR-3.3): no application stays under review past its last day;
and rights of the parties lapse.

It looks every minute, and after any downtime it finds all that ran out meanwhile: each is accepted as of the last
day of its own review. Several replicas may look: the case's row decides who does it, once.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

import structlog

from services.reconsideration import repository, use_cases
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import legal_date
from shared.kernel.errors import Conflict, RuleViolation
from shared.kit.database import Database
from shared.kit.edge import Edge
from shared.kit.threads import in_thread

LOOK_EVERY_SECONDS = 60.0
AT_ONCE = 100
BEIJING = ZoneInfo("Asia/Shanghai")

log = structlog.get_logger()


def deeming(edge: Edge) -> Callable[[], Awaitable[None]]:
    """The service's worker."""

    def look() -> None:
        if deem_all(edge.database, calendar=edge.calendar, now=edge.clock()):
            edge.relay.wake()
        end_lapsed(edge.database, now=edge.clock())

    async def run() -> None:
        while True:
            await in_thread(look)
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    return run


def deem_all(database: Database, *, calendar: WorkCalendar, now: datetime) -> int:
    """Accept whatever is deemed accepted by now, each case in a transaction of its own; how many there were."""
    today = legal_date(now)
    midnight = datetime.combine(today, time(), tzinfo=BEIJING)
    done, after = 0, None
    while True:
        with database.reading() as session:
            found = repository.review_expired(
                session, today=today, quiet_since=midnight, after=after, limit=AT_ONCE
            )
        done += sum(_deem(database, case_id, calendar, now) for case_id in found)
        if len(found) < AT_ONCE:
            break
        after = found[-1]
    if done:
        log.info("reconsideration.deemed_accepted", cases=done)
    return done


def end_lapsed(database: Database, *, now: datetime) -> int:
    """Close the rows of rights that nobody used in time; how many. Lists leave them out before that already: it
    only keeps what lies behind from being read over and over. Nothing happened in the cases, so no version tells it."""
    today = legal_date(now)
    with database.reading() as session:
        if not repository.clock_rows.any_lapsed(session, today=today):
            return 0
    with database.writing() as session:
        return repository.clock_rows.end_lapsed(session, today=today)


def _deem(database: Database, case_id: UUID, calendar: WorkCalendar, now: datetime) -> bool:
    try:
        with database.writing() as session:
            return use_cases.deem_accepted(session, case_id, calendar=calendar, now=now) is not None
    except Conflict:
        return False  # another replica was faster
    except RuleViolation as refusal:
        # One case that contradicts itself must not keep the others waiting.
        log.warning("reconsideration.not_deemed_accepted", case_id=str(case_id), code=refusal.code)
        return False
