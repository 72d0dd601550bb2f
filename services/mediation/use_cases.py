"""What a clerk can do, one function each: load, decide, save, announce. The edge commits."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session
from uuid_utils.compat import uuid7

from services.mediation import domain, events, organisations, repository
from services.mediation.case import Case
from services.mediation.models import EVENTS, JOURNAL
from services.mediation.organisations import Organisation
from services.mediation.terms import AgreementForm, OrganisationStep, Step, TerminationReason
from shared.kernel.calendar import WorkCalendar
from shared.kernel.clock import legal_date
from shared.kit.calendars import Batch, Stretch
from shared.kit.concurrency import require_version
from shared.kit.journal import Note

Filed = tuple[UUID, int, Case]  # id, version, case
RECALCULATED_AT_ONCE = (
    200  # cases in one transaction: a clerk who wants one of them waits no longer than for a step
)
Entered = tuple[UUID, int, Organisation]  # id, version, entry of the register


def register(session: Session, dispute: Case, *, now: datetime) -> Filed:
    """登记: file a new case."""
    case, event = domain.register(dispute, today=legal_date(now))
    return _file(session, [(case, event)], Step.REGISTER, now)[0]


def accept(
    session: Session, case_id: UUID, *, on: date, calendar: WorkCalendar, if_match: str | None, now: datetime
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.accept(case, on=on, calendar=calendar, today=legal_date(now))

    return _change(session, case_id, Step.ACCEPT, decide, {}, if_match=if_match, now=now)


def decline(session: Session, case_id: UUID, *, on: date, if_match: str | None, now: datetime) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.decline(case, on=on, today=legal_date(now))

    return _change(session, case_id, Step.DECLINE, decide, {}, if_match=if_match, now=now)


def agree(
    session: Session,
    case_id: UUID,
    *,
    on: date,
    form: AgreementForm,
    effective_on: date | None,
    amount_fen: int,
    if_match: str | None,
    now: datetime,
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.agree(
            case,
            on=on,
            form=form,
            effective_on=effective_on,
            amount_fen=amount_fen,
            today=legal_date(now),
        )

    entered = {"agreed_on": on, "form": form, "effective_on": effective_on, "amount_fen": amount_fen}
    return _change(session, case_id, Step.AGREE, decide, entered, if_match=if_match, now=now)


def fail(session: Session, case_id: UUID, *, on: date, if_match: str | None, now: datetime) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.fail(case, on=on, today=legal_date(now))

    return _change(session, case_id, Step.FAIL, decide, {}, if_match=if_match, now=now)


def terminate(
    session: Session,
    case_id: UUID,
    *,
    on: date,
    reason: TerminationReason,
    if_match: str | None,
    now: datetime,
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.terminate(case, on=on, reason=reason, today=legal_date(now))

    return _change(session, case_id, Step.TERMINATE, decide, {"reason": reason}, if_match=if_match, now=now)


def confirm(
    session: Session,
    case_id: UUID,
    *,
    on: date,
    applied_on: date | None,
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.confirm(case, on=on, applied_on=applied_on, calendar=calendar, today=legal_date(now))

    entered = {"applied_on": applied_on}
    return _change(session, case_id, Step.CONFIRM, decide, entered, if_match=if_match, now=now)


def correct(
    session: Session,
    case_id: UUID,
    *,
    changes: Mapping[str, Any],
    reason: str,
    calendar: WorkCalendar,
    if_match: str | None,
    now: datetime,
) -> Filed:
    """更正: change recorded facts, with the reason; figures follow."""

    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.correct(case, changes=changes, calendar=calendar, today=legal_date(now))

    return _change(session, case_id, Step.CORRECT, decide, changes, if_match=if_match, now=now, reason=reason)


def cancel(session: Session, case_id: UUID, *, reason: str, if_match: str | None, now: datetime) -> Filed:
    """注销误录: the case was filed by mistake and counts nowhere."""

    def decide(case: Case) -> tuple[Case, domain.Event]:
        return domain.cancel(case, today=legal_date(now))

    return _change(session, case_id, Step.CANCEL, decide, {}, if_match=if_match, now=now, reason=reason)


def record_ledger(session: Session, cases: Sequence[Case], *, calendar: WorkCalendar, now: datetime) -> None:
    """台账录入: cases that this system has not seen, each in its present state."""
    decided = [domain.record_from_ledger(case, calendar=calendar, today=legal_date(now)) for case in cases]
    _file(session, decided, Step.RECORD, now)


def register_organisation(session: Session, organisation: Organisation, *, now: datetime) -> Entered:
    """登记入册: a new entry of the register."""
    return _enter(session, [organisation], OrganisationStep.REGISTER, now)[0]


def dissolve_organisation(
    session: Session, id_: UUID, *, on: date, if_match: str | None, now: datetime
) -> Entered:
    def decide(organisation: Organisation) -> tuple[Organisation, organisations.Event]:
        return organisations.dissolve(organisation, on=on, today=legal_date(now))

    return _change_entry(session, id_, OrganisationStep.DISSOLVE, decide, {}, if_match=if_match, now=now)


def correct_organisation(
    session: Session,
    id_: UUID,
    *,
    changes: Mapping[str, Any],
    reason: str,
    if_match: str | None,
    now: datetime,
) -> Entered:
    def decide(organisation: Organisation) -> tuple[Organisation, organisations.Event]:
        return organisations.correct(organisation, changes=changes, today=legal_date(now))

    return _change_entry(
        session, id_, OrganisationStep.CORRECT, decide, changes, if_match=if_match, now=now, reason=reason
    )


def cancel_organisation(
    session: Session, id_: UUID, *, reason: str, if_match: str | None, now: datetime
) -> Entered:
    def decide(organisation: Organisation) -> tuple[Organisation, organisations.Event]:
        return organisations.cancel(organisation, today=legal_date(now))

    return _change_entry(
        session, id_, OrganisationStep.CANCEL, decide, {}, if_match=if_match, now=now, reason=reason
    )


def record_register(session: Session, entries: Sequence[Organisation], *, now: datetime) -> None:
    """名册录入: organisations that this system has not seen, each in its present state."""
    _enter(session, entries, OrganisationStep.RECORD, now)


def recalculate(session: Session, calendar: WorkCalendar, stretch: Stretch, now: datetime) -> Batch:
    """重算期限: the next cases whose period may end otherwise, now that a year's holiday notice is there."""
    rows = repository.due_within(session, stretch, limit=RECALCULATED_AT_ONCE)
    # Before anything is saved: the session writes the new date into the row that it has loaded.
    following = None if len(rows) < RECALCULATED_AT_ONCE else repository.mark(rows[-1])
    recalculated = moved = 0
    for row, case in zip(rows, map(repository.to_domain, rows), strict=True):
        found = domain.recalculate(case, calendar=calendar, today=legal_date(now))
        if found is None:
            continue
        recalculated += 1
        moved += found[0].due_on != case.due_on
        if not stretch.dry_run:
            told = {"before": case.due_on, "due_on": found[0].due_on}
            _save(session, row.id, row.version + 1, Step.RECALCULATED, found, told, stretch.reason, now)
    return Batch(recalculated, moved, following)


