"""What a clerk can do: load, decide, save, announce. The edge commits."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.reconsideration import domain, events, repository
from services.reconsideration.domain import Case, Clock, Happened, Moment
from services.reconsideration.domain.local_rules import LocalRules
from services.reconsideration.domain.taking_part import Registered
from services.reconsideration.models import EVENTS, JOURNAL, PARTIES
from services.reconsideration.numbering.patterns import Series
from services.reconsideration.numbering.repository import next_number
from services.reconsideration.terms import FollowUp, PartyRole, Step, TerminationGround
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import legal_date
from shared.kernel.errors import Conflict, RuleViolation
from shared.kit.acting import acting_in
from shared.kit.calendars import Batch, Stretch
from shared.kit.concurrency import require_version
from shared.kit.journal import Note

NOT_NUMBERED = ""  # an application whose number is still to be drawn
Filed = tuple[UUID, int, Case]  # id, version, case
UNDO_WITHIN = timedelta(minutes=10)  # 撤回上一步; afterwards a correction with its reason
# Cases in one transaction: a clerk who wants one of them waits no longer than for a step.
RECALCULATED_AT_ONCE = 200
COUNTED_AT_ONCE = 1_000  # cases in memory, at the first start after an upgrade
_ACCEPTS = frozenset({Step.ACCEPT, Step.ACCEPT_WITH_GAPS})
RulesOf = Callable[[str, date], LocalRules]  # of an authority's region and a day of receipt
_SAY_WHICH_RULES = frozenset({"authority_region", "received_on"})
SUING = frozenset({PartyRole.APPLICANT.value, PartyRole.THIRD_PARTY.value})  # who may sue a decision
SERVED = SUING | {PartyRole.REPRESENTATIVE.value, PartyRole.LEGAL_REPRESENTATIVE.value}
_REASON = "reason"  # the word that the journal keeps as the reason of a step


@dataclass(frozen=True, slots=True)
class Preview:
    """What a step would do, without doing it: the case and its clocks before and after."""

    before: Case
    after: Case
    running_before: tuple[Clock, ...]
    running_after: tuple[Clock, ...]
    registered: Registered


def receive(session: Session, application: Case, *, calendar: WorkCalendar, now: datetime) -> Filed:
    """收到申请: file a new case; without a number of its own it gets the next of the office's series.

    Raises:
        NumberTaken: of a number that was entered; a drawn one that somebody enters meanwhile is passed over
    """

    def file(application: Case) -> Filed:
        decided = domain.receive(application, moment=Moment(legal_date(now), calendar))
        return _file(session, [decided], calendar=calendar, now=now)[0]

    if application.case_number != NOT_NUMBERED:
        return file(application)
    while True:
        number = next_number(
            session, office=application.office, series=Series.CASE, year=application.received_on.year
        )
        with suppress(repository.NumberTaken):
            return file(replace(application, case_number=number))


def take(
    session: Session,
    case_id: UUID,
    step: Step,
    *,
    on: date,
    entered: Mapping[str, Any],
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    """办理一步 of the state table."""
    moment = Moment(legal_date(now), calendar)

    def decide(case: Case) -> tuple[Case, Happened]:
        _require_parties(session, case_id, case, step, entered)
        if step in _ACCEPTS:
            _require_no_other(session, case_id, case, entered)
        return domain.take(case, step, on=on, entered=entered, moment=moment)

    reason = entered.get(_REASON)
    return _change(
        session, case_id, decide, entered, calendar=calendar, if_match=if_match, now=now, reason=reason
    )


def preview(
    session: Session,
    case_id: UUID,
    step: Step,
    *,
    on: date,
    entered: Mapping[str, Any],
    calendar: WorkCalendar,
    now: datetime,
) -> Preview:
    """先看后办: the step's effect on state and clocks; nothing is saved."""
    today = legal_date(now)
    (before,) = repository.opened(session, [repository.load(session, case_id)])
    _require_parties(session, case_id, before, step, entered)
    if step in _ACCEPTS:
        _require_no_other(session, case_id, before, entered)
    after, _ = domain.take(before, step, on=on, entered=entered, moment=Moment(today, calendar))
    _require_others(case_id, before, after)
    return Preview(
        before,
        after,
        domain.clocks(before, calendar, today=today),
        domain.clocks(after, calendar, today=today),
        repository.registered(session, case_id),
    )