def _file(
    session: Session, decided: Sequence[tuple[Case, domain.Event]], step: Step, now: datetime
) -> list[Filed]:
    """Save new cases and queue their events; the request's one transaction commits all of it."""
    filed = [(uuid7(), case, event) for case, event in decided]
    repository.add(session, [(id_, case) for id_, case, _ in filed], now=now)
    JOURNAL.note(
        session,
        [Note(id_, 1, step, event.on, None, _spelled_out(case)) for id_, case, event in filed],
        now=now,
    )
    EVENTS.record(
        session,
        [events.to_contract(event, case, case_id=id_, case_version=1, now=now) for id_, case, event in filed],
        now,
    )
    return [(id_, 1, case) for id_, case, _ in filed]


def _enter(
    session: Session, entries: Sequence[Organisation], step: OrganisationStep, now: datetime
) -> list[Entered]:
    """The same for entries of the register."""
    entered = [(uuid7(), *organisations.register(entry, today=legal_date(now))) for entry in entries]
    repository.add_organisations(session, [(id_, entry) for id_, entry, _ in entered], now=now)
    JOURNAL.note(
        session,
        [Note(id_, 1, step, event.on, None, _spelled_out(entry)) for id_, entry, event in entered],
        now=now,
    )
    EVENTS.record(
        session,
        [
            events.organisation_to_contract(event, entry, id_=id_, version=1, now=now)
            for id_, entry, event in entered
        ],
        now,
    )
    return [(id_, 1, entry) for id_, entry, _ in entered]


def _spelled_out(entry: Case | Organisation) -> Mapping[str, Any]:
    """What dataclasses.asdict says, without its deep copies: a ledger has tens of thousands of rows."""
    return {name: getattr(entry, name) for name in entry.__slots__}


def _change(
    session: Session,
    case_id: UUID,
    step: Step,
    decide: Callable[[Case], tuple[Case, domain.Event]],
    entered: Mapping[str, Any],
    *,
    if_match: str | None,
    now: datetime,
    reason: str | None = None,
) -> Filed:
    """Load and lock, decide, save and announce: the shape of every step."""
    row = repository.load_for_update(session, case_id)
    require_version(if_match, row.version)
    decided = decide(repository.to_domain(row))
    return _save(session, case_id, row.version + 1, step, decided, entered, reason, now)


def _save(
    session: Session,
    case_id: UUID,
    version: int,
    step: Step,
    decided: tuple[Case, domain.Event],
    entered: Mapping[str, Any],
    reason: str | None,
    now: datetime,
) -> Filed:
    """The new version of a case with its journal entry and its event."""
    case, event = decided
    repository.save(session, case_id, case, version=version)
    JOURNAL.note(session, [Note(case_id, version, step, event.on, reason, entered)], now=now)
    EVENTS.record(
        session, [events.to_contract(event, case, case_id=case_id, case_version=version, now=now)], now
    )
    return case_id, version, case


def _change_entry(
    session: Session,
    id_: UUID,
    step: OrganisationStep,
    decide: Callable[[Organisation], tuple[Organisation, organisations.Event]],
    entered: Mapping[str, Any],
    *,
    if_match: str | None,
    now: datetime,
    reason: str | None = None,
) -> Entered:
    """The same for an entry of the register."""
    row = repository.load_organisation_for_update(session, id_)
    require_version(if_match, row.version)
    organisation, event = decide(repository.to_organisation(row))
    version = row.version + 1
    repository.save_organisation(session, id_, organisation, version=version)
    JOURNAL.note(session, [Note(id_, version, step, event.on, reason, entered)], now=now)
    EVENTS.record(
        session,
        [events.organisation_to_contract(event, organisation, id_=id_, version=version, now=now)],
        now,
    )
    return id_, version, organisation