def correct(
    session: Session,
    case_id: UUID,
    *,
    changes: Mapping[str, Any],
    reason: str,
    rules: RulesOf,
    by_head: Callable[[str], bool],
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    """更正: change recorded facts, with the reason; figures follow, and local rules the place and day of receipt.

    `by_head` tells of an office whether whoever corrects directs it.
    """

    def decide(case: Case) -> tuple[Case, Happened]:
        whole = {
            **changes,
            "proceeding": {**changes.get("proceeding", {}), **_replaced(case, changes, rules)},
        }
        corrected, event = domain.correct(
            case, changes=whole, by_head=by_head(case.office), calendar=calendar, today=legal_date(now)
        )
        if repository.number_taken(session, corrected, except_for=case_id):
            raise repository.NumberTaken
        return corrected, event

    return _change(
        session, case_id, decide, changes, calendar=calendar, if_match=if_match, now=now, reason=reason
    )


def _replaced(case: Case, changes: Mapping[str, Any], rules: RulesOf) -> dict[str, Any]:
    """The local rules of the place and day that are corrected; nothing where neither is."""
    if not _SAY_WHICH_RULES & set(changes):
        return {}
    place, day = (
        changes.get("authority_region", case.authority_region),
        changes.get("received_on", case.received_on),
    )
    if (place, day) == (case.authority_region, case.received_on):
        return {}
    return {"local": rules(place, day)}


def cancel(
    session: Session,
    case_id: UUID,
    *,
    reason: str,
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    """注销误录: the case was filed by mistake and counts nowhere."""

    def decide(case: Case) -> tuple[Case, Happened]:
        return domain.cancel(case, today=legal_date(now))

    return _change(session, case_id, decide, {}, calendar=calendar, if_match=if_match, now=now, reason=reason)


def undo(
    session: Session, case_id: UUID, *, calendar: WorkCalendar, if_match: str | None, now: datetime
) -> Filed:
    """撤回上一步: by whoever took it, within ten minutes, while nothing came after it."""
    row = repository.load_for_update(session, case_id)
    found = repository.former.last(session, case_id)
    if found is None or found[0].version != row.version or now - found[0].recorded_at > UNDO_WITHIN:
        raise Conflict(
            "reconsideration.undo_too_late",
            f"只能在 {UNDO_WITHIN // timedelta(minutes=1)} 分钟内撤回最后一步；现在请用更正，并写明理由。",
        )
    if found[0].taken_by != acting_in(session).actor:
        raise Conflict("reconsideration.undo_of_another", "最后一步不是您办理的，不能由您撤回；请用更正。")

    def decide(case: Case) -> tuple[Case, Happened]:
        return domain.undo(case, found[1], today=legal_date(now))

    entered = {"step": found[0].step}
    filed = _change(session, case_id, decide, entered, calendar=calendar, if_match=if_match, now=now)
    repository.former.forget(session, case_id)
    return filed


def deem_accepted(session: Session, case_id: UUID, *, calendar: WorkCalendar, now: datetime) -> Filed | None:
    """视为受理 (ARL 30(3)): the scheduler's step; None when somebody else was faster.

    The row is locked and asked again, so that several replicas do it exactly once.
    """
    row = repository.load_for_update(session, case_id)
    (case,) = repository.opened(session, [row])
    if case.status not in domain.ALLOWED_FROM[Step.DEEM_ACCEPTED]:
        return None
    running = domain.clocks(case, calendar, today=legal_date(now))
    due_on = next((clock.deadline.due_on for clock in running if _is_open_review(clock)), None)
    if due_on is None or due_on >= legal_date(now):
        return None
    return take(
        session,
        case_id,
        Step.DEEM_ACCEPTED,
        on=due_on,
        entered={},
        calendar=calendar,
        if_match=None,
        now=now,
    )


def _is_open_review(clock: Clock) -> bool:
    return clock.kind == "review" and clock.state is domain.ClockState.OPEN


def record_ledger(session: Session, cases: Sequence[Case], *, calendar: WorkCalendar, now: datetime) -> None:
    """台账录入: cases that this system has not seen, each in its present state."""
    decided = [domain.record_from_ledger(case, calendar=calendar, today=legal_date(now)) for case in cases]
    _file(session, decided, calendar=calendar, now=now)


def recalculate(session: Session, calendar: WorkCalendar, stretch: Stretch, now: datetime) -> Batch:
    """期限重算: the next cases with a period that may end otherwise, now that a year's holiday notice is there."""
    today = legal_date(now)
    rows = repository.due_within(session, stretch, limit=RECALCULATED_AT_ONCE)
    # Before anything is saved: the session writes the new date into the row that it has loaded.
    following = None if len(rows) < RECALCULATED_AT_ONCE else stretch.mark(stretch.first, rows[-1].id)
    recalculated = moved = 0
    for row, case in zip(rows, repository.opened(session, rows), strict=True):
        found = domain.recalculate(case, calendar=calendar, today=today)
        kept = repository.clock_rows.ends(session, row.id)
        counted = {
            (clock.kind, clock.ordinal): (clock.deadline.due_on, clock.deadline.provisional)
            for clock in domain.clocks(found[0], calendar, today=today)
        }
        if found[0] == case and kept == counted:
            continue
        recalculated += 1
        days = [{place: day for place, (day, _) in ends.items()} for ends in (kept, counted)]
        moved += found[0].decision_due_on != case.decision_due_on or days[0] != days[1]
        if not stretch.dry_run:
            told = {"before": case.decision_due_on, "decision_due_on": found[0].decision_due_on}
            version, reason = row.version + 1, stretch.reason
            _save(session, row.id, version, case, found, told, reason, calendar=calendar, now=now)
    return Batch(recalculated, moved, following)


def count_earlier(session: Session, *, calendar: WorkCalendar, now: datetime) -> None:
    """期限补算: clocks of cases from before clocks were kept. The cases stay as they are; nothing is announced."""
    today = legal_date(now)
    while rows := repository.clock_rows.uncounted(session, limit=COUNTED_AT_ONCE):
        cases = repository.opened(session, rows)
        repository.clock_rows.count(
            session,
            [
                (row.id, row.office, domain.clocks(case, calendar, today=today))
                for row, case in zip(rows, cases, strict=True)
            ],
        )


def _file(
    session: Session, decided: Sequence[tuple[Case, Happened]], *, calendar: WorkCalendar, now: datetime
) -> list[Filed]:
    """Save new cases and queue their events; the request's one transaction commits all of it."""
    today = legal_date(now)
    filed = [(uuid7(), case, event) for case, event in decided]
    keys = repository.add(
        session,
        [(id_, case, domain.clocks(case, calendar, today=today)) for id_, case, _ in filed],
        now=now,
    )
    JOURNAL.note(
        session,
        [Note(id_, 1, event.step, event.on, None, _entered(case)) for id_, case, event in filed],
        now=now,
        keys=keys,
    )
    EVENTS.record(
        session,
        [events.to_contract(event, case, case_id=id_, case_version=1, now=now) for id_, case, event in filed],
        now,
    )
    return [(id_, 1, case) for id_, case, _ in filed]


def _entered(case: Case) -> dict[str, Any]:
    """All fields, shallow: dataclasses.asdict copies deeply, which costs a bulk import more than all the rest."""
    return {name: getattr(case, name) for name in case.__slots__}


def _change(
    session: Session,
    case_id: UUID,
    decide: Callable[[Case], tuple[Case, Happened]],
    entered: Mapping[str, Any],
    *,
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
    reason: str | None = None,
) -> Filed:
    """Load and lock, decide, save and announce: the shape of every step."""
    row = repository.load_for_update(session, case_id)
    require_version(if_match, row.version)
    (present,) = repository.opened(session, [row])
    decided = decide(present)
    _require_others(case_id, present, decided[0])
    version = row.version + 1
    filed = _save(session, case_id, version, present, decided, entered, reason, calendar=calendar, now=now)
    repository.former.keep(
        session,
        case_id,
        present,
        version=version,
        step=decided[1].step,
        by=acting_in(session).actor,
        now=now,
    )
    return filed


def _save(
    session: Session,
    case_id: UUID,
    version: int,
    present: Case,
    decided: tuple[Case, Happened],
    entered: Mapping[str, Any],
    reason: str | None,
    *,
    calendar: WorkCalendar,
    now: datetime,
) -> Filed:
    """The new version of a case with its clocks, its journal entry and its event."""
    case, event = decided
    running = domain.clocks(case, calendar, today=legal_date(now))
    repository.save(session, case_id, case, running, present=present, version=version, now=now)
    JOURNAL.note(session, [Note(case_id, version, event.step, event.on, reason, entered)], now=now)
    EVENTS.record(
        session, [events.to_contract(event, case, case_id=case_id, case_version=version, now=now)], now
    )
    return case_id, version, case


def _require_others(case_id: UUID, present: Case, decided: Case) -> None:
    """Only where links change: what an earlier release let stand keeps no case from going on."""
    if decided.proceeding.named != present.proceeding.named:
        domain.require_others(case_id, decided)


def _require_parties(
    session: Session, case_id: UUID, case: Case, step: Step, entered: Mapping[str, Any]
) -> None:
    """Delivered is to a party of the case, and enforced against parties who have all been served (ARL 75, 78)."""
    is_enforced = step is Step.FOLLOW_UP and entered.get("kind") is FollowUp.ENFORCED
    party = entered.get("party") if step is Step.DELIVER else None
    if party is None and not is_enforced:
        return
    roles = PARTIES.roles(session, case_id)
    if party is not None and roles.get(party) not in SERVED:
        raise RuleViolation(
            "reconsideration.party_unknown",
            "送达的对象须是本案登记的申请人、代表人或者第三人；代理人代收的，写在送达证明里。",
            field="party",
        )
    owed = {each for each, role in roles.items() if role in SUING} if is_enforced else set()
    if owed - {each.party for each in case.closing.reached}:
        raise RuleViolation(
            "reconsideration.not_delivered_to_all",
            "还有申请人、第三人没有送达，起诉期限没有全部届满，不能强制执行（第七十八条）。",
            field="kind",
        )


def _require_no_other(session: Session, case_id: UUID, case: Case, entered: Mapping[str, Any]) -> None:
    """ARL 30(1)(七): the same applicant on the same act, accepted by this organ already.

    Who withdrew that application may prove that it was against their will (ARL 74(2)); nothing lifts the bar else.
    """
    found = repository.same_application(session, case_id, case)
    handled = [each for each in found if each.termination_ground != TerminationGround.T1]
    if handled:
        raise RuleViolation(
            "reconsideration.already_accepted",
            f"本机关已受理同一申请人就同一行政行为提出的申请（{handled[0].case_number}），不能重复受理。",
            field="conditions",
        )
    if found and not entered.get("withdrawal_not_voluntary"):
        raise RuleViolation(
            "reconsideration.withdrawn_already",
            f"申请人已撤回同一申请（{found[0].case_number}），不得再以同一事实和理由提出；"
            "能够证明撤回违背其真实意愿的，请写明（第七十四条第二款）。",
            field="withdrawal_not_voluntary",
        )
